"""What admins are told of the network: never of fewer than ten people."""

from __future__ import annotations

from typing import Any

from graph.insights.store import InsightStore

MIN_CELL_COUNT = 10  # a cell of fewer could tell of one of them


def cells(insights: InsightStore, dimension: str, *, today: str) -> list[dict[str, Any]]:
    """Cells of a dimension, the largest first; those under ten are left out.

    Returns:
        {value, count}.
    """
    found = insights.counts(dimension, today=today)
    kept = sorted(
        ((count, value) for value, count in found.items() if count >= MIN_CELL_COUNT), key=lambda c: (-c[0], c[1])
    )
    return [{"value": value, "count": count} for count, value in kept]
