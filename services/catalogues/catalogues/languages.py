"""Languages by BCP 47 tag, with names from CLDR; and the choice of a language from what a reader accepts."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from babel import Locale, UnknownLocaleError, parse_locale

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


def name(tag: str, language: str | None) -> str:
    """What a language is called in another; the tag itself where CLDR has no name for it.

    >>> name("pt-BR", "de")
    'Portugiesisch (Brasilien)'
    """
    try:
        return Locale.parse(tag, sep="-").get_display_name(locale(language)) or tag
    except (UnknownLocaleError, ValueError):
        return tag


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
