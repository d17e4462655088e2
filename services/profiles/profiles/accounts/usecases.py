"""Signing up, in and out, and what the signed-in person knows about their account."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from kit.cipher import FieldCipher
from kit.clock import new_id
from kit.errors import (
    Conflict,
    Expired,
    Invalid,
    InvalidCredentials,
    OtpRequired,
    PolicyNotAccepted,
)
from kit.texts import slug
from kit.tokens import SUSPENDED_AUDIENCE
from profiles.accounts import passwords, totp
from profiles.accounts.domain import EmailAddress, parse_email
from profiles.accounts.passwords import Lane
from profiles.accounts.signing import ACCESS_SECONDS, Signer
from profiles.accounts.store import Account, AccountStore
from profiles.audit.store import AuditTrail
from profiles.mail.store import MailStore
from profiles.outbox.store import OutboxStore
from profiles.people import domain
from profiles.people.store import PersonStore
from profiles.people.usecases import own_card, publish, read_profile
from profiles.policies.files import Policy
from profiles.roles.domain import ADMIN, OPERATOR, PRIVILEGED, ROLES, RoleOrigin, RoleRequirements
from profiles.sessions.domain import UNUSED_LIFE, session_end, unused_end

GRACE_SECONDS = 10  # a client that lost the answer may ask again with the same refresh token
CONFIRM_HOURS, RESET_HOURS = 48, 1
# Of the accounts that named an address and have not confirmed it, these may sign in.
OLDEST_SIGN_UPS, NEWEST_SIGN_UPS = 2, 1


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


@dataclass(frozen=True)
class Sessions:
    """What opening a session needs.

    Args:
        client: a keyed hash of the address that asks, or None.
        roles: what an account must have so that its roles count.
        client_name: the program that asks, as the owner of the session is shown it.
    """

    accounts: AccountStore
    signer: Signer
    cipher: FieldCipher
    policies: Sequence[Policy]
    client: bytes | None
    roles: RoleRequirements
    client_name: str | None = None


def handles_for(name: str) -> list[str]:
    """Handles to try for a name: the plain one first, then with a number, then with a random end."""
    base = slug(name) or "member"
    return [base, *(f"{base}-{n}" for n in range(2, 6)), f"{base}-{secrets.token_hex(4)}"]


def token_hash(token: str) -> bytes:
    """What is stored of a token that somebody holds; tokens have 256 random bits, so that a plain hash suffices."""
    return hashlib.sha256(token.encode()).digest()


def new_refresh_token(cipher: FieldCipher) -> str:
    """A refresh token: a random part, and a tag by which it is known as ours without asking the database."""
    part = secrets.token_urlsafe(32)
    return f"{part}.{_tag(cipher, part)}"


def is_refresh_token(cipher: FieldCipher, token: str) -> bool:
    """Whether a token was given out here, to whomever and however long ago; those of earlier versions do not show it."""
    part, _, tag = token.partition(".")
    return hmac.compare_digest(tag.encode(), _tag(cipher, part).encode())


def _tag(cipher: FieldCipher, part: str) -> str:
    return base64.urlsafe_b64encode(cipher.hashed("refresh-token", part)[:16]).decode().rstrip("=")


def mail_token(accounts: AccountStore, person_id: str, purpose: str, *, until: datetime) -> str:
    """A token to be sent by mail, that works once; earlier ones for the same purpose end."""
    token = secrets.token_urlsafe(32)
    accounts.add_mail_token(token_hash=token_hash(token), person_id=person_id, purpose=purpose, expires_at=until)
    return token


def policies_digest(keys: Iterable[str]) -> str:
    """A short name for a set of policies in their editions."""
    return hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()[:16]


def required_policies(policies: Sequence[Policy]) -> str:
    """The digest of all policies that must be accepted."""
    return policies_digest(p.key for p in policies if p.must_accept)


# ---------------------------------------------------------------------- sessions


def start_session(parts: Sessions, account: Account, *, one_time_password: bool, now: datetime) -> Session:
    """Open a session for an account; that of a suspended one does what `kit.suspension` says, and nothing else."""
    session_id = new_id()
    parts.accounts.add_session(
        session_id=session_id, person_id=account.person_id, at=now, one_time_password=one_time_password,
        client=parts.client, client_name=parts.client_name,
    )  # fmt: skip
    return _issue(
        parts, account, session_id, authenticated_at=now, one_time_password=one_time_password, ends_at=None, now=now
    )


def _issue(
    parts: Sessions, account: Account, session_id: str, *, authenticated_at: datetime, one_time_password: bool,
    ends_at: datetime | None, now: datetime,
) -> Session:  # fmt: skip
    """Give out tokens of a session.

    Args:
        ends_at: when it ends at the latest as far as was known; None for a new one, and for one of an earlier version.

    Raises:
        Expired: it has ended by now: roles beyond MEMBER need a sign-in of the same day.
    """
    roles = parts.roles.counting(account, one_time_password=one_time_password)
    privileged = bool(PRIVILEGED & set(roles))
    end = session_end(authenticated_at, privileged=privileged, before=ends_at)
    if end <= now:
        raise Expired("This session has ended; sign in again.", field=["refreshToken"])
    parts.accounts.use_session(
        session_id, at=now, expires_at=end, refresh_until=unused_end(now, privileged=privileged, end=end)
    )
    refresh = new_refresh_token(parts.cipher)
    parts.accounts.add_refresh(
        # It is kept for as long as it shows that a device is known, also where its session has ended by then.
        token_hash=token_hash(refresh),
        session_id=session_id,
        expires_at=now + UNUSED_LIFE,
    )
    parts.accounts.seen(account.person_id, at=now)
    accepted = not pending(parts.accounts, parts.policies, account.person_id)
    access_seconds = min(ACCESS_SECONDS, int((end - now).total_seconds()))
    token = parts.signer.access_token(
        account.person_id,
        roles,
        issued_at=now.timestamp(),
        seconds=access_seconds,
        sid=session_id,
        auth_time=int(authenticated_at.timestamp()),
        pol=required_policies(parts.policies) if accepted else "",
        email_verified=account.confirmed,
        **({"aud": SUSPENDED_AUDIENCE} if account.suspended else {}),
    )
    return Session(token, refresh, now + timedelta(seconds=access_seconds), account.person_id)


def candidates(accounts: AccountStore, email: str) -> tuple[Account | None, ...]:
    """The accounts that an address may sign in to: its owner's, and some of those that have not confirmed it.

    Each sign-up before a confirmation stands apart, with a password of its own: whoever signs up with an address later
    changes nothing for whoever did before. The password says which one is meant. As many hashes are compared for each
    address, so there is a bound: the first two and the last. Whoever signed up between those, while somebody else played
    with the same address, signs in as soon as the address is confirmed; the messages are in their mailbox alone.
    """
    unconfirmed = accounts.open_sign_ups(email, oldest=OLDEST_SIGN_UPS, newest=NEWEST_SIGN_UPS)
    missing = OLDEST_SIGN_UPS + NEWEST_SIGN_UPS - len(unconfirmed)
    return accounts.owner_of(email), *unconfirmed, *([None] * missing)


def matching(found: Sequence[Account | None], password: str, *, lane: Lane) -> Account:
    """The account that the password fits; a wrong password takes as long for every address, whether anybody has it or not.

    Raises:
        InvalidCredentials: none; one answer for a wrong password and an unknown address.
        RateLimited: too many hash passwords in this lane.
    """
    stored = [one.password_hash if one else None for one in found]
    index = passwords.matching_hash(stored, password[:1024], lane=lane)
    account = None if index is None else found[index]
    if account is None:
        raise InvalidCredentials("This address and password do not belong together.")
    return account


def sign_in(parts: Sessions, account: Account, *, otp: str | None, now: datetime) -> Session:
    """Open a session for an account whose password was right.

    Raises:
        OtpRequired: the account asks for a one-time password, and none was given.
        InvalidCredentials: the one-time password is wrong or was used, or the password was changed meanwhile.
    """
    # A new password ends all sessions; under the lock none is opened with the old one after that.
    present = parts.accounts.lock(account.person_id)
    if present is None or present.password_hash != account.password_hash:
        raise InvalidCredentials("This address and password do not belong together.")
    account = present
    if account.totp:
        if not otp:
            raise OtpRequired("This account asks for a one-time password; send it as `otp`.", field=["otp"])
        if not _otp_fits(parts, account.person_id, otp, now):
            raise InvalidCredentials("This one-time password is wrong or was used.", field=["otp"])
    return start_session(parts, account, one_time_password=account.totp, now=now)


def _otp_fits(parts: Sessions, person_id: str, otp: str, now: datetime) -> bool:
    stored, confirmed, last = parts.accounts.lock_totp(person_id)
    if stored is None or not confirmed:
        return False
    step = totp.matching_step(parts.cipher.decrypt_bytes(stored, owner=person_id), otp.strip(), now)
    if step is not None and step > last:
        parts.accounts.use_totp_step(person_id, step, confirmed_at=now)
        return True
    return parts.accounts.use_recovery_code(person_id, totp.code_hash(otp))


def refresh_session(parts: Sessions, *, refresh_token: str, now: datetime) -> Session | None:
    """Rotate a refresh token.

    Returns:
        the new session, or None when the token was used before: then the whole session has been ended, because
        somebody else holds a copy. The caller must let the transaction commit.

    Raises:
        InvalidCredentials: nobody was given this token.
        Expired: the token or its session has ended.
    """
    accounts = parts.accounts
    found = accounts.lock_refresh(token_hash(refresh_token))
    if found is None:
        raise InvalidCredentials("This refresh token is not valid; sign in again.", field=["refreshToken"])
    account = accounts.get(found.person_id)
    if account is None:
        raise InvalidCredentials("This refresh token is not valid; sign in again.", field=["refreshToken"])
    if found.ended_at is not None or min(found.expires_at, found.refresh_until or found.expires_at) <= now:
        raise Expired("This session has ended; sign in again.", field=["refreshToken"])
    if found.used_at is not None and (
        now - found.used_at > timedelta(seconds=GRACE_SECONDS) or found.client != parts.client
    ):
        accounts.end_session(found.session_id, at=now)
        return None
    accounts.use_refresh(token_hash(refresh_token), at=now)
    return _issue(
        parts, account, found.session_id, authenticated_at=found.authenticated_at,
        one_time_password=found.one_time_password, ends_at=found.session_expires_at, now=now,
    )  # fmt: skip


def sign_out(accounts: AccountStore, *, refresh_token: str, everywhere: bool, now: datetime) -> None:
    """End the session of a refresh token, or all of its person's; an unknown token ends nothing."""
    found = accounts.lock_refresh(token_hash(refresh_token))
    if found is None:
        return
    if everywhere:
        accounts.end_sessions(found.person_id, at=now)
    else:
        accounts.end_session(found.session_id, at=now)


# ---------------------------------------------------------------------- signing up


@dataclass(frozen=True)
class NewAccount:
    """What somebody signs up with, checked."""

    email: EmailAddress
    name: str
    regions: list[str]
    profession: str | None
    policies: list[Policy]


def check_sign_up(
    policies: Sequence[Policy],
    *,
    email: str,
    password: str,
    name: str,
    regions: Iterable[str],
    profession: str | None,
    accepted_policies: Iterable[str],
) -> NewAccount:
    """Check all that somebody signs up with, before anything is counted or hashed.

    Raises:
        Invalid: a field breaks its rule.
        PolicyNotAccepted: a policy that must be accepted is not among `accepted_policies`.
    """
    passwords.check_new(password)
    address = parse_email(email)
    name = domain.check_name(name)
    places = domain.check_regions(regions)
    if not places:
        raise Invalid("Name at least one region where you practise.", field=["regions"])
    domain.check_profession(profession)
    agreed = _checked_policies(policies, accepted_policies)
    if any(policy.must_accept and policy not in agreed for policy in policies):
        raise PolicyNotAccepted(
            "Accept the policies that `instance` lists with mustAccept.", field=["acceptedPolicies"]
        )
    return NewAccount(address, name, places, profession, agreed)


def sign_up(
    parts: Sessions,
    people: PersonStore,
    outbox: OutboxStore,
    mail: MailStore,
    audit: AuditTrail,
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
    owner = parts.accounts.owner_of(new.email.text)
    person_id = new_id()
    people.add(
        person_id=person_id,
        handles=handles_for(new.name),
        name=new.name,
        claimed=True,
        created_at=now,
        regions=new.regions,
        profession=new.profession,
    )
    parts.accounts.add(
        person_id=person_id, email=new.email, password_hash=password_hash, created_at=now, confirmed=False
    )
    parts.accounts.grant(person_id, ["MEMBER"])
    parts.accounts.accept(person_id, [(policy.id, policy.edition) for policy in new.policies], at=now)
    if owner is None:
        mail.send("confirm-address", person_id=person_id, language=language)
    else:
        mail.send("address-known", person_id=owner.person_id)
    publish(people, outbox, person_id)
    audit.note("account.create", actor=person_id, object=f"person:{person_id}")
    account = parts.accounts.get(person_id)
    assert account is not None
    return start_session(parts, account, one_time_password=False, now=now)


def create_account(
    accounts: AccountStore,
    people: PersonStore,
    outbox: OutboxStore,
    audit: AuditTrail,
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
    address, name = parse_email(email), domain.check_name(name)
    passwords.check_new(password)
    wanted = {"MEMBER", *roles}
    if not wanted <= set(ROLES):
        raise Invalid(f"roles must be among {', '.join(ROLES)}.", field=["roles"])
    places = check_jurisdictions(jurisdictions)
    person_id = new_id()
    people.add(person_id=person_id, handles=handles_for(name), name=name, claimed=True, created_at=now)
    if not accounts.add(
        person_id=person_id, email=address, password_hash=passwords.hash_password(password, lane=Lane.OPERATOR), created_at=now,
        confirmed=True,
    ):  # fmt: skip
        raise Conflict("This address has an account.", field=["email"])
    if ADMIN in wanted:
        accounts.lock_admins()
    accounts.grant(person_id, sorted(wanted), origin=RoleOrigin(OPERATOR, None, None, now))
    accounts.limit_verifier(person_id, places)
    publish(people, outbox, person_id)
    audit.note(
        "account.create", actor="service:operator", object=f"person:{person_id}", reason=",".join(sorted(wanted))
    )
    return person_id


def check_jurisdictions(codes: Iterable[str]) -> list[str]:
    """Countries and parts of them that a verifier is limited to; empty means all.

    Raises:
        Invalid: a code is no country or part of one.
    """
    return domain.check_regions(codes, field="jurisdictions")


# ---------------------------------------------------------------------- policies


def accept_policies(
    accounts: AccountStore,
    audit: AuditTrail,
    policies: Sequence[Policy],
    *,
    person_id: str,
    accepted: Iterable[str],
    now: datetime,
) -> None:
    """Record that a person accepts policies in their present edition.

    Raises:
        Invalid: an id names no policy in its present edition.
    """
    agreed = _checked_policies(policies, accepted)
    accounts.accept(person_id, [(p.id, p.edition) for p in agreed], at=now)
    for policy in agreed:
        audit.note("policy.accept", actor=person_id, object=f"policy:{policy.key}")


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
    account: Account | None,
    accounts: AccountStore,
    people: PersonStore,
    policies: Sequence[Policy],
    *,
    person_id: str,
    today: date,
) -> dict[str, Any]:
    """The signed-in person's account and profile.

    Raises:
        NotFound: the account does not exist any more.
    """
    profile = read_profile(people, person_id)
    return {
        "email": account.email if account else "",
        "email_confirmed": bool(account and account.confirmed),
        "totp_enabled": bool(account and account.totp),
        "roles": account.roles if account else [],
        "pending_policies": pending(accounts, policies, person_id),
        "path_opt_in": profile["path_opt_in"],
        "visibility": domain.visibility_of(profile),
        "professional": own_card(people, profile, today),
    }
