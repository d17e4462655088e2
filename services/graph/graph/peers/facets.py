"""Facets of a search: how many people each value of a filter would find, beside all other filters.

A facet is counted without its own filter, so that a search for people in Switzerland still says how many there are in Austria.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from contracts.peers import Facet as Counted
from contracts.peers import FacetValue
from graph.peers.columns import Slots, among
from graph.peers.network import Network, PeerCriteria
from graph.peers.storage import day
from kit import verification

MAX_PEOPLE, MAX_VALUES = 10_000, 50


@dataclass(frozen=True)
class Facet:
    """One thing that people are counted by.

    Args:
        filter: the field of PeerCriteria that takes its values.
        kind: of the terms that are counted; None for levels, which are dates.
        whole: whether only terms without a part are counted, as `DE` of `DE-BY`.
    """

    filter: str
    kind: str | None
    whole: bool = False


VERIFICATION = "verification"
FACETS = {
    "specialties": Facet("specialties", "s"),
    "countries": Facet("places", "r", whole=True),
    "languages": Facet("languages", "l", whole=True),
    "professions": Facet("professions", "p"),
    VERIFICATION: Facet("level", None),
    "institutions": Facet("institutions", "w"),
}


def count_facets(
    network: Network, criteria: PeerCriteria, names: Iterable[str], *, matching: Sequence[str] | None = None
) -> dict[str, Counted]:
    """Count the values of facets among those who match without the facet's own filter, over at most 10,000 of them each.

    Args:
        names: which facets.
        matching: who has the words, by the full-text index.

    Returns:
        by name, the 50 largest values of each first.
    """
    today = day(criteria.today)
    narrowed = [name for name, facet in FACETS.items() if getattr(criteria, facet.filter)]
    # Everybody who matches but for the filters of facets, and which of these filters each of them passes.
    free = replace(criteria, specialties=(), places=None, languages=(), professions=(), level=None, institutions=())
    base = network.select(free, matching=matching)
    passed = {name: _passes(network, base, criteria, name, today) for name in narrowed}
    return {name: _counts(network, _others(base, passed, name), FACETS[name], today) for name in names}


def count_plain_facets(network: Network, found: Slots, names: Iterable[str], today: int) -> dict[str, Counted]:
    """Count the values of facets among people whom no filter has chosen, over at most 10,000 of them."""
    return {name: _counts(network, found, FACETS[name], today) for name in names}


def _others(base: Slots, passed: dict[str, NDArray[np.bool_]], own: str) -> Slots:
    """Those who pass the filter of every facet but one."""
    keep = np.ones(len(base), np.bool_)
    for name, flags in passed.items():
        if name != own:
            keep &= flags
    return base[keep]


def _passes(network: Network, found: Slots, criteria: PeerCriteria, name: str, today: int) -> NDArray[np.bool_]:
    """For each of some people, whether they pass the filter of a facet."""
    facet = FACETS[name]
    wanted = getattr(criteria, facet.filter)
    if facet.kind is None:
        return network.has_level(found, wanted, today)
    on = today if name == "specialties" and criteria.specialty_verified else None
    return among(found, network.any_term(facet.kind, wanted, on), len(network))


def _counts(network: Network, found: Slots, facet: Facet, today: int) -> Counted:
    found = found[:MAX_PEOPLE]
    if facet.kind is None:
        return _levels(network, found, today)
    start = f"{facet.kind}:"
    counts = Counter(
        term[2:]
        for slot in found.tolist()
        for term in network.terms[slot]
        if term.startswith(start) and not (facet.whole and "-" in term)
    )
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    values = [FacetValue(value=value, count=count) for value, count in ordered[:MAX_VALUES]]
    return Counted(values=values, left_out=max(0, len(ordered) - MAX_VALUES))


def _levels(network: Network, found: Slots, today: int) -> Counted:
    """Count who has at least each level: whom a filter by the level would find."""
    counts = {level: int(network.has_level(found, level, today).sum()) for level in verification.LEVELS}
    return Counted(values=[FacetValue(value=level, count=count) for level, count in counts.items() if count])
