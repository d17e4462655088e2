"""The authorities that license professionals, their registers, and how a register number looks.

A new register is a row in `data/authorities.csv`; check rules are named there, and are here or in python-stdnum.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from stdnum import ean, luhn
from stdnum.iso7064 import mod_11_2

from catalogues import regions, register_numbers
from catalogues.load import rows
from catalogues.names import primary
from kit.texts import fold

KINDS = LICENSING_AUTHORITY, CHAMBER, INSURER_IDENTIFIER, IDENTIFIER = (
    "LICENSING_AUTHORITY", "CHAMBER", "INSURER_IDENTIFIER", "IDENTIFIER",
)  # fmt: skip
# The kinds of bodies whose number says who somebody is, and not that they may practise.
IDENTIFYING = frozenset({INSURER_IDENTIFIER, IDENTIFIER})
# ISCO-08 tells generalists and specialists apart; registers of physicians do not.
_PHYSICIANS = frozenset({"2211", "2212"})
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
        kinds: the kinds of credentials that it gives; IDENTIFIER where its number says who somebody is, and no more.
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
        active: whether it gives credentials still; what it gave before stays.
        version: counts its changes by operators; 1 of a row of the file.
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
    active: bool = True
    version: int = 1


def read_row(row: dict[str, str]) -> Authority:
    """The authority that a row of the file says, with what follows from the empty fields."""
    given: dict[str, Any] = {key: value or None for key, value in row.items()}
    return Authority(
        **given
        | {
            "local_name": row["local_name"] or row["name"],
            "local_language": row["local_language"] or "en",
            "jurisdictions": tuple(row["jurisdictions"].split()),
            "professions": tuple(row["professions"].split()),
            "kinds": tuple(row["kinds"].split()) or (("IDENTIFIER",) if row["kind"] in IDENTIFYING else ()),
            "register": row["register"] or f"Register of {row['name']}",
            "number_format": row["number_format"] or "as the register writes it",
            "check_failure": row["check_failure"] or "FAIL",
            "review_months": int(row["review_months"] or 12),
            "evidence": row["evidence"] or EVIDENCE[row["kind"]],
            "unverified": row["unverified"] == "yes",
        }
    )


@dataclass(frozen=True)
class _Catalogue:
    revision: str
    by_id: dict[str, Authority]


@cache
def built_in() -> dict[str, Authority]:
    """The authorities of the file by their ids."""
    return {row["id"]: read_row(row) for row in rows("authorities.csv")}


# What operators have changed is put over the file; each service tells its own process when it finds another revision.
FILE_ONLY = "00000000-0000-0000-0000-000000000000"
_current = [_Catalogue(FILE_ONLY, {})]


def authorities() -> dict[str, Authority]:
    """Every authority by its id, as operators have changed them."""
    return _current[0].by_id or built_in()


def revision() -> str:
    """Which state of the operators' changes this process knows."""
    return _current[0].revision


def put_over_file(revision: str, changed: Iterable[Authority]) -> None:
    """Let this process know what operators have added and changed, instead of what it knew of that."""
    merged = built_in() | {one.id: one for one in changed}
    world = [merged.pop(own) for own in ("orcid", GENERIC)]
    _current[0] = _Catalogue(revision, dict(sorted(merged.items())) | {one.id: one for one in world})


@cache
def _names_in_file() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in rows("authority_names.csv"):
        found.setdefault(row["authority"], {})[row["language"]] = row["name"]
    return found


def names(authority: Authority) -> dict[str, str]:
    """The names of an authority by language: the one in English, and those that it gives itself.

    Those of the file count as long as no operator has changed what it is called.
    """
    known = built_in().get(authority.id)
    same = known is not None and (known.name, known.local_name) == (authority.name, authority.local_name)
    more = _names_in_file().get(authority.id, {}) if same else {}
    return {authority.local_language: authority.local_name} | more | {"en": authority.name}


def authority_name(authority: Authority, language: str | None) -> str:
    """What an authority is called in a language, if it has a name of its own in that; else in English."""
    wanted = primary(language)
    found = {primary(tag): name for tag, name in names(authority).items() if tag != "en"}
    return found.get(wanted, authority.name)


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


def search(
    *, jurisdiction: str | None, first: int | None = None, profession: str | None = None, text: str | None = None
) -> list[Authority]:
    """Active authorities that license in a jurisdiction, in a part of it, or around it.

    Args:
        profession: only those that register it.
        text: only those with each of its words in a name, in whatever language, or the id.

    Those that license come before those that give identifiers, those whose numbers have a known format before others, those of
    the whole place before those of its parts, and those of physicians before those of other professions.
    """
    wanted = fold(text or "").split()
    hits = [
        found
        for found in authorities().values()
        if found.active
        and (jurisdiction is None or licenses_in(found, jurisdiction) or _is_inside(found, jurisdiction))
        and (profession is None or registers_profession(found, profession))
        and (not wanted or all(word in _folded(found) for word in wanted))
    ]

    def rank(found: Authority) -> tuple[Any, ...]:
        return (
            _is_global(found),
            found.id != GENERIC,
            found.kind in IDENTIFYING,
            found.pattern is None,
            jurisdiction is not None and not _covers(found, jurisdiction),
            "2211" not in found.professions,
            found.id,
        )

    return sorted(hits, key=rank)[:first]


def _folded(authority: Authority) -> str:
    return fold(" ".join((*names(authority).values(), authority.name, authority.id)))


def registers_profession(authority: Authority, profession: str) -> bool:
    """Whether an authority registers a profession; one that is bound to no profession registers each."""
    own = set(authority.professions)
    return not own or profession in own or (profession in _PHYSICIANS and bool(own & _PHYSICIANS))


def licenses_in(authority: Authority, place: str) -> bool:
    """Whether an authority's credentials hold in a country, a part of one, or a territory of its country.

    A board of one state licenses nobody in all of its country.
    """
    parent = _parents().get(place)
    return _covers(authority, place) or (parent is not None and _covers(authority, parent))


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
        found = (
            tuple(own for own in _licensing_in(where, revision()) if registers_profession(own, profession))
            if where
            else ()
        )
        if found:
            return found
    return (authorities()[GENERIC],)


@lru_cache(1_000)  # anybody may ask for any place
def _licensing_in(place: str, _revision: str) -> tuple[Authority, ...]:
    return tuple(
        found
        for found in authorities().values()
        if found.id != GENERIC
        and found.active
        and found.kind not in IDENTIFYING
        and (_covers(found, place) or _is_inside(found, place))
    )


def normalise_number(number: str, authority: Authority) -> str:
    """A register number as the register writes it, whatever the document or the person has written around and between its digits.

    What only some write before it is left out, and what people write in another way is put into the register's order. Where the
    register has no known format, separators stay as they were written; `spellings` has what is compared.
    """
    clean = register_numbers.tidy(number)
    bare = _without_prefix(clean, authority)
    if authority.pattern is None:
        return bare
    for form in register_numbers.forms(clean, bare):
        if (found := _as_registered(form, authority)) is not None:
            return found
    for form in register_numbers.forms(clean, bare):
        for other in register_numbers.with_zeros(form):
            found = _as_registered(other, authority)
            if found is not None and check_digit_holds(authority, found) is not False:
                return found
    return bare


def _without_prefix(clean: str, authority: Authority) -> str:
    own = _labels(authority.id, authority.name, authority.local_name, authority.register)
    while True:
        bare = register_numbers.without_labels(clean, own)
        rest = re.sub(f"^(?:{authority.prefix})", "", bare).lstrip("-/") if authority.prefix else bare
        if not re.search(r"\d", rest):
            return bare
        if rest == clean:
            return rest
        clean = rest


@lru_cache(2_000)
def _labels(own_id: str, *names: str) -> tuple[str, ...]:
    abbreviation = own_id.rpartition("-")[2].upper()
    return tuple({*register_numbers.labels(*names), *([abbreviation] if own_id != GENERIC else [])})


def _as_registered(form: str, authority: Authority) -> str | None:
    """A number in the register's own order; None where it is none of the register's."""
    if well_formed(authority, form):
        return form
    if authority.written and authority.canonical:
        found = re.fullmatch(authority.written, form, flags=re.ASCII)
        expanded = found.expand(authority.canonical) if found else ""
        return expanded if found and well_formed(authority, expanded) else None
    return None


def spellings(number: str, authority: Authority) -> list[str]:
    """How a normalised number may be written in its register: with fewer and with more zeros before its first digit.

    Some registers print zeros that others leave out, and tables lose them. Where all numbers have the same length, a number has
    one spelling.

    Returns:
        the shortest first, which stands for all of them where numbers are compared. Where the format is not known, the number
        without separators and such zeros, and as it is, because numbers were compared so before.
    """
    if authority.pattern is None:
        return list(dict.fromkeys((register_numbers.comparable(number) or number, number)))
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
    try:
        return bool(CHECK_RULES[authority.check_rule](number))
    except (
        ValueError,
        IndexError,
    ):  # the format, which an operator may change, takes numbers that the rule cannot read
        return None
