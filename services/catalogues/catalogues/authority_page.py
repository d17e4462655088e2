"""The page of the docs that shows which authorities the catalogue has, written by `make schema`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from catalogues.authorities import EVIDENCE, GENERIC, Authority, authorities, authorities_for, sources
from catalogues.regions import COUNTRY, all_regions, country_of
from catalogues.specialties import professions

# The professions that the table of countries shows: those that most countries license.
SHOWN = ("2211", "2221", "2222", "2261", "2262", "2264", "2634")


def matrix() -> dict[tuple[str, str], tuple[Authority, ...]]:
    """The authorities for each country or territory and each profession."""
    countries = [region.code for region in all_regions().values() if region.kind == COUNTRY]
    return {(place, code): authorities_for(place, code) for place in countries for code in professions()}


def is_generic(found: tuple[Authority, ...]) -> bool:
    """Whether a country has no authority for a profession, so that a credential goes to the desk with the generic one."""
    return [one.id for one in found] == [GENERIC]


def _table(head: Iterable[str], body: Iterable[Iterable[object]]) -> list[str]:
    columns = list(head)
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    return [*lines, *("| " + " | ".join(str(cell) for cell in row) + " |" for row in body), ""]


def _countries(found: Iterable[Authority]) -> set[str]:
    return {country for one in found for place in one.jurisdictions if (country := country_of(place))}


def as_page() -> str:
    """The page, with all counts and tables."""
    known = [one for one in authorities().values() if one.id != GENERIC]
    cells = matrix()
    own = {place for (place, _), found in cells.items() if not is_generic(found)}
    every = {place for place, _ in cells}
    lines = [
        "# Authorities",
        "",
        "Written from the catalogue by `make schema`; do not edit.",
        "",
        "An authority gives licences, registers a profession, or gives a number that identifies somebody. A member names it when"
        " submitting a credential. Each is a row of `services/catalogues/catalogues/data/authorities.csv`;"
        " [development/recipes/register.md](development/recipes/register.md) shows how to add one.",
        "",
        f"The catalogue has {len(known)} authorities in {len(_countries(known))} countries and territories. Of"
        f" {len(every)} countries and territories, {len(own)} have an authority for at least one profession, of their own or of the"
        " country that they belong to. Where there is none, the member takes *Another authority*, and a verifier decides.",
        "",
        f"{sum(one.unverified for one in known)} rows are unverified: nobody has looked them up in their source yet. They have"
        " neither a link nor a format for numbers, so that any number is taken and a verifier looks it up."
        f" {sum(one.pattern is not None for one in known)} authorities have a format,"
        f" {sum(one.url is not None for one in known)} a page, and {sum(one.lookup is not None for one in known)} an address for"
        " each number.",
        "",
        "## By kind",
        "",
    ]
    by_kind = Counter(one.kind for one in known)
    lines += _table(
        ("Kind", "Authorities", "Usual evidence"), ((f"`{k}`", by_kind[k], text) for k, text in EVIDENCE.items())
    )
    lines += ["## By profession", ""]
    lines += _table(
        ("Profession", "ISCO-08", "Authorities", "Unverified", "Countries and territories"),
        (
            (
                profession.name,
                code,
                len(of := [one for one in known if code in one.professions]),
                sum(one.unverified for one in of),
                sum(1 for (_, own_code), found in cells.items() if own_code == code and not is_generic(found)),
            )
            for code, profession in professions().items()
        ),
    )
    by_source = Counter(one.source for one in known)
    lines += ["## By source", ""]
    lines += _table(
        ("Source", "Authorities"), ((title, by_source[key]) for key, title in sources().items() if by_source[key])
    )
    lines += [
        "## By country",
        "",
        "How many authorities license a profession in a country or territory; a dash where only *Another authority* is left.",
        "",
    ]
    names = {place: all_regions()[place].name for place in every}
    lines += _table(
        ("Country or territory", "Code", *(professions()[code].name for code in SHOWN)),
        (
            (
                names[place],
                place,
                *("–" if is_generic(found := cells[place, code]) else len(found) for code in SHOWN),
            )
            for place in sorted(every, key=lambda code: (names[code], code))
        ),
    )
    lines += [
        "## Every profession by country",
        "",
        "The same for each profession by its ISCO-08 code, which the table of professions names.",
        "",
    ]
    lines += _table(
        ("Code", *professions()),
        (
            (place, *("–" if is_generic(found := cells[place, code]) else len(found) for code in professions()))
            for place in sorted(every)
        ),
    )
    return "\n".join(lines)
