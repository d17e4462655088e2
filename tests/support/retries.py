"""How long a queue waits before it tries an item again, whatever the machine beside it does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import sqlalchemy as sa


def waits(attempts: int) -> Iterator[timedelta]:
    """What follows each failed attempt: 5 s, twice as long each time, an hour at most."""
    for attempt in range(attempts):
        yield timedelta(seconds=min(5 * 2**attempt, 3600))


def now_of(database: sa.Engine) -> datetime:
    """The database's clock, which sets when an item is tried again."""
    with database.begin() as connection:
        return connection.execute(sa.text("SELECT clock_timestamp()")).scalar_one()
