"""Changing the address of an account, confirmed at both ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from kit.clock import new_id
from kit.errors import Conflict, Expired, Invalid, InvalidCredentials, NotFound
from profiles.accounts.domain import EmailAddress, mailbox_key, parse_email, token_hash
from profiles.addresses.domain import WAIT_DAYS, EmailChange, End, read_purpose
from profiles.unit_of_work import UnitOfWork

_GONE = "This token is not valid or was used; ask for the change again."


def request_change(work: UnitOfWork, *, person_id: str, new: EmailAddress, now: datetime) -> None:
    """Ask both mailboxes about a change of address; an earlier change of the same person that waits ends.

    Where the new address has an owner, everything is done and answered in the same way, but its owner is told instead of
    being asked. So nobody learns here who has an account.

    Raises:
        NotFound: the account was erased meanwhile.
        Conflict: the present address is not confirmed.
        Invalid: it is the present address, in whatever spelling.
    """
    work.accounts.take_turn(person_id)
    account = work.accounts.get(person_id)
    if account is None:
        raise NotFound("This account does not exist any more.")
    if not account.confirmed:
        raise Conflict("Confirm your present address first, with confirmEmail.")
    if new.key == mailbox_key(account.email):
        raise Invalid("This is your address already.", field=["newEmail"])
    work.addresses.remove(person_id)
    change_id = new_id()
    work.addresses.replace(change_id, person_id, new, requested_at=now, due_at=now + timedelta(days=WAIT_DAYS))
    work.mail.send("email-change-old", person_id=person_id, change=change_id)
    owner = work.accounts.owner_of(new.text)
    if owner is None:
        work.mail.send("email-change-new", person_id=person_id, change=change_id)
    else:
        work.mail.send("email-change-known", person_id=owner.person_id)
    work.audit.note("account.request-email-change", actor=person_id, object=f"person:{person_id}")


def confirm_change(work: UnitOfWork, *, token: str, now: datetime) -> bool:
    """Confirm a change at the end that the token was sent to; the second end makes it.

    Returns:
        whether the address has changed now.

    Raises:
        InvalidCredentials: nobody was sent this token, or its change was made, refused or replaced.
        Expired: the change has waited for seven days.
        Conflict: another account has confirmed the address meanwhile.
    """
    change, end = _of_token(work, token, now)
    noted = replace(change, new_confirmed_at=now) if end is End.NEW else replace(change, old_confirmed_at=now)
    work.addresses.note_confirmed(noted)
    work.audit.note(
        "account.confirm-email-change", actor=change.person_id, object=f"person:{change.person_id}", reason=end.name
    )
    if not noted.may_be_made(now):
        return False
    if not _made(work, noted, actor=change.person_id, now=now):
        raise Conflict("Another account has confirmed this address meanwhile; sign in to that one.")
    return True


def refuse_change(work: UnitOfWork, *, token: str, now: datetime) -> None:
    """Refuse a change with the token that the old mailbox was sent: it is never made, and all sessions end.

    Whoever refuses says that somebody else knows the password, so nobody stays signed in.

    Raises:
        InvalidCredentials: the old mailbox was not sent this token, or its change was made, refused or replaced.
        Expired: the change has waited for seven days.
    """
    change, end = _of_token(work, token, now)
    if end is not End.OLD:
        raise InvalidCredentials(_GONE, field=["token"])
    work.addresses.remove(change.person_id)
    work.sessions.end_sessions(change.person_id, at=now)
    work.personal_tokens.revoke_all(change.person_id, at=now)
    work.mail.send("email-change-refused", person_id=change.person_id)
    work.audit.note("account.refuse-email-change", actor=change.person_id, object=f"person:{change.person_id}")


def finish_due(work: UnitOfWork, person_id: str, *, now: datetime) -> None:
    """Make a change that the old mailbox has not refused in seven days, or forget one that the new one has not confirmed."""
    work.accounts.take_turn(person_id)
    change = work.addresses.get(person_id)
    if change is None or change.due_at > now:
        return  # another worker was faster, or it was asked for again
    if not (change.may_be_made(now) and _made(work, change, actor="service:clock", now=now)):
        work.addresses.remove(person_id)
        work.audit.note("account.drop-email-change", actor="service:clock", object=f"person:{person_id}")


def _of_token(work: UnitOfWork, token: str, now: datetime) -> tuple[EmailChange, End]:
    """The change that a token was sent for, locked, and the end that it was sent to."""
    found = work.addresses.token(token_hash(token))
    meant = read_purpose(found[1]) if found else None
    if found is None or meant is None:
        raise InvalidCredentials(_GONE, field=["token"])
    person_id, _, until = found
    if until <= now:
        raise Expired("This change has waited for too long; ask for it again.", field=["token"])
    work.accounts.take_turn(person_id)
    change = work.addresses.get(person_id)
    if change is None or change.id != meant[1]:
        raise InvalidCredentials(_GONE, field=["token"])
    return change, meant[0]


def _made(work: UnitOfWork, change: EmailChange, *, actor: str, now: datetime) -> bool:
    """Give the account its new address and tell both mailboxes; False where another account has confirmed it."""
    account, new = work.accounts.get(change.person_id), parse_email(change.email)
    assert account is not None
    if work.accounts.owner_of(new.text) is not None:
        return False
    work.addresses.remove(change.person_id)
    if not work.addresses.move(change.person_id, former=account.email, to=new, at=now):
        return False
    work.accounts.end_mail_tokens(change.person_id)  # those that were sent to the former address
    work.mail.send("email-changed", person_id=change.person_id)
    work.mail.send("email-changed", person_id=change.person_id, address=account.email)
    work.audit.note("account.change-email", actor=actor, object=f"person:{change.person_id}")
    return True
