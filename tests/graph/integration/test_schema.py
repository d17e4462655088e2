"""The constraints and indexes of Neo4j are the declared ones."""

from __future__ import annotations

import neo4j

from tests.support.schemas import NEO4J, declared, neo4j_schema


def test_the_schema_after_all_migrations_is_the_declared_one(driver: neo4j.Driver) -> None:
    """`make engine-schemas` writes it, so that whoever reads a change sees what becomes of the schema."""
    found = neo4j_schema(driver)
    assert found == declared(NEO4J, found)


def test_a_schema_that_drifts_would_be_found(driver: neo4j.Driver) -> None:
    """An index or a constraint more is a line more."""
    before = neo4j_schema(driver).splitlines()
    with driver.session() as session:
        try:
            session.run("CREATE INDEX drift_index FOR (n:Drift) ON (n.a, n.b)").consume()
            session.run("CREATE CONSTRAINT drift_constraint FOR (n:Drift) REQUIRE n.c IS UNIQUE").consume()
            session.run("CALL db.awaitIndexes(60)").consume()
            found = [line for line in neo4j_schema(driver).splitlines() if line not in before]
        finally:
            session.run("DROP INDEX drift_index IF EXISTS").consume()
            session.run("DROP CONSTRAINT drift_constraint IF EXISTS").consume()
    assert found == [
        "constraint drift_constraint UNIQUENESS (:Drift) (c)",
        "index drift_index RANGE (:Drift) (a, b)",
    ]
