"""The plans of all named queries are in Neo4j's cache before somebody waits for them."""

from __future__ import annotations

import re
from collections import Counter

import neo4j
import pytest
import structlog

from graph import db, warmup
from graph.db import named_queries
from graph.feed.domain import sources
from graph.warmup import NOBODY, PlanCache, parameters_of, prime, variants_of


def plans_dropped(driver: neo4j.Driver) -> int:
    """Empty Neo4j's cache of plans; how many there were."""
    with driver.session() as session:
        said = session.run("CALL db.clearQueryCaches()").single(strict=True)[0]
    number = re.search(r"\d+", said)  # none where it says that the cache was empty
    return int(number[0]) if number else 0


def test_no_reading_query_is_planned_when_it_is_run(driver: neo4j.Driver, graph: db.Graph) -> None:
    """All have plans, which are those that are used; what writes is only explained, and nothing is written."""
    texts = named_queries()
    before = graph.read("MATCH (n) RETURN count(n) AS n")
    plans_dropped(driver)
    with structlog.testing.capture_logs() as lines:
        PlanCache(driver).prepare()
    assert graph.read("MATCH (n) RETURN count(n) AS n") == before
    assert graph.read("MATCH (n {id: $id}) RETURN count(n) AS n", id=NOBODY) == [{"n": 0}]
    assert [line for line in lines if line["event"] == "query_not_planned"] == []
    assert [line["count"] for line in lines if line["event"] == "queries_planned"] == [len(texts)]
    prepared = plans_dropped(driver)
    assert prepared >= len(texts)
    reading = [text for text in texts.values() if sources(text) is None]
    assert len(reading) > 60
    plans_dropped(driver)
    PlanCache(driver).prepare()
    for text in reading:
        with driver.session() as session:
            session.run(text, parameters_of(text, texts)).consume()  # type: ignore[arg-type]
    # Neo4j plans a few again by itself where its statistics have moved since; 3 of 226 after other tests' writes.
    assert plans_dropped(driver) - prepared <= len(reading) // 10


def test_parameters_have_the_declared_types() -> None:
    """Also those of another query that a header refers to, and null where it may be."""
    texts = named_queries()
    assert parameters_of(texts["groups/admit_member"], texts) == dict.fromkeys(
        ("group", "person", "role", "now"), NOBODY
    )
    assert parameters_of(texts["groups/count_groups"], texts).keys() >= {"viewer", "words", "first", "open"}
    event = parameters_of(texts["audit/add_event"], texts, nulls=True)
    assert (event["reason"], event["id"]) == (None, NOBODY)
    sizes = [len(parameters["ids"]) for parameters in variants_of(texts["people/read_cards"], texts)]
    assert sizes[:3] == list(warmup.LIST_SIZES)


def test_after_a_restart_the_queries_that_are_used_come_first(
    driver: neo4j.Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of them before it counts as prepared, the most used first; the rest by and by."""
    monkeypatch.setattr(db, "_uses", Counter())
    cache = PlanCache(driver)
    planned: list[str] = []
    monkeypatch.setattr(cache, "_plan_one", lambda name, *_, **__: planned.append(name))
    cache.prepare()
    assert set(planned) == set(named_queries())
    for name in ("groups/read_groups", "people/read_cards", "people/read_snapshots", "people/read_cards"):
        db.query(name)
    planned.clear()
    cache.prepare()
    assert planned[0] == "people/read_cards"
    assert sorted(planned) == ["groups/read_groups", "people/read_cards", "people/read_snapshots"]
    planned.clear()
    cache.maintain()
    assert set(planned) == set(named_queries())
    planned.clear()
    cache.maintain()
    assert planned == []


def test_a_network_that_has_grown_is_planned_for_again(driver: neo4j.Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neo4j would do that in the next request: its plans depend on how much there is."""
    cache = PlanCache(driver)
    planned: list[str] = []
    monkeypatch.setattr(cache, "_plan_one", lambda name, *_, **__: planned.append(name))
    size = [(1_000, 5_000)]
    monkeypatch.setattr(cache, "_size", lambda: size[0])
    cache.prepare()
    planned.clear()
    steps = (
        ((1_000, 5_000), False), ((1_200, 5_500), False), ((1_200, 5_500), False),  # not much larger
        ((1_500, 9_000), False), ((1_600, 9_500), False), ((1_600, 9_500), True), ((1_600, 9_500), False),  # settled
        ((10, 0), False), ((10, 0), True),
    )  # fmt: skip
    for now, planned_again in steps:
        size[0] = now
        cache.maintain()
        assert bool(planned) is planned_again, now
        planned.clear()


def test_the_connections_of_requests_are_open_before_they_are_needed(engines) -> None:  # type: ignore[no-untyped-def]
    """As many as are asked for at once."""
    with db.connect(engines.neo4j_uri, "neo4j", engines.neo4j_password) as requests:
        prime(requests, 5)
        with db.patient_driver(engines.neo4j_uri, "neo4j", engines.neo4j_password) as other, other.session() as session:
            agents = [row["userAgent"] for row in session.run("CALL dbms.listConnections() YIELD userAgent")]
        assert sum(bool(re.fullmatch("consilium-graph", agent)) for agent in agents) >= 5
