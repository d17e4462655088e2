"""Acts that the audit trail must hear of, kept until the profiles service has taken them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from graph.db import Graph, Row, Transaction, query
from graph.timestamps import stamp
from kit.clock import new_id

MAX_EVENTS = 500


class AuditWriter:
    """Adds acts in the transaction in which they are done."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def note(self, action: str, *, actor: str, object: str, now: datetime, reason: str | None = None) -> None:
        """Note an act.

        Args:
            action: what, like `flag.decide`.
            actor: a person's id or `service:<name>`.
            object: to what, like `Post:<id>`.
            reason: why, as a code or a short sentence; never a person's text.
        """
        self._tx.rows(
            query("audit/add_event"), id=new_id(), at=stamp(now), action=action, actor=actor, object=object,
            reason=reason,
        )  # fmt: skip


class AuditEvents:
    """What waits to be taken."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def waiting(self, *, except_ids: Sequence[str] = ()) -> list[Row]:
        """The oldest acts that wait."""
        rows = self._graph.read(query("audit/list_events"), most=MAX_EVENTS, except_ids=list(except_ids))
        return [row["event"] for row in rows]

    def taken(self, ids: Sequence[str]) -> None:
        """Delete acts that were taken."""
        self._graph.write(lambda tx: tx.rows(query("audit/delete_events"), ids=list(ids)))

    def checkpoint(self) -> Row | None:
        """The last checkpoint of the trail that is remembered here: {number, digest}."""
        rows = self._graph.read_latest(query("audit/read_checkpoint"))
        return rows[0] if rows else None

    def put_checkpoint(self, *, number: int, digest: str, expected: Row | None) -> bool:
        """Remember a later checkpoint; False where another one than expected is remembered, which then stays."""
        given = expected or {"number": None, "digest": None}
        row = self._graph.write(
            lambda tx: tx.row(
                query("audit/put_checkpoint"), number=number, digest=digest, expected_number=given["number"],
                expected_digest=given["digest"],
            )
        )  # fmt: skip
        return row is not None
