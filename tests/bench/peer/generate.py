"""A network of any size for both sides, the same for the same size: zipf over specialties and regions, hubs, locality.

Of N people: 15 N connections with weights of a power law, N/50 groups, 5 N memberships, N texts.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from catalogues import regions, specialties

Whole = NDArray[np.int64]
SPECIALTIES, COUNTRIES, PARTS = 60, 60, 4
WORDS = [
    "patient",
    "trial",
    "guideline",
    "dosage",
    "cohort",
    "outcome",
    "referral",
    "protocol",
    "imaging",
    "biopsy",
    "therapy",
    "randomised",
    "evidence",
    "review",
    "webinar",
    "question",
    "colleague",
    "practice",
    "clinic",
    "ward",
    "policy",
    "vaccine",
    "screening",
    "marker",
    "renal",
    "cardiac",
    "acute",
    "chronic",
]


@dataclass(frozen=True)
class Network:
    """People, groups and texts by number.

    Args:
        specialty, region: of each person, as places in `specialty_codes` and `region_codes`.
        connections, members, texts: pairs (person, person), (group, person), and triples (group, author, seconds).
    """

    size: int
    specialty_codes: list[str]
    region_codes: list[str]
    specialty: Whole
    region: Whole
    connections: Whole
    members: Whole
    texts: Whole
    owners: Whole

    def cell(self, person: int) -> tuple[str, str]:
        """Specialty and region of a person."""
        return self.specialty_codes[self.specialty[person]], self.region_codes[self.region[person]]

    def text(self, number: int) -> str:
        """The words of a text."""
        return " ".join(random.Random(number).choices(WORDS, k=24))


def _zipf(count: int, slope: float) -> NDArray[np.float64]:
    weights = 1 / np.arange(1, count + 1) ** slope
    found: NDArray[np.float64] = weights / weights.sum()
    return found


def _places() -> list[str]:
    """Four parts of each of sixty countries."""
    parts: dict[str, list[str]] = {}
    for found in regions.all_regions().values():
        if found.kind == regions.SUBDIVISION:
            parts.setdefault(regions.country_of(found.code), []).append(found.code)
    chosen = [country for country in sorted(parts) if len(parts[country]) >= PARTS][:COUNTRIES]
    return [code for country in chosen for code in sorted(parts[country])[:PARTS]]


class _Picker:
    """Picks people with the same key, the weighty ones more often."""

    def __init__(self, chance: np.random.Generator, key: Whole, keys: int, weights: NDArray[np.float64]) -> None:
        self._chance = chance
        self._order = np.argsort(key, kind="stable")
        self._sums = np.cumsum(weights[self._order])
        ordered = key[self._order]
        self._starts = np.searchsorted(ordered, np.arange(keys))
        self._ends = np.searchsorted(ordered, np.arange(keys), "right")

    def pick(self, keys: Whole) -> Whole:
        """One person for each key that somebody has."""
        starts, ends = self._starts[keys], self._ends[keys]
        low = np.where(starts > 0, self._sums[np.maximum(starts - 1, 0)], 0.0)
        high = self._sums[np.maximum(ends - 1, 0)]
        at = np.searchsorted(self._sums, low + self._chance.random(len(keys)) * (high - low))
        found: Whole = self._order[np.minimum(at, ends - 1)]
        return found


def generate(size: int) -> Network:
    """Make a network of `size` people."""
    chance = np.random.default_rng(20_240_607)
    codes = sorted(specialties.specialties())[:SPECIALTIES]
    places = _places()
    specialty = chance.choice(len(codes), size, p=_zipf(len(codes), 0.8))
    region = chance.choice(len(places), size, p=_zipf(len(places), 0.8))
    weights = np.minimum(chance.pareto(1.6, size) + 0.3, size * 0.012)
    everybody = np.zeros(size, np.int64)
    cell = specialty * len(places) + region
    pickers = [
        (0.25, _Picker(chance, cell, len(codes) * len(places), weights), cell),
        (0.6, _Picker(chance, specialty, len(codes), weights), specialty),
        (0.85, _Picker(chance, region, len(places), weights), region),
        (1.01, _Picker(chance, everybody, 1, weights), everybody),
    ]
    wanted, pairs = 15 * size, np.empty(0, np.int64)
    while len(pairs) < wanted:
        count = int((wanted - len(pairs)) * 1.35) + 1000
        one = np.where(
            chance.random(count) < 0.5, chance.integers(0, size, count), pickers[-1][1].pick(np.zeros(count, np.int64))
        )
        kind, other, floor = chance.random(count), np.zeros(count, np.int64), 0.0
        for ceiling, picker, key in pickers:
            chosen = (kind >= floor) & (kind < ceiling)
            other[chosen] = picker.pick(key[one[chosen]])
            floor = ceiling
        low, high = np.minimum(one, other), np.maximum(one, other)
        pairs = np.unique(np.concatenate([pairs, (low * size + high)[low != high]]))
    pairs = chance.permutation(pairs)[:wanted]
    groups = max(10, size // 50)
    group_weights = _zipf(groups, 0.7)
    members = np.empty(0, np.int64)
    while len(members) < 5 * size:
        count = int((5 * size - len(members)) * 1.2) + 1000
        drawn = chance.choice(groups, count, p=group_weights) * size + chance.integers(0, size, count)
        members = np.unique(np.concatenate([members, drawn]))
    members = chance.permutation(members)[: 5 * size]
    owners = chance.integers(0, size, groups)
    written = chance.choice(len(members), size)
    seconds = np.sort(chance.choice(40_000_000, size, replace=False)) + 1_700_000_000
    texts = np.column_stack([members[written] // size, members[written] % size, seconds])
    return Network(
        size, codes, places, specialty, region, np.column_stack([pairs // size, pairs % size]),
        np.column_stack([members // size, members % size]), texts, owners,
    )  # fmt: skip


def describe(network: Network) -> dict[str, Any]:
    """Its figures."""
    degrees = np.bincount(network.connections.ravel(), minlength=network.size)
    return {
        "people": network.size, "connections": len(network.connections), "memberships": len(network.members),
        "largest_degree": int(degrees.max()), "largest_specialty": int(np.bincount(network.specialty).max()),
    }  # fmt: skip
