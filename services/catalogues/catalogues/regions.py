"""Regions: ISO 3166-1 countries, ISO 3166-2 subdivisions, UN M49 areas and WHO regions.

A code is one of `DE`, `DE-BY`, `M49:150`, `WHO:EURO`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from catalogues.languages import locale, locale_tag
from catalogues.load import rows
from catalogues.names import LANGUAGES, fit, name_key, primary, words, words_of_name

SUBDIVISION, COUNTRY, M49_AREA, WHO_REGION = "SUBDIVISION", "COUNTRY", "M49_AREA", "WHO_REGION"


@dataclass(frozen=True)
class Region:
    """A region; `parents` are the codes of the regions directly around it, `since` when that holds from."""

    code: str
    name: str
    kind: str
    parents: tuple[str, ...]
    since: date | None = None


@cache
def all_regions() -> dict[str, Region]:
    """Every region by its code."""
    found: dict[str, Region] = {}
    for row in rows("m49_areas.csv"):
        parents = (f"M49:{row['parent']}",) if row["parent"] else ()
        found[f"M49:{row['code']}"] = Region(f"M49:{row['code']}", row["name"], M49_AREA, parents)
    for row in rows("who_regions.csv"):
        found[f"WHO:{row['code']}"] = Region(f"WHO:{row['code']}", row["name"], WHO_REGION, ())
    for row in rows("countries.csv"):
        around = [f"M49:{row['m49_parent']}"] + ([f"WHO:{row['who_region']}"] if row["who_region"] else [])
        since = date.fromisoformat(row["who_since"]) if row["who_since"] else None
        found[row["code"]] = Region(row["code"], row["name"], COUNTRY, tuple(around), since)
    for row in rows("subdivisions.csv"):
        found[row["code"]] = Region(row["code"], row["name"], SUBDIVISION, (row["parent"] or row["country"],))
    return found


@cache
def _listed_twice() -> dict[str, tuple[str, ...]]:
    """Countries that ISO 3166 lists as parts of another too, with the codes of these parts."""
    found: dict[str, tuple[str, ...]] = {}
    for row in rows("double_codes.csv"):
        found[row["country"]] = (*found.get(row["country"], ()), row["subdivision"])
    return found


@cache
def _counted() -> frozenset[str]:
    """Those of them that count as inside the other country."""
    return frozenset(row["country"] for row in rows("double_codes.csv") if row["counted"])


@cache
def _other_codes() -> dict[str, str]:
    pairs = {country: parts[0] for country, parts in _listed_twice().items() if len(parts) == 1}
    return {**pairs, **{part: country for country, part in pairs.items()}}


def other_code(code: str) -> str | None:
    """The second code of a place that ISO 3166 lists as a country and as a part of one.

    >>> other_code("PR"), other_code("US-PR"), other_code("US-NY")
    ('US-PR', 'PR', None)
    """
    return _other_codes().get(code)


@cache
def _children() -> dict[str, tuple[str, ...]]:
    inside: dict[str, list[str]] = {}
    for region in all_regions().values():
        for parent in region.parents:
            inside.setdefault(parent, []).append(region.code)
    return {code: tuple(codes) for code, codes in inside.items()}


def region(code: str) -> Region | None:
    """The region with this code, in any case, or None."""
    return all_regions().get(code.upper())


def country_of(code: str) -> str | None:
    """The country that a country's or subdivision's code belongs to; None for areas of several countries."""
    return None if ":" in code else code.split("-")[0]


@lru_cache(10_000)
def expand(code: str) -> frozenset[str]:
    """The codes of all countries and subdivisions inside a region, its own among them.

    A place with two codes has both: Puerto Rico is in `US`, and `US-PR` is in `M49:029`. Of what does not count as inside the other
    country, `HK` for example, that country has the code of its part only.

    Returns:
        empty for an unknown code.
    """
    if code not in all_regions():
        return frozenset()
    inside = _inside(code)
    parts = {part for country in inside for part in _listed_twice().get(country, ())}
    countries = {
        country
        for country, own in _listed_twice().items()
        if inside.issuperset(own) and (country in _counted() or own == (code,))
    }
    return inside.union(parts, *(_inside(country) for country in countries))


@lru_cache(10_000)
def _inside(code: str) -> frozenset[str]:
    own = frozenset() if ":" in code else frozenset({code})
    return own.union(*(_inside(child) for child in _children().get(code, ())))


@cache
def _who_names() -> dict[str, dict[str, str]]:
    return {f"WHO:{row['code']}": row for row in rows("who_regions.csv")}


def region_name(code: str, language: str | None) -> str:
    """A region's name in a language: of CLDR for countries and areas, else in English; parts of countries as ISO writes them."""
    found = all_regions()[code]
    if found.kind in {COUNTRY, M49_AREA}:
        key = code.removeprefix("M49:")
        return str(locale(language).territories.get(key) or found.name)
    if found.kind == WHO_REGION:
        return _who_names()[code].get(primary(language)) or found.name
    return found.name


@lru_cache(10_000)  # there are fewer
def _names(code: str) -> tuple[str, ...]:
    """The names of a region in the languages of the network."""
    return tuple({words_of_name(region_name(code, language)) for language in LANGUAGES})


@lru_cache(10_000)  # there are fewer
def _codes(code: str) -> tuple[str, ...]:
    """What stands for a region in every language: its codes and the name as ISO writes it."""
    return tuple({words_of_name(one) for one in (all_regions()[code].name, code, code.removeprefix("M49:"))})


_ORDER = {COUNTRY: 0, M49_AREA: 1, WHO_REGION: 2, SUBDIVISION: 3}


@dataclass(frozen=True)
class _Entry:
    """A region as it is searched in one language; `names` has all of them in one text, which tells soon what does not fit."""

    region: Region
    own: tuple[str, ...]
    others: tuple[str, ...]
    names: str


def _entry(region: Region, language: str) -> _Entry:
    own = (words_of_name(region_name(region.code, language)), *_codes(region.code))
    others = _names(region.code)
    return _Entry(region, own, others, f" {' | '.join({*own, *others})}")


@lru_cache(8)  # as many orders as there are languages with names of their own, and some
def _in_order(locale_name: str) -> tuple[_Entry, ...]:
    """Every region, countries first, by the name in a language."""
    ranked = sorted(
        all_regions().values(), key=lambda one: (_ORDER[one.kind], name_key(region_name(one.code, locale_name)))
    )
    return tuple(_entry(region, locale_name) for region in ranked)


def search(
    *, text: str | None, kind: str | None, within: str | None, language: str | None, first: int | None = None
) -> list[Region]:
    """Regions by the beginning of a word in their name, in any language of the network or in the reader's, or by their code.

    Returns:
        The best match first, and among equal ones countries, then areas, then parts of countries, by name.
    """
    wanted = words(text or "")
    inside = None
    if within is not None:
        inside = expand(within) | {
            c for c in all_regions() if ":" in c and expand(c) < expand(within) and all_regions()[c].kind == M49_AREA
        }
    hits: list[tuple[int, Region]] = []
    for entry in _in_order(locale_tag(language)):
        candidate = entry.region
        if kind is not None and candidate.kind != kind:
            continue
        if inside is not None and (candidate.code not in inside or candidate.code == within):
            continue
        if text and f" {wanted}" not in entry.names:
            continue
        rank = fit(wanted, entry.own, entry.others) if text else 0
        if rank is not None:
            hits.append((rank, candidate))
    hits.sort(key=lambda hit: hit[0])
    return [found for _, found in hits[:first]]
