"""The verifiers' acts: take, decide, suspend, revoke, and agree as the second person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from catalogues.authorities import authorities
from kit.errors import Conflict, Forbidden, Invalid, SecondPersonRequired, VersionConflict
from kit.texts import check_text
from profiles.checks.usecases import check
from profiles.credentials import domain
from profiles.credentials.access import may_work_in
from profiles.credentials.casework import (
    EVIDENCE_DAYS,
    NOT_PENDING,
    UNANSWERED_DAYS,
    answer,
    locked,
    next_review,
    refuse_pending,
    release_claim,
    review_others,
    step,
    tell,
)
from profiles.credentials.domain import Check, Credential
from profiles.credentials.holders import check_named, follow_profile, named_now, names_another, restore_profile
from profiles.credentials.kinds import kind_of
from profiles.credentials.usecases import MAX_NOTE_LENGTH
from profiles.decisions import domain as decisions
from profiles.directory.usecases import take_over
from profiles.roles.domain import ALONE_DAYS, VERIFIER
from profiles.roles.usecases import second_pair
from profiles.unit_of_work import UnitOfWork

NO_VERIFIER = "You are no verifier any more."  # whose token may be a moment older than that
_NOT_TAKEN: dict[str, Any] = {"taken_by": None, "lease_until": None}


def _case(
    work: UnitOfWork,
    credential_id: str,
    verifier: str,
    *,
    now: datetime,
    field: str = "id",
    expected_version: int | None = None,
) -> Credential:
    """The case, locked, if this verifier may work on it.

    Raises:
        NotFound: there is no such credential.
        Forbidden: it is the verifier's own, or outside their jurisdictions; or they are no verifier any more.
        VersionConflict: it changed since `expected_version`.
        SecondPersonRequired: it is an appeal against a decision in which the verifier took part, or in which somebody did who
            is no second pair of eyes to them.
    """
    credential = locked(work, credential_id, field=field, expected_version=expected_version)
    if credential.person_id == verifier:
        raise Forbidden("Nobody decides on their own case.")
    account = work.accounts.get(verifier)
    if account is not None and (VERIFIER not in account.roles or account.suspended):
        raise Forbidden(NO_VERIFIER)
    if account is not None and not may_work_in(account.jurisdictions, credential.jurisdiction):
        raise Forbidden(f"Your jurisdictions are {', '.join(account.jurisdictions)}; this case is not among them.")
    waits = credential.desk_since is not None or credential.requested_info is not None  # for a verifier, or an answer
    if credential.appeal_statement is not None and waits:
        if verifier in credential.decided_by:
            raise SecondPersonRequired(
                "You took part in the decision that is appealed; another verifier must look at it."
            )
        for first in credential.decided_by:
            _require_second_pair(work, first, verifier, at=credential.decided_at, now=now)
    return credential


def _require_second_pair(work: UnitOfWork, first: str, second: str, *, at: datetime | None, now: datetime) -> None:
    """Refuse a second verifier behind whom the first may be: one admin alone made both, or one of them the other, lately.

    Args:
        at: when the first one decided.

    Raises:
        SecondPersonRequired: it is so.
    """
    if second_pair(
        work.accounts, work.roles, work.requirements, first=first, second=second, by=(VERIFIER,), at=at or now, now=now
    ):
        return
    raise SecondPersonRequired(
        f"One admin alone made you and the first verifier verifiers within the last {ALONE_DAYS} days, or one of you the other. "
        "Another verifier must agree."
    )


def _note(text: str | None) -> str | None:
    return check_text(text or "", field="note", longest=MAX_NOTE_LENGTH, of_professional=True) or None


def _refuse_leased(credential: Credential, verifier: str, now: datetime) -> None:
    if domain.leased_to_other(credential, verifier, now):
        raise Conflict("Another verifier is working on this case.", current_version=credential.version)


def take_case(work: UnitOfWork, *, credential_id: str, verifier: str, now: datetime) -> Credential:
    """Lease a case for 15 minutes, so that two verifiers never work on one; it is checked again, as the verifier will see it.

    Raises:
        Forbidden: it is the verifier's own, or outside their jurisdictions.
        Conflict: another holds the lease, or the case is decided.
        SecondPersonRequired: the verifier took part in what is appealed.
    """
    credential = _case(work, credential_id, verifier, now=now, field="credential")
    _refuse_leased(credential, verifier, now)
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
    return _checked(work, taken, now)


def _checked(work: UnitOfWork, credential: Credential, now: datetime) -> Credential:
    """The credential with checks of what it would say, by what the registers and other people's cases say now."""
    return replace(credential, checks=check(work, domain.with_proposed(credential), now=now).checks)


def _fails_anew(work: UnitOfWork, credential: Credential, now: datetime) -> bool:
    """Whether a check fails now that did not when the case was read: others' cases and registers go on changing."""

    return not _failed(_checked(work, credential, now).checks) <= _failed(credential.checks)


def _failed(checks: Sequence[Check]) -> set[str]:
    return {one.name for one in checks if one.outcome == "FAIL"}


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


def _refuse_unseen(work: UnitOfWork, credential: Credential, verifier: str, expected_version: int | None) -> None:
    """Refuse to confirm, suspend or revoke what was not on the verifier's screen.

    A verifier who says which version they have read is bound to that one (`_case`), and one who does not is bound to the last
    that they were shown.

    Raises:
        Conflict: they were never shown it.
        VersionConflict: it has changed since they were.
    """
    if expected_version is not None:
        return
    read = work.credentials.version_read(credential.id, verifier)
    if read is None:
        raise Conflict(
            "Read the case first (verificationQueue or node); you decide about the version that you have read.",
            current_version=credential.version,
        )
    if read != credential.version:
        raise VersionConflict(
            "The case has changed since you read it; read it again.", current_version=credential.version
        )


def release_case(work: UnitOfWork, *, credential_id: str, verifier: str, now: datetime) -> Credential:
    """Give a leased case back to the queue.

    Raises:
        Conflict: the verifier does not hold it.
    """
    credential = _case(work, credential_id, verifier, now=now, field="credential")
    if credential.taken_by != verifier or credential.pending_decision is not None:
        raise Conflict("You do not hold this case.", current_version=credential.version)
    return answer(work, step(work, credential, "RELEASE", actor=verifier, now=now, **_NOT_TAKEN))


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
) -> Credential:
    """Validate a credential, reject it, or ask its owner for more.

    The verifier has taken the case, and decides about the version that was answered then. Where an automatic check failed,
    or two verifiers have decided against the number before, a validation waits for a second verifier.

    Raises:
        Forbidden: it is the verifier's own, or outside their jurisdictions.
        Conflict: the verifier does not hold the case, it is decided, or a decision waits for a second verifier.
        SecondPersonRequired: the verifier took part in what is appealed.
        VersionConflict: the case moved on since `expected_version`, or since it was taken.
        Invalid: the reason does not fit the decision, the method is not true, or what has expired would be validated.
    """
    credential = _case(work, credential_id, verifier, now=now, expected_version=expected_version)
    note = _note(note)
    refuse_pending(credential)
    _refuse_leased(credential, verifier, now)
    domain.next_status(credential, "TAKE")  # refused where it is decided, unless it is on the desk again
    _refuse_unread(credential, verifier, now)
    domain.check_reason(decision, reason, note)
    if decision == "REQUEST_INFO":
        return _request_info(work, credential, verifier, reason, note, now)
    if decision == "REJECT":
        return _reject(work, credential, verifier, reason, note, standing, now)
    fields = {"standing": standing or "GOOD"} | _basis(
        work, credential, verifier, method=domain.method_for(reason, method, credential.kind), source_url=source_url,
        note=note, today=now.date(),
    )  # fmt: skip
    _check_validation(work, credential, fields, now.date())
    if _fails_anew(work, credential, now):
        raise VersionConflict(
            "An automatic check fails now that did not when you took the case; read it and take it again.",
            current_version=credential.version,
        )
    if credential.failed or work.decisions.needs_second(credential.id):
        proposed = step(
            work, credential, "VALIDATE" if credential.status == domain.VALIDATED else "PROPOSE", actor=verifier,
            now=now, reason=reason, note=note, **_pending("VALIDATE", verifier, now, timedelta(days=domain.PENDING_DAYS)),
            pending_fields=fields | {"reason": reason, "note": note}, **_NOT_TAKEN,
        )  # fmt: skip
        return answer(work, proposed)
    return _validate(work, credential, fields, reason=reason, note=note, verifier=verifier, by=(verifier,), now=now)


def _basis(
    work: UnitOfWork,
    credential: Credential,
    verifier: str,
    *,
    method: str,
    source_url: str | None,
    note: str | None,
    today: date,
) -> dict[str, Any]:
    """What a validation rests on, if the method is true.

    PRIMARY_SOURCE has a link to where the verifier looked (the register's page where none is given), REGISTER_SNAPSHOT an
    entry in the copy, DOCUMENT a document that the verifier has opened, CALL and EMPLOYER a note of who was asked.

    Returns:
        {method, source_url, source_as_of}: as of when the source was: today where the verifier looked at it, else the day of
        the register's copy.

    Raises:
        Invalid: there is no such basis.
    """
    if source_url and not source_url.startswith(("https://", "http://")):
        raise Invalid("sourceUrl must be a web address.", field=["sourceUrl"])
    as_of = None
    if method == "PRIMARY_SOURCE":
        authority = authorities().get(credential.authority or "")
        source_url, as_of = source_url or (authority.url if authority else None), today
        if source_url is None:
            raise Invalid("Give in `sourceUrl` the page of the source where you looked.", field=["sourceUrl"])
    elif method == "REGISTER_SNAPSHOT":
        as_of = _copy_day(work, credential)
    elif method == "DOCUMENT":
        _check_opened(work, credential, verifier)
    elif not note:
        raise Invalid("Say in `note` whom you asked, and how you found the number to call.", field=["note"])
    return {"method": method, "source_url": source_url, "source_as_of": as_of}


def _copy_day(work: UnitOfWork, credential: Credential) -> date:
    """The day of the register's copy that has the credential's number.

    Raises:
        Invalid: no copy has it.
    """
    if credential.authority and credential.number:
        for found in (work.registers, work.directory):
            as_of, entry = found.look_up(credential.authority, credential.number)
            if as_of is not None and entry is not None:
                return as_of
    raise Invalid("No copy of a register here has this number; look at the register itself.", field=["method"])


def _check_opened(work: UnitOfWork, credential: Credential, verifier: str) -> None:
    """Refuse a validation by document of who has not opened the case's documents.

    Documents that an earlier decision has looked at count where nothing has come since.

    Raises:
        Invalid: there is no document, or the verifier has not opened each.
    """
    documents = work.evidence.of([credential.id])
    if not documents:
        raise Invalid("There is no document in this case.", field=["reason"])
    fresh = [one for one in documents if one.delete_at is None] or documents
    opened = work.evidence.opened_by(verifier, credential.id)
    unread = [one.file_name for one in fresh if one.id not in opened]
    if unread:
        raise Invalid(f"Open the documents first (evidence.downloadUrl): {', '.join(unread)}.", field=["reason"])


def _pending(decision: str, verifier: str, now: datetime, holds: timedelta) -> dict[str, Any]:
    return {
        "pending_decision": decision, "pending_by": verifier, "pending_at": now, "pending_expires_at": now + holds
    }  # fmt: skip


def _check_validation(work: UnitOfWork, credential: Credential, fields: dict[str, Any], today: date) -> None:
    check_named(work, credential)
    expires = domain.with_proposed(credential).expires_on
    if expires and expires < today:
        raise Invalid("The credential has expired; it cannot be validated.", field=["decision"])
    if fields["standing"] not in {"GOOD", "CONDITIONS"}:
        raise Invalid("What is validated is in standing GOOD or CONDITIONS.", field=["standing"])


def _validate(
    work: UnitOfWork,
    credential: Credential,
    fields: dict[str, Any],
    *,
    reason: str,
    note: str | None,
    verifier: str,
    by: tuple[str, ...],
    now: datetime,
) -> Credential:
    if credential.claims_person is not None and not work.directory.merge(
        credential.claims_person, credential.person_id
    ):
        raise Conflict("The directory profile that this claims is somebody else's already.")
    renewed = domain.proposed_fields(credential)
    decided = step(
        work, credential, "VALIDATE", actor=verifier, now=now, reason=reason, note=note, **_NOT_TAKEN, **NOT_PENDING,
        **fields, **renewed, checked_on=now.date(), next_review_on=next_review(credential, now.date()),
        requested_info=None, revalidation=True, proposed=None, desk_since=None, review_reason=None,
        previous_standing=None, decided_at=now, decided_by=by, appeal_until=None, appeal_statement=None,
    )  # fmt: skip
    work.decisions.record(credential.id, outcome=decisions.VALIDATED, reason=reason, by_two=len(by) > 1, at=now)
    work.evidence.end(credential.id, at=now + timedelta(days=EVIDENCE_DAYS))
    if credential.claims_person is not None:
        take_over(work.people, work.directory, credential.person_id)
        work.publish(credential.claims_person)
    follow_profile(work, credential.person_id, now=now)
    work.publish(credential.person_id)
    tell(work, credential, "credential-validated")
    return answer(work, decided)


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
        return _revoke(work, credential, verifier, reason, note, standing or "REVOKED", now)
    until = now + timedelta(days=domain.APPEAL_DAYS)
    decided = step(
        work, credential, "REJECT", actor=verifier, now=now, reason=reason, note=note, **_NOT_TAKEN,
        **({"standing": standing} if standing else {}), desk_since=None, review_reason=None, decided_at=now,
        decided_by=(verifier,), appeal_until=until, appeal_statement=None, proposed=None, requested_info=None,
    )  # fmt: skip
    release_claim(work, credential)
    work.decisions.record(credential.id, outcome=decisions.REJECTED, reason=reason, by_two=False, at=now)
    work.evidence.end(credential.id, at=until)  # an appeal needs it
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
        review_reason=None, requested_info=None, **_NOT_TAKEN,
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
        desk_since=None, **_NOT_TAKEN,
    )  # fmt: skip
    work.evidence.end(credential.id, at=now + timedelta(days=UNANSWERED_DAYS))
    tell(work, credential, "info-requested", note=note)
    return answer(work, asked)


def _refuse_repeated(theirs: Sequence[Credential], verifier: str, now: datetime) -> None:
    """Refuse to take a person's credentials their effect from whose decision to do so did not stand a short time ago.

    Else one verifier alone would suspend somebody for as long as they like, one credential after the other, and go on after a
    second one has disagreed. It counts for all of the person's credentials, also those that they have withdrawn since.

    Args:
        theirs: all of the person's credentials.

    Raises:
        SecondPersonRequired: it is so.
    """
    since = now - timedelta(days=domain.REPEAT_DAYS)
    for one in theirs:
        ended = False
        for event in one.history:
            if event.from_status == domain.VALIDATED and event.to_status == domain.REQ_REVALID:
                ended = event.actor == verifier and event.at > since
            elif event.to_status == domain.VALIDATED and ended:
                raise SecondPersonRequired(
                    f"You suspended or revoked a credential of this person less than {domain.REPEAT_DAYS} days ago, and it did "
                    "not stand; another verifier must do it."
                )


def _suspension_holds(theirs: Sequence[Credential], verifier: str, now: datetime) -> timedelta:
    """How long a suspension by one verifier holds: as long as their first one of this person that waits for a second verifier.

    Else they would suspend a person's credentials in turn, each before the last one lapses.

    Raises:
        SecondPersonRequired: that one has lapsed.
    """
    ends = [now + timedelta(hours=domain.SUSPENSION_HOURS)] + [
        one.pending_expires_at
        for one in theirs
        if one.pending_decision == "SUSPEND" and one.pending_by == verifier and one.pending_expires_at is not None
    ]
    if min(ends) <= now:
        raise SecondPersonRequired(
            "Your suspension of another credential of this person has lapsed; another verifier must do it."
        )
    return min(ends) - now


def suspend_credential(
    work: UnitOfWork,
    *,
    credential_id: str,
    verifier: str,
    reason: str,
    note: str | None,
    now: datetime,
    expected_version: int | None = None,
) -> Credential:
    """Make a validated credential count no longer, at once; without a second verifier this lapses after 72 hours.

    Raises:
        Forbidden: it is the verifier's own, or outside their jurisdictions.
        SecondPersonRequired: their last suspension or revocation of a credential of this person did not stand.
        Invalid: the reason does not fit.
        Conflict: it is not validated, or another holds the lease, or the verifier was never shown it.
        VersionConflict: it changed since `expected_version`, or since the verifier was last shown it.
    """
    credential = _case(work, credential_id, verifier, now=now, expected_version=expected_version)
    _refuse_leased(credential, verifier, now)
    note = _note(note)
    domain.check_reason("SUSPEND", reason, note)
    _refuse_unseen(work, credential, verifier, expected_version)
    if credential.status != domain.VALIDATED:
        refuse_pending(credential)
    theirs = work.credentials.of_person(credential.person_id)
    _refuse_repeated(theirs, verifier, now)
    until = now + timedelta(days=domain.APPEAL_DAYS)
    holds = _suspension_holds(theirs, verifier, now)
    suspended = step(
        work, credential, "SUSPEND", actor=verifier, now=now, reason=reason, note=note, standing="SUSPENDED",
        previous_standing=credential.standing, revalidation=True, **_NOT_TAKEN, desk_since=now,
        review_reason="SUSPENDED", appeal_until=until, appeal_statement=None, decided_by=(verifier,), decided_at=now,
        pending_fields={"reason": reason, "note": note, "before": _before(credential)},
        **_pending("SUSPEND", verifier, now, holds),
    )  # fmt: skip
    work.decisions.record(credential.id, outcome=decisions.SUSPENDED, reason=reason, by_two=False, at=now)
    work.publish(credential.person_id)
    review_others(work, credential, now=now)
    tell(work, credential, "credential-suspended", reason=reason, note=note or "", appeal=until.date())
    return answer(work, suspended)


def revoke_credential(
    work: UnitOfWork,
    *,
    credential_id: str,
    verifier: str,
    reason: str,
    effective_on: date | None,
    note: str | None,
    now: datetime,
    expected_version: int | None = None,
) -> Credential:
    """Revoke a validated or suspended credential: it is REQ_REVALID at once, and a second verifier makes it final.

    Raises:
        Forbidden: it is the verifier's own, or outside their jurisdictions.
        SecondPersonRequired: their last suspension or revocation of a credential of this person did not stand.
        Invalid: it would take effect in the future, or the reason does not fit.
        Conflict: it is neither validated nor suspended, or another holds the lease, or the verifier was never shown it.
        VersionConflict: it changed since `expected_version`, or since the verifier was last shown it.
    """
    credential = _case(work, credential_id, verifier, now=now, expected_version=expected_version)
    _refuse_leased(credential, verifier, now)
    if credential.pending_decision not in {None, "SUSPEND", "VALIDATE"}:
        refuse_pending(credential)
    if effective_on is not None and effective_on > now.date():
        raise Invalid("A revocation takes effect at once; its date cannot lie in the future.", field=["effectiveOn"])
    text = _note(note)
    domain.check_reason("REVOKE", reason, text)
    _refuse_unseen(work, credential, verifier, expected_version)
    if effective_on is not None:
        text = f"Effective on {effective_on.isoformat()}. {text or ''}".strip()
    return _revoke(work, credential, verifier, reason, text, "REVOKED", now)


def _revoke(
    work: UnitOfWork, credential: Credential, verifier: str, reason: str, note: str | None, standing: str, now: datetime
) -> Credential:
    _refuse_repeated(work.credentials.of_person(credential.person_id), verifier, now)
    until, holds = now + timedelta(days=domain.APPEAL_DAYS), timedelta(days=domain.PENDING_DAYS)
    counted = credential.status == domain.VALIDATED
    revoked = step(
        work, credential, "REVOKE", actor=verifier, now=now, reason=reason, note=note, standing=standing,
        previous_standing=credential.previous_standing or credential.standing, revalidation=True, **_NOT_TAKEN,
        desk_since=now, review_reason="REVOKED", appeal_until=until, appeal_statement=None, decided_at=now,
        # Who decided that it does not count decides no appeal either, where that stands again.
        decided_by=(verifier,) if counted else tuple(dict.fromkeys((*credential.decided_by, verifier))),
        pending_fields={"reason": reason, "note": note, "before": _before(credential)},
        **_pending("REVOKE", verifier, now, holds),
    )  # fmt: skip
    work.decisions.record(credential.id, outcome=decisions.REVOKED, reason=reason, by_two=False, at=now)
    work.publish(credential.person_id)
    review_others(work, credential, now=now)
    tell(work, credential, "credential-revoked", reason=reason, note=note or "", appeal=until.date())
    return answer(work, revoked)


def confirm_decision(
    work: UnitOfWork,
    *,
    credential_id: str,
    verifier: str,
    agree: bool,
    now: datetime,
    expected_version: int | None = None,
) -> Credential:
    """Answer, as the second verifier, a suspension, a revocation, or a validation against a failed check.

    Raises:
        SecondPersonRequired: the verifier made the decision that waits, or would agree to one by a verifier to whom they are no
            second pair of eyes.
        Forbidden: it is the verifier's own case, or outside their jurisdictions.
        Conflict: nothing waits, or the verifier has not read it.
        VersionConflict: it is not the case any more that the verifier has read.
        Invalid: they would agree to a validation by documents that they have not opened, or that has expired meanwhile.
    """
    credential = _case(work, credential_id, verifier, now=now, field="credential", expected_version=expected_version)
    pending = credential.pending_decision
    if pending is None:
        raise Conflict("No decision waits for a second verifier here.", current_version=credential.version)
    if credential.pending_by == verifier:
        raise SecondPersonRequired("You made this decision; another verifier must agree.")
    if agree:
        if credential.pending_by is None:
            raise SecondPersonRequired(
                "Who made this decision was erased: disagree, and let two verifiers decide it anew."
            )
        _require_second_pair(work, credential.pending_by, verifier, at=credential.pending_at, now=now)
    by = (credential.pending_by or verifier, verifier)
    _refuse_unseen(work, credential, verifier, expected_version)
    given = credential.pending_fields or {}
    if pending == "VALIDATE":
        if agree:
            fields = {name: given.get(name) for name in ("standing", "method", "source_url", "source_as_of")}
            fields["source_as_of"] = date.fromisoformat(fields["source_as_of"]) if fields["source_as_of"] else None
            _check_validation(work, credential, fields, now.date())
            if fields["method"] == "DOCUMENT":
                _check_opened(work, credential, verifier)
            if _fails_anew(work, credential, now):
                raise Conflict(
                    "An automatic check fails now that did not when this was decided: disagree, and let it be decided anew.",
                    current_version=credential.version,
                )
            return _validate(
                work, credential, fields, reason=given["reason"], note=given["note"], verifier=verifier, by=by, now=now
            )
        back = step(work, credential, "RELEASE", actor=verifier, now=now, reason="OTHER",
                    note="The second verifier disagrees.", **_NOT_TAKEN, **NOT_PENDING)  # fmt: skip
        return answer(work, back)
    if not agree:
        return answer(work, restore(work, credential, actor=verifier, now=now))
    act = "CONFIRM" if pending == "REVOKE" else "UPHOLD"
    reason = given.get("reason") or "OTHER"
    until = now + timedelta(days=domain.APPEAL_DAYS)
    confirmed = step(
        work, credential, act, actor=verifier, now=now, reason=reason, **NOT_PENDING, desk_since=None,
        review_reason=None, decided_by=by, decided_at=now,
        appeal_until=credential.appeal_until if credential.appeal_statement else until,
    )  # fmt: skip
    outcome = decisions.REVOCATION_CONFIRMED if pending == "REVOKE" else decisions.SUSPENSION_UPHELD
    work.decisions.record(credential.id, outcome=outcome, reason=reason, by_two=True, at=now)
    work.evidence.end_open(credential.id, at=until)
    if pending == "REVOKE":
        release_claim(work, credential)
        work.evidence.end(credential.id, at=confirmed.appeal_until or now + timedelta(days=EVIDENCE_DAYS))
        tell(work, credential, "revocation-confirmed", reason=reason, appeal=until.date())
    work.publish(credential.person_id)
    return answer(work, confirmed)


def _before(credential: Credential) -> dict[str, Any]:
    """What a suspension or a revocation that does not last puts back; one over another puts back what was before both."""
    if credential.pending_decision in {"SUSPEND", "REVOKE"}:
        return dict((credential.pending_fields or {}).get("before") or {})
    return {
        "status": credential.status, "standing": credential.standing, "review_reason": credential.review_reason,
        "on_desk": credential.desk_since is not None,
    }  # fmt: skip


def _contradicted(work: UnitOfWork, credential: Credential, now: datetime) -> tuple[str, str] | None:
    """Why a credential cannot count again by itself, and its standing then: registers and names have gone on meanwhile.

    What failed before is not looked at: two verifiers have agreed to that.
    """
    (known,) = work.credentials.with_checks([credential])
    new = _failed(check(work, credential, now=now).checks) - _failed(known.checks)
    if "SANCTIONS" in new:
        return "SANCTIONED", credential.previous_standing or "UNKNOWN"
    if new & {"REGISTER_MATCH", "NAME_MATCH"}:
        entry = work.registers.look_up(credential.authority or "", credential.number or "")[1]
        return "REGISTER_CHANGED", entry.standing if entry else "UNKNOWN"
    return ("NAME_MISMATCH", "UNKNOWN") if names_another(work, credential) else None


def restore(work: UnitOfWork, credential: Credential, *, actor: str, now: datetime) -> Credential:
    """Put a suspended or revoked credential back as it was.

    What did not count before does not count afterwards either. What has expired meanwhile, or what a register, a list of
    sanctions or the name in another credential of the person contradicts by now, stays on the desk.
    """
    before = (credential.pending_fields or {}).get("before") or {}
    if before.get("status", domain.VALIDATED) != domain.VALIDATED:
        back = step(
            work, credential, "UPHOLD", actor=actor, now=now, reason="OTHER", note="The second verifier disagrees.",
            **NOT_PENDING, standing=before["standing"], review_reason=before["review_reason"],
            desk_since=credential.desk_since if before["on_desk"] else None,
        )  # fmt: skip
        work.publish(credential.person_id)
        return back
    if credential.expires_on is not None and credential.expires_on < now.date():
        return step(work, credential, "UPHOLD", actor=actor, now=now, reason="EXPIRED", standing="LAPSED",
                    **NOT_PENDING, review_reason="EXPIRED", appeal_until=None)  # fmt: skip
    if contradiction := _contradicted(work, credential, now):
        reason, standing = contradiction
        return step(work, credential, "UPHOLD", actor=actor, now=now, reason=reason, standing=standing, **NOT_PENDING,
                    review_reason="PROFILE_CHANGED" if reason == "NAME_MISMATCH" else reason, appeal_until=None)  # fmt: skip
    # What its owner would change goes on waiting for a verifier, and so does what others have found out.
    proposed = credential.proposed or {}
    own_reason = ("PROFILE_CHANGED" if "holder" in proposed else "RENEWAL") if proposed else None
    waits = before.get("review_reason") if before.get("on_desk") else None
    waits = own_reason if waits in {None, *domain.PROPOSALS} else waits
    restored = step(
        work, credential, "RESTORE", actor=actor, now=now, **NOT_PENDING, desk_since=now if waits else None,
        review_reason=waits,
        standing=credential.previous_standing or "GOOD", previous_standing=None, appeal_until=None,
        appeal_statement=None,
    )  # fmt: skip
    if not waits:
        work.evidence.end_open(credential.id, at=now + timedelta(days=EVIDENCE_DAYS))
    work.decisions.record(credential.id, outcome=decisions.RESTORED, reason=None, by_two=False, at=now)
    follow_profile(work, credential.person_id, now=now)
    work.publish(credential.person_id)
    tell(work, credential, "credential-restored")
    return restored
