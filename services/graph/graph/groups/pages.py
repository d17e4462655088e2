"""Groups with their newest discussions, and how people stand to groups, kept in memory until they change.

Who reads a group is told the same as everybody else for the most part; that is kept, as JSON where it can be. Whoever
changes a group, a discussion or somebody's place in a group leaves a mark in the same transaction, and `graph.peers.index`
drops what is kept when it sees the mark, before the next answer. What a reader may see is decided anew for each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from graph.db import Graph, Row, query
from graph.discussions.domain import CASE, HELD
from graph.discussions.store import loaded
from graph.groups.eligibility import CredentialPolicy, policy_of

# Of memory, roughly: a discussion counts its text and so many bytes beside.
MOST_BYTES, ROW_BYTES = 300_000_000, 2_500
MOST_STANDINGS = 50_000
MOST_MADE = 8
_RELATIONS = {"BANNED_FROM": "BANNED", "MEMBER_OF": "MEMBER", "INVITED_TO": "INVITED", "ASKED_TO_JOIN": "REQUESTED"}


@dataclass(frozen=True)
class Page:
    """A group as stored, with its newest discussions.

    Args:
        group: its properties but those of the policy, and how many members it has.
        rows: discussions as values, newest first.
        whole: whether there are no more.
        held_at: the place of the first text that is held, which its author sees and others may not count.
        made: what was made of it for readers who see the same, by what makes it differ; not much.
    """

    group: Row
    policy: CredentialPolicy | None
    rows: list[Row]
    whole: bool
    held_at: int | None
    made: dict[Any, Any] = field(default_factory=dict)

    @property
    def bytes(self) -> int:
        """About how much memory it takes, with what is made of it."""
        return ROW_BYTES + sum(ROW_BYTES + 4 * len(row["body"] or "") for row in self.rows)

    def held(self, first: int) -> bool:
        """Whether a text is held among the first."""
        return self.held_at is not None and self.held_at < first

    def alike(self, first: int) -> frozenset[str] | None:
        """Who wrote the first discussions, which all others read alike; None where what is read depends on the reader."""
        rows = self.rows[:first]
        if any(row["kind"] == CASE for row in rows):
            return None
        return frozenset(row["author_id"] for row in rows)

    def once(self, key: Any, make: Callable[..., Any], *given: Any) -> Any:
        """What `make` makes of the page and what is given, made once while there is room."""
        if key not in self.made:
            if len(self.made) >= MOST_MADE:
                self.made.clear()
            self.made[key] = make(self, *given)
        return self.made[key]


@dataclass
class Standings:
    """How a person stands to every group that they have to do with.

    Args:
        links: by group and kind of relationship.
        snapshot: as stored; None where it was not asked for yet.
    """

    links: dict[str, dict[str, Row]]
    snapshot: str | None = None

    def to(self, group: str) -> Row:
        """Role, joined_at, relation and suspended_until in one group."""
        own = self.links.get(group)
        if own is None:
            return OUTSIDE
        member = own.get("MEMBER_OF", {})
        return {
            "role": member.get("role"),
            "joined_at": member.get("joined_at"),
            "relation": next((name for kind, name in _RELATIONS.items() if kind in own), None),
            "suspended_until": own.get("SUSPENDED_IN", {}).get("until"),
        }


OUTSIDE: Row = {"role": None, "joined_at": None, "relation": None, "suspended_until": None}


class GroupPages:
    """What a process keeps."""

    def __init__(self) -> None:
        self._pages: dict[str, Page] = {}
        self._bytes = 0
        self._standings: dict[str, Standings] = {}
        self._changes = 0

    def clear(self) -> None:
        """Anything may have changed."""
        self._changes += 1
        self._pages.clear()
        self._standings.clear()
        self._bytes = 0

    def drop(self, group: str) -> None:
        """A group has changed, or a discussion in it, or who is in it."""
        self._changes += 1
        page = self._pages.pop(group, None)
        if page is not None:
            self._bytes -= page.bytes

    def forget(self, person: str) -> None:
        """A person has changed, or their place in a group."""
        self._changes += 1
        self._standings.pop(person, None)

    def read(self, graph: Graph, ids: Sequence[str], first: int) -> dict[str, Page]:
        """Groups by id, of those that exist, each with at least so many discussions, or all."""
        found: dict[str, Page] = {}
        missing = []
        for group in dict.fromkeys(ids):
            page = self._pages.get(group)
            if page is not None and (page.whole or len(page.rows) >= first):
                found[group] = page
            else:
                missing.append(group)
        if missing:
            before = self._changes
            for row in graph.read(query("groups/read_group_pages"), ids=missing, first=first):
                page = _page(row, first)
                found[page.group["id"]] = page
                if before == self._changes:  # else what was read may be older than a change
                    self._keep(page)
        return found

    def _keep(self, page: Page) -> None:
        self._bytes += page.bytes
        before = self._pages.pop(page.group["id"], None)
        self._bytes -= before.bytes if before is not None else 0
        self._pages[page.group["id"]] = page
        while self._bytes > MOST_BYTES:
            self._bytes -= self._pages.pop(next(iter(self._pages))).bytes

    def standings(self, graph: Graph, person: str, *, snapshot: bool) -> Standings:
        """How a person stands to groups.

        Args:
            snapshot: whether a policy asks for it.
        """
        found = self._standings.get(person)
        if found is not None and (found.snapshot is not None or not snapshot):
            return found
        before = self._changes
        rows = graph.read(query("groups/read_standings"), viewer=person, snapshot=snapshot)
        links: dict[str, dict[str, Row]] = {}
        for link in rows[0]["links"] if rows else ():
            links.setdefault(link["group"], {})[link["kind"]] = link
        found = Standings(links, rows[0]["snapshot"] if rows else None)
        if rows and before == self._changes:
            if len(self._standings) >= MOST_STANDINGS:
                self._standings.pop(next(iter(self._standings)))
            self._standings[person] = found
        return found


def _page(row: Row, first: int) -> Page:
    group = {name: value for name, value in row["group"].items() if not name.startswith("policy_")}
    rows = [loaded(one) for one in row["rows"]]
    held_at = next((number for number, one in enumerate(rows) if one["state"] == HELD), None)
    return Page(
        group | {"member_count": row["member_count"]}, policy_of(row["group"]), rows, len(rows) < first, held_at
    )
