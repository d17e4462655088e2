"""Sessions and their refresh tokens in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from profiles.sessions.domain import SESSION_LIFE, OpenSession


@dataclass(frozen=True)
class Refresh:
    """A refresh token as stored, with its session."""

    session_id: str
    person_id: str
    expires_at: datetime
    used_at: datetime | None
    ended_at: datetime | None
    authenticated_at: datetime
    one_time_password: bool
    client: bytes | None
    session_expires_at: datetime | None
    refresh_until: datetime | None


class SessionStore:
    """Reads and writes sessions on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def page(
        self, person_id: str, *, now: datetime, after: tuple[datetime, str] | None, first: int, only: UUID | None = None
    ) -> list[OpenSession]:
        """A person's sessions that have not ended and can be refreshed, newest first.

        Args:
            after: time and id of the session behind which the page begins.
            only: the id of the one that is asked for.
        """
        behind = "AND (created_at, id) < (:at, CAST(:last AS uuid)) " if after else ""
        rows = self._db.execute(
            sa.text(
                "SELECT id::text, created_at, coalesce(last_used_at, created_at) AS last_used_at, "
                "coalesce(expires_at, authenticated_at + :life) AS expires_at, client_name "
                "FROM session s WHERE person_id = CAST(:p AS uuid) AND ended_at IS NULL AND EXISTS "
                "(SELECT FROM refresh_token t WHERE t.session_id = s.id AND t.expires_at > :now) "
                "AND coalesce(refresh_until, authenticated_at + :life) > :now "
                "AND (CAST(:only AS uuid) IS NULL OR id = CAST(:only AS uuid)) "
                f"{behind}ORDER BY created_at DESC, id DESC LIMIT :first"
            ),
            {"p": person_id, "now": now, "life": SESSION_LIFE, "first": first, "only": only}
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

    # ------------------------------------------------------------------ opening and refreshing

    def add_session(
        self, *, session_id: str, person_id: str, at: datetime, one_time_password: bool, client: bytes | None,
        client_name: str | None,
    ) -> None:  # fmt: skip
        """Insert a session.

        Args:
            client: a keyed hash of the address that it came from.
            client_name: the program that opened it, as its owner is shown it.
        """
        self._db.execute(
            sa.text(
                "INSERT INTO session (id, person_id, created_at, authenticated_at, one_time_password, client, client_name, "
                "last_used_at) VALUES (:id, :person, :at, :at, :otp, :client, :name, :at)"
            ),
            {
                "id": session_id, "person": person_id, "at": at, "otp": one_time_password, "client": client,
                "name": client_name,
            },
        )  # fmt: skip

    def use_session(self, session_id: str, *, at: datetime, expires_at: datetime, refresh_until: datetime) -> None:
        """Note when a session was last refreshed, and when it ends: at the latest, and where it is not refreshed again."""
        self._db.execute(
            sa.text(
                "UPDATE session SET last_used_at = :at, expires_at = :end, refresh_until = :until WHERE id = CAST(:id AS uuid)"
            ),
            {"id": session_id, "at": at, "end": expires_at, "until": refresh_until},
        )

    def raise_session(self, session_id: str) -> None:
        """Note that a one-time password was given in a session."""
        self._db.execute(
            sa.text("UPDATE session SET one_time_password = true WHERE id = CAST(:id AS uuid)"), {"id": session_id}
        )

    def add_refresh(self, *, token_hash: bytes, session_id: str, expires_at: datetime) -> None:
        """Insert a refresh token, of which only the hash is kept."""
        self._db.execute(
            sa.text("INSERT INTO refresh_token (token_hash, session_id, expires_at) VALUES (:h, :s, :e)"),
            {"h": token_hash, "s": session_id, "e": expires_at},
        )

    def lock_refresh(self, token_hash: bytes) -> Refresh | None:
        """A refresh token with its session, both locked until the transaction ends."""
        row = (
            self._db.execute(
                sa.text(
                    "SELECT s.id::text AS session_id, s.person_id::text, t.expires_at, t.used_at, s.ended_at, "
                    "s.authenticated_at, s.one_time_password, s.client, s.expires_at AS session_expires_at, s.refresh_until "
                    "FROM refresh_token t JOIN session s ON s.id = t.session_id WHERE t.token_hash = :h FOR UPDATE"
                ),
                {"h": token_hash},
            )
            .mappings()
            .first()
        )
        return Refresh(**row) if row else None

    def use_refresh(self, token_hash: bytes, *, at: datetime) -> None:
        """Mark a refresh token used, the first time only."""
        self._db.execute(
            sa.text("UPDATE refresh_token SET used_at = :at WHERE token_hash = :h AND used_at IS NULL"),
            {"h": token_hash, "at": at},
        )

    def session_of(self, people: Sequence[str], token_hash: bytes | None) -> str | None:
        """The session of one of these accounts that a refresh token was given in, whether it has ended or not."""
        return self._db.execute(
            sa.text(
                "SELECT s.id::text FROM refresh_token t JOIN session s ON s.id = t.session_id "
                "WHERE t.token_hash = :h AND s.person_id = ANY(CAST(:ids AS uuid[]))"
            ),
            {"ids": list(people), "h": token_hash},
        ).scalar()

    def has_signed_in(self, people: Sequence[str], client: bytes | None) -> bool:
        """Whether one of these accounts has had a session from a network address, which is named by its keyed hash."""
        return bool(
            self._db.execute(
                sa.text(
                    "SELECT EXISTS (SELECT FROM session WHERE person_id = ANY(CAST(:ids AS uuid[])) AND client = :client)"
                ),
                {"ids": list(people), "client": client},
            ).scalar()
        )

    def end_session(self, session_id: str, *, at: datetime) -> None:
        """End one session."""
        self._db.execute(
            sa.text("UPDATE session SET ended_at = :at WHERE id = CAST(:s AS uuid) AND ended_at IS NULL"),
            {"s": session_id, "at": at},
        )

    def end_sessions(self, person_id: str, *, at: datetime, except_id: str | None = None) -> None:
        """End all of a person's sessions, or all but one."""
        self._db.execute(
            sa.text(
                "UPDATE session SET ended_at = :at WHERE person_id = CAST(:p AS uuid) AND ended_at IS NULL "
                "AND (CAST(:except_id AS uuid) IS NULL OR id <> CAST(:except_id AS uuid))"
            ),
            {"p": person_id, "at": at, "except_id": except_id},
        )

    def remember_erased(self, person_id: str, *, at: datetime) -> None:
        """Keep the ids of a person's recent sessions for as long as their access tokens could be used."""
        self._db.execute(
            sa.text(
                "INSERT INTO erased_session SELECT id, :at FROM session WHERE person_id = CAST(:p AS uuid) "
                "AND (ended_at IS NULL OR ended_at > CAST(:at AS timestamptz) - interval '1 hour') ON CONFLICT DO NOTHING"
            ),
            {"p": person_id, "at": at},
        )

    def void_tokens(self, person_id: str, *, at: datetime) -> None:
        """Let a person's access tokens end now; their sessions go on, and a refresh gives a token as things are now."""
        self._db.execute(
            sa.text(
                "UPDATE session SET tokens_void_before = :at WHERE person_id = CAST(:p AS uuid) AND ended_at IS NULL"
            ),
            {"p": person_id, "at": at},
        )

    def ended(self, *, since: datetime) -> list[tuple[str, datetime | None]]:
        """Sessions whose access tokens ended early: (session, tokens issued before then, or None for all)."""
        rows = self._db.execute(
            sa.text(
                "SELECT id::text, NULL::timestamptz AS before FROM session WHERE ended_at > :since UNION ALL "
                "SELECT id::text, tokens_void_before FROM session WHERE ended_at IS NULL AND tokens_void_before > :since "
                "UNION ALL SELECT session_id::text, NULL FROM erased_session WHERE ended_at > :since"
            ),
            {"since": since},
        )
        return [(row.id, row.before) for row in rows]
