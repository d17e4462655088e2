"""Migrations of Neo4j say in one sentence what keeps them from being applied."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import neo4j
import pytest

from graph import db
from kit.engines import EngineError


@pytest.fixture
def feature(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, driver: neo4j.Driver) -> Iterator[Path]:
    """The folder of migrations of a feature that only this test knows."""
    name = f"test_{uuid.uuid4().hex[:8]}"
    folder = tmp_path / name / "migrations"
    folder.mkdir(parents=True)
    monkeypatch.setattr(db, "FEATURES", (name,))
    monkeypatch.setattr(db, "Path", lambda _file: tmp_path / "db.py")
    yield folder
    with driver.session() as session:
        session.run("MATCH (m:__Neo4jMigration {project: $project}) DETACH DELETE m", project=name).consume()


def applied(driver: neo4j.Driver, feature: Path) -> list[str]:
    """The versions that are noted as applied."""
    with driver.session() as session:
        rows = session.run(
            "MATCH (m:__Neo4jMigration {project: $project}) WHERE m.version <> 'BASELINE' RETURN m.version AS v ORDER BY v",
            project=feature.parent.name,
        )
        return [row["v"] for row in rows]


def test_a_broken_migration_is_named_and_leaves_nothing(feature: Path, driver: neo4j.Driver) -> None:
    """With what Neo4j says about it; the ones before it are applied."""
    (feature / "V0001__first.cypher").write_text("RETURN 1;\n")
    (feature / "V0002__second.cypher").write_text("CREATE (n:Half {at: 1});\nMATC (n) RETURN n;\n")
    with pytest.raises(EngineError) as caught:
        db.migrate(driver)
    assert str(caught.value).startswith(
        f"The migration {feature.parent.name}/V0002 of Neo4j failed: Invalid input 'MATC'"
    )
    assert "\n" not in str(caught.value)
    assert applied(driver, feature) == ["0001"]
    with driver.session() as session:
        assert session.run("MATCH (n:Half) RETURN count(n)").single(strict=True)[0] == 0
    (feature / "V0002__second.cypher").write_text("RETURN 2;\n")
    db.migrate(driver)
    assert applied(driver, feature) == ["0001", "0002"]


def test_a_migration_that_was_changed_afterwards_is_refused(feature: Path, driver: neo4j.Driver) -> None:
    """What it says now has never been applied."""
    file = feature / "V0001__first.cypher"
    file.write_text("RETURN 1;\n")
    db.migrate(driver)
    file.write_text("RETURN 2;\n")
    with pytest.raises(EngineError, match="V0001 of Neo4j was changed after it had been applied; restore its file"):
        db.migrate(driver)


def test_a_database_of_a_newer_version_is_refused(feature: Path, driver: neo4j.Driver) -> None:
    """This version does not know what the newer one expects."""
    (feature / "V0001__first.cypher").write_text("RETURN 1;\n")
    (feature / "V0002__second.cypher").write_text("RETURN 1;\n")
    db.migrate(driver)
    (feature / "V0002__second.cypher").unlink()
    with pytest.raises(EngineError, match="V0002 of Neo4j belongs to a newer version of Consilium"):
        db.migrate(driver)


def test_a_wrong_password_is_not_waited_for(engines) -> None:  # type: ignore[no-untyped-def]
    """Waiting does not change it."""
    with pytest.raises(EngineError, match="refuses the user neo4j; correct CONSILIUM_NEO4J_USER"):
        db.connect_patiently(engines.neo4j_uri, "neo4j", "not-the-password", seconds=60)


def test_an_address_where_nothing_listens_is_named() -> None:
    """After the time that was given for it."""
    with pytest.raises(EngineError, match=r"^Neo4j at bolt://127.0.0.1:1 does not answer .*\. Start it, or correct"):
        db.connect_patiently("bolt://127.0.0.1:1", "neo4j", "x", seconds=1)
    with pytest.raises(EngineError, match="CONSILIUM_NEO4J_URI is not an address of Neo4j"):
        db.patient_driver("http://127.0.0.1", "neo4j", "x")
