"""Paths and introductions in Neo4j."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graph.db import Graph, Row, Transaction, query


@dataclass(frozen=True)
class Brokers:
    """Who could introduce a person to another, read under the person's lock.

    Args:
        there: whether the other can be reached at all.
        waiting: their introduction to the same person that waits.
        open: how many of theirs wait.
    """

    there: bool
    connected: bool
    blocked_by_me: bool
    brokers: Sequence[str]
    waiting: str | None
    open: int


class IntroductionWriter:
    """Changes introductions in one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def brokers(self, me: str, to: str, *, now: str, since: str) -> Brokers:
        """Lock who asks, and find who could introduce them."""
        row = self._tx.row(query("introductions/lock_brokers"), me=me, to=to, now=now, since=since)
        assert row is not None
        return Brokers(**row)

    def create(self, introduction: dict[str, Any]) -> None:
        """Record an introduction."""
        self._tx.rows(query("introductions/create_introduction"), introduction=introduction)

    def lock(self, own: str, *, now: str) -> Row | None:
        """Lock an introduction and read it."""
        row = self._tx.row(query("introductions/lock_introduction"), id=own, now=now)
        return row["introduction"] if row else None

    def change(self, own: str, *, state: str, note: str | None, now: str) -> None:
        """Set an introduction's state."""
        self._tx.rows(query("introductions/change_introduction"), id=own, state=state, note=note, now=now)


class IntroductionReader:
    """Reads paths and introductions."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def path(self, me: str, to: str) -> list[Row]:
        """The people on a shortest path behind the viewer: {id, opted_in, places}; empty where there is none."""
        rows = self._graph.read(query("introductions/find_path"), me=me, to=to)
        return rows[0]["people"] if rows else []

    def shared_groups(self, ids: Sequence[str], me: str) -> dict[str, str]:
        """The name of a group that each of these people shares with the viewer."""
        rows = self._graph.read(query("introductions/find_shared_groups"), ids=list(ids), me=me)
        return {row["id"]: row["name"] for row in rows}

    def get(self, ids: Sequence[str]) -> list[Row]:
        """Introductions by id."""
        rows = self._graph.read(query("introductions/read_introductions"), ids=list(ids))
        return [row["introduction"] for row in rows]

    def page(self, me: str, *, sent: bool, after: tuple[str, str], first: int) -> list[Row]:
        """A page of a person's introductions, newest first."""
        text = query("introductions/list_sent" if sent else "introductions/list_received")
        rows = self._graph.read(text, me=me, before=after[0], last=after[1], first=first)
        return [row["introduction"] for row in rows]
