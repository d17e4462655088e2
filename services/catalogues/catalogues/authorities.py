"""The authorities that license professionals, their registers, and how a register number looks.

A new register is a row in `data/authorities.csv`; check rules are named there, and are here or in python-stdnum.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from stdnum import ean, luhn
from stdnum.iso7064 import mod_11_2

from catalogues import regions
from catalogues.load import rows
from kit.texts import normalize

LICENSING_AUTHORITY, CHAMBER, INSURER_IDENTIFIER, IDENTIFIER = (
    "LICENSING_AUTHORITY", "CHAMBER", "INSURER_IDENTIFIER", "IDENTIFIER",
)  # fmt: skip
# The usual evidence, where the row of an authority names no other.
EVIDENCE = {
    LICENSING_AUTHORITY: "Certificate of registration or licence, or a certificate of good standing",
    CHAMBER: "Certificate of membership or registration, or a certificate of good standing",
    INSURER_IDENTIFIER: "A letter of the insurer; it proves no licence by itself",
    IDENTIFIER: "None: an identifier proves no licence",
}
# For somebody whose authority has no row: what it is called stands in the credential, and a verifier decides.
GENERIC = "other"


@dataclass(frozen=True)
class Authority:
    """A register of professionals.

    Args:
        kinds: the kinds of credentials that it gives; none where its number is an identifier only.
        pattern: a regular expression for the whole number, without spaces; None where the numbers' format is not known.
        check_failure: FAIL, or WARN where the register has published numbers that fail its own rule.
        prefix: a regular expression for what some write before the number, and is not part of it.
        written: a regular expression for how people write a number that `pattern` does not take.
        canonical: the template that makes the register's number of what `written` finds.
        url: the page where verifiers look a number up; None where it is not known for certain.
        lookup: the address of one number's entry, with `{number}` for the number.
        review_months: after how long a validated credential must be looked at again.
        kind: who gives the number: LICENSING_AUTHORITY, CHAMBER, INSURER_IDENTIFIER or IDENTIFIER.
        professions: ISCO-08 codes of the professions that it registers; none where it is bound to no profession.
        evidence: the document that usually proves the registration.
        source: the id of a row of `data/authority_sources.csv`: where the authority can be looked up.
        unverified: whether nobody has looked it up in its source yet. Such a row has no format and no link.
    """

    id: str
    name: str
    local_name: str
    local_language: str
    jurisdictions: tuple[str, ...]
    kinds: tuple[str, ...]
    register: str
    pattern: str | None
    number_format: str
    check_rule: str | None
    example: str | None
    url: str | None
    check_failure: str = "FAIL"
    prefix: str | None = None
    review_months: int = 12
    kind: str = LICENSING_AUTHORITY
    professions: tuple[str, ...] = ()
    lookup: str | None = None
    written: str | None = None
    canonical: str | None = None
    written_example: str | None = None
    evidence: str = EVIDENCE[LICENSING_AUTHORITY]
    source: str = "own"
    unverified: bool = False


def _read(row: dict[str, str]) -> Authority:
    given: dict[str, Any] = {key: value or None for key, value in row.items()}
    return Authority(
        **given
        | {
            "local_name": row["local_name"] or row["name"],
            "local_language": row["local_language"] or "en",
            "jurisdictions": tuple(row["jurisdictions"].split()),
            "professions": tuple(row["professions"].split()),
            "kinds": tuple(row["kinds"].split()),
            "register": row["register"] or f"Register of {row['name']}",
            "number_format": row["number_format"] or "as the register writes it",
            "check_failure": row["check_failure"] or "FAIL",
            "review_months": int(row["review_months"] or 12),
            "evidence": row["evidence"] or EVIDENCE[row["kind"]],
            "unverified": row["unverified"] == "yes",
        }
    )


@cache
def authorities() -> dict[str, Authority]:
    """Every authority by its id."""
    return {row["id"]: _read(row) for row in rows("authorities.csv")}


@cache
def sources() -> dict[str, str]:
    """The titles of the sources that authorities are taken from, by id."""
    return {row["id"]: row["title"] for row in rows("authority_sources.csv")}


@cache
def _parents() -> dict[str, str]:
    return {row["code"]: row["parent"] for row in rows("territories.csv")}


def _is_global(authority: Authority) -> bool:
    return any(place.startswith("M49:") for place in authority.jurisdictions)


def _covers(authority: Authority, place: str) -> bool:
    return any(place in regions.expand(own) for own in authority.jurisdictions)


def _is_inside(authority: Authority, place: str) -> bool:
    return any(own in regions.expand(place) for own in authority.jurisdictions)


def search(*, jurisdiction: str | None, first: int) -> list[Authority]:
    """Authorities that license in a jurisdiction, in a part of it, or around it.

    Those of the whole place come before those of its parts, those whose numbers have a known format before others, and those of
    physicians before those of other professions.
    """
    hits = [
        found
        for found in authorities().values()
        if jurisdiction is None or _covers(found, jurisdiction) or _is_inside(found, jurisdiction)
    ]

    def rank(found: Authority) -> tuple[Any, ...]:
        return (
            _is_global(found),
            found.id != GENERIC,
            not found.kinds,
            found.pattern is None,
            jurisdiction is not None and not _covers(found, jurisdiction),
            "2211" not in found.professions,
            found.id,
        )

    return sorted(hits, key=rank)[:first]


def authorities_for(place: str, profession: str) -> tuple[Authority, ...]:
    """The authorities that license a profession in a country, a territory or a part of one.

    Args:
        place: the code of a country or subdivision.
        profession: an ISCO-08 code of `professions.csv`.

    Returns:
        the authorities of the place and of its parts; else those of the country that a territory belongs to, where their
        licences hold there; else the generic one, with which a credential goes to the desk.
    """
    for where in (place, _parents().get(place)):
        found = tuple(own for own in _licensing_in(where) if profession in own.professions) if where else ()
        if found:
            return found
    return (authorities()[GENERIC],)


@lru_cache(1_000)  # anybody may ask for any place
def _licensing_in(place: str) -> tuple[Authority, ...]:
    return tuple(
        found
        for found in authorities().values()
        if found.kind in {LICENSING_AUTHORITY, CHAMBER} and (_covers(found, place) or _is_inside(found, place))
    )


def normalise_number(number: str, authority: Authority) -> str:
    """A register number without spaces and dots, in capitals, as the register writes it.

    What only some write before it is left out, and what people write in another way is put into the register's order.
    """
    clean = re.sub(r"[\s.]", "", number).upper()
    if authority.prefix:
        clean = re.sub(f"^{authority.prefix}", "", clean)
    if authority.written and authority.canonical and not well_formed(authority, clean):
        found = re.fullmatch(authority.written, clean, flags=re.ASCII)
        return found.expand(authority.canonical) if found else clean
    return clean


def spellings(number: str, authority: Authority) -> list[str]:
    """How a normalised number may be written in its register: with fewer and with more zeros before its first digit.

    Some registers print zeros that others leave out, and tables lose them. Where all numbers have the same length, a number has
    one spelling.

    Returns:
        the shortest first, which stands for all of them where numbers are compared. Where the format is not known, the number
        as it is; of an authority without a row, that is its letters and digits, because people put any signs between them.
    """
    if authority.id == GENERIC:
        return list(dict.fromkeys((re.sub(r"[\W_]", "", normalize("NFKD", number)).upper() or number, number)))
    if authority.pattern is None:
        return [number]
    while (shorter := re.sub(r"^(\D*)0(?=\d)", r"\1", number)) != number and well_formed(authority, shorter):
        number = shorter
    found = [number]
    while well_formed(authority, longer := re.sub(r"^(\D*)(?=\d)", r"\g<1>0", found[-1])) and longer not in found:
        found.append(longer)
    return found


def well_formed(authority: Authority, number: str) -> bool:
    """Whether a normalised number has the register's format; every number has one that is not known."""
    return authority.pattern is None or re.fullmatch(authority.pattern, number, flags=re.ASCII) is not None


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
