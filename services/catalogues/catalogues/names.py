"""Names of catalogue entries in the languages of the network, and how well a typed text fits one of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from kit.texts import fold

# The languages in which every specialty, profession, country and area has a name.
LANGUAGES = ("en", "de", "es", "fr", "it", "pt")
_WORD = re.compile(r"\w+")


def primary(language: str | None) -> str:
    """The language of a tag without its script and region; English where none is named."""
    return (language or "en").split("-")[0].casefold()


def words(text: str) -> str:
    """The words of a text without case, accents and punctuation.

    >>> words("Côte d’Ivoire"), words("M49:150")
    ('cote d ivoire', 'm49 150')
    """
    return " ".join(_WORD.findall(fold(text)))


@lru_cache(20_000)  # of names only: what readers type must not stay
def words_of_name(name: str) -> str:
    """The words of a name in a catalogue."""
    return words(name)


def fit(wanted: str, own: Iterable[str], others: Iterable[str] = ()) -> int | None:
    """How well the words that were typed fit the best of some names, 0 being best.

    The whole name comes before its beginning, and that before the beginning of a later word; where these are equal, `own` names
    before `others`.

    Args:
        wanted: the typed words, as `words` answers them; so are the names.
        own: the names that the reader sees, and codes.
        others: names in other languages.

    Returns:
        None where they fit none.
    """
    fits = [2 * how for name in own if (how := _fit(wanted, name)) is not None]
    fits += [2 * how + 1 for name in others if (how := _fit(wanted, name)) is not None]
    return min(fits, default=None)


def _fit(wanted: str, name: str) -> int | None:
    if name == wanted:
        return 0
    if not wanted or f" {wanted}" not in f" {name}":
        return None
    return 1 if name.startswith(wanted) else 2


def name_key(name: str) -> tuple[str, str]:
    """What names are sorted by for a reader: accents and case come last."""
    return fold(name), name
