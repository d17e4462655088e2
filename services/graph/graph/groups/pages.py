"""A cache of groups with their newest discussions, and of people's memberships of groups.

Most readers of a group are answered the same; that is cached, as JSON where it can be. What a reader may see is decided for
each answer. A view of the network (`graph.peers.index`) is the only way to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from cachetools import LRUCache

from graph.db import Graph, Row, query
from graph.discussions.domain import HELD
from graph.discussions.kinds import KINDS
from graph.discussions.properties import READ_OF_DISCUSSIONS
from graph.discussions.store import loaded_discussion
from graph.groups.eligibility import CredentialPolicy, policy_of
from graph.peers.network import Network

# Of memory, roughly: a discussion counts its text and so many bytes beside.
MAX_PAGE_BYTES, ROW_BYTES = 300_000_000, 2_500
MAX_MEMBERSHIPS = 50_000
MAX_MADE = 8
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
        if any(row["kind"] not in KINDS or KINDS[row["kind"]].may_read is not None for row in rows):
            return None
        return frozenset(row["author_id"] for row in rows)

    def once(self, key: Any, make: Callable[..., Any], *given: Any) -> Any:
        """What `make` makes of the page and what is given, made once while there is room."""
        if key not in self.made:
            if len(self.made) >= MAX_MADE:
                self.made.clear()
            self.made[key] = make(self, *given)
        return self.made[key]


@dataclass
class Memberships:
    """A person's membership of, or invitation to, request to, ban from or suspension in every group.

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
    """Groups and people's places in groups, each cached under the version that the network gives it.

    Whatever is read from Neo4j after a version was known is at least as new as that version, so that an entry can be too
    new but never stale: a change gives a new version, and the entry is not looked at again.

    Args:
        network: tells versions; what it does not know is read and not cached.
    """

    def __init__(self, network: Network | None = None) -> None:
        self._network = network or Network()
        self._pages: LRUCache[str, tuple[int, Page]] = LRUCache(MAX_PAGE_BYTES, getsizeof=lambda entry: entry[1].bytes)
        self._memberships: LRUCache[str, tuple[int, Memberships]] = LRUCache(MAX_MEMBERSHIPS)

    def read(self, graph: Graph, ids: Sequence[str], first: int) -> dict[str, Page]:
        """Groups by id, of those that exist, each with at least so many discussions, or all."""
        pages: dict[str, Page] = {}
        missing: dict[str, int | None] = {}
        for group in dict.fromkeys(ids):
            version = self._network.group_version(group)
            cached = self._pages.get(group)
            if cached is not None and cached[0] == version and (cached[1].whole or len(cached[1].rows) >= first):
                pages[group] = cached[1]
            else:
                missing[group] = version
        if missing:
            rows = graph.read(
                query("groups/read_group_pages"), ids=list(missing), first=first, properties=READ_OF_DISCUSSIONS
            )
            for row in rows:
                page = _page(row, first)
                group = page.group["id"]
                pages[group] = page
                version = missing[group]
                if version is not None and page.bytes <= MAX_PAGE_BYTES:
                    self._pages[group] = version, page
        return pages

    def memberships(self, graph: Graph, person: str, *, snapshot: bool) -> Memberships:
        """How a person stands to groups.

        Args:
            snapshot: whether a policy asks for it.
        """
        version = self._network.person_version(person)
        cached = self._memberships.get(person)
        if cached is not None and cached[0] == version and (cached[1].snapshot is not None or not snapshot):
            return cached[1]
        rows = graph.read(query("groups/read_standings"), viewer=person, snapshot=snapshot)
        links: dict[str, dict[str, Row]] = {}
        for link in rows[0]["links"] if rows else ():
            links.setdefault(link["group"], {})[link["kind"]] = link
        memberships = Memberships(links, rows[0]["snapshot"] if rows else None)
        if rows and version is not None:
            self._memberships[person] = version, memberships
        return memberships


def _page(row: Row, first: int) -> Page:
    group = {name: value for name, value in row["group"].items() if not name.startswith("policy_")}
    rows = [loaded_discussion(one) for one in row["rows"]]
    held_at = next((number for number, one in enumerate(rows) if one["state"] == HELD), None)
    return Page(
        group | {"member_count": row["member_count"]}, policy_of(row["group"]), rows, len(rows) < first, held_at
    )
