"""Where a stream stands, and the order in which events come.

Each discussion, post and notification stores the position of the change feed at which it was added, and discussions and posts
that of their last change. So whatever a reader has missed is found from a position, however old it is and whoever reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from contracts.streams import EVENTS_AT_ONCE, EventKind, FeedPoint, SourceKind
from kit import cursors
from kit.errors import Invalid

_MARK = cursors.fingerprint("streams")
_RANKS = {kind: rank for rank, kind in enumerate(EventKind)}
_EVERYTHING = len(EventKind)  # the rank behind all events of a position
_BEHIND_ALL = "~"  # behind every id
KINDS = {
    SourceKind.DISCUSSIONS_ADDED: EventKind.DISCUSSION_ADDED,
    SourceKind.DISCUSSIONS_CHANGED: EventKind.DISCUSSION_CHANGED,
    SourceKind.DISCUSSION_CHANGED: EventKind.DISCUSSION_CHANGED,
    SourceKind.DISCUSSION_TOUCHED: EventKind.DISCUSSION_CHANGED,
    SourceKind.POSTS_ADDED: EventKind.POST_ADDED,
    SourceKind.POSTS_CHANGED: EventKind.POST_CHANGED,
    SourceKind.NOTIFICATIONS_ADDED: EventKind.NOTIFICATION_ADDED,
}
OF_GROUP = frozenset({SourceKind.DISCUSSIONS_ADDED, SourceKind.DISCUSSIONS_CHANGED})
OF_DISCUSSION = frozenset(
    {SourceKind.DISCUSSION_CHANGED, SourceKind.DISCUSSION_TOUCHED, SourceKind.POSTS_ADDED, SourceKind.POSTS_CHANGED}
)


@dataclass(frozen=True)
class Source:
    """One thing that is followed.

    Args:
        of: the id of the group, discussion or person.
    """

    kind: SourceKind
    of: str


@dataclass(frozen=True, order=True)
class Position:
    """Where a stream stands: behind one event. Positions are ordered as events come.

    Args:
        feed: of the change feed; 0 for what is older than it.
        rank: of the kind of event among those of one transaction.
        created_at: orders what is older than the change feed; empty for everything else.
        id: of the discussion, post or notification.
    """

    feed: int
    rank: int = _EVERYTHING
    created_at: str = ""
    id: str = ""

    @classmethod
    def of_event(cls, kind: EventKind, own: str, feed: int, created_at: str | None = None) -> Position:
        """The position of an event."""
        return cls(feed, _RANKS[kind], created_at or "", own)

    @classmethod
    def read(cls, token: str) -> tuple[str, Position]:
        """The epoch and the position that a client sent.

        Raises:
            Invalid: this service has not made it.
        """
        epoch, feed, rank, created_at, own = cursors.decode(token, _MARK, [str, int, int, str, str])
        return epoch, cls(feed, rank, created_at, own)

    def token(self, epoch: str) -> str:
        """The position as clients hold it: opaque and signed."""
        return cursors.encode(_MARK, [epoch, self.feed, self.rank, self.created_at, self.id])

    def bounds(self, kind: EventKind) -> dict[str, int | str | None]:
        """The parameters of a query that lists events of a kind behind this position."""
        rank = _RANKS[kind]
        last = self.id if rank == self.rank else "" if rank > self.rank else _BEHIND_ALL
        return {
            "position": self.feed, "after_id": last, "limit": EVENTS_AT_ONCE,
            "older_at": self.created_at if self.created_at and rank == self.rank else None, "older_id": self.id,
        }  # fmt: skip


def resumed(token: str, point: FeedPoint, *, asked_now: bool) -> Position | None:
    """The position that a client sent; None where what came after it cannot be told any more.

    Args:
        token: what the client sent; it may be signed with a key that was retired.
        point: how far the change feed is.
        asked_now: whether the point was asked for now. One of before may be older than what the stream has had already.
    """
    try:
        epoch, position = Position.read(token)
    except Invalid:
        return None
    known = epoch == point.epoch and not (asked_now and position > Position(point.position))
    return position if known else None


@dataclass(frozen=True)
class Event:
    """Something that happened."""

    kind: EventKind
    id: str
    position: Position


@dataclass(frozen=True)
class Events:
    """The next events of a stream.

    Args:
        position: behind them, or behind everything that was looked at.
        more: whether there is more.
    """

    events: tuple[Event, ...]
    position: Position
    more: bool


def merge(found: Iterable[Sequence[Event]], until: int) -> Events:
    """The next events of several sources, each once, in the order in which they were committed.

    Args:
        found: of each source the next events, at most `EVENTS_AT_ONCE`.
        until: up to which position of the change feed they were looked for.
    """
    lists = list(found)
    # Behind the last event of a list that was cut off there may be more of it, before what another one has.
    cut = min((one[-1].position for one in lists if len(one) >= EVENTS_AT_ONCE), default=None)
    events = sorted(
        {event.position: event for one in lists for event in one}.values(), key=lambda event: event.position
    )
    if cut is not None:
        events = [event for event in events if event.position <= cut]
    if len(events) > EVENTS_AT_ONCE or cut is not None:
        events = events[:EVENTS_AT_ONCE]
        return Events(tuple(events), events[-1].position, True)
    return Events(tuple(events), Position(until), False)
