"""Reading people as others see them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from graph.people import domain
from graph.people.store import PeopleStore
from graph.timestamps import stamp
from kit import cards, cursors, verification


def viewer_level(people: PeopleStore, viewer: str, now: datetime) -> str:
    """The caller's own verification level; UNVERIFIED until the relay has brought them."""
    row = people.viewer(viewer)
    if row is None:
        return verification.UNVERIFIED
    return domain.level_by_dates(row["identity_until"], row["practise_until"], now.date().isoformat())


def read_cards(people: PeopleStore, ids: Sequence[str], *, viewer: str, now: datetime) -> dict[str, dict[str, Any]]:
    """People as the viewer sees them, by id; who does not exist or is suspended is not there."""
    if not ids:
        return {}
    verified = viewer_level(people, viewer, now) == verification.RIGHT_TO_PRACTISE
    found = {}
    for row in people.cards(list(dict.fromkeys(ids)), viewer=viewer, now=stamp(now)):
        own = row["id"] == viewer
        relation = cards.Relation(own, row["connected"], row["co_member"], verified)
        card = cards.card(row["snapshot"], relation, now.date())
        incoming, outgoing = row["incoming"], row["outgoing"]
        card["connection"] = (
            "SELF"
            if own
            else "CONNECTED"
            if row["connected"]
            else "BLOCKED_BY_ME"
            if row["blocked"]
            else "REQUESTED_BY_THEM"
            if incoming
            else "REQUESTED_BY_ME"
            if outgoing
            else "NONE"
        )
        card["incoming_request"] = incoming and incoming | {"from": row["id"], "to": viewer}
        card["outgoing_request"] = outgoing and outgoing | {"from": viewer, "to": row["id"]}
        found[row["id"]] = card
    return found


Mutual = Callable[[str, tuple[str, str] | None, int], tuple[list[dict[str, Any]], int]]


def list_mutual(
    people: PeopleStore,
    mutual: Mutual,
    ids: Sequence[str],
    *,
    viewer: str,
    first: int,
    after: str | None,
    now: datetime,
) -> dict[str, Any]:
    """For each person a page of the connections they share with the viewer, hidden connections left out.

    Args:
        mutual: lists the connections that the viewer shares with a person after a name and id, and counts them all.

    Returns:
        {id: {rows: [{id, cursor, card}], has_next, total}}.
    """
    mark = cursors.fingerprint("mutual", viewer)
    position = cursors.position(after, mark, ("", "")) if after is not None else None
    pages = {person: mutual(person, position, first) for person in ids}
    shown = [row["id"] for rows, _ in pages.values() for row in rows[:first]]
    shown_cards = read_cards(people, shown, viewer=viewer, now=now)
    return {
        person: {
            "rows": [
                {
                    "id": row["id"],
                    "cursor": cursors.encode(mark, [row["sort_name"], row["id"]]),
                    "card": shown_cards[row["id"]],
                }
                for row in rows[:first]
                if row["id"] in shown_cards
            ],
            "has_next": len(rows) > first,
            "total": total,
            "end": cursors.end(mark, rows[:first], ("sort_name", "id")),
        }
        for person, (rows, total) in pages.items()
    }
