"""The relay: at least once, newest wins, and one bad row does not hold up the others."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
import sqlalchemy as sa

from kit.clock import new_id
from kit.errors import Unavailable
from profiles.outbox.relay import deliver_once
from profiles.outbox.store import OutboxStore


class Graph:
    """Stands for the graph service: keeps what it takes, refuses whom it is told to."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, int]] = []
        self.refuses: set[str] = set()
        self.away = False

    def call(self, _method: str, _path: str, body: bytes, **_: Any) -> Any:
        """Take a batch, all of it or nothing."""
        people = orjson.loads(body)["people"]
        if self.away or self.refuses & {person["id"] for person in people}:
            raise Unavailable("no")
        self.taken += [(person["id"], person["version"]) for person in people]


def queue(database: sa.Engine, *snapshots: tuple[str, int]) -> None:
    """Put snapshots into the outbox, each in a transaction of its own."""
    for person, version in snapshots:
        with database.begin() as connection:
            OutboxStore(connection).add_snapshot({"id": person, "version": version})


def waiting(database: sa.Engine) -> int:
    """How many rows are in the outbox."""
    with database.begin() as connection:
        return OutboxStore(connection).size()


@pytest.fixture(autouse=True)
def _empty(database: sa.Engine) -> None:
    with database.begin() as connection:
        connection.execute(sa.text("DELETE FROM outbox"))


def test_only_the_newest_snapshot_of_a_person_is_sent(database: sa.Engine) -> None:
    """It holds all that the older ones say."""
    ada, bob = sorted((new_id(), new_id()))
    queue(database, (ada, 1), (bob, 4), (ada, 3), (ada, 2))
    graph = Graph()
    assert deliver_once(database, graph, "t") == 4  # type: ignore[arg-type]
    assert graph.taken == [(ada, 3), (bob, 4)]
    assert waiting(database) == 0


def test_an_outage_loses_nothing(database: sa.Engine) -> None:
    """Rows leave the outbox only when the graph has taken them."""
    ada, bob = new_id(), new_id()
    queue(database, (ada, 1), (bob, 1))
    graph = Graph()
    graph.away = True
    with pytest.raises(Unavailable):
        deliver_once(database, graph, "t")  # type: ignore[arg-type]
    assert waiting(database) == 2
    graph.away = False
    assert deliver_once(database, graph, "t") == 2  # type: ignore[arg-type]
    assert sorted(graph.taken) == sorted([(ada, 1), (bob, 1)])


def test_a_refused_snapshot_waits_while_the_others_arrive(database: sa.Engine) -> None:
    """It stays in the outbox and is tried again later."""
    ada, bad, cyd = new_id(), new_id(), new_id()
    queue(database, (bad, 1), (ada, 1), (cyd, 1))
    graph = Graph()
    graph.refuses = {bad}
    deliver_once(database, graph, "t")  # type: ignore[arg-type]
    assert sorted(graph.taken) == sorted([(ada, 1), (cyd, 1)])
    assert waiting(database) == 1
    assert deliver_once(database, graph, "t") == 0  # type: ignore[arg-type]
