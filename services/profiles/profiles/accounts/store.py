"""Accounts, roles, accepted policies and sessions in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa


@dataclass(frozen=True)
class Account:
    """What sign-in needs to know."""

    person_id: str
    email: str
    password_hash: str | None
    suspended: bool
    roles: list[str]


@dataclass(frozen=True)
class Refresh:
    """A refresh token as stored, with its session."""

    session_id: str
    person_id: str
    expires_at: datetime
    used_at: datetime | None
    ended_at: datetime | None


_ACCOUNT = (
    "SELECT person_id::text, email, password_hash, suspended, "
    "ARRAY(SELECT role FROM account_role r WHERE r.person_id = a.person_id ORDER BY role) AS roles FROM account a "
)


class AccountStore:
    """Reads and writes accounts on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def _one(self, where: str, **parameters: Any) -> Account | None:
        row = self._db.execute(sa.text(_ACCOUNT + where), parameters).mappings().first()
        return Account(**row) if row else None

    def by_email(self, email: str) -> Account | None:
        """The account with this address, in any case."""
        return self._one("WHERE email_key = :key", key=email.casefold())

    def get(self, person_id: str) -> Account | None:
        """The account of this person."""
        return self._one("WHERE person_id = CAST(:id AS uuid)", id=person_id)

    def add(self, *, person_id: str, email: str, password_hash: str | None, created_at: datetime) -> bool:
        """Insert an account; False when the address has one."""
        result = self._db.execute(
            sa.text(
                "INSERT INTO account (person_id, email, email_key, password_hash, created_at) "
                "VALUES (:id, :email, :key, :hash, :at) ON CONFLICT (email_key) DO NOTHING"
            ),
            {"id": person_id, "email": email, "key": email.casefold(), "hash": password_hash, "at": created_at},
        )
        return result.rowcount == 1

    def grant(self, person_id: str, roles: Iterable[str]) -> None:
        """Add roles to an account."""
        for role in roles:
            self._db.execute(
                sa.text("INSERT INTO account_role VALUES (:id, :role) ON CONFLICT DO NOTHING"),
                {"id": person_id, "role": role},
            )

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

    def add_session(self, *, session_id: str, person_id: str, at: datetime) -> None:
        """Insert a session."""
        self._db.execute(
            sa.text("INSERT INTO session (id, person_id, created_at) VALUES (:id, :person, :at)"),
            {"id": session_id, "person": person_id, "at": at},
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
                    "SELECT s.id::text AS session_id, s.person_id::text, t.expires_at, t.used_at, s.ended_at "
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

    def end_session(self, session_id: str, *, at: datetime) -> None:
        """End one session."""
        self._db.execute(
            sa.text("UPDATE session SET ended_at = :at WHERE id = CAST(:s AS uuid) AND ended_at IS NULL"),
            {"s": session_id, "at": at},
        )

    def end_sessions(self, person_id: str, *, at: datetime) -> None:
        """End all of a person's sessions."""
        self._db.execute(
            sa.text("UPDATE session SET ended_at = :at WHERE person_id = CAST(:p AS uuid) AND ended_at IS NULL"),
            {"p": person_id, "at": at},
        )
