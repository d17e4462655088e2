"""People of a register as directory profiles."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from catalogues import regions
from catalogues.authorities import authorities, check_digit_holds, well_formed
from catalogues.specialties import by_nucc
from consilium.importers.adapters.adapter import Adapter, Fields
from consilium.importers.adapters.names import full_name
from kit.errors import Invalid
from kit.practice import TRAINEE
from kit.texts import fold

MAX_SPECIALTIES = 10
_COUNTRY = "COUNTRY "  # before a state that the adapter says to be a country


@dataclass(frozen=True)
class DirectoryEntry:
    """A row about a person.

    Args:
        practice_status: TRAINEE of somebody whose primary occupation is to train; None where the register does not say.
        as_of: when the register changed the row last.
        deactivated_on: since when the number is not in use; the register then says nothing else, and `name` is empty.
    """

    number: str
    name: str
    profession: str | None
    specialties: tuple[str, ...]
    practice_status: str | None
    region: str
    as_of: str | None
    deactivated_on: str | None


def directory_entry(adapter: Adapter, fields: Fields) -> DirectoryEntry:
    """Read a person from the fields of a row.

    Raises:
        Invalid: with the reason why the row cannot be taken.
    """
    number, register = fields["number"], authorities()[adapter.authority]
    if not well_formed(register, number) or not check_digit_holds(register, number):
        raise Invalid("the NPI is not valid")
    if ended := _deactivated(fields):
        return DirectoryEntry(number, "", None, (), None, adapter.country, fields["as_of"] or None, ended)
    if fields["kind"] != "1":
        raise Invalid("the entity type is neither 1 nor 2")
    if not fields["last"]:
        raise Invalid("the last name is missing")
    codes = _codes(fields)
    occupations = [by_nucc()[code] for code in codes if code in by_nucc()]
    return DirectoryEntry(
        number=number,
        name=full_name(fields["first"], fields["middle"], fields["last"], fields["generation"]),
        profession=occupations[0].profession if occupations else None,
        specialties=tuple(dict.fromkeys(found.specialty for found in occupations if found.specialty))[:MAX_SPECIALTIES],
        practice_status=TRAINEE if codes and codes[0] in adapter.trainees else None,
        region=_region(adapter.country, fields),
        as_of=fields["as_of"] or None,
        deactivated_on=None,
    )


def _deactivated(fields: Fields) -> str | None:
    """Since when a number is not in use; it may have been given back in between."""
    if fields["status"] == "deactivated":
        return fields["deactivated_on"] or fields["as_of"] or None
    ended, resumed = fields["deactivated_on"], fields["reactivated_on"]
    return ended if ended > resumed else None


def _codes(fields: Fields) -> list[str]:
    """The codes of a person's occupations, the primary one first; one that nobody knows is left out, and never guessed at."""
    found = [
        (fields.get(f"primary_{place}") != "Y", place, code)
        for place in range(1, 1 + sum(field.startswith("taxonomy_") for field in fields))
        if (code := fields[f"taxonomy_{place}"])
    ]
    return [code for _, _, code in sorted(found)]


@cache
def _parts(country: str) -> dict[str, str]:
    """The parts of a country by their codes and names, without case."""
    parts = [found for found in regions.all_regions().values() if found.code.startswith(f"{country}-")]
    return {
        **{fold(part.name): part.code for part in parts},
        **{part.code.split("-")[1].casefold(): part.code for part in parts},
    }


def _region(home: str, fields: Fields) -> str:
    country, state = fields["country"].upper() or home, fields["state"]
    if state.startswith(_COUNTRY) and country == home:
        return state.removeprefix(_COUNTRY)
    if country not in regions.all_regions():
        raise Invalid("the practice location's country is unknown")
    if (part := regions.other_code(country)) and part.startswith(f"{home}-"):
        return part
    return _parts(country).get(fold(state), country)
