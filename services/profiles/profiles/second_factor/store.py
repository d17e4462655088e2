"""One-time passwords, recovery codes, and requests to reset a lost second factor, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa

from kit.cipher import FieldCipher
from profiles.second_factor.domain import TOKEN_PURPOSE, SecondFactorReset

_RESET = (
    "SELECT id::text, person_id::text, requested_at, expires_at, approved_by::text, approved_at, due_at "
    "FROM second_factor_reset "
)


class SecondFactorStore:
    """Reads and writes second factors and requests on one connection."""

    def __init__(self, connection: sa.Connection, cipher: FieldCipher) -> None:
        self._db, self._cipher = connection, cipher

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

    # ------------------------------------------------------------------ one-time passwords

    def lock_totp(self, person_id: str) -> tuple[bytes | None, bool, int]:
        """The encrypted secret, whether it is confirmed, and the last step used; locked until the transaction ends."""
        row = self._db.execute(
            sa.text(
                "SELECT totp_cipher, totp_confirmed_at, totp_last_step FROM account "
                "WHERE person_id = CAST(:id AS uuid) FOR UPDATE"
            ),
            {"id": person_id},
        ).first()
        if row is None or row.totp_cipher is None:
            return None, False, 0
        return bytes(row.totp_cipher), row.totp_confirmed_at is not None, int(row.totp_last_step)

    def set_totp(self, person_id: str, cipher: bytes) -> None:
        """Store a secret that is still to be confirmed."""
        self._db.execute(
            sa.text(
                "UPDATE account SET totp_cipher = :c, totp_confirmed_at = NULL, totp_last_step = 0 "
                "WHERE person_id = CAST(:id AS uuid)"
            ),
            {"id": person_id, "c": cipher},
        )

    def reencrypt(self, *, most: int) -> int:
        """Encrypt secrets again that are encrypted with an old key; returns how many there were."""
        rows = self._db.execute(
            sa.text(
                "SELECT person_id::text, totp_cipher FROM account WHERE totp_cipher IS NOT NULL "
                "AND totp_key_id = ANY(:old) ORDER BY person_id LIMIT :most FOR UPDATE"
            ),
            {"old": self._cipher.old_ids, "most": most},
        ).all()
        for own, stored in rows:
            clear = self._cipher.decrypt_bytes(bytes(stored), owner=own)
            self._db.execute(
                sa.text("UPDATE account SET totp_cipher = :c WHERE person_id = CAST(:id AS uuid)"),
                {"id": own, "c": self._cipher.encrypt(clear, owner=own)},
            )
        return len(rows)

    def use_totp_step(self, person_id: str, step: int, *, confirmed_at: datetime) -> None:
        """Note the step, so that no one-time password works twice; the first one confirms the secret."""
        self._db.execute(
            sa.text(
                "UPDATE account SET totp_last_step = :s, totp_confirmed_at = coalesce(totp_confirmed_at, :at) "
                "WHERE person_id = CAST(:id AS uuid)"
            ),
            {"id": person_id, "s": step, "at": confirmed_at},
        )

    def set_recovery_codes(self, person_id: str, hashes: Iterable[bytes]) -> None:
        """Replace the recovery codes."""
        self._db.execute(sa.text("DELETE FROM recovery_code WHERE person_id = CAST(:id AS uuid)"), {"id": person_id})
        self._db.execute(
            sa.text("INSERT INTO recovery_code VALUES (:id, :h)"), [{"id": person_id, "h": h} for h in hashes]
        )

    def use_recovery_code(self, person_id: str, code_hash: bytes) -> bool:
        """Take a recovery code out; whether there was one."""
        result = self._db.execute(
            sa.text("DELETE FROM recovery_code WHERE person_id = CAST(:id AS uuid) AND code_hash = :h"),
            {"id": person_id, "h": code_hash},
        )
        return result.rowcount == 1
