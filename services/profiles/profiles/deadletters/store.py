"""Failed items and dead letters in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from profiles.deadletters.domain import MAX_ATTEMPTS, MAX_ERROR_LENGTH, DeadLetter, WorkerState, wait_sql

_RECENT_SECONDS = 30


class DeadLetterStore:
    """Reads and writes failures on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    # ------------------------------------------------------------------ items without a row in a queue

    def note_failure(self, kind: str, queue: str, item: str, *, error: str) -> str | None:
        """Count a failed attempt of an item.

        Args:
            kind: GRAPH_ACT or JOB.
            queue: of which it is, like `expired`.
            item: its name in the queue: an id.
            error: the code or name of what went wrong.

        Returns:
            the dead letter's id, when this was the last attempt.
        """
        row = self._db.execute(
            sa.text(
                "INSERT INTO failed_item AS f (kind, queue, item, attempts, next_attempt_at, last_error) "
                f"VALUES (:kind, :queue, :item, 1, now() + {wait_sql('0')}, :error) "
                "ON CONFLICT (queue, item) DO UPDATE SET attempts = f.attempts + 1, last_error = EXCLUDED.last_error, "
                f"next_attempt_at = now() + {wait_sql('f.attempts')}, "
                "dead_at = CASE WHEN f.attempts + 1 >= :most THEN coalesce(f.dead_at, now()) END "
                "RETURNING id::text, dead_at"
            ),
            {
                "kind": kind, "queue": queue, "item": item, "error": error[:MAX_ERROR_LENGTH], "most": MAX_ATTEMPTS,
            },
        ).one()  # fmt: skip
        return row.id if row.dead_at is not None else None

    def held_back(self, queue: str) -> list[str]:
        """Items of a queue that must not be tried now: they wait, or are dead letters."""
        rows = self._db.execute(
            sa.text(
                "SELECT item FROM failed_item WHERE queue = :q AND (dead_at IS NOT NULL OR next_attempt_at > now())"
            ),
            {"q": queue},
        )
        return list(rows.scalars())

    def forget(self, queue: str, items: Sequence[str]) -> None:
        """Forget the failures of items that were done."""
        self._db.execute(
            sa.text("DELETE FROM failed_item WHERE queue = :q AND item = ANY(:i)"), {"q": queue, "i": list(items)}
        )

    # ------------------------------------------------------------------ dead letters

    def page(
        self, *, kind: str | None, before: tuple[datetime, str] | None, first: int, only: UUID | None = None
    ) -> list[DeadLetter]:
        """Dead letters, the last one that was given up first.

        Args:
            only: the id of the one that is asked for.
        """
        rows = self._db.execute(
            sa.text(
                "SELECT id::text, kind, attempts, created_at, dead_at, coalesce(error, '') AS error FROM dead_letter "
                "WHERE (CAST(:kind AS text) IS NULL OR kind = :kind) "
                "AND (CAST(:only AS uuid) IS NULL OR id = CAST(:only AS uuid)) AND (CAST(:at AS timestamptz) IS NULL "
                "OR (dead_at, id) < (CAST(:at AS timestamptz), CAST(:last AS uuid))) "
                "ORDER BY dead_at DESC, id DESC LIMIT :first"
            ),
            {
                "kind": kind, "at": before[0] if before else None, "last": before[1] if before else None,
                "first": first, "only": only,
            },
        ).mappings()  # fmt: skip
        return [DeadLetter(**row) for row in rows]

    def counts(self) -> dict[str, int]:
        """How many dead letters there are of each kind that has any."""
        rows = self._db.execute(sa.text("SELECT kind, count(*) AS number FROM dead_letter GROUP BY kind"))
        return {row.kind: int(row.number) for row in rows}

    def retry(self, letter_id: str) -> str | None:
        """Let a dead letter be tried again, from the first attempt; returns its kind, None where there is none.

        Each statement finds the item only while it is dead, so that of many who retry one at once one does.
        """
        for statement in (
            "UPDATE mail SET attempts = 0, next_at = now(), dead_at = NULL "
            "WHERE id = CAST(:id AS uuid) AND dead_at IS NOT NULL RETURNING 'MAIL'",
            "UPDATE outbox SET attempts = 0, next_attempt_at = now(), dead_at = NULL "
            "WHERE id = CAST(:id AS uuid) AND dead_at IS NOT NULL RETURNING type",
            "DELETE FROM failed_item WHERE id = CAST(:id AS uuid) AND dead_at IS NOT NULL RETURNING kind",
        ):
            kind = self._db.execute(sa.text(statement), {"id": letter_id}).scalar()
            if kind is not None:
                return str(kind)
        return None

    # ------------------------------------------------------------------ workers

    def beat(self, worker: str, failing: Sequence[str]) -> None:
        """Note that a worker is there, and which of its parts fail; those not seen for a day are forgotten."""
        self._db.execute(
            sa.text(
                "INSERT INTO worker_heartbeat VALUES (CAST(:w AS uuid), now(), :f) "
                "ON CONFLICT (worker) DO UPDATE SET seen_at = now(), failing = EXCLUDED.failing"
            ),
            {"w": worker, "f": list(failing)},
        )
        self._db.execute(sa.text("DELETE FROM worker_heartbeat WHERE seen_at < now() - interval '1 day'"))

    def worker_state(self) -> WorkerState:
        """When a worker was seen last, and what fails in those that are there."""
        row = self._db.execute(
            sa.text(
                "SELECT extract(epoch FROM now() - max(seen_at)) AS age, ARRAY(SELECT DISTINCT unnest(failing) "
                f"FROM worker_heartbeat WHERE seen_at > now() - interval '{_RECENT_SECONDS} seconds' ORDER BY 1) AS failing "
                "FROM worker_heartbeat"
            )
        ).one()
        return WorkerState(None if row.age is None else round(float(row.age), 1), tuple(row.failing))
