"""What people do with their own credentials: submit, change, withdraw, appeal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from catalogues import authorities, regions, specialties
from kit.checks import checks, errors_at
from kit.clock import new_id
from kit.errors import Conflict, Expired, Invalid, LimitReached, NotFound
from kit.sentences import Sentence
from kit.texts import check_text, fold
from profiles.checks.usecases import check, follow_conflicts
from profiles.credentials import domain
from profiles.credentials.casework import answer, locked, refuse_pending, release_claim, step
from profiles.credentials.domain import Credential, Event
from profiles.credentials.holders import follow_profile, named_in, never_valid
from profiles.credentials.kinds import KINDS, NAME, kind_of
from profiles.credentials.numbers import RegisterNumber
from profiles.credentials.origin import check_profession, check_source, checked_number, checked_other_authority
from profiles.credentials.store import CredentialStore
from profiles.people.domain import MAX_OTHER_NAMES, Holder, OtherName
from profiles.people.names import check_name
from profiles.unit_of_work import UnitOfWork

MAX_OPEN_CREDENTIALS = 30
MAX_NOTE_LENGTH = 2000
OWN_NUMBER_DIGITS = 4  # fewer say nothing about whose number it is


def submit_credential(
    work: UnitOfWork,
    *,
    person_id: str,
    kind: str,
    authority: str | None,
    institution: str | None,
    number: str | None,
    jurisdiction: str,
    specialty: str | None,
    issued_on: date | None,
    expires_on: date | None,
    now: datetime,
    claims_person: str | None = None,
    other_name: dict[str, Any] | None = None,
    other_authority: Mapping[str, str | None] | None = None,
) -> Credential:
    """Put a credential before the verifiers; it is ATTESTED and counts for nothing yet.

    Args:
        other_name: {text, use}; of a NAME, and of no other kind.
        other_authority: {name, url} of an authority that the catalogue does not have.

    Raises:
        Invalid: unknown authority, place or specialty, an authority that does not give this there or to this profession, a
            specialty of a kind that proves none, malformed number, expiry before issue, or another name that is missing,
            malformed or of another kind.
        LimitReached: the person has too many open ones, or too many names.
        Conflict: the same number or name is on file already.
    """
    place = jurisdiction.upper()
    known = regions.region(place)
    is_place = known is not None and known.kind in {regions.COUNTRY, regions.SUBDIVISION}
    work.credentials.lock_owner(person_id)  # else two submissions at once would not see each other below
    holder = _holder(work, person_id, kind, claims_person)
    with checks() as every:
        with every:
            if not is_place:
                raise Invalid(
                    Sentence("{jurisdiction} is no country or part of one.", jurisdiction=repr(jurisdiction)),
                    field=["jurisdiction"],
                )
        with every:
            _check_specialty(kind, specialty)
        with every:
            _check_dates(issued_on, expires_on, now.date())
        with every:
            name = _checked_other_name(kind, other_name)
        with every:
            named = checked_other_authority(authority, other_authority)
        with every:
            check_source(kind, authority, institution)
            if institution is not None and work.institutions.get(institution) is None:
                raise Invalid(Sentence("No institution has this id; search `institutions`."), field=["institution"])
            checked = checked_number(kind, authority, number, place, holder.profession) if is_place else None
            check_profession(authority, holder.profession, place)
    _refuse_more(work, person_id, kind)
    credential = Credential(
        id=new_id(), person_id=person_id, kind=kind, authority=authority, institution_id=institution,
        number=checked.number if checked else None, number_typed=checked.typed if checked else None,
        specialty=specialty, jurisdiction=place, status=domain.ATTESTED, revalidation=False, standing="UNKNOWN",
        method=None, source_url=None, issued_on=issued_on, expires_on=expires_on, checked_on=None, submitted_at=now,
        requested_info=None, taken_by=None, lease_until=None, version=1, desk_since=now, claims_person=claims_person,
        holder=holder, other_name=name, other_authority=named,
    )  # fmt: skip
    _refuse_same(work, credential)
    _refuse_same_name(work, person_id, name)
    work.credentials.add(credential)
    work.credentials.add_event(credential.id, Event(now, person_id, None, domain.ATTESTED, None, None))
    work.audit.note("credential.submit", actor=person_id, object=f"credential:{credential.id}")
    work.conflicts.lock([credential.id])
    check(work, credential, now=now)
    follow_conflicts(work, credential, now=now)
    return answer(work, credential)


def _refuse_more(work: UnitOfWork, person_id: str, kind: str) -> None:
    """Refuse one more open credential than a person may have; the caller has locked the person.

    Raises:
        LimitReached: there are as many as there may be.
    """
    if work.credentials.open_count(person_id) >= MAX_OPEN_CREDENTIALS:
        raise LimitReached(
            Sentence(
                "A person may have {most_open_credentials} credentials at most; withdraw one first.",
                most_open_credentials=MAX_OPEN_CREDENTIALS,
            )
        )
    if kind == NAME and work.credentials.open_count(person_id, kind=NAME) >= MAX_OTHER_NAMES:
        raise LimitReached(
            Sentence(
                "A person may have {most_other_names} other names at most; withdraw one first.",
                most_other_names=MAX_OTHER_NAMES,
            )
        )


def _holder(work: UnitOfWork, person_id: str, kind: str, claims_person: str | None) -> Holder:
    """Whom a new case names, completed by the directory profile that it claims."""
    person = work.people.get(person_id)
    if person is None:
        raise NotFound("This account does not exist any more.")
    claimed = work.people.get(claims_person) if claims_person else None
    return named_in(kind, person, work.people.standing(person_id).credentials, claimed=claimed)


def _refuse_same(work: UnitOfWork, credential: Credential) -> None:
    number = RegisterNumber.of(credential)
    if number is not None and number.authority and work.credentials.same_open(credential.person_id, number):
        raise Conflict(Sentence("You have submitted this number before; see viewer.credentials."), field=["number"])


def _refuse_same_name(work: UnitOfWork, person_id: str, name: OtherName | None, *, own: str | None = None) -> None:
    """Refuse a name that the person has on file; the caller has locked the person.

    Args:
        own: the credential that says it.

    Raises:
        Conflict: another open credential says it for the same use.
    """
    if name is None:
        return
    for other in work.credentials.lock_open(person_id):
        known = domain.with_proposed(other).other_name
        if other.id != own and known and known.use == name.use and fold(known.text) == fold(name.text):
            raise Conflict(Sentence("You have this name on file; see viewer.credentials."), field=["otherName", "text"])


def _checked_other_name(kind: str, given: dict[str, Any] | None) -> OtherName | None:
    """The name that a credential says beside the verified one.

    Raises:
        Invalid: it is missing, malformed, or of a kind that says none.
    """
    if not kind_of(kind).has_other_name:
        if given is not None:
            raise Invalid(
                Sentence("Only a credential of kind {name} says another name.", name=NAME), field=["otherName"]
            )
        return None
    if given is None:
        raise Invalid(
            Sentence("Say in `otherName` which name it is, and in `use` what for, such as FORMER."),
            field=["otherName"],
        )
    with errors_at(["otherName"]):
        return OtherName(check_name(given["text"], field="text"), given["use"])


def _check_specialty(kind: str, specialty: str | None) -> None:
    if specialty is None:
        return
    if not kind_of(kind).proves_specialty:
        proving = " or ".join(sorted(name for name, one in KINDS.items() if one.proves_specialty))
        raise Invalid(
            Sentence("Only a credential of kind {proving} names a specialty.", proving=proving), field=["specialty"]
        )
    if specialty not in specialties.specialties():
        raise Invalid(
            Sentence("{specialty} is no specialty; search `specialties` for its code.", specialty=repr(specialty)),
            field=["specialty"],
        )


def _check_dates(issued_on: date | None, expires_on: date | None, today: date) -> None:
    if issued_on and expires_on and expires_on < issued_on:
        raise Invalid(Sentence("The credential would expire before it was issued."), field=["expiresOn"])
    if issued_on and issued_on > today:
        raise Invalid(Sentence("The credential cannot have been issued in the future."), field=["issuedOn"])


def _own(work: UnitOfWork, credential_id: str, person_id: str, **kwargs: Any) -> Credential:
    credential = locked(work, credential_id, **kwargs)
    if credential.person_id != person_id:
        raise NotFound(Sentence("No credential has this id."), field=["id"])
    return credential


def update_credential(
    work: UnitOfWork,
    *,
    credential_id: str,
    person_id: str,
    changes: dict[str, Any],
    message: str | None,
    expected_version: int | None,
    now: datetime,
) -> Credential:
    """Answer what a verifier asked, or renew. The case comes (back) to the desk.

    What is validated goes on counting as it is; the new dates count when they are validated.

    Args:
        changes: `number`, `specialty`, `issued_on`, `expires_on`, `other_name`; absent ones stay.

    Raises:
        NotFound: it is somebody else's.
        Invalid: a field breaks its rule; nothing changes.
        Conflict: a verifier is working on it, a decision waits for a second verifier, it has ended, or another open
            credential has the new number or name.
        VersionConflict: it changed since `expected_version`.
    """
    _lock_numbers(work, credential_id, person_id, changes.get("number"))
    credential = _own(work, credential_id, person_id, expected_version=expected_version)
    text = check_text(message or "", field="message", longest=MAX_NOTE_LENGTH, of_professional=True) or None
    domain.next_status(credential, "UPDATE")
    refuse_pending(credential)
    if domain.leased_to_other(credential, person_id, now):
        raise Conflict(Sentence("A verifier is working on this case."), current_version=credential.version)
    if "specialty" in changes:
        _check_specialty(credential.kind, changes["specialty"])
    issued, expires = (changes.get(name, getattr(credential, name)) for name in ("issued_on", "expires_on"))
    _check_dates(issued, expires, now.date())
    number = None
    if changes.get("number") is not None:
        number = checked_number(
            credential.kind, credential.authority, changes["number"], credential.jurisdiction,
            credential.holder.profession if credential.holder else None,
        )  # fmt: skip
    another = number is not None and number.number != credential.number
    fields: dict[str, Any] = {
        "message": text or credential.message, "requested_info": None, "desk_since": credential.desk_since or now
    }  # fmt: skip
    columns: dict[str, Any] = {
        name: changes[name] for name in ("specialty", "issued_on", "expires_on") if name in changes
    }
    if changes.get("other_name") is not None or (kind_of(credential.kind).has_other_name and "other_name" in changes):
        columns["other_name"] = _checked_other_name(credential.kind, changes["other_name"])
        _refuse_same_name(work, person_id, columns["other_name"], own=credential.id)
    if not never_valid(credential) and another:
        raise Invalid(Sentence("Another number is another credential; submit it as such."), field=["number"])
    if credential.status == domain.VALIDATED:
        # Why others have put it on the desk stays: rejecting a renewal only declines that, and takes it off the desk.
        own_reason = credential.review_reason is None or credential.review_reason in domain.PROPOSALS
        fields |= {"proposed": domain.proposed_fields(credential) | columns}
        fields |= {"review_reason": "RENEWAL"} if own_reason else {}
    else:
        fields |= columns
        if another and number is not None:
            work.credentials.lock_owner(person_id)
            _refuse_same(work, replace(credential, number=number.number))
        if number is not None:
            fields |= {"number": number.number, "number_typed": number.typed}
    changed = step(work, credential, "UPDATE", actor=person_id, now=now, note=text, **fields)
    work.evidence.keep(credential.id, since=credential.decided_at)
    check(work, domain.with_proposed(changed), now=now)
    if changed.number != credential.number:
        for one in (credential, changed):
            follow_conflicts(work, one, now=now)
    return answer(work, changed)


def _lock_numbers(work: UnitOfWork, credential_id: str, person_id: str, number: str | None) -> None:
    """Lock the number that a credential has and the one that it is to have, before the credential itself."""
    found = work.credentials.get(credential_id)
    authority = authorities.authorities().get(found.authority or "") if found is not None else None
    if found is None or found.person_id != person_id or authority is None or not number:
        return
    work.credentials.lock_owner(person_id)
    work.conflicts.lock_with(found, authorities.normalise_number(number[:64], authority))


def withdraw_credential(work: UnitOfWork, *, credential_id: str, person_id: str, now: datetime) -> Credential:
    """Take one's own credential back, as entered in error.

    Raises:
        NotFound: it is somebody else's.
        Conflict: it has ended, or a revocation waits for a second verifier.
    """
    credential = _own(work, credential_id, person_id)
    if credential.pending_decision in {"SUSPEND", "REVOKE"}:
        raise Conflict(Sentence("A decision about it waits for a second verifier."), current_version=credential.version)
    withdrawn = step(
        work, credential, "WITHDRAW", actor=person_id, now=now, reason="ENTERED_IN_ERROR", taken_by=None,
        lease_until=None, desk_since=None, pending_decision=None, pending_by=None, pending_at=None,
        pending_expires_at=None, pending_fields=None,
    )  # fmt: skip
    work.evidence.end(credential.id, at=now)
    release_claim(work, credential)
    follow_profile(work, person_id, now=now)
    work.publish(person_id)
    return answer(work, withdrawn)


def appeal_credential(
    work: UnitOfWork, *, credential_id: str, person_id: str, statement: str, now: datetime
) -> Credential:
    """Ask that somebody else looks again at a rejection, a suspension or a revocation.

    Raises:
        NotFound: it is somebody else's.
        Invalid: the statement is empty or too long.
        Conflict: there is nothing to appeal against, it was appealed already, or its name is on file again.
        Expired: the time for it is over.
        LimitReached: it has ended, and the person has as many open ones as they may have.
    """
    credential = _own(work, credential_id, person_id)
    text = check_text(statement, field="statement", shortest=10, longest=MAX_NOTE_LENGTH, of_professional=True)
    if credential.appeal_until is None or credential.appeal_statement is not None:
        raise Conflict(
            Sentence("There is no decision here that can be appealed (any more)."), current_version=credential.version
        )
    if credential.appeal_until <= now:
        raise Expired(Sentence("The time to appeal is over."))
    if credential.status in domain.ENDED:  # it comes back, and others may have taken its place
        _refuse_more(work, person_id, credential.kind)
        _refuse_same_name(work, person_id, credential.other_name, own=credential.id)
    appealed = step(
        work, credential, "APPEAL", actor=person_id, now=now, note=text, appeal_statement=text, desk_since=now,
        review_reason="APPEAL", taken_by=None, lease_until=None, requested_info=None, assigned_to=None,
    )  # fmt: skip
    work.decisions.note_appeal(credential.id, at=now)
    work.evidence.keep(credential.id, since=None)
    check(work, domain.with_proposed(appealed), now=now)  # others may have its number by now
    return answer(work, appealed)


def own_numbers(credentials: CredentialStore, person_id: str, texts: Iterable[str]) -> set[str]:
    """Which of these texts are register numbers of a person; signs and case do not matter.

    Only what an authority gives out and what looks like a number counts, in a credential that has not ended: whoever
    submits one says what its number is before anybody has looked.
    """

    def compact(text: str) -> str:
        return "".join(sign for sign in text if sign.isalnum()).casefold()

    own = {
        compact(one.number)
        for one in credentials.of_person(person_id)
        if one.number and one.status not in domain.ENDED and _is_register_number(one.authority, one.number)
    }
    return {text for text in texts if compact(text) in own}


def _is_register_number(authority: str | None, number: str) -> bool:
    """Whether a number is one of a register, and more digits than letters, so that it cannot be a name.

    Where the format of a register's numbers is not known, anything could be submitted as one, so none counts.
    """
    found = authorities.authorities().get(authority) if authority else None
    digits, letters = (sum(map(test, number)) for test in (str.isdigit, str.isalpha))
    has_format = found is not None and found.pattern is not None
    return has_format and digits >= OWN_NUMBER_DIGITS and digits > letters
