"""Asking to have a directory profile hidden, without an account too, and what verifiers decide about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from catalogues import authorities
from kit import ids
from kit.checks import checks
from kit.clock import new_id
from kit.errors import Conflict, Forbidden, Invalid, LimitReached, NotFound
from kit.texts import check_text
from profiles.accounts.domain import EmailAddress, find_email, parse_email
from profiles.credentials.access import VERIFIER, may_work_in
from profiles.directory.usecases import directory_profile
from profiles.hiding.domain import DECISIONS, DECLINED, HIDDEN, KEPT, MAX_NOTE_LENGTH, MAX_OPEN, HidingRequest
from profiles.people.domain import Person
from profiles.unit_of_work import UnitOfWork


def check_request(contact: str, note: str) -> tuple[EmailAddress, str]:
    """The address and the note of a request, checked before anything is counted.

    Raises:
        Invalid: the address or the note breaks a rule.
    """
    with checks() as check:
        with check:
            address = parse_email(contact, field="contact")
        with check:
            text = check_text(note, field="note", shortest=10, longest=MAX_NOTE_LENGTH, of_professional=True)
    return address, text


def request_hiding(
    work: UnitOfWork,
    *,
    handle: str,
    contact: str,
    note: str,
    authority: str | None,
    number: str | None,
    actor: str,
    language: str | None,
    now: datetime,
) -> None:
    """Ask to have a directory profile about oneself hidden; a verifier decides, and the answer goes to an address.

    It needs no account, because whoever is listed without having agreed must be able to object. Asking again for the same
    profile from the same address changes nothing.

    Args:
        note: who asks, and by what a verifier can see that the profile is about them.
        language: of the messages to the address.

    Raises:
        NotFound: no directory profile has this handle.
        Invalid: the address or the note breaks a rule.
        LimitReached: as many requests about the profile wait as may.
    """
    address, text = check_request(contact, note)
    profile = work.people.lock(directory_profile(work.people, handle).id)
    if profile is None or profile.hidden:
        raise NotFound("No directory profile has this handle.", field=["handle"])
    if len(work.hiding.lock_open(profile.id)) >= MAX_OPEN:
        raise LimitReached(f"{MAX_OPEN} requests about this profile wait already; a verifier looks at them.")
    matches = None
    if number:
        known = authorities.authorities().get(authority or "")
        clean = authorities.normalise_number(number, known) if known else number
        matches = work.directory.has_number(profile.id, authority or "", clean)
    fresh = work.hiding.add(
        request_id=new_id(), person_id=profile.id, contact=address.text, contact_key=address.key,
        note=text, language=language, number_matches=matches, at=now,
    )  # fmt: skip
    if fresh:
        work.mail.send("hiding-requested", address=address.text, language=language, profile=profile.name)
        work.audit.note("directory.request-hiding", actor=actor, object=f"person:{profile.id}")


def _decider(work: UnitOfWork, verifier: str, profile: Person) -> None:
    """Refuse who may not decide about a directory profile.

    Raises:
        Forbidden: they are no verifier any more, or the profile practises outside their jurisdictions.
    """
    account = work.accounts.get(verifier)
    if account is not None and (VERIFIER not in account.roles or account.suspended):
        raise Forbidden("You are no verifier any more.")
    limits = account.jurisdictions if account else ()
    if profile.regions and not any(may_work_in(limits, place) for place in profile.regions):
        raise Forbidden(f"Your jurisdictions are {', '.join(limits)}; this profile is in none of them.")


def decide_hiding(
    work: UnitOfWork, *, request_id: str, verifier: str, outcome: str, note: str | None, now: datetime
) -> HidingRequest:
    """Hide a directory profile as somebody asked, or decline; the answer goes to the address that was given.

    Hiding answers every request about the profile that waits, and keeps it out of later imports.

    Raises:
        NotFound: there is no such request.
        Forbidden: it came from the verifier's own address, or the profile practises outside their jurisdictions.
        Invalid: declining needs a note.
        Conflict: it is decided already, or the profile has become somebody's own.
    """
    text = check_text(note or "", field="note", longest=MAX_NOTE_LENGTH, of_professional=True) or None
    found = work.hiding.get(request_id) if ids.valid(request_id) else None
    profile = work.people.lock(found.person_id) if found else None
    if found is None or profile is None:
        raise NotFound("There is no such request.", field=["id"])
    _decider(work, verifier, profile)
    if outcome not in DECISIONS:
        raise Invalid(f"The outcome must be one of {', '.join(DECISIONS)}.", field=["outcome"])
    if outcome == DECLINED and text is None:
        raise Invalid("Say in `note` why the profile stays; whoever asked reads it.", field=["note"])
    waiting = work.hiding.lock_open(profile.id)
    if request_id not in {one.id for one in waiting}:
        raise Conflict("This request is decided already.")
    account = work.accounts.get(verifier)
    own = find_email(account.email) if account else None
    if own is not None and own.key in {one.contact_key for one in waiting}:
        raise Forbidden("Nobody decides on their own request.")
    answered = waiting if outcome == HIDDEN else [one for one in waiting if one.id == request_id]
    if outcome == HIDDEN:
        work.directory.suppress(profile.id)
        if not profile.hidden:
            work.people.change(profile.id, {"hidden": True})
            work.publish(profile.id)
    for one in answered:
        work.hiding.decide(one.id, outcome=outcome, by=verifier, note=text, at=now)
        kind = "hiding-done" if outcome == HIDDEN else "hiding-declined"
        work.mail.send(kind, address=one.contact, language=one.language, profile=profile.name, reason=text or "")
    act = "directory.hide" if outcome == HIDDEN else "directory.decline-hiding"
    work.audit.note(act, actor=verifier, object=f"person:{profile.id}", reason="asked for")
    return replace(found, outcome=outcome, decided_at=now, decided_by=verifier, decision_note=text)


def restore_profile(work: UnitOfWork, *, person_id: str, verifier: str, reason: str) -> bool:
    """Show a directory profile again that was hidden by mistake, and let imports keep it up to date.

    Returns:
        True: it is shown.

    Raises:
        NotFound: there is no such directory profile, or it is not hidden.
        Forbidden: it practises outside the verifier's jurisdictions.
        Invalid: no reason is given.
        Conflict: it has become somebody's own.
    """
    text = check_text(reason, field="reason", shortest=3, longest=MAX_NOTE_LENGTH, of_professional=True)
    profile = work.people.lock(person_id) if ids.valid(person_id) else None
    if profile is None or profile.claimed or not profile.hidden:
        raise NotFound("No directory profile with this id is hidden.", field=["professional"])
    _decider(work, verifier, profile)
    if not work.directory.show(profile.id):
        raise Conflict("This directory profile has become somebody's own.")
    work.hiding.note_restored(profile.id)
    work.publish(profile.id)
    work.audit.note("directory.restore", actor=verifier, object=f"person:{profile.id}", reason=text)
    return True


def ended(work: UnitOfWork, *, now: datetime, most: int, except_ids: Sequence[str]) -> list[str]:
    """Lock requests whose texts are to be deleted."""
    return work.hiding.lock_ended(before=now - KEPT, most=most, except_ids=except_ids)
