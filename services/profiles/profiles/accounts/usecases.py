"""Signing up, in and out, and what the signed-in person knows about their account."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kit.checks import checks
from kit.clock import new_id
from kit.errors import (
    Conflict,
    Invalid,
    PolicyNotAccepted,
)
from kit.practice import check_chosen
from kit.sentences import Sentence
from kit.texts import slug
from profiles.accounts import passwords
from profiles.accounts.domain import Account, EmailAddress, parse_email, token_hash
from profiles.accounts.passwords import Lane
from profiles.accounts.store import AccountStore
from profiles.people import domain
from profiles.people.names import check_name
from profiles.people.usecases import own_card, publish, read_profile
from profiles.policies.files import Policy
from profiles.policies.usecases import checked_policies, pending
from profiles.roles.domain import ADMIN, OPERATOR, ROLES, RoleOrigin
from profiles.sessions.usecases import Session, SessionContext, start_session
from profiles.unit_of_work import UnitOfWork

CONFIRM_HOURS, RESET_HOURS = 48, 1


def handles_for(name: str) -> list[str]:
    """Handles to try for a name: the plain one first, then with a number, then with a random end."""
    base = slug(name) or "member"
    return [base, *(f"{base}-{n}" for n in range(2, 6)), f"{base}-{secrets.token_hex(4)}"]


def mail_token(accounts: AccountStore, person_id: str, purpose: str, *, until: datetime) -> str:
    """A token to be sent by mail, that works once; earlier ones for the same purpose end."""
    token = secrets.token_urlsafe(32)
    accounts.add_mail_token(token_hash=token_hash(token), person_id=person_id, purpose=purpose, expires_at=until)
    return token


@dataclass(frozen=True)
class NewAccount:
    """What somebody signs up with, checked."""

    email: EmailAddress
    name: str
    regions: list[str]
    profession: str | None
    practice_status: str | None
    policies: list[Policy]


def check_sign_up(
    policies: Sequence[Policy],
    *,
    email: str,
    password: str,
    name: str,
    regions: Iterable[str],
    profession: str | None,
    practice_status: str | None = None,
    accepted_policies: Iterable[str],
) -> NewAccount:
    """Check all that somebody signs up with, before anything is counted or hashed.

    Raises:
        Invalid: a field breaks its rule.
        PolicyNotAccepted: a policy that must be accepted is not among `accepted_policies`.
    """
    with checks() as check:
        with check:
            address = parse_email(email)
        with check:
            passwords.check_new(password)
        with check:
            name = check_name(name)
        with check:
            places = domain.check_regions(regions)
            if not places:
                raise Invalid(Sentence("Name at least one region where you practise."), field=["regions"])
        with check:
            domain.check_profession(profession)
        with check:
            check_chosen(practice_status)
        with check:
            agreed = checked_policies(policies, accepted_policies, field="acceptedPolicies")
            if any(policy.must_accept and policy not in agreed for policy in policies):
                raise PolicyNotAccepted(
                    Sentence("Accept the policies that `instance` lists with mustAccept."), field=["acceptedPolicies"]
                )
    return NewAccount(address, name, places, profession, practice_status, agreed)


def sign_up(
    parts: SessionContext,
    *,
    new: NewAccount,
    password_hash: str,
    now: datetime,
    language: str | None = None,
) -> Session:
    """Make an account with its profile, open a session, and ask by mail to confirm the address.

    An address belongs to whoever confirms it. Where it has an owner, the answer is the same and only the owner learns
    of it, by mail; the new account can never confirm it.

    Args:
        language: of the message.
    """
    work = parts.work
    owner = work.accounts.owner_of(new.email.text)
    person_id = new_id()
    work.people.add(
        person_id=person_id,
        handles=handles_for(new.name),
        name=new.name,
        claimed=True,
        created_at=now,
        regions=new.regions,
        profession=new.profession,
        practice_status=new.practice_status,
    )
    work.accounts.add(
        person_id=person_id, email=new.email, password_hash=password_hash, created_at=now, confirmed=False
    )
    work.roles.grant(person_id, ["MEMBER"])
    work.accepted.accept(person_id, [(policy.id, policy.edition) for policy in new.policies], at=now)
    if owner is None:
        work.mail.send("confirm-address", person_id=person_id, language=language)
    else:
        work.mail.send("address-known", person_id=owner.person_id)
    publish(work.people, work.outbox, person_id)
    work.audit.note("account.create", actor=person_id, object=f"person:{person_id}")
    account = work.accounts.get(person_id)
    assert account is not None
    return start_session(parts, account, one_time_password=False, now=now)


def create_account(
    work: UnitOfWork,
    *,
    email: str,
    name: str,
    password: str,
    roles: Iterable[str],
    jurisdictions: Iterable[str],
    now: datetime,
) -> str:
    """Make an account by the operator's hand, like the first admin's.

    Returns:
        the person's id.

    Raises:
        Invalid: a field breaks its rule.
        Conflict: the address has an account.
    """
    wanted = {"MEMBER", *roles}
    with checks() as check:
        with check:
            address = parse_email(email)
        with check:
            name = check_name(name)
        with check:
            passwords.check_new(password)
        with check:
            if not wanted <= set(ROLES):
                raise Invalid(Sentence("roles must be among {choices}.", choices=", ".join(ROLES)), field=["roles"])
        with check:
            places = check_jurisdictions(jurisdictions)
    person_id = new_id()
    work.people.add(person_id=person_id, handles=handles_for(name), name=name, claimed=True, created_at=now)
    if not work.accounts.add(
        person_id=person_id, email=address, password_hash=passwords.hash_password(password, lane=Lane.OPERATOR), created_at=now,
        confirmed=True,
    ):  # fmt: skip
        raise Conflict(Sentence("This address has an account."), field=["email"])
    if ADMIN in wanted:
        work.roles.lock_admins()
    work.roles.grant(person_id, sorted(wanted), origin=RoleOrigin(OPERATOR, None, None, now))
    work.roles.limit_verifier(person_id, places)
    publish(work.people, work.outbox, person_id)
    work.audit.note(
        "account.create", actor="service:operator", object=f"person:{person_id}", reason=",".join(sorted(wanted))
    )
    return person_id


def check_jurisdictions(codes: Iterable[str]) -> list[str]:
    """Countries and parts of them that a verifier is limited to; empty means all.

    Raises:
        Invalid: a code is no country or part of one.
    """
    return domain.check_regions(codes, field="jurisdictions")


def read_me(
    work: UnitOfWork,
    account: Account | None,
    policies: Sequence[Policy],
    *,
    person_id: str,
    today: date,
) -> dict[str, Any]:
    """The signed-in person's account and profile.

    Raises:
        NotFound: the account does not exist any more.
    """
    profile = read_profile(work.people, person_id)
    return {
        "email": account.email if account else "",
        "email_confirmed": bool(account and account.confirmed),
        "totp_enabled": bool(account and account.totp),
        "roles": account.roles if account else [],
        "pending_policies": pending(work.accepted, policies, person_id),
        "path_opt_in": profile["path_opt_in"],
        "visibility": domain.visibility_of(profile),
        "professional": own_card(work.people, profile, today),
    }
