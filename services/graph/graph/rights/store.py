"""Exporting and erasing people in Neo4j."""

from __future__ import annotations

from collections.abc import Sequence

from graph.db import Graph, Row, Transaction, query
from graph.people.domain import Position
from graph.people.store import PeopleWriter


class RightsStore:
    """Reads and erases what is stored about people."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def erase(self, ids: Sequence[str], *, position: Position | None = None, ghosts: bool = False) -> int:
        """Erase people in one transaction; repeating is harmless. No group is left without an owner.

        Args:
            position: of the delivery that asks for it.
            ghosts: whether these people were not erased but are unknown to the profiles service since a restore; a
                snapshot of a later epoch brings them back.

        Returns:
            how many were there.
        """

        def act(tx: Transaction) -> int:
            tx.rows(query("rights/hand_over_groups"), ids=list(ids))
            tx.rows(query("rights/delete_empty_groups"), ids=list(ids))
            tx.rows(query("rights/forget_people"), ids=list(ids))
            row = tx.row(
                query("rights/erase_people"), ids=list(ids), installation=position.installation if position else None,
                ghost_epoch=position.epoch if position and ghosts else None,
            )  # fmt: skip
            PeopleWriter(tx).advance(position)
            return int(row["erased"]) if row else 0

        return self._graph.write(act)

    def export(self, me: str) -> Row:
        """All that is stored about a person, by kind."""
        rows = self._graph.read(query("rights/export_person"), me=me)
        return rows[0] if rows else {}
