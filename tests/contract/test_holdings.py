"""Every column, property and kind of file is declared, with what it holds about people and what an erasure does with it."""

from __future__ import annotations

import re
from pathlib import Path

import neo4j
import sqlalchemy as sa

from gateway.persisted import KEPT_SECONDS
from graph.db import named_queries
from graph.rights.holdings import ARCHIVE as OF_GRAPH
from graph.rights.holdings import HOLDINGS as GRAPH
from kit.holdings import Erasure, Subject, differences, faults, personal, table, technical
from profiles.mail.files import KEPT_DAYS as MAIL_DAYS
from profiles.rights.holdings import ARCHIVE, FILES, OWNED
from profiles.rights.holdings import HOLDINGS as PROFILES
from profiles.rights.retention import RULES

DOCS = Path(__file__).parents[2] / "docs" / "privacy.md"
TABLE = table({"PostgreSQL": PROFILES, "Neo4j": GRAPH, "files": FILES})
MIGRATIONS = {"__Neo4jMigration", "__Neo4jMigrationsLock", ":MIGRATED_TO"}  # of the tool that applies them


def columns(database: sa.Engine) -> dict[str, set[str]]:
    """The columns of every table that there is."""
    with database.connect() as connection:
        rows = connection.execute(
            sa.text(
                "SELECT c.table_name, c.column_name FROM information_schema.columns c JOIN information_schema.tables t "
                "USING (table_schema, table_name) WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'"
            )
        ).all()
    found: dict[str, set[str]] = {}
    for name, column in rows:
        found.setdefault(name, set()).add(column)
    return found


def properties(driver: neo4j.Driver) -> dict[str, set[str]]:
    """The properties of every label and relationship that is stored."""
    found: dict[str, set[str]] = {}
    with driver.session() as session:
        for row in session.run("MATCH (n) UNWIND labels(n) AS place RETURN place, keys(n) AS keys"):
            found.setdefault(row["place"], set()).update(row["keys"])
        for row in session.run("MATCH ()-[r]->() RETURN ':' + type(r) AS place, keys(r) AS keys"):
            found.setdefault(row["place"], set()).update(row["keys"])
    return {place: names for place, names in found.items() if place not in MIGRATIONS}


def undeclared(driver: neo4j.Driver) -> list[str]:
    """What Neo4j stores and nobody declared."""
    return [one for one in differences(GRAPH, properties(driver)) if "not declared" in one]


def test_every_column_is_declared_and_no_other(database: sa.Engine) -> None:
    """A migration that adds a column says here what it holds."""
    assert differences(PROFILES, columns(database)) == []


def test_every_label_relationship_and_property_is_declared(driver: neo4j.Driver) -> None:
    """As far as the tests before this one stored them; `tests/e2e/test_erasure.py` looks again after everything was done."""
    assert undeclared(driver) == []


def test_every_label_and_relationship_of_a_query_is_declared() -> None:
    """Also of one that no test has stored."""
    text = "\n".join(re.sub(r"//.*", "", query) for query in named_queries().values())
    found = {name for names in re.findall(r"\([a-z_]*:([A-Za-z|]+)", text) for name in names.split("|")}
    found |= {f":{name}" for names in re.findall(r"\[[a-z_]*:([A-Z_|]+)", text) for name in names.split("|")}
    assert found == {holding.place for holding in GRAPH}


def test_every_property_that_a_query_names_is_declared() -> None:
    """`SET text.body` and `(:Group {id: …})`, whatever the variable stands for."""
    text = "\n".join(re.sub(r"//.*", "", query) for query in named_queries().values())
    declared = {field for holding in GRAPH for field in holding.fields}
    named = set(re.findall(r"\b[a-z_]+\.([a-z_]+)\s*=(?!=)", text))
    parameters = {"version", "properties", "row", "answers"}  # of maps that come in, or taken away by an import
    assert named - declared - parameters == set()


def test_a_declaration_says_why() -> None:
    """What is in no archive or stays after an erasure has its reason."""
    assert faults([*PROFILES, *FILES]) == []
    assert faults(GRAPH) == []


def test_what_is_undeclared_or_unexplained_would_be_found() -> None:
    """The checks themselves work."""
    subject = Subject("texts", "for ever")
    assert faults([personal("t", "a", subject), technical("t", "a", "")]) == [
        "t a: it says no reason", "t.a is declared twice", "t a: it says no reason",
    ]  # fmt: skip
    assert faults([personal("t", "a", subject, archive="t.json", erasure=Erasure.KEPT)]) == ["t a: it says no reason"]
    declared = [personal("t", "a", subject, archive="t.json")]
    assert differences(declared, {"t": {"a", "b"}, "u": set()}) == [
        "t.b is stored and not declared", "u is stored and not declared",
    ]  # fmt: skip
    assert differences(declared, {}) == ["t.a is declared and not stored"]


def test_every_declared_table_is_read_into_the_archive() -> None:
    """Either by its rows, or by the use-case that knows its form."""
    formed = {
        "profile.json": {"person"}, "credentials.json": {"credential", "credential_event", "credential_check"},
        "evidence.json": {"evidence"}, "audit.json": {"audit_entry", "audit_reason"},
    }  # fmt: skip
    assert {file: set(places) for file, places in ARCHIVE.items() if not set(places) <= OWNED.keys()} == formed
    assert "graph/appeals.json" in {holding.archive for holding in GRAPH}
    assert OF_GRAPH["appeals"] == {"appeal_statement"}


def test_the_documented_table_is_the_declared_one() -> None:
    """Print `TABLE` of this module into docs/privacy.md after a change."""
    assert TABLE in DOCS.read_text(encoding="utf-8")


def test_the_retention_of_files_is_the_documented_one() -> None:
    """Messages are deleted by the worker, logs by `consilium up`."""
    from consilium.rotation import KEPT_DAYS

    assert MAIL_DAYS == KEPT_DAYS == 7
    kept = {holding.subject.name: holding.subject.kept for holding in FILES if holding.subject is not None}
    assert [text.startswith("7 days") for text in kept.values()] == [True, True, True]
    assert KEPT_SECONDS == 7 * 24 * 3600
    assert all(rule.kept for rule in RULES)
