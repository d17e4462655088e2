"""Groups and memberships in Neo4j."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graph.db import Graph, Row, Transaction, query
from graph.groups.domain import Group


@dataclass(frozen=True)
class Locked:
    """A group under its lock, with how the caller stands to it."""

    id: str
    name: str
    visibility: str
    join_policy: str
    member_limit: int
    version: int
    taken: int
    owners: int
    role: str | None
    state: str | None


@dataclass(frozen=True)
class GroupsSought:
    """What groups are sought by; empty means no condition."""

    viewer: str
    words: Sequence[str] = ()
    specialties: Sequence[str] = ()
    regions: Sequence[str] = ()
    languages: Sequence[str] = ()

    def parameters(self) -> dict[str, Any]:
        """The query's parameters."""
        return {
            "viewer": self.viewer,
            "words": list(self.words),
            "specialties": list(self.specialties),
            "regions": list(self.regions),
            "languages": list(self.languages),
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

    def lock(self, group_id: str, *, me: str, now: str) -> Locked | None:
        """Lock a group and read how the caller stands to it."""
        row = self._tx.row(query("groups/lock_group"), group=group_id, me=me, now=now)
        return Locked(**row) if row else None

    def admit(self, group_id: str, person: str, *, role: str = "MEMBER", now: str) -> None:
        """Make a person a member."""
        self._tx.rows(query("groups/admit_member"), group=group_id, person=person, role=role, now=now)

    def ask(self, group_id: str, *, me: str, message: str | None, now: str) -> None:
        """Record that the caller asks to join."""
        self._tx.rows(query("groups/ask_to_join"), group=group_id, me=me, message=message, now=now)

    def remove(self, group_id: str, person: str) -> None:
        """Remove a membership, a request or an invitation."""
        self._tx.rows(query("groups/remove_member"), group=group_id, person=person)

    def waits(self, group_id: str, person: str) -> bool:
        """Whether a person asks to join."""
        row = self._tx.row(query("groups/find_waiting"), group=group_id, person=person)
        return bool(row and row["waits"])


class GroupReader:
    """Reads groups."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def get(self, ids: Sequence[str], *, viewer: str) -> dict[str, Group]:
        """Groups by id, with how the viewer stands to each."""
        rows = self._graph.read(query("groups/read_groups"), ids=list(dict.fromkeys(ids)), viewer=viewer)
        return {
            row["group"]["id"]: Group(
                **row["group"], member_count=row["member_count"], role=row["role"], state=row["state"],
                joined_at=row["joined_at"],
            )
            for row in rows
        }  # fmt: skip

    def by_handle(self, handles: Sequence[str]) -> list[str]:
        """Ids of the groups with these handles."""
        return [row["id"] for row in self._graph.read(query("groups/find_by_handle"), handles=list(handles))]

    def countries(self, ids: Sequence[str]) -> dict[str, list[str]]:
        """The countries where members practise, by group."""
        rows = self._graph.read(query("groups/list_countries"), ids=list(ids))
        return {row["id"]: sorted(row["countries"]) for row in rows}

    def search(self, sought: GroupsSought, *, after: tuple[str, str], first: int) -> list[Row]:
        """A page of groups by name."""
        return self._graph.read(
            query("groups/search_groups"), **sought.parameters(), name=after[0], last=after[1], first=first
        )

    def count(self, sought: GroupsSought) -> int:
        """How many groups the search finds."""
        return int(self._graph.read(query("groups/count_groups"), **sought.parameters())[0]["total"])

    def of_people(
        self, ids: Sequence[str], *, viewer: str, after: tuple[str, str], first: int, today: str
    ) -> dict[str, Row]:
        """For each person a page of their groups that the viewer may know of."""
        rows = self._graph.read(
            query("groups/list_of_people"), ids=list(ids), viewer=viewer, name=after[0], last=after[1], first=first,
            today=today,
        )  # fmt: skip
        return {row["id"]: row for row in rows}

    def members(
        self, ids: Sequence[str], *, role: str | None, waiting: bool, after: tuple[str, str], first: int
    ) -> dict[str, Row]:
        """For each group a page of its members, or of those who ask to join."""
        given = {"ids": list(ids), "since": after[0], "last": after[1], "first": first}
        if waiting:
            rows = self._graph.read(query("groups/list_waiting"), **given)
        else:
            rows = self._graph.read(query("groups/list_members"), **given, role=role)
        return {row["id"]: row for row in rows}
