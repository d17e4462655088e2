"""Accounts, roles, accepted policies and sessions in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from kit.cipher import FieldCipher
from kit.clock import new_id
from profiles.accounts.domain import EmailAddress, find_email, mailbox_key, typed_key
from profiles.roles.domain import PRIVILEGED, RoleOrigin

ADMINS_LOCK = 815_002  # beside that of migrations, in `profiles/migrations/env.py`


@dataclass(frozen=True)
class Account:
    """What sign-in needs to know."""

    person_id: str
    email: str
    password_hash: str | None
    suspended: bool
    roles: list[str]
    confirmed: bool
    totp: bool
    jurisdictions: list[str]
    created_at: datetime
    last_seen_at: datetime | None


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

    def forget_claims(self, person_id: str) -> None:
        """Forget what whoever signed up has set up or agreed to: one-time passwords, recovery codes and policies."""
        self._db.execute(
            sa.text(
                "UPDATE account SET totp_cipher = NULL, totp_confirmed_at = NULL, totp_last_step = 0 "
                "WHERE person_id = CAST(:p AS uuid)"
            ),
            {"p": person_id},
        )
        for table in ("recovery_code", "policy_acceptance"):
            self._db.execute(sa.text(f"DELETE FROM {table} WHERE person_id = CAST(:p AS uuid)"), {"p": person_id})

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

    def reencrypt_totp(self, cipher: FieldCipher, *, most: int) -> int:
        """Encrypt secrets again that are encrypted with an old key; returns how many there were."""
        rows = self._db.execute(
            sa.text(
                "SELECT person_id::text, totp_cipher FROM account WHERE totp_cipher IS NOT NULL "
                "AND totp_key_id = ANY(:old) ORDER BY person_id LIMIT :most FOR UPDATE"
            ),
            {"old": cipher.old_ids, "most": most},
        ).all()
        for own, stored in rows:
            clear = cipher.decrypt_bytes(bytes(stored), owner=own)
            self._db.execute(
                sa.text("UPDATE account SET totp_cipher = :c WHERE person_id = CAST(:id AS uuid)"),
                {"id": own, "c": cipher.encrypt(clear, owner=own)},
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

    # ------------------------------------------------------------------ back-off

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

    def uncount_attempt(self, key: bytes, *, wholly: bool) -> None:
        """Take a try back that did not fail; `wholly` forgets the failed ones too."""
        statement = (
            "DELETE FROM attempt WHERE key = :k" if wholly
            else "UPDATE attempt SET count = greatest(count - 1, 0) WHERE key = :k"
        )  # fmt: skip
        self._db.execute(sa.text(statement), {"k": key})

    def grant(self, person_id: str, roles: Iterable[str], *, origin: RoleOrigin | None = None) -> None:
        """Add roles to an account.

        Args:
            origin: who gives them; None where nobody needs to know, as with MEMBER and the demo network.
        """
        for role in roles:
            self._db.execute(
                sa.text("INSERT INTO account_role VALUES (:id, :role) ON CONFLICT DO NOTHING"),
                {"id": person_id, "role": role},
            )
            if origin is not None and role in PRIVILEGED:
                self.note_origin(person_id, role, origin)

    def note_origin(self, person_id: str, role: str, origin: RoleOrigin) -> None:
        """Remember who gave a role that an account has; what was known before has ended."""
        self._end_grants(person_id, [role], at=origin.at)
        self._db.execute(
            sa.text(
                "INSERT INTO role_grant (id, person_id, role, given_by_rule, given_by, confirmed_by, sole_admin, given_at) "
                "VALUES (CAST(:id AS uuid), CAST(:person AS uuid), :role, :rule, CAST(:by AS uuid), "
                "CAST(:second AS uuid), CAST(:sole AS uuid), :at)"
            ),
            {
                "id": new_id(), "person": person_id, "role": role, "rule": origin.rule, "by": origin.given_by,
                "second": origin.confirmed_by, "sole": origin.sole_admin, "at": origin.at,
            },
        )  # fmt: skip

    def take_roles(self, person_id: str, roles: Iterable[str], *, at: datetime) -> None:
        """Take roles away from an account."""
        taken = sorted(roles)
        self._db.execute(
            sa.text("DELETE FROM account_role WHERE person_id = CAST(:id AS uuid) AND role = ANY(:roles)"),
            {"id": person_id, "roles": taken},
        )
        self._end_grants(person_id, taken, at=at)

    def note_admin_lost(self, person_id: str, *, at: datetime | None) -> None:
        """Note when another admin kept an admin from acting; None forgets it."""
        self._db.execute(
            sa.text("UPDATE account SET admin_lost_at = :at WHERE person_id = CAST(:id AS uuid)"),
            {"id": person_id, "at": at},
        )

    def lost_admins(self, *, since: datetime) -> list[str]:
        """Whom another admin has kept from acting as an admin since then."""
        rows = self._db.execute(
            sa.text("SELECT person_id::text FROM account WHERE admin_lost_at > :since ORDER BY person_id"),
            {"since": since},
        )
        return list(rows.scalars())

    def give_back(self, person_id: str, role: str) -> None:
        """Give a role back that was taken from an admin, as they had it: who gave it first stands behind it again."""
        self.grant(person_id, [role])
        self._db.execute(
            sa.text(
                "UPDATE role_grant g SET ended_at = NULL FROM account a WHERE a.person_id = CAST(:id AS uuid) "
                "AND g.person_id = a.person_id AND g.role = :role AND g.ended_at >= a.admin_lost_at AND g.ended_at = "
                "(SELECT max(ended_at) FROM role_grant l WHERE l.person_id = a.person_id AND l.role = :role)"
            ),
            {"id": person_id, "role": role},
        )

    def _end_grants(self, person_id: str, roles: Sequence[str], *, at: datetime) -> None:
        self._db.execute(
            sa.text(
                "UPDATE role_grant SET ended_at = :at WHERE person_id = CAST(:id AS uuid) AND role = ANY(:roles) "
                "AND ended_at IS NULL"
            ),
            {"id": person_id, "roles": list(roles), "at": at},
        )

    def limit_verifier(self, person_id: str, jurisdictions: Iterable[str]) -> None:
        """Replace the jurisdictions that a verifier is limited to; none means all."""
        self._db.execute(
            sa.text("DELETE FROM verifier_jurisdiction WHERE person_id = CAST(:id AS uuid)"), {"id": person_id}
        )
        for place in jurisdictions:
            self._db.execute(
                sa.text("INSERT INTO verifier_jurisdiction VALUES (:id, :place)"), {"id": person_id, "place": place}
            )

    def lock_admins(self) -> list[str]:
        """Everybody who is an admin and not suspended; locked, so that two who step down at once leave one.

        Until the transaction ends nobody else can become an admin either: whatever depends on how many there are, or changes
        that, calls this before it locks anything else.
        """
        self._db.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADMINS_LOCK})
        rows = self._db.execute(
            sa.text(
                "SELECT r.person_id::text FROM account_role r JOIN account a ON a.person_id = r.person_id "
                f"WHERE r.role = 'ADMIN' AND NOT {SUSPENDED} ORDER BY r.person_id FOR UPDATE"
            )
        )
        return list(rows.scalars())

    def suspend(self, person_id: str, *, suspended: bool, until: datetime | None) -> None:
        """Suspend an account, until a time or for good, or end that."""
        self._db.execute(
            sa.text("UPDATE account SET suspended = :s, suspended_until = :u WHERE person_id = CAST(:id AS uuid)"),
            {"id": person_id, "s": suspended, "u": until},
        )

    def lock_ended_suspensions(self, *, now: datetime, most: int, except_ids: Sequence[str] = ()) -> list[str]:
        """Suspended accounts whose suspension has ended; locked."""
        rows = self._db.execute(
            sa.text(
                "SELECT person_id::text FROM account WHERE suspended AND suspended_until <= :now "
                "AND person_id <> ALL(CAST(:except AS uuid[])) ORDER BY person_id LIMIT :most FOR UPDATE SKIP LOCKED"
            ),
            {"now": now, "most": most, "except": list(except_ids)},
        )
        return list(rows.scalars())

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

    def seen(self, person_id: str, *, at: datetime) -> None:
        """Note when an account was last used, to the hour."""
        self._db.execute(
            sa.text(
                "UPDATE account SET last_seen_at = :at WHERE person_id = CAST(:id AS uuid) "
                "AND (last_seen_at IS NULL OR last_seen_at < :at - interval '1 hour')"
            ),
            {"id": person_id, "at": at},
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

    def bury_sessions(self, person_id: str, *, at: datetime) -> None:
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
