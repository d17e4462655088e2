"""People in Neo4j: the projection, cards, and the search for peers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from graph.db import Graph, Row, Transaction, query
from graph.people.domain import Position, StaleEpoch, projection
from kit.snapshots import Snapshot, read_snapshot


class PeopleWriter:
    """Projects people in one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def project(self, snapshots: Sequence[dict[str, Any]], *, position: Position | None = None) -> int:
        """Take snapshots that are newer than what is stored.

        Args:
            position: of the delivery; without one they are of the first epoch.

        Returns:
            how many were.
        """
        people = [projection(one) for one in snapshots]
        row = self._tx.row(
            query("people/project_people"), people=people, epoch=position.epoch if position else 0,
            installation=position.installation if position else None,
        )  # fmt: skip
        return int(row["applied"]) if row else 0

    def advance(self, position: Position | None) -> None:
        """Note how far the outbox is applied; the last act of a delivery.

        Raises:
            StaleEpoch: a later epoch is known; nothing of this transaction may be committed.
        """
        if position is None:
            return
        row = self._tx.row(
            query("people/advance_position"), installation=position.installation, epoch=position.epoch,
            position=position.position, row=position.row,
        )  # fmt: skip
        if row is not None and row["epoch"] > position.epoch:
            raise StaleEpoch("A later epoch of the projection has begun.")


class PeopleStore:
    """Reads people."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def cards(self, ids: Sequence[str], *, viewer: str, now: str) -> list[Row]:
        """Snapshots with how the viewer stands to each; in no order."""
        rows = self._graph.read(query("people/read_cards"), ids=list(ids), viewer=viewer, now=now)
        return [row | {"snapshot": read_snapshot(orjson.loads(row["snapshot"]))} for row in rows]

    def snapshots(self, ids: Sequence[str]) -> dict[str, Snapshot]:
        """Snapshots by id."""
        rows = self._graph.read(query("people/read_snapshots"), ids=list(ids))
        return {row["id"]: read_snapshot(orjson.loads(row["snapshot"])) for row in rows}

    def by_handle(self, handles: Sequence[str]) -> dict[str, str]:
        """Ids by handle."""
        rows = self._graph.read(query("people/find_handles"), handles=list(handles))
        return {row["handle"]: row["id"] for row in rows}

    def position(self, installation: str) -> Row | None:
        """How far an installation's outbox is applied here: {epoch, position, row}, or None before the first delivery."""
        rows = self._graph.read_latest(query("people/read_position"), installation=installation)
        return rows[0] if rows else None

    def ids(self, installation: str, *, kind: str, after: str, limit: int) -> list[str]:
        """A page of the people that an installation has projected here, or whose erasure it has asked for."""
        text = query("people/list_projected" if kind == "PROJECTED" else "people/list_erased")
        rows = self._graph.read_latest(text, installation=installation, after=after, most=limit)
        return [row["id"] for row in rows]

    def viewer(self, viewer: str) -> Row | None:
        """The dates that decide the viewer's level."""
        rows = self._graph.read(query("people/read_viewer"), viewer=viewer)
        return rows[0] if rows else None
