"""The one place that reads the clock and makes ids; everything else is given them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime


def now() -> datetime:
    """The current time, timezone-aware, in UTC."""
    return datetime.now(UTC)


def new_id() -> str:
    """A random id (UUID version 4) in its canonical text form."""
    return str(uuid.uuid4())
