"""The steps to being verified: what is done, what waits for whom, and what the person does next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from kit import cards, verification
from kit.snapshots import Snapshot
from profiles.credentials import domain as credentials_domain
from profiles.credentials.domain import Credential
from profiles.credentials.kinds import IDENTITY, LICENCE

CONFIRM_EMAIL, RENEWAL, OTHER_CREDENTIAL = "CONFIRM_EMAIL", "RENEWAL", "OTHER_CREDENTIAL"
LADDER = (CONFIRM_EMAIL, LICENCE, IDENTITY)
KINDS = (*LADDER, RENEWAL, OTHER_CREDENTIAL)
DONE, TO_DO, WAITING, NEEDS_ANSWER = "DONE", "TO_DO", "WAITING", "NEEDS_ANSWER"
REFUSED, SUSPENDED, EXPIRED = "REFUSED", "SUSPENDED", "EXPIRED"
# Of several credentials of a kind, the step shows the one whose state stands first here.
STATES = (DONE, NEEDS_ANSWER, WAITING, EXPIRED, SUSPENDED, REFUSED, TO_DO)
APPLICANT, VERIFIER, SECOND_VERIFIER = PARTIES = ("APPLICANT", "VERIFIER", "SECOND_VERIFIER")
MAX_STEPS = 12
ENDS_SOON = timedelta(days=60)


@dataclass(frozen=True)
class Step:
    """One step of a person.

    Args:
        kind: one of `KINDS`; those of `LADDER` are always there, the others where something waits.
        waits_for: whose turn it is; None where it is nobody's.
        since: since when it is in its state; None where nothing has happened.
        credential: which it is about.
        decided_with: whether an identity is looked at with a licence, or proved by one.
    """

    kind: str
    state: str
    waits_for: str | None = None
    since: datetime | None = None
    credential: Credential | None = None
    decided_with: bool = False


@dataclass(frozen=True)
class Applicant:
    """What the steps of a person follow from.

    Args:
        snapshot: the person as others are told of them: what counts is what counts there.
        identifying: the ids of the credentials that prove who the person is, while they hold.
        with_documents: the ids of credentials with a document about which nobody has decided yet.
    """

    confirmed: bool
    signed_up_at: datetime
    snapshot: Snapshot
    credentials: Sequence[Credential]
    identifying: Sequence[str]
    with_documents: frozenset[str]


def steps(applicant: Applicant, today: date) -> list[Step]:
    """Make a person's steps: the three of the ladder first, and then what else waits, at most `MAX_STEPS`."""
    own = [one for one in applicant.credentials if one.status != credentials_domain.ENTERED_IN_ERROR]
    ladder = [_email(applicant), _licence(applicant, own, today), _identity(applicant, own, today)]
    shown = {one.credential.id for one in ladder if one.credential is not None and one.state != DONE}
    others = [found for one in own if one.id not in shown and (found := _other(one, today)) is not None]
    others.sort(key=lambda one: STATES.index(one.state))
    return [*ladder, *others][:MAX_STEPS]


def missing(found: Iterable[Step]) -> list[Step]:
    """Return the steps of the ladder that are not done."""
    return [one for one in found if one.kind in LADDER and one.state != DONE]


def _email(applicant: Applicant) -> Step:
    if applicant.confirmed:
        return Step(CONFIRM_EMAIL, DONE)
    return Step(CONFIRM_EMAIL, TO_DO, APPLICANT, applicant.signed_up_at)


def _licence(applicant: Applicant, own: Sequence[Credential], today: date) -> Step:
    licences = [one for one in own if one.kind == LICENCE]
    found = [_of(LICENCE, one, today) for one in licences]
    identified = Snapshot(applicant.snapshot | {"identity": [None]})
    if cards.level_on(identified, today) == verification.RIGHT_TO_PRACTISE:
        return _first([one for one in found if one.state == DONE] or [Step(LICENCE, DONE)])
    return _first([*(one for one in found if one.state != DONE), Step(LICENCE, TO_DO, APPLICANT)])


def _identity(applicant: Applicant, own: Sequence[Credential], today: date) -> Step:
    if cards.level_on(applicant.snapshot, today) != verification.UNVERIFIED:
        proving = [one for one in own if one.id in applicant.identifying and not _has_ended(one, today)]
        found = _first([_of(IDENTITY, one, today) for one in proving] or [Step(IDENTITY, DONE)])
        return replace(found, decided_with=found.credential is not None and found.credential.kind == LICENCE)
    found = _first(
        [*(_of(IDENTITY, one, today) for one in own if one.kind == IDENTITY), Step(IDENTITY, TO_DO, APPLICANT)]
    )
    with_licence = [
        Step(
            IDENTITY,
            WAITING,
            SECOND_VERIFIER if one.pending_decision else VERIFIER,
            one.desk_since,
            one,
            decided_with=True,
        )
        for one in own
        if one.kind == LICENCE and one.desk_since is not None and one.id in applicant.with_documents
    ]
    return _first(with_licence) if with_licence and found.state in {REFUSED, TO_DO} else found


def _other(credential: Credential, today: date) -> Step | None:
    """What waits of a credential that no step of the ladder shows; None where nothing does, or it is over."""
    if credential.status == credentials_domain.VALIDATED and not _has_ended(credential, today):
        if credential.requested_info is not None:
            return Step(RENEWAL, NEEDS_ANSWER, APPLICANT, _last_event(credential), credential)
        if credential.desk_since is not None:
            who = SECOND_VERIFIER if credential.pending_decision else VERIFIER
            return Step(RENEWAL, WAITING, who, credential.pending_at or credential.desk_since, credential)
        ends = credential.expires_on
        if ends is not None and ends <= today + ENDS_SOON:
            return Step(RENEWAL, TO_DO, APPLICANT, None, credential)
        return None
    found = _of(OTHER_CREDENTIAL, credential, today)
    return None if found.state == REFUSED and found.waits_for is None else found


def _of(kind: str, credential: Credential, today: date) -> Step:
    """The step of one credential."""
    return Step(kind, *_state(credential, today), credential)


def _state(credential: Credential, today: date) -> tuple[str, str | None, datetime | None]:
    """Where a credential stands for its owner: the state, whose turn it is, and since when."""
    status, last = credential.status, _last_event(credential)
    if _has_ended(credential, today):
        assert credential.expires_on is not None
        return EXPIRED, APPLICANT, datetime.combine(credential.expires_on + timedelta(days=1), time(), UTC)
    if status == credentials_domain.VALIDATED:
        return DONE, None, credential.decided_at or last
    if status in credentials_domain.ENDED:
        return REFUSED, APPLICANT if may_appeal(credential, today) else None, credential.decided_at or last
    if credential.requested_info is not None:
        return NEEDS_ANSWER, APPLICANT, last
    if credential.pending_decision in {"SUSPEND", "REVOKE"}:
        return SUSPENDED, SECOND_VERIFIER, credential.pending_at
    if credential.pending_decision is not None:
        return WAITING, SECOND_VERIFIER, credential.pending_at
    if status == credentials_domain.REQ_REVALID and credential.review_reason not in {"EXPIRED", "APPEAL"}:
        turn = VERIFIER if credential.desk_since else APPLICANT if may_appeal(credential, today) else None
        return SUSPENDED, turn, credential.decided_at or last
    return WAITING, VERIFIER, credential.desk_since or credential.submitted_at


def may_appeal(credential: Credential, today: date) -> bool:
    """Whether the owner can still appeal against the last decision."""
    until = credential.appeal_until
    return until is not None and until.date() > today and credential.appeal_statement is None


def reason_of(credential: Credential) -> str | None:
    """Return the reason that a verifier or the clock gave last."""
    return next((one.reason for one in reversed(credential.history) if one.reason), None)


def _has_ended(credential: Credential, today: date) -> bool:
    """Whether the last day of what was or would be valid is over."""
    ends = credential.expires_on
    return (
        ends is not None
        and ends < today
        and (credential.status == credentials_domain.VALIDATED or credential.review_reason == "EXPIRED")
    )


def _last_event(credential: Credential) -> datetime:
    return credential.history[-1].at if credential.history else credential.submitted_at


def _first(found: Iterable[Step]) -> Step:
    """The step whose state stands first; of several, the one of the newest credential."""

    def key(one: Step) -> tuple[int, float]:
        return STATES.index(one.state), -one.credential.submitted_at.timestamp() if one.credential else 0.0

    return min(found, key=key)
