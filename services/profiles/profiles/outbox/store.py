"""The outbox: what the graph must hear, written in the transaction of the change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa


@dataclass(frozen=True)
class Waiting:
    """A row of the outbox; `snapshot` is JSON text as stored, because the relay has no need to read it."""

    id: str
    person: str
    version: int
    snapshot: str


class OutboxStore:
    """Writes and drains the outbox on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def add_snapshot(self, snapshot: dict[str, Any]) -> None:
        """Queue one person's snapshot."""
        self.add_snapshots([snapshot])

    def add_snapshots(self, snapshots: Sequence[dict[str, Any]]) -> None:
        """Queue the snapshots of several people in one statement."""
        self._db.execute(
            sa.text(
                "INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload) "
                "SELECT gen_random_uuid(), 'Professional', s ->> 'id', 'ProfessionalChanged', s "
                "FROM jsonb_array_elements(CAST(:snapshots AS jsonb)) AS s"
            ),
            {"snapshots": orjson.dumps(list(snapshots)).decode()},
        )

    def take(self, most: int) -> list[Waiting]:
        """Unsent rows, oldest first, locked until the transaction ends.

        Rows that another relay holds are passed over. Paging by "id greater than the last" would lose rows, because
        a lower one may commit later.

        """
        rows = self._db.execute(
            sa.text(
                "SELECT id::text, aggregateid AS person, CAST(payload ->> 'version' AS integer) AS version, "
                "CAST(payload AS text) AS snapshot FROM outbox "
                "WHERE created_at <= now() ORDER BY created_at LIMIT :most FOR UPDATE SKIP LOCKED"
            ),
            {"most": most},
        )
        return [Waiting(*row) for row in rows]

    def remove(self, ids: Sequence[str]) -> None:
        """Delete rows that have been delivered."""
        self._db.execute(sa.text("DELETE FROM outbox WHERE id = ANY(CAST(:ids AS uuid[]))"), {"ids": list(ids)})

    def postpone(self, ids: Sequence[str]) -> None:
        """Let rows wait a minute, so that what cannot be delivered does not hold up the rest."""
        self._db.execute(
            sa.text("UPDATE outbox SET created_at = now() + interval '1 minute' WHERE id = ANY(CAST(:ids AS uuid[]))"),
            {"ids": list(ids)},
        )

    def size(self) -> int:
        """How many rows wait."""
        return int(self._db.execute(sa.text("SELECT count(*) FROM outbox")).scalar_one())
