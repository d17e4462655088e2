"""Expressions by the first two letters of the word that they begin with, so that most are never tried at most words.

Python's expressions go back when they fail, so what they cost is bounded here by what they are: no repetition without
an upper bound, none inside another that divides the same signs in several ways, and white space that `views` has made
one sign. Each is tried at the beginnings of words only. `tests/support/growth.py` derives near-misses from every
expression of the guard and measures how time grows with length; `tests/architecture/test_patterns.py` refuses what
could grow faster than the text.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import repeat

from kit.guard.views import View

S = r"[ \n]"  # one sign of white space: runs of it are one sign in what is read


@dataclass(frozen=True)
class Entry:
    """An expression, and what is meant by it: matches of one label do not overlap.

    Args:
        tail: what must come behind it; then that is what is found.
    """

    label: str
    pattern: re.Pattern[str]
    tail: re.Pattern[str] | None = None


def _outside(expression: str) -> Iterator[tuple[int, str, int]]:
    """The signs of an expression that mean something, with their places and how many groups they stand in."""
    depth = 0
    in_class = escaped = False
    for place, sign in enumerate(expression):
        if escaped:
            escaped = False
        elif sign == "\\":
            escaped = True
        elif in_class:
            in_class = sign != "]"
        elif sign == "[":
            in_class = True
        else:
            depth += {"(": 1, ")": -1}.get(sign, 0)
            yield place, sign, depth


def alternatives(expression: str) -> list[str]:
    """The alternatives of an expression, where no group encloses them.

    >>> alternatives("a|b(?:c|d)|[|]")
    ['a', 'b(?:c|d)', '[|]']
    """
    bars = [place for place, sign, depth in _outside(expression) if sign == "|" and not depth]
    return [expression[low + 1 : high] for low, high in zip([-1, *bars], [*bars, len(expression)], strict=True)]


def spelt_out(expression: str) -> list[str]:
    """The alternatives of an expression, also of a group that it begins with.

    >>> spelt_out("(?:big )?cat|(?:my|a) dog")
    ['big cat', 'cat', 'my dog', 'a dog']
    """
    found = []
    for one in alternatives(expression):
        if not one.startswith("(?:"):
            found.append(one)
            continue
        end = next(place for place, sign, depth in _outside(one) if sign == ")" and not depth) + 1
        rest = one[end:]
        inner = alternatives(one[3 : end - 1])
        if rest.startswith("?"):
            rest = rest[1:]
            inner = [*inner, ""]
        found += [longer for part in inner for longer in spelt_out(part + rest)]
    return found


def beginning(expression: str) -> str:
    """The key of `View.words` under which every word stands that an expression can begin with.

    Raises:
        ValueError: it does not begin with a letter that stands for itself.

    >>> beginning("Señora?"), beginning("s[ée]curité"), beginning("Ab?c"), beginning("D\\\\.O"), beginning("m")
    ('se', 's', 'a', 'd ', 'm ')
    """
    letters = re.match(r"[^\W\d_]{1,2}", expression)
    if letters is None or expression[1:2] in {"?", "*", "{"}:
        raise ValueError(f"{expression!r} does not begin with a letter")
    key = letters[0].lower()
    if len(key) == 2:
        return key[0] if expression[2:3] in {"?", "*", "{"} else key
    rest = expression[1:]
    # A word of one letter, unless what comes next may be a letter too or may be absent.
    return f"{key} " if not rest or re.match(r"(?:\\.|['/])(?![?*{])", rest) else key


def entries(
    label: str, cues: str, *, flags: int = 0, before: str = "", behind: str = "", tail: re.Pattern[str] | None = None
) -> Iterator[tuple[str, Entry]]:
    """For each beginning one short expression, with the longer cues first: they may begin with shorter ones.

    Args:
        before, behind: what must stand around each cue.
    """
    by_beginning = defaultdict(list)
    for cue in spelt_out(cues):
        by_beginning[beginning(cue)].append(cue)
    for together in by_beginning.values():
        alike = "|".join(sorted(together, key=len, reverse=True))
        yield alike, Entry(label, re.compile(rf"{before}(?:{alike}){behind}", flags), tail)


class Table:
    """Finds where expressions match that begin with known words.

    Args:
        entries: what begins a match, as alternatives that each begin with a letter; and what is tried there.
    """

    def __init__(self, entries: Iterable[tuple[str, Entry]]) -> None:
        tried: dict[str, list[Entry]] = defaultdict(list)
        self.entries: list[Entry] = []
        for cues, entry in entries:
            self.entries.append(entry)
            for key in {beginning(cue) for cue in spelt_out(cues)}:
                tried[key].append(entry)
        self._keys, self._tried = list(tried), list(tried.values())

    def matches(self, view: View) -> Iterator[tuple[str, re.Match[str]]]:
        """What matches, by place; where a label has matched it is tried again behind that."""
        count = len(self._tried)
        # Place and key in one number: there may be thousands, and they are sorted.
        places = [start * count + number for number, key in enumerate(self._keys) for start in view.words.get(key, ())]
        places.sort()
        text, ends = view.text, defaultdict[str, int](int)
        for start, number in map(divmod, places, repeat(count)):
            for entry in self._tried[number]:
                if start < ends[entry.label] or (match := entry.pattern.match(text, start)) is None:
                    continue
                if entry.tail is None or (match := entry.tail.match(text, match.end())):
                    ends[entry.label] = match.end()
                    yield entry.label, match
