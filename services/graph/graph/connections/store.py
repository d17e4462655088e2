"""Connections and requests in Neo4j."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graph.db import Graph, Row, Transaction, query


@dataclass(frozen=True)
class Pair:
    """How two people stand to each other, read under their lock."""

    other_exists: bool
    connected: bool
    outgoing: Row | None
    incoming: Row | None
    open_requests: int
    blocked_by_me: bool
    blocked_by_them: bool
    identity_until: str | None
    practise_until: str | None


class ConnectionWriter:
    """Changes connections in one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def lock(self, me: str, other: str, *, now: str) -> Pair:
        """Lock two people and read how they stand to each other."""
        row = self._tx.row(query("connections/lock_pair"), me=me, other=other, now=now)
        assert row is not None
        return Pair(**row)

    def ask(self, me: str, other: str, *, request_id: str, message: str | None, now: str, expires_at: str) -> None:
        """Create a request."""
        self._tx.rows(
            query("connections/create_request"),
            me=me, other=other, id=request_id, message=message, now=now, expires_at=expires_at,
        )  # fmt: skip

    def connect(self, me: str, other: str, *, since: str) -> None:
        """Connect two people."""
        low, high = sorted((me, other))
        self._tx.rows(query("connections/connect_pair"), low=low, high=high, since=since)

    def delete_request(self, sender: str, receiver: str) -> None:
        """Delete a request."""
        self._tx.rows(query("connections/delete_request"), **{"from": sender, "to": receiver})

    def block(self, me: str, other: str, *, now: str) -> None:
        """Block a person, and end what is between the two."""
        self._tx.rows(query("connections/block_pair"), me=me, other=other, now=now)

    def unblock(self, me: str, other: str) -> None:
        """End one's block of a person."""
        self._tx.rows(query("connections/unblock_pair"), me=me, other=other)

    def disconnect(self, me: str, other: str) -> None:
        """Remove a connection."""
        self._tx.rows(query("connections/disconnect_pair"), me=me, other=other)


class ConnectionReader:
    """Lists requests, and whom somebody blocks."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def request_sides(self, request_id: str, *, now: str) -> tuple[str, str] | None:
        """Sender and receiver of a request that has not expired."""
        rows = self._graph.read(query("connections/find_request"), id=request_id, now=now)
        return (rows[0]["sender"], rows[0]["receiver"]) if rows else None

    def requests_by_id(self, ids: Sequence[str], *, me: str, now: str) -> list[dict[str, Any]]:
        """Requests that a person sent or received."""
        rows = self._graph.read(query("connections/read_requests"), ids=list(ids), me=me, now=now)
        return [row["request"] for row in rows]

    def blocked(self, me: str, *, after: tuple[str, str], first: int) -> list[Row]:
        """A page of the people whom somebody blocks, by name."""
        return self._graph.read(query("connections/list_blocked"), me=me, name=after[0], last=after[1], first=first)

    def requests(
        self, me: str, *, received: bool, now: str, after: tuple[str, str], first: int
    ) -> list[dict[str, Any]]:
        """A page of requests, newest first."""
        text = query("connections/list_received") if received else query("connections/list_sent")
        rows = self._graph.read(text, me=me, now=now, before=after[0], last=after[1], first=first)
        return [row["request"] for row in rows]
