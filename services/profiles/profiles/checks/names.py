"""How alike two names are, whatever their script, order, accents and initials."""

from __future__ import annotations

from itertools import product

from anyascii import anyascii
from rapidfuzz.distance import JaroWinkler

from kit.texts import fold

# Letters that languages write out in different ways when they do without them.
_VARIANTS = (
    ("ae", "a"),
    ("oe", "o"),
    ("ue", "u"),
    ("ss", "s"),
    ("ye", "e"),
    ("yu", "iu"),
    ("ya", "ia"),
    ("iy", "y"),
    ("ii", "i"),
)
_TITLES = frozenset(
    {"dr", "prof", "med", "phd", "md", "mr", "mrs", "ms", "dra", "univ", "dipl", "doz", "pd", "mbbs", "habil"}
)


def words(name: str) -> list[str]:
    """The words of a name in plain Latin letters, without titles.

    >>> words("Dr. med. Jürgen Müller-Lüdenscheidt")
    ['jurgen', 'muller', 'ludenscheidt']
    """
    latin = anyascii(fold(name).replace("-", " ")).casefold()
    clean = ("".join(c for c in word if c.isalpha()) for word in latin.replace("'", "").split())
    return [word for word in clean if word and word not in _TITLES]


def _simplified(word: str) -> str:
    for long, short in _VARIANTS:
        word = word.replace(long, short)
    return word


def _alike(first: str, second: str) -> float:
    if len(first) == 1 or len(second) == 1:  # an initial fits any name that begins with it, but proves less
        return 0.8 if first[0] == second[0] else 0.0
    return max(
        JaroWinkler.similarity(a, b) for a, b in product({first, _simplified(first)}, {second, _simplified(second)})
    )


def similarity(first: str, second: str) -> float:
    """From 0 to 1: how well the words of the shorter name find partners in the longer one.

    >>> similarity("Müller, Jürgen", "Juergen Mueller") > 0.95
    True
    """
    shorter, longer = sorted((words(first), words(second)), key=len)
    if not shorter:
        return 0.0
    left, total = list(longer), 0.0
    for word in sorted(shorter, key=len, reverse=True):
        best = max(left, key=lambda other: _alike(word, other))
        total += _alike(word, best)
        left.remove(best)
    # Words without a partner count a little: many people have names that one of two registers leaves out.
    score = total / len(shorter) - 0.04 * len(left)
    return max(0.0, score if len(shorter) > 1 else score - 0.25)
