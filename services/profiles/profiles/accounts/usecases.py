"""Signing up, in and out, and what the signed-in person knows about their account."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from kit.clock import new_id
from kit.errors import Conflict, Expired, Forbidden, Invalid, InvalidCredentials, PolicyNotAccepted
from kit.texts import slug
from profiles.accounts import passwords
from profiles.accounts.signing import ACCESS_SECONDS, Signer
from profiles.accounts.store import Account, AccountStore
from profiles.outbox.store import OutboxStore
from profiles.people import domain
from profiles.people.store import PersonStore
from profiles.people.usecases import own_card, publish, read_profile
from profiles.policies.files import Policy

REFRESH_DAYS = 30
GRACE_SECONDS = 10  # a client that lost the answer may ask again with the same refresh token
ROLES = ("MEMBER", "VERIFIER", "MODERATOR", "ADMIN")
_EMAIL = re.compile(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f.]+(\.[^@\s\x00-\x1f.]+)+")


@dataclass(frozen=True)
class Session:
    """What a client keeps after signing in."""

    access_token: str
    refresh_token: str
    expires_at: datetime
    person_id: str

    def as_dict(self) -> dict[str, Any]:
        """The session as JSON values."""
        return {
            "access_token": self.access_token,
            "refresh_token": self.refresh_token,
            "expires_at": self.expires_at,
            "person_id": self.person_id,
        }


def check_email(email: str) -> str:
    """An address that looks like one.

    Raises:
        Invalid: it does not.
    """
    clean = email.strip()
    if len(clean) > 254 or not _EMAIL.fullmatch(clean):
        raise Invalid("This is no e-mail address.", field=["email"])
    return clean


def handles_for(name: str) -> list[str]:
    """Handles to try for a name: the plain one first, then with a number, then with a random end."""
    base = slug(name) or "member"
    return [base, *(f"{base}-{n}" for n in range(2, 6)), f"{base}-{secrets.token_hex(4)}"]


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def start_session(accounts: AccountStore, signer: Signer, account: Account, *, now: datetime) -> Session:
    """Open a session for an account."""
    session_id = new_id()
    accounts.add_session(session_id=session_id, person_id=account.person_id, at=now)
    return _issue(accounts, signer, account, session_id, now=now)


def _issue(accounts: AccountStore, signer: Signer, account: Account, session_id: str, *, now: datetime) -> Session:
    refresh = secrets.token_urlsafe(32)
    accounts.add_refresh(
        token_hash=_hash(refresh), session_id=session_id, expires_at=now + timedelta(days=REFRESH_DAYS)
    )
    return Session(
        access_token=signer.access_token(account.person_id, account.roles, issued_at=now.timestamp()),
        refresh_token=refresh,
        expires_at=now + timedelta(seconds=ACCESS_SECONDS),
        person_id=account.person_id,
    )


def sign_up(
    accounts: AccountStore,
    people: PersonStore,
    outbox: OutboxStore,
    signer: Signer,
    policies: Sequence[Policy],
    *,
    email: str,
    password: str,
    name: str,
    regions: Iterable[str],
    profession: str | None,
    accepted_policies: Iterable[str],
    now: datetime,
) -> Session:
    """Make an account with its profile and open a session.

    Raises:
        Invalid: a field breaks its rule.
        PolicyNotAccepted: a policy that must be accepted is not among `accepted_policies`.
        Conflict: the address has an account.
    """
    email = check_email(email)
    name = domain.check_name(name)
    places = domain.check_regions(regions)
    if not places:
        raise Invalid("Name at least one region where you practise.", field=["regions"])
    domain.check_profession(profession)
    passwords.check_new(password)
    agreed = _checked_policies(policies, accepted_policies)
    if any(policy.must_accept and policy not in agreed for policy in policies):
        raise PolicyNotAccepted(
            "Accept the policies that `instance` lists with mustAccept.", field=["acceptedPolicies"]
        )
    person_id = new_id()
    people.add(
        person_id=person_id,
        handles=handles_for(name),
        name=name,
        claimed=True,
        created_at=now,
        regions=places,
        profession=profession,
    )
    if not accounts.add(
        person_id=person_id, email=email, password_hash=passwords.hash_password(password), created_at=now
    ):
        raise Conflict("This address has an account; sign in, or use another.", field=["email"])
    accounts.grant(person_id, ["MEMBER"])
    accounts.accept(person_id, [(policy.id, policy.edition) for policy in agreed], at=now)
    publish(people, outbox, person_id)
    account = accounts.get(person_id)
    assert account is not None
    return start_session(accounts, signer, account, now=now)


def sign_in(accounts: AccountStore, signer: Signer, *, email: str, password: str, now: datetime) -> Session:
    """Open a session for an address and its password.

    Raises:
        InvalidCredentials: they do not belong together, or there is no such account; one answer for both.
        Forbidden: the account is suspended.
    """
    account = accounts.by_email(email.strip())
    if not passwords.matches(account.password_hash if account else None, password[:1024]) or account is None:
        raise InvalidCredentials("This address and password do not belong together.")
    if account.suspended:
        raise Forbidden("This account is suspended.")
    return start_session(accounts, signer, account, now=now)


def refresh_session(accounts: AccountStore, signer: Signer, *, refresh_token: str, now: datetime) -> Session | None:
    """Rotate a refresh token.

    Returns:
        the new session, or None when the token was used before: then the whole session has been ended, because
        somebody else holds a copy. The caller must let the transaction commit.

    Raises:
        InvalidCredentials: nobody was given this token.
        Expired: the token or its session has ended.
    """
    found = accounts.lock_refresh(_hash(refresh_token))
    if found is None:
        raise InvalidCredentials("This refresh token is not valid; sign in again.", field=["refreshToken"])
    if found.ended_at is not None or found.expires_at <= now:
        raise Expired("This session has ended; sign in again.", field=["refreshToken"])
    if found.used_at is not None and now - found.used_at > timedelta(seconds=GRACE_SECONDS):
        accounts.end_session(found.session_id, at=now)
        return None
    account = accounts.get(found.person_id)
    if account is None or account.suspended:
        raise Forbidden("This account is suspended.")
    accounts.use_refresh(_hash(refresh_token), at=now)
    return _issue(accounts, signer, account, found.session_id, now=now)


def sign_out(accounts: AccountStore, *, refresh_token: str, everywhere: bool, now: datetime) -> None:
    """End the session of a refresh token, or all of its person's; an unknown token ends nothing."""
    found = accounts.lock_refresh(_hash(refresh_token))
    if found is None:
        return
    if everywhere:
        accounts.end_sessions(found.person_id, at=now)
    else:
        accounts.end_session(found.session_id, at=now)


def accept_policies(
    accounts: AccountStore, policies: Sequence[Policy], *, person_id: str, accepted: Iterable[str], now: datetime
) -> None:
    """Record that a person accepts policies in their present edition.

    Raises:
        Invalid: an id names no policy in its present edition.
    """
    accounts.accept(person_id, [(p.id, p.edition) for p in _checked_policies(policies, accepted)], at=now)


def _checked_policies(policies: Sequence[Policy], wanted: Iterable[str]) -> list[Policy]:
    by_key = {policy.key: policy for policy in policies}
    agreed = []
    for key in wanted:
        if key not in by_key:
            raise Invalid(
                "An id in acceptedPolicies names no present policy; read `instance`.", field=["acceptedPolicies"]
            )
        agreed.append(by_key[key])
    return agreed


def require_policies(accounts: AccountStore, policies: Sequence[Policy], person_id: str) -> None:
    """Refuse to write for a person who has not accepted what must be.

    Raises:
        PolicyNotAccepted: a present edition waits.
    """
    if pending(accounts, policies, person_id):
        raise PolicyNotAccepted("A policy has a new edition; accept it with acceptPolicies first.")


def pending(accounts: AccountStore, policies: Sequence[Policy], person_id: str) -> list[str]:
    """The keys of the policies that a person must still accept."""
    accepted = accounts.accepted(person_id)
    return [p.key for p in policies if p.must_accept and (p.id, p.edition) not in accepted]


def read_me(
    accounts: AccountStore, people: PersonStore, policies: Sequence[Policy], person_id: str, today: date
) -> dict[str, Any]:
    """The signed-in person's account and profile.

    Raises:
        NotFound: the account does not exist any more.
    """
    profile = read_profile(people, person_id)
    account = accounts.get(person_id)
    return {
        "email": account.email if account else "",
        "roles": account.roles if account else [],
        "pending_policies": pending(accounts, policies, person_id),
        "professional": own_card(profile, today),
    }


def create_account(
    accounts: AccountStore,
    people: PersonStore,
    outbox: OutboxStore,
    *,
    email: str,
    name: str,
    password: str,
    roles: Iterable[str],
    now: datetime,
) -> str:
    """Make an account by the operator's hand, like the first admin's.

    Returns:
        the person's id.

    Raises:
        Invalid: a field breaks its rule.
        Conflict: the address has an account.
    """
    email, name = check_email(email), domain.check_name(name)
    passwords.check_new(password)
    wanted = {"MEMBER", *roles}
    if not wanted <= set(ROLES):
        raise Invalid(f"roles must be among {', '.join(ROLES)}.", field=["roles"])
    person_id = new_id()
    people.add(person_id=person_id, handles=handles_for(name), name=name, claimed=True, created_at=now)
    if not accounts.add(
        person_id=person_id, email=email, password_hash=passwords.hash_password(password), created_at=now
    ):
        raise Conflict("This address has an account.", field=["email"])
    accounts.grant(person_id, sorted(wanted))
    publish(people, outbox, person_id)
    return person_id
