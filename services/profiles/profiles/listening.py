"""Working off a queue in PostgreSQL: woken by LISTEN/NOTIFY, patient with outages, and never ended by an exception."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg
import sqlalchemy as sa

from kit import logs
from kit.errors import DomainError
from profiles.worker_settings import WorkerSettings

RETRY_SECONDS = 0.5
MAX_RETRY_SECONDS = 5.0  # an outage's end is noticed within this
_EXPECTED = (DomainError, sa.exc.SQLAlchemyError, psycopg.Error, OSError)


_failing: set[str] = set()


def failing_now() -> list[str]:
    """The names of the parts and jobs of this process whose last try failed."""
    return sorted(_failing)


class Failing:
    """Logs the first failure of a row of them, and says how long to wait before the next try.

    Args:
        name: of the work, for the logs.
    """

    def __init__(self, name: str) -> None:
        self._name, self._count = name, 0

    def failed(self, error: Exception) -> float:
        """Note a failure; returns how many seconds to wait."""
        if self._count == 0:
            unexpected = None if isinstance(error, _EXPECTED) else error
            logs.log().warning(f"{self._name}_waiting", reason=type(error).__name__, exc_info=unexpected)
        self._count += 1
        _failing.add(self._name)
        return min(RETRY_SECONDS * 2 ** min(self._count - 1, 10), MAX_RETRY_SECONDS)

    def succeeded(self) -> None:
        """Note a success."""
        if self._count:
            logs.log().info(f"{self._name}_recovered", failures=self._count)
            _failing.discard(self._name)
        self._count = 0


def drain(
    stop: threading.Event,
    config: WorkerSettings,
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
    failing = Failing(name)
    while not stop.is_set():
        try:
            if listener is None:
                listener = psycopg.connect(
                    config.database_url.replace("+psycopg", ""), autocommit=True, connect_timeout=2
                )
                listener.execute(f"LISTEN {channel}")
            while not stop.is_set() and act():
                failing.succeeded()
            failing.succeeded()
            for _ in listener.notifies(timeout=idle_seconds, stop_after=1):
                pass
        except Exception as error:
            if isinstance(error, psycopg.Error) and listener is not None:
                with suppress(psycopg.Error, OSError):
                    listener.close()
                listener = None
            stop.wait(failing.failed(error))
