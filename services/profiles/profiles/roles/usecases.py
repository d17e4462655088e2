"""What admins do with roles; effective in every service within seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kit import ids
from kit.errors import Conflict, Invalid, NotFound
from profiles.accounts.store import Account, AccountStore
from profiles.accounts.usecases import check_jurisdictions
from profiles.audit.store import AuditTrail
from profiles.roles.domain import PRIVILEGED, ROLES, RoleRequirements

Publish = Callable[[str], Any]


@dataclass(frozen=True)
class RoleWork:
    """What acts on roles work with, all on one connection.

    Args:
        publish: tells the graph of a person's new state, in this transaction.
    """

    accounts: AccountStore
    audit: AuditTrail
    publish: Publish
    requirements: RoleRequirements


def set_roles(
    work: RoleWork,
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
        Conflict: the account may not hold a role beyond MEMBER yet, or nobody would be an admin any more.
    """
    wanted = {"MEMBER", *roles}
    if not wanted <= set(ROLES):
        raise Invalid(f"roles must be among {', '.join(ROLES)}.", field=["roles"])
    places = check_jurisdictions(jurisdictions) if jurisdictions is not None else None
    admins = work.accounts.lock_admins() if "ADMIN" not in wanted else []  # locked before the account is read
    account = existing(work.accounts, person_id)
    if admins == [person_id]:
        raise Conflict("This is the last admin; make another one first.", field=["roles"])
    if wanted & PRIVILEGED - set(account.roles):
        _require_protected(work, account)
    work.accounts.set_roles(person_id, wanted)
    if places is not None or "VERIFIER" not in wanted:
        work.accounts.limit_verifier(person_id, places or [])
    work.accounts.void_tokens(person_id, at=now)
    work.publish(person_id)
    work.audit.note("account.set-roles", actor=admin, object=f"person:{person_id}", reason=",".join(sorted(wanted)))
    return existing(work.accounts, person_id)


def existing(accounts: AccountStore, person_id: str) -> Account:
    """The account of a person.

    Raises:
        NotFound: there is none.
    """
    account = accounts.get(person_id) if ids.valid(person_id) else None
    if account is None:
        raise NotFound("No account has this id.", field=["account"])
    return account


def _require_protected(work: RoleWork, account: Account) -> None:
    """Refuse to give a role beyond MEMBER to an account that somebody else could open.

    Raises:
        Conflict: its address is not confirmed, or it has no one-time passwords; the sentence says which.
    """
    missing = work.requirements.missing(account)
    if missing is not None:
        raise Conflict(missing, field=["account"])
