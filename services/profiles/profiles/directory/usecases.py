"""Claiming a directory profile, and hiding the one of a number that is validated."""

from __future__ import annotations

from datetime import datetime

from catalogues import authorities
from kit.errors import Invalid, NotFound, NotVerified
from profiles.credentials.domain import VALIDATED, Credential
from profiles.credentials.kinds import IDENTIFIER, LICENCE
from profiles.credentials.usecases import submit_credential
from profiles.directory.store import DirectoryStore
from profiles.people.domain import Person
from profiles.people.store import PersonStore
from profiles.unit_of_work import UnitOfWork

GONE = "No directory profile has this handle."


def directory_profile(people: PersonStore, handle: str) -> Person:
    """Return the directory profile that is shown under a handle.

    Raises:
        NotFound: there is none.
    """
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
    profile = directory_profile(people, handle)
    known = authorities.authorities().get(authority)
    if known is None:
        raise Invalid("No authority has this code or id; search `authoritiesConnection`.", field=["authority"])
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


def join(work: UnitOfWork, *, source: str, profile_id: str, ref: str) -> None:
    """Join a directory profile that an import brought hidden to the validated credential of its number.

    Where no such credential is validated any more, the profile stands for itself.
    """
    for credential_id in work.directory.validated(source, [ref]):
        credential = work.credentials.lock(credential_id)
        if credential is None or credential.status != VALIDATED or credential.claims_person is not None:
            continue
        work.credentials.change(credential, claims_person=profile_id)
        take_over(work.people, work.directory, credential.person_id)
        work.publish(credential.person_id)
        return
    work.directory.give_back(profile_id)
    work.publish(profile_id)


def hide_profile(work: UnitOfWork, *, person_id: str, handle: str, authority: str, number: str) -> str:
    """Hide a directory profile for whoever has a validated credential of the number that it came from.

    Anybody can know a number. Whoever has no such credential asks, and a verifier decides (`profiles.hiding`).

    Returns:
        the profile's id.

    Raises:
        NotVerified: the person has no validated credential of this number.
        NotFound: no directory profile has this handle, or it did not come from this number; one answer for both.
    """
    known = authorities.authorities().get(authority)
    clean = authorities.normalise_number(number, known) if known else ""
    if known is None or not work.directory.proves(person_id, authority, clean):
        raise NotVerified(
            "Only whoever has a validated credential of this number hides its profile at once. Ask with requestHiding, and a "
            "verifier decides."
        )
    found = work.people.by_handle(handle[:200])
    profile = work.people.lock(found.id) if found else None
    if profile is None or profile.claimed or not work.directory.has_number(profile.id, authority, clean):
        raise NotFound("No directory profile has this handle and number.", field=["number"])
    work.directory.suppress(profile.id)
    if not profile.hidden:
        work.people.change(profile.id, {"hidden": True})
        work.publish(profile.id)
        work.audit.note("directory.hide", actor=person_id, object=f"person:{profile.id}", reason="has the number")
    return profile.id
