"""Loads a generated network into Consilium, through its services, and into the peer's Neo4j, as its users would."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import neo4j
import psycopg

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

    def timestamp(seconds: int) -> str:
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
            {"id": text_id(n), "group": group_id(g), "author": person_id(p),
             "title": f"Text {n}", "body": network.text(n), "language": "en", "created_at": timestamp(at)}
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
         ([text_id(n), group_id(g), person_id(p), at, network.text(n)]
          for n, (g, p, at) in enumerate(network.texts.tolist()))),
    )  # fmt: skip
    for name, count, text, rows in parts:
        say(_timed(f"{name} (peer)", count, lambda text=text, rows=rows: [  # type: ignore[misc]
            _write(driver, text, batch) for batch in batches(rows, 20_000)
        ]))  # fmt: skip
    with driver.session() as session:
        session.run("CALL db.awaitIndexes(300)").consume()


_TABLES = """
CREATE TABLE professional(id text PRIMARY KEY, name text NOT NULL, specialty text NOT NULL, region text NOT NULL,
  country text NOT NULL, languages text[] NOT NULL, verified boolean NOT NULL);
CREATE TABLE grp(id text PRIMARY KEY, name text NOT NULL);
CREATE TABLE connection(a text NOT NULL REFERENCES professional, b text NOT NULL REFERENCES professional, PRIMARY KEY (a, b));
CREATE TABLE membership(professional_id text NOT NULL REFERENCES professional, group_id text NOT NULL REFERENCES grp,
  PRIMARY KEY (professional_id, group_id));
CREATE TABLE post(id text PRIMARY KEY, group_id text NOT NULL REFERENCES grp, author_id text NOT NULL REFERENCES professional,
  created_at bigint NOT NULL, text text NOT NULL);
"""
_INDEXES = """
CREATE INDEX ON professional(specialty, region, name); CREATE INDEX ON post(group_id, created_at DESC);
CREATE INDEX ON post(author_id); CREATE INDEX ON connection(b); CREATE INDEX ON membership(group_id); ANALYZE
"""


def into_postgres(address: str, network: Network, say: Callable[[dict[str, Any]], None]) -> None:
    """Load PostgreSQL for PostGraphile, with its indexes; connections in both directions."""
    people = [person_id(n) for n in range(network.size)]
    groups = [group_id(n) for n in range(len(network.owners))]
    tables: tuple[tuple[str, Iterator[tuple[Any, ...]]], ...] = (
        ("professional", (
            (people[n], f"Person {n:07}", *network.cell(n), network.cell(n)[1].split("-")[0], ["en"], False)
            for n in range(network.size)
        )),
        ("grp", ((groups[n], f"Circle {n}") for n in range(len(groups)))),
        ("membership", ((people[p], groups[g]) for g, p in _with_owners(network))),
        ("post", (
            (text_id(n), groups[g], people[p], at, network.text(n)) for n, (g, p, at) in enumerate(network.texts.tolist())
        )),
        ("connection", (pair for a, b in network.connections.tolist() for pair in ((people[a], people[b]), (people[b], people[a])))),
    )  # fmt: skip
    with psycopg.connect(address, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(_TABLES)
        for name, rows in tables:

            def copy(name: str = name, rows: Iterator[tuple[Any, ...]] = rows) -> int:
                with cursor.copy(f"COPY {name} FROM STDIN") as stream:
                    for row in rows:
                        stream.write_row(row)
                return cursor.rowcount

            began = time.monotonic()
            count = copy()
            seconds = time.monotonic() - began
            say(
                {
                    "what": f"{name} (P)",
                    "rows": count,
                    "seconds": round(seconds, 1),
                    "per_second": round(count / seconds),
                }
            )
        cursor.execute(_INDEXES)


def text_id(number: int) -> str:
    """The id of a text in Consilium."""
    return ids.imported(SOURCE, "discussion", str(number))


def _with_owners(network: Network) -> list[tuple[int, int]]:
    members = {(g, p) for g, p in network.members.tolist()}
    return [
        *network.members.tolist(),
        *((g, p) for g, p in enumerate(network.owners.tolist()) if (g, p) not in members),
    ]
