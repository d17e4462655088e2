"""Whom a case names: open cases follow the profile, and what is verified changes only when a verifier agrees."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from kit.errors import Conflict
from profiles.checks.usecases import check
from profiles.credentials import domain
from profiles.credentials.casework import EVIDENCE_DAYS
from profiles.credentials.domain import Credential
from profiles.credentials.kinds import kind_of
from profiles.people.domain import Holder, Person, ValidCredential, shown_holder, verified_name
from profiles.unit_of_work import UnitOfWork

REVIEW = "PROFILE_CHANGED"


def named_in(
    kind: str, person: Person, credentials: Sequence[ValidCredential], *, claimed: Person | None = None
) -> Holder:
    """Whom a case of a kind names now: under the verified name, where there is one, and else as the profile says.

    Else one verifier would validate the identity of one person and another one the licence of somebody else, each under the
    name that the profile had then, and together they would say what nobody has seen. A new name is decided in one place, beside
    the old one: with a credential that is validated already (`follow_profile`).

    Args:
        credentials: the person's validated ones.
        claimed: the directory profile that the case claims; it completes what the person has not said.
    """
    name = verified_name(credentials) or person.name
    if kind_of(kind).has_other_name:
        return Holder(name, None)
    declared = Holder.declared_by(person)
    theirs = Holder.declared_by(claimed) if claimed else declared
    return Holder(name, declared.profession or theirs.profession, declared.specialties or theirs.specialties)


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


def _claimed(work: UnitOfWork, case: Credential) -> Person | None:
    """Return the directory profile that a case claims."""
    return work.people.get(case.claims_person) if case.claims_person else None


def follow_profile(work: UnitOfWork, person_id: str, *, now: datetime) -> None:
    """Let open cases name the person as the profile does now, and put what verifiers have not agreed to on the desk.

    A case that nobody has validated changes and is checked again; who has read it before is told by its version. Where
    something is validated, others go on seeing what was verified: the change is proposed with one credential, a licence
    where there is one, because a register says all of it. Changing the profile back takes the proposal away. Until a verifier
    agrees, all other cases go on naming the person as they were verified, and other names follow the verified name in the same
    way.
    """
    person = work.people.get(person_id)
    if person is None:
        return
    credentials = work.people.standing(person_id).credentials
    declared, verified = Holder.declared_by(person), verified_name(credentials)
    cases = [c for c in work.credentials.lock_open(person_id) if c.pending_decision is None]
    for case in cases:
        named = named_in(case.kind, person, credentials, claimed=_claimed(work, case))
        if never_valid(case) and case.holder != named:
            changed = work.credentials.change(case, holder=named)
            check(work, domain.with_proposed(changed), now=now)
            work.audit.note("credential.update", actor=person_id, object=f"credential:{case.id}", reason=REVIEW)
    validated = [case for case in cases if case.status == domain.VALIDATED]
    for case in validated:
        if kind_of(case.kind).has_other_name and verified is not None:
            _propose(work, case, Holder(verified, None), differs=case.holder != Holder(verified, None), now=now)
    ranked = [(rank, case) for case in validated if (rank := kind_of(case.kind).naming_rank) is not None]
    ranked.sort(key=lambda one: (one[0], one[1].submitted_at, one[1].id))
    naming = [case for _, case in ranked]
    carrier = next((c for c in naming if "holder" in (c.proposed or {})), None) or next(iter(naming), None)
    if carrier is not None:
        _propose(work, carrier, declared, differs=shown_holder(person, credentials) != declared, now=now)


def _propose(work: UnitOfWork, case: Credential, holder: Holder, *, differs: bool, now: datetime) -> None:
    """Put a validated credential on the desk with whom it is to name; take that away again where nothing differs any more."""
    proposed = domain.proposed_fields(case)
    if differs and proposed.get("holder") != holder:
        changed = work.credentials.change(
            case, proposed=proposed | {"holder": holder}, desk_since=case.desk_since or now,
            review_reason=case.review_reason or REVIEW, requested_info=None,
        )  # fmt: skip
        check(work, domain.with_proposed(changed), now=now)
        work.audit.note("credential.review", actor=case.person_id, object=f"credential:{case.id}", reason=REVIEW)
    elif not differs and proposed.pop("holder", None) is not None:
        alone = not proposed and case.review_reason == REVIEW
        if alone:
            work.evidence.end_open(case.id, at=now + timedelta(days=EVIDENCE_DAYS))
        work.credentials.change(
            case, proposed=proposed or None, **({"desk_since": None, "review_reason": None} if alone else {})
        )


def named_now(work: UnitOfWork, credential: Credential) -> dict[str, Any]:
    """What is proposed with a credential that was validated before, when a verifier takes it: also its holder's present name.

    Else a verifier would validate again under a name that the person has given up, which others would see then. What nobody has
    validated yet names the person as open cases do, also where it had ended and came back by an appeal.

    Returns:
        the fields to change; none where the credential names the person as it should.
    """
    person = work.people.get(credential.person_id)
    if person is None:
        return {}
    if credential.status == domain.VALIDATED and not kind_of(credential.kind).has_other_name:
        # The old and the new name are side by side here, so that a verifier can agree to the new one.
        named = Holder.declared_by(person)
    else:
        named = named_in(
            credential.kind,
            person,
            work.people.standing(person.id).credentials,
            claimed=_claimed(work, credential),
        )
    if domain.with_proposed(credential).holder == named:
        return {}
    if never_valid(credential):
        return {"holder": named}
    return {"proposed": domain.proposed_fields(credential) | {"holder": named}}


def check_named(work: UnitOfWork, credential: Credential) -> None:
    """Refuse to validate what names somebody else than the person's other validated credentials.

    A credential that is validated already may name the person anew: its verifier sees the old name beside the new one.

    Raises:
        Conflict: nothing says who the person is, beside whose name another one is to be shown; or something else does than what
            the verifier has read.
    """
    kind = kind_of(credential.kind)
    verified = verified_name(work.people.standing(credential.person_id).credentials)
    if verified is None and kind.has_other_name:
        raise Conflict(
            "Nothing says yet who this person is: first validate an identity or a licence, beside whose name this one is shown.",
            current_version=credential.version,
        )
    if credential.status == domain.VALIDATED and not kind.has_other_name:
        return
    if names_another(work, domain.with_proposed(credential)):
        raise Conflict(
            "Another name of this person is verified now than the case says; read it and take it again.",
            current_version=credential.version,
        )


def names_another(work: UnitOfWork, credential: Credential) -> bool:
    """Whether a credential names the person otherwise than those of their credentials that count and say who they are."""
    kind = kind_of(credential.kind)
    if kind.naming_rank is None and not kind.has_other_name:
        return False
    verified = verified_name(work.people.standing(credential.person_id).credentials)
    if verified is None or credential.holder is None:
        return verified is not None and kind.has_other_name
    return credential.holder.name != verified


def restore_profile(work: UnitOfWork, person_id: str) -> None:
    """Let the profile say again what others see, because a verifier has declined what it says.

    Only what was proposed goes: everything else on the profile stays.
    """
    people = work.people
    person = people.get(person_id)
    if person is None:
        return
    shown = shown_holder(person, people.standing(person_id).credentials)
    kept = [item for item in person.specialties if item["code"] in shown.specialties]
    if kept and not any(item["primary"] for item in kept):
        kept = [item | {"primary": place == 0} for place, item in enumerate(kept)]
    people.change(person_id, {"name": shown.name, "profession": shown.profession, "specialties": kept})
