"""Groups and memberships in Neo4j."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from graph.db import Graph, Row, Transaction, query
from graph.groups.domain import (
    ACTIVE,
    BANNED,
    INVITED,
    MEMBER,
    MODERATOR,
    OUTSIDE,
    OWNER,
    REQUESTED,
    SEES,
    Group,
    state_of,
)
from graph.groups.eligibility import CredentialPolicy, clauses, policy_of
from graph.timestamps import stamp
from kit.snapshots import Snapshot, read_snapshot

_LISTS = {
    MEMBER: "groups/list_members",
    REQUESTED: "groups/list_waiting",
    INVITED: "groups/list_invited",
    BANNED: "groups/list_banned",
}
# How far the search for candidates goes: members of the group, and connections of each.
CANDIDATE_MEMBERS, CANDIDATE_CONNECTIONS = 500, 200


def group_of(
    fields: Row, policy: CredentialPolicy | None, standing: Row, snapshot: Snapshot | None, now: datetime
) -> Group:
    """A group with how somebody stands to it.

    Args:
        fields: its properties but those of the policy, and how many members it has.
        standing: {role, relation, joined_at, suspended_until}.
        snapshot: of the person, needed where the group has a policy.
    """
    state = state_of(standing["relation"], policy, snapshot, suspended_until=standing["suspended_until"], now=now)
    return Group(
        **fields, policy=policy, role=standing["role"], state=state, joined_at=standing["joined_at"],
        clauses=clauses(policy, snapshot, now.date()) if policy else [],
    )  # fmt: skip


def _loaded(snapshot: str | None) -> Snapshot | None:
    return read_snapshot(orjson.loads(snapshot)) if snapshot else None


@dataclass(frozen=True)
class Locked:
    """A group with how the caller stands to it; `taken` and `owners` are counted only under its lock."""

    id: str
    name: str
    visibility: str
    join_policy: str
    member_limit: int
    version: int
    policy: CredentialPolicy | None
    taken: int
    owners: int
    role: str | None
    state: str | None
    snapshot: Snapshot | None

    @property
    def sees(self) -> frozenset[str]:
        """What the caller sees of it."""
        return SEES[self.visibility, self.policy is not None][self.state or OUTSIDE]

    @property
    def moderated(self) -> bool:
        """Whether the caller decides who is in it."""
        return self.state == ACTIVE and self.role in {MODERATOR, OWNER}


@dataclass(frozen=True)
class Place:
    """How somebody stands to a group, read under the group's lock.

    Args:
        open: whether they are there and can be asked at all.
        blocked: whether they and the caller have blocked one another.
    """

    state: str | None
    role: str | None
    joined_at: str | None
    snapshot: Snapshot | None
    open: bool
    blocked: bool


@dataclass(frozen=True)
class GroupCriteria:
    """What a search of groups asks for; empty means no condition."""

    viewer: str
    words: Sequence[str] = ()
    specialties: Sequence[str] = ()
    regions: Sequence[str] = ()
    languages: Sequence[str] = ()
    minimum_countries: int = 0
    open: bool = False

    def parameters(self) -> dict[str, Any]:
        """The query's parameters."""
        return {
            "viewer": self.viewer,
            "words": list(self.words),
            "specialties": list(self.specialties),
            "regions": list(self.regions),
            "languages": list(self.languages),
            "minimum_countries": self.minimum_countries,
            "open": self.open,
        }


class GroupWriter:
    """Changes groups in one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def taken_handles(self, handles: Sequence[str]) -> set[str]:
        """Which of these handles another group has."""
        return {row["handle"] for row in self._tx.rows(query("groups/find_free_handle"), handles=list(handles))}

    def create(self, *, owner: str, group: dict[str, Any], now: str) -> None:
        """Create a group with its first owner."""
        self._tx.rows(query("groups/create_group"), owner=owner, group=group, now=now)

    def lock(self, group_id: str, *, me: str, now: datetime) -> Locked | None:
        """Lock a group and read how the caller stands to it."""
        return self._standing(self._tx.row(query("groups/lock_group"), group=group_id, me=me, now=stamp(now)), now)

    def standing(self, group_id: str, *, me: str, now: datetime) -> Locked | None:
        """How the caller stands to a group, without locking it: for what changes neither group nor membership."""
        return self._standing(self._tx.row(query("groups/read_standing"), group=group_id, me=me), now)

    @staticmethod
    def _standing(row: Row | None, now: datetime) -> Locked | None:
        if row is None:
            return None
        policy, snapshot = policy_of(row["group"]), _loaded(row["snapshot"])
        state = state_of(row["relation"], policy, snapshot, suspended_until=row["suspended_until"], now=now)
        fields = {name: value for name, value in row["group"].items() if not name.startswith("policy_")}
        return Locked(
            **fields, policy=policy, taken=row.get("taken", 0), owners=row.get("owners", 0), role=row["role"],
            state=state, snapshot=snapshot,
        )  # fmt: skip

    def place(self, group_id: str, person: str, *, me: str, policy: CredentialPolicy | None, now: datetime) -> Place:
        """Read how somebody stands to a group that is locked."""
        row = self._tx.row(query("groups/read_place"), group=group_id, person=person, me=me)
        assert row is not None
        snapshot = _loaded(row["snapshot"])
        state = state_of(row["relation"], policy, snapshot, suspended_until=row["suspended_until"], now=now)
        return Place(state, row["role"], row["joined_at"], snapshot, row["open"], row["blocked"])

    def policy_states(self, people: Sequence[str], *, now: datetime) -> dict[tuple[str, str], str | None]:
        """How people's memberships of groups with a credential policy stand, by (group, person)."""
        return {
            (row["group"]["id"], row["person"]): state_of(
                MEMBER,
                policy_of(row["group"]),
                _loaded(row["snapshot"]),
                suspended_until=row["suspended_until"],
                now=now,
            )
            for row in self._tx.rows(query("groups/list_policy_members"), ids=list(people))
        }

    def snapshot(self, person: str) -> Snapshot | None:
        """A person's snapshot."""
        row = self._tx.row(query("groups/read_snapshot"), person=person)
        return _loaded(row["snapshot"]) if row else None

    def remit_of(self, group_id: str) -> list[str]:
        """The specialties that a group is about."""
        row = self._tx.row(query("groups/read_texts"), group=group_id)
        return row["specialties"] if row else []

    def texts(self, group_id: str) -> Row:
        """A group's name and purpose."""
        row = self._tx.row(query("groups/read_texts"), group=group_id)
        assert row is not None
        return {"name": row["name"], "purpose": row["purpose"]}

    def update(self, group_id: str, fields: dict[str, Any]) -> None:
        """Change a group's properties."""
        self._tx.rows(query("groups/update_group"), group=group_id, fields=fields)

    def invite(self, group_id: str, person: str, *, me: str, now: str) -> None:
        """Invite a person."""
        self._tx.rows(query("groups/invite_member"), group=group_id, person=person, me=me, now=now)

    def set_role(self, group_id: str, person: str, role: str) -> None:
        """Give a member another role."""
        self._tx.rows(query("groups/set_role"), group=group_id, person=person, role=role)

    def ban(self, group_id: str, person: str, *, me: str, reason: str, now: str) -> None:
        """Ban a person and end their membership."""
        self._tx.rows(query("groups/ban_member"), group=group_id, person=person, me=me, reason=reason, now=now)

    def unban(self, group_id: str, person: str) -> None:
        """Lift a ban."""
        self._tx.rows(query("groups/unban_member"), group=group_id, person=person)

    def moderators(self, group_id: str) -> list[str]:
        """Ids of a group's moderators and owners."""
        return [row["id"] for row in self._tx.rows(query("groups/list_moderators"), group=group_id)]

    def admit(self, group_id: str, person: str, *, role: str = "MEMBER", now: str) -> None:
        """Make a person a member."""
        self._tx.rows(query("groups/admit_member"), group=group_id, person=person, role=role, now=now)

    def ask(self, group_id: str, *, me: str, message: str | None, now: str) -> None:
        """Record that the caller asks to join."""
        self._tx.rows(query("groups/ask_to_join"), group=group_id, me=me, message=message, now=now)

    def remove(self, group_id: str, person: str) -> None:
        """Remove a membership, a request or an invitation."""
        self._tx.rows(query("groups/remove_member"), group=group_id, person=person)


class GroupReader:
    """Reads groups."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def get(self, ids: Sequence[str], *, viewer: str, now: datetime) -> dict[str, Group]:
        """Groups by id, with how the viewer stands to each."""
        rows = self._graph.read(query("groups/read_groups"), ids=list(dict.fromkeys(ids)), viewer=viewer)
        return self._groups(rows, now)

    @staticmethod
    def _groups(rows: list[Row], now: datetime) -> dict[str, Group]:
        snapshot: Snapshot | None = None  # the viewer's, the same in each row that has it
        found = {}
        for row in rows:
            snapshot = snapshot or _loaded(row["snapshot"])
            fields = {name: value for name, value in row["group"].items() if not name.startswith("policy_")}
            group = group_of(
                fields | {"member_count": row["member_count"]}, policy_of(row["group"]), row, snapshot, now
            )
            found[group.id] = group
        return found

    def snapshot(self, person: str) -> Snapshot | None:
        """A person's snapshot."""
        rows = self._graph.read(query("groups/read_snapshot"), person=person)
        return _loaded(rows[0]["snapshot"]) if rows else None

    @staticmethod
    def loaded(snapshot: str | None) -> Snapshot | None:
        """A stored snapshot as values."""
        return _loaded(snapshot)

    def by_handle(self, handles: Sequence[str]) -> list[str]:
        """Ids of the groups with these handles."""
        return [row["id"] for row in self._graph.read(query("groups/find_by_handle"), handles=list(handles))]

    def countries(self, ids: Sequence[str]) -> dict[str, list[str]]:
        """The countries where members practise, by group."""
        rows = self._graph.read(query("groups/list_countries"), ids=list(ids))
        return {row["id"]: sorted(row["countries"]) for row in rows}

    def search(self, criteria: GroupCriteria, *, after: tuple[str, str], first: int) -> list[Row]:
        """A page of groups by name."""
        return self._graph.read(
            query("groups/search_groups"), **criteria.parameters(), name=after[0], last=after[1], first=first
        )

    def search_by(self, order: str, criteria: GroupCriteria, *, after: tuple[str, str], first: int) -> list[Row]:
        """A page of groups, those with the most members or the newest first."""
        return self._graph.read(
            query("groups/search_groups_by"),
            **criteria.parameters(),
            order=order,
            before=after[0],
            last=after[1],
            first=first,
        )

    def count(self, criteria: GroupCriteria) -> int:
        """How many groups the search finds."""
        return int(self._graph.read(query("groups/count_groups"), **criteria.parameters())[0]["total"])

    def members(
        self,
        ids: Sequence[str],
        *,
        relation: str,
        role: str | None,
        words: Sequence[str],
        viewer: str,
        now: datetime,
        people: Sequence[str] | None = None,
    ) -> dict[str, list[Row]]:
        """For each group its members, or who asks to join, is invited or is banned; at most as many as it may have.

        Args:
            relation: MEMBER, REQUESTED, INVITED or BANNED.
            words: which their names must hold.
            people: who is looked for; None for everybody.
        """
        given: dict[str, Any] = {
            "ids": list(ids), "words": list(words), "viewer": viewer, "today": now.date().isoformat(),
            "people": list(people) if people is not None else None,
        }  # fmt: skip
        if relation == MEMBER:
            given["role"] = role
        return {row["id"]: row["rows"] for row in self._graph.read(query(_LISTS[relation]), **given)}

    def waiting(self, pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Row]:
        """Since when requests and invitations wait, and what was written with them, by group and person."""
        rows = self._graph.read(
            query("groups/read_waiting"), groups=[group for group, _ in pairs], people=[person for _, person in pairs]
        )
        return {
            (row["group"], row["person"]): {"message": row["message"], "waiting_since": row["waiting_since"]}
            for row in rows
        }

    def invitations(self, me: str, *, after: tuple[str, str], first: int) -> list[Row]:
        """A page of the groups to which a person is invited, newest first."""
        return self._graph.read(query("groups/list_invitations"), me=me, before=after[0], last=after[1], first=first)

    def remit(self, group_id: str) -> Row:
        """What the members of a group cover."""
        return self._graph.read(query("groups/list_remit"), group=group_id)[0]

    def candidates(
        self,
        group_id: str,
        *,
        viewer: str,
        places: Sequence[str],
        languages: Sequence[str],
        codes: Sequence[str],
        first: int,
    ) -> list[str]:
        """Ids of people outside who would close a gap, those first whom most members could introduce."""
        rows = self._graph.read(
            query("groups/find_candidates"), group=group_id, viewer=viewer, places=list(places),
            languages=list(languages), specialties=list(codes), members=CANDIDATE_MEMBERS, each=CANDIDATE_CONNECTIONS,
            first=first,
        )  # fmt: skip
        return [row["id"] for row in rows]
