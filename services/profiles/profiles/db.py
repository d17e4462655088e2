"""The connection to PostgreSQL: one engine a process, one transaction a use-case."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

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


def answers(engine: sa.Engine) -> bool:
    """Whether the database answers."""
    try:
        with engine.connect() as connection:
            connection.execute(sa.text("SELECT 1"))
    except sa.exc.SQLAlchemyError:
        return False
    return True


def migrate(url: str, *, index_key: bytes | None = None) -> None:
    """Bring the schema up to date; safe to repeat and to run beside the version now serving.

    Args:
        index_key: for migrations that make blind indexes of what stood in clear before.
    """
    here = Path(__file__).parent
    config = Config()
    config.set_main_option("script_location", str(here / "migrations"))
    config.set_main_option("version_path_separator", "os")
    config.set_main_option("path_separator", "os")
    config.set_main_option(
        "version_locations", ":".join(str(p) for p in sorted(here.glob("*/migrations")) if p.parent != here)
    )
    config.attributes["url"] = url
    config.attributes["index_key"] = index_key
    command.upgrade(config, "head")


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
            f"REVOKE DELETE, TRUNCATE ON audit_head FROM {quoted}",
            f"REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON alembic_version FROM {quoted}",
        ):
            connection.exec_driver_sql(statement)
    engine.dispose()


def rows(result: sa.CursorResult[Any]) -> list[dict[str, Any]]:
    """All rows as dicts."""
    return [dict(row) for row in result.mappings()]
