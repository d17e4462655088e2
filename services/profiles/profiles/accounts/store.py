"""Accounts in PostgreSQL, and tokens that were sent to their addresses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from profiles.accounts.domain import Account, EmailAddress, find_email, mailbox_key, typed_key

# Of `account a`: it is suspended now. The worker ends a suspension some seconds after its time, or later when it is away.
SUSPENDED = "(a.suspended AND (a.suspended_until IS NULL OR a.suspended_until > now()))"
_ACCOUNT = (
    f"SELECT person_id::text, email, password_hash, {SUSPENDED} AS suspended, "
    "ARRAY(SELECT role FROM account_role r WHERE r.person_id = a.person_id ORDER BY role) AS roles, "
    "confirmed_at IS NOT NULL AS confirmed, totp_confirmed_at IS NOT NULL AS totp, "
    "ARRAY(SELECT jurisdiction FROM verifier_jurisdiction v WHERE v.person_id = a.person_id ORDER BY jurisdiction) "
    "AS jurisdictions, created_at, last_seen_at FROM account a "
)


# Of `account a`: a verifier has validated something about the person, which counts or did until lately.
HAS_VERIFIED = (
    "EXISTS (SELECT FROM credential c WHERE c.person_id = a.person_id AND c.status IN ('VALIDATED', 'REQ_REVALID'))"
)


class AccountStore:
    """Reads and writes accounts on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def _one(self, where: str, **parameters: Any) -> Account | None:
        row = self._db.execute(sa.text(_ACCOUNT + where), parameters).mappings().first()
        return Account(**row) if row else None

    def owner_of(self, email: str) -> Account | None:
        """The account whose confirmed address this is, in any spelling."""
        return self._one(
            "WHERE email_key IN (:key, :typed) AND confirmed_at IS NOT NULL ORDER BY email_key = :typed DESC LIMIT 1",
            key=mailbox_key(email), typed=typed_key(email),
        )  # fmt: skip

    def newest_unconfirmed(self, email: str) -> Account | None:
        """The last account that named this address and has not confirmed it."""
        return self._one(
            "WHERE email_key IN (:key, :typed) AND confirmed_at IS NULL ORDER BY created_at DESC LIMIT 1",
            key=mailbox_key(email), typed=typed_key(email),
        )  # fmt: skip

    def open_sign_ups(self, email: str, *, oldest: int, newest: int) -> list[Account]:
        """The oldest and the newest accounts that named this address and have not confirmed it, in the order of sign-up."""
        rows = self._db.execute(
            sa.text(
                _ACCOUNT + "WHERE person_id IN (SELECT person_id FROM (SELECT person_id, "
                "row_number() OVER (ORDER BY created_at, person_id) AS from_first, "
                "row_number() OVER (ORDER BY created_at DESC, person_id DESC) AS from_last "
                "FROM account WHERE email_key IN (:key, :typed) AND confirmed_at IS NULL) AS named "
                "WHERE from_first <= :oldest OR from_last <= :newest) ORDER BY created_at, person_id"
            ),
            {"key": mailbox_key(email), "typed": typed_key(email), "oldest": oldest, "newest": newest},
        ).mappings()
        return [Account(**row) for row in rows]

    def lock(self, person_id: str) -> Account | None:
        """The account of this person, locked until the transaction ends: what depends on its password is done one by one."""
        return self._one("WHERE person_id = CAST(:id AS uuid) FOR UPDATE OF a", id=person_id)

    def take_turn(self, person_id: str) -> None:
        """Let one act at a time decide about an account, until the transaction ends; comes before anything else that locks.

        Unlike `lock`, it lets others store what refers to the account, such as a session.
        """
        self._db.execute(
            sa.text("SELECT 1 FROM account WHERE person_id = CAST(:p AS uuid) FOR NO KEY UPDATE"), {"p": person_id}
        )

    def get(self, person_id: str) -> Account | None:
        """The account of this person."""
        return self._one("WHERE person_id = CAST(:id AS uuid)", id=person_id)

    def has_confirmed(self, person_id: str) -> bool:
        """Whether a person has an account and has confirmed its address."""
        return bool(
            self._db.execute(
                sa.text(
                    "SELECT EXISTS (SELECT FROM account WHERE person_id = CAST(:id AS uuid) AND confirmed_at IS NOT NULL)"
                ),
                {"id": person_id},
            ).scalar()
        )

    def many(self, person_ids: Sequence[str]) -> list[Account]:
        """The accounts of several people."""
        rows = self._db.execute(
            sa.text(_ACCOUNT + "WHERE person_id = ANY(CAST(:ids AS uuid[]))"), {"ids": list(person_ids)}
        ).mappings()
        return [Account(**row) for row in rows]

    def add(
        self, *, person_id: str, email: EmailAddress, password_hash: str | None, created_at: datetime, confirmed: bool
    ) -> bool:
        """Insert an account; False when the address would be confirmed and somebody has it."""
        result = self._db.execute(
            sa.text(
                "INSERT INTO account (person_id, email, email_key, password_hash, created_at, confirmed_at, hidden_at) "
                "VALUES (:id, :email, :key, :hash, :at, :confirmed, :hidden) "
                "ON CONFLICT (email_key) WHERE confirmed_at IS NOT NULL DO NOTHING"
            ),
            {
                "id": person_id, "email": email.text, "key": email.key, "hash": password_hash, "at": created_at,
                "confirmed": created_at if confirmed else None, "hidden": None if confirmed else created_at,
            },
        )  # fmt: skip
        return result.rowcount == 1

    def confirm(self, person_id: str, *, at: datetime) -> bool:
        """Make an address the account's own; False when somebody else has confirmed it."""
        try:
            with self._db.begin_nested():
                self._db.execute(
                    sa.text(
                        "UPDATE account SET confirmed_at = coalesce(confirmed_at, :at) WHERE person_id = CAST(:id AS uuid)"
                    ),
                    {"id": person_id, "at": at},
                )
        except sa.exc.IntegrityError:
            return False
        return True

    def note_resent(self, person_id: str, *, at: datetime, cooldown: timedelta, most: int, window: timedelta) -> bool:
        """Count that the message that asks to confirm is sent again; False where it must wait, or the address is confirmed.

        Args:
            cooldown: between two messages.
            most: messages before one must wait for `window` after the last one.
        """
        result = self._db.execute(
            sa.text(
                "UPDATE account SET resent_at = :at, "
                "resent_count = CASE WHEN resent_at > :window THEN resent_count + 1 ELSE 1 END "
                "WHERE person_id = CAST(:id AS uuid) AND confirmed_at IS NULL "
                "AND (resent_at IS NULL OR resent_at <= :cooldown) "
                "AND (resent_at IS NULL OR resent_at <= :window OR resent_count < :most)"
            ),
            {"id": person_id, "at": at, "cooldown": at - cooldown, "window": at - window, "most": most},
        )
        return result.rowcount == 1

    def resent(self, person_id: str) -> tuple[datetime | None, int]:
        """When the message that asks to confirm was last sent again, and how often since it had to wait."""
        row = self._db.execute(
            sa.text("SELECT resent_at, resent_count FROM account WHERE person_id = CAST(:id AS uuid)"),
            {"id": person_id},
        ).one()
        return row.resent_at, row.resent_count

    def lock_to_remind(
        self, *, made_before: datetime, reminded_before: datetime, most: int, except_ids: Sequence[str] = ()
    ) -> list[str]:
        """People to remind that their address is not confirmed; locked.

        Args:
            made_before: whose account is as old and who were never reminded.
            reminded_before: who stay because a credential of theirs counts or counted, and whose last reminder is as old.
        """
        rows = self._db.execute(
            sa.text(
                "SELECT person_id::text FROM account a WHERE confirmed_at IS NULL AND created_at <= :made AND (reminded_at IS "
                f"NULL OR (reminded_at <= :reminded AND {HAS_VERIFIED})) "
                "AND person_id <> ALL(CAST(:except AS uuid[])) ORDER BY created_at LIMIT :most FOR UPDATE SKIP LOCKED"
            ),
            {"made": made_before, "reminded": reminded_before, "most": most, "except": list(except_ids)},
        )
        return list(rows.scalars())

    def note_reminded(self, person_id: str, *, at: datetime) -> None:
        """Note that a person was reminded."""
        self._db.execute(
            sa.text("UPDATE account SET reminded_at = :at WHERE person_id = CAST(:id AS uuid)"),
            {"id": person_id, "at": at},
        )

    def has_verified(self, person_id: str) -> bool:
        """Whether a verifier has validated something about a person."""
        return bool(
            self._db.execute(
                sa.text(f"SELECT {HAS_VERIFIED} FROM account a WHERE person_id = CAST(:id AS uuid)"), {"id": person_id}
            ).scalar()
        )

    def lock_shown_unconfirmed(self, *, most: int, except_ids: Sequence[str] = ()) -> list[str]:
        """People who have not confirmed their address and whom an earlier version showed to others; locked."""
        rows = self._db.execute(
            sa.text(
                "SELECT person_id::text FROM account WHERE confirmed_at IS NULL AND hidden_at IS NULL "
                "AND person_id <> ALL(CAST(:except AS uuid[])) ORDER BY person_id LIMIT :most FOR UPDATE SKIP LOCKED"
            ),
            {"most": most, "except": list(except_ids)},
        )
        return list(rows.scalars())

    def note_hidden(self, person_id: str, *, at: datetime) -> None:
        """Note that a person is not shown to others until the address is confirmed."""
        self._db.execute(
            sa.text("UPDATE account SET hidden_at = :at WHERE person_id = CAST(:id AS uuid)"),
            {"id": person_id, "at": at},
        )

    def set_password(self, person_id: str, password_hash: str) -> None:
        """Set the hash of the password. What was asked for with the one before ends: a thief may have asked."""
        self._db.execute(
            sa.text("UPDATE account SET password_hash = :h WHERE person_id = CAST(:id AS uuid)"),
            {"id": person_id, "h": password_hash},
        )
        self._db.execute(sa.text("DELETE FROM email_change WHERE person_id = CAST(:id AS uuid)"), {"id": person_id})
        self._db.execute(
            sa.text("DELETE FROM second_factor_reset WHERE person_id = CAST(:id AS uuid)"), {"id": person_id}
        )

    def add_mail_token(self, *, token_hash: bytes, person_id: str, purpose: str, expires_at: datetime) -> None:
        """Store a token's hash; earlier ones for the same purpose end."""
        self._db.execute(
            sa.text("DELETE FROM mail_token WHERE person_id = CAST(:p AS uuid) AND purpose = :u"),
            {"p": person_id, "u": purpose},
        )
        self._db.execute(
            sa.text("INSERT INTO mail_token (token_hash, person_id, purpose, expires_at) VALUES (:h, :p, :u, :e)"),
            {"h": token_hash, "p": person_id, "u": purpose, "e": expires_at},
        )

    def mail_token_until(self, token_hash: bytes, purpose: str) -> datetime | None:
        """Until when a token holds; None where nobody was sent it, or it was used."""
        return self._db.execute(
            sa.text("SELECT expires_at FROM mail_token WHERE token_hash = :h AND purpose = :u"),
            {"h": token_hash, "u": purpose},
        ).scalar()

    def use_mail_token(self, token_hash: bytes, purpose: str) -> tuple[str, datetime] | None:
        """Take a token out, so that it works once: the person, and until when it held."""
        row = self._db.execute(
            sa.text(
                "DELETE FROM mail_token WHERE token_hash = :h AND purpose = :u RETURNING person_id::text, expires_at"
            ),
            {"h": token_hash, "u": purpose},
        ).first()
        return (row.person_id, row.expires_at) if row else None

    def find_mail_token(self, token_hash: bytes, purpose: str) -> tuple[str, datetime] | None:
        """Whom a token was sent to, and until when it holds; it can still be used."""
        row = self._db.execute(
            sa.text("SELECT person_id::text, expires_at FROM mail_token WHERE token_hash = :h AND purpose = :u"),
            {"h": token_hash, "u": purpose},
        ).first()
        return (row.person_id, row.expires_at) if row else None

    def end_mail_tokens(self, person_id: str) -> None:
        """End every token that was sent to a person by mail."""
        self._db.execute(sa.text("DELETE FROM mail_token WHERE person_id = CAST(:p AS uuid)"), {"p": person_id})

    def with_role(self, role: str) -> list[Account]:
        """Everybody with a role who is not suspended."""
        rows = self._db.execute(
            sa.text(
                f"{_ACCOUNT}WHERE NOT {SUSPENDED} AND EXISTS (SELECT FROM account_role r "
                "WHERE r.person_id = a.person_id AND r.role = :role) ORDER BY person_id"
            ),
            {"role": role},
        ).mappings()
        return [Account(**row) for row in rows]

    def search(
        self, *, text: str | None, role: str | None, after: tuple[datetime, str] | None, first: int
    ) -> list[Account]:
        """Accounts whose address begins with a text, or one of whose owner's names holds it; newest first.

        That is the name on the profile, and those that others see: the verified one and other names.
        """
        conditions = ["TRUE"]
        given: dict[str, Any] = {"first": first}
        if text:
            clean = text.strip().casefold().replace("\\", "").replace("%", "").replace("_", "\\_")
            conditions.append(
                "(email_key LIKE :start OR email_key = :key OR EXISTS (SELECT FROM person p WHERE p.id = a.person_id "
                "AND lower(p.name) LIKE :inside) OR EXISTS (SELECT FROM credential c WHERE c.person_id = a.person_id "
                "AND c.status = 'VALIDATED' AND (lower(c.holder ->> 'name') LIKE :inside "
                "OR lower(c.other_name ->> 'text') LIKE :inside)))"
            )
            address = find_email(text)
            given |= {"start": f"{clean}%", "inside": f"%{clean}%", "key": address.key if address else None}
        if role:
            conditions.append("EXISTS (SELECT FROM account_role r WHERE r.person_id = a.person_id AND r.role = :role)")
            given["role"] = role
        if after:
            conditions.append("(created_at, person_id) < (:at, CAST(:last AS uuid))")
            given |= {"at": after[0], "last": after[1]}
        rows = self._db.execute(
            sa.text(
                f"{_ACCOUNT}WHERE {' AND '.join(conditions)} ORDER BY created_at DESC, person_id DESC LIMIT :first"
            ),
            given,
        ).mappings()
        return [Account(**row) for row in rows]

    def seen(self, person_id: str, *, at: datetime) -> None:
        """Note when an account was last used, to the hour."""
        self._db.execute(
            sa.text(
                "UPDATE account SET last_seen_at = :at WHERE person_id = CAST(:id AS uuid) "
                "AND (last_seen_at IS NULL OR last_seen_at < :at - interval '1 hour')"
            ),
            {"id": person_id, "at": at},
        )
