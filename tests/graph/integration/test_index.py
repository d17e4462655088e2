"""The index of people follows Neo4j: every kind of change within a second, and what came without a mark as well."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from datetime import UTC, datetime

import neo4j
import pytest

from graph.connections import usecases as connections
from graph.connections.store import ConnectionWriter
from graph.db import Graph, connect
from graph.groups import usecases as groups
from graph.groups.pages import GroupPages
from graph.groups.store import GroupWriter
from graph.imports.store import ImportStore
from graph.notifications.store import NotificationWriter
from graph.peers import index as index_module
from graph.peers.index import PeopleIndex, load
from graph.peers.network import Network
from graph.people.store import PeopleWriter
from graph.rights.store import RightsStore
from graph.writing import Writing
from kit.cipher import FieldCipher
from kit.clock import new_id
from kit.errors import Unavailable
from tests.graph.integration.test_races import people
from tests.graph.unit.test_cards import a_snapshot

CIPHER = FieldCipher(((1, b"k" * 32),), b"")
NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


@pytest.fixture
def index(driver: neo4j.Driver, graph: Graph) -> PeopleIndex:
    """An index that knows nothing of the writes of this test but by reading."""
    found = PeopleIndex(driver)
    found.current(graph, wait=30)
    return found


def linked(network: Network, one: str, other: str) -> bool:
    """Whether two are connected, seen from both sides alike."""
    a, b = network.slot_of[one], network.slot_of[other]
    there, back = b in network.connections.row(a), a in network.connections.row(b)
    assert there == back
    return bool(there)


def soon(index: PeopleIndex, graph: Graph, seen: object, *, within: float = 1.0) -> bool:
    """Whether something is seen within a second, asking again and again as queries do."""
    assert callable(seen)
    until = time.monotonic() + within * 3  # three times the figure, on a busy machine
    while time.monotonic() < until:
        if seen(index.current(graph)):
            return True
        time.sleep(0.05)
    return False


def test_each_change_is_seen_within_a_second(index: PeopleIndex, graph: Graph) -> None:
    """A new person, a newer snapshot, connecting, parting, blocking, joining, leaving, and being erased."""
    ada, bob = people(graph, 2)
    assert soon(index, graph, lambda n: ada in n.slot_of and n.column("listed")[n.slot_of[ada]])
    graph.write(
        lambda tx: PeopleWriter(tx).project([a_snapshot(id=ada, handle=ada, name="Zoe", version=99, suspended=True)])
    )
    assert soon(index, graph, lambda n: not n.column("listed")[n.slot_of[ada]] and n.names[n.slot_of[ada]] == "zoe")
    graph.write(lambda tx: PeopleWriter(tx).project([a_snapshot(id=ada, handle=ada, name="Ada", version=100)]))
    graph.write(lambda tx: ConnectionWriter(tx).connect(ada, bob, since="2026-11-21"))
    assert soon(index, graph, lambda n: linked(n, ada, bob))
    graph.write(lambda tx: connections.remove_connection(ConnectionWriter(tx), me=ada, other=bob, now=NOW))
    assert soon(index, graph, lambda n: not linked(n, ada, bob))
    graph.write(lambda tx: connections.block(ConnectionWriter(tx), me=bob, other=ada, now=NOW))
    assert soon(index, graph, lambda n: n.slot_of[bob] in n.blocks.get(n.slot_of[ada], ()))
    graph.write(lambda tx: connections.unblock(ConnectionWriter(tx), me=bob, other=ada, now=NOW))
    assert soon(index, graph, lambda n: n.slot_of[bob] not in n.blocks.get(n.slot_of[ada], ()))
    given = {"name": "Index", "purpose": "p", "visibility": "LISTED", "join_policy": "OPEN", "member_limit": 9}
    group = graph.write(
        lambda tx: groups.create_group(GroupWriter(tx), owner=ada, owner_level="IDENTITY", given=given, now=NOW)
    )["id"]
    assert soon(index, graph, lambda n: len(n.groups.row(n.slot_of[ada])) == 1)
    graph.write(
        lambda tx: groups.join_group(
            GroupWriter(tx), NotificationWriter(tx), group_id=group, me=bob, message=None, now=NOW
        )
    )
    assert soon(index, graph, lambda n: len(n.members.row(n.group_slots[group])) == 2)
    graph.write(lambda tx: GroupWriter(tx).remove(group, bob))
    assert soon(index, graph, lambda n: len(n.members.row(n.group_slots[group])) == 1)
    graph.write(lambda tx: ConnectionWriter(tx).connect(ada, bob, since="2026-11-21"))
    RightsStore(graph).erase([ada])
    assert soon(index, graph, lambda n: not n.column("listed")[n.slot_of[ada]])
    assert soon(index, graph, lambda n: not linked(n, ada, bob))


def test_a_write_of_this_process_is_known_at_once(driver: neo4j.Driver, index: PeopleIndex) -> None:
    """What one has just done shows in one's next query."""
    own = Graph(driver, lambda: 30, wrote=index.expire)
    for _ in range(5):
        index.current(own)
        ada, bob = people(own, 2)
        own.write(lambda tx, a=ada, b=bob: ConnectionWriter(tx).connect(a, b, since="2026-11-21"))  # type: ignore[misc]
        assert linked(index.current(own), ada, bob)


def test_links_that_came_without_a_mark_are_found_by_their_count(
    driver: neo4j.Driver, index: PeopleIndex, graph: Graph
) -> None:
    """As a bulk import makes them; all is read again beside the old network, which answers meanwhile."""
    ada, bob = people(graph, 2)
    assert soon(index, graph, lambda n: bob in n.slot_of)
    with driver.session() as session:
        session.run(
            "MATCH (a:Professional {id: $a}), (b:Professional {id: $b}) MERGE (a)-[:CONNECTED_TO]->(b)", a=ada, b=bob
        ).consume()
    assert soon(index, graph, lambda n: linked(n, ada, bob), within=10)


def test_after_very_many_changes_all_is_read_again_and_nobody_waits(
    index: PeopleIndex, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after an import of many people: the newest are known at once, the rest when all was read."""
    monkeypatch.setattr(index_module, "MANY_CHANGED", 5)
    monkeypatch.setattr(index_module, "CHANGED_AT_ONCE", 3)
    mine = people(graph, 20)
    (newest,) = people(graph, 1)
    index.expire()
    assert newest in index.current(graph).slot_of
    assert soon(index, graph, lambda n: all(one in n.slot_of for one in mine), within=10)


def test_more_changes_than_are_listed_are_not_overlooked(
    index: PeopleIndex, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when nobody has searched while a million people were imported."""
    monkeypatch.setattr(index_module, "MOST_LISTED", 5)
    mine = people(graph, 20)
    assert soon(index, graph, lambda n: all(one in n.slot_of for one in mine), within=10)


def test_what_is_read_at_once_and_what_is_taken_over_bit_by_bit_is_the_same(
    driver: neo4j.Driver, index: PeopleIndex, graph: Graph
) -> None:
    """Terms, links and columns of everybody."""
    mine = people(graph, 5)
    for one, other in itertools.pairwise(mine):
        graph.write(lambda tx, a=one, b=other: ConnectionWriter(tx).connect(a, b, since="2026-11-21"))  # type: ignore[misc]
    index.expire()
    followed = index.current(graph)
    read, _ = load(driver)

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


def test_what_is_kept_of_a_group_follows_each_change(index: PeopleIndex, graph: Graph) -> None:
    """Its fields, its discussions, and how people stand to it; every step changes one of them, with a mark."""
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

    imports = ImportStore(graph)
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
        lambda: RightsStore(graph).erase([ada]),
        lambda: RightsStore(graph).erase([bob]),
    ]

    def seen(pages: GroupPages) -> object:
        standings = [pages.standings(graph, one, snapshot=True) for one in (ada, bob)]
        return pages.read(graph, [group], 3), standings

    index.current(graph)
    before = seen(index.groups(graph))
    for number, step in enumerate(steps):
        step()
        stored = seen(GroupPages())
        assert stored != before, number
        index.expire()
        index.current(graph)
        assert seen(index.groups(graph)) == stored, number
        before = stored


def test_what_is_kept_is_not_read_again(index: PeopleIndex, graph: Graph) -> None:
    """Until it changes."""
    (ada,) = people(graph, 1)
    given = {"name": "Kept", "purpose": "p", "visibility": "LISTED", "join_policy": "OPEN", "member_limit": 9}
    group = graph.write(
        lambda tx: groups.create_group(GroupWriter(tx), owner=ada, owner_level="IDENTITY", given=given, now=NOW)
    )["id"]
    index.expire()
    index.current(graph)
    queries: list[str] = []
    counted, kept = Counted(graph, queries), index.groups(graph)
    for first in (1, 1, 2, 1):
        kept.read(counted, [group], first)  # type: ignore[arg-type]
        kept.standings(counted, ada, snapshot=True)  # type: ignore[arg-type]
    assert len(queries) == 2


class Counted:
    """A graph that notes what it is asked."""

    def __init__(self, graph: Graph, queries: list[str]) -> None:
        self._graph, self._queries = graph, queries

    def read(self, text: str, **parameters: object) -> list[dict[str, object]]:
        """See Graph."""
        self._queries.append(text)
        return self._graph.read(text, **parameters)


def test_without_neo4j_the_index_says_so(index: PeopleIndex, graph: Graph) -> None:
    """A search that cannot know what has changed is not answered from memory."""
    index.expire()
    with connect("bolt://127.0.0.1:1", "neo4j", "none") as nobody, pytest.raises(Unavailable):
        index.current(Graph(nobody))
    assert len(index.current(graph)) > 0
