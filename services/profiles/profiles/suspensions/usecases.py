"""Suspending accounts, two admins together where it is to last, and the appeal; effective in every service within seconds."""

from __future__ import annotations

from datetime import datetime, timedelta

from kit.errors import Conflict, Forbidden, NotFound, SecondPersonRequired
from kit.texts import check_text
from profiles.accounts.domain import Account
from profiles.roles.domain import ALONE_DAYS
from profiles.roles.usecases import acting_admins, existing, independent, lock_admins, note_lost, other_admins
from profiles.suspensions.domain import AGAIN_DAYS, ALONE_HOURS, LIFTED, UPHELD, Suspension, is_later
from profiles.unit_of_work import UnitOfWork

MAX_STATEMENT_LENGTH = 2_000


def suspend_account(
    work: UnitOfWork, *, admin: str, person_id: str, reason: str, until: datetime | None, now: datetime
) -> Account:
    """Suspend an account: its sessions end, and nobody sees it. With a time that has passed, end the suspension.

    Where there is a second admin, one alone suspends for 72 hours at most. What is to last longer holds that long too, and goes
    on when another one confirms it. The same account again within 30 days is another admin's.

    Raises:
        NotFound: no such account.
        Invalid: there is no reason.
        Forbidden: it is one's own, or the caller is no admin any more.
        Conflict: another admin's suspension waits to be confirmed.
        SecondPersonRequired: the caller has suspended it within 30 days, and nobody confirmed that.
    """
    account = _locked(work, admin, person_id)
    text = check_text(reason, field="reason", shortest=3, longest=500, one_line=True, of_professional=True)
    if until is not None and until <= now:
        _end(work, person_id, by=admin, reason=text, now=now)
        return existing(work.accounts, person_id)
    present = work.suspensions.locked(person_id, at=now)
    second = _has_second(work, admin, now=now)
    if present is not None and present.waits and present.suspended_by != admin and is_later(until, present.until):
        raise Conflict(
            "Another admin's suspension of this account waits; confirm it with confirmSuspension.", field=["account"]
        )
    if present is None and second:
        _require_not_again(work, admin, person_id, now=now)
    alone_until = present.alone_until if present else now + timedelta(hours=ALONE_HOURS)
    # What two have agreed to, or what one may do alone.
    bound = present.until if present is not None and is_later(present.until, alone_until) else alone_until
    waits = second and is_later(until, bound)
    holds_until = bound if waits else until
    if present is None:
        note_lost(work, account, by=admin, now=now)
        work.suspensions.begin(
            person_id, by=admin, reason=text, at=now, waits=waits, proposed_until=until if waits else None
        )
    else:
        work.suspensions.change(present.id, by=admin, reason=text, waits=waits, proposed_until=until if waits else None)
    work.suspensions.set_suspended(person_id, suspended=True, until=holds_until)
    work.sessions.end_sessions(person_id, at=now)
    work.personal_tokens.void(person_id, at=now)
    work.mail.send("account-suspended", person_id=person_id, reason=text, ends=_minute(holds_until))
    if waits:
        told = [one for one in acting_admins(work) if _may_confirm(work, one, admin, person_id, now=now)]
        work.mail.send_many("suspension-waits", told, until=_minute(holds_until))
    work.publish(person_id)
    work.audit.note("account.suspend", actor=admin, object=f"person:{person_id}", reason=text)
    return existing(work.accounts, person_id)


def confirm_suspension(work: UnitOfWork, *, admin: str, person_id: str, now: datetime) -> Account:
    """Agree, as the second admin, that a suspension lasts as long as the first admin intended.

    Raises:
        NotFound: no such account.
        Forbidden: it is one's own, or the caller is no admin any more.
        Conflict: nothing waits.
        SecondPersonRequired: the caller has suspended it, or may be the same person as who did.
    """
    _locked(work, admin, person_id)
    present = work.suspensions.locked(person_id, at=now)
    if present is None or not present.waits:
        raise Conflict("No suspension of this account waits for a second admin (any more).", field=["account"])
    if present.suspended_by is None:
        raise Conflict("The admin who suspended this account was erased; suspend it anew.", field=["account"])
    if not _may_confirm(work, admin, present.suspended_by, person_id, now=now):
        raise SecondPersonRequired(
            "You have suspended this account, or one admin alone made you and who did admins within the last "
            f"{ALONE_DAYS} days, or one of you the other; another admin must confirm it.",
            field=["account"],
        )
    work.suspensions.confirm(present.id, by=admin, at=now)
    work.suspensions.set_suspended(person_id, suspended=True, until=present.proposed_until)
    work.mail.send(
        "account-suspended", person_id=person_id, reason=present.reason, ends=_minute(present.proposed_until)
    )
    work.audit.note("account.confirm-suspension", actor=admin, object=f"person:{person_id}")
    return existing(work.accounts, person_id)


def appeal_suspension(work: UnitOfWork, *, person_id: str, statement: str, now: datetime) -> None:
    """Appeal against one's suspension, once; an admin decides who did not take part in it, where there is one.

    Raises:
        Conflict: the account is not suspended, or its owner has appealed.
        Invalid: the statement is too short or too long.
    """
    text = check_text(statement, field="statement", shortest=10, longest=MAX_STATEMENT_LENGTH, of_professional=True)
    work.accounts.take_turn(person_id)
    present = work.suspensions.locked(person_id, at=now)
    if present is None:
        raise Conflict("Your account is not suspended.")
    if present.appealed_at is not None:
        raise Conflict("You have appealed against this suspension.")
    work.suspensions.appeal(present.id, statement=text, at=now)
    told = [one for one in acting_admins(work) if _may_decide(work, one, present, now=now)]
    work.mail.send_many("suspension-appealed", told)
    work.audit.note("account.appeal-suspension", actor=person_id, object=f"person:{person_id}")


def decide_appeal(
    work: UnitOfWork, *, admin: str, person_id: str, uphold: bool, note: str | None, now: datetime
) -> Account:
    """Decide an appeal against a suspension: it stays as it is, or ends.

    Raises:
        NotFound: no such account.
        Forbidden: it is one's own, or the caller is no admin any more.
        Conflict: no appeal waits.
        SecondPersonRequired: the caller took part in the suspension, and there is an admin who did not.
        Invalid: the note is too long.
    """
    _locked(work, admin, person_id)
    text = check_text(note or "", field="note", longest=500, one_line=True, of_professional=True) or None
    present = work.suspensions.locked(person_id, at=now)
    if present is None or not present.appeal_waits:
        raise Conflict("No appeal against a suspension of this account waits (any more).", field=["account"])
    if not _may_decide(work, admin, present, now=now):
        raise SecondPersonRequired(
            "You took part in this suspension, or may be the same person as somebody who did; another admin decides the appeal.",
            field=["account"],
        )
    work.suspensions.decide_appeal(present.id, by=admin, outcome=UPHELD if uphold else LIFTED, note=text, at=now)
    work.audit.note(
        "account.decide-suspension-appeal",
        actor=admin,
        object=f"person:{person_id}",
        reason=UPHELD if uphold else LIFTED,
    )
    if not uphold:
        _end(work, person_id, by=admin, reason="APPEAL", now=now)
    kind = "suspension-upheld" if uphold else "suspension-lifted"
    work.mail.send(kind, person_id=person_id, note=text or "")
    return existing(work.accounts, person_id)


def end_due(work: UnitOfWork, person_id: str, *, now: datetime) -> None:
    """End a suspension whose time has come, or that nobody confirmed; the graph does not count days, so it is told."""
    _end(work, person_id, by="service:clock", reason="EXPIRED", now=now)


def _end(work: UnitOfWork, person_id: str, *, by: str, reason: str, now: datetime) -> None:
    """End a suspension. Tokens of the sessions that it left open end too, because they say that the account is suspended."""
    work.suspensions.end(person_id, at=now)
    work.suspensions.set_suspended(person_id, suspended=False, until=None)
    work.sessions.void_tokens(person_id, at=now)
    work.publish(person_id)
    work.audit.note("account.reinstate", actor=by, object=f"person:{person_id}", reason=reason)


def _locked(work: UnitOfWork, admin: str, person_id: str) -> Account:
    """An account that an admin decides about; locked, as are the admins, before anything is read that depends on them.

    Raises:
        NotFound: no such account.
        Forbidden: it is one's own, or the caller is no admin any more.
    """
    lock_admins(work, admin)
    existing(work.accounts, person_id)
    if person_id == admin:
        raise Forbidden("Nobody decides about a suspension of their own account.", field=["account"])
    work.accounts.take_turn(person_id)
    account = work.accounts.get(person_id)
    if account is None:
        raise NotFound("No account has this id.", field=["account"])
    return account


def _has_second(work: UnitOfWork, admin: str, *, now: datetime) -> bool:
    """Whether there is a second admin; also where it is the one who is suspended, whom else one admin could remove for good."""
    others = set(other_admins(work, now=now)) - {admin}
    return any(independent(work, admin, one, now=now) for one in others)


def _require_not_again(work: UnitOfWork, admin: str, person_id: str, *, now: datetime) -> None:
    earlier = work.suspensions.unconfirmed_since(person_id, since=now - timedelta(days=AGAIN_DAYS))
    if any(by == admin or not independent(work, by, admin, now=now) for by in earlier):
        raise SecondPersonRequired(
            f"You have suspended this account within the last {AGAIN_DAYS} days, and no second admin confirmed it; another admin "
            "must suspend it.",
            field=["account"],
        )


def _may_confirm(work: UnitOfWork, admin: str, first: str, person_id: str, *, now: datetime) -> bool:
    return admin not in {first, person_id} and independent(work, first, admin, now=now)


def _may_decide(work: UnitOfWork, admin: str, suspension: Suspension, *, now: datetime) -> bool:
    """Whether an admin may decide an appeal: who took no part in the suspension, else who did not begin it, else anybody."""
    admins = {admin, *other_admins(work, now=now)} - {suspension.person_id}
    for part in ({suspension.suspended_by, suspension.confirmed_by}, {suspension.suspended_by}):
        took_part = {one for one in part if one is not None}
        fit = {one for one in admins - took_part if all(independent(work, one, other, now=now) for other in took_part)}
        if fit:
            return admin in fit
    return admin in admins


def _minute(time: datetime | None) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC" if time else ""
