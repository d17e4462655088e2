"""Working off a queue in PostgreSQL: woken by LISTEN/NOTIFY, patient with outages."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import psycopg
import sqlalchemy as sa

from kit import logs
from kit.errors import DomainError
from profiles.settings import Settings

RETRY_SECONDS = 0.5


def drain(
    stop: threading.Event,
    config: Settings,
    *,
    channel: str,
    name: str,
    idle_seconds: float,
    act: Callable[[], bool],
) -> None:
    """Work until told to stop.

    Args:
        channel: where notifications come in.
        name: for the logs.
        idle_seconds: looks by itself this often, should a notification be lost.
        act: does one piece of work; returns whether there was one. What it raises only delays.
    """
    listener: psycopg.Connection[Any] | None = None
    failing = False
    while not stop.is_set():
        try:
            if listener is None:
                listener = psycopg.connect(
                    config.database_url.replace("+psycopg", ""), autocommit=True, connect_timeout=2
                )
                listener.execute(f"LISTEN {channel}")
            while not stop.is_set() and act():
                if failing:
                    logs.log().info(f"{name}_recovered")
                    failing = False
            for _ in listener.notifies(timeout=idle_seconds, stop_after=1):
                pass
        except (DomainError, sa.exc.SQLAlchemyError, psycopg.Error, OSError) as error:
            if not failing:
                logs.log().warning(f"{name}_waiting", reason=type(error).__name__)
                failing = True
            if isinstance(error, psycopg.Error) and listener is not None:
                listener.close()
                listener = None
            stop.wait(RETRY_SECONDS)
