"""The index of people: a Network derived from Neo4j, current within a second of a commit, and built again when it must be.

Every change of a person, their connections, blocks, places in groups or texts sets `changed_at` and a new `change` on
their node in the same transaction; that of a group or discussion sets `marked_at` and a new `mark`. Before an answer, what
has changed since is read again, at most every quarter of a second, and at once after a write of this process. What changed
without that mark, as a bulk import does, is seen from the counts of relationships, which Neo4j keeps; then, and after very
many marks, the whole is read again beside the old.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import neo4j
import numpy as np
from neo4j.exceptions import DriverError, Neo4jError

from graph.db import Graph, Row, query
from graph.groups.pages import GroupPages
from graph.peers.columns import Links, Posting, slots
from graph.peers.network import Network, terms_of
from kit.errors import Unavailable
from kit.logs import log

FRESH_SECONDS = 0.25
# While one asks what has changed, others are answered from a network that is no older than this.
STALE_SECONDS = 0.5
# A transaction may commit this long after it set its mark; the marks of that time are looked at again.
OVERLAP_MS = 15_000
CHANGED_AT_ONCE = 500
MANY_CHANGED = 2_000
# Of each kind, what is looked at; where there is more, some of it may not have been seen.
MOST_LISTED = 20_000
# After a change without a mark the counts must have stayed the same for so long before all is read again.
SETTLED_SECONDS = 0.3
_PEOPLE = frozenset({"PERSON", "ERASED"})
YIELD_EVERY = 200


class PeopleIndex:
    """Keeps one Network for a process, and beside it what of groups is kept until they change."""

    def __init__(self, driver: neo4j.Driver, clock: Callable[[], float] = time.monotonic) -> None:
        self._driver = driver
        self._pages = GroupPages()
        self._clock = clock
        self._network: Network | None = None
        self._lock = threading.Lock()
        self._starting = threading.Lock()
        self._built = threading.Event()
        self._building: threading.Thread | None = None
        self._fresh_until = self._stale_until = float("-inf")
        self._expired = 0
        self._read_at = float("-inf")
        self._since = 0
        self._seen: dict[str, float] = {}
        self._differs: tuple[float, Any] | None = None
        self._next_build = float("-inf")

    def expire(self) -> None:
        """Something was written here: what is asked next must know of it."""
        self._expired += 1
        self._fresh_until = self._stale_until = float("-inf")

    def ready(self) -> bool:
        """Whether there is a network to search; begins to build one where there is not."""
        if self._network is None:
            self._build_beside()
        return self._network is not None

    def current(self, graph: Graph, *, wait: float = 2.0) -> Network:
        """The network as it is now.

        Raises:
            Unavailable: it is still being built, or Neo4j does not answer.
        """
        if self._network is None:
            self._build_beside()
            self._built.wait(wait)
        if self._network is None:
            raise Unavailable("The search is being prepared; try again in a moment.")
        asked = self._clock()
        if asked >= self._fresh_until and self._lock.acquire(blocking=asked >= self._stale_until):
            try:
                # Who waited may find that it was read after they asked.
                if self._clock() >= self._fresh_until and self._read_at < asked:
                    self._refresh(graph, self._network)
            finally:
                self._lock.release()
        return self._network

    def groups(self, graph: Graph) -> GroupPages:
        """What is kept of groups, without what has changed; there is no way to it past the marks.

        Raises:
            Unavailable: the network is still being built, or Neo4j does not answer.
        """
        self.current(graph)
        return self._pages

    def _refresh(self, graph: Graph, network: Network) -> None:
        began, expired = self._clock(), self._expired
        try:
            self._follow(graph, network)
        except BaseException:
            self.expire()
            raise
        self._read_at = began
        if expired == self._expired:  # else something was written here meanwhile, which the next must read
            # Under many changes reading them takes longer; then it is done less often.
            spent = self._clock() - began
            self._fresh_until = max(began + FRESH_SECONDS, min(began + 1, self._clock() + spent))
            self._stale_until = max(began + STALE_SECONDS, self._fresh_until)

    def _follow(self, graph: Graph, network: Network) -> None:
        """Take over what has changed."""
        rows = graph.read(query("peers/list_changed"), since=self._since - OVERLAP_MS, most=MOST_LISTED)
        marks = {row["id"]: row["change"] for row in rows}
        fresh = [row for row in rows if self._seen.get(row["id"]) != row["change"]]
        self._take_groups(graph, network, fresh)
        people = sorted((row for row in fresh if row["kind"] in _PEOPLE), key=lambda row: -row["at"])
        ids = [row["id"] for row in people]
        counts = Counter(row["kind"] for row in rows)
        many = len(ids) > MANY_CHANGED or any(counts[kind] >= MOST_LISTED for kind in (*_PEOPLE, "GROUP"))
        if counts["DISCUSSION"] >= MOST_LISTED:
            self._pages.clear()
        for start in range(0, CHANGED_AT_ONCE if many else len(ids), CHANGED_AT_ONCE):
            batch = ids[start : start + CHANGED_AT_ONCE]
            self._take(graph, network, batch)
            self._seen.update((one, marks[one]) for one in batch)  # what is done stays done if time runs out
        if many:
            # A bulk load: the newest changes are known now; for the rest, reading everything beside is quicker.
            self._rebuild()
            return
        self._seen = marks
        self._since = max([self._since, *(row["at"] for row in rows)])
        self._compare(network, graph.read(query("peers/count_links"))[0], changed=bool(ids))

    def _take_groups(self, graph: Graph, network: Network, changed: list[Row]) -> None:
        """Groups first, so that a person's new group has a name."""
        groups = [row["id"] for row in changed if row["kind"] == "GROUP"]
        if groups:
            for row in graph.read(query("peers/read_changed_groups"), ids=groups):
                network.describe_group(row["id"], row["name"], row["listed"])
        texts = [row["group"] for row in changed if row["kind"] == "DISCUSSION"]
        if any(row["kind"] == "ERASED" for row in changed):
            self._pages.clear()
        for group in {*groups, *texts}:
            self._pages.drop(group)

    def _take(self, graph: Graph, network: Network, ids: list[str]) -> None:
        found = {row["id"]: row for row in graph.read(query("peers/read_changed"), ids=ids)}
        for person in ids:
            self._pages.forget(person)
            for group in network.apply(found[person]) if person in found else network.erase(person):
                self._pages.drop(group)

    def _compare(self, network: Network, stored: dict[str, int], *, changed: bool) -> None:
        """Read all again when links came or went without a mark, and no more are coming."""
        known = {
            "connections": network.connections.total // 2,
            "memberships": network.groups.total,
            "blocks": network.blocks_total,
        }
        if known != stored:
            self._pages.clear()
        if known == stored or changed:
            self._differs = None
            return
        now = self._clock()
        if self._differs is None or self._differs[1] != (known, stored):
            self._differs = (now, (known, stored))
        elif now - self._differs[0] >= SETTLED_SECONDS:
            self._differs = None
            self._rebuild()

    def _rebuild(self) -> None:
        """Read everything again beside the old network, but not all the time."""
        if self._clock() >= self._next_build:
            self._build_beside()

    def _build_beside(self) -> None:
        with self._starting:
            if self._building is None or not self._building.is_alive():
                self._building = threading.Thread(target=self._build, name="people-index", daemon=True)
                self._building.start()

    def _build(self) -> None:
        began = self._clock()
        try:
            network, since = load(self._driver)
        except (Neo4jError, DriverError) as error:
            log().warning("index_not_built", error=type(error).__name__)
            return
        spent = self._clock() - began
        self._network, self._since, self._seen = network, since, {}
        self._pages.clear()
        self.expire()
        self._next_build = self._clock() + 5 * spent
        self._built.set()
        log().info("index_built", people=len(network), links=network.connections.total // 2, seconds=round(spent, 2))


def load(driver: neo4j.Driver) -> tuple[Network, int]:
    """Read the whole network.

    Returns:
        the network, and the time (ms since 1970, by Neo4j's clock) at which reading began.
    """
    network = Network()
    postings: dict[str, tuple[list[int], list[int]]] = {}
    nodes: list[int] = []
    pairs: dict[str, tuple[list[int], list[int]]] = {kind: ([], []) for kind in ("connections", "groups", "blocks")}
    with driver.session(default_access_mode=neo4j.READ_ACCESS, fetch_size=5000) as session:
        since = int(session.run("RETURN timestamp() AS now").single(strict=True)["now"])
        group_nodes = {}
        for row in session.run(query("peers/list_groups")):
            group_nodes[row["node"]] = network.describe_group(row["id"], row["name"], row["listed"])
        for row in session.run(query("peers/list_people")):
            slot = network.slot(row["id"])
            if slot % YIELD_EVERY == 0:
                time.sleep(0)  # others are served between
            nodes.append(row["node"])
            properties = row["properties"]
            network.describe(slot, properties)
            found = terms_of(properties, row["practised"], row["licensed"])
            network.terms[slot] = tuple(network.interned(term) for term in found)
            for term, until in found.items():
                who, days = postings.setdefault(term, ([], []))
                who.append(slot)
                days.append(until)
            for kind, (sources, targets) in pairs.items():
                others = row[kind]
                sources.extend([slot] * len(others))
                targets.extend(others)
    size = len(network)
    network.postings = {term: Posting(slots(who), np.asarray(days, np.int32)) for term, (who, days) in postings.items()}
    people = dict(zip(nodes, range(size), strict=True))
    one, two = _known(pairs["connections"], people)
    network.connections = Links.of(np.concatenate([one, two]), np.concatenate([two, one]), size)
    who, where = _known(pairs["groups"], group_nodes)
    network.groups = Links.of(who, where, size)
    network.members = Links.of(where, who, len(network.group_slots))
    blocking: dict[int, set[int]] = {}
    for blocker, blocked in zip(*(side.tolist() for side in _known(pairs["blocks"], people)), strict=True):
        blocking.setdefault(blocker, set()).add(blocked)
    for blocker, all_blocked in blocking.items():
        network.set_blocks(blocker, all_blocked)
    return network, since


def _known(pair: tuple[list[int], list[int]], nodes: dict[int, int]) -> tuple[Any, Any]:
    """Pairs as slots; those with somebody who came or went while we read are left to the changes."""
    sources, targets = np.asarray(pair[0], np.int32), np.asarray(pair[1], np.int64)
    if len(targets) == 0:
        return slots(()), slots(())
    keys = np.fromiter(nodes, np.int64, len(nodes))
    values = np.fromiter(nodes.values(), np.int32, len(nodes))
    order = np.argsort(keys)
    keys, values = keys[order], values[order]
    at = np.searchsorted(keys, targets)
    at[at == len(keys)] = 0
    known = keys[at] == targets
    return sources[known], values[at[known]]
