"""Migrations run beside a version that serves: with time limits, one after another, and without keeping anybody waiting."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from kit.engines import EngineError
from profiles import db
from tests.support.engines import Engines
from tests.support.migrations import later_migration, newest_revision

ROWS = 10_000
ID = "CAST(lpad(to_hex(n), 32, '0') AS uuid)"  # in the order of the numbers


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """Adds migrations that only this test knows, each after the one before, and returns the revision."""
    folders = [*db.migration_folders(), tmp_path]
    monkeypatch.setattr(db, "migration_folders", lambda: folders)
    last = newest_revision()

    def add(body: str) -> str:
        nonlocal last
        last = later_migration(tmp_path, body, after=last).revision
        return last

    return add


@pytest.fixture
def fresh(engines: Engines, migrated: str) -> str:
    """The URL of a migrated database of the test's own."""
    name = f"online_{uuid.uuid4().hex}"
    admin = sa.create_engine(engines.database_url, isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
    with admin.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}" TEMPLATE "{migrated}"'))
    return sa.make_url(engines.database_url).set(database=name).render_as_string(hide_password=False)


def rows(url: str, query: str) -> list[tuple[object, ...]]:
    """The rows of a query, or none of a statement that has none."""
    with sa.create_engine(url, poolclass=sa.pool.NullPool).begin() as connection:
        result = connection.execute(sa.text(query))
        return [tuple(row) for row in result] if result.returns_rows else []


NOTE = """
op.execute("CREATE TABLE IF NOT EXISTS noted (tx xid8, lock text, statement text)")
op.execute("INSERT INTO noted SELECT pg_current_xact_id(), current_setting('lock_timeout'), current_setting('statement_timeout')")
"""


def test_each_migration_has_its_transaction_and_its_time_limits(fresh: str, later: Callable[[str], str]) -> None:
    """Also after one that has worked outside of its transaction, with other limits."""
    later(NOTE)
    later("online.build_index('noted_tx', 'noted (tx)')" + NOTE)
    last = later(NOTE)
    db.migrate(fresh)
    assert rows(
        fresh, "SELECT count(DISTINCT tx), min(lock), max(lock), min(statement), max(statement) FROM noted"
    ) == [(3, "5s", "5s", "1min", "1min")]
    assert rows(fresh, "SELECT version_num FROM alembic_version") == [(last,)]


def test_a_migration_that_fails_leaves_those_before_it(fresh: str, later: Callable[[str], str]) -> None:
    """And nothing of itself; the next start goes on from there."""
    first = later('op.execute("CREATE TABLE first (one text)")')
    second = later(
        'op.execute("CREATE TABLE second (one text)")\nop.execute("SELECT 1 / (SELECT count(*) FROM first)")'
    )
    with pytest.raises(EngineError, match=f"^The migration {second} of PostgreSQL failed: division by zero"):
        db.migrate(fresh)
    assert rows(
        fresh, "SELECT version_num, to_regclass('first')::text, to_regclass('second') FROM alembic_version"
    ) == [(first, "first", None)]
    rows(fresh, "INSERT INTO first VALUES ('x')")
    db.migrate(fresh)
    assert rows(fresh, "SELECT to_regclass('second')::text") == [("second",)]


def test_a_migration_that_waits_for_a_lock_gives_up_before_it_keeps_everybody_waiting(
    fresh: str, later: Callable[[str], str]
) -> None:
    """Who waits for an exclusive lock on a table makes all who come after wait too."""
    revision = later('op.execute("ALTER TABLE person ADD COLUMN pronouns text")')
    with sa.create_engine(fresh, poolclass=sa.pool.NullPool).connect() as reader:
        reader.execute(sa.text("SELECT count(*) FROM person"))  # a transaction that goes on
        with pytest.raises(
            EngineError, match=f"{revision} of PostgreSQL failed: canceling statement due to lock timeout"
        ):
            db.migrate(fresh)
    db.migrate(fresh)
    assert rows(fresh, "SELECT pronouns FROM person") == []


START = """
import sys
from pathlib import Path
from profiles import db
folders = [*db.migration_folders(), Path(sys.argv[2])]
db.migration_folders = lambda: folders
db.migrate(sys.argv[1])
"""


def test_two_services_that_start_together_migrate_one_after_the_other(
    fresh: str, later: Callable[[str], str], tmp_path: Path
) -> None:
    """The one that waits holds nothing that building an index waits for."""
    later('op.execute("SELECT pg_sleep(2)")\nonline.build_index("person_name", "person (name)")')
    services = [
        subprocess.Popen([sys.executable, "-c", START, fresh, str(tmp_path)], stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    assert [(service.communicate(timeout=60)[1], service.returncode) for service in services] == [("", 0), ("", 0)]
    assert rows(fresh, "SELECT indisvalid FROM pg_index WHERE indexrelid = 'person_name'::regclass") == [(True,)]


def test_an_index_that_could_not_be_built_is_built_by_the_next_attempt(fresh: str, later: Callable[[str], str]) -> None:
    """PostgreSQL leaves one that is updated and never used."""
    later("online.build_index('mail_kind', 'mail (kind)', unique=True)")
    rows(fresh, "INSERT INTO mail (kind) VALUES ('same'), ('same')")
    with pytest.raises(EngineError, match='could not create unique index "mail_kind"'):
        db.migrate(fresh)
    valid = "SELECT indisvalid, indisunique FROM pg_index WHERE indexrelid = 'mail_kind'::regclass"
    assert rows(fresh, valid) == [(False, True)]
    rows(fresh, "UPDATE mail SET kind = id::text")
    db.migrate(fresh)
    assert rows(fresh, valid) == [(True, True)]


WAITING = "SELECT 1 FROM pg_stat_progress_create_index WHERE lockers_total > 0"


def test_an_index_is_built_while_others_write(fresh: str, later: Callable[[str], str]) -> None:
    """It waits for a transaction that began before, and nobody waits for it."""
    later("online.build_index('mail_kind', 'mail (kind)')")
    writer = sa.create_engine(fresh, poolclass=sa.pool.NullPool)
    building = threading.Thread(target=db.migrate, args=(fresh,))
    with writer.connect() as earlier:
        earlier.execute(sa.text("INSERT INTO mail (kind) VALUES ('earlier')"))
        building.start()
        while building.is_alive() and not rows(fresh, WAITING):
            time.sleep(0.02)
        with writer.begin() as other:
            other.execute(sa.text("SET lock_timeout = '1s'"))
            other.execute(sa.text("INSERT INTO mail (kind) VALUES ('meanwhile')"))
        assert building.is_alive()
        earlier.commit()
    building.join(60)
    assert rows(fresh, "SELECT indisvalid FROM pg_index WHERE indexrelid = 'mail_kind'::regclass") == [(True,)]


def test_a_check_is_added_for_what_comes_before_what_is_there_is_looked_at(
    fresh: str, later: Callable[[str], str]
) -> None:
    """Where a row contradicts it, the next attempt validates it once the row is mended."""
    later("online.add_check('mail', 'mail_kind_short', 'length(kind) < 5')")
    rows(fresh, "INSERT INTO mail (kind) VALUES ('too long')")
    with pytest.raises(EngineError, match='constraint "mail_kind_short" of relation "mail" is violated by some row'):
        db.migrate(fresh)
    with pytest.raises(sa.exc.IntegrityError, match="mail_kind_short"):
        rows(fresh, "INSERT INTO mail (kind) VALUES ('longer still')")
    rows(fresh, "UPDATE mail SET kind = 'ok'")
    db.migrate(fresh)
    assert rows(fresh, "SELECT convalidated FROM pg_constraint WHERE conname = 'mail_kind_short'") == [(True,)]


def test_a_large_table_is_updated_in_batches(fresh: str, later: Callable[[str], str]) -> None:
    """Each is a transaction of its own: what was done before one failed stays, and the next attempt does the rest."""
    rows(fresh, f"INSERT INTO mail (id, kind, attempts) SELECT {ID}, n, n % 4 FROM generate_series(1, {ROWS}) AS n")
    rows(fresh, "CREATE TABLE noted (count bigint)")
    rows(fresh, "ALTER TABLE mail ADD CONSTRAINT mail_obstacle CHECK (kind <> '5501' OR address IS NULL)")
    later(
        "count = online.update_in_batches('mail', \"address = 'x' || attempts\", where='attempts > 0 AND address IS NULL')\n"
        "op.execute(f'INSERT INTO noted VALUES ({count})')"
    )
    done = "SELECT count(*), count(DISTINCT xmin::text), max(kind::integer) FROM mail WHERE address = 'x' || attempts"
    with pytest.raises(EngineError, match="mail_obstacle"):
        db.migrate(fresh)
    assert rows(fresh, done) == [(3750, 5, 4999)]
    rows(fresh, "ALTER TABLE mail DROP CONSTRAINT mail_obstacle")
    db.migrate(fresh)
    assert rows(fresh, done) == [(7500, 10, 9999)]
    assert rows(fresh, "SELECT count FROM noted") == [(3750,)]
    assert rows(fresh, "SELECT count(*), max(attempts) FROM mail WHERE address IS NULL") == [(2500, 0)]
