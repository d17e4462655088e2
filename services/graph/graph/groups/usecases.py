"""Making groups, joining and leaving them."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from graph.groups import domain
from graph.groups.domain import ACTIVE, INVITED, REQUESTED
from graph.groups.store import GroupReader, GroupWriter, Locked
from graph.moments import stamp
from graph.people.domain import search_form
from kit.clock import new_id
from kit.errors import Conflict, Forbidden, LimitReached, NotFound
from kit.levels import require_level
from kit.texts import check_text, fold, slug

MESSAGE_LONGEST = 1000


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
    group = groups.lock(group_id, me=me, now=stamp(now))
    # A secret group cannot be told from one that does not exist.
    if group is None or (group.visibility == "SECRET" and group.state is None):
        raise NotFound("No group has this id.", field=["group"])
    return group


def join_group(groups: GroupWriter, *, group_id: str, me: str, message: str | None, now: datetime) -> dict[str, Any]:
    """Become a member, or ask to; joining twice changes nothing.

    Returns:
        {group, state}: ACTIVE, or REQUESTED where moderators decide.

    Raises:
        NotFound: no such group.
        Forbidden: one joins it by invitation only.
        LimitReached: it is full.
    """
    text = check_text(message or "", field="message", longest=MESSAGE_LONGEST) or None
    group = _locked(groups, group_id, me=me, now=now)
    if group.state in {ACTIVE, REQUESTED}:
        return {"group": group_id, "state": group.state}
    if group.join_policy == "INVITE" and group.state != INVITED:
        raise Forbidden("One joins this group by invitation only.", field=["group"])
    if group.join_policy == "REQUEST" and group.state != INVITED:
        groups.ask(group_id, me=me, message=text, now=stamp(now))
        return {"group": group_id, "state": REQUESTED}
    _admit(groups, group, me, now)
    return {"group": group_id, "state": ACTIVE}


def _admit(groups: GroupWriter, group: Locked, person: str, now: datetime) -> None:
    if group.taken >= group.member_limit:
        raise LimitReached(f"{group.name} is full: {group.member_limit} members.", field=["group"])
    groups.admit(group.id, person, now=stamp(now))


def leave_group(groups: GroupWriter, *, group_id: str, me: str, now: datetime) -> dict[str, Any]:
    """End one's membership or request; leaving a group that one is not in changes nothing.

    Raises:
        NotFound: no such group.
        Conflict: the last owner cannot leave others without one.
    """
    group = _locked(groups, group_id, me=me, now=now)
    if group.role == domain.OWNER and group.owners == 1 and group.taken > 1:
        raise Conflict("You are the only owner; hand the group over before you leave.", field=["group"])
    groups.remove(group_id, me)
    return {"group": group_id}


def respond_to_membership(
    groups: GroupWriter, *, group_id: str, person: str, accept: bool, me: str, now: datetime
) -> dict[str, Any]:
    """Admit or refuse somebody who asks to join.

    Raises:
        NotFound: no such group, or nobody with this id asks.
        Forbidden: the caller is neither moderator nor owner.
        LimitReached: the group is full.
    """
    group = _locked(groups, group_id, me=me, now=now)
    if group.role not in {domain.MODERATOR, domain.OWNER}:
        raise Forbidden("Only moderators and owners of the group decide who joins.", field=["group"])
    if not groups.waits(group_id, person):
        raise NotFound("Nobody with this id asks to join.", field=["professional"])
    if accept:
        _admit(groups, group, person, now)
    else:
        groups.remove(group_id, person)
    return {"group": group_id, "person": person, "accepted": accept}


def read_groups(groups: GroupReader, ids: Sequence[str], *, viewer: str, countries: bool) -> dict[str, dict[str, Any]]:
    """Groups by id as the viewer may know them; a secret one is not there for who is not in it.

    Args:
        countries: whether to gather where the members practise.
    """
    found = {i: group for i, group in groups.get(ids, viewer=viewer).items() if group.known_to_viewer} if ids else {}
    where = groups.countries(list(found)) if countries and found else {}
    return {
        group.id: {
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
            "countries": where.get(group.id) if countries else None,
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
        for group in found.values()
    }
