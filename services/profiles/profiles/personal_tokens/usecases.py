"""Making, revoking and using personal access tokens: what a program of one's own signs in with."""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from kit import ids
from kit.checks import checks
from kit.cipher import FieldCipher
from kit.clock import new_id
from kit.errors import Invalid, LimitReached, NotFound, Unauthenticated
from kit.sentences import Sentence
from kit.suspension import AccountSuspended
from kit.texts import check_text
from kit.tokens import PERSONAL_AUDIENCE, PERSONAL_PREFIX
from profiles.accounts.domain import token_hash
from profiles.accounts.signing import ACCESS_SECONDS, Signer
from profiles.personal_tokens.domain import (
    MAX_DAYS,
    MAX_NAME_LENGTH,
    MAX_TOKENS,
    SCOPES,
    WRITE,
    NewToken,
    PersonalToken,
)
from profiles.policies.files import Policy
from profiles.policies.usecases import pending, required_policies
from profiles.roles.domain import PRIVILEGED
from profiles.unit_of_work import UnitOfWork


def _tag(cipher: FieldCipher, part: str) -> str:
    return base64.urlsafe_b64encode(cipher.hashed("personal-access-token", part)[:16]).decode().rstrip("=")


def is_personal_token(cipher: FieldCipher, token: str) -> bool:
    """Whether a token was given out here, to whomever; what was made up reaches no database."""
    part, _, tag = token.removeprefix(PERSONAL_PREFIX).partition(".")
    return token.startswith(PERSONAL_PREFIX) and hmac.compare_digest(tag.encode(), _tag(cipher, part).encode())


def check_token(*, name: str, scopes: Sequence[str], days: int) -> NewToken:
    """What a token is to be, checked before the password is.

    Raises:
        Invalid: name, scopes or days are none.
    """
    with checks() as check:
        with check:
            clean = check_text(name, field="name", shortest=1, longest=MAX_NAME_LENGTH, one_line=True)
        with check:
            if not scopes or not set(scopes) <= set(SCOPES):
                raise Invalid(Sentence("Choose READ, WRITE or both."), field=["scopes"])
        with check:
            if not 1 <= days <= MAX_DAYS:
                raise Invalid(Sentence("Choose 1 to {most_days} days.", most_days=MAX_DAYS), field=["expiresInDays"])
    return NewToken(clean, WRITE in scopes, days)


def create_token(work: UnitOfWork, new: NewToken, *, person_id: str, now: datetime) -> tuple[PersonalToken, str]:
    """Make a token; whoever asks has given the password a moment ago.

    Returns:
        the token as it is listed, and the token itself, which is told this once.

    Raises:
        LimitReached: the person has as many as they may have.
    """
    work.accounts.take_turn(person_id)
    if work.personal_tokens.count(person_id, now=now) >= MAX_TOKENS:
        raise LimitReached(
            Sentence("You may have {most_tokens} personal access tokens; revoke one first.", most_tokens=MAX_TOKENS)
        )
    part = secrets.token_urlsafe(32)
    token = f"{PERSONAL_PREFIX}{part}.{_tag(work.cipher, part)}"
    made = PersonalToken(new_id(), person_id, new.name, new.writes, now, now + timedelta(days=new.days), None)
    work.personal_tokens.add(made, token_hash=token_hash(token))
    work.mail.send("personal-token-made", person_id=person_id)
    work.audit.note(
        "personal-token.create",
        actor=person_id,
        object=f"person:{person_id}",
        reason=f"{made.id} {','.join(made.scopes)}",
    )
    return made, token


def revoke_token(work: UnitOfWork, *, person_id: str, token_id: str, now: datetime) -> None:
    """Revoke one of a person's tokens; one that was revoked stays as it is.

    Raises:
        NotFound: it is somebody else's, or there is none; one answer for both.
    """
    if not ids.valid(token_id) or not work.personal_tokens.revoke(person_id, token_id, at=now):
        raise NotFound(Sentence("You have no personal access token with this id."), field=["personalAccessToken"])
    work.audit.note("personal-token.revoke", actor=person_id, object=f"person:{person_id}", reason=token_id)


def give_access(
    work: UnitOfWork, signer: Signer, policies: Sequence[Policy], *, token: str, now: datetime
) -> tuple[str, datetime]:
    """Give out an access token for a personal one: for less than a session may do, and never with a role beyond MEMBER.

    Returns:
        the access token, and when it ends.

    Raises:
        Unauthenticated: the token was not given out here, was revoked, or has expired.
        AccountSuspended: its owner is suspended.
    """
    if not is_personal_token(work.cipher, token):
        raise Unauthenticated("This personal access token is not valid.")
    found = work.personal_tokens.use(token_hash(token), at=now)
    account = work.accounts.get(found.person_id) if found is not None else None
    if found is None or account is None:
        raise Unauthenticated("This personal access token is not valid or was revoked.")
    if found.expires_at <= now:
        raise Unauthenticated("This personal access token has expired.")
    if account.suspended:
        raise AccountSuspended
    accepted = not pending(work.accepted, policies, account.person_id)
    seconds = min(ACCESS_SECONDS, max(1, int((found.expires_at - now).total_seconds())))
    access = signer.access_token(
        account.person_id,
        [role for role in account.roles if role not in PRIVILEGED],
        issued_at=now.timestamp(),
        seconds=seconds,
        sid=found.id,
        pol=required_policies(policies) if accepted else "",
        email_verified=account.confirmed,
        aud=PERSONAL_AUDIENCE,
        scope=" ".join(found.scopes),
    )
    return access, now + timedelta(seconds=seconds)
