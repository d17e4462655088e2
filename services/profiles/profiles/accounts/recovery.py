"""New passwords, and one-time passwords."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from kit.cipher import FieldCipher
from kit.errors import Conflict, Expired, Forbidden, InvalidCredentials
from profiles.accounts import passwords, totp
from profiles.accounts.passwords import Lane
from profiles.accounts.store import Account, AccountStore
from profiles.accounts.usecases import Session, Sessions, start_session, token_hash
from profiles.audit.store import AuditTrail
from profiles.mail.store import MailStore

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
    parts: Sessions,
    mail: MailStore,
    audit: AuditTrail,
    publish: Publish,
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
    person_id = use_token(parts.accounts, token, "RESET", now)
    before = parts.accounts.lock(person_id)
    if before is not None and not before.confirmed:
        if not parts.accounts.confirm(person_id, at=now):
            raise Conflict("Another account has confirmed this address meanwhile; sign in to that one.")
        parts.accounts.forget_claims(person_id)
        publish(person_id)
        audit.note("account.confirm", actor=person_id, object=f"person:{person_id}")
    parts.accounts.end_mail_tokens(person_id)
    parts.accounts.set_password(person_id, password_hash)
    parts.accounts.end_sessions(person_id, at=now)
    mail.send("password-changed", person_id=person_id)
    audit.note("account.reset-password", actor=person_id, object=f"person:{person_id}")
    account = account_of(parts.accounts, person_id)
    return None if account.totp else start_session(parts, account, one_time_password=False, now=now)


def change_password(
    accounts: AccountStore,
    mail: MailStore,
    audit: AuditTrail,
    *,
    person_id: str,
    session: str | None,
    password_hash: str,
    now: datetime,
) -> None:
    """Set a new password; the present session goes on, all others end."""
    accounts.set_password(person_id, password_hash)
    accounts.end_sessions(person_id, at=now, except_id=session)
    mail.send("password-changed", person_id=person_id)
    audit.note("account.change-password", actor=person_id, object=f"person:{person_id}")


def require_password(account: Account | None, password: str, *, field: str) -> None:
    """Refuse unless the password is the account's.

    Raises:
        InvalidCredentials: it is not.
        RateLimited: too many hash passwords now.
    """
    if not passwords.matches(account.password_hash if account else None, password[:1024], lane=Lane.KNOWN):
        raise InvalidCredentials("This is not your password.", field=[field])


def start_totp(accounts: AccountStore, cipher: FieldCipher, *, account: Account, issuer: str) -> tuple[str, str]:
    """Make a secret for one-time passwords; it counts once confirmTotp has proved that an app has it.

    Returns:
        the secret in base 32, and the `otpauth:` address.

    Raises:
        Conflict: one-time passwords are on already.
    """
    _, confirmed, _ = accounts.lock_totp(account.person_id)
    if confirmed:
        raise Conflict("One-time passwords are on already.")
    secret = totp.new_secret()
    accounts.set_totp(account.person_id, cipher.encrypt(secret, owner=account.person_id))
    return totp.base32(secret), totp.uri(secret, account=account.email, issuer=issuer)


def confirm_totp(
    accounts: AccountStore,
    cipher: FieldCipher,
    mail: MailStore,
    audit: AuditTrail,
    *,
    person_id: str,
    session: str | None,
    otp: str,
    now: datetime,
) -> list[str]:
    """Turn one-time passwords on. The present session counts as opened with one; refresh it to use one's roles.

    Returns:
        ten recovery codes, each good for one sign-in without the app.

    Raises:
        Conflict: startTotp comes first, or they are on already.
        InvalidCredentials: the one-time password is wrong.
        Forbidden: the token names no session.
    """
    stored, confirmed, _ = accounts.lock_totp(person_id)
    if stored is None or confirmed:
        raise Conflict("One-time passwords are on already." if confirmed else "Ask for a secret with startTotp first.")
    step = totp.matching_step(cipher.decrypt_bytes(stored, owner=person_id), otp.strip(), now)
    if step is None:
        raise InvalidCredentials("This one-time password is wrong; is the clock of your device right?", field=["otp"])
    accounts.use_totp_step(person_id, step, confirmed_at=now)
    codes = totp.new_recovery_codes()
    accounts.set_recovery_codes(person_id, [totp.code_hash(code) for code in codes])
    if session is None:
        raise Forbidden("Sign in first.")
    accounts.raise_session(session)
    mail.send("totp-enabled", person_id=person_id)
    audit.note("account.enable-totp", actor=person_id, object=f"person:{person_id}")
    return codes
