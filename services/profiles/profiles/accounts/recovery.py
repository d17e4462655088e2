"""New passwords, and tokens that came by mail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from kit.errors import Conflict, Expired, InvalidCredentials
from profiles.accounts import passwords
from profiles.accounts.domain import Account, token_hash
from profiles.accounts.passwords import Lane
from profiles.accounts.store import AccountStore
from profiles.sessions.usecases import Session, SessionContext, start_session
from profiles.unit_of_work import UnitOfWork

Publish = Callable[[str], Any]
GONE = "This token is not valid or was used; ask for a new one."
OVER = "This token has expired; ask for a new one."


def use_token(accounts: AccountStore, token: str, purpose: str, now: datetime) -> str:
    """The person to whom a token was sent by mail, which is used up.

    Raises:
        InvalidCredentials: nobody was sent this token, or it was used.
        Expired: its time is over.
    """
    found = accounts.use_mail_token(token_hash(token), purpose)
    if found is None:
        raise InvalidCredentials(GONE, field=["token"])
    if found[1] <= now:
        raise Expired(OVER, field=["token"])
    return found[0]


def check_token(accounts: AccountStore, *, token: str, purpose: str, now: datetime) -> None:
    """Look at a token that came by mail without using it up, before anything costly is done for whoever presents it.

    Raises:
        InvalidCredentials: nobody was sent this token, or it was used.
        Expired: its time is over.
    """
    until = accounts.mail_token_until(token_hash(token), purpose)
    if until is None:
        raise InvalidCredentials(GONE, field=["token"])
    if until <= now:
        raise Expired(OVER, field=["token"])


def account_of(accounts: AccountStore, person_id: str) -> Account:
    """The account of a person to whom a token was sent.

    Raises:
        InvalidCredentials: it was erased meanwhile.
    """
    account = accounts.get(person_id)
    if account is None:
        raise InvalidCredentials(GONE, field=["token"])
    return account


def reset_password(
    parts: SessionContext,
    *,
    token: str,
    password_hash: str,
    now: datetime,
) -> Session | None:
    """Set a new password with a token that was sent by mail; all sessions and tokens that were there before end.

    Whoever has the token reads the mailbox, so an address that was not confirmed yet is now. The account may have been made
    by somebody else who does not: nothing that they hold opens it any more, and what they agreed to binds nobody.

    Returns:
        a new session; None where signing in asks for a one-time password.

    Raises:
        InvalidCredentials: nobody was sent this token, or it was used.
        Expired: it was sent more than an hour ago.
        Conflict: another account has confirmed the address meanwhile.
    """
    work = parts.work
    person_id = use_token(work.accounts, token, "RESET", now)
    before = work.accounts.lock(person_id)
    if before is not None and not before.confirmed:
        if not work.accounts.confirm(person_id, at=now):
            raise Conflict("Another account has confirmed this address meanwhile; sign in to that one.")
        work.factors.turn_off(person_id)
        work.accepted.forget(person_id)
        work.publish(person_id)
        work.audit.note("account.confirm", actor=person_id, object=f"person:{person_id}")
    work.accounts.end_mail_tokens(person_id)
    work.accounts.set_password(person_id, password_hash)
    work.sessions.end_sessions(person_id, at=now)
    work.personal_tokens.revoke_all(person_id, at=now)
    work.mail.send("password-changed", person_id=person_id)
    work.audit.note("account.reset-password", actor=person_id, object=f"person:{person_id}")
    account = account_of(work.accounts, person_id)
    return None if account.totp else start_session(parts, account, one_time_password=False, now=now)


def change_password(
    work: UnitOfWork,
    *,
    person_id: str,
    session: str | None,
    password_hash: str,
    now: datetime,
) -> None:
    """Set a new password; the present session goes on, all others end, and so do personal access tokens."""
    work.accounts.set_password(person_id, password_hash)
    work.sessions.end_sessions(person_id, at=now, except_id=session)
    work.personal_tokens.revoke_all(person_id, at=now)
    work.mail.send("password-changed", person_id=person_id)
    work.audit.note("account.change-password", actor=person_id, object=f"person:{person_id}")


def require_password(account: Account | None, password: str, *, field: str) -> None:
    """Refuse unless the password is the account's.

    Raises:
        InvalidCredentials: it is not.
        RateLimited: too many hash passwords now.
    """
    if not passwords.matches(account.password_hash if account else None, password[:1024], lane=Lane.KNOWN):
        raise InvalidCredentials("This is not your password.", field=[field])
