"""Earlier decisions in PostgreSQL, by blind indexes of numbers and digests of documents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from kit.clock import new_id
from profiles.decisions.domain import ADVERSE_BY_TWO, MAX_SHOWN, PastDecision

# The decisions that concern credentials, each way by its own index; several ways to one decision are one row.
_CONCERNED = """
    WITH found AS (
        SELECT c.id AS own, d.id AS decision FROM credential c JOIN past_decision d ON d.number_index = c.number_index
        WHERE c.id = ANY(CAST(:ids AS uuid[]))
        UNION
        SELECT c.id, d.id FROM credential c JOIN past_decision d ON d.person_id = c.person_id
        WHERE c.id = ANY(CAST(:ids AS uuid[]))
        UNION
        SELECT e.credential_id, pd.decision_id FROM evidence e JOIN past_decision_document pd ON pd.digest = e.digest
        WHERE e.credential_id = ANY(CAST(:ids AS uuid[]))
    )
    SELECT f.own::text, d.decided_at, d.outcome, d.reason, d.by_two, d.kind, d.authority, d.jurisdiction,
        d.credential_id::text, coalesce(d.number_index = c.number_index, false) AS same_number,
        coalesce(d.person_id = c.person_id, false) AS same_person,
        EXISTS (SELECT FROM past_decision_document pd JOIN evidence e ON e.digest = pd.digest
            WHERE pd.decision_id = d.id AND e.credential_id = c.id) AS same_document
    FROM found f JOIN past_decision d ON d.id = f.decision JOIN credential c ON c.id = f.own
"""


class DecisionStore:
    """Writes and reads earlier decisions on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def record(self, credential_id: str, *, outcome: str, reason: str | None, by_two: bool, at: datetime) -> None:
        """Remember a decision about a credential, with its number and documents as they are now."""
        own = new_id()
        self._db.execute(
            sa.text(
                "INSERT INTO past_decision (id, decided_at, outcome, reason, by_two, kind, authority, jurisdiction, "
                "number_index, person_id, credential_id) SELECT CAST(:own AS uuid), :at, :outcome, :reason, :two, kind, "
                "authority, jurisdiction, number_index, person_id, id FROM credential WHERE id = CAST(:id AS uuid)"
            ),
            {"own": own, "at": at, "outcome": outcome, "reason": reason, "two": by_two, "id": credential_id},
        )
        self._db.execute(
            sa.text(
                "INSERT INTO past_decision_document SELECT DISTINCT CAST(:own AS uuid), digest FROM evidence "
                "WHERE credential_id = CAST(:id AS uuid) AND digest IS NOT NULL"
            ),
            {"own": own, "id": credential_id},
        )

    def note_appeal(self, credential_id: str, *, at: datetime) -> None:
        """Remember that the last decision against a credential was appealed."""
        self._db.execute(
            sa.text(
                "UPDATE past_decision SET appealed_at = :at WHERE id = (SELECT id FROM past_decision WHERE credential_id = "
                "CAST(:id AS uuid) AND outcome IN ('REJECTED', 'SUSPENDED', 'REVOKED') ORDER BY decided_at DESC, id LIMIT 1)"
            ),
            {"id": credential_id, "at": at},
        )

    def about(self, credential_ids: Sequence[str]) -> dict[str, list[PastDecision]]:
        """What was decided elsewhere about the numbers, people and documents of these credentials, newest first."""
        rows = self._db.execute(
            sa.text(_CONCERNED + "WHERE d.credential_id IS DISTINCT FROM c.id ORDER BY d.decided_at DESC, d.id"),
            {"ids": list(credential_ids)},
        )
        found: dict[str, list[PastDecision]] = {}
        for row in rows:
            found.setdefault(row[0], []).append(PastDecision(*row[1:]))
        return {own: decisions[:MAX_SHOWN] for own, decisions in found.items()}

    def needs_second(self, credential_id: str) -> bool:
        """Whether one verifier alone cannot validate a credential, because of what was decided before.

        That is where two verifiers last decided against its number or against itself, and where one of its documents was
        found to be forged.
        """
        rows = self._db.execute(
            sa.text(_CONCERNED + "WHERE d.by_two OR d.reason = 'FORGED_DOCUMENT' ORDER BY d.decided_at DESC, d.id"),
            {"ids": [credential_id]},
        )
        decisions = [PastDecision(*row[1:]) for row in rows]
        if any(one.reason == "FORGED_DOCUMENT" and one.same_document for one in decisions):
            return True
        by_two = [one for one in decisions if one.by_two and (one.same_number or one.credential_id == credential_id)]
        return any(one.outcome in ADVERSE_BY_TWO and one.at >= by_two[0].at for one in by_two)
