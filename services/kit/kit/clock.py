"""The one place that reads the clock and makes ids; everything else is given them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime


def now() -> datetime:
    """The current time, timezone-aware, in UTC."""
    return datetime.now(UTC)


def read_time(text: str) -> datetime:
    """Read a time that came from outside, in UTC.

    Raises:
        ValueError: it is not RFC 3339 with a zone, or lies outside of the years 1 to 9999 in UTC, where it can be neither
            compared nor stored.
    """
    parsed = datetime.fromisoformat(text)
    if parsed.tzinfo is None:
        raise ValueError("A time carries its zone.")
    try:
        return parsed.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("The time is outside of the years 1 to 9999.") from error


def new_id() -> str:
    """A random id (UUID version 4) in its canonical text form."""
    return str(uuid.uuid4())
