"""What admins do with accounts: suspension, effective in every service within seconds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from kit.errors import Forbidden
from kit.texts import check_text
from profiles.accounts.store import Account, AccountStore
from profiles.audit.store import AuditTrail
from profiles.roles.usecases import RoleWork, existing, lock_admins, note_lost

Publish = Callable[[str], Any]


def suspend_account(
    work: RoleWork, *, admin: str, person_id: str, reason: str, until: datetime | None, now: datetime
) -> Account:
    """Suspend an account: its sessions end, and nobody sees it. With a time that has passed, end the suspension.

    Raises:
        NotFound: no such account.
        Invalid: there is no reason.
        Forbidden: it is one's own, or the caller is no admin any more.
    """
    accounts, mail, audit = work.accounts, work.mail, work.audit
    lock_admins(work, admin)
    account = existing(accounts, person_id)
    if person_id == admin:
        raise Forbidden("Nobody suspends their own account.", field=["account"])
    text = check_text(reason, field="reason", shortest=3, longest=500, one_line=True, of_professional=True)
    suspended = until is None or until > now
    if suspended:
        note_lost(work, account, by=admin, now=now)
    accounts.suspend(person_id, suspended=suspended, until=until if suspended else None)
    if suspended:
        accounts.end_sessions(person_id, at=now)
        end = f" until {until:%Y-%m-%d %H:%M} UTC" if until else ""
        mail.send("account-suspended", person_id=person_id, reason=text, until=end)
    work.publish(person_id)
    act = "account.suspend" if suspended else "account.reinstate"
    audit.note(act, actor=admin, object=f"person:{account.person_id}", reason=text)
    return existing(accounts, person_id)


def lift_ended_suspension(accounts: AccountStore, audit: AuditTrail, publish: Publish, person_id: str) -> None:
    """End a suspension whose time has come; the graph does not count days, so it is told."""
    accounts.suspend(person_id, suspended=False, until=None)
    publish(person_id)
    audit.note("account.reinstate", actor="service:clock", object=f"person:{person_id}", reason="EXPIRED")
