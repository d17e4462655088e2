"""Discussions and posts in Neo4j."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graph.db import Graph, Row, Transaction, query
from kit.texts import fold


class DiscussionWriter:
    """Writes discussions and posts in one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def create(self, *, author: str, group: str, discussion: dict[str, Any]) -> None:
        """Open a discussion."""
        self._tx.rows(query("discussions/create_discussion"), author=author, group=group, discussion=discussion)

    def lock(self, discussion_id: str, *, now: str) -> Row | None:
        """Lock a discussion and read its group and state."""
        return self._tx.row(query("discussions/lock_discussion"), discussion=discussion_id, now=now)

    def has_post(self, discussion_id: str, post_id: str) -> bool:
        """Whether a post stands in the discussion."""
        row = self._tx.row(query("discussions/find_post"), discussion=discussion_id, post=post_id)
        return bool(row and row["there"])

    def add_post(self, *, author: str, discussion: str, post: dict[str, Any]) -> None:
        """Add a post."""
        self._tx.rows(query("discussions/add_post"), author=author, discussion=discussion, post=post)


class DiscussionReader:
    """Reads discussions and posts."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def get(self, ids: Sequence[str]) -> list[Row]:
        """Discussions by id with their authors' ids."""
        rows = self._graph.read(query("discussions/read_discussions"), ids=list(dict.fromkeys(ids)))
        return [row["discussion"] | {"author": row["author"]} for row in rows]

    def in_groups(
        self,
        groups: Sequence[str],
        *,
        kind: str | None,
        topic: str | None,
        language: str | None,
        after: tuple[str, str],
        first: int,
    ) -> dict[str, Row]:
        """For each group a page of its discussions, newest first."""
        given: dict[str, Any] = {"groups": list(groups), "before": after[0], "last": after[1], "first": first}
        if kind or topic or language:
            rows = self._graph.read(
                query("discussions/list_in_groups_filtered"),
                **given, kind=kind, topic=fold(topic) if topic else None, language=language,
            )  # fmt: skip
        else:
            rows = self._graph.read(query("discussions/list_in_groups"), **given)
        return {row["group"]: row for row in rows}

    def posts(
        self, discussions: Sequence[str], *, backward: bool, position: tuple[str, str], first: int
    ) -> dict[str, list[Row]]:
        """For each discussion a page of posts: the oldest after a position, or the newest before it."""
        if backward:
            rows = self._graph.read(
                query("discussions/list_last_posts"),
                discussions=list(discussions), before=position[0], last=position[1], first=first,
            )  # fmt: skip
        else:
            rows = self._graph.read(
                query("discussions/list_posts"),
                discussions=list(discussions), since=position[0], last=position[1], first=first,
            )  # fmt: skip
        return {row["discussion"]: row["rows"] for row in rows}

    def get_posts(self, ids: Sequence[str]) -> list[Row]:
        """Posts by id."""
        rows = self._graph.read(query("discussions/read_posts"), ids=list(dict.fromkeys(ids)))
        return [row["post"] for row in rows]
