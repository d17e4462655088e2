"""Claiming a directory profile, and having one hidden without an account."""

from __future__ import annotations

from datetime import datetime

from catalogues import authorities
from kit.errors import Conflict, Invalid, NotFound
from profiles.audit.store import AuditTrail
from profiles.credentials.domain import Credential
from profiles.credentials.kinds import IDENTIFIER, LICENCE
from profiles.credentials.usecases import submit_credential
from profiles.directory.store import DirectoryStore
from profiles.people.domain import Person
from profiles.people.store import PersonStore
from profiles.unit_of_work import UnitOfWork

GONE = "No directory profile has this handle."


def _profile(people: PersonStore, handle: str) -> Person:
    found = people.by_handle(handle[:200])
    if found is None or found.claimed or found.hidden:
        raise NotFound(GONE, field=["handle"])
    return found


def claim_profile(
    work: UnitOfWork, people: PersonStore, *, person_id: str, handle: str, authority: str, number: str, now: datetime
) -> Credential:
    """Say that a directory profile is one's own, by a licence that a verifier looks at.

    When it is validated, the directory profile is hidden and what it says is one's own to correct. Several people may
    claim one profile: each claim shows the conflict, and a verifier decides.

    Returns:
        the credential that was submitted with the claim.

    Raises:
        NotFound: no directory profile has this handle.
        Invalid: the number is not one of the authority's.
        Conflict: one has submitted this number before.
    """
    profile = _profile(people, handle)
    known = authorities.authorities().get(authority)
    if known is None:
        raise Invalid("No authority has this id; search `authorities`.", field=["authority"])
    return submit_credential(
        work, person_id=person_id, kind=IDENTIFIER if IDENTIFIER in known.kinds else LICENCE, authority=authority,
        institution=None, number=number,
        jurisdiction=known.jurisdictions[0], specialty=None, issued_on=None, expires_on=None, claims_person=profile.id, now=now,
    )  # fmt: skip


def take_over(people: PersonStore, directory: DirectoryStore, person_id: str) -> None:
    """Give somebody what their directory profiles say where they have not said anything, with where it came from."""
    own = people.get(person_id)
    for profile_id in directory.merged_profiles(person_id):
        profile = people.get(profile_id)
        if own is None or profile is None:
            continue
        said, listed = own.values(), profile.values()
        fields = {
            name: listed[name]
            for name in ("profession", "specialties", "regions", "languages")
            if listed[name] and not said[name]
        }
        if fields:
            kept = [source for source in profile.provenance if source["field"] in fields]
            people.change(person_id, fields | {"provenance": own.provenance + kept})


def hide_profile(
    people: PersonStore,
    directory: DirectoryStore,
    audit: AuditTrail,
    *,
    handle: str,
    authority: str,
    number: str,
    actor: str,
) -> str:
    """Hide a directory profile for whoever knows the register number that it came from; no account is needed.

    Hiding errs on the side of the subject: a wrong one harms nobody, and an admin or a claim brings the profile back.

    Returns:
        the profile's id.

    Raises:
        NotFound: no directory profile has this handle, or it did not come from this number; one answer for both.
    """
    known = authorities.authorities().get(authority)
    profile = people.by_handle(handle[:200])
    clean = authorities.normalise_number(number, known) if known else ""
    if profile is None or profile.claimed or not directory.has_number(profile.id, authority, clean):
        raise NotFound("No directory profile has this handle and number.", field=["number"])
    if profile.hidden:
        return profile.id
    locked = people.lock(profile.id)
    if locked is None or locked.claimed:
        raise Conflict("The profile changed meanwhile; try again.")
    if locked.hidden:
        return profile.id
    people.change(profile.id, {"hidden": True})
    directory.suppress(profile.id)
    audit.note("directory.hide", actor=actor, object=f"person:{profile.id}", reason="asked for with the number")
    return profile.id
