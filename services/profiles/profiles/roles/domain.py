"""What roles there are, what an account must have so that those beyond MEMBER count, and who gives them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from profiles.accounts.domain import find_email

if TYPE_CHECKING:
    from profiles.accounts.domain import Account

ROLES = ("MEMBER", "VERIFIER", "MODERATOR", "ADMIN")
VERIFIER, MODERATOR, ADMIN = "VERIFIER", "MODERATOR", "ADMIN"
MODERATING = (MODERATOR, ADMIN)  # by either of which somebody decides about what is written
PRIVILEGED = frozenset({"VERIFIER", "MODERATOR", "ADMIN"})
# By which rule a role was given. Of one that is UNKNOWN nothing is stored.
OPERATOR, ONE_ADMIN, TWO_ADMINS, UNKNOWN = "OPERATOR", "ONE_ADMIN", "TWO_ADMINS", "UNKNOWN"
PROPOSAL_DAYS = 7
ALONE_DAYS = 30  # how long two people to whom one admin alone gave a role are not a second pair of eyes to each other


@dataclass(frozen=True)
class RoleRequirements:
    """What an account must have so that roles beyond MEMBER count: a confirmed address and one-time passwords.

    The invented people of the demo network have neither, because everybody knows their passwords. They are the only
    exception, and everything that makes it asks `exempts`.

    Args:
        demo: whether this is a development system that has the demo network; never true in production.
    """

    demo: bool = False

    def exempts(self, account: Account) -> bool:
        """Whether an account is one of the demo network's, whose roles are not protected."""
        address = find_email(account.email) if self.demo else None
        return address is not None and address.is_demo

    def missing(self, account: Account) -> str | None:
        """What an account lacks, as a sentence; None where its roles count."""
        if self.exempts(account) or (account.confirmed and account.totp):
            return None
        if account.confirmed:
            return (
                "This account has no one-time passwords: its owner turns them on with startTotp and confirmTotp first."
            )
        if account.totp:
            return "The address of this account is not confirmed: its owner confirms it with confirmEmail first."
        return (
            "The address of this account is not confirmed, and it has no one-time passwords: its owner does both first "
            "(confirmEmail; startTotp and confirmTotp)."
        )

    def counting(self, account: Account, *, one_time_password: bool) -> list[str]:
        """The roles of an account that count in a session; of a suspended one those beyond MEMBER never do.

        Args:
            one_time_password: whether one was given in the session.
        """
        protected = one_time_password and self.missing(account) is None
        if not account.suspended and (protected or self.exempts(account)):
            return account.roles
        return [role for role in account.roles if role not in PRIVILEGED]


@dataclass(frozen=True)
class RoleOrigin:
    """Who gives a role.

    Args:
        given_by: an admin; None for the operator.
        confirmed_by: the second admin, with TWO_ADMINS.
        sole_admin: who alone is behind it, with ONE_ADMIN: the admin, or who lately made that one an admin alone.
    """

    rule: str
    given_by: str | None
    confirmed_by: str | None
    at: datetime
    sole_admin: str | None = None


@dataclass(frozen=True)
class RoleGrant:
    """How somebody got a role.

    Args:
        given_by: None for the operator, and where the admin was erased. So `confirmed_by` and `sole_admin`.
        ended_at: when the role was taken away, or given anew.
    """

    person_id: str
    role: str
    rule: str
    given_by: str | None
    confirmed_by: str | None
    sole_admin: str | None
    given_at: datetime
    ended_at: datetime | None = None

    @property
    def makers(self) -> set[str | None]:
        """Who alone has made somebody what they are; None for whoever was erased."""
        return {self.given_by, self.sole_admin}

    def in_force(self, at: datetime) -> bool:
        """Whether it had not ended at a time after it was given."""
        return self.ended_at is None or self.ended_at >= at

    def alone(self, now: datetime) -> bool:
        """Whether one admin alone gave it, not long ago."""
        return self.rule == ONE_ADMIN and self.given_at > now - timedelta(days=ALONE_DAYS)


@dataclass(frozen=True)
class RoleProposal:
    """Roles beyond MEMBER that an admin would give to an account, until a second admin confirms or declines.

    Args:
        roles: those that the account would have besides; empty where only jurisdictions change.
        jurisdictions: those of a verifier; none means all. None leaves them as they are.
    """

    id: str
    person_id: str
    proposed_by: str
    roles: tuple[str, ...]
    jurisdictions: tuple[str, ...] | None
    proposed_at: datetime
    expires_at: datetime


def grant_at(grants: Iterable[RoleGrant], at: datetime) -> RoleGrant | None:
    """How somebody had got a role that they used at a time.

    Args:
        grants: of one person and role.
    """
    last = _last(grants, at)
    return last if last is not None and last.in_force(at) else None


def _last(grants: Iterable[RoleGrant], at: datetime) -> RoleGrant | None:
    """The last that was given until then, also if it has ended by then."""
    return max((grant for grant in grants if grant.given_at <= at), key=lambda grant: grant.given_at, default=None)


def grants_used(
    held: Collection[str], grants: Mapping[str, Sequence[RoleGrant]], roles: Iterable[str], at: datetime
) -> tuple[RoleGrant, ...]:
    """How somebody had got the roles by which they acted at a time, each the last time before that.

    A role that has ended since counts as it was: else an admin would take it away again after the act, and with it the record
    that they had given it.

    Args:
        held: the roles that they have now.
        grants: theirs, by role.
        roles: by any of which one may act so.

    Returns:
        nothing where they had one of the roles from before that was recorded, or where nothing is known of them.
    """
    last = []
    for role in roles:
        grant = _last(grants.get(role, ()), at)
        if grant is not None:
            last.append(grant)
        elif role in held:
            return ()
    return tuple([grant for grant in last if grant.in_force(at)] or last)


def made_by_one(first: str, second: str, grants: Mapping[str, Sequence[RoleGrant]], *, now: datetime) -> bool:
    """Whether one admin alone has made two people what they are, not long ago, or one of them the other.

    They are no two pairs of eyes then, because one person may be behind both. Admins who were erased count as one. Who has a
    role in another way too is somebody by themselves.

    Args:
        first, second: ids of people who act by the same right.
        grants: how each got the roles that give it; of whom that is unknown, as of roles from before it was recorded, nothing.
    """
    makers: dict[str, set[str | None]] = {}
    for person in (first, second):
        given = grants.get(person, ())
        if given and all(grant.alone(now) for grant in given):
            makers[person] = set().union(*(grant.makers for grant in given))
    alike = len(makers) > 1 and bool(makers[first] & makers[second])
    return alike or second in makers.get(first, ()) or first in makers.get(second, ())


def sole_admin(admin: str, grants: Mapping[str, RoleGrant], *, now: datetime) -> str | None:
    """Who is behind what an admin does alone: they themselves, or who lately made them an admin alone.

    Args:
        grants: how admins got that role.
    """
    grant = grants.get(admin)
    return grant.sole_admin if grant is not None and grant.alone(now) else admin
