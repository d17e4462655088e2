"""What people do with their own profile, and how each change is told to the graph."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import orjson

from kit import cards
from kit.cards import Relation, card
from kit.checks import check_each, checks
from kit.confirmation import AddressNotConfirmed
from kit.errors import Conflict, Invalid, LimitReached, NotFound, VersionConflict
from kit.practice import check_chosen
from kit.profile_fields import PLAIN
from kit.sentences import Sentence
from kit.snapshots import Snapshot, read_snapshot
from kit.texts import check_text
from profiles.credentials.holders import check_free, follow_profile
from profiles.institutions.store import Institution, InstitutionStore
from profiles.outbox.store import OutboxStore
from profiles.people import domain
from profiles.people.contacts import check_contacts
from profiles.people.names import check_handle, check_name
from profiles.people.store import PersonStore
from profiles.unit_of_work import UnitOfWork

Fields = dict[str, Any]


def publish(people: PersonStore, outbox: OutboxStore, person_id: str) -> Snapshot:
    """Put the person's whole snapshot into the outbox, in the transaction of the change.

    Returns:
        the snapshot.
    """
    person = people.get(person_id)
    assert person is not None
    snapshot = domain.snapshot(person, people.standing(person_id))
    outbox.add_snapshot(snapshot)
    return snapshot


OWN = Relation(self=True, connected=False, co_member=False, viewer_verified=False)


def own_card(people: PersonStore, snapshot: Snapshot, today: date) -> dict[str, Any]:
    """One's own profile, in the shape in which the graph shows other people's, with what waits for a verifier."""
    plain = read_snapshot(orjson.loads(orjson.dumps(snapshot)))
    person = people.get(snapshot["id"])
    waits = domain.under_review(person, people.standing(person.id).credentials) if person else None
    return card(plain, OWN, today) | {
        "connection": "SELF", "incoming_request": None, "outgoing_request": None, "under_review": waits
    }  # fmt: skip


def read_profile(people: PersonStore, person_id: str) -> Snapshot:
    """One's own snapshot, as it is now.

    Raises:
        NotFound: the token names nobody (any more).
    """
    person = people.get(person_id)
    if person is None:
        raise NotFound("This account does not exist any more.")
    return domain.snapshot(person, people.standing(person_id))


def update_profile(
    people: PersonStore,
    institutions: InstitutionStore,
    outbox: OutboxStore,
    casework: UnitOfWork,
    *,
    person_id: str,
    changes: dict[str, Any],
    expected_version: int | None,
    now: datetime,
) -> Snapshot:
    """Change the fields that are given; an absent one stays, a null one is emptied.

    Name, profession and specialties of a verified person are shown to others as they were verified until a verifier
    agrees to the change. The level stays meanwhile: who corrects an accent in a name should not lose the right to practise
    for days, and nothing unverified is shown under it.

    Returns:
        the person's snapshot after the change.

    Raises:
        Invalid: a field breaks its rule; nothing changes.
        VersionConflict: the profile changed since `expected_version`.
        Conflict: a verifier works on one of the person's cases, and the change is about what the case says; or somebody else has
            the handle, or had it.
        LimitReached: the handle was changed three times within a year.
        AddressNotConfirmed: it would add an institution to the catalogue, which everybody reads, or take a handle.
    """
    person = people.lock(person_id)
    if person is None:
        raise NotFound("This account does not exist any more.")
    if expected_version is not None and expected_version != person.version:
        raise VersionConflict(
            Sentence("The profile changed since you read it; read it again."),
            field=["expectedVersion"],
            current_version=person.version,
        )
    fields: Fields = {}
    with checks() as check:
        with check:
            fields = checked_fields(changes, person)
        if "institutions" in changes:
            with check:
                fields["institutions"] = _affiliations(
                    institutions,
                    changes["institutions"] or [],
                    person,
                    fields,
                    may_add=not people.standing(person_id).unconfirmed,
                )
        if "handle" in changes:
            with check:
                check_handle(changes["handle"])
    renamed = "handle" in changes and _change_handle(people, casework, person, changes["handle"], now=now)
    stored = person.values()
    if renamed or any(stored[name] != value for name, value in fields.items()):
        people.change(person_id, fields)
        if "institutions" in fields:
            before, after = (
                {place["id"] for place in places} for places in (person.institutions, fields["institutions"])
            )
            institutions.drop_unused(before - after)
        changed = people.get(person_id)
        if changed is not None and domain.Holder.declared_by(changed) != domain.Holder.declared_by(person):
            check_free(casework.credentials.lock_open(person_id), now=now)
            follow_profile(casework, person_id, now=now)
        return publish(people, outbox, person_id)
    return domain.snapshot(person, people.standing(person_id))


def _change_handle(
    people: PersonStore, casework: UnitOfWork, person: domain.Person, asked: str | None, *, now: datetime
) -> bool:
    """Give a locked person another handle; whether it is another one.

    Nothing about verification depends on a handle. The one before leads to the person still, where others wrote it.

    Raises:
        Invalid, AddressNotConfirmed, LimitReached, Conflict: see `update_profile`.
    """
    handle = check_handle(asked)
    if handle == person.handle:
        return False
    if people.standing(person.id).unconfirmed:
        raise AddressNotConfirmed(field=["handle"])
    since = now - timedelta(days=domain.HANDLE_CHANGES_DAYS)
    if people.handle_changes(person.id, since=since) >= domain.MAX_HANDLE_CHANGES:
        raise LimitReached(
            Sentence(
                "A handle can be changed {most_handle_changes} times within {handle_changes_days} days.",
                most_handle_changes=domain.MAX_HANDLE_CHANGES,
                handle_changes_days=domain.HANDLE_CHANGES_DAYS,
            ),
            field=["handle"],
        )
    if not people.change_handle(person, handle, at=now):
        raise Conflict(Sentence("Somebody else has this handle, or had it; choose another one."), field=["handle"])
    casework.audit.note("profile.change-handle", actor=person.id, object=f"person:{person.id}")
    return True


def _check_visibility(field: str, audience: str) -> None:
    """Refuse a field or an audience that is none.

    Raises:
        Invalid: says which.
    """
    if field not in cards.VISIBILITY_FIELDS:
        raise Invalid(Sentence("{field} is no field whose visibility can be set.", field=repr(field)), field=["field"])
    if audience not in cards.AUDIENCES:
        raise Invalid(Sentence("{audience} is no audience.", audience=repr(audience)), field=["audience"])


def set_visibility(people: PersonStore, outbox: OutboxStore, *, person_id: str, field: str, audience: str) -> None:
    """Say who sees a field of one's profile.

    Raises:
        Invalid: no such field or audience.
        NotFound: the account does not exist any more.
    """
    _check_visibility(field, audience)
    person = people.lock(person_id)
    if person is None:
        raise NotFound("This account does not exist any more.")
    if person.visibility.get(field) != audience:
        people.change(person_id, {"visibility": person.visibility | {field: audience}})
        publish(people, outbox, person_id)


def set_path_opt_in(people: PersonStore, outbox: OutboxStore, *, person_id: str, value: bool) -> None:
    """Say whether one may be named on the paths that others see.

    Raises:
        NotFound: the account does not exist any more.
    """
    person = people.lock(person_id)
    if person is None:
        raise NotFound("This account does not exist any more.")
    if person.path_opt_in != value:
        people.change(person_id, {"path_opt_in": value})
        publish(people, outbox, person_id)


def checked_fields(changes: dict[str, Any], person: domain.Person | None = None) -> dict[str, Any]:
    """The columns to set for a profile's changes; institutions are left to the caller.

    Raises:
        Invalid: a field breaks its rule.
    """
    fields: dict[str, Any] = {}
    with checks() as check:
        for field in PLAIN:
            if field.name in changes:
                with check:
                    fields[field.name] = domain.check_plain(field, changes[field.name])
        for name, rule in _RULES.items():
            if name in changes:
                with check:
                    fields[name] = rule(changes[name])
        if "specialties" in changes or "primary_specialty" in changes:
            old = [item["code"] for item in person.specialties] if person else []
            with check:
                fields["specialties"] = domain.check_specialties(
                    (changes["specialties"] or []) if "specialties" in changes else old,
                    changes.get("primary_specialty"),
                )
    return fields


def _check_own_name(name: str | None) -> str:
    if name is None:
        raise Invalid(Sentence("name must not be empty."), field=["name"])
    return check_name(name)


_RULES: dict[str, Callable[..., object]] = {
    "name": _check_own_name,
    "profession": domain.check_profession,
    "practice_status": check_chosen,
    "regions": lambda codes: domain.check_regions(codes or []),
    "contacts": lambda points: check_contacts(points or []),
}


def _affiliations(
    institutions: InstitutionStore,
    given: list[Fields],
    person: domain.Person,
    fields: Fields,
    *,
    may_add: bool,
) -> list[Fields]:
    """The affiliations to store; an institution that is named and unknown is added to the catalogue.

    Raises:
        AddressNotConfirmed: one is unknown, and the person may not add it.
    """
    if len(given) > domain.MAX_INSTITUTIONS:
        raise Invalid(
            Sentence(
                "institutions may have at most {most_institutions} entries.", most_institutions=domain.MAX_INSTITUTIONS
            ),
            field=["institutions"],
        )
    country = next(iter(fields.get("regions", person.regions)), "").split("-")[0]

    def affiliation(entry: Fields) -> Fields:
        with checks() as check:
            with check:
                institution = _institution(institutions, entry, country, may_add=may_add)
            with check:
                role = check_text(entry.get("role") or "", field="role", longest=120, one_line=True)
        return {
            "id": institution.id,
            "name": institution.name,
            "region": institution.region,
            "role": role or None,
            "current": entry.get("current", True) is not False,
            "verified": False,
        }

    return check_each(given, affiliation, field=["institutions"])


def _institution(institutions: InstitutionStore, entry: Fields, country: str, *, may_add: bool) -> Institution:
    """The institution that an entry names by its id, or by a name."""
    if (entry.get("institution") is None) == (entry.get("name") is None):
        raise Invalid(Sentence("Each institution needs either its id or its name."))
    if entry.get("institution") is not None:
        known = institutions.get(entry["institution"])
        if known is None:
            raise Invalid(Sentence("No institution has this id; search `institutions`."), field=["institution"])
        return known
    name = check_text(entry["name"], field="name", shortest=2, longest=200, one_line=True, guarded=False)
    named = institutions.find_or_add(name, country) if may_add else institutions.find(name, country)
    if named is None:
        raise AddressNotConfirmed(field=["name"])
    return named
