"""Which policies people have accepted, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa


class PolicyStore:
    """Reads and writes what was accepted, on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def accept(self, person_id: str, policies: Iterable[tuple[str, str]], *, at: datetime) -> None:
        """Record accepted policies as (id, edition) pairs; repeating changes nothing."""
        for policy, edition in policies:
            self._db.execute(
                sa.text("INSERT INTO policy_acceptance VALUES (:id, :p, :e, :at) ON CONFLICT DO NOTHING"),
                {"id": person_id, "p": policy, "e": edition, "at": at},
            )

    def accepted(self, person_id: str) -> set[tuple[str, str]]:
        """The policies accepted, as (id, edition) pairs."""
        rows = self._db.execute(
            sa.text("SELECT policy, edition FROM policy_acceptance WHERE person_id = CAST(:id AS uuid)"),
            {"id": person_id},
        )
        return {(row.policy, row.edition) for row in rows}

    def forget(self, person_id: str) -> None:
        """Forget what a person has accepted."""
        self._db.execute(sa.text("DELETE FROM policy_acceptance WHERE person_id = CAST(:p AS uuid)"), {"p": person_id})
