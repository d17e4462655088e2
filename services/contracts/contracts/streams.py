"""What happened in what somebody follows, from a position of the change feed on."""

from __future__ import annotations

from enum import StrEnum

from contracts.messages import Message

EVENTS_AT_ONCE = 100  # that a page looks at, whether the caller may see them or not


class EventKind(StrEnum):
    """What happened, in the order in which events of one transaction come."""

    DISCUSSION_ADDED = "DISCUSSION_ADDED"
    DISCUSSION_CHANGED = "DISCUSSION_CHANGED"
    POST_ADDED = "POST_ADDED"
    POST_CHANGED = "POST_CHANGED"
    NOTIFICATION_ADDED = "NOTIFICATION_ADDED"


class SourceKind(StrEnum):
    """Where events come from: each source follows one thing."""

    DISCUSSIONS_ADDED = "DISCUSSIONS_ADDED"  # to a group
    DISCUSSIONS_CHANGED = "DISCUSSIONS_CHANGED"  # in a group
    DISCUSSION_CHANGED = "DISCUSSION_CHANGED"  # the discussion itself
    DISCUSSION_TOUCHED = "DISCUSSION_TOUCHED"  # the discussion or a post in it
    POSTS_ADDED = "POSTS_ADDED"  # to a discussion
    POSTS_CHANGED = "POSTS_CHANGED"  # in a discussion
    NOTIFICATIONS_ADDED = "NOTIFICATIONS_ADDED"  # to the caller


class FeedPoint(Message, frozen=True, kw_only=True):
    """How far the change feed is known to be readable.

    Args:
        epoch: changes when Neo4j was emptied or replaced.
    """

    epoch: str
    position: int


class StreamEvent(Message, frozen=True, kw_only=True):
    """One event, with what it is about as the caller sees it now.

    Args:
        position: at which a stream goes on after this event; opaque.
        node: the discussion, post or notification, as the routes of its feature answer it.
    """

    kind: EventKind
    position: str
    node: dict[str, object]


class StreamPage(Message, frozen=True, kw_only=True):
    """What happened after a position, oldest first.

    Args:
        start: the position after which it was read.
        position: to go on after, also where nothing happened that the caller may see.
        point: up to where it was read.
        more: whether there is more up to there.
        lost: whether the position that was given is not known any more; `start` is now then.
    """

    start: str
    events: list[StreamEvent]
    position: str
    point: FeedPoint
    more: bool = False
    lost: bool = False
