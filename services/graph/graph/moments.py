"""Times as Neo4j keeps them here: RFC 3339 texts in UTC, of one length, so that they sort as texts."""

from __future__ import annotations

from datetime import datetime

END_OF_TIME = "9999"  # sorts after every time


def stamp(moment: datetime) -> str:
    """The text of a timezone-aware time, with microseconds.

    >>> from datetime import UTC
    >>> stamp(datetime(2026, 11, 21, 8, 30, tzinfo=UTC))
    '2026-11-21T08:30:00.000000Z'
    """
    offset = moment.utcoffset()
    assert offset is not None, "times carry their zone"
    return (moment - offset).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
