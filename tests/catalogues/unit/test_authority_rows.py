"""Rows of authorities as operators write them."""

from __future__ import annotations

import pytest

from catalogues.authorities import Authority, built_in
from catalogues.authority_rows import COLUMNS, RefusedRow, as_row, parse
from catalogues.load import rows

ROW = {
    "id": "tv-dc", "name": "Dental Council of Tuvalu", "kind": "LICENSING_AUTHORITY", "jurisdictions": "TV", "professions": "2261 3251",
    "kinds": "LICENCE", "register": "Roll of dentists", "number_format": "a letter and 4 digits", "pattern": r"[A-Z]\d{4}",
    "example": "A0000", "url": "https://council.example/roll", "lookup": "https://council.example/roll?n={number}", "source": "own",
}  # fmt: skip


def test_every_row_of_the_file_is_one_and_comes_back() -> None:
    """The rules of the file are those of operators; export and import make the same authority."""
    assert list(rows("authorities.csv")[0]) == list(COLUMNS[:-1])
    for row in rows("authorities.csv"):
        authority = parse(row)
        assert authority == built_in()[row["id"]], row["id"]
        assert parse(as_row(authority)) == authority, row["id"]


def test_a_row_says_all_of_an_authority() -> None:
    """With what follows from the empty columns."""
    found = parse(ROW | {"active": "no"})
    assert found == Authority(
        id="tv-dc", name="Dental Council of Tuvalu", local_name="Dental Council of Tuvalu", local_language="en",
        jurisdictions=("TV",), kinds=("LICENCE",), register="Roll of dentists", pattern=r"[A-Z]\d{4}",
        number_format="a letter and 4 digits", check_rule=None, example="A0000", url="https://council.example/roll",
        professions=("2261", "3251"), lookup="https://council.example/roll?n={number}", active=False,
    )  # fmt: skip
    assert parse(as_row(found)) == found


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"id": "TV-DC"}, "id"), ({"id": "ke-dc"}, "id"), ({"id": "tv"}, "id"), ({"name": " "}, "name"), ({"name": "x" * 301}, "name"),
        ({"name": "a\x07b"}, "name"), ({"kind": "COUNCIL"}, "kind"), ({"jurisdictions": "TV XX"}, "jurisdictions"),
        ({"jurisdictions": "TV TV"}, "jurisdictions"), ({"professions": ""}, "professions"), ({"professions": "9999"}, "professions"),
        ({"kinds": ""}, "kinds"), ({"kinds": "IDENTIFIER"}, "kinds"), ({"kind": "IDENTIFIER"}, "kinds"), ({"kinds": "DEGREE"}, "kinds"),
        ({"url": "http://council.example"}, "url"), ({"url": "https://a@council.example"}, "url"), ({"url": "https://council.example:1"}, "url"),
        ({"url": "https://[x"}, "url"), ({"url": "https://council.example/{number}"}, "url"), ({"url": "https://c.example/" + "a" * 500}, "url"),
        ({"url": "javascript:alert(1)"}, "url"), ({"lookup": "https://council.example/"}, "lookup"),
        ({"lookup": "https://c.example/{number}{number}"}, "lookup"), ({"check_rule": "mod7"}, "check_rule"),
        ({"check_failure": "NO"}, "check_failure"), ({"review_months": "0"}, "review_months"), ({"review_months": "1e9"}, "review_months"),
        ({"review_months": "9" * 5000}, "review_months"), ({"source": "wikipedia"}, "source"), ({"unverified": "true"}, "unverified"),
        ({"unverified": "yes"}, "url"), ({"active": "0"}, "active"), ({"local_language": "klingonese"}, "local_language"),
        ({"example": "AB0"}, "example"), ({"example": ""}, "example"), ({"pattern": ""}, "example"), ({"pattern": r"(\d{1,9}){9}"}, "pattern"),
        ({"pattern": r"\d+"}, "pattern"), ({"pattern": r"(?=A)"}, "pattern"), ({"pattern": "(A"}, "pattern"), ({"pattern": ".{4}"}, "pattern"),
        ({"pattern": r"\d{0,60}" * 3}, "pattern"), ({"pattern": r"\d{5,2}"}, "pattern"), ({"pattern": "A" * 201}, "pattern"),
        ({"written": r"A(\d{4})"}, "written"), ({"written": r"A(\d{4})", "canonical": r"\2", "written_example": "A1234"}, "canonical"),
        ({"written": r"A(\d{4})", "canonical": r"\1\n", "written_example": "A1234"}, "canonical"),
    ],
)  # fmt: skip
def test_a_row_that_breaks_a_rule_says_in_which_column(changed: dict[str, str], column: str) -> None:
    """And nothing of it is taken."""
    with pytest.raises(RefusedRow) as refused:
        parse(ROW | changed)
    assert refused.value.column == column
    assert refused.value.message
