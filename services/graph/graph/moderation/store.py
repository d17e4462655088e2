"""Flags, decisions and context notes in Neo4j."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from graph.db import Graph, Row, Transaction, query
from graph.moderation.domain import WAITING


@dataclass(frozen=True)
class FlagCriteria:
    """What the queue shows; empty means any."""

    me: str
    statuses: Sequence[str]
    reasons: Sequence[str] = ()
    origin: str = ""
    group: str = ""


def _note(row: Row) -> Row:
    note: Row = row["note"]
    return note | {"sources": orjson.loads(note["sources"])}


class ModerationWriter:
    """Changes flags, decisions and notes in one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def add_flag(self, flag: dict[str, Any]) -> str:
        """Add a flag; the same person's open flag on the same thing stays the only one.

        Returns:
            the id of the flag that is open.
        """
        row = self._tx.row(query("moderation/add_flag"), flag=flag)
        assert row is not None
        return str(row["id"])

    def lock_flag(self, flag_id: str, *, now: str) -> tuple[Row, Row | None] | None:
        """Lock a flag and read it with its last decision."""
        row = self._tx.row(query("moderation/lock_flag"), id=flag_id, now=now)
        return (row["flag"], row["decision"]) if row else None

    def is_party(self, flag_id: str, me: str, *, waiting: Sequence[str]) -> bool:
        """Whether somebody is party to a flag through reports of their own, or decisions that are appealed."""
        row = self._tx.row(query("moderation/find_party"), id=flag_id, me=me, waiting=list(waiting))
        return row is not None and bool(row["party"])

    def change_flag(self, flag_id: str, fields: dict[str, Any]) -> None:
        """Set fields of a flag."""
        self._tx.rows(query("moderation/change_flag"), id=flag_id, fields=fields)

    def appealed(self, flag_id: str, *, waiting: Sequence[str]) -> list[Row]:
        """Who made the decisions that are appealed about the text of a flag, and when: {by, at}."""
        return self._tx.rows(query("moderation/list_appealed"), id=flag_id, waiting=list(waiting))

    def close_flags(self, subject: str, *, except_id: str, decision: str, status: str) -> list[str]:
        """Close the other open flags on a thing; an appeal goes on waiting.

        Returns:
            who reported them.
        """
        rows = self._tx.rows(
            query("moderation/close_flags"), subject=subject, except_id=except_id, decision=decision, status=status
        )
        return [row["reporter"] for row in rows if row["reporter"]]

    def add_decision(self, decision: dict[str, Any]) -> None:
        """Add a decision."""
        self._tx.rows(query("moderation/add_decision"), decision=decision)

    def change_decision(self, decision_id: str, fields: dict[str, Any]) -> None:
        """Set fields of a decision."""
        self._tx.rows(query("moderation/change_decision"), id=decision_id, fields=fields)

    def suspend(self, group: str, person: str, *, until: str) -> None:
        """Suspend a membership."""
        self._tx.rows(query("moderation/suspend_member"), group=group, person=person, until=until)

    def lift(self, group: str, person: str) -> None:
        """End the suspension of a membership."""
        self._tx.rows(query("moderation/lift_suspension"), group=group, person=person)

    def add_note(self, note: dict[str, Any]) -> None:
        """Add a context note."""
        self._tx.rows(query("moderation/add_note"), note=note | {"sources": orjson.dumps(note["sources"]).decode()})

    def lock_note(self, note_id: str, *, now: str) -> Row | None:
        """Lock a note and read it."""
        row = self._tx.row(query("moderation/lock_note"), id=note_id, now=now)
        return _note(row) if row else None

    def rate_note(self, note_id: str, *, me: str, helpful: bool, country: str, now: str) -> list[Row]:
        """Rate a note.

        Returns:
            all its ratings, {country, helpful, total}.
        """
        return self._tx.rows(
            query("moderation/rate_note"), id=note_id, me=me, helpful=helpful, country=country, now=now
        )

    def change_note(self, note_id: str, *, status: str, helpful_in: Sequence[str]) -> None:
        """Set a note's status."""
        self._tx.rows(query("moderation/change_note"), id=note_id, status=status, helpful_in=list(helpful_in))


class ModerationReader:
    """Reads flags, decisions and notes."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def flags(self, ids: Sequence[str]) -> list[tuple[Row, Row | None]]:
        """Flags by id with their last decisions."""
        rows = self._graph.read(query("moderation/read_flags"), ids=list(dict.fromkeys(ids)))
        return [(row["flag"], row["decision"]) for row in rows]

    def queue(self, criteria: FlagCriteria, *, after: tuple[str, str], first: int) -> list[Row]:
        """A page of flags, the oldest first."""
        return self._graph.read(
            query("moderation/list_queue"), me=criteria.me, statuses=list(criteria.statuses), reasons=list(criteria.reasons),
            origin=criteria.origin, group=criteria.group, since=after[0], last=after[1], first=first, waiting=list(WAITING),
        )  # fmt: skip

    def decisions(self, ids: Sequence[str]) -> list[Row]:
        """Decisions by id."""
        rows = self._graph.read(query("moderation/read_decisions"), ids=list(dict.fromkeys(ids)))
        return [row["decision"] for row in rows]

    def decisions_about(self, me: str, *, after: tuple[str, str], first: int) -> list[Row]:
        """A page of the decisions about what a person wrote, newest first."""
        rows = self._graph.read(query("moderation/list_decisions"), me=me, before=after[0], last=after[1], first=first)
        return [row["decision"] for row in rows]

    def year(self, begin: str, end: str) -> Row:
        """A year's counts."""
        return self._graph.read(query("moderation/count_year"), **{"from": begin, "to": end})[0]

    def notes_on(self, subjects: Sequence[str], *, viewer: str, rates: bool) -> list[Row]:
        """The context notes on several things that the viewer may see."""
        rows = self._graph.read(
            query("moderation/list_notes"), subjects=list(dict.fromkeys(subjects)), viewer=viewer, rates=rates
        )
        return [_note(row) for row in rows]

    def notes(self, ids: Sequence[str]) -> list[Row]:
        """Context notes by id."""
        return [_note(row) for row in self._graph.read(query("moderation/read_notes"), ids=list(dict.fromkeys(ids)))]

    def overdue_held(self, before: str, *, except_ids: Sequence[str] = ()) -> list[str]:
        """What has been held since before a moment."""
        rows = self._graph.read(query("moderation/list_overdue_held"), before=before, except_ids=list(except_ids))
        return [row["id"] for row in rows]

    def held(self) -> list[Row]:
        """What is held: {id, held}."""
        return self._graph.read(query("moderation/list_held"))
