"""The demo network's credentials, in every status. Numbers are invented: they look like the register's example."""

from __future__ import annotations

import random
from typing import Any

from catalogues.authorities import (
    GENERIC,
    Authority,
    authorities,
    authorities_for,
    check_digit_holds,
    registers_profession,
    well_formed,
)
from catalogues.specialties import specialties
from consilium.seed.people import DemoPerson

STATUSES = (
    ["VALIDATED"] * 14 + ["ATTESTED"] * 3 + ["IN_PROCESS", "REQ_REVALID", "VAL_FAIL", "REVAL_FAIL", "ENTERED_IN_ERROR"]
)
# The authority that licenses demo physicians in each country; a list of its own, so that the demo network stays the same when
# authorities are added.
LICENCES = {
    "AT": "at-oeak", "AU": "au-ahpra", "BE": "be-ordomedic", "BR": "br-cfm", "CA": "ca-on-cpso", "CH": "ch-medreg",
    "DE": "de-baek", "DK": "dk-stps", "ES": "es-cgcom", "FI": "fi-valvira", "FR": "fr-rpps", "GB": "gb-gmc",
    "IE": "ie-imc", "IN": "in-nmc", "IT": "it-fnomceo", "JP": "jp-mhlw", "KE": "ke-kmpdc", "MX": "mx-dgp",
    "NG": "ng-mdcn", "NL": "nl-big", "NO": "no-hpr", "NZ": "nz-mcnz", "PL": "pl-nil", "PT": "pt-om", "SE": "se-sos",
    "US": "us-ny-nysed", "ZA": "za-hpcsa",
}  # fmt: skip
VERIFIED = {"maria": ("ES", "DE"), "jonas": ("DE",), "amina": ("KE",)}


class Numbers:
    """Numbers in a register's format that pass its check rule, each given once."""

    def __init__(self) -> None:
        self._chance, self._taken = random.Random(11), set[str]()

    def next(self, authority: Authority) -> str:
        """Another one; the last digits differ from the register's published example, where it has one."""
        example = authority.example or "000000"
        places = [place for place, sign in enumerate(example) if sign.isdigit()][-5:]
        while True:
            signs = list(example)
            for place in places:
                signs[place] = str(self._chance.randint(0, 9))
            number = "".join(signs)
            if (
                number not in {example, *self._taken}
                and well_formed(authority, number)
                and check_digit_holds(authority, number) is not False
            ):
                self._taken.add(number)
                return number


def _authority(country: str, profession: str) -> Authority:
    """Who licenses a demo person: the physicians' authority, one of all of the country for their profession, or another one."""
    usual = authorities()[LICENCES[country]]
    if registers_profession(usual, profession):
        return usual
    fitting = [one for one in authorities_for(country, profession) if country in one.jurisdictions]
    return fitting[0] if fitting else authorities()[GENERIC]


def _licence(
    numbers: Numbers,
    person_id: str,
    country: str,
    specialty: str,
    status: str,
    expires_on: str | None,
    standing: str = "GOOD",
) -> dict[str, Any]:
    authority = _authority(country, specialties()[specialty].profession)
    return {
        "person_id": person_id, "kind": "LICENCE", "authority": authority.id, "number": numbers.next(authority),
        "jurisdiction": country if authority.id == GENERIC else authority.jurisdictions[0], "specialty": specialty, "issued_on": "2015-06-01",
        "expires_on": expires_on, "status": status, "standing": standing,
    }  # fmt: skip


def _identity(person_id: str, country: str) -> dict[str, Any]:
    return {"person_id": person_id, "kind": "IDENTITY", "jurisdiction": country, "status": "VALIDATED"}


def credentials(people: list[DemoPerson], ids: dict[str, str]) -> list[dict[str, Any]]:
    """Invented credentials: most people are verified, some are not, and every status occurs.

    Args:
        ids: the person's id by reference.
    """
    chance, numbers = random.Random(4), Numbers()
    found: list[dict[str, Any]] = []
    for person in people:
        ref, own = person.row["ref"], ids[person.row["ref"]]
        if "password" in person.row:
            for country in VERIFIED.get(ref, ()):
                found.append(_licence(numbers, own, country, person.specialty, "VALIDATED", None))
            if ref in VERIFIED:
                found.append(_identity(own, person.country))
            continue
        draw = chance.random()
        if draw < 0.12:
            continue
        found.append(_identity(own, person.country))
        if draw < 0.2 or person.country not in LICENCES:
            continue
        status = chance.choice(STATUSES)
        expires = f"{chance.randint(2027, 2031)}-{chance.randint(1, 12):02}-28" if chance.random() < 0.6 else None
        standing = "CONDITIONS" if chance.random() < 0.04 else "GOOD"
        found.append(_licence(numbers, own, person.country, person.specialty, status, expires, standing))
        if chance.random() < 0.08:
            second = chance.choice([code for code in LICENCES if code != person.country])
            found.append(_licence(numbers, own, second, person.specialty, "VALIDATED", expires))
    return found
