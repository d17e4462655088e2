"""Where authorities were looked up, and numbers as their documents print them."""

from __future__ import annotations

import csv
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from catalogues.authorities import authorities, normalise_number, well_formed
from catalogues.load import rows

PRINTED = Path(__file__).parents[2] / "data" / "registers" / "printed_numbers.csv"
ALL = authorities()
LOOKUPS = rows("authority_lookups.csv")


def test_each_lookup_is_of_a_verified_row() -> None:
    """It says what was found, in which way, and at which address."""
    keys = [tuple(row.values()) for row in LOOKUPS]
    assert keys == sorted(set(keys))
    for row in LOOKUPS:
        assert row["authority"] in ALL, row
        assert not ALL[row["authority"]].unverified, row
        assert set(row["shows"].split()) <= {"name", "register", "number", "evidence"}, row
        assert row["by"] in {"page", "programs", "list"}, row
        assert urlsplit(row["address"]).scheme in {"http", "https"}, row


def test_a_format_that_was_looked_up_says_where() -> None:
    """Each authority with lookups and a format has a lookup of the number, unless the format is older than the lookups."""
    shown = {row["authority"] for row in LOOKUPS if "number" in row["shows"].split()}
    older = {
        "br-cfm",
        "gb-nmc",
        "ie-imc",
        "jp-mhlw",
        "ke-kmpdc",
        "fi-valvira",
        "nz-mcnz",
        "pl-nil",
        "us-tx-tmb",
        "za-hpcsa",
    }
    assert {row["authority"] for row in LOOKUPS if ALL[row["authority"]].pattern} - shown <= older


def _printed() -> list[tuple[str, str, str]]:
    with PRINTED.open(encoding="utf-8", newline="") as file:
        return [(row["authority"], row["typed"], row["number"]) for row in csv.DictReader(file)]


@pytest.mark.parametrize(("authority", "typed", "number"), _printed())
def test_a_printed_number_is_the_register_s(authority: str, typed: str, number: str) -> None:
    """With what stands before it, in the groups in which it is printed."""
    assert normalise_number(typed, ALL[authority]) == number
    assert well_formed(ALL[authority], number)
