"""A group store in memory, for tests of decisions; held to the real one by the contract test."""

from __future__ import annotations

from typing import Any

from graph.groups.store import Locked


class InMemoryGroups:
    """What `GroupWriter` does, without an engine."""

    def __init__(self) -> None:
        self.groups: dict[str, dict[str, Any]] = {}
        self.members: dict[str, dict[str, str]] = {}
        self.asking: dict[str, set[str]] = {}

    def taken_handles(self, handles: list[str]) -> set[str]:
        """Which handles are taken."""
        return {group["handle"] for group in self.groups.values()} & set(handles)

    def create(self, *, owner: str, group: dict[str, Any], now: str) -> None:
        """Create a group."""
        self.groups[group["id"]] = group
        self.members[group["id"]] = {owner: "OWNER"}
        self.asking[group["id"]] = set()

    def lock(self, group_id: str, *, me: str, now: str) -> Locked | None:
        """How the caller stands to a group."""
        group = self.groups.get(group_id)
        if group is None:
            return None
        members = self.members[group_id]
        return Locked(
            group_id, group["name"], group["visibility"], group["join_policy"], group["member_limit"], 1, len(members),
            list(members.values()).count("OWNER"), members.get(me),
            "ACTIVE" if me in members else "REQUESTED" if me in self.asking[group_id] else None,
        )  # fmt: skip

    def admit(self, group_id: str, person: str, *, role: str = "MEMBER", now: str) -> None:
        """Make a member."""
        self.asking[group_id].discard(person)
        self.members[group_id].setdefault(person, role)

    def ask(self, group_id: str, *, me: str, message: str | None, now: str) -> None:
        """Ask to join."""
        self.asking[group_id].add(me)

    def remove(self, group_id: str, person: str) -> None:
        """Remove a member or a request."""
        self.members[group_id].pop(person, None)
        self.asking[group_id].discard(person)

    def waits(self, group_id: str, person: str) -> bool:
        """Whether a person asks to join."""
        return person in self.asking[group_id]
