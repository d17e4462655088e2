"""Validating a credential: by what, and what must be true of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from catalogues.authorities import authorities
from kit.errors import Conflict, Invalid
from profiles.credentials import domain
from profiles.credentials.casework import (
    EVIDENCE_DAYS,
    NOT_PENDING,
    answer,
    next_review,
    step,
    tell,
)
from profiles.credentials.domain import Credential
from profiles.credentials.holders import check_named, follow_profile
from profiles.decisions import domain as decisions
from profiles.desk.cases import (
    NOT_TAKEN,
)
from profiles.directory.usecases import take_over
from profiles.evidence.store import Evidence
from profiles.unit_of_work import UnitOfWork


def basis_of(
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
        check_opened(work, credential, verifier)
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
            if as_of is not None and entry is not None and not entry.other_zeros:
                return as_of
    raise Invalid("No copy of a register here has this number; look at the register itself.", field=["method"])


def check_opened(work: UnitOfWork, credential: Credential, verifier: str) -> None:
    """Refuse a validation by document of who has not opened the case's documents.

    Documents that an earlier decision has looked at count where nothing has come since.

    Raises:
        Invalid: there is no document, or the verifier has not opened each.
    """
    if not work.evidence.of([credential.id]):
        raise Invalid("There is no document in this case.", field=["reason"])
    if unread := unopened(work, credential, verifier):
        names = ", ".join(one.file_name for one in unread)
        raise Invalid(f"Open the documents first (evidence.downloadUrl): {names}.", field=["reason"])


def undecided_documents(work: UnitOfWork, credential: Credential) -> list[Evidence]:
    """Return the documents of a case that no decision has looked at yet."""
    return [one for one in work.evidence.of([credential.id]) if one.delete_at is None]


def unopened(work: UnitOfWork, credential: Credential, verifier: str) -> list[Evidence]:
    """Return the documents that a verifier has not opened: of those that no decision has looked at yet, or else of all."""
    opened = work.evidence.opened_by(verifier, credential.id)
    documents = undecided_documents(work, credential) or work.evidence.of([credential.id])
    return [one for one in documents if one.id not in opened]


def check_validation(work: UnitOfWork, credential: Credential, fields: dict[str, Any], today: date) -> None:
    """Refuse a validation that names another person, has expired, or has a standing that does not count."""
    check_named(work, credential)
    expires = domain.with_proposed(credential).expires_on
    if expires and expires < today:
        raise Invalid("The credential has expired; it cannot be validated.", field=["decision"])
    if fields["standing"] not in {"GOOD", "CONDITIONS"}:
        raise Invalid("What is validated is in standing GOOD or CONDITIONS.", field=["standing"])


def profile_to_join(work: UnitOfWork, credential: Credential) -> str | None:
    """Return the directory profile that a credential claims, or else the one of its number, so that nobody is listed twice."""
    return credential.claims_person or work.directory.free_profile(credential.authority, credential.number)


def validate(
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
    credential = replace(credential, claims_person=profile_to_join(work, credential))
    if credential.claims_person is not None and not work.directory.merge(
        credential.claims_person, credential.person_id
    ):
        raise Conflict("The directory profile that this claims is somebody else's already.")
    renewed = domain.proposed_fields(credential)
    decided = step(
        work, credential, "VALIDATE", actor=verifier, now=now, reason=reason, note=note, **NOT_TAKEN, **NOT_PENDING,
        **fields, **renewed, claims_person=credential.claims_person,
        checked_on=now.date(), next_review_on=next_review(credential, now.date()),
        requested_info=None, revalidation=True, proposed=None, desk_since=None, review_reason=None,
        previous_standing=None, decided_at=now, decided_by=by, appeal_until=None, appeal_statement=None, assigned_to=None,
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
