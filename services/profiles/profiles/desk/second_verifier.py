"""Agreeing or disagreeing as the second verifier, and what a disagreement puts back."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from kit.errors import Conflict, SecondPersonRequired
from profiles.checks.usecases import check
from profiles.credentials import domain
from profiles.credentials.casework import (
    EVIDENCE_DAYS,
    NOT_PENDING,
    answer,
    evidence_end,
    release_claim,
    step,
    tell,
)
from profiles.credentials.domain import Credential
from profiles.credentials.holders import follow_profile, names_another
from profiles.decisions import domain as decisions
from profiles.desk.cases import (
    NOT_TAKEN,
    case_for,
    failed_checks,
    fails_anew,
    refuse_unseen,
    require_second_pair,
)
from profiles.desk.validating import check_opened, check_validation, validate
from profiles.unit_of_work import UnitOfWork


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
    credential = case_for(work, credential_id, verifier, now=now, field="credential", expected_version=expected_version)
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
        require_second_pair(work, credential.pending_by, verifier, at=credential.pending_at, now=now)
    by = (credential.pending_by or verifier, verifier)
    refuse_unseen(work, credential, verifier, expected_version)
    given = credential.pending_fields or {}
    if pending == "VALIDATE":
        if agree:
            fields = {name: given.get(name) for name in ("standing", "method", "source_url", "source_as_of")}
            fields["source_as_of"] = date.fromisoformat(fields["source_as_of"]) if fields["source_as_of"] else None
            fields["proves_identity"] = bool(given.get("proves_identity"))
            check_validation(work, credential, fields, now.date())
            if fields["method"] == "DOCUMENT":
                check_opened(work, credential, verifier)
            if fails_anew(work, credential, now):
                raise Conflict(
                    "An automatic check fails now that did not when this was decided: disagree, and let it be decided anew.",
                    current_version=credential.version,
                )
            return validate(
                work, credential, fields, reason=given["reason"], note=given["note"], verifier=verifier, by=by, now=now
            )
        back = step(work, credential, "RELEASE", actor=verifier, now=now, reason="OTHER",
                    note="The second verifier disagrees.", **NOT_TAKEN, **NOT_PENDING)  # fmt: skip
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
    work.evidence.end(credential.id, at=evidence_end(confirmed, now))
    if pending == "REVOKE":
        release_claim(work, credential)
        tell(work, credential, "revocation-confirmed", reason=reason, appeal=until.date())
    work.publish(credential.person_id)
    return answer(work, confirmed)


def _contradicted(work: UnitOfWork, credential: Credential, now: datetime) -> tuple[str, str] | None:
    """Why a credential cannot count again by itself, and its standing then: registers and names have gone on meanwhile.

    What failed before is not looked at: two verifiers have agreed to that.
    """
    (known,) = work.credentials.with_checks([credential])
    new = failed_checks(check(work, credential, now=now).checks) - failed_checks(known.checks)
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
