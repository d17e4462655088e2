"""The index of people follows the change feed: each test writes and reads once."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import neo4j
import pytest

from graph.connections import usecases as connections
from graph.connections.store import ConnectionWriter
from graph.db import Graph, connect
from graph.feed.position import SharedPosition
from graph.feed.store import FeedReader, Head
from graph.groups import usecases as groups
from graph.groups.pages import GroupPages
from graph.groups.store import GroupWriter
from graph.imports.store import ImportStore
from graph.notifications.store import NotificationWriter
from graph.peers import cards as cards_module
from graph.peers import index as index_module
from graph.peers.cards import plain_cards
from graph.peers.index import PeopleIndex, load
from graph.peers.network import Network
from graph.people.store import PeopleStore, PeopleWriter
from graph.rights.store import RightsStore
from graph.writing import Writing
from kit.cards import OPTIONAL
from kit.cipher import FieldCipher
from kit.clock import new_id
from kit.errors import Unavailable
from tests.graph.integration.test_races import people
from tests.graph.unit.test_cards import a_snapshot

CIPHER = FieldCipher(((1, b"k" * 32),), b"")
NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


@dataclass
class Worker:
    """A graph process: its index, and the graph through which it writes."""

    index: PeopleIndex
    graph: Graph

    @property
    def network(self) -> Network:
        """Its network as a request would find it now."""
        return self.index.view(self.graph).network


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def worker(driver: neo4j.Driver, folder: Path | None = None, clock: Clock | None = None) -> Worker:
    """A worker that has read everything; workers with one folder are of one host."""
    index = PeopleIndex(driver, clock or time.monotonic, shared=SharedPosition.at(folder and str(folder)))
    graph = Graph(driver, lambda: 30, wrote=index.wrote)
    index.view(graph, wait=30)
    return Worker(index, graph)


@pytest.fixture
def index(driver: neo4j.Driver, graph: Graph) -> PeopleIndex:
    """An index that is told of none of the writes of its test."""
    return worker(driver).index


def linked(network: Network, one: str, other: str) -> bool:
    """Whether two are connected, seen from both sides alike."""
    a, b = network.slot_of[one], network.slot_of[other]
    there, back = b in network.connections.row(a), a in network.connections.row(b)
    assert there == back
    return bool(there)


def check_each_change(writer: Worker, reader: Worker) -> None:
    """A new person, a newer snapshot, connecting, parting, blocking, joining, leaving, erasure: each is read once."""
    graph = writer.graph
    ada, bob = people(graph, 2)
    assert reader.network.column("listed")[reader.network.slot_of[ada]]
    graph.write(
        lambda tx: PeopleWriter(tx).project([a_snapshot(id=ada, handle=ada, name="Zoe", version=99, suspended=True)])
    )
    slot = reader.network.slot_of[ada]
    assert not reader.network.column("listed")[slot]
    assert reader.network.names[slot] == "zoe"
    graph.write(lambda tx: PeopleWriter(tx).project([a_snapshot(id=ada, handle=ada, name="Ada", version=100)]))
    graph.write(lambda tx: ConnectionWriter(tx).connect(ada, bob, since="2026-11-21"))
    assert linked(reader.network, ada, bob)
    graph.write(lambda tx: connections.remove_connection(ConnectionWriter(tx), me=ada, other=bob, now=NOW))
    assert not linked(reader.network, ada, bob)
    graph.write(lambda tx: connections.block(ConnectionWriter(tx), me=bob, other=ada, now=NOW))
    assert reader.network.blocked_pair_with(ada) == {bob}
    graph.write(lambda tx: connections.unblock(ConnectionWriter(tx), me=bob, other=ada, now=NOW))
    assert reader.network.blocked_pair_with(ada) == set()
    given = {"name": "Index", "purpose": "p", "visibility": "LISTED", "join_policy": "OPEN", "member_limit": 9}
    group = graph.write(
        lambda tx: groups.create_group(GroupWriter(tx), owner=ada, owner_level="IDENTITY", given=given, now=NOW)
    )["id"]
    assert len(reader.network.groups.row(slot)) == 1
    graph.write(
        lambda tx: groups.join_group(
            GroupWriter(tx), NotificationWriter(tx), group_id=group, me=bob, message=None, now=NOW
        )
    )
    assert len(reader.network.members.row(reader.network.group_slots[group])) == 2
    graph.write(lambda tx: GroupWriter(tx).remove(group, bob))
    assert len(reader.network.members.row(reader.network.group_slots[group])) == 1
    graph.write(lambda tx: ConnectionWriter(tx).connect(ada, bob, since="2026-11-21"))
    RightsStore(graph).erase([ada], CIPHER)
    assert not reader.network.column("listed")[slot]
    assert not linked(reader.network, ada, bob)


def test_a_worker_reads_its_own_writes(driver: neo4j.Driver) -> None:
    """At once, whatever was written."""
    own = worker(driver)
    check_each_change(own, own)


def test_workers_of_one_host_read_each_others_writes(driver: neo4j.Driver, tmp_path: Path) -> None:
    """At once, because they share the position; nobody is asked."""
    clock = Clock()  # stands still, so that no view is followed up because of its age
    check_each_change(worker(driver, tmp_path), worker(driver, tmp_path, clock))


def test_hosts_read_each_others_writes(driver: neo4j.Driver, tmp_path: Path) -> None:
    """At once, once both are registered: Neo4j is asked for the position before each answer."""
    folders = tmp_path / "one", tmp_path / "other"
    for folder in folders:
        folder.mkdir()
    one, other = (worker(driver, folder, Clock()) for folder in folders)
    for member in (one, other, one):
        member.index._registered_at = 0  # not the first time, after which it would wait
        member.index._register(member.graph)
    check_each_change(one, other)
    check_each_change(other, one)


def test_a_host_that_joins_waits_until_the_others_must_know_of_it(
    driver: neo4j.Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Longer than a view may be old, so that no view is left that was made by somebody who believed to be alone."""
    waited: list[float] = []
    first = worker(driver)
    first.index._register(first.graph)
    late = worker(driver, tmp_path)
    monkeypatch.setattr(index_module.time, "sleep", waited.append)
    late.index._register(late.graph)
    assert waited == [2 * index_module.MAX_AGE_SECONDS]


def test_what_another_wrote_is_read_after_half_a_second(driver: neo4j.Driver, graph: Graph) -> None:
    """By a host that does not know of the writer, as of an operator's own tool."""
    clock = Clock()
    reader = worker(driver, clock=clock)
    before = reader.network
    ada, bob = people(graph, 2)
    graph.write(lambda tx: ConnectionWriter(tx).connect(ada, bob, since="2026-11-21"))
    assert ada not in before.slot_of
    clock.now += index_module.MAX_AGE_SECONDS
    assert linked(reader.network, ada, bob)


def test_a_bulk_load_is_read_beside_and_holds_up_nothing_else(
    driver: neo4j.Driver, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it waits, what one person did is seen at once; when everything was read again, so is the load."""
    monkeypatch.setattr(index_module, "BULK_PEOPLE", 5)
    monkeypatch.setattr(index_module, "MAX_BACKLOG", 5)
    reader = worker(driver)
    release, read = threading.Event(), index_module.load

    def slow_load(found: neo4j.Driver) -> tuple[str, int, Network]:
        assert release.wait(30)
        return read(found)

    monkeypatch.setattr(index_module, "load", slow_load)
    reader.index._next_build = float("-inf")
    many = [new_id() for _ in range(20)]
    rows = [a_snapshot(id=one, handle=one, name="Many", version=1) for one in many]
    reader.graph.write(lambda tx: PeopleWriter(tx).project(rows))
    assert many[0] not in reader.network.slot_of
    (ada,) = people(reader.graph, 1)
    reader.graph.write(lambda tx: ConnectionWriter(tx).connect(ada, many[0], since="2026-11-21"))
    assert linked(reader.network, ada, many[0])
    release.set()
    assert reader.index._building is not None
    reader.index._building.join(30)
    assert all(one in reader.network.slot_of for one in many)
    assert linked(reader.network, ada, many[0])


def test_a_rebuild_loses_no_change_that_was_made_meanwhile(
    driver: neo4j.Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is published at the position at which it began, and what came later is followed again."""
    own = worker(driver)
    ada, bob = people(own.graph, 2)
    read = index_module.load

    def load_and_change(found: neo4j.Driver) -> tuple[str, int, Network]:
        result = read(found)
        own.graph.write(lambda tx: ConnectionWriter(tx).connect(ada, bob, since="2026-11-21"))
        assert linked(own.network, ada, bob)
        return result

    monkeypatch.setattr(index_module, "load", load_and_change)
    before = own.network
    own.index._build_beside()
    assert own.index._building is not None
    own.index._building.join(30)
    assert own.network is not before
    assert linked(own.network, ada, bob)


def test_a_position_that_was_never_committed_holds_nobody_up(driver: neo4j.Driver) -> None:
    """As after a commit that failed: Neo4j is believed, once."""
    own = worker(driver)
    position = own.index.view(own.graph).position
    own.index.wrote(position + 5)
    assert own.index.view(own.graph).position == position
    assert own.index._shared.read() == position


def test_a_commit_that_is_not_wholly_visible_yet_is_waited_for(
    driver: neo4j.Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neo4j shows the head's property before the entry is in its index; that is no sign of a replaced store."""
    own = worker(driver)
    before, read = own.index.view(own.graph), Graph.read_latest
    torn: list[str] = []

    def tear(self: Graph, text: str, **parameters: Any) -> list[dict[str, Any]]:
        rows = read(self, text, **parameters)
        torn.append(text)
        return [row | {"position": row["position"] + 1, "entries": []} for row in rows]

    monkeypatch.setattr(Graph, "read_latest", tear)
    ada, bob = people(own.graph, 2)
    own.graph.write(lambda tx: ConnectionWriter(tx).connect(ada, bob, since="2026-11-21"))
    after = own.index.view(own.graph)
    assert torn
    assert after.network is before.network
    assert linked(after.network, ada, bob)


def test_writers_beside_readers_discard_no_index(driver: neo4j.Driver) -> None:
    """Four writers for some seconds, and a reader who looks all the time: every look is whole."""
    own, reader = worker(driver), worker(driver)
    pairs = [people(own.graph, 2) for _ in range(4)]
    network, ending = reader.network, time.monotonic() + 4

    def write(pair: list[str]) -> None:
        while time.monotonic() < ending:
            own.graph.write(lambda tx: ConnectionWriter(tx).connect(*pair, since="2026-11-21"))
            own.graph.write(
                lambda tx: connections.remove_connection(ConnectionWriter(tx), me=pair[0], other=pair[1], now=NOW)
            )

    with ThreadPoolExecutor(4) as pool:
        writing = [pool.submit(write, pair) for pair in pairs]
        looks = 0
        while time.monotonic() < ending:
            reader.index._followed_at = float("-inf")
            assert reader.network is network
            looks += 1
        for future in writing:
            future.result()
    assert looks > 20


@pytest.mark.parametrize("lost", ["epoch", "position", "entries"])
def test_when_neo4j_was_replaced_everything_is_read_again(
    lost: str, driver: neo4j.Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another store, an older copy of the same, or one in which entries are missing."""
    own = worker(driver)
    before, head = own.index.view(own.graph), FeedReader.head

    def replaced(self: FeedReader, after: int, *, host: str, known: int) -> Head:
        real = head(self, after, host=host, known=known)
        return {
            "epoch": replace(real, epoch="another"), "position": replace(real, position=after - 1),
            "entries": replace(real, position=after + 1, entries=()),
        }[lost]  # fmt: skip

    with monkeypatch.context() as patched:
        patched.setattr(FeedReader, "head", replaced)
        own.index.wrote(before.position + 1)
        with pytest.raises(Unavailable):
            own.index.view(own.graph)
    after = own.index.view(own.graph, wait=30)
    assert after.network is not before.network
    assert len(after.network) >= len(before.network)


def test_what_is_read_at_once_and_what_is_taken_over_bit_by_bit_is_the_same(
    driver: neo4j.Driver, index: PeopleIndex, graph: Graph
) -> None:
    """Terms, links and columns of everybody."""
    mine = people(graph, 5)
    for one, other in itertools.pairwise(mine):
        graph.write(lambda tx, a=one, b=other: ConnectionWriter(tx).connect(a, b, since="2026-11-21"))  # type: ignore[misc]
    index._followed_at = float("-inf")
    followed = index.view(graph).network
    _, _, read = load(driver)

    def of(network: Network, person: str) -> object:
        slot = network.slot_of[person]
        links = sorted(network.ids[other] for other in network.connections.row(slot))
        terms = sorted((term, slot in network.term(term)) for term in network.terms[slot])
        columns = [
            network.column(name)[slot] for name in ("identity", "practise", "joined", "name_key", "listed", "claimed")
        ]
        return links, terms, columns, network.names[slot], network.texts[slot]

    for person in mine:
        assert of(followed, person) == of(read, person)


def test_a_cached_group_follows_each_change(driver: neo4j.Driver) -> None:
    """Its fields, its discussions, and people's memberships; every step changes one of them, and is read once."""
    own = worker(driver, clock=Clock())
    graph = own.graph
    ada, bob = people(graph, 2)
    given = {"name": "Kept", "purpose": "p", "visibility": "LISTED", "join_policy": "OPEN", "member_limit": 9}
    group = graph.write(
        lambda tx: groups.create_group(GroupWriter(tx), owner=ada, owner_level="IDENTITY", given=given, now=NOW)
    )["id"]
    first, second, post = new_id(), new_id(), new_id()
    now = "2026-11-21T08:00:00.000000Z"
    text = {
        "group_id": group, "author_id": bob, "kind": "DISCUSSION", "state": "PUBLISHED", "title": "t", "body": "b",
        "language": "en", "post_count": 0, "created_at": now, "changed_at": now, "version": 1,
    }  # fmt: skip
    answer = {"discussion_id": first, "author_id": ada, "state": "PUBLISHED", "body": "b", "created_at": now}
    newer = a_snapshot(id=bob, handle=bob, name="Bob", version=99)

    def write(act: Callable[[Writing], object]) -> Callable[[], object]:
        return lambda: graph.write(lambda tx: act(Writing.of(tx, CIPHER)))

    imports = ImportStore(graph, actor="service:operator")
    steps: list[Callable[[], object]] = [
        write(lambda w: w.groups.update(group, {"name": "Renamed", "sort_name": "renamed"})),
        write(lambda w: w.groups.ask(group, me=bob, message=None, now=now)),
        write(lambda w: w.groups.remove(group, bob)),
        write(lambda w: w.groups.invite(group, bob, me=ada, now=now)),
        write(lambda w: w.groups.admit(group, bob, now=now)),
        write(lambda w: w.groups.set_role(group, bob, "MODERATOR")),
        write(lambda w: w.moderation.suspend(group, bob, until="2026-12-01")),
        write(lambda w: w.moderation.lift(group, bob)),
        write(lambda w: w.groups.ban(group, bob, me=ada, reason="r", now=now)),
        write(lambda w: w.groups.unban(group, bob)),
        write(lambda w: w.groups.admit(group, bob, now=now)),
        write(lambda w: w.discussions.create(author=bob, group=group, discussion=text | {"id": first})),
        write(lambda w: w.discussions.add_post(author=ada, discussion=first, post=answer | {"id": new_id()})),
        write(lambda w: w.discussions.change(first, {"title": "other"})),
        lambda: imports.discussions([{"author": bob, "discussion": text | {"id": second}}]),
        lambda: imports.posts([{"author": ada, "post": answer | {"id": post, "answers": True}}]),
        lambda: graph.write(lambda tx: PeopleWriter(tx).project([newer])),
        write(lambda w: w.groups.remove(group, bob)),
        lambda: imports.memberships([{"group": group, "person": bob, "role": "MEMBER", "joined_at": now}]),
        lambda: RightsStore(graph).erase([ada], CIPHER),
        lambda: RightsStore(graph).erase([bob], CIPHER),
    ]

    def seen(pages: GroupPages) -> object:
        memberships = [pages.memberships(graph, one, snapshot=True) for one in (ada, bob)]
        return pages.read(graph, [group], 3), memberships

    before = seen(own.index.view(graph).groups)
    for number, step in enumerate(steps):
        step()
        cached = seen(own.index.view(graph).groups)
        stored = seen(GroupPages())
        assert stored != before, number
        assert cached == stored, number
        before = stored


def test_what_is_cached_is_not_read_again(driver: neo4j.Driver) -> None:
    """Until it changes."""
    own = worker(driver)
    graph = own.graph
    (ada,) = people(graph, 1)
    given = {"name": "Kept", "purpose": "p", "visibility": "LISTED", "join_policy": "OPEN", "member_limit": 9}
    group = graph.write(
        lambda tx: groups.create_group(GroupWriter(tx), owner=ada, owner_level="IDENTITY", given=given, now=NOW)
    )["id"]
    queries: list[str] = []
    counted, pages = Counted(graph, queries), own.index.view(graph).groups
    for first in (1, 1, 2, 1):
        pages.read(counted, [group], first)  # type: ignore[arg-type]
        pages.memberships(counted, ada, snapshot=True)  # type: ignore[arg-type]
    assert len(queries) == 2


class Counted:
    """A graph that notes what it is asked."""

    remaining = 30.0

    def __init__(self, graph: Graph, queries: list[str]) -> None:
        self._graph, self._queries = graph, queries

    def read(self, text: str, **parameters: object) -> list[dict[str, object]]:
        """See Graph."""
        self._queries.append(text)
        return self._graph.read(text, **parameters)

    read_latest = read_settled = read


def test_without_neo4j_the_index_says_so(index: PeopleIndex, graph: Graph) -> None:
    """A search that cannot know what has changed is not answered from memory."""
    index._followed_at = float("-inf")
    with connect("bolt://127.0.0.1:1", "neo4j", "none") as nobody, pytest.raises(Unavailable):
        index.view(Graph(nobody))
    assert len(index.view(graph).network) > 0


def test_the_memory_of_cards_is_bounded(driver: neo4j.Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many selections are asked for; the longest unused go first."""
    monkeypatch.setattr(cards_module, "MAX_CARD_BYTES", 20_000)
    own = worker(driver)
    ada, bob = people(own.graph, 2)
    view = own.index.view(own.graph)
    for number in range(200):
        parts = frozenset(name for bit, name in enumerate(OPTIONAL) if number >> bit & 1)
        plain_cards(view.network, view.cards, PeopleStore(own.graph), [bob], parts, viewer=ada, now=NOW)
    assert 1 < len(view.cards) < 40
