"""People's own sessions in PostgreSQL."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from profiles.sessions.domain import SESSION_LIFE, OpenSession


class SessionStore:
    """Reads and ends sessions on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def page(
        self, person_id: str, *, now: datetime, after: tuple[datetime, str] | None, first: int
    ) -> list[OpenSession]:
        """A person's sessions that have not ended and can be refreshed, newest first.

        Args:
            after: time and id of the session behind which the page begins.
        """
        behind = "AND (created_at, id) < (:at, CAST(:last AS uuid)) " if after else ""
        rows = self._db.execute(
            sa.text(
                "SELECT id::text, created_at, coalesce(last_used_at, created_at) AS last_used_at, "
                "coalesce(expires_at, authenticated_at + :life) AS expires_at, client_name "
                "FROM session s WHERE person_id = CAST(:p AS uuid) AND ended_at IS NULL AND EXISTS "
                "(SELECT FROM refresh_token t WHERE t.session_id = s.id AND t.expires_at > :now) "
                "AND coalesce(refresh_until, authenticated_at + :life) > :now "
                f"{behind}ORDER BY created_at DESC, id DESC LIMIT :first"
            ),
            {"p": person_id, "now": now, "life": SESSION_LIFE, "first": first}
            | ({"at": after[0], "last": after[1]} if after else {}),
        ).mappings()
        return [OpenSession(**row) for row in rows]

    def end(self, person_id: str, session_id: str, *, at: datetime) -> bool:
        """End a session of a person, or leave it ended; whether they have such a session."""
        result = self._db.execute(
            sa.text(
                "UPDATE session SET ended_at = coalesce(ended_at, :at) "
                "WHERE id = CAST(:s AS uuid) AND person_id = CAST(:p AS uuid)"
            ),
            {"s": session_id, "p": person_id, "at": at},
        )
        return result.rowcount == 1
