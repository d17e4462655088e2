"""Reading people as others see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from graph.moments import stamp
from graph.people import domain
from graph.people.store import PeopleStore
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
        relation = cards.Relation(own, row["connected"], row["fellow"], verified)
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


def list_mutual(
    people: PeopleStore, ids: Sequence[str], *, viewer: str, first: int, after: str | None, now: datetime
) -> dict[str, Any]:
    """For each person a page of the connections they share with the viewer, hidden connections left out.

    Returns:
        {id: {rows: [{id, cursor, card}], has_next, total}}.
    """
    mark = cursors.fingerprint("mutual", viewer)
    found = people.mutual(
        ids, viewer=viewer, after=cursors.position(after, mark, ("", "")), first=first + 1,
        today=now.date().isoformat(),
    )  # fmt: skip
    found_cards = read_cards(people, [r["id"] for row in found.values() for r in row["rows"]], viewer=viewer, now=now)
    return {
        person: {
            "rows": [
                {"id": r["id"], "cursor": cursors.encode(mark, [r["sort_name"], r["id"]]), "card": found_cards[r["id"]]}
                for r in row["rows"][:first]
                if r["id"] in found_cards
            ],
            "has_next": len(row["rows"]) > first,
            "total": row["total"],
        }
        for person, row in found.items()
    }
