"""The state of the projection in PostgreSQL: one row, and the ids of rows that left the outbox."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from profiles.projection.domain import ERASURES, RESTORED, ProjectionState

KEPT_ROWS = 10_000  # far more than are on their way to the graph at one time
_STATE = "SELECT installation::text, epoch, delivered, stage, after, done, restored_at, restore_entry FROM projection"


class ProjectionStore:
    """Reads and changes the state of the projection on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def state(self) -> ProjectionState:
        """Return the state."""
        return ProjectionState(*self._db.execute(sa.text(_STATE)).one())

    def lock(self) -> ProjectionState | None:
        """Lock and return the state until the transaction ends; None while another transaction holds it."""
        row = self._db.execute(sa.text(_STATE + " FOR NO KEY UPDATE SKIP LOCKED")).first()
        return ProjectionState(*row) if row else None

    def knows(self, row_id: str) -> bool:
        """Whether a row is in the outbox or was."""
        return bool(
            self._db.execute(
                sa.text(
                    "SELECT EXISTS (SELECT FROM outbox WHERE id = CAST(:id AS uuid)) "
                    "OR EXISTS (SELECT FROM outbox_left WHERE id = CAST(:id AS uuid))"
                ),
                {"id": row_id},
            ).scalar_one()
        )

    def confirm_delivery(self, epoch: int, position: int) -> None:
        """Note the highest position that the graph has confirmed in this epoch."""
        self._db.execute(
            sa.text("UPDATE projection SET delivered = :position WHERE epoch = :epoch AND delivered < :position"),
            {"epoch": epoch, "position": position},
        )

    def forget_rows(self) -> None:
        """Delete the ids of rows that left the outbox long ago."""
        self._db.execute(
            sa.text("DELETE FROM outbox_left WHERE position < (SELECT max(position) FROM outbox_left) - :kept"),
            {"kept": KEPT_ROWS},
        )

    def open_epoch(self, seen: int, *, beyond: int, reason: str) -> int | None:
        """Begin a later epoch with a rebuild of everything in it.

        Args:
            seen: the epoch that the caller read.
            beyond: an epoch that is known elsewhere; the new one is later than both.

        Returns:
            the new epoch; None when another one has begun meanwhile.
        """
        return self._db.execute(
            sa.text(
                "UPDATE projection SET epoch = greatest(epoch, :beyond) + 1, delivered = 0, stage = :stage, after = '', "
                "done = 0, restored_at = CASE WHEN :restored THEN now() ELSE restored_at END, "
                "restore_entry = CASE WHEN :restored THEN NULL ELSE restore_entry END WHERE epoch = :seen RETURNING epoch"
            ),
            {"beyond": beyond, "seen": seen, "stage": ERASURES, "restored": reason == RESTORED},
        ).scalar()

    def go_on(self, stage: str | None, *, after: str, done: int) -> None:
        """Note how far a rebuild is."""
        self._db.execute(
            sa.text("UPDATE projection SET stage = :stage, after = :after, done = done + :done"),
            {"stage": stage, "after": after, "done": done},
        )

    def note_restore_entry(self, entry: int) -> None:
        """Note the entry of the audit trail that records the restore."""
        self._db.execute(sa.text("UPDATE projection SET restore_entry = :entry"), {"entry": entry})

    def restore_signed(self) -> None:
        """Note that a checkpoint records the restore; one that was detected meanwhile has no entry yet, and stays."""
        self._db.execute(
            sa.text("UPDATE projection SET restored_at = NULL, restore_entry = NULL WHERE restore_entry IS NOT NULL")
        )

    def unknown(self, ids: Sequence[str]) -> list[str]:
        """Return those of these ids that are no person's."""
        rows = self._db.execute(
            sa.text(
                "SELECT i::text FROM unnest(CAST(:ids AS uuid[])) AS i "
                "WHERE NOT EXISTS (SELECT FROM person WHERE id = i)"
            ),
            {"ids": list(ids)},
        )
        return list(rows.scalars())

    def next_people(self, after: str, limit: int) -> list[str]:
        """Lock the next people in the order of their ids, so that none of them is being changed, and return their ids."""
        rows = self._db.execute(
            sa.text(
                "SELECT id::text FROM person WHERE id > CAST(:after AS uuid) ORDER BY id LIMIT :limit FOR SHARE"
                if after
                else "SELECT id::text FROM person ORDER BY id LIMIT :limit FOR SHARE"
            ),
            {"after": after, "limit": limit} if after else {"limit": limit},
        )
        return list(rows.scalars())
