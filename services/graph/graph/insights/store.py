"""Counts over the network in Neo4j."""

from __future__ import annotations

from graph.db import Graph, query

# How many of the things are looked at where a count of all would take long.
MAX_CONNECTIONS_READ, MAX_DISCUSSIONS_READ = 200_000, 20_000
QUERIES = {
    "COUNTRY": "insights/count_countries",
    "SPECIALTY": "insights/count_specialties",
    "PROFESSION": "insights/count_professions",
    "LEVEL": "insights/count_levels",
    "LANGUAGE": "insights/count_languages",
    "CROSS_BORDER_CONNECTIONS": "insights/count_connections",
    "CROSS_BORDER_GROUPS": "insights/count_groups",
    "FIRST_REPLY_HOURS": "insights/count_first_replies",
}


class InsightStore:
    """Counts people, groups and discussions."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def counts(self, dimension: str, *, today: str) -> dict[str, int]:
        """How many there are of each value of a dimension."""
        given: dict[str, dict[str, object]] = {
            "LEVEL": {"today": today},
            "CROSS_BORDER_CONNECTIONS": {"most": MAX_CONNECTIONS_READ},
            "FIRST_REPLY_HOURS": {"most": MAX_DISCUSSIONS_READ},
        }
        rows = self._graph.read(query(QUERIES[dimension]), **given.get(dimension, {}))
        return {row["value"]: row["total"] for row in rows}
