"""Requests to hide directory profiles, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from profiles.hiding.domain import HIDDEN, RESTORED, HidingRequest

_SELECT = (
    "SELECT h.id::text, h.person_id::text, p.handle, p.name, p.regions, h.contact, h.contact_key, h.note, h.language, "
    "h.number_matches, h.requested_at, h.outcome, h.decided_at, h.decided_by::text, h.decision_note "
    "FROM hiding_request h JOIN person p ON p.id = h.person_id "
)


class HidingStore:
    """Reads and writes requests to hide directory profiles on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def _many(self, rest: str, **given: object) -> list[HidingRequest]:
        return [HidingRequest(**row) for row in self._db.execute(sa.text(_SELECT + rest), given).mappings()]

    def add(
        self,
        *,
        request_id: str,
        person_id: str,
        contact: str,
        contact_key: str,
        note: str,
        language: str | None,
        number_matches: bool | None,
        at: datetime,
    ) -> bool:
        """Store a request; False where the same address has an open one about the profile."""
        result = self._db.execute(
            sa.text(
                "INSERT INTO hiding_request (id, person_id, contact, contact_key, note, language, number_matches, "
                "requested_at) VALUES (CAST(:id AS uuid), CAST(:person AS uuid), :contact, :key, :note, "
                ":language, :matches, :at) ON CONFLICT (person_id, contact_key) WHERE decided_at IS NULL DO NOTHING"
            ),
            {
                "id": request_id, "person": person_id, "contact": contact, "key": contact_key, "note": note,
                "language": language, "matches": number_matches, "at": at,
            },
        )  # fmt: skip
        return result.rowcount == 1

    def get(self, request_id: str) -> HidingRequest | None:
        """The request with this id."""
        found = self._many("WHERE h.id = CAST(:id AS uuid)", id=request_id)
        return found[0] if found else None

    def lock_open(self, person_id: str) -> list[HidingRequest]:
        """The requests about a profile that wait, locked in one order."""
        return self._many(
            "WHERE h.person_id = CAST(:p AS uuid) AND h.decided_at IS NULL ORDER BY h.id FOR UPDATE OF h", p=person_id
        )

    def decide(self, request_id: str, *, outcome: str, by: str, note: str | None, at: datetime) -> None:
        """Write down what was decided about a request."""
        self._db.execute(
            sa.text(
                "UPDATE hiding_request SET outcome = :outcome, decided_at = :at, decided_by = CAST(:by AS uuid), "
                "decision_note = :note WHERE id = CAST(:id AS uuid)"
            ),
            {"outcome": outcome, "at": at, "by": by, "note": note, "id": request_id},
        )

    def note_restored(self, person_id: str) -> None:
        """Write down that a profile that was hidden is shown again."""
        self._db.execute(
            sa.text(
                "UPDATE hiding_request SET outcome = :restored WHERE person_id = CAST(:p AS uuid) AND outcome = :hidden"
            ),
            {"restored": RESTORED, "hidden": HIDDEN, "p": person_id},
        )

    def erase(self, contact_key: str) -> None:
        """Delete the requests of an address."""
        self._db.execute(sa.text("DELETE FROM hiding_request WHERE contact_key = :key"), {"key": contact_key})

    def page(
        self,
        *,
        open_only: bool,
        places: Sequence[str] | None,
        after: tuple[datetime, str] | None,
        first: int,
        only: UUID | None = None,
    ) -> list[HidingRequest]:
        """Requests, the one that waits longest before others.

        Args:
            places: where the profile practises; None for everywhere. A profile without a region is everywhere's.
            only: the id of the one that is asked for.
        """
        conditions = ["h.decided_at IS NULL"] if open_only else ["true"]
        given: dict[str, object] = {"first": first}
        if places is not None:
            conditions.append("(p.regions = '{}' OR p.regions && CAST(:places AS text[]))")
            given["places"] = list(places)
        if only is not None:
            conditions.append("h.id = CAST(:only AS uuid)")
            given["only"] = only
        if after is not None:
            conditions.append("(h.requested_at, h.id) > (:after_at, CAST(:after_id AS uuid))")
            given |= {"after_at": after[0], "after_id": after[1]}
        return self._many(f"WHERE {' AND '.join(conditions)} ORDER BY h.requested_at, h.id LIMIT :first", **given)

    def lock_ended(self, *, before: datetime, most: int, except_ids: Sequence[str]) -> list[str]:
        """Requests that were decided before a time and still have texts, locked."""
        return list(
            self._db.execute(
                sa.text(
                    "SELECT id::text FROM hiding_request WHERE decided_at < :before AND contact IS NOT NULL "
                    "AND id <> ALL(CAST(:out AS uuid[])) ORDER BY decided_at LIMIT :most FOR UPDATE SKIP LOCKED"
                ),
                {"before": before, "most": most, "out": list(except_ids)},
            ).scalars()
        )

    def forget(self, request_id: str) -> None:
        """Delete the texts of a request: the address, and what was written about it."""
        self._db.execute(
            sa.text(
                "UPDATE hiding_request SET contact = NULL, contact_key = NULL, note = NULL, language = NULL, "
                "decision_note = NULL WHERE id = CAST(:id AS uuid)"
            ),
            {"id": request_id},
        )
