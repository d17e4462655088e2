"""Keys by which names that may be alike are looked up; `compare` decides then."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations, islice, permutations, product

from kit.names.parsing import Word, parse
from kit.names.spelling import readings
from kit.names.tables import given_names, words

MAX_KEYS = 200
_MAX_WORDS, _MAX_READINGS = 6, 8
# Letters that sound alike have one sign; vowels and what many spellings leave out have none.
_SOUNDS = str.maketrans({
    **dict.fromkeys("bp", "p"), **dict.fromkeys("dt", "t"), **dict.fromkeys("gkqc", "k"),
    **dict.fromkeys("szjx", "s"), **dict.fromkeys("fvw", "f"), **dict.fromkeys("aeiouyh", ""),
})  # fmt: skip


def _sound(text: str) -> str:
    text = re.sub("sch|tch|ch|sh|kh|zh", "s", text).replace("ph", "f")
    text = re.sub("mp|mb", "p", re.sub("n[dt]", "t", re.sub("n[gk]|gk", "k", text)))  # Greek writes b, d and g so
    return re.sub(r"(.)\1+", r"\1", text.translate(_SOUNDS)) or text[:1]


def _sounds(run: Sequence[Word]) -> set[str]:
    return {_sound("".join(parts)) for parts in islice(product(*(readings(word) for word in run)), _MAX_READINGS)}


def _cuts(word: Word) -> list[list[Word]]:
    """A name without spaces as family name and given name: after one letter, and where the table has both."""
    if word.script not in {"Han", "Hangul"} or len(word.text) < 2:
        return [[word]]
    table = words().get(word.script, {})
    places = {1} | {at for at in range(1, len(word.text)) if word.text[:at] in table and word.text[at:] in table}
    return [[word._replace(text=word.text[:at]), word._replace(text=word.text[at:])] for at in sorted(places)]


def _besides(word: Word) -> list[str]:
    """What else a word may be found by, beside the sound of another: its initial, and other forms of a given name."""
    found = readings(word)[:_MAX_READINGS]
    groups = {group for text in found for group in given_names().get(text, ())}
    return sorted({f"{text[:1]}." for text in found} | {f"#{group}" for group in groups})


def search_keys(name: str) -> list[str]:
    """Keys of each two words of a name, in any order; about six for most names, and at most MAX_KEYS.

    Two names of which `compare` says more than DIFFERENT nearly always share a key. Keys are stored: a change of this function
    needs a migration that writes them again.

    >>> search_keys("Jürgen Müller") == search_keys("Mueller, Juergen")
    True
    """
    keys: set[str] = set()
    for cut in islice(product(*(_cuts(word) for word in parse(name).words[:_MAX_WORDS])), _MAX_READINGS):
        keys |= _keys([part for parts in cut for part in parts][:_MAX_WORDS])
    return sorted(keys)[:MAX_KEYS]


def _keys(parts: list[Word]) -> set[str]:
    if len(parts) < 2:
        return {sound for part in parts for sound in _sounds([part])}
    runs = [[part] for part in parts] + [parts[i : i + 2] for i in range(len(parts) - 1)]
    sounds = sorted(set().union(*(_sounds(run) for run in runs)))
    keys = {f"{one} {other}" for one, other in combinations(sounds, 2)}
    pairs = permutations(parts, 2)
    return keys | {f"{more} {sound}" for one, other in pairs for more in _besides(one) for sound in _sounds([other])}
