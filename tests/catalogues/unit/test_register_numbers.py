"""Numbers as documents print them: every way to write one is that one, and none is made another's."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogues import authorities, register_numbers
from catalogues.authorities import GENERIC, Authority, normalise_number, spellings, well_formed

CASES = Path(__file__).parents[2] / "data" / "verification"
ALL = authorities.authorities()
WITH_FORMAT = sorted(own for own, one in ALL.items() if one.pattern is not None)
SPACES = "\t\u00a0\u2002\u2007\u2009\u200a\u202f\u205f\u3000 "
INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2212\uff0d"
ZEROS = "0\u0660\u06f0\u0966\u09e6\u0e50\uff10"


def cases(name: str) -> Iterator[dict[str, str]]:
    """The rows of a file of numbers that people could not submit."""
    with (CASES / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def key(number: str, authority: Authority) -> str:
    """What is compared of a number as it is typed."""
    return spellings(normalise_number(number, authority), authority)[0]


@pytest.mark.parametrize("row", cases("cannot_submit.csv"), ids=lambda row: f"{row['place']} {row['typed']}")
def test_what_could_not_be_submitted_is_taken(row: dict[str, str]) -> None:
    """By the authority that was tried, and by those of the place."""
    tried = [ALL[row["authority"]]] if row["authority"] else authorities.search(jurisdiction=row["place"], first=100)
    taken = [one.id for one in tried if well_formed(one, normalise_number(row["typed"], one))]
    assert (row["authority"] or GENERIC) in taken


@pytest.mark.parametrize(
    ("typed", "authority"),
    [
        ("1-48203-13-004", "be-inami"), ("28/28/12345", "es-cgcom"), ("6906-5432-101", "nl-big"), ("1/48203/13/004", "be-inami"),
        ("IMC 123456", "ie-imc"), ("1000 3461 034", "fr-rpps"),
    ],
)  # fmt: skip
def test_printed_numbers_are_well_formed(typed: str, authority: str) -> None:
    """Each row of the file of printed numbers, at its body."""
    assert typed in {row["typed"] for row in cases("numbers_as_printed.csv")}
    assert well_formed(ALL[authority], normalise_number(typed, ALL[authority]))


def test_no_printed_number_is_left_out() -> None:
    """A row that is added to the file is added above."""
    assert len(list(cases("numbers_as_printed.csv"))) == 6


@pytest.mark.parametrize(
    ("authority", "number", "written"),
    [
        ("gb-gmc", "6150129", ["GMC 6150129", "gmc no. 6150129", "GMC Reg. No: 6150129", "C6150129", "615-0129", "٦١٥٠١٢٩", "६१५०१२९"]),
        ("gb-gmc", "0150129", ["150129", "GMC 150129", "00150129"]),
        ("gb-nmc", "12A3456B", ["NMC PIN 12a3456b", "12 A 3456 B", "PIN: 12A3456B", "12-A-3456-B"]),
        ("gb-gphc", "2012345", ["GPhC 2012345", "No. 2012345", "2012345."]),
        ("ie-imc", "123456", ["IMC123456", "MCRN 123456", "MCRN: 123456", "Reg. No. 123456", "imc-123456"]),
        ("fr-rpps", "10003461034", ["RPPS 10003461034", "N° RPPS : 1000 3461 034", "810003461034", "10003461034\u200b"]),
        ("nl-big", "69065432101", ["BIG 69065432101", "BIG-nummer 69065432101", "BIG-nr. 6906.5432.101", "6906‑5432‑101"]),
        ("nl-big", "09021234501", ["9021234501"]),
        ("be-inami", "14820313004", ["INAMI 1-48203-13-004", "RIZIV 1/48203/13/004", "1.48203.13.004", "148203-13-004"]),
        ("es-cgcom", "282812345", ["28/28/12345", "28-2812345", "Nº colegiado 28/28/12345", "28 28 12345"]),
        ("br-cfm", "SP-123456", ["CRM/SP 123456", "CRM-SP 123.456", "CRM SP nº 123456", "crm 123456/sp", "SP 123456", "CRM-SP: 123456",
                                 "123456-SP", "CRM (SP) 123456"]),
        ("it-fnomceo", "RM-12345", ["RM 12345", "rm/12345", "RM12345", "RM n. 12345"]),
        ("pt-om", "54321", ["OM 54321", "OM54321", "OM n.º 54321", "Cédula 54321", "OM-54321"]),
        ("pl-nil", "5425740", ["PWZ 5425740", "NPWZ: 5425740", "nr PWZ 5425740", "54 25 740"]),
        ("de-kbv", "123456601", ["LANR 123456601", "123456 6 01", "123456-601", "123/456/601"]),
        ("ch-medreg", "7601000000002", ["GLN 7601000000002", "7601.0000.0000.2", "7601 0000 00002"]),
        ("at-oeak", "12345-67", ["1234567", "12345/67", "12345–67"]),
        ("au-ahpra", "MED0001234567", ["MED 000 1234567", "med0001234567", "AHPRA MED0001234567", "MED1234567"]),
        ("za-hpcsa", "MP0123456", ["MP 123456", "MP123456", "mp-0123456", "HPCSA MP 0123456", "HPCSA No. MP0123456"]),
        ("in-nmc", "DMC/12345", ["DMC/R/12345", "DMC-R-12345", "dmc 12345", "DMC/12345"]),
        ("in-nmc", "2012/03/1234", ["2012-03-1234", "2012/03/1234", "NMC 2012/03/1234"]),
        ("ng-mdcn", "12345", ["MDCN/R/12345", "MDCN 12345", "R/12345", "mdcn-r-12345"]),
        ("ke-kmpdc", "A12345", ["KMPDC A12345", "A 12345", "A/12345", "KMPDC/A-12345"]),
        ("us-ny-nysed", "123456", ["123456-1", "12 34 56", "Lic. No. 123456", "License # 123456"]),
        ("us-ca-mbc", "A12345", ["A 12345", "a-12345", "MBC A12345"]),
        ("us-npi", "1234567893", ["NPI 1234567893", "NPI# 123-456-7893", "１２３４５６７８９３"]),
        ("no-hpr", "1234567", ["HPR 1234567", "HPR-nr. 1234567", "HPR-nummer: 1234567"]),
        ("dk-stps", "0ABC1", ["0abc1", "Autorisations-ID: 0ABC1"]),
        ("fi-valvira", "123456", ["SV-123456", "SV 123456", "123456"]),
        ("jp-mhlw", "123456", ["第123456号", "１２３４５６"]),
        ("ar-msal", "12345", ["MN 12345", "M.N. 12345", "MN-12345"]),
        ("orcid", "0000-0002-1694-233X", ["0000 0002 1694 233x", "0000–0002–1694–233X"]),
    ],
)  # fmt: skip
def test_every_way_to_write_a_number_is_that_number(authority: str, number: str, written: list[str]) -> None:
    """With the body's letters, words before it, groups, signs of other scripts, and zeros that were lost or added."""
    register = ALL[authority]
    assert {typed: key(typed, register) for typed in written} == dict.fromkeys(written, key(number, register))
    assert {normalise_number(typed, register) for typed in written} - set(spellings(number, register)) <= {number}


@pytest.mark.parametrize(
    ("authority", "first", "second"),
    [
        ("pk-pmdc", "12345-P", "PMDC 12345/p"), ("ae-du-dha", "DHA-P-0123456", "p0123456"), ("pt-oe", "5-E-12345", "5E12345"),
        ("gb-goc", "GOC 01-12345", "1-12345"), ("sg-smc", "MCR M12345A", "m12345a"), ("ph-prc", "0123456", "Reg. No. 123456"),
        ("other", "Lic. No. 00-123", "১২৩"), ("us-fl-bom", "ME12345", "ME 0012345"),
    ],
)  # fmt: skip
def test_spellings_are_compared_where_the_format_is_not_known(authority: str, first: str, second: str) -> None:
    """Separators, words, zeros and scripts make no other number."""
    assert key(first, ALL[authority]) == key(second, ALL[authority])


@pytest.mark.parametrize(
    ("first", "second"), [("ME12345", "OS12345"), ("12345", "12346"), ("A1", "A11"), ("5-E-1", "5-F-1")]
)
def test_other_numbers_stay_others(first: str, second: str) -> None:
    """Letters inside a number, and each digit, count."""
    assert key(first, ALL[GENERIC]) != key(second, ALL[GENERIC])


def redrawn(number: str, draw: st.DrawFn) -> str:
    """The same number as somebody may write it: other digits, dashes and spaces, small letters, and what cannot be seen."""
    signs = []
    for sign in number:
        if sign.isdigit():
            signs.append(chr(ord(draw(st.sampled_from(ZEROS))) + int(sign)))
        elif sign == "-":
            signs.append(draw(st.sampled_from(DASHES)))
        else:
            signs.append(draw(st.sampled_from([sign, sign.lower()])))
        signs.append(draw(st.text(st.sampled_from(SPACES + INVISIBLE), max_size=2)))
    return "".join(signs)


@given(st.data())
def test_a_redrawn_number_is_the_same(data: st.DataObject) -> None:
    """Of every authority with a format, and of those without."""
    authority = ALL[data.draw(st.sampled_from([*WITH_FORMAT, "pk-pmdc", GENERIC]))]
    number = normalise_number(authority.example or "AB-12345/7", authority)
    written = redrawn(number, data.draw)
    assert normalise_number(written, authority) == number


@given(st.text(max_size=register_numbers.MAX_LENGTH), st.sampled_from([*WITH_FORMAT, "pk-pmdc", GENERIC]))
def test_a_normalised_number_is_normal(text: str, own: str) -> None:
    """Normalising twice changes nothing, and neither does comparing what is compared."""
    authority = ALL[own]
    once = normalise_number(text, authority)
    assert normalise_number(once, authority) == once
    assert key(once, authority) == key(text, authority)
