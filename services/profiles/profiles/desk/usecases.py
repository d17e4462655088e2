"""Taking cases, releasing and deciding them."""

from __future__ import annotations

from datetime import datetime, timedelta

from kit.clock import new_id
from kit.errors import Conflict, Invalid, LimitReached, VersionConflict
from kit.texts import check_text
from profiles.credentials import domain
from profiles.credentials.access import may_work_in
from profiles.credentials.casework import (
    EVIDENCE_DAYS,
    UNANSWERED_DAYS,
    answer,
    evidence_end,
    refuse_pending,
    release_claim,
    step,
    tell,
)
from profiles.credentials.domain import Credential
from profiles.credentials.holders import follow_profile, named_now, restore_profile
from profiles.credentials.kinds import kind_of
from profiles.credentials.usecases import MAX_NOTE_LENGTH
from profiles.decisions import domain as decisions
from profiles.desk.cases import (
    NOT_TAKEN,
    case_for,
    checked,
    checked_note,
    fails_anew,
    pending_until,
    refuse_leased,
    revoke,
)
from profiles.desk.domain import MAX_NOTES, CaseNote
from profiles.desk.identity import proves_identity
from profiles.desk.validating import basis_of, check_validation, validate
from profiles.roles.domain import VERIFIER
from profiles.unit_of_work import UnitOfWork

MAX_RELEASED = 100  # cases that a verifier gives back at once


def take_case(work: UnitOfWork, *, credential_id: str, verifier: str, now: datetime) -> Credential:
    """Lease a case for 15 minutes, so that two verifiers never work on one; it is checked again, as the verifier will see it.

    Raises:
        Forbidden: it is the verifier's own, or outside their jurisdictions.
        Conflict: another holds the lease, or the case is decided.
        SecondPersonRequired: the verifier took part in what is appealed.
    """
    credential = case_for(work, credential_id, verifier, now=now, field="credential")
    refuse_leased(credential, verifier, now)
    refuse_pending(credential)
    return answer(work, _take(work, credential, verifier, now))


def _take(work: UnitOfWork, credential: Credential, verifier: str, now: datetime) -> Credential:
    taken = step(
        work, credential, "TAKE", actor=verifier, now=now, taken_by=verifier,
        lease_until=now + timedelta(minutes=domain.LEASE_MINUTES),
        revalidation=credential.revalidation or credential.status in {domain.REQ_REVALID, domain.VALIDATED},
        desk_since=credential.desk_since or now, seen_version=credential.version + 1,
        **named_now(work, credential),
    )  # fmt: skip
    return checked(work, taken, now)


def _refuse_unread(credential: Credential, verifier: str, now: datetime) -> None:
    """Refuse a decision about what was not on the verifier's screen.

    Raises:
        Conflict: the verifier does not hold the case.
        VersionConflict: it is not the case any more that was answered when they took it.
    """
    held = credential.taken_by == verifier and credential.lease_until is not None and credential.lease_until > now
    if not held:
        raise Conflict(
            "Take the case first (takeCase) and read it; a case is decided by the verifier who holds it.",
            current_version=credential.version,
        )
    if credential.seen_version not in {None, credential.version}:
        raise VersionConflict(
            "The case has changed since you took it; read it and take it again.", current_version=credential.version
        )


def release_case(work: UnitOfWork, *, credential_id: str, verifier: str, now: datetime) -> Credential:
    """Give a leased case back to the queue.

    Raises:
        Conflict: the verifier does not hold it.
    """
    credential = case_for(work, credential_id, verifier, now=now, field="credential")
    if credential.taken_by != verifier or credential.pending_decision is not None:
        raise Conflict("You do not hold this case.", current_version=credential.version)
    return answer(work, step(work, credential, "RELEASE", actor=verifier, now=now, **NOT_TAKEN))


def release_cases(work: UnitOfWork, *, verifier: str, now: datetime) -> list[str]:
    """Give all cases back to the queue that a verifier holds and has not decided.

    Returns:
        the credentials; one that changed meanwhile is left out.
    """
    held = work.desk.held_by(verifier, now=now, most=MAX_RELEASED)
    work.credentials.lock_ahead(held)
    released = []
    for own in held:
        credential = work.credentials.lock(own)
        if credential is None or credential.taken_by != verifier or credential.pending_decision is not None:
            continue
        step(work, credential, "RELEASE", actor=verifier, now=now, **NOT_TAKEN)
        released.append(own)
    return released


def assign_case(
    work: UnitOfWork, *, credential_id: str, verifier: str, assignee: str | None, now: datetime
) -> Credential:
    """Say which verifier is to look at a case, or that nobody in particular is; any other may take it all the same.

    Raises:
        Forbidden: it is the verifier's own, or outside their jurisdictions.
        Invalid: the other one may not decide it.
        Conflict: nobody has to decide it.
    """
    credential = case_for(work, credential_id, verifier, now=now, field="credential")
    if credential.desk_since is None and credential.requested_info is None:
        raise Conflict("This case is not on the desk.", current_version=credential.version)
    if assignee is not None:
        account = work.accounts.get(assignee)
        if account is None or VERIFIER not in account.roles or account.suspended:
            raise Invalid("This is no verifier.", field=["assignee"])
        if assignee == credential.person_id or not may_work_in(account.jurisdictions, credential.jurisdiction):
            raise Invalid("This verifier may not decide this case.", field=["assignee"])
        if credential.appeal_statement is not None and assignee in credential.decided_by:
            raise Invalid("This verifier took part in the decision that is appealed.", field=["assignee"])
    work.desk.assign(credential.id, assignee)
    work.audit.note("case.assign", actor=verifier, object=f"credential:{credential.id}")
    return credential


def add_case_note(work: UnitOfWork, *, credential_id: str, verifier: str, text: str, now: datetime) -> Credential:
    """Write to the other verifiers about a case; its applicant does not see it.

    Raises:
        Forbidden: it is the verifier's own, or outside their jurisdictions.
        Invalid: the text is empty or too long.
        LimitReached: the case has as many notes as it may have.
    """
    credential = case_for(work, credential_id, verifier, now=now, field="credential")
    clean = check_text(text, field="text", shortest=1, longest=MAX_NOTE_LENGTH, of_professional=True)
    if work.desk.note_count(credential.id) >= MAX_NOTES:
        raise LimitReached(f"A case may have {MAX_NOTES} notes at most.")
    work.desk.add_note(credential.id, CaseNote(new_id(), verifier, now, clean))
    work.audit.note("case.note", actor=verifier, object=f"credential:{credential.id}")
    return credential


def decide_credential(
    work: UnitOfWork,
    *,
    credential_id: str,
    verifier: str,
    decision: str,
    reason: str,
    standing: str | None,
    method: str | None,
    source_url: str | None,
    note: str | None,
    expected_version: int | None,
    now: datetime,
    name_confirmed: bool | None = None,
) -> Credential:
    """Validate a credential, reject it, or ask its owner for more.

    The verifier has taken the case, and decides about the version that was answered then. Where an automatic check failed,
    or two verifiers have decided against the number before, a validation waits for a second verifier.

    Args:
        name_confirmed: whether the verifier has found the case's name in its documents, by which a licence can prove the
            identity too; None leaves that to NAME_MATCH.

    Raises:
        Forbidden: it is the verifier's own, or outside their jurisdictions.
        Conflict: the verifier does not hold the case, it is decided, or a decision waits for a second verifier.
        SecondPersonRequired: the verifier took part in what is appealed.
        VersionConflict: the case moved on since `expected_version`, or since it was taken.
        Invalid: the reason does not fit the decision, the method is not true, or what has expired would be validated.
    """
    credential = case_for(work, credential_id, verifier, now=now, expected_version=expected_version)
    note = checked_note(note)
    refuse_pending(credential)
    refuse_leased(credential, verifier, now)
    domain.next_status(credential, "TAKE")  # refused where it is decided, unless it is on the desk again
    _refuse_unread(credential, verifier, now)
    domain.check_reason(decision, reason, note)
    if decision == "REQUEST_INFO":
        return _request_info(work, credential, verifier, reason, note, now)
    if decision == "REJECT":
        return _reject(work, credential, verifier, reason, note, standing, now)
    fields = {"standing": standing or "GOOD"} | basis_of(
        work, credential, verifier, method=domain.method_for(reason, method, credential.kind), source_url=source_url,
        note=note, today=now.date(),
    )  # fmt: skip
    fields["proves_identity"] = proves_identity(
        work, credential, verifier, reason=reason, name_confirmed=name_confirmed
    )
    check_validation(work, credential, fields, now.date())
    if fails_anew(work, credential, now):
        raise VersionConflict(
            "An automatic check fails now that did not when you took the case; read it and take it again.",
            current_version=credential.version,
        )
    if credential.failed or work.decisions.needs_second(credential.id):
        proposed = step(
            work, credential, "VALIDATE" if credential.status == domain.VALIDATED else "PROPOSE", actor=verifier,
            now=now, reason=reason, note=note, **pending_until("VALIDATE", verifier, now, timedelta(days=domain.PENDING_DAYS)),
            pending_fields=fields | {"reason": reason, "note": note}, **NOT_TAKEN,
        )  # fmt: skip
        return answer(work, proposed)
    return validate(work, credential, fields, reason=reason, note=note, verifier=verifier, by=(verifier,), now=now)


def _reject(
    work: UnitOfWork,
    credential: Credential,
    verifier: str,
    reason: str,
    note: str | None,
    standing: str | None,
    now: datetime,
) -> Credential:
    if credential.status == domain.VALIDATED:
        if credential.proposed and credential.review_reason in domain.PROPOSALS:
            return _decline(work, credential, verifier, reason, note, now)
        # What counts is never ended by one person alone.
        return revoke(work, credential, verifier, reason, note, standing or "REVOKED", now)
    until = now + timedelta(days=domain.APPEAL_DAYS)
    decided = step(
        work, credential, "REJECT", actor=verifier, now=now, reason=reason, note=note, **NOT_TAKEN,
        **({"standing": standing} if standing else {}), desk_since=None, review_reason=None, decided_at=now,
        decided_by=(verifier,), appeal_until=until, appeal_statement=None, proposed=None, requested_info=None, assigned_to=None,
    )  # fmt: skip
    release_claim(work, credential)
    work.decisions.record(credential.id, outcome=decisions.REJECTED, reason=reason, by_two=False, at=now)
    work.evidence.end(credential.id, at=evidence_end(decided, now))
    work.publish(credential.person_id)
    tell(work, credential, "credential-rejected", reason=reason, note=note or "", appeal=until.date())
    return answer(work, decided)


def _decline(
    work: UnitOfWork, credential: Credential, verifier: str, reason: str, note: str | None, now: datetime
) -> Credential:
    """Refuse what the owner would change; the credential stays as it was validated, and the profile says so again."""
    of_profile = "holder" in (credential.proposed or {}) and kind_of(credential.kind).naming_rank is not None
    declined = step(
        work, credential, "DECLINE", actor=verifier, now=now, reason=reason, note=note, proposed=None, desk_since=None,
        review_reason=None, requested_info=None, assigned_to=None, **NOT_TAKEN,
    )  # fmt: skip
    work.decisions.record(credential.id, outcome=decisions.CHANGE_DECLINED, reason=reason, by_two=False, at=now)
    work.evidence.end(credential.id, at=now + timedelta(days=EVIDENCE_DAYS))
    if of_profile:
        restore_profile(work, credential.person_id)
        follow_profile(work, credential.person_id, now=now)
        work.publish(credential.person_id)
    tell(work, credential, "change-declined", reason=reason, note=note or "")
    return answer(work, declined)


def _request_info(
    work: UnitOfWork, credential: Credential, verifier: str, reason: str, note: str | None, now: datetime
) -> Credential:
    if not note:
        raise Invalid("Say in `note` what you need from the applicant.", field=["note"])
    asked = step(
        work, credential, "REQUEST_INFO", actor=verifier, now=now, reason=reason, note=note, requested_info=note,
        desk_since=None, **NOT_TAKEN,
    )  # fmt: skip
    work.evidence.end(credential.id, at=now + timedelta(days=UNANSWERED_DAYS))
    tell(work, credential, "info-requested", note=note)
    return answer(work, asked)
