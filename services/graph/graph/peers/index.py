"""The index of people: a Network derived from Neo4j, and the caches beside it, which follow the change feed.

There is one way in: `view()`. It returns the network and the caches as of a position of the feed that includes everything
that a process of this host has committed, and everything that others committed up to half a second ago. Where several hosts
read the network, Neo4j is asked for the position before each answer, so that this holds for all that anybody committed.

Each transaction appends one entry to the feed as its last statement (`graph.db`). The position is taken under a lock that
holds until the commit, so that a reader who sees a position has seen all before it: there are no windows to look at again.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import neo4j
import numpy as np
import orjson
from neo4j.exceptions import DriverError, Neo4jError

from graph.db import Graph, Row, query, session
from graph.feed.position import SharedPosition
from graph.feed.store import ENTRIES_AT_ONCE, Entry, FeedReader, Head
from graph.groups.pages import GroupPages
from graph.peers.cards import CardCache
from graph.peers.columns import Links, Posting, slots
from graph.peers.network import Network
from graph.peers.storage import terms_of
from graph.people.domain import shown_institutions
from kit.errors import DomainError, Unavailable
from kit.logs import log
from kit.snapshots import read_snapshot

# A view is followed up after this time, and never answers when it is older than the second.
FRESH_SECONDS, MAX_AGE_SECONDS = 0.25, 0.5
BACKGROUND_SECONDS = 0.5
PEOPLE_AT_ONCE = 500
# A transaction that changed more people is a bulk load; when so many wait, reading everything again is quicker.
BULK_PEOPLE, MAX_BACKLOG = 100, 2_000
YIELD_EVERY = 200
HOST_SECONDS = 5.0
LOAD_SECONDS = 30.0  # how long the first query of a load waits for the feed's lock


@dataclass(frozen=True)
class View:
    """The read model as of a position of the change feed.

    Network and caches are shared with later views, and only ever move forward: they change in steps that let nobody else
    run, so that a reader who does not wait for anything in between sees one state.

    Args:
        epoch: of the feed.
        position: every entry up to it has been followed, but for bulk loads that wait to be read.
    """

    epoch: str
    position: int
    network: Network
    groups: GroupPages
    cards: CardCache = field(default_factory=CardCache)


class PeopleIndex:
    """Follows the change feed for a process.

    Args:
        shared: the position that the processes of this host share.
    """

    def __init__(
        self,
        driver: neo4j.Driver,
        clock: Callable[[], float] = time.monotonic,
        *,
        shared: SharedPosition | None = None,
    ) -> None:
        self._driver = driver
        self._clock = clock
        self._shared = shared or SharedPosition.at(None)
        self._host = self._shared.host
        self._hosts = 0  # how many others there are
        self._registered_at = float("-inf")
        self._view: View | None = None
        self._lock = threading.Lock()  # following and publishing
        self._starting = threading.Lock()
        self._built = threading.Event()
        self._building: threading.Thread | None = None
        self._followed_at = float("-inf")
        # Questions and looks at the feed, numbered in their order: a look answers every question with a lower number.
        self._numbers = itertools.count(1)
        self._last_look = 0
        self._backlog: dict[str, int] = {}
        self._next_build = float("-inf")
        self._following: threading.Thread | None = None
        self._stop = threading.Event()

    def wrote(self, position: int) -> None:
        """Something was committed here: every view of this host from now on must hold it."""
        self._shared.advance(position)

    def ready(self) -> bool:
        """Whether there is a network to search; begins to build one where there is not."""
        if self._view is None:
            self._build_beside()
        registered = self._following is None or self._registered_at > float("-inf")
        return self._view is not None and registered

    def is_suspended(self, person: str, graph: Graph) -> bool:
        """Whether a person's account is suspended; False while there is no network, which then answers nothing anyway."""
        return self._view is not None and self.view(graph).network.is_suspended(person)

    def follow_in_background(self) -> None:
        """Follow the feed even while nobody asks, so that a bulk load is read when it comes, and not by the first search."""
        if self._following is None:
            self._following = threading.Thread(target=self._keep_following, name="people-index-feed", daemon=True)
            self._following.start()

    def stop(self) -> None:
        """Follow the feed no longer while nobody asks."""
        self._stop.set()

    def view(self, graph: Graph, *, wait: float = 2.0) -> View:
        """The read model with everything that has been committed here, and by others up to half a second ago.

        Raises:
            Unavailable: it is still being built, or Neo4j does not answer.
        """
        question = next(self._numbers)
        current = self._view
        if current is None:
            self._build_beside()
            self._built.wait(wait)
            current = self._view
            if current is None:
                raise Unavailable("The search is being prepared; try again in a moment.")
        behind = self._hosts > 0 or current.position < self._shared.read()
        age = self._clock() - self._followed_at
        if not behind and age < FRESH_SECONDS:
            return current
        # While one follows up, others are answered from a view that is recent and has all that was committed here.
        must = behind or age >= MAX_AGE_SECONDS
        if self._lock.acquire(timeout=max(0.0, graph.remaining)) if must else self._lock.acquire(blocking=False):
            try:
                # Whoever waited may find that somebody looked after they asked.
                latest = self._view
                if latest is None or self._last_look < question or latest.position < self._shared.read():
                    self._follow(graph)
            finally:
                self._lock.release()
        elif must:
            raise Unavailable("What has changed could not be read in time; try again in a moment.")
        if self._view is None:
            raise Unavailable("The search is being prepared; try again in a moment.")
        return self._view

    # -- following

    def _follow(self, graph: Graph) -> None:
        """Publish a view of everything that was committed before this began."""
        feed = FeedReader(graph)
        while True:
            current = self._view
            if current is None:
                return
            look, began, required = next(self._numbers), self._clock(), self._shared.read()
            head = feed.head(current.position, host=self._host, known=required)
            self._hosts = head.hosts
            if self._broken(current, head):
                self._discard(head, required)
                return
            for entry in head.entries:
                self._note_groups(current, entry)
            contents = [content for entry in head.entries for content in entry.contents]
            if contents:
                position = head.entries[-1].position
                for group in feed.groups_of(contents):
                    current.network.change_group(group, position)
            self._follow_people(graph, current, head.entries)
            if head.entries:
                current = replace(current, position=head.entries[-1].position)
                self._view = current
            if head.position < required:
                # The commit that said so has failed. Another may have taken its position since; the next look tells.
                self._shared.lower(required, head.position)
                continue
            self._shared.advance(head.position)
            if len(head.entries) < ENTRIES_AT_ONCE:
                self._last_look, self._followed_at = look, began
                return

    @staticmethod
    def _broken(current: View, head: Head) -> bool:
        """Whether entries are missing between the view and the head: Neo4j was replaced, or they were deleted."""
        if head.epoch != current.epoch or head.position < current.position:
            return True
        if head.entries:
            return head.entries[0].position != current.position + 1
        return head.position > current.position

    def _discard(self, head: Head, required: int) -> None:
        log().warning("index_discarded", position=head.position)
        self._view = None
        self._backlog.clear()
        self._built.clear()
        self._next_build = float("-inf")
        if head.position < required:
            self._shared.lower(required, head.position)
        self._build_beside()

    @staticmethod
    def _note_groups(current: View, entry: Entry) -> None:
        for group in entry.groups:
            current.network.change_group(group, entry.position)
        for person in entry.erased:
            current.network.erase(person, entry.position)

    def _follow_people(self, graph: Graph, current: View, entries: Sequence[Entry]) -> None:
        """Read again the groups and people that changed; of bulk loads only while there are few."""
        changed = {group: None for entry in entries for group in entry.groups}
        if changed:
            for row in graph.read(query("peers/read_changed_groups"), ids=list(changed)):
                current.network.describe_group(row["id"], row["name"], row["listed"])
        people: dict[str, int] = {}
        for entry in entries:
            bulk = len(entry.people) > BULK_PEOPLE
            (self._backlog if bulk else people).update(dict.fromkeys(entry.people, entry.position))
        with_backlog = len(self._backlog) <= MAX_BACKLOG
        if with_backlog:
            people |= self._backlog
        ids = list(people)
        for start in range(0, len(ids), PEOPLE_AT_ONCE):
            batch = ids[start : start + PEOPLE_AT_ONCE]
            rows = {row["id"]: row for row in graph.read(query("peers/read_changed"), ids=batch)}
            for row in rows.values():
                _complete(row["properties"], row["unread_snapshot"])
            for person in batch:
                if person in rows:
                    current.network.apply(rows[person], people[person])
        if with_backlog:
            self._backlog.clear()
        elif self._clock() >= self._next_build:
            self._build_beside()

    def _keep_following(self) -> None:
        failing = False
        while not self._stop.is_set():
            graph = Graph(self._driver, lambda: 10.0, wrote=self.wrote)
            try:
                if self._clock() - self._registered_at >= HOST_SECONDS:
                    self._register(graph)
                self.view(graph)
                failing = False
            except DomainError as error:
                if not failing and self._view is not None:
                    log().warning("feed_not_followed", code=error.code)
                failing = True
            except Exception as error:  # a follower that has ended would leave bulk loads unread
                log().error("feed_not_followed", error=type(error).__name__, exc_info=error)
            self._stop.wait(BACKGROUND_SECONDS)

    def _register(self, graph: Graph) -> None:
        """Let other hosts know that this one answers from memory, and learn of them."""
        others = FeedReader(graph).register_host(self._host)
        if others and self._registered_at == float("-inf"):
            # Until then another host may believe that it is alone.
            time.sleep(2 * MAX_AGE_SECONDS)
        self._hosts, self._registered_at = others, self._clock()

    # -- building

    def _build_beside(self) -> None:
        with self._starting:
            if self._building is None or not self._building.is_alive():
                self._building = threading.Thread(target=self._build, name="people-index", daemon=True)
                self._building.start()

    def _build(self) -> None:
        began = self._clock()
        try:
            epoch, position, network = load(self._driver)
        except (Unavailable, Neo4jError, DriverError) as error:
            log().warning("index_not_built", error=type(error).__name__)
            return
        seconds = self._clock() - began
        with self._lock:
            self._view = View(epoch, position, network, GroupPages(network))
            self._backlog.clear()  # everything before the position was read; what comes after it is followed
            self._followed_at = float("-inf")
            self._next_build = self._clock() + 5 * seconds
        self._built.set()
        log().info("index_built", people=len(network), links=network.connections.total // 2, seconds=round(seconds, 2))


def _complete(properties: Row, unread_snapshot: str | None) -> None:
    """Add the institutions of somebody who was projected before these were a property."""
    if unread_snapshot:
        properties["institutions"] = shown_institutions(read_snapshot(orjson.loads(unread_snapshot)))


def load(driver: neo4j.Driver) -> tuple[str, int, Network]:
    """Read the whole network.

    Returns:
        the feed's epoch, its position before reading began, and the network, which may hold some of what came later.
    """
    postings: dict[str, tuple[list[int], list[int]]] = {}
    nodes: list[int] = []
    pairs: dict[str, tuple[list[int], list[int]]] = {kind: ([], []) for kind in ("connections", "groups", "blocks")}
    head = Graph(driver, lambda: LOAD_SECONDS).read_settled(query("feed/read_head"))[0]
    network = Network(head["position"])
    with session(driver, neo4j.READ_ACCESS, fetch_size=5000) as opened:
        group_nodes = {}
        for row in opened.run(query("peers/list_groups")):
            group_nodes[row["node"]] = network.describe_group(row["id"], row["name"], row["listed"])
        for row in opened.run(query("peers/list_people")):
            slot = network.slot(row["id"])
            if slot % YIELD_EVERY == 0:
                time.sleep(0)  # others are served between
            nodes.append(row["node"])
            properties = row["properties"]
            _complete(properties, row["unread_snapshot"])
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
    return head["epoch"], head["position"], network


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
