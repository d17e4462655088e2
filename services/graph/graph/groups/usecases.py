"""Making groups, joining and leaving them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from catalogues import languages, regions, specialties
from graph.groups import domain
from graph.groups.domain import ACTIVE, BANNED, INVITED, MEMBER, OWNER, REQUESTED
from graph.groups.eligibility import clauses, eligible
from graph.groups.store import GroupReader, GroupWriter, Locked, Place
from graph.notifications.store import NotificationWriter
from graph.people.domain import search_form
from graph.timestamps import stamp
from kit.clock import new_id
from kit.errors import Conflict, Forbidden, LimitReached, NotFound, PolicyNotMet, VersionConflict
from kit.levels import require_level
from kit.texts import check_text, fold, slug

MAX_MESSAGE_LENGTH = 1000


def group_properties(fields: dict[str, Any]) -> dict[str, Any]:
    """A group's checked fields with what searching needs."""
    return fields | {
        "sort_name": fold(fields["name"]),
        "search_text": " ".join(search_form(f"{fields['name']} {fields['purpose']}")),
    }


def create_group(
    groups: GroupWriter, *, owner: str, owner_level: str, given: dict[str, Any], now: datetime
) -> dict[str, Any]:
    """Make a group of which the caller is the owner.

    Args:
        owner_level: the caller's verification level today.

    Returns:
        {id}.

    Raises:
        Invalid: a field breaks its rule.
        NotVerified: the caller's identity is not verified.
    """
    fields = domain.checked_fields(given)
    require_level(owner_level, "createGroup")
    base = slug(fields["name"]) or "group"
    offered = [base, *(f"{base}-{n}" for n in range(2, 6)), f"{base}-{secrets.token_hex(4)}"]
    taken = groups.taken_handles(offered)
    handle = next(handle for handle in offered if handle not in taken)
    group_id = new_id()
    groups.create(owner=owner, group=group_properties(fields) | {"id": group_id, "handle": handle}, now=stamp(now))
    return {"id": group_id}


def _locked(groups: GroupWriter, group_id: str, *, me: str, now: datetime) -> Locked:
    group = groups.lock(group_id, me=me, now=now)
    # A secret group cannot be told from one that does not exist.
    if group is None or domain.GROUP not in group.sees:
        raise NotFound.of("group", "group")
    return group


def _moderated(groups: GroupWriter, group_id: str, *, me: str, now: datetime) -> Locked:
    group = _locked(groups, group_id, me=me, now=now)
    if not group.moderated:
        raise Forbidden("Only moderators and owners of the group may do this.", field=["group"])
    return group


def _place(groups: GroupWriter, group: Locked, person: str, *, me: str, now: datetime) -> Place:
    return groups.place(group.id, person, me=me, policy=group.policy, now=now)


def update_group(
    groups: GroupWriter, *, group_id: str, given: dict[str, Any], expected_version: int | None, me: str, now: datetime
) -> dict[str, Any]:
    """Change a group's fields; for its owners.

    Args:
        given: only what changes; a `credential_policy` of None takes the policy away.

    Raises:
        Invalid: a field breaks its rule, or the limit is below the number of members.
        NotFound: no such group.
        Forbidden: the caller is no owner.
        VersionConflict: it changed since `expected_version`.
    """
    fields = domain.checked_fields(given)
    group = _locked(groups, group_id, me=me, now=now)
    if group.state != ACTIVE or group.role != OWNER:
        raise Forbidden("Only owners of the group may change it.", field=["id"])
    if expected_version is not None and group.version != expected_version:
        raise VersionConflict(
            "The group changed since you read it.", field=["expectedVersion"], current_version=group.version
        )
    if fields.get("member_limit", group.member_limit) < group.taken:
        raise Conflict(f"The group has {group.taken} members already.", field=["memberLimit"])
    if {"name", "purpose"} & fields.keys():
        stored = groups.texts(group_id)
        fields = group_properties(stored | fields)
    groups.update(group_id, fields)
    return {"id": group_id}


def join_group(
    groups: GroupWriter,
    notifications: NotificationWriter,
    *,
    group_id: str,
    me: str,
    message: str | None,
    now: datetime,
) -> dict[str, Any]:
    """Become a member, or ask to; joining twice changes nothing.

    Returns:
        {group, state}: ACTIVE, or REQUESTED where moderators decide.

    Raises:
        NotFound: no such group.
        Forbidden: one joins it by invitation only, or is banned from it.
        PolicyNotMet: a clause of the credential policy is not met; says which.
        LimitReached: it is full.
    """
    text = check_text(message or "", field="message", longest=MAX_MESSAGE_LENGTH) or None
    group = _locked(groups, group_id, me=me, now=now)
    if group.state == BANNED:
        raise Forbidden("You are banned from this group.", field=["group"])
    if group.state not in {None, INVITED}:
        return {"group": group_id, "state": group.state}
    if group.join_policy == "INVITE" and group.state != INVITED:
        raise Forbidden("One joins this group by invitation only.", field=["group"])
    if group.policy is not None and not eligible(group.policy, group.snapshot, now.date()):
        raise PolicyNotMet(
            "You do not meet this group's credential policy.",
            field=["group"],
            extra={"clauses": clauses(group.policy, group.snapshot, now.date())},
        )
    if group.join_policy == "REQUEST" and group.state != INVITED:
        groups.ask(group_id, me=me, message=text, now=stamp(now))
        notifications.add(
            groups.moderators(group_id), "GROUP_JOIN_REQUESTED", actor=me, kind="Group", subject=group_id,
            group=group_id, now=now,
        )  # fmt: skip
        return {"group": group_id, "state": REQUESTED}
    _admit(groups, group, me, now)
    return {"group": group_id, "state": ACTIVE}


def _admit(groups: GroupWriter, group: Locked, person: str, now: datetime) -> None:
    if group.taken >= group.member_limit:
        raise LimitReached(f"{group.name} is full: {group.member_limit} members.", field=["group"])
    groups.admit(group.id, person, now=stamp(now))


def leave_group(groups: GroupWriter, *, group_id: str, me: str, now: datetime) -> dict[str, Any]:
    """End one's membership, request or invitation; leaving a group that one is not in changes nothing.

    Raises:
        NotFound: no such group.
        Conflict: the last owner cannot leave others without one.
    """
    group = _locked(groups, group_id, me=me, now=now)
    if group.role == OWNER and group.owners == 1 and group.taken > 1:
        raise Conflict("You are the only owner; hand the group over before you leave.", field=["group"])
    groups.remove(group_id, me)
    return {"group": group_id}


def invite_to_group(
    groups: GroupWriter, notifications: NotificationWriter, *, group_id: str, person: str, me: str, now: datetime
) -> dict[str, Any]:
    """Invite somebody; who asks to join already is admitted, and inviting twice changes nothing.

    Raises:
        NotFound: no such group, or nobody who can be invited.
        Forbidden: the caller is neither moderator nor owner.
        Conflict: the person is banned.
        LimitReached: the group is full.
    """
    group = _moderated(groups, group_id, me=me, now=now)
    place = _place(groups, group, person, me=me, now=now)
    if not place.open or place.blocked:
        raise NotFound("Nobody with this id can be invited.", field=["professional"])
    if place.state == BANNED:
        raise Conflict("This person is banned; lift the ban first.", field=["professional"])
    if place.state == REQUESTED:
        _admit(groups, group, person, now)
        _tell_of_membership(notifications, group, person, me, now)
    elif place.state is None:
        groups.invite(group_id, person, me=me, now=stamp(now))
        notifications.add([person], "GROUP_INVITED", actor=me, kind="Group", subject=group_id, group=group_id, now=now)
    return _membership(groups, group, person, me=me, now=now)


def respond_to_membership(
    groups: GroupWriter,
    notifications: NotificationWriter,
    *,
    group_id: str,
    person: str,
    accept: bool,
    me: str,
    now: datetime,
) -> dict[str, Any]:
    """Admit or refuse somebody who asks to join; or, for oneself, accept or decline an invitation.

    Raises:
        NotFound: no such group, or nobody with this id asks or is invited.
        Forbidden: the caller is neither moderator nor owner.
        PolicyNotMet: the person does not meet the group's credential policy (any more).
        LimitReached: the group is full.
    """
    group = _locked(groups, group_id, me=me, now=now)
    if person == me and group.state == INVITED:
        if accept:
            join_group(groups, notifications, group_id=group_id, me=me, message=None, now=now)
        else:
            groups.remove(group_id, me)
        return _membership(groups, group, person, me=me, now=now)
    if not group.moderated:
        raise Forbidden("Only moderators and owners of the group decide who joins.", field=["group"])
    place = _place(groups, group, person, me=me, now=now)
    if place.state != REQUESTED:
        raise NotFound("Nobody with this id asks to join.", field=["professional"])
    if not accept:
        groups.remove(group_id, person)
    else:
        if group.policy is not None and not eligible(group.policy, place.snapshot, now.date()):
            raise PolicyNotMet("They do not meet the group's credential policy.", field=["professional"])
        _admit(groups, group, person, now)
        _tell_of_membership(notifications, group, person, me, now)
    return _membership(groups, group, person, me=me, now=now)


def _tell_of_membership(notifications: NotificationWriter, group: Locked, person: str, me: str, now: datetime) -> None:
    notifications.add([person], "MEMBERSHIP_CHANGED", actor=me, kind="Group", subject=group.id, group=group.id, now=now)


def _membership(groups: GroupWriter, group: Locked, person: str, *, me: str, now: datetime) -> dict[str, Any]:
    place = _place(groups, group, person, me=me, now=now)
    return {
        "group": group.id,
        "person": person,
        "role": place.role or MEMBER,
        "state": place.state,
        "joined_at": place.joined_at,
    }


def set_group_role(
    groups: GroupWriter,
    notifications: NotificationWriter,
    *,
    group_id: str,
    person: str,
    role: str,
    me: str,
    now: datetime,
) -> dict[str, Any]:
    """Give a member another role; for owners. A group never loses its last owner: hand over first.

    Raises:
        NotFound: no such group or member.
        Forbidden: the caller is no owner.
        Conflict: the last owner would go, or a member who may only read would get a role.
    """
    group = _locked(groups, group_id, me=me, now=now)
    if group.state != ACTIVE or group.role != OWNER:
        raise Forbidden("Only owners of the group give roles.", field=["group"])
    place = _place(groups, group, person, me=me, now=now)
    if place.role is None:
        raise NotFound("Nobody with this id is a member.", field=["professional"])
    if place.role == role:
        return _membership(groups, group, person, me=me, now=now)
    if place.role == OWNER and group.owners == 1:
        raise Conflict("A group needs an owner; make somebody else one first.", field=["role"])
    if role != MEMBER and place.state != ACTIVE:
        raise Conflict("Somebody who may not write here cannot have a role.", field=["professional"])
    groups.set_role(group_id, person, role)
    _tell_of_membership(notifications, group, person, me, now)
    return _membership(groups, group, person, me=me, now=now)


def ban_from_group(
    groups: GroupWriter,
    notifications: NotificationWriter,
    *,
    group_id: str,
    person: str,
    reason: str,
    me: str,
    now: datetime,
) -> dict[str, Any]:
    """Ban somebody, member or not; the ban stays when they leave or try again. Banning twice changes nothing.

    Raises:
        Invalid: there is no reason, or it is about oneself.
        NotFound: no such group or person.
        Forbidden: the caller is neither moderator nor owner, or the person is an owner, or a moderator and the caller
            no owner.
    """
    text = check_text(reason, field="reason", shortest=3, longest=MAX_MESSAGE_LENGTH)
    if person == me:
        raise Forbidden("You cannot ban yourself; leave the group.", field=["professional"])
    group = _moderated(groups, group_id, me=me, now=now)
    place = _place(groups, group, person, me=me, now=now)
    if place.state is None and not place.open:
        raise NotFound("Nobody with this id can be banned.", field=["professional"])
    if place.role == OWNER or (place.role == domain.MODERATOR and group.role != OWNER):
        raise Forbidden("Owners cannot be banned, and moderators only by owners.", field=["professional"])
    if place.state != BANNED:
        groups.ban(group_id, person, me=me, reason=text, now=stamp(now))
        _tell_of_membership(notifications, group, person, me, now)
    return _membership(groups, group, person, me=me, now=now)


def unban_from_group(groups: GroupWriter, *, group_id: str, person: str, me: str, now: datetime) -> dict[str, Any]:
    """Lift a ban; the person may join again as everybody may. Lifting one that is not there changes nothing.

    Raises:
        NotFound: no such group.
        Forbidden: the caller is neither moderator nor owner.
    """
    group = _moderated(groups, group_id, me=me, now=now)
    groups.unban(group_id, person)
    return _membership(groups, group, person, me=me, now=now)


def shown_group(group: domain.Group, viewer: str, countries: list[str] | None = None) -> dict[str, Any]:
    """A group as a viewer who may know of it sees it.

    Args:
        countries: where the members practise; None where nobody asked.
    """
    return {
        "id": group.id,
        "handle": group.handle,
        "name": group.name,
        "purpose": group.purpose,
        "rules": group.rules,
        "languages": group.languages,
        "visibility": group.visibility,
        "join_policy": group.join_policy,
        "specialties": group.specialties,
        "regions": group.regions,
        "member_count": group.member_count,
        "member_limit": group.member_limit,
        "created_at": group.created_at,
        "version": group.version,
        "countries": countries,
        "credential_policy": group.policy.as_dict() if group.policy else None,
        "eligibility": {"eligible": all(one["met"] for one in group.clauses), "clauses": group.clauses},
        "viewer_can": group.viewer_can,
        "viewer_membership": {
            "id": f"{group.id}.{viewer}",
            "group": group.id,
            "professional": viewer,
            "role": group.role or domain.MEMBER,
            "state": group.state,
            "joined_at": group.joined_at,
        }
        if group.state
        else None,
    }


def read_groups(
    groups: GroupReader,
    ids: Sequence[str],
    *,
    viewer: str,
    countries: bool,
    now: datetime,
    known: dict[str, domain.Group] | None = None,
) -> dict[str, dict[str, Any]]:
    """Groups by id as the viewer may know them; a secret one is not there for who is not in it.

    Args:
        countries: whether to gather where the members practise.
        known: the groups, where they were read before.
    """
    read = known if known is not None else groups.get(ids, viewer=viewer, now=now) if ids else {}
    found = {i: group for i, group in read.items() if group.known_to_viewer}
    where = groups.countries(list(found)) if countries and found else {}
    return {i: shown_group(group, viewer, where.get(i) if countries else None) for i, group in found.items()}


SORT = ("sort_name", "id")  # of a person's groups
MAX_GAPS_PER_DIMENSION = 50


def coverage_gaps(groups: GroupReader, group: domain.Group) -> list[dict[str, str]]:
    """What of a group's remit no member covers: countries, languages and specialties, at most 50 of each.

    A broader specialty is covered by whoever practises a narrower one.

    Returns:
        {dimension, value}.
    """
    covered = groups.remit(group.id)
    countries = sorted({inside for code in group.regions for inside in _countries(code)})
    tags = {tag.split("-")[0] for tag in covered["languages"]}
    found = {
        "COUNTRY": [code for code in countries if code not in covered["places"]],
        "LANGUAGE": [tag for tag in group.languages if tag.split("-")[0] not in tags],
        "SPECIALTY": [
            code for code in group.specialties if not specialties.narrower(code) & set(covered["specialties"])
        ],
    }
    return [
        {"dimension": dimension, "value": value}
        for dimension, values in found.items()
        for value in values[:MAX_GAPS_PER_DIMENSION]
    ]


def _countries(code: str) -> list[str]:
    """The countries of a region: those inside an area, or the one that a part belongs to."""
    found = regions.region(code)
    if found is None:
        return []
    if found.kind in {regions.COUNTRY, regions.SUBDIVISION}:
        return [str(regions.country_of(found.code))]
    return [inside for inside in regions.expand(found.code) if "-" not in inside and ":" not in inside]


def gap_candidates(
    groups: GroupReader, group: domain.Group, *, dimension: str, value: str, viewer: str, first: int
) -> list[str]:
    """Ids of people outside a group who would close a gap, those first whom most members could introduce."""
    codes = (
        sorted(specialties.narrower(value)) if dimension == "SPECIALTY" and value in specialties.specialties() else []
    )
    return groups.candidates(
        group.id, viewer=viewer, places=[value] if dimension == "COUNTRY" else [],
        languages=[value] if dimension == "LANGUAGE" and languages.canonical(value) else [], codes=codes, first=first,
    )  # fmt: skip


def watching_memberships(
    groups: GroupWriter,
    notifications: NotificationWriter,
    people: Sequence[str],
    act: Callable[[], int],
    *,
    now: datetime,
) -> int:
    """Do what changes people's credentials, and tell those whose place in a group with a credential policy it changes."""
    before = groups.policy_states(people, now=now)
    done = act()
    if before:
        for (group, person), state in groups.policy_states(people, now=now).items():
            if before.get((group, person)) != state:
                notifications.add(
                    [person], "MEMBERSHIP_CHANGED", actor=None, kind="Group", subject=group, group=group, now=now
                )
    return done
