"""The relay: at least once, newest wins, and one bad row never holds up the others."""

from __future__ import annotations

import threading
import time
from typing import Any

import orjson
import pytest
import sqlalchemy as sa

from kit.clock import new_id
from kit.errors import Invalid, Unavailable
from profiles.outbox.relay import MAX_PUSHED_PEOPLE, GraphProjection, Relay
from profiles.outbox.store import MAX_ATTEMPTS, OutboxStore
from tests.support.desk import NOW, a_person, unit
from tests.support.retries import now_of, waits


class Graph:
    """Stands for the graph service: keeps what it takes, refuses a batch that names whom it is told to refuse."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, int]] = []
        self.erased: list[str] = []
        self.notified: list[str] = []
        self.refuses: dict[str, Exception] = {}
        self.away = False
        self.away_once = False
        self.calls = 0
        self.position: dict[str, Any] = {"epoch": None, "position": None, "row": None}
        self.before_taking = lambda: None

    def call(self, _method: str, path: str, body: Any, **_: Any) -> Any:
        """Take a batch, all of it or nothing."""
        if path == "/v1/projection/position":
            return self.position
        self.calls += 1
        given = orjson.loads(body)
        people = [person["id"] for person in given.get("people", [])]
        erased, notifications = given.get("ids", []), [row["id"] for row in given.get("notifications", [])]
        if self.away or self.away_once:
            self.away_once = False
            raise Unavailable("no")
        for one in (*people, *erased, *notifications):
            if one in self.refuses:
                raise self.refuses[one]
        self.before_taking()
        self.position = {name: given["position"][name] for name in ("epoch", "position", "row")}
        self.taken += [(person["id"], person["version"]) for person in given.get("people", [])]
        self.erased += erased
        self.notified += notifications
        return {}


def relay(database: sa.Engine, graph: Graph) -> Relay:
    """A relay that has just started, with the fake behind it."""
    return Relay(database, GraphProjection(graph, lambda: "token"))  # type: ignore[arg-type]


def deliver_once(database: sa.Engine, graph: Graph) -> int:
    """One batch."""
    return relay(database, graph).deliver_once()


def queue(database: sa.Engine, *snapshots: tuple[str, int]) -> None:
    """Put snapshots into the outbox, each in a transaction of its own."""
    for person, version in snapshots:
        with database.begin() as connection:
            OutboxStore(connection).add_snapshot({"id": person, "version": version})


def notify(database: sa.Engine, person: str) -> str:
    """Queue a notification; returns its id."""
    with database.begin() as connection:
        outbox = OutboxStore(connection)
        outbox.add_notification(person, "CREDENTIAL_DECIDED", kind="Credential", subject="x", at=NOW)
        return outbox.of_people([person])[-1].id


def rows(database: sa.Engine) -> list[Any]:
    """All rows of the outbox, oldest first."""
    with database.begin() as connection:
        return list(
            connection.execute(
                sa.text(
                    "SELECT id::text, aggregateid, type, attempts, last_error, dead_at, created_at, next_attempt_at "
                    "FROM outbox ORDER BY created_at"
                )
            )
        )


def due(database: sa.Engine) -> None:
    """Let every row be due now, as if its wait were over."""
    with database.begin() as connection:
        connection.execute(sa.text("UPDATE outbox SET next_attempt_at = now()"))


@pytest.fixture(autouse=True)
def _empty(database: sa.Engine) -> None:
    with database.begin() as connection:
        connection.execute(sa.text("DELETE FROM outbox"))
        connection.execute(sa.text("UPDATE projection SET delivered = 0"))


def test_only_the_newest_snapshot_of_a_person_is_sent(database: sa.Engine) -> None:
    """It holds all that the older ones say."""
    ada, bob = sorted((new_id(), new_id()))
    queue(database, (ada, 1), (bob, 4), (ada, 3), (ada, 2))
    graph = Graph()
    assert deliver_once(database, graph) == 4
    assert graph.taken == [(ada, 3), (bob, 4)]
    assert rows(database) == []


def test_an_outage_loses_nothing_and_counts_against_no_row(database: sa.Engine) -> None:
    """Rows leave the outbox only when the graph has taken them."""
    ada, bob = new_id(), new_id()
    queue(database, (ada, 1), (bob, 1))
    graph = Graph()
    graph.away = True
    with pytest.raises(Unavailable):
        deliver_once(database, graph)
    assert [row.attempts for row in rows(database)] == [0, 0]
    graph.away = False
    assert deliver_once(database, graph) == 2
    assert sorted(graph.taken) == sorted([(ada, 1), (bob, 1)])


@pytest.mark.parametrize("error", [Invalid("bad"), Unavailable("too slow, or a bug")])
def test_a_refused_row_of_any_type_waits_while_the_others_arrive(database: sa.Engine, error: Exception) -> None:
    """Snapshots, erasures and notifications: the refused ones stay, with their age, and wait longer."""
    good, bad = [sorted(new_id() for _ in range(40)) for _ in range(2)]
    refused: set[str] = set()
    delivered: dict[str, set[str]] = {"snapshot": set(), "erasure": set(), "notification": set()}
    for index in range(20):
        bad_one = index in {3, 7}
        own = bad[index] if bad_one else good[index]
        queue(database, (own, 1))
        told = notify(database, good[20 + index])
        with database.begin() as connection:
            gone = bad[20 + index] if bad_one else good[39 - index] + "e"
            OutboxStore(connection).add_erasure(gone, erasure_id=new_id())
        refused |= {own, told, gone} if bad_one else set()
        if not bad_one:
            delivered["snapshot"].add(own)
            delivered["notification"].add(told)
            delivered["erasure"].add(gone)
    graph = Graph()
    graph.refuses = dict.fromkeys(refused, error)
    before = {row.id: row.created_at for row in rows(database)}
    assert deliver_once(database, graph) == 60
    assert {person for person, _ in graph.taken} == delivered["snapshot"]
    assert set(graph.erased) == delivered["erasure"]
    assert set(graph.notified) == delivered["notification"]
    left = rows(database)
    assert sorted(row.type for row in left) == sorted(["ProfessionalChanged", "ProfessionalErased", "Notified"] * 2)
    assert {row.attempts for row in left} == {1}
    assert {row.last_error for row in left} == {f"{error.code}: {error.message}"}  # type: ignore[attr-defined]
    assert all(row.created_at == before[row.id] and row.next_attempt_at > row.created_at for row in left)
    calls = graph.calls
    assert deliver_once(database, graph) == 0
    assert graph.calls == calls
    graph.refuses = {}
    due(database)
    assert deliver_once(database, graph) == 6
    assert rows(database) == []


def test_a_row_that_fails_for_hours_is_dead_and_can_be_revived(database: sa.Engine) -> None:
    """It is counted, and no longer tried, until the operator says so or a newer snapshot arrives."""
    bad = new_id()
    queue(database, (bad, 1))
    graph = Graph()
    graph.refuses = {bad: Invalid("bad")}
    for wait in waits(MAX_ATTEMPTS):
        due(database)
        before = now_of(database)
        assert deliver_once(database, graph) == 1
        assert before + wait <= rows(database)[0].next_attempt_at <= now_of(database) + wait
    due(database)
    assert deliver_once(database, graph) == 0
    with database.begin() as connection:
        outbox = OutboxStore(connection)
        assert (outbox.size(), outbox.dead()) == (0, 1)
        assert outbox.revive() == 1
    graph.refuses = {}
    assert deliver_once(database, graph) == 1
    assert graph.taken == [(bad, 1)]


def test_a_request_delivers_the_rows_of_whom_it_changed_and_of_nobody_else(database: sa.Engine) -> None:
    """All rows of these people, the relay's too, in one call a kind."""
    ada, bob = new_id(), new_id()
    queue(database, (ada, 1), (bob, 1), (ada, 2))
    told = notify(database, ada)
    graph = Graph()
    assert relay(database, graph).push({ada}, seconds=2) is True
    assert (graph.taken, graph.notified, graph.calls) == ([(ada, 2)], [told], 2)
    assert [row.aggregateid for row in rows(database)] == [bob]


def test_a_push_does_not_wait_for_a_relay_that_holds_the_rows(database: sa.Engine) -> None:
    """It sends them too, because applying a snapshot twice is harmless; the relay's transaction removes them."""
    ada = new_id()
    queue(database, (ada, 1))
    relayed, graph = Graph(), Graph()
    holding, release = threading.Event(), threading.Event()

    def hold() -> None:
        holding.set()
        assert release.wait(10)

    relayed.before_taking = hold
    worker = threading.Thread(target=deliver_once, args=(database, relayed))
    worker.start()
    assert holding.wait(10)
    assert relay(database, graph).push({ada}, seconds=2) is True
    assert worker.is_alive()
    assert graph.taken == [(ada, 1)]
    release.set()
    worker.join(10)
    assert relayed.taken == [(ada, 1)]
    assert rows(database) == []


def test_a_push_that_fails_leaves_the_rows_to_the_relay(database: sa.Engine) -> None:
    """The graph is away; the rows wait as they are."""
    ada = new_id()
    queue(database, (ada, 1))
    graph = Graph()
    graph.away = True
    assert relay(database, graph).push({ada}, seconds=2) is False
    assert [(row.aggregateid, row.attempts) for row in rows(database)] == [(ada, 0)]
    graph.away = False
    assert deliver_once(database, graph) == 1


def test_a_push_is_repeated_where_the_graph_was_away_for_a_moment(database: sa.Engine) -> None:
    """It answers the question that follows, so the row is not to blame, and its request has time left."""
    ada = new_id()
    queue(database, (ada, 1))
    graph = Graph()
    graph.away_once = True
    assert relay(database, graph).push({ada}, seconds=2) is True
    assert graph.taken == [(ada, 1)]
    assert rows(database) == []


def test_batches_are_left_to_the_relay(database: sa.Engine) -> None:
    """What is queued as a batch names nobody to push; a request that changed very many people pushes none."""
    graph = Graph()
    with database.begin() as connection:
        outbox = OutboxStore(connection)
        outbox.add_snapshots([{"id": new_id(), "version": 1}, {"id": new_id(), "version": 1}])
        assert outbox.people == set()
    many = {new_id() for _ in range(MAX_PUSHED_PEOPLE + 1)}
    assert relay(database, graph).push(many, seconds=2) is False
    assert graph.calls == 0


def test_the_relay_leaves_a_row_to_its_request_for_two_seconds(database: sa.Engine) -> None:
    """So that not everything is delivered twice."""
    person = a_person(database)
    from profiles.outbox.relay import HEAD_START_SECONDS
    from profiles.wiring import working
    from tests.support.desk import CIPHER

    with working(database, CIPHER, head_start_seconds=HEAD_START_SECONDS) as work:
        work.publish(person)
        assert work.outbox.people == {person}
    row = rows(database)[0]
    assert (row.next_attempt_at - row.created_at).total_seconds() == HEAD_START_SECONDS
    assert deliver_once(database, Graph()) == 0
    with unit(database) as work:
        work.publish(person)
    assert deliver_once(database, Graph()) == 1


def test_a_push_ends_with_the_time_of_its_request(database: sa.Engine) -> None:
    """Also the comparison with the graph that comes before the first delivery."""
    deadlines: list[float] = []

    class Slow(Graph):
        """Answers nothing, and notes how long it would have been waited for."""

        def call(self, _method: str, path: str, body: Any, **given: Any) -> Any:
            """Wait in vain."""
            deadlines.append(given["context"].deadline)
            raise Unavailable("no")

    ada = new_id()
    queue(database, (ada, 1))
    until = time.monotonic() + 0.5
    assert relay(database, Slow()).push({ada}, seconds=0.5) is False
    assert deadlines
    assert all(deadline <= until + 0.2 for deadline in deadlines)
