"""Every command ends with one sentence when something goes wrong, and never with a traceback."""

from __future__ import annotations

from pathlib import Path

import neo4j.exceptions
import psycopg
import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

import consilium.client
from consilium import cli
from consilium.engines.jars import JarsUnavailable
from consilium.failures import CannotStart, sentence
from consilium.process import ProcessFailed
from kit.engines import EngineError
from kit.errors import Invalid, Unavailable
from kit.settings import SettingsError

ERRORS = [
    (SettingsError("CONSILIUM_FIELD_KEY is not set."), "CONSILIUM_FIELD_KEY is not set."),
    (CannotStart("Port 8000 is in use."), "Port 8000 is in use."),
    (EngineError("Neo4j at bolt://x does not answer."), "Neo4j at bolt://x does not answer."),
    (ProcessFailed("Neo4j did not start; see neo4j.log."), "Neo4j did not start; see neo4j.log."),
    (JarsUnavailable("A jar cannot be had."), "A jar cannot be had."),
    (Unavailable("The graph service cannot answer now."), "The graph service cannot answer now."),
    (Invalid("It is not a code.", field=["specialties", "0"]), "It is not a code. (specialties.0)"),
    (neo4j.exceptions.SessionExpired("Failed to read from defunct connection\n..."), "Neo4j does not answer (Failed to read from defunct connection). Start it, and try again."),
    (neo4j.exceptions.Neo4jError._basic_hydrate(neo4j_code="Neo.ClientError.Statement.SyntaxError", message="Invalid input 'MATC'\nat line 1"), "Neo4j refused a statement (Invalid input 'MATC')."),
    (sa.exc.OperationalError("SELECT 1", {}, psycopg.OperationalError("connection refused\nIs it running?")), "PostgreSQL does not answer (connection refused). Start it, and try again."),
    (sa.exc.ProgrammingError("SELECT secret", {}, psycopg.ProgrammingError("no such table")), "PostgreSQL refused a statement (no such table)."),
    (PermissionError(13, "Permission denied", "/var/x"), "Permission denied: /var/x."),
    (KeyError("name"), "Something unexpected happened (KeyError: 'name')."),
]  # fmt: skip


@pytest.mark.parametrize(("error", "said"), ERRORS, ids=lambda value: type(value).__name__)
def test_each_failure_is_one_sentence(error: Exception, said: str) -> None:
    """Without statements, which may hold what people wrote."""
    assert sentence(error) == said
    assert "\n" not in sentence(error)


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """One whose services are not there."""
    monkeypatch.setenv("CONSILIUM_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CONSILIUM_OPERATOR_SECRET", "x")
    for name in ("CONSILIUM_DATABASE_URL", "CONSILIUM_NEO4J_URI", "CONSILIUM_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def run(*arguments: str) -> Result:
    """One command, to its end."""
    return CliRunner().invoke(cli.main, list(arguments))


@pytest.mark.parametrize(("error", "said"), ERRORS, ids=lambda value: type(value).__name__)
def test_a_command_ends_with_the_sentence(installation: pytest.MonkeyPatch, error: Exception, said: str) -> None:
    """Exit status 1; the traceback is shown only where it is asked for."""

    def fail(*_: object) -> None:
        raise error

    installation.setattr(consilium.client.OperatorClient, "__init__", fail)
    done = run("retention", "run")
    assert done.exit_code == 1
    assert done.output.startswith(f"Error: {said}")
    assert done.output.count("\n") == 1
    installation.setenv("CONSILIUM_DEBUG", "1")
    assert "Traceback" in run("retention", "run").output


@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        (["migrate"], {}, "CONSILIUM_DATABASE_URL is not set"),
        (["migrate"], {"CONSILIUM_DATABASE_URL": "no url", "CONSILIUM_NEO4J_URI": "bolt://127.0.0.1:1"}, "must be an address that begins with postgresql+psycopg://"),
        (["migrate", "--wait", "1"], {"CONSILIUM_DATABASE_URL": "postgresql+psycopg://u:p@127.0.0.1:1/x", "CONSILIUM_NEO4J_URI": "bolt://127.0.0.1:1"}, "PostgreSQL at 127.0.0.1:1 does not answer"),
        (["audit", "verify"], {}, "No installation is in"),
        (["audit", "verify"], {"CONSILIUM_DATABASE_URL": "postgresql+psycopg://u:p@127.0.0.1:1/x"}, "PostgreSQL does not answer"),
        (["status"], {}, "Consilium is not running here"),
    ],
)  # fmt: skip
def test_what_is_missing_is_named(
    installation: pytest.MonkeyPatch, arguments: list[str], environment: dict[str, str], said: str
) -> None:
    """In one line, whichever command needs it."""
    key = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
    for name, value in ({"CONSILIUM_INDEX_KEY": key, "CONSILIUM_FIELD_KEY": key, "CONSILIUM_NEO4J_PASSWORD": "x"} | environment).items():  # fmt: skip
        installation.setenv(name, value)
    done = run(*arguments)
    assert done.exit_code == 1
    assert said in done.output
    assert done.output.count("\n") == 1
