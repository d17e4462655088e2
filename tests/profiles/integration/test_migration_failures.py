"""Migrations of PostgreSQL say in one sentence what keeps them from being applied."""

from __future__ import annotations

import time

import pytest
import sqlalchemy as sa

from kit.engines import EngineError
from profiles import db


def text_of(engine: sa.Engine) -> str:
    """The URL of an engine, with its password."""
    return engine.url.render_as_string(hide_password=False)


def test_a_database_of_a_newer_version_is_refused(database: sa.Engine) -> None:
    """With the revision, and what to do."""
    with database.begin() as connection:
        revision = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one()
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    try:
        with pytest.raises(
            EngineError, match=r"last used by a newer version of Consilium \(revision 9999\); start that"
        ):
            db.migrate(text_of(database))
    finally:
        with database.begin() as connection:
            connection.execute(sa.text("UPDATE alembic_version SET version_num = :r"), {"r": revision})


def test_a_migration_that_fails_is_one_sentence(database: sa.Engine) -> None:
    """It names the migration and what PostgreSQL says about it; nothing of that migration was changed."""
    with database.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0001_person'"))
    with pytest.raises(
        EngineError,
        match=r"^The migration 0002_institution of PostgreSQL failed: .*already exists\. Those before it are applied\.$",
    ):
        db.migrate(text_of(database))
    with database.begin() as connection:
        assert connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one() == "0001_person"


def test_migrations_that_cannot_begin_are_one_sentence(database: sa.Engine) -> None:
    """It names no migration, because none was tried."""
    with pytest.raises(EngineError, match=r"^The migrations of PostgreSQL cannot be applied: .*authentication failed"):
        db.migrate(text_of(database).replace(str(database.url.password), "wrong"))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"password": "wrong"}, "refuses the connection: password authentication failed"),
        ({"database": "absent"}, 'refuses the connection: database "absent" does not exist'),
    ],
)
def test_what_waiting_does_not_change_is_not_waited_for(
    database: sa.Engine, changes: dict[str, str], said: str
) -> None:
    """A wrong password or database."""
    began = time.monotonic()
    with pytest.raises(EngineError, match=said):
        db.wait_for_answer(database.url.set(**changes).render_as_string(hide_password=False), seconds=60)
    assert time.monotonic() - began < 20


def test_postgresql_that_does_not_answer_is_named() -> None:
    """After the time that was given for it."""
    with pytest.raises(EngineError, match=r"^PostgreSQL at 127.0.0.1:1 does not answer\. Start it, or correct"):
        db.wait_for_answer("postgresql+psycopg://u:p@127.0.0.1:1/x", seconds=1)
