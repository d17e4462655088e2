"""What the graph service says of a change when Neo4j fails before, during and after its commit, on the real Neo4j."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from threading import Event, Thread
from types import SimpleNamespace
from typing import Any

import neo4j
import pytest
from flask import Flask
from neo4j.exceptions import Neo4jError, ServiceUnavailable
from werkzeug.test import TestResponse

from graph.app import create_app
from graph.db import Graph, Transaction, query
from graph.settings import Settings
from kit.clock import new_id
from kit.errors import OutcomeUnknown, Unavailable
from kit.http import READ_BACK_SECONDS
from kit.idempotency import ANSWERS_LIFETIME
from kit.skew import TIMEOUT_HEADER
from kit.tokens import Caller, TokenVerifier
from tests.graph.integration.test_races import people
from tests.support.engines import Engines
from tests.support.patience import PatientClient


@pytest.fixture(scope="module")
def app(engines: Engines, driver: neo4j.Driver) -> Iterator[Flask]:
    """The service in this process; a token is the id of whom it is for."""
    patch = pytest.MonkeyPatch()
    patch.setattr(TokenVerifier, "verify", lambda _self, token: Caller(token, token=token, confirmed=True))
    made = create_app(
        Settings(
            engines.neo4j_uri, "neo4j", engines.neo4j_password, "http://x", "http://127.0.0.1:1", ((1, b"k" * 32),)
        )
    )
    yield made
    made.extensions["end"]()  # the first request began to watch the engine
    patch.undo()


@pytest.fixture
def ask(app: Flask) -> Callable[..., TestResponse]:
    """Sends a request as somebody, under a key."""

    def send(
        method: str, path: str, body: Any, *, me: str, key: str | None = None, timeout: float | None = None
    ) -> TestResponse:
        headers = {"Authorization": f"Bearer {me}"} | ({"Idempotency-Key": key} if key else {})
        headers |= {TIMEOUT_HEADER: str(timeout)} if timeout is not None else {}
        return PatientClient(app).open(path, method=method, json=body, headers=headers)

    return send


@pytest.fixture
def discussion(graph: Graph, ask: Callable[..., TestResponse]) -> tuple[str, str]:
    """A discussion in a new group, and who opened it."""
    (owner,) = people(graph, 1)
    given = {"name": "Outcomes", "purpose": "p", "visibility": "LISTED", "join_policy": "OPEN"}
    group = ask("POST", "/v1/groups", given, me=owner)
    assert group.status_code == 201, group.text
    asked = {"group": group.json["id"], "kind": "DISCUSSION", "title": "t", "body": "b", "language": "en"}  # type: ignore[index]
    opened = ask("POST", "/v1/discussions", asked, me=owner)
    assert opened.status_code == 201, opened.text
    return opened.json["content"]["id"], owner  # type: ignore[index]


def posts(graph: Graph, discussion: str) -> int:
    """How many posts there are."""
    rows = graph.read("MATCH (:Discussion {id: $id})<-[:ON]-(p:Post) RETURN count(p) AS total", id=discussion)
    return int(rows[0]["total"])


POST = {"body": "Slowly.", "language": "en"}


def commit_then_fail(patch: pytest.MonkeyPatch, *, times: int = 1) -> None:
    """Lose the connection while a commit is under way, after Neo4j has done it."""
    commit, left = neo4j.Transaction.commit, [times]

    def failing(self: neo4j.Transaction) -> None:
        commit(self)
        if left[0]:
            left[0] -= 1
            raise ServiceUnavailable("lost")

    patch.setattr(neo4j.Transaction, "commit", failing)


def test_a_connection_lost_at_the_commit_leaves_the_outcome_open_and_the_key_settles_it(
    graph: Graph, ask: Callable[..., TestResponse], discussion: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One post, whichever way it is asked for again."""
    own, me = discussion
    path, key = f"/v1/discussions/{own}/posts", new_id()
    with monkeypatch.context() as patch:
        commit_then_fail(patch)
        lost = ask("POST", path, POST, me=me, key=key)
    assert (lost.status_code, lost.json["code"]) == (503, "OUTCOME_UNKNOWN")  # type: ignore[index]
    again = ask("POST", path, POST, me=me, key=key)
    assert (again.status_code, again.json["content"]["body"]) == (201, "Slowly.")  # type: ignore[index]
    assert posts(graph, own) == 1


def test_a_failure_before_the_commit_changes_nothing_and_says_so(
    graph: Graph, ask: Callable[..., TestResponse], discussion: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the last statement; the key stays free."""
    own, me = discussion
    path, key = f"/v1/discussions/{own}/posts", new_id()
    with monkeypatch.context() as patch:
        run = neo4j.Transaction.run

        def failing(self: neo4j.Transaction, text: Any, *given: Any, **parameters: Any) -> neo4j.Result:
            if text == query("idempotency/keep_answer"):
                raise ServiceUnavailable("lost")
            return run(self, text, *given, **parameters)

        patch.setattr(neo4j.Transaction, "run", failing)
        failed = ask("POST", path, POST, me=me, key=key)
    assert (failed.status_code, failed.json["code"]) == (503, "UNAVAILABLE")  # type: ignore[index]
    assert posts(graph, own) == 0
    assert ask("POST", path, POST, me=me, key=key).status_code == 201
    assert posts(graph, own) == 1


def test_what_cannot_be_read_back_is_not_told_as_if_nothing_had_been_changed(
    graph: Graph, ask: Callable[..., TestResponse], discussion: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each route: a repetition under the key reads it again and has no second effect."""
    own, me = discussion
    path, key = f"/v1/discussions/{own}/posts", new_id()
    with monkeypatch.context() as patch:
        read = Graph.read
        written = [False]
        commit = neo4j.Transaction.commit

        def committing(self: neo4j.Transaction) -> None:
            commit(self)
            written[0] = True

        def failing(self: Graph, text: str, **parameters: Any) -> Any:
            if written[0]:
                raise Unavailable("slow")
            return read(self, text, **parameters)

        patch.setattr(neo4j.Transaction, "commit", committing)
        patch.setattr(Graph, "read", failing)
        lost = ask("POST", path, POST, me=me, key=key)
    assert (lost.status_code, lost.json["code"]) == (503, "OUTCOME_UNKNOWN")  # type: ignore[index]
    assert ask("POST", path, POST, me=me, key=key).status_code == 201
    assert posts(graph, own) == 1


def test_reading_back_has_time_of_its_own(
    ask: Callable[..., TestResponse], discussion: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the change has used up what the caller gave."""
    own, me = discussion
    spent = [False]
    commit = neo4j.Transaction.commit

    def committing(self: neo4j.Transaction) -> None:
        commit(self)
        spent[0] = True

    monkeypatch.setattr(neo4j.Transaction, "commit", committing)
    # The clock of the deadlines jumps as the commit returns: by then, the caller's time is over.
    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + (60 if spent[0] else 0), time=time.time)
    monkeypatch.setattr("kit.web.time", clock)
    left: list[float] = []  # what each query that reads back is given; Neo4j itself ends none within milliseconds
    read = Graph.read

    def recording(self: Graph, text: str, **parameters: Any) -> Any:
        left.extend([self._remaining()] if spent[0] else [])
        return read(self, text, **parameters)

    monkeypatch.setattr(Graph, "read", recording)
    answer = ask("POST", f"/v1/discussions/{own}/posts", POST, me=me, timeout=30)
    assert answer.status_code == 201, answer.text
    assert left
    assert min(left) > READ_BACK_SECONDS / 2


@pytest.mark.parametrize("route", ["edit", "delete"])
def test_a_route_that_refuses_a_second_time_answers_the_same_under_its_key(
    graph: Graph,
    ask: Callable[..., TestResponse],
    discussion: tuple[str, str],
    monkeypatch: pytest.MonkeyPatch,
    route: str,
) -> None:
    """An expected version that was right the first time; what was deleted already."""
    own, me = discussion
    key = new_id()
    method, body = {"edit": ("PATCH", {"title": "new", "expected_version": 1}), "delete": ("DELETE", None)}[route]
    with monkeypatch.context() as patch:
        commit_then_fail(patch)
        assert ask(method, f"/v1/discussions/{own}", body, me=me, key=key).json["code"] == "OUTCOME_UNKNOWN"  # type: ignore[index]
    again = ask(method, f"/v1/discussions/{own}", body, me=me, key=key)
    assert again.status_code == 200, again.text
    found = graph.read(
        "MATCH (d:Discussion {id: $id}) RETURN d.title AS title, d.state AS state, d.version AS version", id=own
    )
    assert (found[0]["title"], found[0]["state"]) == (("new", "PUBLISHED") if route == "edit" else (None, "DELETED"))
    fresh = ask(method, f"/v1/discussions/{own}", body, me=me, key=new_id())
    assert fresh.status_code == (409 if route == "edit" else fresh.status_code)


def test_an_answered_request_is_answered_once_more_and_its_message_is_not_stored_with_the_key(
    graph: Graph, ask: Callable[..., TestResponse]
) -> None:
    """A repetition reads it from where it stands."""
    ada, bob = people(graph, 2)
    body, key = {"to": bob, "message": "From the congress."}, new_id()
    first = ask("POST", "/v1/connection-requests", body, me=ada, key=key).json
    second = ask("POST", "/v1/connection-requests", body, me=ada, key=key).json
    assert first is not None
    assert first["request"]["message"] == "From the congress."
    assert first["request"] == second["request"]  # type: ignore[index]
    (stored,) = graph.read("MATCH (k:IdempotencyKey {id: $id}) RETURN k.answer AS answer", id=f"{ada} {key}")
    assert "congress" not in stored["answer"]


def test_a_lost_commit_is_unknown_and_a_lost_statement_is_not(
    driver: neo4j.Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the class that all stores use tells it."""
    noted: list[str] = []
    subject = Graph(driver, lambda: 30.0, committed=lambda: noted.append("committed"))
    with monkeypatch.context() as patch:
        commit_then_fail(patch)
        with pytest.raises(OutcomeUnknown):
            subject.write(lambda tx: tx.rows("RETURN 1"))
    assert noted == []

    def lose(_tx: Any) -> None:
        raise ServiceUnavailable("lost")

    with pytest.raises(Unavailable):
        subject.write(lose)
    subject.write(lambda tx: tx.rows("RETURN 1"))
    assert noted == ["committed"]


def test_a_transaction_whose_time_is_over_is_not_committed(graph: Graph, driver: neo4j.Driver) -> None:
    """Neo4j ends it, so that nothing appears after the caller was told that nothing was changed."""
    own = new_id()

    def act(tx: Any) -> None:
        tx.rows("CREATE (:Probe {id: $id})", id=own)
        tx.rows("UNWIND range(1, 1000000000) AS n WITH n WHERE n < 0 RETURN n")

    with pytest.raises(Unavailable):
        Graph(driver, lambda: 0.3).write(act)
    assert graph.read("MATCH (p:Probe {id: $id}) RETURN p.id", id=own) == []


def test_keys_of_two_days_ago_are_deleted_and_younger_ones_are_not(
    graph: Graph, ask: Callable[..., TestResponse]
) -> None:
    """By the job that the worker asks for regularly; docs/guide/changes.md promises a day."""
    from kit import clock

    now = clock.now()
    ids = {name: f"{new_id()} {name}" for name in ("old", "young")}
    from graph.timestamps import stamp

    ages = {"old": ANSWERS_LIFETIME * 1.01, "young": ANSWERS_LIFETIME * 0.99}
    for name, own in ids.items():
        graph.write(
            lambda tx, own=own, name=name: tx.rows(
                "CREATE (:IdempotencyKey {id: $id, created_at: $at, answer: '{}'})", id=own, at=stamp(now - ages[name])
            )
        )
    done = ask("POST", "/v1/duties", {}, me="service:worker")
    assert done.status_code == 200, done.text
    assert done.json["keys"] >= 1  # type: ignore[index]
    left = graph.read("MATCH (k:IdempotencyKey) WHERE k.id IN $ids RETURN k.id AS id", ids=list(ids.values()))
    assert left == [{"id": ids["young"]}]


def test_a_query_that_fails_leaves_the_connection_to_whom_it_goes_next(engines: Engines) -> None:
    """The driver gives it back as soon as the query fails; whoever takes it before the transaction ends is not disturbed."""
    narrow = neo4j.GraphDatabase.driver(
        engines.neo4j_uri, auth=("neo4j", engines.neo4j_password), max_connection_pool_size=1,
        connection_acquisition_timeout=30,
    )  # fmt: skip
    graph = Graph(narrow, remaining=lambda: 60.0)  # how long it takes is not what is tested
    took, may_end, own = Event(), Event(), new_id()

    def next_one() -> None:
        def act(tx: Transaction) -> None:
            tx.rows("CREATE (:Trial {id: $id})", id=own)
            took.set()
            assert may_end.wait(30)
            tx.rows("MATCH (t:Trial {id: $id}) SET t.done = true", id=own)

        graph.write(act)

    other = Thread(target=next_one, daemon=True)

    def fails(tx: Transaction) -> None:
        try:
            tx.rows("UNWIND range(1, 3000) AS n RETURN 1 / (2500 - n) AS late")  # after rows were sent
        except Neo4jError:
            other.start()
            assert took.wait(30)
            raise

    try:
        with pytest.raises(Neo4jError, match="by zero"):
            graph.write(fails)
        may_end.set()
        other.join(30)
        assert not other.is_alive()
        assert graph.read("MATCH (t:Trial {id: $id}) RETURN t.done AS done", id=own) == [{"done": True}]
    finally:
        may_end.set()
        with narrow.session() as session:
            session.run("MATCH (t:Trial {id: $id}) DELETE t", id=own).consume()
        narrow.close()
