"""What every act of a verifier begins with: the case, if they may work on it, and what they have read of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from kit.errors import Conflict, Forbidden, SecondPersonRequired, VersionConflict
from kit.texts import check_text
from profiles.checks.usecases import check
from profiles.credentials import domain
from profiles.credentials.access import may_work_in
from profiles.credentials.casework import (
    answer,
    locked,
    review_others,
    step,
    tell,
)
from profiles.credentials.domain import Check, Credential
from profiles.credentials.usecases import MAX_NOTE_LENGTH
from profiles.decisions import domain as decisions
from profiles.roles.domain import ALONE_DAYS, VERIFIER
from profiles.roles.usecases import second_pair
from profiles.unit_of_work import UnitOfWork

NO_VERIFIER = "You are no verifier any more."  # whose token may be a moment older than that


NOT_TAKEN: dict[str, Any] = {"taken_by": None, "lease_until": None}


def case_for(
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
            require_second_pair(work, first, verifier, at=credential.decided_at, now=now)
    return credential


def require_second_pair(work: UnitOfWork, first: str, second: str, *, at: datetime | None, now: datetime) -> None:
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


def checked_note(text: str | None) -> str | None:
    """Check a verifier's note; None where it is empty."""
    return check_text(text or "", field="note", longest=MAX_NOTE_LENGTH, of_professional=True) or None


def refuse_leased(credential: Credential, verifier: str, now: datetime) -> None:
    """Refuse to work on a case that another verifier holds.

    Raises:
        Conflict: one does.
    """
    if domain.leased_to_other(credential, verifier, now):
        raise Conflict("Another verifier is working on this case.", current_version=credential.version)


def refuse_unseen(work: UnitOfWork, credential: Credential, verifier: str, expected_version: int | None) -> None:
    """Refuse to confirm, suspend or revoke what was not on the verifier's screen.

    A verifier who says which version they have read is bound to that one (`case_for`), and one who does not is bound to the last
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


def checked(work: UnitOfWork, credential: Credential, now: datetime) -> Credential:
    """The credential with checks of what it would say, by what the registers and other people's cases say now."""
    return replace(credential, checks=check(work, domain.with_proposed(credential), now=now).checks)


def fails_anew(work: UnitOfWork, credential: Credential, now: datetime) -> bool:
    """Whether a check fails now that did not when the case was read: others' cases and registers go on changing."""

    return not failed_checks(checked(work, credential, now).checks) <= failed_checks(credential.checks)


def failed_checks(checks: Sequence[Check]) -> set[str]:
    """Name the checks that failed."""
    return {one.name for one in checks if one.outcome == "FAIL"}


def pending_until(decision: str, verifier: str, now: datetime, holds: timedelta) -> dict[str, Any]:
    """Make the fields of a decision that waits for a second verifier, for as long as `holds` says."""
    return {
        "pending_decision": decision, "pending_by": verifier, "pending_at": now, "pending_expires_at": now + holds
    }  # fmt: skip


def state_before(credential: Credential) -> dict[str, Any]:
    """What a suspension or a revocation that does not last puts back; one over another puts back what was before both."""
    if credential.pending_decision in {"SUSPEND", "REVOKE"}:
        return dict((credential.pending_fields or {}).get("before") or {})
    return {
        "status": credential.status, "standing": credential.standing, "review_reason": credential.review_reason,
        "on_desk": credential.desk_since is not None,
    }  # fmt: skip


def refuse_repeated(theirs: Sequence[Credential], verifier: str, now: datetime) -> None:
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


def revoke(
    work: UnitOfWork, credential: Credential, verifier: str, reason: str, note: str | None, standing: str, now: datetime
) -> Credential:
    """Let a credential count no longer; a second verifier makes it final.

    Raises:
        SecondPersonRequired: the verifier\'s last suspension or revocation of a credential of this person did not stand.
    """
    refuse_repeated(work.credentials.of_person(credential.person_id), verifier, now)
    until, holds = now + timedelta(days=domain.APPEAL_DAYS), timedelta(days=domain.PENDING_DAYS)
    counted = credential.status == domain.VALIDATED
    revoked = step(
        work, credential, "REVOKE", actor=verifier, now=now, reason=reason, note=note, standing=standing,
        previous_standing=credential.previous_standing or credential.standing, revalidation=True, **NOT_TAKEN,
        desk_since=now, review_reason="REVOKED", appeal_until=until, appeal_statement=None, decided_at=now,
        # Who decided that it does not count decides no appeal either, where that stands again.
        decided_by=(verifier,) if counted else tuple(dict.fromkeys((*credential.decided_by, verifier))),
        pending_fields={"reason": reason, "note": note, "before": state_before(credential)},
        **pending_until("REVOKE", verifier, now, holds),
    )  # fmt: skip
    work.decisions.record(credential.id, outcome=decisions.REVOKED, reason=reason, by_two=False, at=now)
    work.evidence.keep(credential.id, since=None)  # the second verifier looks at it, and an appeal needs it
    work.publish(credential.person_id)
    review_others(work, credential, now=now)
    tell(work, credential, "credential-revoked", reason=reason, note=note or "", appeal=until.date())
    return answer(work, revoked)
