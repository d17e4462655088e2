"""What every act on a credential shares: finding it, taking one legal step, and what follows from losing one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from catalogues.authorities import authorities
from kit.errors import Conflict, NotFound, VersionConflict
from profiles.checks.usecases import follow_conflicts
from profiles.credentials import domain
from profiles.credentials.access import may_work_in
from profiles.credentials.domain import Credential, Event
from profiles.credentials.kinds import LICENCE, kind_of
from profiles.unit_of_work import UnitOfWork

Publish = Callable[[str], Any]
Notify = Callable[[str, str, str], None]
EVIDENCE_DAYS = 30  # how long evidence is kept after the decision, or after it came while nobody waits for it
# How much longer it is kept than the decision can be appealed, so that an appeal on the last day has it.
APPEALABLE_DAYS = 14
UNANSWERED_DAYS = 180  # how long evidence is kept while the owner does not answer a question
REVIEW_MONTHS_DEFAULT = 12
# The fields of a credential about which no decision waits.
NOT_PENDING: dict[str, Any] = {
    "pending_decision": None, "pending_by": None, "pending_at": None, "pending_expires_at": None, "pending_fields": None
}  # fmt: skip


def locked(
    work: UnitOfWork, credential_id: str, *, expected_version: int | None = None, field: str = "id"
) -> Credential:
    """The credential with this id, locked.

    Raises:
        NotFound: there is none.
        VersionConflict: it changed since `expected_version`.
    """
    credential = work.credentials.lock(credential_id)
    if credential is None:
        raise NotFound("No credential has this id.", field=[field])
    if expected_version is not None and credential.version != expected_version:
        raise VersionConflict(
            f"The case moved on; it is {credential.status} now.",
            field=["expectedVersion"],
            current_version=credential.version,
        )
    return credential


def refuse_pending(credential: Credential) -> None:
    """Refuse to change what a second verifier is about to confirm.

    Raises:
        Conflict: a decision waits.
    """
    if credential.pending_decision is not None:
        raise Conflict(
            f"{credential.pending_decision} waits for a second verifier (confirmDecision); nothing is changed meanwhile.",
            current_version=credential.version,
        )


def step(
    work: UnitOfWork,
    credential: Credential,
    act: str,
    *,
    actor: str,
    now: datetime,
    reason: str | None = None,
    note: str | None = None,
    **fields: Any,
) -> Credential:
    """Take one legal step: the change, its entry in the history where the status changes, and in the audit trail.

    Raises:
        Conflict: the act is not legal in the credential's status.
    """
    status = domain.next_status(credential, act)
    stage = credential.stage + (act != "UPDATE")
    changed = work.credentials.change(credential, status=status, stage=stage, **fields)
    if status != credential.status or reason is not None or note is not None:
        work.credentials.add_event(credential.id, Event(now, actor, credential.status, status, reason, note))
    if (status in domain.ENDED) != (credential.status in domain.ENDED):
        follow_conflicts(work, changed, now=now)
    work.audit.note(
        f"credential.{act.lower().replace('_', '-')}", actor=actor, object=f"credential:{credential.id}", reason=reason
    )
    return changed


def answer(work: UnitOfWork, credential: Credential) -> Credential:
    """The credential with its history and checks, as an act answers it."""
    return work.credentials.with_history([credential])[0]


def next_review(credential: Credential, today: date) -> date | None:
    """When a credential that is validated today must be looked at again; identities and other names stay as they are."""
    authority = authorities().get(credential.authority or "")
    if not kind_of(credential.kind).has_review:
        return None
    months = authority.review_months if authority else REVIEW_MONTHS_DEFAULT
    return today + timedelta(days=round(months * 365.25 / 12))


def tell(work: UnitOfWork, credential: Credential, kind: str, **data: Any) -> None:
    """Queue a message to the credential's owner, and a notification in the network that says the same in a sentence."""
    ends = kind in {"credential-expiring", "credential-expired"}
    outcome = kind.removeprefix("credential-").replace("-", "_").upper()
    work.notify(
        credential.person_id, "CREDENTIAL_EXPIRING" if ends else "CREDENTIAL_DECIDED", credential.id, outcome=outcome
    )
    about = {"kind": credential.kind, "jurisdiction": credential.jurisdiction, "authority": credential.authority}
    work.mail.send(kind, person_id=credential.person_id, credential=about, **data)


def review_others(work: UnitOfWork, credential: Credential, *, now: datetime) -> None:
    """A licence was lost: put the person's other licences on the desk, still counting, and tell their verifiers."""
    if credential.kind != LICENCE:
        return
    for other in work.credentials.lock_licences(credential.person_id, except_id=credential.id):
        if other.review_reason is None or other.review_reason in domain.PROPOSALS:
            open_review(work, other, "LOST_ELSEWHERE", now=now)


def open_review(work: UnitOfWork, credential: Credential, why: str, *, now: datetime) -> Credential:
    """Put a validated credential on the desk; it goes on counting until it is decided.

    Where its owner has put it there before to change something, it is there for this reason from now on, and a validation of
    that which waits for a second verifier ends: the first one did not know this.
    """
    ended = NOT_PENDING if credential.pending_decision == "VALIDATE" else {}
    changed = work.credentials.change(credential, desk_since=credential.desk_since or now, review_reason=why, **ended)
    work.audit.note("credential.review", actor="service:clock", object=f"credential:{credential.id}", reason=why)
    if why == "LOST_ELSEWHERE":
        told = [
            account.person_id
            for account in work.accounts.with_role("VERIFIER")
            if account.person_id != credential.person_id and may_work_in(account.jurisdictions, credential.jurisdiction)
        ]
        work.mail.send_many("review-opened", told, jurisdiction=credential.jurisdiction)
    return changed


def evidence_end(credential: Credential, now: datetime) -> datetime:
    """When documents of a credential that waits for nobody are deleted: never before a decision can be appealed no more."""
    after_decision = now + timedelta(days=EVIDENCE_DAYS)
    until = credential.appeal_until
    return max(after_decision, until + timedelta(days=APPEALABLE_DAYS)) if until is not None else after_decision


def release_claim(work: UnitOfWork, credential: Credential) -> None:
    """Give a directory profile back to whom it is about: the credential by which somebody had it has ended.

    What their own profile took over stays, as what they say themselves.
    """
    profile = work.people.get(credential.claims_person) if credential.claims_person else None
    if profile is None or not work.directory.release(profile.id, credential.person_id, credential_id=credential.id):
        return
    own = work.people.get(credential.person_id)
    if own is not None:
        kept = [source for source in own.provenance if source not in profile.provenance]
        work.people.change(own.id, {"provenance": kept})
    work.publish(profile.id)
    work.audit.note("directory.release", actor="service:desk", object=f"person:{profile.id}")


def question(
    work: UnitOfWork,
    credential: Credential,
    *,
    reason: str,
    standing: str,
    act: str = "QUESTION",
    actor: str,
    now: datetime,
) -> Credential:
    """A validated credential that stops counting at once, without a person having decided: expired, changed, sanctioned.

    A validation that waits for a second verifier ends: the first one did not know this.

    Returns:
        the credential, REQ_REVALID and on the desk.
    """
    changed = step(
        work, credential, act, actor=actor, now=now, reason=reason, standing=standing, desk_since=now,
        review_reason=reason, previous_standing=credential.standing, revalidation=True, taken_by=None,
        lease_until=None, **NOT_PENDING,
    )  # fmt: skip
    work.publish(credential.person_id)
    if act == "QUESTION":
        tell(work, credential, "credential-questioned", reason=reason)
        review_others(work, credential, now=now)
    return changed
