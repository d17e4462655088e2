"""Suspending and revoking credentials."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from kit.errors import Invalid, SecondPersonRequired
from profiles.credentials import domain
from profiles.credentials.casework import (
    answer,
    refuse_pending,
    review_others,
    step,
    tell,
)
from profiles.credentials.domain import Credential
from profiles.decisions import domain as decisions
from profiles.desk.cases import (
    NOT_TAKEN,
    case_for,
    checked_note,
    pending_until,
    refuse_leased,
    refuse_repeated,
    refuse_unseen,
    revoke,
    state_before,
)
from profiles.unit_of_work import UnitOfWork


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
    credential = case_for(work, credential_id, verifier, now=now, expected_version=expected_version)
    refuse_leased(credential, verifier, now)
    note = checked_note(note)
    domain.check_reason("SUSPEND", reason, note)
    refuse_unseen(work, credential, verifier, expected_version)
    if credential.status != domain.VALIDATED:
        refuse_pending(credential)
    theirs = work.credentials.of_person(credential.person_id)
    refuse_repeated(theirs, verifier, now)
    until = now + timedelta(days=domain.APPEAL_DAYS)
    holds = _suspension_holds(theirs, verifier, now)
    suspended = step(
        work, credential, "SUSPEND", actor=verifier, now=now, reason=reason, note=note, standing="SUSPENDED",
        previous_standing=credential.standing, revalidation=True, **NOT_TAKEN, desk_since=now,
        review_reason="SUSPENDED", appeal_until=until, appeal_statement=None, decided_by=(verifier,), decided_at=now,
        pending_fields={"reason": reason, "note": note, "before": state_before(credential)},
        **pending_until("SUSPEND", verifier, now, holds),
    )  # fmt: skip
    work.decisions.record(credential.id, outcome=decisions.SUSPENDED, reason=reason, by_two=False, at=now)
    work.evidence.keep(credential.id, since=None)  # the second verifier looks at it, and an appeal needs it
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
    credential = case_for(work, credential_id, verifier, now=now, expected_version=expected_version)
    refuse_leased(credential, verifier, now)
    if credential.pending_decision not in {None, "SUSPEND", "VALIDATE"}:
        refuse_pending(credential)
    if effective_on is not None and effective_on > now.date():
        raise Invalid("A revocation takes effect at once; its date cannot lie in the future.", field=["effectiveOn"])
    text = checked_note(note)
    domain.check_reason("REVOKE", reason, text)
    refuse_unseen(work, credential, verifier, expected_version)
    if effective_on is not None:
        text = f"Effective on {effective_on.isoformat()}. {text or ''}".strip()
    return revoke(work, credential, verifier, reason, text, "REVOKED", now)
