"""How a word may be written in Latin letters, and whether two words have a way of writing in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from anyascii import anyascii

from kit.names.parsing import Word
from kit.names.tables import Readings, jamo, letters, words

# A spelling is a sequence of places, each with the strings that may stand there.
Spelling = tuple[tuple[str, ...], ...]

set_of_states = set  # tests count what is put into it
_HANGUL, _MEDIALS, _FINALS = 0xAC00, 21, 28
# What stands between two consonants and is not written, in Arabic, Hebrew; and what is said or not, in Devanagari.
_UNWRITTEN_VOWELS = ("", "a", "e", "i", "o", "u")
_CONSONANT_SCRIPTS = frozenset({"Arabic", "Hebrew"})
_DEVANAGARI_CONSONANTS = frozenset(chr(number) for number in range(0x915, 0x93A))
_DEVANAGARI_VOWELS = frozenset(chr(number) for number in range(0x93E, 0x94E))


def common(first: Spelling, second: Spelling) -> bool:
    """Whether two spellings have a string in common.

    Takes time by the product of their lengths: what has been reached is remembered, and nothing is tried twice.
    """
    # Where both are, and what the first has written more than the second, or the second more than the first.
    start = (0, 0, "", "")
    seen, todo = set_of_states({start}), [start]
    while todo:
        i, j, more, less = todo.pop()
        if (i, j, more, less) == (len(first), len(second), "", ""):
            return True
        if more or (i == len(first) and not less):  # the second writes
            steps = [(i, j + 1, more, written) for written in (second[j] if j < len(second) else ())]
        else:
            steps = [(i + 1, j, written, less) for written in (first[i] if i < len(first) else ())]
        for at, other, one, two in steps:
            if one.startswith(two) or two.startswith(one):
                state = (at, other, one[len(two) :], two[len(one) :])
                if state not in seen:
                    seen.add(state)
                    todo.append(state)
    return False


def joined(spellings: Sequence[Spelling]) -> Spelling:
    """The spelling of words that are written as one."""
    return tuple(place for spelling in spellings for place in spelling)


def _plain(text: str) -> str:
    return "".join(c for c in anyascii(text).casefold() if c.isascii() and c.isalpha())


def _units(text: str, script: str) -> list[tuple[str, Readings]]:
    """A word's letters with their readings, the longest known group of letters first."""
    table, found, at = letters().get(script, {}), [], 0
    while at < len(text):
        for length in (3, 2, 1):
            readings = table.get(text[at : at + length])
            if readings is not None and at + length <= len(text):
                break
        else:
            length, readings = 1, Readings((_plain(text[at]),))
        found.append((text[at : at + length], readings))
        at += length
    return found


def _of_letters(word: Word, *, loose: bool) -> Spelling:
    places: list[tuple[str, ...]] = []
    units = _units(word.text, word.script)
    for number, (unit, readings) in enumerate(units):
        written = readings.all if loose else readings.exact
        if word.script in _CONSONANT_SCRIPTS and any(written):
            written += tuple(2 * one for one in written if len(one) == 1)  # a consonant that is doubled in speech
        if word.script == "Arabic" and number == 1 and unit == "ل" and units[0][0] == "ا":
            written += ("", "r", "s", "sh", "n", "d", "t", "z")  # the article takes the next letter's sound
        places.append(written)
        following = units[number + 1][0] if number + 1 < len(units) else ""
        if word.script in _CONSONANT_SCRIPTS:
            places.append(_UNWRITTEN_VOWELS)
        elif unit[-1] in _DEVANAGARI_CONSONANTS and following[:1] not in _DEVANAGARI_VOWELS:
            places.append(("a", ""))
    return tuple(places)


def _of_hangul(text: str, *, loose: bool) -> Spelling:
    places: list[tuple[str, ...]] = []
    for syllable in text:
        index = ord(syllable) - _HANGUL
        if not 0 <= index < 11172:
            places.append((_plain(syllable),))
            continue
        parts = (
            jamo()[("initial", index // (_MEDIALS * _FINALS))],
            jamo()[("medial", index // _FINALS % _MEDIALS)],
            jamo()[("final", index % _FINALS)],
        )
        known = words()["Hangul"].get(syllable)
        if known:
            spelled = {a + b + c for a in parts[0].exact for b in parts[1].exact for c in parts[2].exact}
            places.append((*known, *sorted(spelled - set(known))))
        else:
            places += [part.all if loose else part.exact for part in parts]
    return tuple(places)


def _of_character(character: str, table: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    usual = _plain(character)
    # The usual Mandarin reading first: names are measured by it.
    return tuple(sorted(table.get(character, (usual,)), key=lambda reading: reading != usual))


def _of_han(text: str) -> list[Spelling]:
    """Chinese readings of each character, and Japanese ones of a family name and a given name that are in the table."""
    table = words()["Han"]
    found: list[Spelling] = [tuple(_of_character(character, table) for character in text)]
    found += [
        (table[text[:cut]], table[text[cut:]])
        for cut in range(1, len(text))
        if text[:cut] in table and text[cut:] in table
    ]
    if text in table:
        found.append((table[text],))
    return found


@lru_cache(4096)
def spellings(word: Word, *, loose: bool = False) -> tuple[Spelling, ...]:
    """The ways in which a word may be written in Latin letters.

    Args:
        loose: with ways that another word may have as well.
    """
    if word.script == "Hangul":
        return (_of_hangul(word.text, loose=loose),)
    if word.script == "Han":
        return tuple(_of_han(word.text))
    text = _hiragana(word.text) if word.script == "Kana" else word.text
    known = words().get(word.script, {}).get(text)
    if word.script in _CONSONANT_SCRIPTS and not loose:
        # Without its vowels a word may be several names, so only those in the table count as equal.
        return ((known,),) if known else _with_article(text)
    found: tuple[Spelling, ...] = (_of_letters(Word(text, word.script), loose=loose),)
    return ((known,), *found) if known else found


def _with_article(text: str) -> tuple[Spelling, ...]:
    known = words()["Arabic"].get(text.removeprefix("ال")) if text.startswith("ال") else None
    return ((("al", "el", "ul", "as", "ash", "an", "ar", "az", "ad", "at"), known),) if known else ()


def _hiragana(text: str) -> str:
    return "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in text)


def readings(word: Word) -> list[str]:
    """Some ways of writing a word in Latin letters, the most usual first."""
    if word.script in {"Latin", "other"}:
        return [_plain(word.text)]
    ways = spellings(word) or (_of_letters(word, loose=False),)
    # Of a character or a word with several readings all of them; of letters the first.
    known = words().get(word.script, {})
    found = [
        first + "".join(place[0] for place in way[1:])
        for way in ways
        for first in (way[0] if len(way) == 1 or word.text[0] in known else way[0][:1])
    ]
    return list(dict.fromkeys(found))


def romanised(word: Word) -> str:
    """One way of writing a word in Latin letters, to measure how far it is from another."""
    return readings(word)[0]
