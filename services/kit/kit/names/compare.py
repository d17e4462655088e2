"""Says how alike two names are.

Only what is equal once script, order, titles and accents are taken away is EQUAL. A spelling, an initial or a part that differs
makes names SIMILAR: a person has to look. Nobody's names are called EQUAL because they sound alike.
"""

from __future__ import annotations

from enum import IntEnum
from itertools import combinations, product

from rapidfuzz.distance import JaroWinkler

from kit.names.parsing import Parsed, Word, by_script, parse
from kit.names.spelling import common, joined, romanised, spellings
from kit.names.tables import given_names

_SIMILAR = 0.82  # Jaro and Winkler's measure; Schmidt and Schneider have 0.83, John and Jane 0.67
_SIMILAR_WHOLE = 0.9  # of family name and given name together
_UNSPACED = frozenset({"Han", "Hangul", "Kana"})
_PHONETIC = frozenset({"Latin", "Cyrillic", "Greek", "Arabic", "Hebrew", "Hangul", "Kana", "Devanagari"})


class Likeness(IntEnum):
    """How alike two names are; the greater, the more alike."""

    UNKNOWN = 0
    DIFFERENT = 1
    SIMILAR = 2
    EQUAL = 3


def _same(first: tuple[Word, ...], second: tuple[Word, ...], *, loose: bool = False) -> bool:
    """Whether words that are written as one are the same word."""
    if len({word.script for word in (*first, *second)}) == 1 and first[0].script != "Latin":
        return "".join(w.text for w in first) == "".join(w.text for w in second)
    ways = (
        [joined(parts) for parts in product(*(spellings(word, loose=loose) for word in words))]
        for words in (first, second)
    )
    return any(common(one, other) for one, other in product(*ways))


def _runs(words: list[Word], length: int) -> list[tuple[Word, ...]]:
    return [tuple(words[start : start + length]) for start in range(len(words) - length + 1)]


def _pair_off(first: list[Word], second: list[Word]) -> tuple[list[Word], list[Word], int]:
    """Take away what both names have; one word may stand for up to three that follow each other.

    Returns:
        what is left of both, and how many full words were taken.
    """
    taken = 0
    # The longest first: where an article may be left out, "Ahmad" alone would leave the "Al" of "Al-Ahmad" behind.
    for ahead, behind in ((1, 3), (3, 1), (1, 2), (2, 1), (1, 1)):
        while pair := next(((a, b) for a in _runs(first, ahead) for b in _runs(second, behind) if _same(a, b)), None):
            for words, run in zip((first, second), pair, strict=True):
                for word in run:
                    words.remove(word)
            taken += max(sum(word.full for word in run) for run in pair)
    return first, second, taken


def _whole(first: tuple[Word, ...], second: tuple[Word, ...], *, loose: bool = False) -> bool:
    """Whether a name in a script without spaces is the other one, with the family name first or last."""
    if not any(word.script in _UNSPACED for word in (*first, *second)):
        return False
    turns = list(product(_turns(first), _turns(second)))
    if loose and any(JaroWinkler.similarity(_joined(one), _joined(other)) >= _SIMILAR_WHOLE for one, other in turns):
        return True
    return any(_same(one, other, loose=loose) for one, other in turns)


def _joined(words: tuple[Word, ...]) -> str:
    return "".join(romanised(word) for word in words)


def _turns(words: tuple[Word, ...]) -> list[tuple[Word, ...]]:
    return [words[turn:] + words[:turn] for turn in range(len(words))]


def _alike(first: Word, second: Word) -> bool:
    one, other = romanised(first), romanised(second)
    if not one or not other:
        return False
    if len(one) == 1 or len(other) == 1:
        return one[0] == other[0]
    unspaced = bool({first.script, second.script} & _UNSPACED)
    if unspaced and 2 * min(len(one), len(other)) < max(len(one), len(other)):
        return False  # a whole name, and a part of one
    groups = given_names()
    return bool(
        JaroWinkler.similarity(one, other) >= _SIMILAR
        or groups.get(one, frozenset()) & groups.get(other, frozenset())
        or (min(len(one), len(other)) >= 3 and not unspaced and (one.startswith(other) or other.startswith(one)))
        or _same((first,), (second,), loose=True)
    )


def _comparable(first: Parsed, second: Parsed) -> bool:
    scripts = {word.script for word in (*first.words, *second.words)}
    # A name in Han may be read in Mandarin, Cantonese, Japanese and other ways, so that another reading proves nothing.
    return len(scripts) == 1 or scripts <= _PHONETIC


def _compare(first: Parsed, second: Parsed) -> Likeness:
    if not first.words or not second.words:
        return Likeness.UNKNOWN
    full = min(first.full, second.full)
    may_be_equal = full >= 2 and first.generation == second.generation and not first.cut and not second.cut
    if may_be_equal and _whole(first.words, second.words):
        return Likeness.EQUAL
    mine, theirs, taken = _pair_off(list(first.words), list(second.words))
    if not mine and not theirs:
        return Likeness.EQUAL if may_be_equal and taken >= 2 else Likeness.SIMILAR
    if taken >= 2 or (taken and _pairs(mine, theirs)):
        return Likeness.SIMILAR
    if not taken and full >= 2 and _pairs(mine, theirs):
        return Likeness.SIMILAR
    if _whole(first.words, second.words, loose=True):
        return Likeness.SIMILAR
    if full < 2 and (taken or _pairs(mine, theirs)):
        return Likeness.SIMILAR
    return Likeness.DIFFERENT if _comparable(first, second) else Likeness.UNKNOWN


def _pairs(mine: list[Word], theirs: list[Word]) -> bool:
    """Whether each word of the shorter rest is like one of the longer, or all of one like all of the other."""
    one_is_a_word = 1 in (len(mine), len(theirs)) and 2 <= len(mine) + len(theirs) <= 4
    if mine and theirs and one_is_a_word and _same(tuple(mine), tuple(theirs), loose=True):
        return True
    shorter, longer = sorted((mine, theirs), key=len)
    longer = list(longer)
    for word in shorter:
        partner = next((other for other in longer if _alike(word, other)), None)
        if partner is None:
            return False
        longer.remove(partner)
    return True


def _names(parsed: Parsed) -> list[Parsed]:
    """A name, and its parts in several scripts where these are one name: else a name could hold those of two people."""
    whole, *parts = by_script(parsed)
    one_name = len(parts) > 1 and all(_compare(one, other) == Likeness.EQUAL for one, other in combinations(parts, 2))
    return [whole, *parts] if one_name else [whole]


def compare(first: str, second: str) -> Likeness:
    """How alike two names are, whichever is first.

    >>> compare("Müller, Jürgen", "Dr. Juergen Mueller").name
    'EQUAL'
    >>> compare("Maria Garcia", "Mario Garcia").name
    'SIMILAR'
    >>> compare("Anna Schmidt", "Boris Petrov").name
    'DIFFERENT'
    """
    pairs = product(_names(parse(first)), _names(parse(second)))
    return max(_compare(one, other) for one, other in pairs)
