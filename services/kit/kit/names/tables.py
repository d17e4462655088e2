"""Reads the tables of letters, readings, titles and given names in this package's folder `data`."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import NamedTuple


class Readings(NamedTuple):
    """How letters are written in Latin letters.

    Args:
        exact: ways that registers and passports use for exactly these letters; "" where the letters may be left out.
        loose: ways that people use besides, which other letters have as well.
    """

    exact: tuple[str, ...]
    loose: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """Both kinds."""
        return self.exact + self.loose


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = (resources.files("kit.names") / "data" / f"{name}.csv").read_text("utf-8")
    yield from csv.DictReader(text.splitlines())


def _readings(row: Mapping[str, str]) -> Readings:
    return Readings(tuple(row["readings"].split()) or ("",), tuple(row["loose"].split()))


@cache
def letters() -> Mapping[str, Mapping[str, Readings]]:
    """The readings of one to three letters, by script."""
    found: dict[str, dict[str, Readings]] = defaultdict(dict)
    for row in _rows("letters"):
        found[row["script"]][row["letters"]] = _readings(row)
    return MappingProxyType(found)


@cache
def jamo() -> Mapping[tuple[str, int], Readings]:
    """The readings of the parts of a Hangul syllable, by place (initial, medial, final) and index in Unicode's order."""
    return MappingProxyType({(row["place"], int(row["index"])): _readings(row) for row in _rows("jamo")})


@cache
def words() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """The readings of whole words and of single Han and Hangul characters, by script."""
    found: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for row in _rows("readings"):
        found[row["script"]][row["word"]] = tuple(row["readings"].split())
    return MappingProxyType(found)


@cache
def han_forms() -> Mapping[int, str]:
    """One form for each Han character that has a traditional, a simplified and a Japanese one, for `str.translate`."""
    form: dict[str, str] = {}

    def of(character: str) -> str:
        while (next_form := form.get(character, character)) != character:
            character = next_form
        return character

    for row in _rows("han_variants"):
        form[of(row["traditional"])] = of(row["simplified"])
    return MappingProxyType({ord(character): of(character) for character in form})


@cache
def titles() -> Mapping[str, frozenset[str]]:
    """Words that stand beside a name: titles `anywhere`, degrees `last`, `suffix` of a Han or Hangul name, `generation`."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in _rows("titles"):
        found[row["place"]] |= set(row["words"].split())
    return MappingProxyType({place: frozenset(those) for place, those in found.items()})


@cache
def given_names() -> Mapping[str, frozenset[int]]:
    """To which groups of given names a word belongs: forms of one name in several languages, and short forms."""
    found: dict[str, set[int]] = defaultdict(set)
    for number, row in enumerate(_rows("same_given_names")):
        for word in row["names"].split():
            found[word].add(number)
    return MappingProxyType({word: frozenset(groups) for word, groups in found.items()})
