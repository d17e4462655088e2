"""Reading what one was told: nothing that one may no longer see, checked when it is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from graph.notifications.store import NotificationReader
from kit.cursors import Looked, look_through

Row = dict[str, Any]
MAX_UNREAD_COUNT = 500
KEPT = timedelta(days=180)
SORT = ("created_at", "id")
# What is about a text is shown as long as the text is; everything else as long as its subject is there.
_TEXTS = frozenset({"Discussion", "Post"})


def visible(
    rows: Sequence[Row], *, cards: dict[str, Row], groups: dict[str, Row], contents: dict[str, Row]
) -> list[Row]:
    """Of these notifications those that the reader may still see, with actor and subject.

    Args:
        cards: people as the reader sees them.
        groups: groups that the reader may know of.
        contents: discussions and posts that the reader may read.
    """
    found = []
    for row in rows:
        actor, kind, subject = row["actor"], row["subject_kind"], row["subject"]
        if actor is not None and actor not in cards:
            continue
        thing: Row | None = None
        if kind in _TEXTS:
            thing = contents.get(subject)
            if thing is None or thing["state"] != "PUBLISHED":
                continue
        elif kind == "Group":
            thing = groups.get(subject)
            if thing is None and row["event"] != "MEMBERSHIP_CHANGED":
                continue
        elif kind == "Professional":
            thing = cards.get(subject)
            if thing is None:
                continue
        found.append(row | {"actor": cards.get(actor) if actor else None, "subject_shown": thing})
    return found


Resolve = Callable[[Sequence[Row]], list[Row]]


def page(
    notifications: NotificationReader,
    me: str,
    *,
    unread_only: bool,
    after: tuple[str, str],
    first: int,
    resolve: Resolve,
) -> Looked:
    """A person's notifications, newest first, as many as `first` and some more."""
    return look_through(
        lambda place, size: notifications.page(me, unread_only=unread_only, before=place, first=size), resolve,
        start=after, wanted=first, sort=SORT,
    )  # fmt: skip


def unread_count(notifications: NotificationReader, me: str, *, before: tuple[str, str], resolve: Resolve) -> int:
    """How many notifications one has not read and may still see, counted up to 500."""
    return len(resolve(notifications.page(me, unread_only=True, before=before, first=MAX_UNREAD_COUNT)))
