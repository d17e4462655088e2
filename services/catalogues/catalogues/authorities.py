"""The authorities that license professionals, their registers, and how a register number looks.

A new register is a row in `data/authorities.json`; check rules are named there, and are here or in python-stdnum.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from stdnum import ean, luhn
from stdnum.iso7064 import mod_11_2

from catalogues import regions
from catalogues.load import document


@dataclass(frozen=True)
class Authority:
    """A register of professionals; `pattern` is a regular expression for the whole number, without spaces.

    Args:
        check_failure: FAIL, or WARN where the register has published numbers that fail its own rule.
        prefix: a regular expression for what some write before the number, and is not part of it.
        review_months: after how long a validated credential must be looked at again.
    """

    id: str
    name: str
    local_name: str
    local_language: str
    jurisdictions: tuple[str, ...]
    kinds: tuple[str, ...]
    register: str
    pattern: str
    number_format: str
    check_rule: str | None
    example: str
    url: str
    check_failure: str = "FAIL"
    prefix: str | None = None
    review_months: int = 12


@cache
def authorities() -> dict[str, Authority]:
    """Every authority by its id."""
    return {
        row["id"]: Authority(**{**row, "jurisdictions": tuple(row["jurisdictions"]), "kinds": tuple(row["kinds"])})
        for row in document("authorities.json")
    }


def search(*, jurisdiction: str | None, first: int) -> list[Authority]:
    """Authorities that license in a jurisdiction, in a part of it, or around it."""
    hits = []
    for found in authorities().values():
        if jurisdiction is None or any(
            jurisdiction in regions.expand(own) or own in regions.expand(jurisdiction) for own in found.jurisdictions
        ):
            hits.append(found)
    return sorted(hits, key=lambda a: (a.id == "orcid", a.id))[:first]


def normalise_number(number: str, authority: Authority) -> str:
    """A register number without spaces and dots, in capitals, and without what only some write before it."""
    clean = re.sub(r"[\s.]", "", number).upper()
    return re.sub(f"^{authority.prefix}", "", clean) if authority.prefix else clean


def spellings(number: str, authority: Authority) -> list[str]:
    """How a normalised number may be written in its register: with fewer and with more zeros before its first digit.

    Some registers print zeros that others leave out, and tables lose them. Where all numbers have the same length, a number has
    one spelling.

    Returns:
        the shortest first, which stands for all of them where numbers are compared.
    """
    while (shorter := re.sub(r"^(\D*)0(?=\d)", r"\1", number)) != number and well_formed(authority, shorter):
        number = shorter
    found = [number]
    while well_formed(authority, longer := re.sub(r"^(\D*)(?=\d)", r"\g<1>0", found[-1])) and longer not in found:
        found.append(longer)
    return found


def well_formed(authority: Authority, number: str) -> bool:
    """Whether a normalised number has the register's format."""
    return re.fullmatch(authority.pattern, number, flags=re.ASCII) is not None


def _weighted(digits: str, weights: list[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))


def _lanr(number: str) -> bool:
    # KBV guideline: weights 4 and 9 in turn; the check digit completes the sum to a multiple of ten.
    return (10 - _weighted(number[:6], [4, 9, 4, 9, 4, 9]) % 10) % 10 == int(number[6])


def _big(number: str) -> bool:
    # The second digit is always 9; the first checks the rest, with 11 written as 0 and 10 as 1.
    rest = 9 + _weighted(number[2:], [6, 3, 7, 9, 10, 5, 8, 4, 2])
    return number[1] == "9" and {11: 0, 10: 1}.get(11 - rest % 11, 11 - rest % 11) == int(number[0])


def _npwz(number: str) -> bool:
    return _weighted(number[1:], [1, 2, 3, 4, 5, 6]) % 11 == int(number[0])


CHECK_RULES: dict[str, Callable[[str], bool]] = {
    "luhn": luhn.is_valid,
    "luhn-80840": lambda number: bool(luhn.is_valid("80840" + number)),
    "lanr": _lanr,
    "big": _big,
    "npwz": _npwz,
    "ean": ean.is_valid,
    "inami": lambda number: 97 - int(number[:6]) % 97 == int(number[6:8]),
    "orcid": lambda number: bool(mod_11_2.is_valid(number.replace("-", ""))),
}


def check_digit_holds(authority: Authority, number: str) -> bool | None:
    """Whether a well-formed number passes the register's check rule; None when it has no public one."""
    if authority.check_rule is None:
        return None
    return bool(CHECK_RULES[authority.check_rule](number))
