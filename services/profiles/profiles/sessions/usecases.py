"""Opening, refreshing and ending sessions. Access tokens of an ended one end with it in every service."""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from kit import ids
from kit.cipher import FieldCipher
from kit.clock import new_id
from kit.errors import Expired, Forbidden, InvalidCredentials, NotFound, OtpRequired
from kit.tokens import SUSPENDED_AUDIENCE
from profiles.accounts import passwords, totp
from profiles.accounts.domain import Account, token_hash
from profiles.accounts.passwords import Lane
from profiles.accounts.signing import ACCESS_SECONDS, Signer
from profiles.accounts.store import AccountStore
from profiles.audit.store import AuditTrail
from profiles.policies.files import Policy
from profiles.policies.usecases import pending, required_policies
from profiles.roles.domain import PRIVILEGED
from profiles.sessions.domain import UNUSED_LIFE, session_end, unused_end
from profiles.sessions.store import SessionStore
from profiles.unit_of_work import UnitOfWork

GRACE_SECONDS = 10  # a client that lost the answer may ask again with the same refresh token
# Of the accounts that named an address and have not confirmed it, these may sign in.
OLDEST_SIGN_UPS, NEWEST_SIGN_UPS = 2, 1


@dataclass(frozen=True)
class Session:
    """What a client keeps after signing in."""

    access_token: str
    refresh_token: str
    expires_at: datetime
    refresh_expires_at: datetime
    person_id: str

    def as_dict(self) -> dict[str, Any]:
        """The session as JSON values."""
        return {
            "access_token": self.access_token,
            "refresh_token": self.refresh_token,
            "expires_at": self.expires_at,
            "refresh_expires_at": self.refresh_expires_at,
            "person_id": self.person_id,
        }


@dataclass(frozen=True)
class SessionContext:
    """What opening a session needs.

    Args:
        client: a keyed hash of the address that asks, or None.
        client_name: the program that asks, as the owner of the session is shown it.
    """

    work: UnitOfWork
    signer: Signer
    policies: Sequence[Policy]
    client: bytes | None
    client_name: str | None = None


def new_refresh_token(cipher: FieldCipher) -> str:
    """A refresh token: a random part, and a tag by which it is known as ours without asking the database."""
    part = secrets.token_urlsafe(32)
    return f"{part}.{_tag(cipher, part)}"


def is_refresh_token(cipher: FieldCipher, token: str) -> bool:
    """Whether a token was given out here, to whomever and however long ago; those of earlier versions do not show it."""
    part, _, tag = token.partition(".")
    return hmac.compare_digest(tag.encode(), _tag(cipher, part).encode())


def _tag(cipher: FieldCipher, part: str) -> str:
    return base64.urlsafe_b64encode(cipher.hashed("refresh-token", part)[:16]).decode().rstrip("=")


def start_session(parts: SessionContext, account: Account, *, one_time_password: bool, now: datetime) -> Session:
    """Open a session for an account; that of a suspended one does what `kit.suspension` says, and nothing else."""
    session_id = new_id()
    parts.work.sessions.add_session(
        session_id=session_id, person_id=account.person_id, at=now, one_time_password=one_time_password,
        client=parts.client, client_name=parts.client_name,
    )  # fmt: skip
    return _issue(
        parts, account, session_id, authenticated_at=now, one_time_password=one_time_password, ends_at=None, now=now
    )


def _issue(
    parts: SessionContext, account: Account, session_id: str, *, authenticated_at: datetime, one_time_password: bool,
    ends_at: datetime | None, now: datetime,
) -> Session:  # fmt: skip
    """Give out tokens of a session.

    Args:
        ends_at: when it ends at the latest as far as was known; None for a new one, and for one of an earlier version.

    Raises:
        Expired: it has ended by now: roles beyond MEMBER need a sign-in of the same day.
    """
    roles = parts.work.requirements.counting(account, one_time_password=one_time_password)
    privileged = bool(PRIVILEGED & set(roles))
    end = session_end(authenticated_at, privileged=privileged, before=ends_at)
    if end <= now:
        raise Expired("This session has ended; sign in again.", field=["refreshToken"])
    unused = unused_end(now, privileged=privileged, end=end)
    parts.work.sessions.use_session(session_id, at=now, expires_at=end, refresh_until=unused)
    refresh = new_refresh_token(parts.work.cipher)
    parts.work.sessions.add_refresh(
        # It is kept for as long as it shows that a device is known, also where its session has ended by then.
        token_hash=token_hash(refresh),
        session_id=session_id,
        expires_at=now + UNUSED_LIFE,
    )
    parts.work.accounts.seen(account.person_id, at=now)
    accepted = not pending(parts.work.accepted, parts.policies, account.person_id)
    access_seconds = min(ACCESS_SECONDS, int((end - now).total_seconds()))
    token = parts.signer.access_token(
        account.person_id,
        roles,
        issued_at=now.timestamp(),
        seconds=access_seconds,
        sid=session_id,
        auth_time=int(authenticated_at.timestamp()),
        pol=required_policies(parts.policies) if accepted else "",
        email_verified=account.confirmed,
        **({"aud": SUSPENDED_AUDIENCE} if account.suspended else {}),
    )
    return Session(token, refresh, now + timedelta(seconds=access_seconds), unused, account.person_id)


def candidates(accounts: AccountStore, email: str) -> tuple[Account | None, ...]:
    """The accounts that an address may sign in to: its owner's, and some of those that have not confirmed it.

    Each sign-up before a confirmation stands apart, with a password of its own: whoever signs up with an address later
    changes nothing for whoever did before. The password says which one is meant. As many hashes are compared for each
    address, so there is a bound: the first two and the last. Whoever signed up between those, while somebody else played
    with the same address, signs in as soon as the address is confirmed; the messages are in their mailbox alone.
    """
    unconfirmed = accounts.open_sign_ups(email, oldest=OLDEST_SIGN_UPS, newest=NEWEST_SIGN_UPS)
    missing = OLDEST_SIGN_UPS + NEWEST_SIGN_UPS - len(unconfirmed)
    return accounts.owner_of(email), *unconfirmed, *([None] * missing)


def matching(found: Sequence[Account | None], password: str, *, lane: Lane) -> Account:
    """The account that the password fits; a wrong password takes as long for every address, whether anybody has it or not.

    Raises:
        InvalidCredentials: none; one answer for a wrong password and an unknown address.
        RateLimited: too many hash passwords in this lane.
    """
    stored = [one.password_hash if one else None for one in found]
    index = passwords.matching_hash(stored, password[:1024], lane=lane)
    account = None if index is None else found[index]
    if account is None:
        raise InvalidCredentials("This address and password do not belong together.")
    return account


def sign_in(parts: SessionContext, account: Account, *, otp: str | None, now: datetime) -> Session:
    """Open a session for an account whose password was right.

    Raises:
        OtpRequired: the account asks for a one-time password, and none was given.
        InvalidCredentials: the one-time password is wrong or was used, or the password was changed meanwhile.
    """
    # A new password ends all sessions; under the lock none is opened with the old one after that.
    present = parts.work.accounts.lock(account.person_id)
    if present is None or present.password_hash != account.password_hash:
        raise InvalidCredentials("This address and password do not belong together.")
    account = present
    if account.totp:
        if not otp:
            raise OtpRequired("This account asks for a one-time password; send it as `otp`.", field=["otp"])
        if not _otp_fits(parts, account.person_id, otp, now):
            raise InvalidCredentials("This one-time password is wrong or was used.", field=["otp"])
    return start_session(parts, account, one_time_password=account.totp, now=now)


def _otp_fits(parts: SessionContext, person_id: str, otp: str, now: datetime) -> bool:
    stored, confirmed, last = parts.work.factors.lock_totp(person_id)
    if stored is None or not confirmed:
        return False
    step = totp.matching_step(parts.work.cipher.decrypt_bytes(stored, owner=person_id), otp.strip(), now)
    if step is not None and step > last:
        parts.work.factors.use_totp_step(person_id, step, confirmed_at=now)
        return True
    return parts.work.factors.use_recovery_code(person_id, totp.code_hash(otp))


def refresh_session(parts: SessionContext, *, refresh_token: str, now: datetime) -> Session | None:
    """Rotate a refresh token.

    Returns:
        the new session, or None when the token was used before: then the whole session has been ended, because
        somebody else holds a copy. The caller must let the transaction commit.

    Raises:
        InvalidCredentials: nobody was given this token.
        Expired: the token or its session has ended.
    """
    sessions = parts.work.sessions
    found = sessions.lock_refresh(token_hash(refresh_token))
    if found is None:
        raise InvalidCredentials("This refresh token is not valid; sign in again.", field=["refreshToken"])
    account = parts.work.accounts.get(found.person_id)
    if account is None:
        raise InvalidCredentials("This refresh token is not valid; sign in again.", field=["refreshToken"])
    if found.ended_at is not None or min(found.expires_at, found.refresh_until or found.expires_at) <= now:
        raise Expired("This session has ended; sign in again.", field=["refreshToken"])
    if found.used_at is not None and (
        now - found.used_at > timedelta(seconds=GRACE_SECONDS) or found.client != parts.client
    ):
        sessions.end_session(found.session_id, at=now)
        return None
    sessions.use_refresh(token_hash(refresh_token), at=now)
    return _issue(
        parts, account, found.session_id, authenticated_at=found.authenticated_at,
        one_time_password=found.one_time_password, ends_at=found.session_expires_at, now=now,
    )  # fmt: skip


def sign_out(sessions: SessionStore, *, refresh_token: str, everywhere: bool, now: datetime) -> None:
    """End the session of a refresh token, or all of its person's; an unknown token ends nothing."""
    found = sessions.lock_refresh(token_hash(refresh_token))
    if found is None:
        return
    if everywhere:
        sessions.end_sessions(found.person_id, at=now)
    else:
        sessions.end_session(found.session_id, at=now)


def end_session(sessions: SessionStore, audit: AuditTrail, *, person_id: str, session_id: str, now: datetime) -> None:
    """End one of a person's sessions; one that has ended stays as it is.

    Raises:
        NotFound: it is somebody else's, or there is none; one answer for both.
    """
    if not ids.valid(session_id) or not sessions.end(person_id, session_id, at=now):
        raise NotFound("You have no session with this id.", field=["session"])
    audit.note("session.end", actor=person_id, object=f"person:{person_id}")


def end_other_sessions(
    sessions: SessionStore, audit: AuditTrail, *, person_id: str, session: str | None, now: datetime
) -> None:
    """End all of a person's sessions but the one that asks.

    Raises:
        Forbidden: the token names no session, so that nobody knows which one is to stay.
    """
    if session is None:
        raise Forbidden("Sign in first.")
    sessions.end_sessions(person_id, at=now, except_id=session)
    audit.note("session.end-others", actor=person_id, object=f"person:{person_id}")
