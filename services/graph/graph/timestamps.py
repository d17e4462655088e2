"""Times as Neo4j keeps them here: RFC 3339 texts in UTC, of one length, so that they sort as texts."""

from __future__ import annotations

from datetime import datetime, timedelta

END_OF_TIME = "9999"  # sorts after every time


def stamp(timestamp: datetime) -> str:
    """The text of a timezone-aware time, with microseconds.

    >>> from datetime import UTC
    >>> stamp(datetime(2026, 11, 21, 8, 30, tzinfo=UTC))
    '2026-11-21T08:30:00.000000Z'
    """
    offset = timestamp.utcoffset()
    assert offset is not None, "times carry their zone"
    # strftime would write the year 1 with one digit, which sorts behind all others.
    return (timestamp - offset).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def stamp_after(timestamp: datetime, previous: str | None) -> str:
    """The text of a time that sorts after another one, by a microsecond where the time itself does not.

    Under the lock of a list it gives the list the order of the commits, so that whoever pages on misses nothing.

    >>> from datetime import UTC
    >>> stamp_after(datetime(2026, 11, 21, 8, 30, tzinfo=UTC), "2026-11-21T08:30:00.000007Z")
    '2026-11-21T08:30:00.000008Z'
    """
    own = stamp(timestamp)
    if previous is None or own > previous:
        return own
    return stamp(datetime.fromisoformat(previous) + timedelta(microseconds=1))
