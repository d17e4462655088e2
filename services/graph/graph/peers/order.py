"""The order of those who were found, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.peers.columns import Slots
from graph.peers.network import Network
from graph.peers.storage import keys_of


def in_order(
    network: Network,
    found: Slots,
    major: NDArray[np.int64],
    *,
    by_name: bool,
    after: tuple[int, str, str] | None,
    first: int,
) -> list[tuple[int, int]]:
    """The first of those found after a position, by a number, then by name where wanted, then by id.

    Args:
        major: a number for each of those found; smaller comes first.
        after: number, name and id of the last one before.

    Returns:
        (place among those found, slot) in order.
    """
    keys = (major, *(network.column(name)[found] for name in ("name_key", "name_rest") if by_name))
    place = np.arange(len(found))

    def exact(number: int) -> tuple[int, str, str]:
        slot = int(found[number])
        return int(major[number]), network.names[slot] if by_name else "", network.ids[slot]

    # Some may stand exactly where the last page ended; as many more are looked at.
    bound = first
    if after is not None:
        mark = (after[0], *(np.uint64(key) for key in keys_of(after[1]) if by_name))
        place, level = _from(place, keys, mark)
        bound += level
    sure = []
    for values in keys:
        if len(place) <= bound:
            break
        before, place = _cut(place, values, bound)
        sure.append(before)
        bound -= len(before)
    place = np.concatenate([*sure, place])
    ordered = sorted((n for n in place.tolist() if after is None or exact(n) > after), key=exact)[:first]
    return [(number, int(found[number])) for number in ordered]


def _from(place: NDArray[np.int64], keys: Sequence[NDArray[Any]], mark: Sequence[Any]) -> tuple[NDArray[np.int64], int]:
    """Those places whose keys, one after the other, are not before a mark, and how many are level with it."""
    behind = np.zeros(len(place), np.bool_)
    level = np.ones(len(place), np.bool_)
    for values, own in zip(keys, mark, strict=True):
        behind |= level & (values > own)
        level &= values == own
    return place[behind | level], int(level.sum())


def _cut(place: NDArray[np.int64], values: NDArray[Any], count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of more than `count` places those whose values are among the smallest for sure, and those that tie for the last."""
    own = values[place]
    edge = np.partition(own, count)[count]
    return place[own < edge], place[own == edge]
