"""Says of a regular expression where it could take longer than its text is long.

Python's expressions go back when they fail. They are linear in the length of a text when from each place only a bounded
number of signs is looked at, or when what is unbounded can neither be divided in several ways nor be started again inside
itself. Everything else is named here, by what stands in the expression; `growth` measures it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

UNBOUNDED = 1_000  # repetitions from which a bound is none
_PROBES = [chr(number) for number in (*range(0x180), 0x391, 0x431, 0x5D0, 0x905, 0x2003, 0x2019, 0x4E2D, 0x1F600)]
_REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)
_CATEGORIES = {
    sre.CATEGORY_DIGIT: r"\d", sre.CATEGORY_NOT_DIGIT: r"\D", sre.CATEGORY_SPACE: r"\s", sre.CATEGORY_NOT_SPACE: r"\S",
    sre.CATEGORY_WORD: r"\w", sre.CATEGORY_NOT_WORD: r"\W",
}  # fmt: skip
Signs = frozenset[str]


def _class(items: Any) -> Signs:
    found: set[str] = set()
    for kind, value in items:
        if kind is sre.LITERAL:
            found.add(chr(value))
        elif kind is sre.RANGE:
            found |= {sign for sign in _PROBES if value[0] <= ord(sign) <= value[1]}
        elif kind is sre.CATEGORY:
            found |= {sign for sign in _PROBES if re.match(_CATEGORIES[value], sign)}
    return frozenset(set(_PROBES) - found if any(kind is sre.NEGATE for kind, _ in items) else found)


def _signs(tree: Any) -> Signs:
    """Every sign that a part can take."""
    found: frozenset[str] = frozenset()
    for kind, value in tree:
        if kind is sre.LITERAL:
            found |= {chr(value), chr(value).swapcase()}
        elif kind is sre.NOT_LITERAL:
            found |= frozenset(_PROBES) - {chr(value)}
        elif kind is sre.ANY:
            found |= frozenset(_PROBES)
        elif kind is sre.IN:
            found |= _class(value)
        elif kind in _REPEATS:
            found |= _signs(value[2])
        elif kind is sre.BRANCH:
            found = found.union(*(_signs(one) for one in value[1]))
        elif kind is sre.SUBPATTERN:
            found |= _signs(value[3])
        elif kind is sre.ATOMIC_GROUP:
            found |= _signs(value)
        elif kind is sre.GROUPREF:
            found |= frozenset(_PROBES)
    return found


def _lengths(node: Any) -> tuple[int, int]:
    """The fewest and most signs that a node takes."""
    kind, value = node
    if kind in _REPEATS:
        low, high = _span(value[2])
        return low * value[0], high * value[1]
    if kind is sre.BRANCH:
        spans = [_span(one) for one in value[1]]
        return min(low for low, _ in spans), max(high for _, high in spans)
    if kind is sre.SUBPATTERN:
        return _span(value[3])
    if kind is sre.ATOMIC_GROUP:
        return _span(value)
    if kind is sre.GROUPREF:
        return 0, 1
    return (0, 0) if kind in (sre.AT, sre.ASSERT, sre.ASSERT_NOT) else (1, 1)


def _span(tree: Any) -> tuple[int, int]:
    spans = [_lengths(node) for node in tree]
    return sum(low for low, _ in spans), sum(high for _, high in spans)


def _can_fail(tree: Sequence[Any]) -> bool:
    """Whether what follows may not be there; what may be absent altogether cannot fail."""
    return any(kind in (sre.AT, sre.ASSERT, sre.ASSERT_NOT) or _lengths((kind, value))[0] > 0 for kind, value in tree)


def _divides(tree: Any) -> bool:
    """Whether a part may take the same signs in different ways: it has a repetition that can end at different places."""
    for kind, value in tree:
        if kind in _REPEATS:
            low, high, body = value
            if kind is not sre.POSSESSIVE_REPEAT and high > 1 and low != high:
                return True
            if _divides(body):
                return True
        elif (kind is sre.SUBPATTERN and _divides(value[3])) or (
            kind is sre.BRANCH and any(_divides(one) for one in value[1])
        ):
            return True
    return False


def _walk(tree: Sequence[Any], before: list[Any], behind: list[Any], anchored: str) -> list[str]:
    found: list[str] = []
    for place, (kind, value) in enumerate(tree):
        lead, rest = [*before, *tree[:place]], [*tree[place + 1 :], *behind]
        if kind in _REPEATS:
            _, high, body = value
            if high >= UNBOUNDED:
                found += _unbounded(kind, body, lead, rest, anchored)
            found += _walk(list(body), lead, [*([(kind, value)] if high > 1 else []), *rest], anchored)
        elif kind is sre.BRANCH:
            for one in value[1]:
                found += _walk(list(one), lead, rest, anchored)
        elif kind is sre.SUBPATTERN:
            found += _walk(list(value[3]), lead, rest, anchored)
        elif kind is sre.ATOMIC_GROUP:
            found += _walk(list(value), lead, rest, anchored)
        elif kind in (sre.ASSERT, sre.ASSERT_NOT):
            found += _walk(list(value[1]), lead, [], anchored)
    return found


def _unbounded(kind: Any, body: Any, lead: list[Any], rest: list[Any], anchored: str) -> list[str]:
    found = []
    signs = _signs(body)
    if kind is not sre.POSSESSIVE_REPEAT and _divides(body):
        found.append("repetitions inside an unbounded one")
    if not _can_fail(rest):
        return found
    if kind is not sre.POSSESSIVE_REPEAT:
        for node in rest:
            if node[0] in _REPEATS and node[1][1] >= UNBOUNDED and signs & _signs(node[1][2]):
                found.append("two unbounded repetitions of the same signs, one behind the other")
            if _lengths(node)[0] > 0:
                break
    # Something of a bounded lead cannot be inside what was gone through, so that it is gone through once.
    begins_once = _span(lead)[1] < UNBOUNDED and any(_lengths(one)[0] > 0 and not _signs([one]) & signs for one in lead)
    if not (anchored == "\n" and "\n" not in signs) and anchored != "text" and not begins_once:
        found.append("an unbounded repetition before something that may be missing, tried from many places")
    return found


def too_slow(pattern: str, flags: int = 0) -> list[str]:
    """Why an expression could take longer than its text is long; nothing where it cannot."""
    tree = list(parser.parse(pattern, flags))
    kind, value = tree[0] if tree else (None, None)
    anchored = ""
    if kind is sre.AT and value in (sre.AT_BEGINNING_STRING, sre.AT_BEGINNING):
        anchored = "\n" if value is sre.AT_BEGINNING and flags & re.MULTILINE else "text"
    return list(dict.fromkeys(_walk(tree, [], [], anchored)))
