"""The outbox: changes that the graph must learn of, written in the transaction of the change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from kit.clock import new_id
from kit.snapshots import Snapshot
from profiles.deadletters.domain import ERASURE, MAX_ATTEMPTS, NOTIFICATION, SNAPSHOT, wait_sql

CHANGED, ERASED, GHOST, NOTIFIED = "ProfessionalChanged", "ProfessionalErased", "ProfessionalUnknown", "Notified"
_KINDS = {CHANGED: SNAPSHOT, GHOST: SNAPSHOT, ERASED: ERASURE, NOTIFIED: NOTIFICATION}
_COLUMNS = (
    "id::text, aggregateid AS person, coalesce(CAST(payload ->> 'version' AS integer), 0) AS version, "
    "CAST(payload AS text) AS payload, type, attempts, position"
)


@dataclass(frozen=True)
class OutboxRow:
    """A row of the outbox; `payload` is JSON text as stored, because the relay has no need to read it.

    Args:
        version: of a snapshot; 0 otherwise.
        type: CHANGED (a snapshot), ERASED, GHOST (in the graph, and unknown here since a restore), or NOTIFIED (a
            notification for the person).
        attempts: how many deliveries of this row alone have failed.
        position: counts the rows of the outbox.
    """

    id: str
    person: str
    version: int
    payload: str
    type: str
    attempts: int = 0
    position: int = 0


class OutboxStore:
    """Writes and drains the outbox on one connection.

    Args:
        head_start_seconds: how long the relay leaves a row that is added alone to the request that added it.
    """

    def __init__(self, connection: sa.Connection, *, head_start_seconds: float = 0) -> None:
        self._db = connection
        self._head_start_seconds = head_start_seconds
        self.people: set[str] = set()  # people with rows that were added alone, in this transaction

    def add_snapshot(self, snapshot: Snapshot) -> None:
        """Queue one person's snapshot."""
        self._add(snapshot["id"], CHANGED, snapshot)

    def add_snapshots(self, snapshots: Sequence[Snapshot]) -> None:
        """Queue the snapshots of a batch in one statement; they are left to the relay."""
        self._db.execute(
            sa.text(
                "INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload) "
                "SELECT gen_random_uuid(), 'Professional', s ->> 'id', :type, s "
                "FROM jsonb_array_elements(CAST(:snapshots AS jsonb)) AS s"
            ),
            {"snapshots": orjson.dumps(list(snapshots)).decode(), "type": CHANGED},
        )

    def add_erasure(self, person_id: str, *, erasure_id: str) -> None:
        """Queue a person's erasure; their other rows are deleted."""
        self._db.execute(
            sa.text("DELETE FROM outbox WHERE aggregateid = :id AND type <> :type"), {"id": person_id, "type": ERASED}
        )
        self._add(person_id, ERASED, {"id": person_id, "erasure": erasure_id})

    def add_ghosts(self, people: Sequence[str]) -> None:
        """Queue that these people are unknown here, so that the graph removes them."""
        self._db.execute(
            sa.text(
                "INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload) SELECT gen_random_uuid(), "
                "'Professional', g, :type, jsonb_build_object('id', g) FROM unnest(CAST(:people AS text[])) AS g"
            ),
            {"people": list(people), "type": GHOST},
        )

    def add_notification(
        self, person_id: str, event: str, *, kind: str, subject: str, at: datetime, outcome: str | None = None
    ) -> None:
        """Queue a notification for a person.

        Args:
            event: one of NotificationEvent.
            kind: the type of what it is about, like Credential.
            subject: its id.
            outcome: how what it tells of came out, like VALIDATED; None where the event says it all.
        """
        own = new_id()
        payload = {
            "id": own, "to": person_id, "event": event, "subject_kind": kind, "subject": subject,
            "outcome": outcome, "at": at.isoformat(),
        }  # fmt: skip
        self._add(person_id, NOTIFIED, payload, row_id=own)

    def _add(self, person_id: str, kind: str, payload: dict[str, Any], *, row_id: str | None = None) -> None:
        self.people.add(person_id)
        self._db.execute(
            sa.text(
                "INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, next_attempt_at) "
                "VALUES (CAST(:id AS uuid), 'Professional', :person, :type, CAST(:payload AS jsonb), "
                "now() + make_interval(secs => :head_start))"
            ),
            {
                "id": row_id or new_id(), "person": person_id, "type": kind, "payload": orjson.dumps(payload).decode(),
                "head_start": self._head_start_seconds,
            },
        )  # fmt: skip

    def take(self, limit: int) -> list[OutboxRow]:
        """Lock and return rows that are due, oldest first, until the transaction ends.

        Rows that another relay holds are skipped. Paging by "id greater than the last" would lose rows, because a lower
        one may commit later.
        """
        rows = self._db.execute(
            sa.text(
                f"SELECT {_COLUMNS} FROM outbox WHERE dead_at IS NULL AND next_attempt_at <= now() "
                "ORDER BY created_at LIMIT :limit FOR UPDATE SKIP LOCKED"
            ),
            {"limit": limit},
        )
        return [OutboxRow(*row) for row in rows]

    def of_people(self, people: Sequence[str]) -> list[OutboxRow]:
        """Return all rows of these people, oldest first, without locking them."""
        rows = self._db.execute(
            sa.text(f"SELECT {_COLUMNS} FROM outbox WHERE aggregateid = ANY(:people) ORDER BY created_at"),
            {"people": list(people)},
        )
        return [OutboxRow(*row) for row in rows]

    def remove(self, ids: Sequence[str]) -> None:
        """Delete rows that have been delivered; one that another relay holds is left to that relay."""
        self._db.execute(
            sa.text(
                "DELETE FROM outbox WHERE id IN "
                "(SELECT id FROM outbox WHERE id = ANY(CAST(:ids AS uuid[])) FOR UPDATE SKIP LOCKED)"
            ),
            {"ids": list(ids)},
        )

    def note_erased(self, ids: Sequence[str]) -> None:
        """Note in the erasures that the graph has erased too."""
        self._db.execute(
            sa.text(
                "UPDATE erasure SET graph_erased_at = now() WHERE id IN (SELECT CAST(payload ->> 'erasure' AS uuid) "
                "FROM outbox WHERE id = ANY(CAST(:ids AS uuid[])))"
            ),
            {"ids": list(ids)},
        )

    def postpone(self, reasons: Mapping[str, str]) -> dict[str, str]:
        """Count a failed attempt of each row; it waits longer each time, and after the last one it is dead.

        Args:
            reasons: why each failed, by row id.

        Returns:
            the kinds of dead letters of the rows that are dead now, by row id.
        """
        rows = self._db.execute(
            sa.text(
                "UPDATE outbox o SET attempts = o.attempts + 1, last_error = w.reason, "
                f"next_attempt_at = now() + {wait_sql('o.attempts')}, "
                "dead_at = CASE WHEN o.attempts + 1 >= :most THEN now() END "
                "FROM (SELECT o.id, r.reason FROM outbox o "
                "JOIN unnest(CAST(:ids AS uuid[]), CAST(:reasons AS text[])) AS r(id, reason) ON r.id = o.id "
                "WHERE o.dead_at IS NULL FOR UPDATE OF o SKIP LOCKED) AS w "
                "WHERE o.id = w.id RETURNING o.id::text, o.type, o.dead_at"
            ),
            {"ids": list(reasons), "reasons": [reason[:500] for reason in reasons.values()], "most": MAX_ATTEMPTS},
        ).all()
        return {row.id: _KINDS.get(row.type, SNAPSHOT) for row in rows if row.dead_at is not None}

    def revive(self) -> int:
        """Let dead rows be tried again, from the first attempt; returns how many there were."""
        return int(
            self._db.execute(
                sa.text(
                    "UPDATE outbox SET attempts = 0, next_attempt_at = now(), dead_at = NULL WHERE dead_at IS NOT NULL"
                )
            ).rowcount
        )

    def size(self) -> int:
        """How many rows wait, those that are dead left out."""
        return int(self._db.execute(sa.text("SELECT count(*) FROM outbox WHERE dead_at IS NULL")).scalar_one())

    def dead(self) -> int:
        """How many rows could not be delivered and are not tried any more."""
        return int(self._db.execute(sa.text("SELECT count(*) FROM outbox WHERE dead_at IS NOT NULL")).scalar_one())
