"""Requests to reset a lost second factor, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from profiles.second_factor.domain import TOKEN_PURPOSE, SecondFactorReset

_RESET = (
    "SELECT id::text, person_id::text, requested_at, expires_at, approved_by::text, approved_at, due_at "
    "FROM second_factor_reset "
)


class SecondFactorStore:
    """Reads and writes requests on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def get(self, person_id: str) -> SecondFactorReset | None:
        """A person's request."""
        row = (
            self._db.execute(sa.text(_RESET + "WHERE person_id = CAST(:p AS uuid)"), {"p": person_id})
            .mappings()
            .first()
        )
        return SecondFactorReset(**row) if row else None

    def add(self, reset_id: str, person_id: str, *, requested_at: datetime, expires_at: datetime) -> None:
        """Store a request."""
        self._db.execute(
            sa.text(
                "INSERT INTO second_factor_reset (person_id, id, requested_at, expires_at) VALUES (:p, :id, :at, :until)"
            ),
            {"p": person_id, "id": reset_id, "at": requested_at, "until": expires_at},
        )

    def approve(self, person_id: str, *, admin: str, at: datetime, due_at: datetime | None) -> None:
        """Store who agreed first, and when it is done where nobody else can agree."""
        self._db.execute(
            sa.text(
                "UPDATE second_factor_reset SET approved_by = :admin, approved_at = :at, due_at = :due, "
                "expires_at = greatest(expires_at, :due) WHERE person_id = CAST(:p AS uuid)"
            ),
            {"p": person_id, "admin": admin, "at": at, "due": due_at},
        )

    def remove(self, person_id: str) -> None:
        """Forget a request, and the token that was sent for it."""
        self._db.execute(
            sa.text("DELETE FROM second_factor_reset WHERE person_id = CAST(:p AS uuid)"), {"p": person_id}
        )
        self._db.execute(
            sa.text("DELETE FROM mail_token WHERE person_id = CAST(:p AS uuid) AND starts_with(purpose, :u)"),
            {"p": person_id, "u": TOKEN_PURPOSE},
        )

    def turn_off(self, person_id: str) -> None:
        """Forget a person's secret and recovery codes."""
        self._db.execute(
            sa.text(
                "UPDATE account SET totp_cipher = NULL, totp_confirmed_at = NULL, totp_last_step = 0 "
                "WHERE person_id = CAST(:p AS uuid)"
            ),
            {"p": person_id},
        )
        self._db.execute(sa.text("DELETE FROM recovery_code WHERE person_id = CAST(:p AS uuid)"), {"p": person_id})

    def lower_session(self, session_id: str) -> None:
        """Note that no one-time password protects a session any more."""
        self._db.execute(
            sa.text("UPDATE session SET one_time_password = false WHERE id = CAST(:s AS uuid)"), {"s": session_id}
        )

    def token(self, token_hash: bytes) -> tuple[str, str, datetime] | None:
        """Whose request a token refuses, the request's id, and until when it holds; it stays."""
        row = self._db.execute(
            sa.text(
                "SELECT person_id::text, split_part(purpose, ':', 2) AS id, expires_at FROM mail_token "
                "WHERE token_hash = :h AND split_part(purpose, ':', 1) = :u"
            ),
            {"h": token_hash, "u": TOKEN_PURPOSE},
        ).first()
        return (row.person_id, row.id, row.expires_at) if row else None

    def page(self, *, now: datetime, before: tuple[datetime, str] | None, first: int) -> list[SecondFactorReset]:
        """Requests that wait, newest first."""
        behind = "AND (requested_at, person_id) < (:at, CAST(:last AS uuid)) " if before else ""
        rows = self._db.execute(
            sa.text(f"{_RESET}WHERE expires_at > :now {behind}ORDER BY requested_at DESC, person_id DESC LIMIT :first"),
            {"now": now, "first": first} | ({"at": before[0], "last": before[1]} if before else {}),
        ).mappings()
        return [SecondFactorReset(**row) for row in rows]

    def due(self, *, now: datetime, most: int, except_ids: Sequence[str] = ()) -> list[str]:
        """People whose request has waited long enough; who acts on one locks it and looks again."""
        rows = self._db.execute(
            sa.text(
                "SELECT person_id::text FROM second_factor_reset WHERE (due_at <= :now OR expires_at <= :now) "
                "AND person_id <> ALL(CAST(:except AS uuid[])) ORDER BY requested_at LIMIT :most"
            ),
            {"now": now, "most": most, "except": list(except_ids)},
        )
        return list(rows.scalars())
