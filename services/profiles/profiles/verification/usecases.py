"""Reading one's steps to being verified, with what they say in a language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import orjson

from catalogues.reasons import reason_text
from kit.errors import NotFound
from kit.snapshots import read_snapshot
from profiles.accounts.store import AccountStore
from profiles.credentials.kinds import IDENTITY, LICENCE
from profiles.credentials.store import CredentialStore
from profiles.evidence.store import EvidenceStore
from profiles.mail.domain import TEXTS, describe
from profiles.people.domain import identifying
from profiles.people.domain import snapshot as snapshot_of
from profiles.people.store import PersonStore
from profiles.verification import domain, texts
from profiles.verification.domain import Applicant, Step
from profiles.verification.store import UsualWaitStore

USUAL_DAYS, MIN_CASES, MAX_CASES = 180, 5, 200


@dataclass(frozen=True)
class Files:
    """The stores that say where somebody stands."""

    accounts: AccountStore
    people: PersonStore
    credentials: CredentialStore
    evidence: EvidenceStore


@dataclass(frozen=True)
class Told:
    """A step with how long such a case usually takes, in hours, and what it says to its person."""

    step: Step
    usual: tuple[int, int] | None
    title: str
    text: str
    next_step: str | None


def read_steps(files: Files, person_id: str, today: date) -> list[Step]:
    """Read a person's steps, as everything stands now.

    Raises:
        NotFound: there is no such account any more.
    """
    account, person = files.accounts.get(person_id), files.people.get(person_id)
    if account is None or person is None:
        raise NotFound("This account does not exist any more.")
    standing = files.people.standing(person_id)
    own = files.credentials.of_person(person_id)
    documents = files.evidence.of([one.id for one in own])
    applicant = Applicant(
        account.confirmed,
        account.created_at,
        read_snapshot(orjson.loads(orjson.dumps(snapshot_of(person, standing)))),
        own,
        [one.id for one in identifying(standing.credentials)],
        frozenset(one.credential_id for one in documents if one.delete_at is None),
    )
    return domain.steps(applicant, today)


def tell_steps(found: Sequence[Step], waits: UsualWaitStore, *, language: str | None, now: datetime) -> list[Told]:
    """Say steps in a language, with how long what waits for a verifier usually takes."""
    waiting = [one.credential for one in found if one.state == domain.WAITING and one.credential is not None]
    usual: dict[str, tuple[int, int]] = {}
    if waiting:
        usual = waits.usual_waits(
            sorted({one.kind for one in waiting}),
            sorted({one.authority for one in waiting if one.authority}),
            since=now - timedelta(days=USUAL_DAYS),
            fewest=MIN_CASES,
            most=MAX_CASES,
        )
    return [_told(one, found, usual, language, now.date()) for one in found]


def _told(
    step: Step, found: Sequence[Step], usual: dict[str, tuple[int, int]], language: str | None, today: date
) -> Told:
    hours = None
    if step.state == domain.WAITING and step.credential is not None:
        hours = usual.get(step.credential.authority or "") or usual.get(step.credential.kind)
    text = _text(step, language)
    if hours is not None:
        text += " " + _usual(*hours, language)
    return Told(step, hours, TEXTS.text(texts.TITLES[step.kind], language), text, _next(step, found, language, today))


def _usual(fast: int, slow: int, language: str | None) -> str:
    if slow == 0:
        return TEXTS.text(texts.USUAL_SHORT, language)
    if fast in {0, slow}:
        return TEXTS.plural(texts.USUAL_UP_TO, slow, language)
    return TEXTS.text(texts.USUAL, language, fast=fast, slow=slow)


def _text(step: Step, language: str | None) -> str:
    credential = step.credential
    if credential is None:
        message = texts.EMAIL_DONE if step.state == domain.DONE else texts.TO_DO[step.kind]
        return TEXTS.text(message, language)
    message = texts.TO_DO[step.kind] if step.state == domain.TO_DO else texts.TEXTS[step.state]
    if step.decided_with:
        message = texts.WITH_LICENCE_DONE if step.state == domain.DONE else texts.WITH_LICENCE_WAITING
    elif step.state == domain.WAITING and step.waits_for == domain.SECOND_VERIFIER:
        message = texts.SECOND
    elif step.state == domain.WAITING and step.kind == domain.RENEWAL:
        message = texts.REVIEWED
    reason = domain.reason_of(credential) or "OTHER"
    return TEXTS.text(
        message,
        language,
        what=describe(
            language, kind=credential.kind, jurisdiction=credential.jurisdiction, authority=credential.authority
        ),
        question=credential.requested_info or "",
        reason=reason_text(reason, language) or reason,
        day=credential.expires_on.isoformat() if credential.expires_on else "",
    )


def _next(step: Step, found: Sequence[Step], language: str | None, today: date) -> str | None:
    """What the person can do now; None where nothing is to be done and nothing is awaited."""
    if step.state == domain.DONE:
        return None
    if step.state == domain.TO_DO:
        open_licence = any(
            one.kind == LICENCE and one.waits_for == domain.VERIFIER and one.state == domain.WAITING for one in found
        )
        if step.kind == IDENTITY and open_licence:
            return TEXTS.text(texts.ADD_DOCUMENT, language)
        return TEXTS.text(texts.NEXT["EXPIRED" if step.kind == domain.RENEWAL else step.kind], language)
    sentences = []
    until = step.credential.appeal_until if step.credential and domain.may_appeal(step.credential, today) else None
    if until is not None and step.state in {domain.REFUSED, domain.SUSPENDED}:
        sentences.append(TEXTS.text(texts.APPEAL, language, day=until.date().isoformat()))
    if step.state in {domain.REFUSED, domain.NEEDS_ANSWER, domain.EXPIRED, domain.WAITING}:
        sentences.append(TEXTS.text(texts.NEXT[step.state], language))
    elif step.waits_for in {domain.VERIFIER, domain.SECOND_VERIFIER} and not sentences:
        sentences.append(TEXTS.text(texts.NEXT["WAITING"], language))
    return " ".join(sentences) or None


def say_missing(found: Sequence[Step], *, language: str | None, today: date) -> str:
    """Say in one paragraph what is missing until somebody is verified, and what they do next about it."""
    missing = domain.missing(found)
    if not missing:
        return TEXTS.text(texts.COMPLETE, language)
    names = ", ".join(TEXTS.text(texts.TITLES[one.kind], language) for one in missing)
    due = next((one for one in missing if one.waits_for == domain.APPLICANT), missing[0])
    step = _next(due, found, language, today)
    return " ".join([TEXTS.text(texts.MISSING, language, steps=names), *([step] if step else [])])
