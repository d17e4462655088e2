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


def migrate(url: str) -> None:
    """Bring the schema up to date; safe to repeat and to run beside the version now serving."""
    here = Path(__file__).parent
    config = Config()
    config.set_main_option("script_location", str(here / "migrations"))
    config.set_main_option("version_path_separator", "os")
    config.set_main_option("path_separator", "os")
    config.set_main_option(
        "version_locations", ":".join(str(p) for p in sorted(here.glob("*/migrations")) if p.parent != here)
    )
    config.attributes["url"] = url
    command.upgrade(config, "head")


def rows(result: sa.CursorResult[Any]) -> list[dict[str, Any]]:
    """All rows as dicts."""
    return [dict(row) for row in result.mappings()]
