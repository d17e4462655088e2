"""The connection to PostgreSQL: one engine a process, one transaction a use-case."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from kit.engines import START_SECONDS, EngineError, wait_for

metadata = sa.MetaData()


def connect(url: str, *, pool_size: int = 10) -> sa.Engine:
    """An engine whose connections fail fast: 2 s to connect, 5 s a statement, 2 s for a lock."""
    return sa.create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=2,
        pool_pre_ping=True,
        json_serializer=lambda value: orjson.dumps(value).decode(),
        json_deserializer=orjson.loads,
        connect_args={
            "connect_timeout": 2,
            "options": "-c statement_timeout=5000 -c lock_timeout=2000 -c timezone=UTC",
            "application_name": "consilium-profiles",
        },
    )


def is_outage(error: BaseException) -> bool:
    """Whether an error says that the connection to the database was lost or not made, and nothing about what was asked."""
    return isinstance(error, sa.exc.TimeoutError) or (
        isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError)
        and (error.connection_invalidated or getattr(error.orig, "sqlstate", None) in _OUTAGES)
    )


def ping(engine: sa.Engine) -> None:
    """Return when the database answers.

    Raises:
        SQLAlchemyError: it does not.
    """
    with engine.connect() as connection:
        connection.execute(sa.text("SELECT 1"))


def wait_for_answer(url: str, *, seconds: float = START_SECONDS, stopping: threading.Event | None = None) -> None:
    """Wait until PostgreSQL takes connections, for starts and the operator's tools.

    Args:
        stopping: ends the waiting early.

    Raises:
        EngineError: it does not answer in time, or refuses the user or the database.
    """
    try:
        place = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise EngineError(
            "CONSILIUM_DATABASE_URL is not a URL like postgresql+psycopg://user:password@host/name."
        ) from error
    where = f"PostgreSQL at {place.host}:{place.port or 5432}"
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool, connect_args={"connect_timeout": 10})

    def connected() -> None:
        try:
            with engine.connect() as connection:
                connection.execute(sa.text("SELECT 1"))
        except sa.exc.OperationalError as error:
            if any(text in str(error.orig) for text in _REFUSALS):
                reason = str(error.orig).strip().splitlines()[-1].split("FATAL:")[-1].strip()
                raise EngineError(f"{where} refuses the connection: {reason}.") from error
            raise

    wait_for(
        connected,
        retry=(sa.exc.OperationalError,),
        failure=lambda _error: f"{where} does not answer. Start it, or correct CONSILIUM_DATABASE_URL.",
        seconds=seconds,
        stopping=stopping,
    )


# Without an SQLSTATE the server was not reached; 57P0x: it is being shut down; 53300: it has too many connections.
_OUTAGES = (None, "57P01", "57P02", "57P03", "53300", "25006")

# What waiting does not change.
_REFUSALS = ("password authentication failed", "does not exist", "no pg_hba.conf entry", "is not permitted to log in")


def migration_folders() -> list[Path]:
    """The folders that hold migrations, one of each feature that has some."""
    return sorted(Path(__file__).parent.glob("*/migrations"))


def migrate(url: str, *, index_key: bytes | None = None, revision: str = "head") -> None:
    """Bring the schema up to date; safe to repeat and to run beside the version now serving.

    Args:
        index_key: for migrations that make blind indexes of what stood in clear before.
        revision: the last one to apply; tests of a migration stop before it.

    Raises:
        EngineError: a migration fails, or the database belongs to a newer version.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("version_path_separator", "os")
    config.set_main_option("path_separator", "os")
    config.set_main_option("version_locations", ":".join(str(path) for path in migration_folders()))
    config.attributes["url"] = url
    config.attributes["index_key"] = index_key
    try:
        command.upgrade(config, revision)
    except CommandError as error:
        newer = re.search(r"Can't locate revision identified by '(\w+)'", str(error))
        if newer is None:
            raise EngineError(f"The migrations of PostgreSQL cannot be applied: {error}.") from error
        raise EngineError(
            f"The PostgreSQL database was last used by a newer version of Consilium (revision {newer[1]}); start that "
            "version, or restore an older backup."
        ) from error
    except sa.exc.DBAPIError as error:
        if isinstance(error, sa.exc.OperationalError) and error.connection_invalidated:
            raise
        reason = str(error.orig).strip().splitlines()[0].rstrip(".")
        failed = _next_migration(config, url)
        if failed is None:
            raise EngineError(f"The migrations of PostgreSQL cannot be applied: {reason}.") from error
        raise EngineError(
            f"The migration {failed} of PostgreSQL failed: {reason}. Those before it are applied."
        ) from error


def _next_migration(config: Config, url: str) -> str | None:
    """The first migration that is not applied; None where that cannot be read."""
    try:
        with sa.create_engine(url, poolclass=sa.pool.NullPool).connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
    except sa.exc.DBAPIError:
        return None
    pending = [script.revision for script in ScriptDirectory.from_config(config).iterate_revisions("head", current)]
    return pending[-1] if pending else None


# What the service's own role may do with the audit trail: add to it, and move its head.
_APPEND_ONLY = ("audit_entry",)


def service_url(url: str, password: str) -> str:
    """The URL that the service signs in with, from the schema owner's."""
    parsed = sa.make_url(url)
    return parsed.set(username=f"{parsed.database}_service", password=password).render_as_string(hide_password=False)


def grant_service_role(url: str, password: str) -> None:
    """Make the role that the service signs in with, and let it work with the data but not with the schema.

    It owns nothing, and can neither change nor delete what is in the audit trail.

    Args:
        url: of the schema's owner, who may create roles.
        password: for the role; set anew each time.
    """
    role = sa.make_url(service_url(url, password)).username
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        quoted = engine.dialect.identifier_preparer.quote(str(role))
        exists = connection.execute(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :r"), {"r": role}).first()
        literal = str(sa.literal(password).compile(dialect=engine.dialect, compile_kwargs={"literal_binds": True}))
        verb = "ALTER" if exists else "CREATE"
        connection.exec_driver_sql(f"{verb} ROLE {quoted} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {literal}")
        for statement in (
            f"GRANT USAGE ON SCHEMA public TO {quoted}",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quoted}",
            f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {quoted}",
            *(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {quoted}" for table in _APPEND_ONLY),
            f"REVOKE INSERT, DELETE, TRUNCATE ON audit_head, audit_checkpoint FROM {quoted}",
            f"REVOKE UPDATE, DELETE, TRUNCATE ON audit_reason, used_handle FROM {quoted}",
            f"REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON alembic_version FROM {quoted}",
            # A key's id that was retired must not come back; DELETE is retiring, and UPDATE is what FOR UPDATE needs.
            f"REVOKE INSERT, TRUNCATE ON field_key FROM {quoted}",
        ):
            connection.exec_driver_sql(statement)
    engine.dispose()


def rows(result: sa.CursorResult[Any]) -> list[dict[str, Any]]:
    """All rows as dicts."""
    return [dict(row) for row in result.mappings()]
