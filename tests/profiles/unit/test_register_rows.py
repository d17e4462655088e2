"""Rows of registers, as registers write them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from catalogues.authorities import Authority, authorities
from profiles.registers.domain import SEVERITY, Entry, Unreadable, read_date, read_entry, standing_of, worse

NORWAY = authorities()["no-hpr"]
US = authorities()["us-npi"]


def row(**cells: str) -> dict[str, object]:
    """A row that can be taken, with other cells."""
    return {"number": "9000001", "name": "Kari Nordmann"} | cells


def test_a_row_is_read() -> None:
    """White space, spelling and forms are the register's."""
    read = read_entry(row(standing=" Practising ", specialty="Kardiologi", expires_on="31.12.2027"), NORWAY)
    assert read == Entry("9000001", "Kari Nordmann", "GOOD", "Kardiologi", date(2027, 12, 31), zeros_restored=False)


@pytest.mark.parametrize(
    ("text", "month_before_day", "found"),
    [
        ("2027-12-31", False, date(2027, 12, 31)), ("2027-12-31T00:00:00", True, date(2027, 12, 31)),
        ("20271231", False, date(2027, 12, 31)), ("31.12.2027", False, date(2027, 12, 31)),
        ("31.12.2027", True, date(2027, 12, 31)), ("31/12/2027", False, date(2027, 12, 31)),
        ("12/31/2027", True, date(2027, 12, 31)), ("3/4/2027", False, date(2027, 4, 3)),
        ("3/4/2027", True, date(2027, 3, 4)), ("12/31/2027 12:00:00 AM", True, date(2027, 12, 31)),
    ],
)  # fmt: skip
def test_dates_are_read_as_the_country_writes_them(text: str, month_before_day: bool, found: date) -> None:
    """A full stop stands between day and month everywhere."""
    assert read_date(text, month_before_day=month_before_day) == found


@pytest.mark.parametrize(
    ("text", "month_before_day"),
    [
        ("12/31/2027", False),
        ("31/12/2027", True),
        ("31.12.27", False),
        ("soon", False),
        ("2027-02-30", False),
        ("", False),
    ],
)
def test_what_is_no_date_is_refused(text: str, month_before_day: bool) -> None:
    """The order is never guessed by which number is small enough."""
    with pytest.raises(ValueError, match="it is no da"):
        read_date(text, month_before_day=month_before_day)


@pytest.mark.parametrize(
    ("word", "standing"),
    [
        ("", "GOOD"), ("good", "GOOD"), ("Active", "GOOD"), ("PRACTISING", "GOOD"), ("Registered", "GOOD"),
        ("Registered with conditions", "CONDITIONS"), ("Suspended", "SUSPENDED"), ("Erased", "REVOKED"),
        ("Struck-off", "REVOKED"), ("Lapsed", "LAPSED"), ("Non-Practising", "LAPSED"), ("unknown", "UNKNOWN"),
    ],
)  # fmt: skip
def test_words_for_standings(word: str, standing: str) -> None:
    """In any case."""
    assert standing_of(word) == standing


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"number": ""}, "number"), ({"number": "."}, "number"), ({"number": "x"}, "number"),
        ({"number": "9000001.0"}, "number"), ({"number": "1.23E+11"}, "number"), ({"name": ""}, "name"),
        ({"name": "a\x00b"}, "name"), ({"standing": "great"}, "standing"), ({"expires_on": "soon"}, "expires_on"),
        ({"specialty": "a\x07b"}, "specialty"), ({"specialty": "x" * 201}, "specialty"),
    ],
)  # fmt: skip
def test_a_refusal_names_its_column(cells: dict[str, str], column: str) -> None:
    """So that the file can be corrected."""
    with pytest.raises(Unreadable) as caught:
        read_entry(row(**cells), NORWAY)
    assert caught.value.column == column
    assert caught.value.reason


def fixed_width(length: int) -> Authority:
    """An authority whose numbers have so many digits."""
    return replace(NORWAY, pattern=rf"\d{{{length}}}", check_rule=None)


def test_lost_zeros_are_given_back() -> None:
    """Three at most, and not against a check digit."""
    read = read_entry(row(number="12345"), fixed_width(6))
    assert (read.number, read.zeros_restored) == ("012345", True)
    assert not read_entry(row(number="012345"), fixed_width(6)).zeros_restored
    with pytest.raises(Unreadable, match="format"):
        read_entry(row(number="12345"), fixed_width(9))


def test_of_two_standings_one_is_worse() -> None:
    """In one order."""
    assert [worse(b, a) for a, b in pairwise(SEVERITY)] == [True] * 5
    assert not worse("GOOD", "GOOD")
