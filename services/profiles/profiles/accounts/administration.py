"""What admins do with accounts: roles and suspension, effective in every service within seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from kit import ids
from kit.errors import Conflict, Forbidden, Invalid, NotFound
from kit.texts import check_text
from profiles.accounts.store import Account, AccountStore
from profiles.accounts.usecases import ROLES, check_jurisdictions
from profiles.audit.store import AuditTrail
from profiles.mail.store import MailStore

Publish = Callable[[str], Any]


def shown(account: Account) -> dict[str, Any]:
    """An account as admins see it."""
    return {
        "id": account.person_id,
        "email": account.email,
        "roles": account.roles,
        "jurisdictions": account.jurisdictions,
        "suspended": account.suspended,
        "created_at": account.created_at,
        "last_seen_at": account.last_seen_at,
    }


def _existing(accounts: AccountStore, person_id: str) -> Account:
    account = accounts.get(person_id) if ids.valid(person_id) else None
    if account is None:
        raise NotFound("No account has this id.", field=["account"])
    return account


def set_roles(
    accounts: AccountStore,
    audit: AuditTrail,
    publish: Publish,
    *,
    admin: str,
    person_id: str,
    roles: Iterable[str],
    jurisdictions: Iterable[str] | None,
    now: datetime,
) -> Account:
    """Replace an account's roles; its access tokens end, so that they hold at once.

    Raises:
        NotFound: no such account.
        Invalid: an unknown role or jurisdiction.
        Conflict: nobody would be an admin any more.
    """
    wanted = {"MEMBER", *roles}
    if not wanted <= set(ROLES):
        raise Invalid(f"roles must be among {', '.join(ROLES)}.", field=["roles"])
    places = check_jurisdictions(jurisdictions) if jurisdictions is not None else None
    admins = accounts.lock_admins() if "ADMIN" not in wanted else []  # locked before the account is read
    _existing(accounts, person_id)
    if admins == [person_id]:
        raise Conflict("This is the last admin; make another one first.", field=["roles"])
    accounts.set_roles(person_id, wanted)
    if places is not None or "VERIFIER" not in wanted:
        accounts.limit_verifier(person_id, places or [])
    accounts.void_tokens(person_id, at=now)
    publish(person_id)
    audit.note("account.set-roles", actor=admin, object=f"person:{person_id}", reason=",".join(sorted(wanted)))
    return _existing(accounts, person_id)


def suspend_account(
    accounts: AccountStore,
    mail: MailStore,
    audit: AuditTrail,
    publish: Publish,
    *,
    admin: str,
    person_id: str,
    reason: str,
    until: datetime | None,
    now: datetime,
) -> Account:
    """Suspend an account: its sessions end, and nobody sees it. With a time that has passed, end the suspension.

    Raises:
        NotFound: no such account.
        Invalid: there is no reason.
        Forbidden: it is one's own.
        Conflict: nobody would be an admin any more.
    """
    account = _existing(accounts, person_id)
    if person_id == admin:
        raise Forbidden("Nobody suspends their own account.", field=["account"])
    text = check_text(reason, field="reason", shortest=3, longest=500, one_line=True, of_professional=True)
    suspended = until is None or until > now
    if suspended and accounts.lock_admins() == [person_id]:
        raise Conflict("This is the last admin; make another one first.", field=["account"])
    accounts.suspend(person_id, suspended=suspended, until=until if suspended else None)
    if suspended:
        accounts.end_sessions(person_id, at=now)
        end = f" until {until:%Y-%m-%d %H:%M} UTC" if until else ""
        mail.send("account-suspended", person_id=person_id, reason=text, until=end)
    publish(person_id)
    act = "account.suspend" if suspended else "account.reinstate"
    audit.note(act, actor=admin, object=f"person:{account.person_id}", reason=text)
    return _existing(accounts, person_id)


def lift_ended_suspension(accounts: AccountStore, audit: AuditTrail, publish: Publish, person_id: str) -> None:
    """End a suspension whose time has come; the graph does not count days, so it is told."""
    accounts.suspend(person_id, suspended=False, until=None)
    publish(person_id)
    audit.note("account.reinstate", actor="service:clock", object=f"person:{person_id}", reason="EXPIRED")
