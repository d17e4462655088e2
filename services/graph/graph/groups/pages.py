"""Groups and their newest discussions, kept for less than a second: what is the same for everybody of a page that many open.

An entry ends with any write of this process, and after 0.9 s in any case, so that it is current within a second of a commit
wherever that was made. How a reader stands to a group, whom they have blocked and what they may see is never kept here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from graph.db import Graph, Row, query

FRESH_SECONDS = 0.9
MOST_KEPT = 5_000
_RELATIONS = {"BANNED_FROM": "BANNED", "MEMBER_OF": "MEMBER", "INVITED_TO": "INVITED", "ASKED_TO_JOIN": "REQUESTED"}


class GroupPages:
    """Keeps pages for one process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[tuple[str, int], tuple[float, Row]] = {}
        self._writes = 0

    def expire(self) -> None:
        """Something was written here."""
        self._writes += 1
        self._kept.clear()

    def read(self, graph: Graph, ids: Sequence[str], first: int) -> dict[str, Row]:
        """By id {group, member_count, rows}, of those that exist."""
        now, writes = self._clock(), self._writes
        found, missing = {}, []
        for group in ids:
            at, page = self._kept.get((group, first), (float("-inf"), None))
            if page is not None and now - at < FRESH_SECONDS:
                found[group] = page
            else:
                missing.append(group)
        if missing:
            if len(self._kept) > MOST_KEPT:
                self._kept.clear()
            for row in graph.read(query("groups/read_group_pages"), ids=missing, first=first):
                own = row["group"]["id"]
                found[own] = row
                if writes == self._writes:  # else what was read may be older than a write
                    self._kept[own, first] = (now, row)
        return found


def standings(graph: Graph, pages: dict[str, Row], viewer: str) -> dict[str, dict[str, Any]]:
    """How a person stands to each of these groups: {role, joined_at, relation, suspended_until, snapshot}."""
    policies = any(page["group"]["policy_level"] is not None for page in pages.values())
    rows = graph.read(query("groups/read_standings"), ids=list(pages), viewer=viewer, snapshot=policies)
    links: dict[str, dict[str, Row]] = {}
    for link in rows[0]["links"] if rows else ():
        links.setdefault(link["group"], {})[link["kind"]] = link
    found = {}
    for group, page in pages.items():
        own = links.get(group, {})
        member = own.get("MEMBER_OF", {})
        found[group] = {
            "role": member.get("role"),
            "joined_at": member.get("joined_at"),
            "relation": next((name for kind, name in _RELATIONS.items() if kind in own), None),
            "suspended_until": own.get("SUSPENDED_IN", {}).get("until"),
            "snapshot": rows[0]["snapshot"] if rows and page["group"]["policy_level"] is not None else None,
        }
    return found
