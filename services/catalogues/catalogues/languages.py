"""Languages by BCP 47 tag, with names from CLDR; and the choice of a language from what a reader accepts."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from babel import Locale, UnknownLocaleError, parse_locale

from catalogues.load import rows
from catalogues.names import LANGUAGES, fit, name_key, words, words_of_name

_TAG = re.compile(r"^[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|\d{3}))?$")


@cache
def _english() -> Locale:
    return Locale("en")


def canonical(tag: str) -> str | None:
    """The tag in its canonical case when its language is known, else None.

    >>> canonical("PT-br")
    'pt-BR'
    """
    if not _TAG.match(tag):
        return None
    language, region, script, _ = (*parse_locale(tag, sep="-"), None)[:4]
    if language not in _english().languages:
        return None
    return "-".join(part for part in (language, script, region) if part)


@lru_cache(500)  # anybody may ask for any tag
def locale(tag: str | None) -> Locale:
    """The CLDR locale nearest to a tag; English when there is none."""
    try:
        return Locale.parse(tag, sep="-") if tag else _english()
    except (UnknownLocaleError, ValueError):
        primary = (tag or "en").split("-")[0]
        return locale(primary) if primary != tag else _english()


def locale_tag(tag: str | None) -> str:
    """The tag of the CLDR locale nearest to a tag, so that what is computed by language is computed once for all that share it."""
    return str(locale(tag)).replace("_", "-")


def name(tag: str, language: str | None) -> str:
    """What a language is called in another; in English where CLDR has no name in that one, and else the tag itself.

    >>> name("pt-BR", "de"), name("akk", "es")
    ('Portugiesisch (Brasilien)', 'acadio')
    """
    try:
        code, territory, script, _ = (*parse_locale(tag, sep="-"), None)[:4]
    except ValueError:
        return tag
    reader = locale(language)
    found = reader.languages.get(code) or _english().languages.get(code)
    if not found:
        return tag
    parts = (reader.scripts.get(script or ""), reader.territories.get(territory or ""))
    details = ", ".join(part for part in parts if part)
    return f"{found} ({details})" if details else str(found)


# Tags of CLDR that name no language: undetermined, several, none, or one without a code.
_NO_LANGUAGES = frozenset({"und", "mul", "zxx", "mis", "root"})


@cache
def tags() -> tuple[str, ...]:
    """The tags of every language and variant with a name in English, which the network accepts; it accepts regions of them too."""
    found = (one.replace("_", "-") for one in _english().languages)
    return tuple(sorted(one for one in found if one not in _NO_LANGUAGES and canonical(one) == one))


@cache
def _local_names() -> dict[str, str]:
    """From a file: reading these from CLDR's own data takes a second and 100 MB."""
    return {row["tag"]: row["name"] for row in rows("local_language_names.csv")}


def local_name(tag: str) -> str | None:
    """What a language of `tags` calls itself; None where CLDR does not know."""
    return _local_names().get(tag)


@lru_cache(1_000)  # there are fewer
def _names(tag: str) -> frozenset[str]:
    """The names of a language in the languages of the network, and its own."""
    return frozenset(
        words_of_name(one) for one in (*(name(tag, language) for language in LANGUAGES), local_name(tag)) if one
    )


@lru_cache(16)  # as many orders as there are languages with names of their own, and some
def _in_order(locale_name: str) -> tuple[str, ...]:
    return tuple(sorted(tags(), key=lambda tag: name_key(name(tag, locale_name))))


def search(*, text: str | None, language: str | None) -> list[str]:
    """Tags of languages by the beginning of a word in their name, in any language of the network or in the reader's.

    Returns:
        The best match first, and equal ones by their names in the reader's language.
    """
    wanted = words(text or "")
    hits: list[tuple[int, str]] = []
    for tag in _in_order(locale_tag(language)):
        rank = fit(wanted, (words_of_name(name(tag, language)), words_of_name(tag)), _names(tag)) if text else 0
        if rank is not None:
            hits.append((rank, tag))
    return [tag for _, tag in sorted(hits, key=lambda hit: hit[0])]


def preferred(accept_language: str | None) -> str | None:
    """The best tag of an Accept-Language header, or None when it names no known language."""
    ranked: list[tuple[float, int, str]] = []
    for position, part in enumerate((accept_language or "")[:500].split(",")):
        tag, _, weight = part.strip().partition(";q=")
        known = canonical(tag.strip())
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            continue
        if known and quality > 0:
            ranked.append((-quality, position, known))
    return min(ranked)[2] if ranked else None
