"""Loads a generated network into Consilium, through its services, and into the peer's Neo4j, as its users would."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import neo4j

from consilium.client import OperatorClient
from kit import ids
from tests.bench.peer.generate import Network

SOURCE = "peer"
BATCH = 5000
PEER_PASSWORD = "bench-local-only"


def person_id(number: int) -> str:
    """The id of a person in Consilium."""
    return ids.imported(SOURCE, "person", str(number))


def group_id(number: int) -> str:
    """The id of a group in Consilium."""
    return ids.imported(SOURCE, "group", str(number))


def batches(rows: Iterator[Any], size: int) -> Iterator[list[Any]]:
    """Rows in lists of at most `size`."""
    batch: list[Any] = []
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def _timed(name: str, count: int, act: Callable[[], None]) -> dict[str, Any]:
    began = time.monotonic()
    act()
    seconds = time.monotonic() - began
    return {"what": name, "rows": count, "seconds": round(seconds, 1), "per_second": round(count / seconds)}


def into_consilium(
    client: OperatorClient, network: Network, say: Callable[[dict[str, Any]], None]
) -> list[dict[str, Any]]:
    """Load through the services' bulk endpoints; returns the rates."""

    def people() -> None:
        rows = (
            {
                "ref": str(n), "name": f"Person {n:07}", "specialties": [network.cell(n)[0]], "regions": [network.cell(n)[1]],
                "languages": ["en"], "profession": "2212",
            }
            for n in range(network.size)
        )  # fmt: skip
        with ThreadPoolExecutor(2) as pool:
            for _ in pool.map(lambda batch: client.import_people(SOURCE, batch), batches(rows, 1000)):
                pass
        client.wait_for_graph(7200)

    def store(kind: str, rows: Iterator[dict[str, Any]]) -> Callable[[], None]:
        def act() -> None:
            with ThreadPoolExecutor(2) as pool:
                for answer in pool.map(lambda batch: client.import_rows(kind, batch), batches(rows, BATCH)):
                    assert not answer["rejected"], answer["rejected"][:3]

        return act

    def moment(seconds: int) -> str:
        return datetime.fromtimestamp(seconds, UTC).isoformat()

    done = []
    for name, count, act in (
        ("people", network.size, people),
        ("connections", len(network.connections), store(
            "connections", ({"a": person_id(a), "b": person_id(b)} for a, b in network.connections.tolist()))),
        ("groups", len(network.owners), store("groups", (
            {"id": group_id(n), "name": f"Circle {n}", "owner": person_id(owner), "member_limit": 5000}
            for n, owner in enumerate(network.owners.tolist())))),
        ("memberships", len(network.members), store("memberships", (
            {"group": group_id(g), "person": person_id(p)} for g, p in network.members.tolist()))),
        ("discussions", len(network.texts), store("discussions", (
            {"id": ids.imported(SOURCE, "discussion", str(n)), "group": group_id(g), "author": person_id(p),
             "title": f"Text {n}", "body": network.text(n), "language": "en", "created_at": moment(at)}
            for n, (g, p, at) in enumerate(network.texts.tolist())))),
    ):  # fmt: skip
        done.append(_timed(name, count, act))
        say(done[-1])
    return done


def _write(driver: neo4j.Driver, text: str, rows: Sequence[Any]) -> None:
    with driver.session() as session:
        session.execute_write(lambda tx: tx.run(text, rows=rows).consume())  # type: ignore[arg-type]


def into_peer(driver: neo4j.Driver, network: Network, say: Callable[[dict[str, Any]], None]) -> None:
    """Load the peer's Neo4j with its indexes."""
    with driver.session() as session:
        for text in (
            "CREATE CONSTRAINT IF NOT EXISTS FOR (p:Professional) REQUIRE p.id IS UNIQUE",
            "CREATE CONSTRAINT IF NOT EXISTS FOR (g:Group) REQUIRE g.id IS UNIQUE",
            "CREATE CONSTRAINT IF NOT EXISTS FOR (t:Post) REQUIRE t.id IS UNIQUE",
            "CREATE INDEX IF NOT EXISTS FOR (p:Professional) ON (p.specialty, p.region)",
            "CREATE INDEX IF NOT EXISTS FOR (p:Professional) ON (p.specialty, p.region, p.name)",
            "CREATE INDEX IF NOT EXISTS FOR (t:Post) ON (t.groupId, t.createdAt)",
        ):
            session.run(text).consume()
    people = (
        {
            "id": person_id(n), "name": f"Person {n:07}", "specialty": network.cell(n)[0], "region": network.cell(n)[1],
            "country": network.cell(n)[1].split("-")[0], "languages": ["en"], "verified": False,
        }
        for n in range(network.size)
    )  # fmt: skip
    parts: tuple[tuple[str, int, str, Iterator[Any]], ...] = (
        ("people", network.size, "UNWIND $rows AS r CREATE (p:Professional) SET p = r", people),
        ("groups", len(network.owners), "UNWIND $rows AS r CREATE (g:Group) SET g = r",
         ({"id": group_id(n), "name": f"Circle {n}", "specialty": ""} for n in range(len(network.owners)))),
        ("connections", len(network.connections),
         "UNWIND $rows AS r MATCH (a:Professional {id: r[0]}) MATCH (b:Professional {id: r[1]}) CREATE (a)-[:CONNECTED]->(b)",
         ([person_id(a), person_id(b)] for a, b in network.connections.tolist())),
        ("memberships", len(network.members),
         "UNWIND $rows AS r MATCH (g:Group {id: r[0]}) MATCH (p:Professional {id: r[1]}) CREATE (p)-[:MEMBER_OF]->(g)",
         ([group_id(g), person_id(p)] for g, p in _with_owners(network))),
        ("texts", len(network.texts),
         "UNWIND $rows AS r MATCH (g:Group {id: r[1]}) MATCH (p:Professional {id: r[2]}) "
         "CREATE (t:Post {id: r[0], groupId: r[1], authorId: r[2], createdAt: r[3], text: r[4]}) "
         "CREATE (t)-[:IN]->(g) CREATE (p)-[:AUTHORED]->(t)",
         ([ids.imported(SOURCE, "discussion", str(n)), group_id(g), person_id(p), at, network.text(n)]
          for n, (g, p, at) in enumerate(network.texts.tolist()))),
    )  # fmt: skip
    for name, count, text, rows in parts:
        say(_timed(f"{name} (peer)", count, lambda text=text, rows=rows: [  # type: ignore[misc]
            _write(driver, text, batch) for batch in batches(rows, 20_000)
        ]))  # fmt: skip
    with driver.session() as session:
        session.run("CALL db.awaitIndexes(300)").consume()


def _with_owners(network: Network) -> list[tuple[int, int]]:
    members = {(g, p) for g, p in network.members.tolist()}
    return [
        *network.members.tolist(),
        *((g, p) for g, p in enumerate(network.owners.tolist()) if (g, p) not in members),
    ]
