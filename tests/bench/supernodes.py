"""What the index costs as the network grows, and what somebody with 30,000 connections or a specialty of 200,000 costs."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import psutil
from rich.console import Console
from rich.table import Table

from catalogues.specialties import specialties
from graph.peers.columns import Links, Posting, slots
from graph.peers.network import Network, PeerCriteria
from graph.peers.order import in_order
from graph.peers.ranking import Viewer, bounded, mutual_with, pool, rank
from graph.peers.storage import FOREVER_DAY, day, keys_of

TODAY = "2026-11-21"
CODES = sorted(specialties())[:60]
CONNECTIONS_EACH, HUB, LARGE = 15, 30_000, 200_000


def network_of(size: int) -> Network:
    """A network in memory: a hub in slot 0, the largest specialty with a fifth of all, at most 200,000."""
    chance = np.random.default_rng(size)
    network = Network()
    for number in range(size):
        slot = network.slot(f"{number:036}")
        network.names[slot] = f"person {number * 7919 % size:07}"
    today = day(TODAY)
    for name, value in (("listed", True), ("claimed", True), ("connections_audience", 4), ("groups_audience", 4)):
        network.column(name)[:size] = value
    network.column("identity")[:size] = today + 100
    network.column("practise")[:size] = today + chance.integers(-50, 100, size)
    network.column("joined")[:size] = chance.integers(1_600_000_000, 1_790_000_000, size) * 1_000_000
    network.column("changed")[:size] = 1_790_000_000_000
    keys = np.asarray([keys_of(name) for name in network.names], np.uint64)
    network.column("name_key")[:size], network.column("name_rest")[:size] = keys[:, 0], keys[:, 1]
    network.column("country")[:size] = chance.integers(1, 61, size)
    network.countries |= {f"C{n}": n for n in range(1, 61)}
    specialty = np.where(np.arange(size) < min(LARGE, size // 5), 0, chance.integers(1, 60, size))
    for kind, values, count in (
        ("s", specialty, 60),
        ("r", network.column("country")[:size], 61),
        ("l", chance.integers(0, 20, size), 20),
    ):
        for value in range(count):
            who = slots(np.flatnonzero(values == value))
            network.postings[f"{kind}:{CODES[value] if kind == 's' else value}"] = Posting(
                who, np.full(len(who), FOREVER_DAY, np.int32)
            )
    network.terms = [(f"s:{CODES[specialty[n]]}", f"r:{network.column('country')[n]}", "l:1") for n in range(size)]
    one, two = (chance.integers(0, size, CONNECTIONS_EACH * size).astype(np.int32) for _ in range(2))
    hub = slots(chance.choice(np.arange(1, size), min(HUB, size // 3), replace=False))
    one, two = np.concatenate([one, np.zeros(len(hub), np.int32)]), np.concatenate([two, hub])
    keep = one != two
    pairs = np.unique(np.minimum(one, two)[keep].astype(np.int64) * size + np.maximum(one, two)[keep])
    low, high = (pairs // size).astype(np.int32), (pairs % size).astype(np.int32)
    network.connections = Links.of(np.concatenate([low, high]), np.concatenate([high, low]), size)
    network.groups = Links(np.zeros(size + 1, np.int64))
    return network


def _median(act: Callable[[], Any], times: int = 7) -> float:
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        spent.append(time.perf_counter() - began)
    return round(statistics.median(spent) * 1000, 2)


def figures(console: Console) -> dict[str, Any]:
    """Print and return milliseconds of each search at 10,000, 100,000 and 1,000,000 people."""
    found = {}
    table = Table(
        "people", "memory MB", "NAME, a cell", "MUTUAL, a cell", "NAME, largest specialty", "RELEVANCE, hub and largest",
        "suggestions, hub",
    )  # fmt: skip
    for size in (10_000, 100_000, 1_000_000):
        found[str(size)] = row = _row(size)
        table.add_row(f"{size:,}", *(str(value) for value in row.values()))
    console.print(table)
    return found


def _row(size: int) -> dict[str, Any]:
    today = day(TODAY)
    before = psutil.Process().memory_info().rss
    network = network_of(size)
    memory = round((psutil.Process().memory_info().rss - before) / 1e6)

    def ordered(viewer: int, criteria: PeerCriteria, how: str) -> None:
        seen = Viewer.of(network, network.ids[viewer], today)
        who = network.select(criteria)
        major = np.zeros(len(who), np.int64)
        if how == "MUTUAL":
            major = -mutual_with(network, seen, who)
        elif how == "RELEVANCE":
            who = bounded(network, seen, who)
            major = -rank(network, seen, who, today).score
        in_order(network, who, major, by_name=True, after=None, first=21)

    cell = PeerCriteria(viewer=network.ids[5], today=TODAY, specialties=[CODES[7]], places=["9"])
    large = PeerCriteria(viewer=network.ids[0], today=TODAY, specialties=[CODES[0]])
    return {
        "memory_mb": memory,
        "name_cell_ms": _median(lambda: ordered(5, cell, "NAME"), 50),
        "mutual_cell_ms": _median(lambda: ordered(5, cell, "MUTUAL"), 50),
        "name_large_ms": _median(lambda: ordered(5, large, "NAME")),
        "relevance_hub_large_ms": _median(lambda: ordered(0, large, "RELEVANCE")),
        "suggestions_hub_ms": _median(lambda: pool(network, Viewer.of(network, network.ids[0], today), set(), today)),
    }
