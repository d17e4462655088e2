"""Whom a case names: open cases follow the profile, and what is verified changes only when a verifier agrees."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from kit.errors import Conflict
from profiles.checks.usecases import check
from profiles.credentials import domain
from profiles.credentials.casework import EVIDENCE_DAYS, Casework
from profiles.credentials.domain import Credential
from profiles.people.domain import Holder, shown_holder

REVIEW = "PROFILE_CHANGED"


def never_valid(credential: Credential) -> bool:
    """Whether nobody has validated a credential yet, so that nothing is shown because of it."""
    return not credential.revalidation and credential.status != domain.VALIDATED


def check_free(credentials: Sequence[Credential], *, now: datetime) -> None:
    """Refuse that a person becomes somebody else while a verifier looks at them.

    Raises:
        Conflict: a verifier works on one of the cases, or a decision waits for a second one.
    """
    for credential in credentials:
        if credential.pending_decision is not None:
            raise Conflict(
                "A decision about one of your credentials waits for a second verifier; change this afterwards."
            )
        if domain.leased_to_other(credential, credential.person_id, now):
            raise Conflict("A verifier is working on one of your credentials; change this afterwards.")


def follow_profile(work: Casework, person_id: str, *, now: datetime) -> None:
    """Let open cases name the person as the profile does now, and put what verifiers have not agreed to on the desk.

    A case that nobody has validated changes and is checked again; who has read it before is told by its version. Where
    something is validated, others go on seeing what was verified: the change is proposed with one credential, a licence
    where there is one, because a register says all of it. Changing the profile back takes the proposal away.
    """
    person = work.checks.people.get(person_id)
    if person is None:
        return
    declared = Holder.declared_by(person)
    cases = [c for c in work.credentials.lock_open(person_id) if c.pending_decision is None]
    for case in cases:
        if never_valid(case) and case.holder != declared:
            changed = work.credentials.change(case, holder=declared)
            check(work.checks, domain.with_proposed(changed), now=now)
            work.audit.note("credential.update", actor=person_id, object=f"credential:{case.id}", reason=REVIEW)
    differs = shown_holder(person, work.checks.people.standing(person_id).credentials) != declared
    validated = sorted(
        (c for c in cases if c.status == domain.VALIDATED),
        key=lambda c: ({"LICENCE": 0, "IDENTITY": 1}.get(c.kind, 2), c.submitted_at, c.id),
    )
    carrier = next((c for c in validated if "holder" in (c.proposed or {})), None) or next(iter(validated), None)
    if carrier is None:
        return
    proposed = domain.proposed_fields(carrier)
    if differs and proposed.get("holder") != declared:
        changed = work.credentials.change(
            carrier, proposed=proposed | {"holder": declared}, desk_since=carrier.desk_since or now,
            review_reason=carrier.review_reason if carrier.desk_since else REVIEW, requested_info=None,
        )  # fmt: skip
        check(work.checks, domain.with_proposed(changed), now=now)
        work.audit.note("credential.review", actor=person_id, object=f"credential:{carrier.id}", reason=REVIEW)
    elif not differs and proposed.pop("holder", None) is not None:
        alone = not proposed and carrier.review_reason == REVIEW
        if alone:
            work.evidence.end_open(carrier.id, at=now + timedelta(days=EVIDENCE_DAYS))
        work.credentials.change(
            carrier, proposed=proposed or None, **({"desk_since": None, "review_reason": None} if alone else {})
        )


def named_now(work: Casework, credential: Credential) -> dict[str, Any]:
    """What is proposed with a credential that was validated before, when a verifier takes it: also its holder's present name.

    Else a verifier would validate again under a name that the person has given up, which others would see then.

    Returns:
        the fields to change; none where the credential names the person as the profile does.
    """
    person = work.checks.people.get(credential.person_id)
    if person is None or never_valid(credential):
        return {}
    declared = Holder.declared_by(person)
    if domain.with_proposed(credential).holder == declared:
        return {}
    return {"proposed": domain.proposed_fields(credential) | {"holder": declared}}


def restore_profile(work: Casework, person_id: str) -> None:
    """Let the profile say again what others see, because a verifier has declined what it says.

    Only what was proposed goes: everything else on the profile stays.
    """
    people = work.checks.people
    person = people.get(person_id)
    if person is None:
        return
    shown = shown_holder(person, people.standing(person_id).credentials)
    kept = [item for item in person.specialties if item["code"] in shown.specialties]
    if kept and not any(item["primary"] for item in kept):
        kept = [item | {"primary": place == 0} for place, item in enumerate(kept)]
    people.change(person_id, {"name": shown.name, "profession": shown.profession, "specialties": kept})
