"""Exporting and erasing people in Neo4j."""

from __future__ import annotations

from collections.abc import Sequence

from graph.db import Graph, Row, Transaction, query


class RightsStore:
    """Reads and erases what is stored about people."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def erase(self, ids: Sequence[str]) -> int:
        """Erase people in one transaction; repeating is harmless. No group is left without an owner.

        Returns:
            how many were there.
        """

        def act(tx: Transaction) -> int:
            tx.rows(query("rights/hand_over_groups"), ids=list(ids))
            tx.rows(query("rights/delete_empty_groups"), ids=list(ids))
            tx.rows(query("rights/forget_people"), ids=list(ids))
            row = tx.row(query("rights/erase_people"), ids=list(ids))
            return int(row["erased"]) if row else 0

        return self._graph.write(act)

    def export(self, me: str) -> Row:
        """All that is stored about a person, by kind."""
        rows = self._graph.read(query("rights/export_person"), me=me)
        return rows[0] if rows else {}
