"""Specialties and professions, their hierarchy and national titles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from catalogues.load import rows
from catalogues.names import LANGUAGES, fit, name_key, primary, words, words_of_name
from kit.texts import fold

HIERARCHY_SOURCE = "Consilium's hierarchy of specialties"
CODES = 1_000  # cached for; there are fewer, and codes that strangers invent must not stay
BROADER, NARROWER, OVERLAPS = "BROADER", "NARROWER", "OVERLAPS"


@dataclass(frozen=True)
class Profession:
    """An ISCO-08 unit group; `name` is the one in English."""

    code: str
    name: str


@dataclass(frozen=True)
class Specialty:
    """A specialty; `parent` is the code of the broader one, `profession` an ISCO-08 code."""

    code: str
    name: str
    parent: str | None
    profession: str
    source: str


@dataclass(frozen=True)
class Occupation:
    """What a code of another list stands for: an ISCO-08 code, and a specialty where one is as wide or wider."""

    profession: str
    specialty: str | None


@dataclass(frozen=True)
class NationalTitle:
    """What a specialty is called in a country's law."""

    country: str
    title: str
    language: str | None
    source: str
    valid_from: date | None
    valid_until: date | None


@dataclass(frozen=True)
class Related:
    """A specialty that has to do with another: EXACT, BROADER, NARROWER or OVERLAPS, with who says so."""

    code: str
    relation: str
    source: str


@cache
def professions() -> dict[str, Profession]:
    """Every profession by its code."""
    return {row["code"]: Profession(row["code"], row["name"]) for row in rows("professions.csv")}


@cache
def specialties() -> dict[str, Specialty]:
    """Every specialty by its code."""
    return {
        row["code"]: Specialty(row["code"], row["name"], row["parent"] or None, row["profession"], row["source"])
        for row in rows("specialties.csv")
    }


@lru_cache(CODES)
def titles(code: str) -> tuple[NationalTitle, ...]:
    """The national titles of a specialty, by country. They cover physicians only."""
    found = [
        NationalTitle(
            row["country"],
            row["title"],
            row["language"] or None,
            row["source"],
            date.fromisoformat(row["valid_from"]) if row["valid_from"] else None,
            date.fromisoformat(row["valid_until"]) if row["valid_until"] else None,
        )
        for row in rows("national_titles.csv")
        if row["specialty"] == code
    ]
    return tuple(sorted(found, key=lambda title: (title.country, title.title)))


@lru_cache(CODES)
def related(code: str) -> tuple[Related, ...]:
    """The specialties that have to do with one: the broader one, the narrower ones, and those that overlap with it.

    Titles of several countries for one code are EXACT by being titles of it, so that no two codes are.
    """
    found = specialties()
    parent = found[code].parent
    broader = [Related(parent, BROADER, HIERARCHY_SOURCE)] if parent else []
    inside = [Related(own.code, NARROWER, HIERARCHY_SOURCE) for own in found.values() if own.parent == code]
    pairs = [(row["specialty"], row["related"], row["source"]) for row in rows("related_specialties.csv")]
    both = [*pairs, *((other, own, source) for own, other, source in pairs)]
    return (*broader, *inside, *(Related(other, OVERLAPS, source) for own, other, source in both if own == code))


@cache
def by_title() -> dict[str, frozenset[str]]:
    """The codes that a folded title or name stands for, in any country; what is not here is not mapped."""
    found: dict[str, set[str]] = {}
    for code in specialties():
        for name in _names(code):
            found.setdefault(name, set()).add(code)
    return {name: frozenset(codes) for name, codes in found.items()}


@lru_cache(CODES)
def narrower(code: str) -> frozenset[str]:
    """The codes of a specialty and of all inside it; empty for an unknown code."""
    if code not in specialties():
        return frozenset()
    inside = {code}
    for child in specialties().values():
        if child.parent == code:
            inside |= narrower(child.code)
    return frozenset(inside)


@cache
def _home_countries() -> dict[str, str]:
    """For a language, the country whose title names the specialty best: the first with that language in law."""
    homes = {"de": "DE", "fr": "FR", "nl": "NL", "sv": "SE", "el": "GR", "it": "IT"}
    for row in rows("national_titles.csv"):
        if row["language"]:
            homes.setdefault(row["language"], row["country"])
    return homes


@cache
def _other_names() -> dict[str, dict[str, str]]:
    """Names in other languages, by language, of the specialties without a title in a law of that language."""
    return {row["code"]: row for row in rows("specialty_names.csv")}


@lru_cache(10 * CODES)
def specialty_name(code: str, language: str | None) -> str:
    """A specialty's name: the national title in that language where the law has one, else the catalogue's, else English."""
    tongue = primary(language)
    if tongue != "en":
        matching = [t for t in titles(code) if t.language == tongue]
        home = [t for t in matching if t.country == _home_countries().get(tongue)]
        if home or matching:
            return (home or matching)[0].title
    return _other_names().get(code, {}).get(tongue) or specialties()[code].name


@lru_cache(CODES)
def _names(code: str) -> tuple[str, ...]:
    """All folded names of a specialty, in every language; where one holds two that mean the same, each of them too."""
    own = (name for language in LANGUAGES[1:] if (name := _other_names().get(code, {}).get(language)))
    both = (part for name in (specialties()[code].name, *own) for part in (name, *name.split(" / ")))
    return tuple(map(fold, (*both, code.replace("-", " "), *(title.title for title in titles(code)))))


def search_specialties(
    *, text: str | None, under: str | None, country: str | None, language: str | None = None, first: int | None = None
) -> list[Specialty]:
    """Specialties of which a name or national title, in whatever language, has a word that begins with the text.

    Args:
        under: only this specialty's narrower ones.
        country: only those with a title in this country, and match its titles before others.

    Returns:
        The best match first, and equal ones by their names in the reader's language.
    """
    inside = narrower(under) - {under} if under is not None else None
    wanted = words(text or "")
    ranked: list[tuple[int, tuple[str, str], Specialty]] = []
    for found in specialties().values():
        if inside is not None and found.code not in inside:
            continue
        if country is not None and not any(title.country == country for title in titles(found.code)):
            continue
        shown = specialty_name(found.code, language)
        rank: int | None = 0
        if text:
            own = (found.name, found.code, shown, *(t.title for t in titles(found.code) if t.country == country))
            rank = fit(wanted, map(words_of_name, own), (words_of_name(name) for name in _names(found.code)))
        if rank is not None:
            ranked.append((rank, name_key(shown), found))
    return [found for _, _, found in sorted(ranked, key=lambda hit: hit[:2])[:first]]


def profession_label(code: str) -> str:
    """What a profession is called in messages: its name, and the code."""
    found = professions().get(code)
    return f"{found.name} ({code})" if found else code


@cache
def _profession_names() -> dict[str, dict[str, str]]:
    return {row["code"]: row for row in rows("professions.csv")}


def profession_name(code: str, language: str | None) -> str:
    """A profession's name in a language of the network, else in English."""
    return _profession_names()[code].get(primary(language)) or professions()[code].name


def search_professions(*, text: str | None, language: str | None = None, first: int | None = None) -> list[Profession]:
    """Professions by the beginning of a word in their name, in any language of the network, or of their code.

    Returns:
        The best match first, and equal ones by their codes, which are those of a classification.
    """
    wanted = words(text or "")
    hits: list[tuple[int, Profession]] = []
    for found in professions().values():
        own = (found.code, words_of_name(profession_name(found.code, language)), words_of_name(found.name))
        others = (words_of_name(profession_name(found.code, one)) for one in LANGUAGES)
        rank = fit(wanted, own, others) if text else 0
        if rank is not None:
            hits.append((rank, found))
    return [found for _, found in sorted(hits, key=lambda hit: hit[0])[:first]]


@cache
def by_nucc() -> dict[str, Occupation]:
    """What each code of the NUCC taxonomy for individuals stands for."""
    return {row["nucc"]: Occupation(row["profession"], row["specialty"] or None) for row in rows("nucc.csv")}
