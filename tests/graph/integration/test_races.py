"""Rules that must hold when many act at once, on the real Neo4j."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from graph.connections import usecases as connections
from graph.connections.store import ConnectionReader, ConnectionWriter
from graph.db import Graph
from graph.groups import usecases as groups
from graph.groups.store import GroupReader, GroupWriter
from graph.idempotency.store import once
from graph.people.store import PeopleStore
from kit.clock import new_id
from kit.errors import LimitReached
from tests.graph.unit.test_cards import a_snapshot

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


def at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """What `count` threads get that start together: results, or the errors raised."""
    results: list[Any] = [None] * count
    gate = threading.Barrier(count)

    def run(number: int) -> None:
        gate.wait()
        try:
            results[number] = act(number)
        except Exception as error:
            results[number] = error

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def people(graph: Graph, count: int) -> list[str]:
    """The ids of new people whom the relay has brought."""
    ids = [new_id() for _ in range(count)]
    PeopleStore(graph).project([a_snapshot(id=i, handle=i, name=i) for i in ids])
    return ids


def test_32_join_a_group_of_5_and_exactly_5_are_in(graph: Graph) -> None:
    """The group's lock is taken before its members are counted."""
    owner, *others = people(graph, 33)
    given = {"name": "Small", "purpose": "p", "visibility": "LISTED", "join_policy": "OPEN", "member_limit": 5}
    group = graph.write(
        lambda tx: groups.create_group(GroupWriter(tx), owner=owner, owner_level="IDENTITY", given=given, now=NOW)
    )["id"]

    def join(number: int) -> Any:
        return graph.write(
            lambda tx: groups.join_group(GroupWriter(tx), group_id=group, me=others[number], message=None, now=NOW)
        )

    results = at_once(32, join)
    assert [type(r) for r in results].count(dict) == 4
    assert sum(isinstance(r, LimitReached) for r in results) == 28
    assert GroupReader(graph).get([group], viewer=owner)[group].member_count == 5


def test_crossing_requests_connect_once(graph: Graph) -> None:
    """Whoever comes second finds the other's request; no request is left over."""
    for _ in range(8):
        ada, bob = people(graph, 2)

        def ask(number: int, ada: str = ada, bob: str = bob) -> Any:
            me, other = (ada, bob) if number % 2 else (bob, ada)
            return graph.write(
                lambda tx: connections.request_connection(
                    ConnectionWriter(tx), me=me, other=other, message=None, now=NOW
                )
            )

        results = at_once(8, ask)
        assert not [r for r in results if isinstance(r, Exception)]
        reader = ConnectionReader(graph)
        assert [row["id"] for row in reader.connections(ada, after=("", ""), first=10)] == [bob]
        assert reader.count(bob) == 1
        for me in (ada, bob):
            assert reader.requests(me, received=True, now="", after=("9999", ""), first=10) == []


def test_32_repetitions_at_once_have_one_effect(graph: Graph) -> None:
    """The key's node is locked until the first has committed its answer."""
    effects: list[int] = []
    actor = new_id()

    def ask(_number: int) -> Any:
        def act() -> dict[str, int]:
            effects.append(1)
            return {"n": 1}

        return graph.write(lambda tx: once(tx, actor=actor, key="k", request=1, now="", act=act))

    assert at_once(32, ask) == [{"n": 1}] * 32
    assert effects == [1]


def test_of_many_snapshots_of_one_person_the_newest_stays(graph: Graph) -> None:
    """Delivered in any order and more than once."""
    person = new_id()

    def project(number: int) -> int:
        version = (number * 7) % 32 + 1
        return PeopleStore(graph).project([a_snapshot(id=person, handle=person, version=version, name=f"v{version}")])

    at_once(32, project)
    (row,) = PeopleStore(graph).cards([person], viewer=person, now="")
    assert (row["snapshot"]["version"], row["snapshot"]["name"]) == (32, "v32")
