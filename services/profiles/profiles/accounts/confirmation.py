"""Confirming the address of an account, from which on the person is seen by others.

Anybody can sign up with anybody's address. Two things keep that from doing harm. Each sign-up is an account of its own until
one of them is confirmed, so a second one with the same address takes nothing from the first: not its password, its session,
nor the token in its message. And confirming takes both what only the mailbox got (the token) and what only whoever signed up
knows (the password): the owner of the mailbox cannot be made to confirm an account whose password somebody else chose, and
whoever chose it cannot confirm without the mailbox. Who forgot the password, or finds that somebody else signed up, has a
password reset sent: it confirms the address too, and ends whatever gave access before (`recovery.reset_password`).

Nothing of this shows outside the mailbox: sign-up, sign-in and the request for a reset answer alike whatever there is.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from kit.errors import Conflict, Expired, InvalidCredentials, NotFound
from profiles.accounts import passwords
from profiles.accounts.domain import Account, token_hash
from profiles.accounts.limiter import refuse
from profiles.accounts.passwords import Lane
from profiles.accounts.recovery import GONE, OVER, Publish, use_token
from profiles.accounts.store import AccountStore
from profiles.mail.store import MailStore
from profiles.sessions.usecases import Session, SessionContext, start_session

# A message that was asked for again: between two of them, and how many before one must wait for the window.
RESEND_COOLDOWN, MAX_RESENT, RESEND_WINDOW = timedelta(minutes=1), 5, timedelta(days=1)
# An account is reminded when it is this old, and erased no sooner than a week later (`rights.retention`). Who was verified
# before addresses had to be confirmed stays, and is reminded again and again.
REMIND_AFTER, REMIND_AGAIN_AFTER = timedelta(days=23), timedelta(days=30)
_NOT_THIS = (
    "This is not the password of the sign-up that this message belongs to. If you signed up more than once, use the newest "
    "message; if you do not know the password, set a new one with requestPasswordReset."
)


def account_of_token(accounts: AccountStore, *, token: str, now: datetime) -> Account:
    """The account whose address a token confirms; the token can still be used.

    Raises:
        InvalidCredentials: nobody was sent this token, or it was used.
        Expired: its time is over.
    """
    found = accounts.find_mail_token(token_hash(token), "CONFIRM")
    account = accounts.get(found[0]) if found else None
    if found is None or account is None:
        raise InvalidCredentials(GONE, field=["token"])
    if found[1] <= now:
        raise Expired(OVER, field=["token"])
    return account


def require_own_password(account: Account, password: str) -> None:
    """Refuse unless the password is the one that the account was made with, or has by now.

    Raises:
        InvalidCredentials: it is not; names the field.
        RateLimited: too many hash passwords now.
    """
    if not passwords.matches(account.password_hash, password[:1024], lane=Lane.KNOWN):
        raise InvalidCredentials(_NOT_THIS, field=["password"])


def confirm_email(parts: SessionContext, *, account: Account, token: str, now: datetime) -> Session | None:
    """Make the address the account's own, show the person to others, and open a session.

    Args:
        account: whose password was given, as it was then.

    Returns:
        the session; None where signing in asks for a one-time password.

    Raises:
        InvalidCredentials: the token was used, or the password was changed meanwhile.
        Expired: the token was sent more than 48 hours ago.
        Conflict: another account has confirmed the address meanwhile.
    """
    work = parts.work
    present = work.accounts.lock(account.person_id)
    if use_token(work.accounts, token, "CONFIRM", now) != account.person_id or present is None:
        raise InvalidCredentials(GONE, field=["token"])
    if present.password_hash != account.password_hash:
        raise InvalidCredentials(_NOT_THIS, field=["password"])
    if not work.accounts.confirm(account.person_id, at=now):
        raise Conflict("Another account has confirmed this address meanwhile; sign in to that one.")
    work.publish(account.person_id)
    work.audit.note("account.confirm", actor=account.person_id, object=f"person:{account.person_id}")
    confirmed = work.accounts.get(account.person_id)
    assert confirmed is not None  # it is locked
    return None if confirmed.totp else start_session(parts, confirmed, one_time_password=False, now=now)


def resend_confirmation(
    accounts: AccountStore, mail: MailStore, *, person_id: str, now: datetime, language: str | None = None
) -> None:
    """Send the message that asks to confirm the address again; the token of the one before ends.

    Where the address has an owner, only the owner is told that somebody signed up with it, as at the sign-up.

    Args:
        language: of the message.

    Raises:
        NotFound: the account does not exist any more.
        Conflict: the address is confirmed.
        RateLimited: it was sent less than a minute ago, or five times and the last time less than a day ago.
    """
    account = accounts.get(person_id)
    if account is None:
        raise NotFound("This account does not exist any more.")
    if account.confirmed:
        raise Conflict("Your address is confirmed.")
    if not accounts.note_resent(person_id, at=now, cooldown=RESEND_COOLDOWN, most=MAX_RESENT, window=RESEND_WINDOW):
        sent_at, count = accounts.resent(person_id)
        until = (sent_at or now) + (RESEND_WINDOW if count >= MAX_RESENT else RESEND_COOLDOWN)
        refuse(max(1.0, (until - now).total_seconds()))
    owner = accounts.owner_of(account.email)
    if owner is None:
        mail.send("confirm-address", person_id=person_id, language=language)
    else:
        mail.send("address-known", person_id=owner.person_id)


def remind_unconfirmed(accounts: AccountStore, mail: MailStore, person_id: str, *, now: datetime) -> None:
    """Tell somebody that their account goes, or is shown to nobody, until they confirm the address.

    An address that has an owner gets no message about what somebody else has made with it.
    """
    account = accounts.get(person_id)
    if account is not None and not account.confirmed:
        if accounts.owner_of(account.email) is None:
            kind = "confirm-verified" if accounts.has_verified(person_id) else "confirm-reminder"
            mail.send(kind, person_id=person_id)
        accounts.note_reminded(person_id, at=now)


def hide_unconfirmed(accounts: AccountStore, publish: Publish, person_id: str, *, now: datetime) -> None:
    """Take somebody who has not confirmed their address out of sight; an earlier version showed them."""
    publish(person_id)
    accounts.note_hidden(person_id, at=now)
