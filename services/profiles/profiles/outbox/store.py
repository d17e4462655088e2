"""The outbox: what the graph must hear, written in the transaction of the change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from kit.clock import new_id


@dataclass(frozen=True)
class Waiting:
    """A row of the outbox; `payload` is JSON text as stored, because the relay has no need to read it.

    Args:
        version: of a snapshot; 0 otherwise.
        type: ProfessionalChanged (a snapshot), ProfessionalErased, or Notified (something to tell the person).
    """

    id: str
    person: str
    version: int
    payload: str
    type: str


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

    def add_erasure(self, person_id: str, *, erasure_id: str) -> None:
        """Queue that a person was erased; what of theirs still waits goes away."""
        self._db.execute(
            sa.text("DELETE FROM outbox WHERE aggregateid = :id AND type <> 'ProfessionalErased'"), {"id": person_id}
        )
        self._db.execute(
            sa.text(
                "INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload) VALUES (gen_random_uuid(), "
                "'Professional', :id, 'ProfessionalErased', CAST(:payload AS jsonb))"
            ),
            {"id": person_id, "payload": orjson.dumps({"id": person_id, "erasure": erasure_id}).decode()},
        )

    def add_notification(self, person_id: str, event: str, *, kind: str, subject: str, at: datetime) -> None:
        """Queue something to tell a person in the network.

        Args:
            event: one of NotificationEvent.
            kind: the type of what it is about, like Credential.
            subject: its id.
        """
        own = new_id()
        payload = {
            "id": own, "to": person_id, "event": event, "subject_kind": kind, "subject": subject, "at": at.isoformat()
        }  # fmt: skip
        self._db.execute(
            sa.text(
                "INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload) VALUES (CAST(:own AS uuid), "
                "'Professional', :person, 'Notified', CAST(:payload AS jsonb))"
            ),
            {"own": own, "person": person_id, "payload": orjson.dumps(payload).decode()},
        )

    def take(self, most: int) -> list[Waiting]:
        """Unsent rows, oldest first, locked until the transaction ends.

        Rows that another relay holds are passed over. Paging by "id greater than the last" would lose rows, because
        a lower one may commit later.

        """
        rows = self._db.execute(
            sa.text(
                "SELECT id::text, aggregateid AS person, coalesce(CAST(payload ->> 'version' AS integer), 0) AS version, "
                "CAST(payload AS text) AS payload, type FROM outbox "
                "WHERE created_at <= now() ORDER BY created_at LIMIT :most FOR UPDATE SKIP LOCKED"
            ),
            {"most": most},
        )
        return [Waiting(*row) for row in rows]

    def remove(self, ids: Sequence[str]) -> None:
        """Delete rows that have been delivered."""
        self._db.execute(sa.text("DELETE FROM outbox WHERE id = ANY(CAST(:ids AS uuid[]))"), {"ids": list(ids)})

    def note_erased(self, ids: Sequence[str]) -> None:
        """Note in the erasures that the graph has erased too."""
        self._db.execute(
            sa.text(
                "UPDATE erasure SET graph_erased_at = now() WHERE id IN (SELECT CAST(payload ->> 'erasure' AS uuid) "
                "FROM outbox WHERE id = ANY(CAST(:ids AS uuid[])))"
            ),
            {"ids": list(ids)},
        )

    def postpone(self, ids: Sequence[str]) -> None:
        """Let rows wait a minute, so that what cannot be delivered does not hold up the rest."""
        self._db.execute(
            sa.text("UPDATE outbox SET created_at = now() + interval '1 minute' WHERE id = ANY(CAST(:ids AS uuid[]))"),
            {"ids": list(ids)},
        )

    def size(self) -> int:
        """How many rows wait."""
        return int(self._db.execute(sa.text("SELECT count(*) FROM outbox")).scalar_one())
