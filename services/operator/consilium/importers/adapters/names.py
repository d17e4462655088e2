"""Names that a register keeps in capitals, as people write them."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

MAX_CACHED = 50_000
_LETTERS = re.compile(r"[^\W\d_]+")
_BETWEEN = re.compile(r"(\s+|-)")


@dataclass(frozen=True)
class _Rules:
    """What `names.toml` says."""

    particles: frozenset[str]
    second_particles: frozenset[str]
    between: frozenset[str]
    numerals: frozenset[str]
    generations: dict[str, str]
    macs: frozenset[str]

    def is_particle(self, word: str, before: str) -> bool:
        """Whether a word of a family name, which is not its last, is a small one behind another."""
        return (
            word in self.particles
            or (word in self.second_particles and before in self.particles)
            or (word in self.between and bool(before))
        )


@cache
def _rules() -> _Rules:
    read = tomllib.loads((files(__package__) / "names.toml").read_text(encoding="utf-8"))
    return _Rules(
        particles=frozenset(read["particles"]),
        second_particles=frozenset(read["second_particles"]),
        between=frozenset(read["between"]),
        numerals=frozenset(read["numerals"]),
        generations=read["generations"],
        macs=frozenset(read["capital_after"]["mac"]),
    )


def _capitalised(found: re.Match[str]) -> str:
    word = found[0][0] + found[0][1:].lower()
    if word.startswith("Mc") and len(word) > 3:
        return f"Mc{word[2:].capitalize()}"
    if word.lower() in _rules().macs:
        return f"Mac{word[3:].capitalize()}"
    return word


@lru_cache(MAX_CACHED)
def written(name: str, *, family: bool = False) -> str:
    """Write a name as people do; words that are not in capitals stay as they are.

    Args:
        family: whether it is a family name, which may begin with particles and end with the mark of a generation.

    >>> written("O'BRIEN-MCCARTHY", family=True), written("VAN DER BERG", family=True), written("WINDSOR IV", family=True)
    ("O'Brien-McCarthy", 'van der Berg', 'Windsor IV')
    >>> written("VAN"), written("VAN", family=True), written("MACHADO", family=True), written("MACARTHUR", family=True)
    ('Van', 'Van', 'Machado', 'MacArthur')
    """
    rules = _rules()
    parts = _BETWEEN.split(" ".join(name.replace(",", " ").split()))
    words = parts[::2]
    ended = family and len(words) > 1 and words[-1].isupper() and _ends(rules, words[-1])
    end = len(words) - 1 if ended else len(words)
    before = ""
    for place, word in enumerate(words):
        followed_by_word = place < end - 1 and parts[2 * place + 1] != "-"
        if not word.isupper():
            before = ""
            continue
        if place == end:
            parts[2 * place] = generation(word)
        elif family and followed_by_word and rules.is_particle(word.lower(), before):
            parts[2 * place] = word.lower()
        else:
            parts[2 * place] = _LETTERS.sub(_capitalised, word)
        before = word.lower()
    return "".join(parts)


def _ends(rules: _Rules, word: str) -> bool:
    """Whether the last of several words is the mark of a generation: one that is a letter may be a name."""
    return word in rules.numerals or word.strip(".") in {"JR", "SR"}


def generation(text: str) -> str:
    """The mark of a generation as it is written behind a name; empty for anything else, like a degree.

    >>> generation("JR"), generation("iii"), generation("M.D.")
    ('Jr.', 'III', '')
    """
    return _rules().generations.get(text.strip().strip(".,").upper(), "")


def full_name(first: str, middle: str, last: str, mark: str) -> str:
    """A whole name from its parts as a register keeps them.

    >>> full_name("JOHN", "A", "MCDONALD", "JR.")
    'John A McDonald Jr.'
    """
    family, end = written(last, family=True), generation(mark)
    if end and family.split(" ")[-1] == end:
        end = ""
    return " ".join(part for part in (written(first), written(middle), family, end) if part)
