"""What admins do with roles: give them, two together where there are two, and take them away; effective within seconds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

from kit import ids
from kit.clock import new_id
from kit.errors import Conflict, Forbidden, Invalid, NotFound, SecondPersonRequired
from profiles.accounts.domain import Account
from profiles.accounts.store import AccountStore
from profiles.accounts.usecases import check_jurisdictions
from profiles.credentials.access import inside
from profiles.roles.domain import (
    ADMIN,
    ALONE_DAYS,
    ONE_ADMIN,
    PRIVILEGED,
    PROPOSAL_DAYS,
    ROLES,
    TWO_ADMINS,
    VERIFIER,
    RoleGrant,
    RoleOrigin,
    RoleProposal,
    RoleRequirements,
    made_by_one,
    sole_admin,
)
from profiles.roles.store import RoleStore
from profiles.unit_of_work import UnitOfWork

Publish = Callable[[str], Any]


@dataclass(frozen=True)
class _Change:
    """What an admin asks for, beside what an account has.

    Args:
        taken, given: roles.
        places: the jurisdictions of a verifier; None leaves them.
        wider: whether a verifier could decide in more places than now.
    """

    taken: frozenset[str]
    given: frozenset[str]
    places: tuple[str, ...] | None
    wider: bool

    @property
    def gives(self) -> bool:
        """Whether somebody could do more than now."""
        return bool(self.given) or self.wider


def set_roles(
    work: UnitOfWork,
    *,
    admin: str,
    person_id: str,
    roles: Iterable[str],
    jurisdictions: Iterable[str] | None,
    now: datetime,
) -> Account:
    """Replace an account's roles.

    What takes rights away is done at once. What gives some is a proposal that another admin confirms. It is done at once where
    there is no other one, beside the account's owner and admins whom one admin alone has lately made; whom an admin has lately
    removed counts as another one (`other_admins`). The owner's access tokens end when something changes for them.

    Raises:
        NotFound: no such account.
        Invalid: an unknown role or jurisdiction.
        Forbidden: the caller is no admin any more, or would give themselves a role that another admin could give.
        Conflict: the account may not hold a role beyond MEMBER yet, another admin's proposal about it waits, or nobody would
            be an admin any more.
    """
    wanted = {"MEMBER", *roles}
    if not wanted <= set(ROLES):
        raise Invalid(f"roles must be among {', '.join(ROLES)}.", field=["roles"])
    places = tuple(check_jurisdictions(jurisdictions)) if jurisdictions is not None else None
    admins = lock_admins(work, admin)
    account = existing(work.accounts, person_id)
    if ADMIN not in wanted and admins == [person_id]:
        raise Conflict("This is the last admin; make another one first.", field=["roles"])
    change = _compare(account, wanted, places)
    waiting = work.roles.waiting_about(person_id, now=now)
    proposed = change.gives and _check_giving(work, account, admin=admin, waiting=waiting, now=now)
    if waiting is not None:
        _withdraw(work, waiting, admin=admin)
    _take(work, account, change, admin=admin, now=now)
    if proposed:
        _propose(work, account, change, admin=admin, now=now)
    elif change.gives:
        behind = sole_admin(admin, work.roles.grants_as(ADMIN, [admin]), now=now)
        _give(work, account, change.given, change.places, RoleOrigin(ONE_ADMIN, admin, None, now, behind))
    changed = existing(work.accounts, person_id)
    if not proposed or change.taken:
        _hold_at_once(work, changed, now=now)
        alone = f" ({ONE_ADMIN})" if change.gives and not proposed else ""
        _note(work, "account.set-roles", admin, person_id, ",".join(changed.roles) + alone)
    return changed


def _hold_at_once(work: UnitOfWork, account: Account, *, now: datetime) -> None:
    """Let an account's new roles hold everywhere: its tokens end, the graph is told, and its owner too."""
    work.sessions.void_tokens(account.person_id, at=now)
    work.personal_tokens.void(account.person_id, at=now)
    work.publish(account.person_id)
    work.mail.send("roles-changed", person_id=account.person_id, roles=", ".join(account.roles))


def _compare(account: Account, wanted: set[str], places: tuple[str, ...] | None) -> _Change:
    held = frozenset(account.roles)
    stays = VERIFIER in wanted & held
    wider = stays and places is not None and not _lies_within(places, account.jurisdictions)
    return _Change(held - wanted, PRIVILEGED & wanted - held, places if VERIFIER in wanted else None, wider)


def _lies_within(places: Collection[str], limits: Collection[str]) -> bool:
    """Whether who is limited to some places may decide nowhere else than who has some limits; none means everywhere."""
    return not limits or (bool(places) and inside(places) <= inside(limits))


def _check_giving(
    work: UnitOfWork, account: Account, *, admin: str, waiting: RoleProposal | None, now: datetime
) -> bool:
    """Refuse what nobody may give.

    Returns:
        whether a second admin must confirm it.
    """
    _require_protected(work, account)
    others = {*other_admins(work, now=now), admin} - {account.person_id}
    if account.person_id == admin and others:
        raise Forbidden(
            "Nobody gives a role to themselves where another admin could give it; one whom another admin has removed or "
            f"suspended counts for {ALONE_DAYS} days.",
            field=["account"],
        )
    if waiting is not None and waiting.proposed_by != admin:
        raise Conflict(
            "Another admin's proposal about this account waits; confirm or decline it first (confirmRoles, declineRoles).",
            field=["account"],
        )
    return any(independent(work, admin, other, now=now) for other in others - {admin})


def independent(work: UnitOfWork, first: str, second: str, *, now: datetime) -> bool:
    """Whether two admins are two people, as far as anybody can know: none has lately made the other one, nor a third one both."""
    return not made_by_one(first, second, _admin_grants(work, [first, second]), now=now)


def _admin_grants(work: UnitOfWork, admins: Sequence[str]) -> dict[str, tuple[RoleGrant, ...]]:
    return {person: (grant,) for person, grant in work.roles.grants_as(ADMIN, admins).items()}


def second_pair(
    accounts: AccountStore,
    roles: RoleStore,
    requirements: RoleRequirements,
    *,
    first: str,
    second: str,
    by: Sequence[str],
    at: datetime,
    now: datetime,
) -> bool:
    """Whether somebody is a second pair of eyes to whoever acted before them, as far as anybody can know.

    They are not where one admin alone made both what they are within the last days, also through an admin whom that one alone
    made, or one of them made the other.

    Args:
        first: who acted; somebody who was erased is nobody's puppet.
        by: the roles by any of which one may act so.
        at: when the first one acted; their role of then counts, also where it was taken away since.
    """
    found = {person: accounts.get(person) for person in (first, second)}
    held = {person: account.roles if account is not None else [] for person, account in found.items()}
    grants = {
        first: roles.used(first, held[first], by, at=at),
        second: roles.used(second, held[second], by, at=now),
    }
    if not made_by_one(first, second, grants, now=now):
        return True
    return all(account is not None and requirements.exempts(account) for account in found.values())


def acting_admins(work: UnitOfWork) -> list[str]:
    """Admins whose role counts: not suspended, and protected as a role must be."""
    return [one.person_id for one in work.accounts.with_role(ADMIN) if work.requirements.missing(one) is None]


def other_admins(work: UnitOfWork, *, now: datetime) -> list[str]:
    """Who counts where it is asked whether there is a second admin: who acts as one, and whom another admin keeps from it.

    Taking the role away, suspending and resetting a second factor need one admin. If that made them the only one, each of two
    admins could do alone what needs both. So whoever was kept from acting counts for some days more, in which the others can
    have them back, or the operator makes another admin.
    """
    lost = work.roles.lost_admins(since=now - timedelta(days=ALONE_DAYS))
    return sorted({*acting_admins(work), *lost})


def note_lost(work: UnitOfWork, account: Account, *, by: str, now: datetime) -> None:
    """Remember that an admin keeps another one from acting, and tell the other admins; comes before that is done.

    Nothing is remembered of who is no second admin anyway: whose role does not count, and whom `by` has lately made.
    """
    acts = ADMIN in account.roles and not account.suspended and work.requirements.missing(account) is None
    if acts and independent(work, by, account.person_id, now=now):
        work.roles.note_admin_lost(account.person_id, at=now)
        told = [one for one in acting_admins(work) if one not in {by, account.person_id}]
        work.mail.send_many("admin-removed", told, days=ALONE_DAYS)


def rule_here(work: UnitOfWork, *, now: datetime) -> str:
    """By which rule roles are given now: by two admins where there are two, of whom none has lately made the other."""
    admins = other_admins(work, now=now)
    grants = _admin_grants(work, admins)
    two = any(not made_by_one(first, second, grants, now=now) for first, second in combinations(admins, 2))
    return TWO_ADMINS if two else ONE_ADMIN


def lock_admins(work: UnitOfWork, admin: str) -> list[str]:
    """Lock who is an admin, before anything is read that depends on it.

    Raises:
        Forbidden: the caller is none any more; their token may be some seconds older than that.
    """
    admins = work.roles.lock_admins()
    if admin not in admins:
        raise Forbidden("You are no admin any more.")
    return admins


def _take(work: UnitOfWork, account: Account, change: _Change, *, admin: str, now: datetime) -> None:
    """Take away what an account is not to have any more; a member it stays."""
    if ADMIN in change.taken and admin == account.person_id:
        work.roles.note_admin_lost(admin, at=None)  # who gives it up leaves the others to themselves
    elif ADMIN in change.taken:
        note_lost(work, account, by=admin, now=now)
    work.roles.grant(account.person_id, ["MEMBER"])
    work.roles.take_roles(account.person_id, change.taken, at=now)
    if VERIFIER not in {*account.roles, *change.given} - change.taken:
        work.roles.limit_verifier(account.person_id, [])
    elif change.places is not None and VERIFIER in account.roles and not change.wider:
        work.roles.limit_verifier(account.person_id, change.places)


def _give(
    work: UnitOfWork, account: Account, roles: Collection[str], places: Collection[str] | None, origin: RoleOrigin
) -> None:
    """Give roles to an account, and to a verifier the jurisdictions where they may decide.

    An admin who was removed and is given the role again is the admin who they were: else they would be one whom the other one
    alone has made, who is no second admin.
    """
    lost = work.roles.lost_admins(since=origin.at - timedelta(days=ALONE_DAYS))
    back = ADMIN in roles and origin.rule == ONE_ADMIN and account.person_id in lost
    if back:
        work.roles.give_back(account.person_id, ADMIN)
    work.roles.grant(account.person_id, sorted({*roles} - ({ADMIN} if back else set())), origin=origin)
    if places is None or VERIFIER not in {*account.roles, *roles}:
        return
    if VERIFIER not in roles:
        work.roles.note_origin(account.person_id, VERIFIER, origin)  # in more places it is another role
    work.roles.limit_verifier(account.person_id, places)


def _propose(work: UnitOfWork, account: Account, change: _Change, *, admin: str, now: datetime) -> None:
    roles = tuple(sorted(change.given))
    places = change.places if VERIFIER in change.given or change.wider else None
    proposal = RoleProposal(new_id(), account.person_id, admin, roles, places, now, now + timedelta(days=PROPOSAL_DAYS))
    work.roles.propose(proposal)
    told = [
        one
        for one in acting_admins(work)
        if one not in {admin, account.person_id} and independent(work, admin, one, now=now)
    ]
    work.mail.send_many("roles-proposed", told, until=proposal.expires_at.date().isoformat())
    _note(work, "account.propose-roles", admin, account.person_id, ",".join(roles) or "jurisdictions")


def confirm_roles(work: UnitOfWork, *, admin: str, proposal_id: str, now: datetime) -> Account:
    """Give what another admin has proposed, as the second admin.

    Raises:
        NotFound: nothing with this id waits.
        SecondPersonRequired: the caller proposed it, it is about them, or they may be the same person as who proposed it.
        Forbidden: the caller is no admin any more.
        Conflict: the account may not hold a role beyond MEMBER any more.
    """
    lock_admins(work, admin)
    proposal = _waiting(work, proposal_id, now)
    if admin == proposal.proposed_by:
        raise SecondPersonRequired("You have proposed this; another admin must confirm it.", field=["id"])
    if admin == proposal.person_id:
        raise SecondPersonRequired("This is about you; another admin must confirm it.", field=["id"])
    if not independent(work, proposal.proposed_by, admin, now=now):
        raise SecondPersonRequired(
            f"One admin alone made you and who proposed this admins within the last {ALONE_DAYS} days, or one of you the other; "
            "another admin must confirm it.",
            field=["id"],
        )
    account = existing(work.accounts, proposal.person_id)
    _require_protected(work, account)
    work.roles.withdraw(account.person_id)
    _give(
        work, account, proposal.roles, proposal.jurisdictions, RoleOrigin(TWO_ADMINS, proposal.proposed_by, admin, now)
    )
    changed = existing(work.accounts, account.person_id)
    _hold_at_once(work, changed, now=now)
    _note(work, "account.confirm-roles", admin, account.person_id, ",".join(proposal.roles) or "jurisdictions")
    return changed


def decline_roles(work: UnitOfWork, *, admin: str, proposal_id: str, now: datetime) -> Account:
    """Decline what an admin has proposed; whoever proposed it takes it back so.

    Raises:
        NotFound: nothing with this id waits.
        Forbidden: the caller is no admin any more.
    """
    lock_admins(work, admin)
    proposal = _waiting(work, proposal_id, now)
    _withdraw(work, proposal, admin=admin)
    return existing(work.accounts, proposal.person_id)


def _withdraw(work: UnitOfWork, proposal: RoleProposal, *, admin: str) -> None:
    work.roles.withdraw(proposal.person_id)
    _note(work, "account.decline-roles", admin, proposal.person_id, ",".join(proposal.roles) or "jurisdictions")


def _waiting(work: UnitOfWork, proposal_id: str, now: datetime) -> RoleProposal:
    proposal = work.roles.waiting(proposal_id, now=now) if ids.valid(proposal_id) else None
    if proposal is None:
        raise NotFound("No proposal with this id waits (any more).", field=["id"])
    return proposal


def existing(accounts: AccountStore, person_id: str) -> Account:
    """The account of a person.

    Raises:
        NotFound: there is none.
    """
    account = accounts.get(person_id) if ids.valid(person_id) else None
    if account is None:
        raise NotFound("No account has this id.", field=["account"])
    return account


def _require_protected(work: UnitOfWork, account: Account) -> None:
    """Refuse to give a role beyond MEMBER to an account that somebody else could open.

    Raises:
        Conflict: its address is not confirmed, or it has no one-time passwords; the sentence says which.
    """
    missing = work.requirements.missing(account)
    if missing is not None:
        raise Conflict(missing, field=["account"])


def _note(work: UnitOfWork, action: str, admin: str, person_id: str, reason: str) -> None:
    work.audit.note(action, actor=admin, object=f"person:{person_id}", reason=reason)
