"""New recovery codes, turning one-time passwords off, and resetting them for somebody who has lost the device."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from kit import ids
from kit.clock import new_id
from kit.errors import Conflict, Expired, Forbidden, InvalidCredentials, SecondPersonRequired
from profiles.accounts import totp
from profiles.accounts.domain import Account, token_hash
from profiles.roles.domain import ALONE_DAYS
from profiles.roles.usecases import acting_admins, independent, lock_admins, note_lost, other_admins
from profiles.second_factor.domain import ALONE_HOURS, RESET_DAYS, SecondFactorReset
from profiles.unit_of_work import UnitOfWork

_GONE = "This token is not valid or was used."
_OFF = "One-time passwords are not on."


def new_recovery_codes(work: UnitOfWork, *, person_id: str) -> list[str]:
    """Replace a person's recovery codes by ten new ones, which are told this once.

    Raises:
        Conflict: one-time passwords are off.
    """
    _, confirmed, _ = work.factors.lock_totp(person_id)
    if not confirmed:
        raise Conflict(_OFF)
    codes = totp.new_recovery_codes()
    work.factors.set_recovery_codes(person_id, [totp.code_hash(code) for code in codes])
    work.mail.send("recovery-codes-replaced", person_id=person_id)
    work.audit.note("account.new-recovery-codes", actor=person_id, object=f"person:{person_id}")
    return codes


def disable_totp(work: UnitOfWork, *, person_id: str, session: str | None, now: datetime) -> None:
    """Turn one-time passwords off, so that another device can be set up; roles beyond MEMBER do not count until then.

    All other sessions end. The present one goes on, and its access token ends, which says what the roles were.

    Raises:
        Conflict: they are off.
        Forbidden: the token names no session.
    """
    _, confirmed, _ = work.factors.lock_totp(person_id)
    if not confirmed:
        raise Conflict(_OFF)
    if session is None:
        raise Forbidden("Sign in first.")
    work.factors.turn_off(person_id)
    work.factors.remove(person_id)
    work.sessions.end_sessions(person_id, at=now, except_id=session)
    work.personal_tokens.revoke_all(person_id, at=now)
    work.factors.lower_session(session)
    work.sessions.void_tokens(person_id, at=now)
    work.mail.send("totp-disabled", person_id=person_id)
    work.audit.note("account.disable-totp", actor=person_id, object=f"person:{person_id}")


def _locked(work: UnitOfWork, person_id: str) -> SecondFactorReset | None:
    """A person's request, locked with their account until the transaction ends."""
    work.accounts.take_turn(person_id)
    return work.factors.get(person_id)


def request_reset(work: UnitOfWork, account: Account, *, now: datetime) -> None:
    """Ask admins to turn off the one-time passwords of an account whose password was right.

    A request that waits stays as it is, with who has agreed to it. Who is suspended may ask too: they sign in to take their data
    or erase them.

    Raises:
        Conflict: signing in asks for no one-time password, or nobody could be told, because the address is not confirmed.
    """
    waiting = _locked(work, account.person_id)
    present = work.accounts.get(account.person_id)
    if present is None or not present.totp:
        raise Conflict("Signing in to this account asks for no one-time password.")
    if not present.confirmed:
        raise Conflict("Confirm your address first, with confirmEmail.")
    if waiting is not None and waiting.expires_at > now:
        return
    work.factors.remove(account.person_id)
    reset_id = new_id()
    work.factors.add(reset_id, account.person_id, requested_at=now, expires_at=now + timedelta(days=RESET_DAYS))
    work.mail.send("second-factor-reset-requested", person_id=account.person_id, reset=reset_id)
    admins = [admin.person_id for admin in work.accounts.with_role("ADMIN") if admin.person_id != account.person_id]
    work.mail.send_many("second-factor-reset-waiting", admins)
    work.audit.note(
        "account.request-second-factor-reset", actor=account.person_id, object=f"person:{account.person_id}"
    )


def approve_reset(work: UnitOfWork, *, admin: str, person_id: str, now: datetime) -> bool:
    """Agree as an admin to reset somebody's second factor; the second admin who agrees does it.

    The lock on all admins comes first: whether there is a second one, and who of them has agreed, is decided by one at a time.
    Who is a second one is what it is where roles are given.

    Returns:
        whether it is done now; else a second admin must agree, or 72 hours must pass where there is none.

    Raises:
        Forbidden: it is one's own account, or one is no admin any more.
        Conflict: nobody asked for it, or the request is over.
        SecondPersonRequired: the same admin agreed first, or one who may be the same person.
    """
    lock_admins(work, admin)
    if admin == person_id:
        raise Forbidden("Nobody resets their own second factor.", field=["account"])
    reset = _locked(work, person_id) if ids.valid(person_id) else None
    if reset is None or reset.expires_at <= now:
        raise Conflict("Nobody waits for a reset of the second factor of this account.", field=["account"])
    others = [one for one in other_admins(work, now=now) if one != person_id]
    if not reset.is_approved(acting_admins(work)):
        two = any(independent(work, admin, one, now=now) for one in others if one != admin)
        due_at = None if two else now + timedelta(hours=ALONE_HOURS)
        work.factors.approve(person_id, admin=admin, at=now, due_at=due_at)
        done_at = f"{due_at:%Y-%m-%d %H:%M} UTC" if due_at else None
        work.mail.send("second-factor-reset-approved", person_id=person_id, reset=reset.id, done_at=done_at)
        work.mail.send_many("second-factor-reset-waiting", [one for one in others if one != admin])
        work.audit.note("account.approve-second-factor-reset", actor=admin, object=f"person:{person_id}")
        return False
    if reset.approved_by == admin:
        raise SecondPersonRequired("You have agreed already; another admin must agree too.", field=["account"])
    if reset.approved_by is None or not independent(work, reset.approved_by, admin, now=now):
        raise SecondPersonRequired(
            f"One admin alone made you and who agreed first admins within the last {ALONE_DAYS} days, or one of you the other; "
            "another admin must agree too.",
            field=["account"],
        )
    _done(work, person_id, actor=admin, by=admin, now=now)
    return True


def refuse_reset(work: UnitOfWork, *, token: str, now: datetime) -> None:
    """Refuse a reset with the token that the person was sent: it is not done, and all their sessions end.

    Raises:
        InvalidCredentials: nobody was sent this token, or its request is over.
        Expired: the request has waited for too long.
    """
    found = work.factors.token(token_hash(token))
    if found is None:
        raise InvalidCredentials(_GONE, field=["token"])
    person_id, reset_id, until = found
    if until <= now:
        raise Expired("This request has ended by itself.", field=["token"])
    reset = _locked(work, person_id)
    if reset is None or reset.id != reset_id:
        raise InvalidCredentials(_GONE, field=["token"])
    work.factors.remove(person_id)
    work.sessions.end_sessions(person_id, at=now)
    work.personal_tokens.revoke_all(person_id, at=now)
    work.mail.send("second-factor-reset-refused", person_id=person_id)
    work.audit.note("account.refuse-second-factor-reset", actor=person_id, object=f"person:{person_id}")


def finish_due(work: UnitOfWork, person_id: str, *, now: datetime) -> None:
    """Do a reset to which the only admin agreed 72 hours ago, or forget a request that is over."""
    admins = work.roles.lock_admins()
    reset = _locked(work, person_id)
    if reset is None:
        return
    if _is_due(reset, admins, now):
        _done(work, person_id, actor="service:clock", by=reset.approved_by, now=now)
    elif reset.expires_at <= now or (reset.due_at is not None and reset.due_at <= now):
        # Over; or the admin who agreed alone is none any more.
        work.factors.remove(person_id)
        work.audit.note("account.drop-second-factor-reset", actor="service:clock", object=f"person:{person_id}")


def _is_due(reset: SecondFactorReset, admins: Collection[str], now: datetime) -> bool:
    return reset.due_at is not None and reset.due_at <= now and reset.is_approved(admins)


def _done(work: UnitOfWork, person_id: str, *, actor: str, by: str | None, now: datetime) -> None:
    """Turn one-time passwords off and end all sessions; roles beyond MEMBER count again when they are on again."""
    account = work.accounts.get(person_id)
    if account is not None and by is not None:
        note_lost(work, account, by=by, now=now)
    work.factors.turn_off(person_id)
    work.factors.remove(person_id)
    work.sessions.end_sessions(person_id, at=now)
    work.personal_tokens.revoke_all(person_id, at=now)
    work.mail.send("second-factor-reset-done", person_id=person_id)
    work.audit.note("account.reset-second-factor", actor=actor, object=f"person:{person_id}")


def start_totp(work: UnitOfWork, *, account: Account, issuer: str) -> tuple[str, str]:
    """Make a secret for one-time passwords; it counts once confirmTotp has proved that an app has it.

    Returns:
        the secret in base 32, and the `otpauth:` address.

    Raises:
        Conflict: one-time passwords are on already.
    """
    _, confirmed, _ = work.factors.lock_totp(account.person_id)
    if confirmed:
        raise Conflict("One-time passwords are on already.")
    secret = totp.new_secret()
    work.factors.set_totp(account.person_id, work.cipher.encrypt(secret, owner=account.person_id))
    return totp.base32(secret), totp.uri(secret, account=account.email, issuer=issuer)


def confirm_totp(
    work: UnitOfWork,
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
    stored, confirmed, _ = work.factors.lock_totp(person_id)
    if stored is None or confirmed:
        raise Conflict("One-time passwords are on already." if confirmed else "Ask for a secret with startTotp first.")
    step = totp.matching_step(work.cipher.decrypt_bytes(stored, owner=person_id), otp.strip(), now)
    if step is None:
        raise InvalidCredentials("This one-time password is wrong; is the clock of your device right?", field=["otp"])
    work.factors.use_totp_step(person_id, step, confirmed_at=now)
    codes = totp.new_recovery_codes()
    work.factors.set_recovery_codes(person_id, [totp.code_hash(code) for code in codes])
    if session is None:
        raise Forbidden("Sign in first.")
    work.sessions.raise_session(session)
    work.mail.send("totp-enabled", person_id=person_id)
    work.audit.note("account.enable-totp", actor=person_id, object=f"person:{person_id}")
    return codes
