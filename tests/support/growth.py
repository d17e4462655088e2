"""How the time of an expression, or of anything that reads a text, grows with the length of the text.

Near-misses are derived from an expression itself: what leads to each of its repetitions, then what is repeated, many
times, then something that fits nothing. Processor time of the thread is compared with that of a quarter as much, so that a
busy machine matters little; what is too quick to be measured cannot have grown.
"""

from __future__ import annotations

import gc
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from types import ModuleType
from typing import Any

from kit.guard.table import Table

MAX_RATIO = 8.0  # of the times of a text and one a quarter as long: 4 where time is linear, 16 where it is quadratic
_SIGNS = "a1 -.A:\n,(é\u4e2d!"  # of what a class may hold, in this order
_QUICK = 0.001  # seconds below which a time says nothing
_ALTERNATIVES = 3  # of the alternatives before a repetition


@dataclass(frozen=True)
class Run:
    """A text of any length: what it begins with, what is repeated, what it ends with."""

    prefix: str
    unit: str
    suffix: str = ""

    def text(self, length: int) -> str:
        """As many units as fit."""
        count = max(1, (length - len(self.prefix) - len(self.suffix)) // len(self.unit))
        return f"{self.prefix}{self.unit * count}{self.suffix}"


def _fits(items: Any, sign: str) -> bool:
    found = False
    for kind, value in items:
        if kind is sre.LITERAL:
            found |= ord(sign) == value
        elif kind is sre.RANGE:
            found |= value[0] <= ord(sign) <= value[1]
        elif kind is sre.CATEGORY:
            name = {sre.CATEGORY_DIGIT: r"\d", sre.CATEGORY_NOT_DIGIT: r"\D", sre.CATEGORY_SPACE: r"\s",
                    sre.CATEGORY_NOT_SPACE: r"\S", sre.CATEGORY_WORD: r"\w", sre.CATEGORY_NOT_WORD: r"\W"}[value]  # fmt: skip
            found |= re.match(name, sign) is not None
    return found != any(kind is sre.NEGATE for kind, _ in items)


def signs_of(items: Any) -> list[str]:
    """Signs that a class holds: of the usual ones those that fit, else its first one."""
    usual = [sign for sign in _SIGNS if _fits(items, sign)]
    if usual:
        return usual
    for kind, value in items:
        if kind is sre.LITERAL:
            return [chr(value)]
        if kind is sre.RANGE:
            return [chr(value[0])]
    return ["a"]


def _samples(tree: Any) -> list[str]:
    """Texts that a part of an expression matches; a few where there are alternatives."""
    found = [""]
    for kind, value in tree:
        if kind is sre.LITERAL:
            parts = [chr(value)]
        elif kind is sre.NOT_LITERAL:
            parts = ["a" if value != ord("a") else "b"]
        elif kind is sre.ANY:
            parts = ["a"]
        elif kind is sre.IN:
            parts = signs_of(value)[:1]
        elif kind is sre.BRANCH:
            parts = [sample for one in value[1] for sample in _samples(one)[:1]]
        elif kind is sre.SUBPATTERN:
            parts = _samples(value[3])
        elif kind is sre.ATOMIC_GROUP:
            parts = _samples(value)
        elif kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            parts = [one * value[0] for one in _samples(value[2])] if value[0] else [""]
        else:  # places, assertions and references stand for nothing here
            continue
        found = [before + part for before in found for part in parts][:_ALTERNATIVES] if len(parts) > 1 else [
            before + parts[0] for before in found]  # fmt: skip
    return found


def _repetitions(tree: Any, before: list[str]) -> Iterator[tuple[str, str]]:
    """What leads to a repetition, and what is repeated."""
    for place, (kind, value) in enumerate(tree):
        lead = [first + second for first in before for second in _samples(tree[:place])][:_ALTERNATIVES]
        if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            _, most, body = value
            if most > 3:
                units = signs_of(body[0][1]) if len(body) == 1 and body[0][0] is sre.IN else [
                    unit for node in [body] for unit in _every_alternative(node)]  # fmt: skip
                for unit in units:
                    if unit:
                        yield from ((first, unit) for first in lead)
            yield from _repetitions(body, lead)
        elif kind is sre.BRANCH:
            for one in value[1]:
                yield from _repetitions(one, lead)
        elif kind is sre.SUBPATTERN:
            yield from _repetitions(value[3], lead)
        elif kind is sre.ATOMIC_GROUP:
            yield from _repetitions(value, lead)
        elif kind in (sre.ASSERT, sre.ASSERT_NOT):
            yield from _repetitions(value[1], lead)


def _every_alternative(tree: Any) -> list[str]:
    if len(tree) == 1 and tree[0][0] is sre.SUBPATTERN:
        return _every_alternative(tree[0][1][3])
    if len(tree) == 1 and tree[0][0] is sre.BRANCH:
        return [sample for one in tree[0][1][1] for sample in _samples(one)[:1]]
    return _samples(tree)


def near_misses(pattern: re.Pattern[str]) -> list[Run]:
    """Runs on which an expression has most to do before it fails."""
    tree = parser.parse(pattern.pattern, pattern.flags)
    found: dict[Run, None] = {}
    for prefix, unit in _repetitions(tree, [""]):
        for repeated in (unit, f"{unit} ", prefix + unit):
            found |= dict.fromkeys((Run(prefix, repeated, "!"), Run(prefix, repeated)))
    for whole in _samples(tree):
        if whole:
            found |= dict.fromkeys((Run("", whole), Run("", f"{whole} "), Run("", f"{whole[:-1] or whole}!")))
    return list(found)


def patterns_of(value: object) -> Iterator[re.Pattern[str]]:
    """The expressions in a value: a module, a list, a table, an object."""
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield value
    elif isinstance(value, dict) and "__builtins__" not in value:
        for one in value.values():
            yield from patterns_of(one)
    elif isinstance(value, list | tuple | set | frozenset):
        for one in value:
            yield from patterns_of(one)
    elif isinstance(value, ModuleType):
        for one in vars(value).values():
            if not isinstance(one, ModuleType):
                yield from patterns_of(one)
    elif isinstance(value, Table):
        for entry in value.entries:
            yield entry.pattern
            if entry.tail is not None:
                yield entry.tail


def find_all(pattern: re.Pattern[str]) -> Callable[[str], None]:
    """Everything that an expression matches in a text."""

    def act(text: str) -> None:
        for _ in pattern.finditer(text):
            pass

    return act


def _seconds(act: Callable[[str], Any], text: str, tries: int = 1) -> float:
    times = []
    gc.disable()  # it goes through all that the tests before have left
    try:
        for _ in range(tries):
            began = time.thread_time()
            act(text)
            times.append(time.thread_time() - began)
    finally:
        gc.enable()
    return min(times)


def grows_too_fast(act: Callable[[str], Any], run: Run, *, longest: int = 8_000) -> str | None:
    """Says how, where time grows faster than the text (with room for noise); None where it does not."""
    # What is exponential shows with a few units already, and must not be tried with many.
    for count in (8, 12, 16, 20, 24, 28):
        length = len(run.prefix) + len(run.suffix) + count * len(run.unit)
        spent = _seconds(act, run.text(length))
        if spent > 0.02 and min(spent, _seconds(act, run.text(length), 2)) > 0.02 + length * 2e-5:
            return f"{count} of {run} take {spent:.3f} s"
    found = ""
    for tries in (1, 3, 5):  # what grows does so again when both are twice as long; what only was disturbed does not
        shorter, longer = _seconds(act, run.text(longest // 4), tries), _seconds(act, run.text(longest), tries)
        if longer < _QUICK or longer <= MAX_RATIO * shorter:
            return None
        found = f"{run} of {longest // 4} and {longest} signs: {shorter:.4f} and {longer:.4f} s"
        longest *= 2
    return found
