"""Suspensions in PostgreSQL. Whether an account is suspended, and until when, stands in `account` and nowhere else."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kit.clock import new_id
from profiles.accounts.store import SUSPENDED
from profiles.suspensions.domain import Suspension

_OPEN = (
    "SELECT s.id::text, s.person_id::text, s.suspended_by::text, s.reason, s.started_at, a.suspended_until AS until, s.waits, "
    "s.proposed_until, s.confirmed_by::text, s.confirmed_at, s.appeal_statement, s.appealed_at, s.appeal_outcome, "
    "s.appeal_note, s.appeal_decided_at FROM suspension s JOIN account a ON a.person_id = s.person_id "
    f"WHERE s.ended_at IS NULL AND {SUSPENDED} "
)


class SuspensionStore:
    """Reads and writes suspensions on one connection; who writes one has locked its account (`AccountStore.take_turn`)."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def locked(self, person_id: str, *, at: datetime) -> Suspension | None:
        """The suspension of an account that holds now, when the account is locked. One that an earlier version began gets a row."""
        self._db.execute(
            sa.text(
                "INSERT INTO suspension (id, person_id, started_at) SELECT CAST(:id AS uuid), a.person_id, :at FROM account a "
                f"WHERE a.person_id = CAST(:p AS uuid) AND {SUSPENDED} ON CONFLICT (person_id) WHERE ended_at IS NULL DO NOTHING"
            ),
            {"id": new_id(), "p": person_id, "at": at},
        )
        return self.open(person_id)

    def open(self, person_id: str) -> Suspension | None:
        """The suspension of an account that holds now; None also for one that an earlier version began."""
        return next(iter(self._rows("AND s.person_id = CAST(:p AS uuid)", p=person_id)), None)

    def open_of(self, people: Collection[str]) -> dict[str, Suspension]:
        """The suspensions of accounts that hold now, by person."""
        return {
            one.person_id: one for one in self._rows("AND s.person_id = ANY(CAST(:ids AS uuid[]))", ids=list(people))
        }

    def to_decide(self, *, after: tuple[datetime, str] | None, first: int) -> list[Suspension]:
        """Those that wait for a second admin, or for a decision about the appeal; oldest first."""
        behind = "AND (s.started_at, s.person_id) > (:at, CAST(:last AS uuid)) " if after else ""
        given = {"at": after[0], "last": after[1]} if after else {}
        return self._rows(
            "AND (s.waits OR (s.appealed_at IS NOT NULL AND s.appeal_outcome IS NULL)) "
            f"{behind}ORDER BY s.started_at, s.person_id LIMIT :first",
            first=first, **given,
        )  # fmt: skip

    def _rows(self, condition: str, **given: Any) -> list[Suspension]:
        return [Suspension(**row) for row in self._db.execute(sa.text(_OPEN + condition), given).mappings()]

    def unconfirmed_since(self, person_id: str, *, since: datetime) -> list[str]:
        """Which admins have suspended an account lately without a second one; only suspensions that have ended."""
        rows = self._db.execute(
            sa.text(
                "SELECT DISTINCT suspended_by::text FROM suspension WHERE person_id = CAST(:p AS uuid) AND ended_at > :since "
                "AND confirmed_at IS NULL AND suspended_by IS NOT NULL"
            ),
            {"p": person_id, "since": since},
        )
        return list(rows.scalars())

    def begin(
        self, person_id: str, *, by: str, reason: str, at: datetime, waits: bool, proposed_until: datetime | None
    ) -> None:
        """Store a suspension that begins now."""
        self.end(person_id, at=at)
        self._db.execute(
            sa.text(
                "INSERT INTO suspension (id, person_id, suspended_by, reason, started_at, waits, proposed_until) "
                "VALUES (CAST(:id AS uuid), CAST(:p AS uuid), CAST(:by AS uuid), :reason, :at, :waits, :until)"
            ),
            {
                "id": new_id(), "p": person_id, "by": by, "reason": reason, "at": at, "waits": waits,
                "until": proposed_until,
            },
        )  # fmt: skip

    def change(self, suspension_id: str, *, by: str, reason: str, waits: bool, proposed_until: datetime | None) -> None:
        """Store what an admin has decided anew about a suspension; who had confirmed what it was before stays known."""
        self._db.execute(
            sa.text(
                "UPDATE suspension SET reason = :reason, waits = :waits, proposed_until = :until, "
                "suspended_by = CAST(:by AS uuid), confirmed_by = nullif(confirmed_by, CAST(:by AS uuid)) "
                "WHERE id = CAST(:id AS uuid)"
            ),
            {"id": suspension_id, "by": by, "reason": reason, "waits": waits, "until": proposed_until},
        )

    def confirm(self, suspension_id: str, *, by: str, at: datetime) -> None:
        """Store who confirmed a suspension as the second admin."""
        self._db.execute(
            sa.text(
                "UPDATE suspension SET waits = false, proposed_until = NULL, confirmed_by = CAST(:by AS uuid), "
                "confirmed_at = :at WHERE id = CAST(:id AS uuid)"
            ),
            {"id": suspension_id, "by": by, "at": at},
        )

    def appeal(self, suspension_id: str, *, statement: str, at: datetime) -> None:
        """Store an appeal."""
        self._db.execute(
            sa.text("UPDATE suspension SET appeal_statement = :text, appealed_at = :at WHERE id = CAST(:id AS uuid)"),
            {"id": suspension_id, "text": statement, "at": at},
        )

    def decide_appeal(self, suspension_id: str, *, by: str, outcome: str, note: str | None, at: datetime) -> None:
        """Store how an appeal was decided."""
        self._db.execute(
            sa.text(
                "UPDATE suspension SET appeal_outcome = :outcome, appeal_note = :note, appeal_decided_at = :at, "
                "appeal_decided_by = CAST(:by AS uuid) WHERE id = CAST(:id AS uuid)"
            ),
            {"id": suspension_id, "outcome": outcome, "note": note, "by": by, "at": at},
        )

    def end(self, person_id: str, *, at: datetime) -> None:
        """Note that the suspension of an account has ended, if there is one."""
        self._db.execute(
            sa.text("UPDATE suspension SET ended_at = :at WHERE person_id = CAST(:p AS uuid) AND ended_at IS NULL"),
            {"p": person_id, "at": at},
        )

    def set_suspended(self, person_id: str, *, suspended: bool, until: datetime | None) -> None:
        """Suspend an account, until a time or for good, or end that."""
        self._db.execute(
            sa.text("UPDATE account SET suspended = :s, suspended_until = :u WHERE person_id = CAST(:id AS uuid)"),
            {"id": person_id, "s": suspended, "u": until},
        )

    def lock_ended(self, *, now: datetime, most: int, except_ids: Sequence[str] = ()) -> list[str]:
        """Suspended accounts whose suspension has ended; locked."""
        rows = self._db.execute(
            sa.text(
                "SELECT person_id::text FROM account WHERE suspended AND suspended_until <= :now "
                "AND person_id <> ALL(CAST(:except AS uuid[])) ORDER BY person_id LIMIT :most FOR UPDATE SKIP LOCKED"
            ),
            {"now": now, "most": most, "except": list(except_ids)},
        )
        return list(rows.scalars())
