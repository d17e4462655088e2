"""How often something was tried, in PostgreSQL."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa


class AttemptStore:
    """Counts tries on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def count_attempt(
        self, key: bytes, *, now: datetime, free: int, longest: int, forget_after: timedelta
    ) -> tuple[float, int]:
        """Count a try before it is made, so that tries at once count too.

        After `free` failures in a row each further one must wait twice as long, up to `longest` seconds; a try that
        comes too early is not counted.

        Returns:
            how many seconds it must wait, 0 when it may be made now; and which try in a row it is.
        """
        wait = (
            "make_interval(secs => CASE WHEN a.count < :free THEN 0 "
            "ELSE least(:longest, power(2, least(a.count - :free, 20))) END)"
        )
        given = {"k": key, "now": now, "old": now - forget_after, "free": free, "longest": longest}
        # Most of many tries at once are refused here, without the row's lock: else each of them would wait for the others with a
        # connection of the pool, and everybody else for one of those.
        early = self._db.execute(
            sa.text(
                f"SELECT extract(epoch FROM a.last_at + {wait} - :now) FROM attempt a "
                f"WHERE key = :k AND a.last_at + {wait} > :now AND a.last_at >= :old"
            ),
            given,
        ).scalar()
        if early is not None:
            return max(1.0, float(early)), free + 1
        counted = self._db.execute(
            sa.text(
                "INSERT INTO attempt AS a (key, count, last_at) VALUES (:k, 1, :now) ON CONFLICT (key) DO UPDATE SET "
                "count = CASE WHEN a.last_at < :old THEN 1 ELSE a.count + 1 END, last_at = EXCLUDED.last_at "
                f"WHERE a.last_at + {wait} <= :now OR a.last_at < :old RETURNING count"
            ),
            given,
        ).scalar()
        if counted is not None:
            return 0.0, int(counted)
        seconds = self._db.execute(
            sa.text(f"SELECT extract(epoch FROM a.last_at + {wait} - :now) FROM attempt a WHERE key = :k"), given
        ).scalar()
        return max(1.0, float(seconds or 1)), free + 1

    def uncount_attempt(self, key: bytes, *, wholly: bool) -> None:
        """Take a try back that did not fail; `wholly` forgets the failed ones too."""
        statement = (
            "DELETE FROM attempt WHERE key = :k" if wholly
            else "UPDATE attempt SET count = greatest(count - 1, 0) WHERE key = :k"
        )  # fmt: skip
        self._db.execute(sa.text(statement), {"k": key})
