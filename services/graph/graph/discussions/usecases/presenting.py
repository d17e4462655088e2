"""Discussions and posts as a viewer sees them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from graph.discussions.domain import DELETED, HELD, HIDDEN, PUBLISHED
from graph.discussions.kinds import DETAILS, KINDS, POLL, QUESTION
from graph.discussions.properties import without_hidden
from graph.discussions.store import DiscussionReader, unsealed
from graph.discussions.usecases.access import EVERYBODY, Access, Viewer, readable_groups
from graph.groups.store import GroupReader

Row = dict[str, Any]


def _visible(row: Row, viewer: Viewer) -> Row | None:
    """A content's state and the properties that a viewer may see, the others None; None where they may not know of it."""
    own, state = row["author_id"] == viewer.id, row["state"]
    if state == HELD:
        return row | unsealed(row["held"], viewer.cipher, owner=row["id"]) if own else None
    if state == PUBLISHED and row.get("blocked"):
        return without_hidden(row, HIDDEN) | {"state": HIDDEN, "author_id": None}
    if state == DELETED or (state == HIDDEN and not own):
        return without_hidden(row, state)
    return row


def shown_discussion(row: Row, access: Access, viewer: Viewer) -> Row | None:
    """A discussion as a reader of its group sees it; None where they may not know of it, or its kind is of a later version."""
    shown, kind = _visible(row, viewer), KINDS.get(row["kind"])
    if shown is None or kind is None:
        return None
    own = row["author_id"] == viewer.id
    if kind.may_read is not None and not own and not kind.may_read(row, access.member, viewer.read_level):
        return None
    live = shown["state"] == PUBLISHED
    can = {
        "READ": True,
        "REPLY": access.writes and live,
        "EDIT": own and access.writes and live,
        "DELETE": (own or access.moderates) and shown["state"] != DELETED,
        "VOTE": access.writes and live and kind is POLL,
        "RESOLVE": access.writes and live and kind is QUESTION and (own or access.moderates),
        "MODERATE": access.moderates,
        "FLAG": live and not own,
    }
    return {
        **{
            name: shown[name]
            for name in (
                "id", "kind", "state", "title", "body", "language", "post_count", "created_at", "edited_at",
                "last_post_at", "version", "resolved_by",
            )
        },
        "group": shown["group_id"],
        "author": shown["author_id"],
        "topics": shown["topics"] or [],
        "mentions": shown["mentions"] or [],
        "sources": shown["sources"] or [],
        "labels": shown["labels"] or [],
        **{one.name: one.show(shown) if one is kind.details else one.absent for one in DETAILS},
        "viewer_can": [action for action, allowed in can.items() if allowed],
    }  # fmt: skip


def shown_post(row: Row, parent: Row, viewer: Viewer) -> Row | None:
    """A post as a reader of its discussion sees it; None where they may not know of it."""
    shown = _visible(row, viewer)
    if shown is None or (parent["state"] == HIDDEN and row["author_id"] != viewer.id):
        return None
    own, live = row["author_id"] == viewer.id, shown["state"] == PUBLISHED
    writes, moderates = "REPLY" in parent["viewer_can"], "MODERATE" in parent["viewer_can"]
    can = {
        "READ": True,
        "REPLY": writes and live,
        "EDIT": own and writes and live,
        "DELETE": (own or moderates) and shown["state"] != DELETED,
        "MODERATE": moderates,
        "FLAG": live and not own,
    }
    return {
        **{
            name: shown[name]
            for name in ("id", "in_reply_to", "state", "body", "language", "created_at", "edited_at", "version")
        },
        "discussion": shown["discussion_id"],
        "author": shown["author_id"],
        "mentions": shown["mentions"] or [],
        "sources": shown["sources"] or [],
        "labels": shown["labels"] or [],
        "viewer_can": [action for action, allowed in can.items() if allowed],
    }


def shown_rows(
    rows: Sequence[Row], groups: GroupReader, *, viewer: Viewer, now: datetime, known: dict[str, Access] | None = None
) -> dict[str, Row]:
    """Of these stored discussions those that the viewer may read, as they see them.

    Args:
        known: access to groups that was read before.
    """
    allowed = known
    if allowed is None:
        ids = {row["group_id"] for row in rows if row["group_id"] is not None}
        allowed = readable_groups(groups, sorted(ids), viewer=viewer.id, now=now)
    found = {}
    for row in rows:
        access = EVERYBODY if row["group_id"] is None else allowed.get(row["group_id"])
        shown = shown_discussion(row, access, viewer) if access else None
        if shown is not None:
            found[row["id"]] = shown
    return found


def read_discussions(
    discussions: DiscussionReader, groups: GroupReader, ids: Sequence[str], *, viewer: Viewer, now: datetime
) -> dict[str, Row]:
    """Discussions by id, as far as the viewer may read them."""
    rows = discussions.get(ids, viewer=viewer.id) if ids else []
    return shown_rows(rows, groups, viewer=viewer, now=now)
