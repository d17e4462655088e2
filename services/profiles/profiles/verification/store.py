"""How long cases usually wait, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

# The first answer is a decision, or a question; the applicant's own time after a question is not counted.
_ANSWERED = """
    CROSS JOIN LATERAL (
        SELECT min(at) AS at FROM credential_event WHERE credential_id = c.id AND (to_status IN ('VALIDATED', 'VAL_FAIL')
            OR (from_status = 'IN_PROCESS' AND to_status = 'ATTESTED' AND reason IS NOT NULL))
    ) e
    WHERE e.at >= c.submitted_at
    GROUP BY k.name HAVING count(*) >= :fewest
"""
_HOURS = (
    "percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY extract(epoch FROM e.at - c.submitted_at) / 3600) AS hours"
)


class UsualWaitStore:
    """Reads how long cases waited on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def usual_waits(
        self, kinds: Sequence[str], authorities: Sequence[str], *, since: datetime, fewest: int, most: int
    ) -> dict[str, tuple[int, int]]:
        """Hours from submission to the first answer, (p50, p90), by kind and by authority; only where there are enough cases.

        Args:
            since: cases that were decided after then.
            most: so many cases of each are looked at, those that were decided last.
        """
        rows = self._db.execute(
            sa.text(
                f"SELECT k.name, {_HOURS} FROM unnest(CAST(:kinds AS text[])) AS k(name) CROSS JOIN LATERAL "
                "(SELECT id, submitted_at FROM credential WHERE kind = k.name AND decided_at > :since "
                f"ORDER BY decided_at DESC LIMIT :most) c {_ANSWERED} UNION ALL "
                f"SELECT k.name, {_HOURS} FROM unnest(CAST(:authorities AS text[])) AS k(name) CROSS JOIN LATERAL "
                "(SELECT id, submitted_at FROM credential WHERE authority = k.name AND decided_at > :since "
                f"ORDER BY decided_at DESC LIMIT :most) c {_ANSWERED}"
            ),
            {
                "kinds": list(kinds), "authorities": list(authorities), "since": since, "fewest": fewest, "most": most,
            },
        )  # fmt: skip
        return {row.name: (round(row.hours[0]), round(row.hours[1])) for row in rows}
