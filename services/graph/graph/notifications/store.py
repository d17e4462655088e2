"""What people are told of, in Neo4j."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from graph.db import Graph, Row, Transaction, query
from graph.timestamps import stamp
from kit.clock import new_id


class NotificationWriter:
    """Adds notifications in the transaction of the event."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def add(
        self,
        people: Iterable[str],
        event: str,
        *,
        actor: str | None,
        kind: str,
        subject: str,
        group: str | None,
        now: datetime,
    ) -> None:
        """Tell people of an event; never those who caused it, nor across a block.

        Args:
            event: one of NotificationEvent.
            kind: the type of what it is about, like Group or Post.
            subject: its id.
            group: whose readers alone may know of it; None where that does not matter.
        """
        rows = [
            {
                "id": new_id(), "to": person, "event": event, "actor": actor, "subject_kind": kind, "subject": subject,
                "group": group, "created_at": stamp(now),
            }
            for person in dict.fromkeys(people)
        ]  # fmt: skip
        if rows:
            self._tx.rows(query("notifications/add_notifications"), rows=rows)

    def take(self, rows: Sequence[dict[str, Any]]) -> None:
        """Add notifications that another service sends, each once by its id."""
        self._tx.rows(query("notifications/add_notifications"), rows=list(rows))

    def delete_old(self, before: str, *, most: int) -> int:
        """Delete notifications from before a moment; how many."""
        row = self._tx.row(query("notifications/delete_old"), before=before, most=most)
        return int(row["deleted"]) if row else 0

    def mark_read(self, me: str, *, up_to: str, now: datetime) -> bool:
        """Mark a person's notifications as read, up to one and with it.

        Returns:
            whether that one is theirs.
        """
        row = self._tx.row(query("notifications/mark_read"), me=me, up_to=up_to, now=stamp(now))
        return bool(row and row["known"])


class NotificationReader:
    """Reads notifications."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def page(self, me: str, *, unread_only: bool, before: tuple[str, str], first: int) -> list[Row]:
        """A person's notifications, newest first."""
        text = query("notifications/list_unread" if unread_only else "notifications/list_all")
        rows = self._graph.read(text, me=me, before=before[0], last=before[1], first=first)
        return [row["notification"] for row in rows]

    def get(self, me: str, ids: Sequence[str]) -> list[Row]:
        """A person's notifications by id."""
        rows = self._graph.read(query("notifications/read_notifications"), me=me, ids=list(ids))
        return [row["notification"] for row in rows]
