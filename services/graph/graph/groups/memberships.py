"""Reading who stands how to a group, as far as a viewer may."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict

from graph.groups import domain
from graph.groups.domain import BANNED, INVITED, MEMBER, MEMBERS, REQUESTED
from graph.groups.store import GroupReader


class MemberRow(TypedDict):
    """Somebody in a list of members, or of those who ask, are invited or are banned."""

    person: str
    role: str
    joined_at: str | None
    state: str | None


def may_list(group: domain.Group, state: str | None) -> bool:
    """Whether the viewer may list who stands so to a group: members with its readers, all else with its moderators."""
    if state in {REQUESTED, INVITED, BANNED}:
        return group.moderated_by_viewer
    return MEMBERS in group.sees


def members_page(
    groups: GroupReader,
    known: Sequence[domain.Group],
    *,
    role: str | None,
    state: str | None,
    words: Sequence[str],
    viewer: str,
    now: datetime,
    people: Sequence[str] | None = None,
) -> dict[str, list[MemberRow]]:
    """For several groups who is in them, or asks, is invited or is banned, where the viewer may see it.

    Args:
        state: ACTIVE, READ_ONLY or SUSPENDED among members; None means every member.
        people: who is looked for; None for everybody.

    Returns:
        {group: rows {person, role, joined_at, state}}.
    """
    allowed = {group.id: group for group in known if may_list(group, state)}
    relation = state if state in {REQUESTED, INVITED, BANNED} else MEMBER
    found = groups.members(
        list(allowed), relation=str(relation), role=role, words=words, viewer=viewer, now=now, people=people
    )
    shown: dict[str, list[MemberRow]] = {}
    for own, rows in found.items():
        policy = allowed[own].policy
        stated: list[MemberRow] = [
            {
                "person": row["person"],
                "role": row["role"],
                "joined_at": row["joined_at"],
                "state": domain.state_of(
                    relation,
                    policy,
                    groups.loaded(row.get("snapshot")),
                    suspended_until=row.get("suspended_until"),
                    now=now,
                ),
            }
            for row in rows
        ]
        shown[own] = [row for row in stated if relation != MEMBER or state is None or row["state"] == state]
    return shown


def read_memberships(
    groups: GroupReader, ids: Sequence[str], *, viewer: str, now: datetime
) -> list[tuple[str, MemberRow]]:
    """Memberships by id, of those that the viewer finds in a list of members, and the viewer's own.

    Args:
        ids: each of a group and a person, with a point between.

    Returns:
        the group and the row of its list of members; each in the order of the ids.
    """
    pairs = [(group, person) for group, point, person in (own.partition(".") for own in ids) if point]
    known = groups.get(list(dict.fromkeys(group for group, _ in pairs)), viewer=viewer, now=now)
    found: dict[tuple[str, str], MemberRow] = {}
    for group in known.values():
        if (group.id, viewer) in pairs and group.state is not None and group.known_to_viewer:
            found[group.id, viewer] = {
                "person": viewer, "role": group.role or MEMBER, "joined_at": group.joined_at, "state": group.state
            }  # fmt: skip
    for state in (None, REQUESTED, INVITED, BANNED):
        left = {group for group, person in pairs if (group, person) not in found}
        if not left:
            break
        listed = members_page(
            groups, [group for own, group in known.items() if own in left], role=None, state=state, words=(),
            viewer=viewer, now=now, people=list({person for group, person in pairs if group in left}),
        )  # fmt: skip
        found |= {(own, row["person"]): row for own, rows in listed.items() for row in rows if own in left}
    return [(group, found[group, person]) for group, person in dict.fromkeys(pairs) if (group, person) in found]
