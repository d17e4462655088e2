"""Credentials that come due by the clock, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from profiles.credentials.domain import Credential


class DueCredentials:
    """The part of the store of credentials that the scheduled jobs use."""

    _db: sa.Connection

    def _many(self, where: str, **given: object) -> list[Credential]:
        raise NotImplementedError

    def _due(self, where: str, **given: object) -> list[Credential]:
        """Credentials that nobody holds, locked with their owners; what somebody works on waits for the next time."""
        found = self._many(f"{where} FOR NO KEY UPDATE SKIP LOCKED", **given)
        return [one for one in found if self._try_owner(one.person_id)]

    def _try_owner(self, person_id: str) -> bool:
        """Lock a person unless somebody else has: a credential is held already, so that waiting could be a deadlock."""
        row = self._db.execute(
            sa.text("SELECT 1 FROM person WHERE id = CAST(:p AS uuid) FOR NO KEY UPDATE SKIP LOCKED"), {"p": person_id}
        ).first()
        return row is not None

    def lock_expired(self, today: date, *, most: int, except_ids: Sequence[str] = ()) -> list[Credential]:
        """Validated credentials whose last day is over."""
        return self._due(
            "status = 'VALIDATED' AND expires_on < :today AND id <> ALL(CAST(:except AS uuid[])) "
            "ORDER BY expires_on, id LIMIT :most",
            today=today, most=most, **{"except": list(except_ids)},
        )  # fmt: skip

    def lock_due(self, today: date, *, most: int, except_ids: Sequence[str] = ()) -> list[Credential]:
        """Validated credentials that must be looked at again and are not on the desk yet."""
        return self._due(
            "status = 'VALIDATED' AND next_review_on <= :today AND desk_since IS NULL "
            "AND id <> ALL(CAST(:except AS uuid[])) ORDER BY next_review_on, id LIMIT :most",
            today=today, most=most, **{"except": list(except_ids)},
        )  # fmt: skip

    def lock_overdue_pending(self, now: datetime, *, most: int, except_ids: Sequence[str] = ()) -> list[Credential]:
        """Credentials whose decision has waited for a second verifier too long."""
        return self._due(
            "pending_decision IS NOT NULL AND pending_expires_at <= :now AND id <> ALL(CAST(:except AS uuid[])) "
            "ORDER BY pending_expires_at, id LIMIT :most",
            now=now, most=most, **{"except": list(except_ids)},
        )  # fmt: skip

    def take_reminders(
        self, today: date, days: Sequence[int], *, most: int, except_ids: Sequence[str] = ()
    ) -> list[tuple[Credential, int]]:
        """Credentials that end within so many days and whose owners were not told yet; noted as told."""
        rows = self._db.execute(
            sa.text(
                "INSERT INTO credential_reminder SELECT c.id, c.expires_on, d.days FROM credential c CROSS JOIN LATERAL "
                "(SELECT min(days) AS days FROM unnest(CAST(:days AS integer[])) AS t(days) "
                "WHERE c.expires_on - :today <= t.days) d "
                "WHERE c.status = 'VALIDATED' AND c.expires_on BETWEEN :today AND :horizon AND d.days IS NOT NULL "
                "AND c.id <> ALL(CAST(:except AS uuid[])) AND NOT EXISTS (SELECT FROM credential_reminder r "
                "WHERE r.credential_id = c.id AND r.expires_on = c.expires_on AND r.days = d.days) "
                "ORDER BY c.expires_on, c.id LIMIT :most "
                "ON CONFLICT DO NOTHING RETURNING credential_id::text, days"
            ),
            {
                "today": today,
                "horizon": today + timedelta(days=max(days)),
                "days": list(days),
                "most": most,
                "except": list(except_ids),
            },
        ).all()
        found = {c.id: c for c in self._many("id = ANY(CAST(:ids AS uuid[]))", ids=[row[0] for row in rows])}
        return [(found[own], days_left) for own, days_left in rows]

    def lock_misnamed(
        self, identifying: Sequence[str], *, most: int, except_ids: Sequence[str] = ()
    ) -> list[Credential]:
        """Licences and certificates that have not ended, of authorities whose numbers are identifiers only."""
        return self._due(
            "kind IN ('LICENCE', 'SPECIALIST_CERTIFICATE') AND status NOT IN ('VAL_FAIL', 'REVAL_FAIL', 'ENTERED_IN_ERROR') "
            "AND authority = ANY(:own) AND id <> ALL(CAST(:except AS uuid[])) ORDER BY authority, id LIMIT :most",
            own=list(identifying), most=most, **{"except": list(except_ids)},
        )  # fmt: skip
