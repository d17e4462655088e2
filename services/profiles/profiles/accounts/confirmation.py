"""Confirming the address of an account, from which on the person is seen by others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from kit.errors import Conflict
from profiles.accounts.recovery import account_of, use_token
from profiles.accounts.store import AccountStore
from profiles.accounts.usecases import Session, Sessions, start_session
from profiles.audit.store import AuditTrail

Publish = Callable[[str], Any]


def confirm_email(parts: Sessions, audit: AuditTrail, publish: Publish, *, token: str, now: datetime) -> Session | None:
    """Make the address the account's own, show the person to others, and open a session.

    Returns:
        the session; None where signing in asks for a one-time password.

    Raises:
        InvalidCredentials: nobody was sent this token, or it was used.
        Expired: it was sent more than 48 hours ago.
        Conflict: another account has confirmed the address meanwhile.
    """
    person_id = use_token(parts.accounts, token, "CONFIRM", now)
    if not parts.accounts.confirm(person_id, at=now):
        raise Conflict("Another account has confirmed this address meanwhile; sign in to that one.")
    publish(person_id)
    audit.note("account.confirm", actor=person_id, object=f"person:{person_id}")
    account = account_of(parts.accounts, person_id)
    return None if account.totp else start_session(parts, account, one_time_password=False, now=now)


def hide_unconfirmed(accounts: AccountStore, publish: Publish, person_id: str, *, now: datetime) -> None:
    """Take somebody who has not confirmed their address out of sight; an earlier version showed them."""
    publish(person_id)
    accounts.note_hidden(person_id, at=now)
