"""What can be subscribed to; each event is resolved like a query's answer, with the subscriber's permission."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import graphene

from contracts.streams import EventKind, StreamEvent
from gateway.discussions.types import Discussion, Post
from gateway.notifications.types import Notification

_NODE = (
    "Id of the last node that you received, or `extensions.position` of the last event. What was added since is sent first, so "
    "that you miss none. The header `Last-Event-ID` wins over it."
)
_POSITION = (
    "`extensions.position` of the last event that you received, for example after a broken line. What happened since is sent "
    "first, so that you miss none. The header `Last-Event-ID` wins over it."
)


def _event(kind: Any, description: str, **arguments: Any) -> graphene.Field:
    return graphene.Field(
        kind, required=True, description=description, resolver=lambda event, _info, **_given: event, **arguments
    )


def _position() -> graphene.String:
    return graphene.String(
        required=True, description="Position of the event in the stream, opaque. Send it as `after` to resume after the event."
    )  # fmt: skip


class DiscussionAdded(graphene.ObjectType):
    """Event: a discussion was opened in the group, or published after it was held."""

    position = _position()
    discussion = graphene.Field(Discussion, required=True, description="Discussion that was added, as it is now.")


class DiscussionChanged(graphene.ObjectType):
    """Event: a discussion was changed, answered, voted in or reacted to."""

    position = _position()
    discussion = graphene.Field(Discussion, required=True, description="Discussion that was changed, as it is now.")


class PostAdded(graphene.ObjectType):
    """Event: a post was added to the discussion, or published after it was held."""

    position = _position()
    post = graphene.Field(Post, required=True, description="Post that was added, as it is now.")


class PostChanged(graphene.ObjectType):
    """Event: a post of the discussion was changed or reacted to."""

    position = _position()
    post = graphene.Field(Post, required=True, description="Post that was changed, as it is now.")


class NotificationAdded(graphene.ObjectType):
    """Event: the viewer was sent a notification."""

    position = _position()
    notification = graphene.Field(Notification, required=True, description="Notification that was sent to the viewer.")


class Event(graphene.Union):
    """Something that happened in what one stream follows. The type says what happened. Later versions may add types."""

    class Meta:
        types = (DiscussionAdded, DiscussionChanged, PostAdded, PostChanged, NotificationAdded)


# The type of each event, and the field that holds what it is about.
_TYPES = {
    EventKind.DISCUSSION_ADDED: ("DiscussionAdded", "discussion"),
    EventKind.DISCUSSION_CHANGED: ("DiscussionChanged", "discussion"),
    EventKind.POST_ADDED: ("PostAdded", "post"),
    EventKind.POST_CHANGED: ("PostChanged", "post"),
    EventKind.NOTIFICATION_ADDED: ("NotificationAdded", "notification"),
}


def root_of(field: str, event: StreamEvent) -> Mapping[str, object]:
    """What an event of a field of the subscription is resolved from."""
    if field != "events":
        return event.node
    kind, name = _TYPES[event.kind]
    return {"__typename": kind, "position": event.position, name: event.node}


class Subscription(graphene.ObjectType):
    """Streams of events over graphql-sse, at `/graphql/stream` in distinct connections mode. A person may follow 20 at once.

    Each event has a position: as `extensions.position`, and as the `id` of the server-sent event. Send it in the header
    `Last-Event-ID`, or as `after`, and the stream goes on after that event. `TOKEN_EXPIRED` ends a stream whose access token
    is over; `EVENTS_MISSED` says that some events cannot be sent any more.
    """

    events: Any = _event(
        Event,
        "Sends everything that a page shows live, in one stream: of a discussion, a group and the viewer's notifications. "
        "Several changes that come together are one event with the newest state.",
        discussion=graphene.ID(description="Id of a discussion to follow, with its posts. Null follows none."),
        group=graphene.ID(description="Id of a group whose discussions to follow. Null follows none."),
        notifications=graphene.Boolean(
            default_value=False, description="Whether to follow the viewer's notifications."
        ),
        after=graphene.String(description=_POSITION),
    )  # fmt: skip
    notification_added: Any = _event(
        Notification, "Sends each new notification to the viewer.", after=graphene.ID(description=_NODE)
    )
    discussion_added: Any = _event(
        Discussion, "Sends each discussion that is opened in a group.",
        group=graphene.ID(required=True, description="Id of the group to follow."), after=graphene.ID(description=_NODE),
    )  # fmt: skip
    discussion_changed: Any = _event(
        Discussion, "Sends a discussion whenever it is changed, answered, voted in or reacted to.",
        discussion=graphene.ID(required=True, description="Id of the discussion to follow."),
        after=graphene.String(description=_POSITION),
    )  # fmt: skip
    post_added: Any = _event(
        Post, "Sends each post that is added to a discussion.",
        discussion=graphene.ID(required=True, description="Id of the discussion whose posts to follow."),
        after=graphene.ID(description=_NODE),
    )  # fmt: skip
    post_changed: Any = _event(
        Post, "Sends a post of a discussion whenever it is changed or reacted to.",
        discussion=graphene.ID(required=True, description="Id of the discussion whose posts to follow."),
        after=graphene.String(description=_POSITION),
    )  # fmt: skip
