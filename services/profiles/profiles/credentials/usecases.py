"""Submitting credentials and deciding about them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from catalogues import authorities, regions, specialties
from kit.clock import new_id
from kit.errors import Conflict, Forbidden, Invalid, LimitReached, NotFound, VersionConflict
from kit.texts import check_text
from profiles.credentials import domain
from profiles.credentials.domain import Credential, Event
from profiles.credentials.store import CredentialStore
from profiles.institutions.store import InstitutionStore

MOST_OPEN = 30
NOTE_LONGEST = 2000
Publish = Callable[[str], Any]


def submit_credential(
    credentials: CredentialStore,
    institutions: InstitutionStore,
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
) -> Credential:
    """Put a credential before the verifiers; it is ATTESTED and counts for nothing yet.

    Raises:
        Invalid: unknown authority, place or specialty, malformed number, or expiry before issue.
        LimitReached: the person has too many open ones.
        Conflict: the same number is on file already.
    """
    place = jurisdiction.upper()
    known = regions.region(place)
    if known is None or known.kind not in {regions.COUNTRY, regions.SUBDIVISION}:
        raise Invalid(f"{jurisdiction!r} is no country or part of one.", field=["jurisdiction"])
    if specialty is not None and specialty not in specialties.specialties():
        raise Invalid(f"{specialty!r} is no specialty; search `specialties` for its code.", field=["specialty"])
    if issued_on and expires_on and expires_on < issued_on:
        raise Invalid("The credential would expire before it was issued.", field=["expiresOn"])
    if issued_on and issued_on > now.date():
        raise Invalid("The credential cannot have been issued in the future.", field=["issuedOn"])
    if institution is not None and institutions.get(institution) is None:
        raise Invalid("No institution has this id; search `institutions`.", field=["institution"])
    number = _checked_number(kind, authority, number, place)
    if credentials.open_count(person_id) >= MOST_OPEN:
        raise LimitReached(f"A person may have {MOST_OPEN} credentials at most; withdraw one first.")
    if authority and number and credentials.same_open(person_id, authority, number):
        raise Conflict("You have submitted this number before; see viewer.credentials.", field=["number"])
    credential = Credential(
        id=new_id(), person_id=person_id, kind=kind, authority=authority, institution_id=institution, number=number,
        specialty=specialty, jurisdiction=place, status=domain.ATTESTED, revalidation=False, standing="UNKNOWN",
        method=None, source_url=None, issued_on=issued_on, expires_on=expires_on, checked_on=None, submitted_at=now,
        requested_info=None, taken_by=None, lease_until=None, version=1,
    )  # fmt: skip
    credentials.add(credential)
    credentials.add_event(credential.id, Event(now, person_id, None, domain.ATTESTED, None, None))
    return credentials.with_history([credential])[0]


def _checked_number(kind: str, authority: str | None, number: str | None, place: str) -> str | None:
    """The normalised number; its check digit is left to a human, because published examples fail theirs."""
    if authority is None:
        if kind == "LICENCE":
            raise Invalid("A licence needs the authority that gave it.", field=["authority"])
        return check_text(number, field="number", longest=64, one_line=True) or None if number else None
    found = authorities.authorities().get(authority)
    if found is None:
        raise Invalid("No authority has this id; search `authorities`.", field=["authority"])
    if kind not in found.kinds:
        raise Invalid(f"{found.name} does not give credentials of kind {kind}.", field=["credentialKind"])
    if not any(place in regions.expand(own) or own in regions.expand(place) for own in found.jurisdictions):
        raise Invalid(f"{found.name} does not license in {place}.", field=["jurisdiction"])
    if not number:
        raise Invalid(f"Give the number in {found.register}.", field=["number"])
    clean = authorities.normalise_number(check_text(number, field="number", longest=64))
    if not authorities.well_formed(found, clean):
        raise Invalid(
            f"This is no number of {found.register}: {found.number_format}, like {found.example}.", field=["number"]
        )
    return clean


def _locked(credentials: CredentialStore, credential_id: str, *, expected_version: int | None = None) -> Credential:
    credential = credentials.lock(credential_id)
    if credential is None:
        raise NotFound("No credential has this id.", field=["id"])
    if expected_version is not None and credential.version != expected_version:
        raise VersionConflict(
            f"The case moved on; it is {credential.status} now.",
            field=["expectedVersion"],
            current_version=credential.version,
        )
    return credential


def _step(
    credentials: CredentialStore,
    credential: Credential,
    act: str,
    *,
    actor: str,
    now: datetime,
    reason: str | None = None,
    note: str | None = None,
    **fields: Any,
) -> Credential:
    """Take one legal step, with its entry in the history."""
    status = domain.next_status(credential, act)
    changed = credentials.change(credential, status=status, **fields)
    if status != credential.status:
        credentials.add_event(credential.id, Event(now, actor, credential.status, status, reason, note))
    return changed


def take_case(credentials: CredentialStore, *, credential_id: str, verifier: str, now: datetime) -> Credential:
    """Lease a case for 15 minutes, so that two verifiers never work on one.

    Raises:
        Forbidden: it is the verifier's own.
        Conflict: another holds the lease, or the case is decided.
    """
    credential = _locked(credentials, credential_id)
    _refuse_own(credential, verifier)
    if domain.leased_to_other(credential, verifier, now):
        raise Conflict("Another verifier is working on this case.", current_version=credential.version)
    taken = _step(
        credentials, credential, "TAKE", actor=verifier, now=now, taken_by=verifier,
        lease_until=now + timedelta(minutes=domain.LEASE_MINUTES),
        revalidation=credential.revalidation or credential.status == domain.REQ_REVALID,
    )  # fmt: skip
    return credentials.with_history([taken])[0]


def release_case(credentials: CredentialStore, *, credential_id: str, verifier: str, now: datetime) -> Credential:
    """Give a leased case back to the queue.

    Raises:
        Conflict: the verifier does not hold it.
    """
    credential = _locked(credentials, credential_id)
    if credential.status != domain.IN_PROCESS or credential.taken_by != verifier:
        raise Conflict("You do not hold this case.", current_version=credential.version)
    released = _step(credentials, credential, "RELEASE", actor=verifier, now=now, taken_by=None, lease_until=None)
    return credentials.with_history([released])[0]


def decide_credential(
    credentials: CredentialStore,
    publish: Publish,
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

    A case that nobody has taken is taken by deciding it.

    Args:
        publish: tells the graph of the owner's new state, in this transaction.

    Raises:
        Forbidden: it is the verifier's own.
        Conflict: another holds the lease, or the case is decided.
        VersionConflict: the case moved on since `expected_version`.
        Invalid: a validated licence needs to be in a standing that counts, and not expired.
    """
    credential = _locked(credentials, credential_id, expected_version=expected_version)
    _refuse_own(credential, verifier)
    if domain.leased_to_other(credential, verifier, now):
        raise Conflict("Another verifier is working on this case.", current_version=credential.version)
    note = check_text(note or "", field="note", longest=NOTE_LONGEST) or None
    if source_url and not source_url.startswith(("https://", "http://")):
        raise Invalid("sourceUrl must be a web address.", field=["sourceUrl"])
    if credential.status in {domain.ATTESTED, domain.REQ_REVALID}:
        credential = _step(
            credentials, credential, "TAKE", actor=verifier, now=now, taken_by=verifier,
            revalidation=credential.revalidation or credential.status == domain.REQ_REVALID,
        )  # fmt: skip
    fields: dict[str, Any] = {"taken_by": None, "lease_until": None}
    if decision == "VALIDATE":
        if credential.expires_on and credential.expires_on < now.date():
            raise Invalid("The credential has expired; it cannot be validated.", field=["decision"])
        fields |= {
            "standing": standing or "GOOD",
            "method": method or "PRIMARY_SOURCE",
            "source_url": source_url,
            "checked_on": now.date(),
            "requested_info": None,
            "revalidation": True,
        }
    elif decision == "REQUEST_INFO":
        if not note:
            raise Invalid("Say in `note` what you need from the applicant.", field=["note"])
        fields |= {"requested_info": note}
    elif standing is not None:
        fields |= {"standing": standing}
    # The flag says that the case was valid before; this decision still goes by how it came to the desk.
    keep = fields.pop("revalidation", credential.revalidation)
    decided = _step(
        credentials,
        credential,
        decision,
        actor=verifier,
        now=now,
        reason=reason,
        note=note,
        revalidation=keep,
        **fields,
    )
    publish(credential.person_id)
    return credentials.with_history([decided])[0]


def withdraw_credential(
    credentials: CredentialStore, publish: Publish, *, credential_id: str, person_id: str, now: datetime
) -> Credential:
    """Take one's own credential back, as entered in error.

    Raises:
        NotFound: it is somebody else's.
        Conflict: it has ended.
    """
    credential = _locked(credentials, credential_id)
    if credential.person_id != person_id:
        raise NotFound("No credential has this id.", field=["id"])
    withdrawn = _step(
        credentials, credential, "WITHDRAW", actor=person_id, now=now, reason="ENTERED_IN_ERROR", taken_by=None,
        lease_until=None,
    )  # fmt: skip
    publish(person_id)
    return credentials.with_history([withdrawn])[0]


def question_credential(
    credentials: CredentialStore,
    publish: Publish,
    *,
    credential_id: str,
    verifier: str,
    act: str,
    reason: str,
    note: str | None,
    now: datetime,
) -> Credential:
    """Make a validated credential count no longer at once (SUSPEND, REVOKE), or end the question that was opened.

    CONFIRM makes it REVAL_FAIL and RESTORE puts it back; neither by the verifier who opened the question.

    Raises:
        Forbidden: it is the verifier's own, or their own question.
        Conflict: not possible in its status.
    """
    credential = _locked(credentials, credential_id)
    _refuse_own(credential, verifier)
    if act in {"CONFIRM", "RESTORE"} and credential.taken_by == verifier:
        raise Forbidden("Another verifier must confirm this.")
    note = check_text(note or "", field="note", longest=NOTE_LONGEST) or None
    standing = {"SUSPEND": "SUSPENDED", "REVOKE": "REVOKED", "CONFIRM": credential.standing, "RESTORE": "GOOD"}[act]
    opened = act in {"SUSPEND", "REVOKE"}
    changed = _step(
        credentials, credential, act, actor=verifier, now=now, reason=reason, note=note, standing=standing,
        revalidation=True, taken_by=verifier if opened else None, lease_until=None,
    )  # fmt: skip
    publish(credential.person_id)
    return credentials.with_history([changed])[0]


def _refuse_own(credential: Credential, verifier: str) -> None:
    if credential.person_id == verifier:
        raise Forbidden("Nobody decides on their own case.")
