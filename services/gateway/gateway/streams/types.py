"""What can be subscribed to; each event is resolved like a query's answer, with the subscriber's permission."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.discussions.types import Discussion, Post
from gateway.notifications.types import Notification

_AFTER = graphene.ID(
    description="Id of the last node that you received. Nodes that were added since are sent first, so that you miss none."
)


def _event(kind: Any, description: str, **arguments: Any) -> graphene.Field:
    return graphene.Field(
        kind, required=True, description=description, resolver=lambda event, _info, **_given: event, **arguments
    )


class Subscription(graphene.ObjectType):
    """Streams of events over graphql-sse, at `/graphql/stream` in distinct connections mode. A person may follow 20 at once."""

    notification_added: Any = _event(Notification, "Sends each new notification to the viewer.", after=_AFTER)
    discussion_added: Any = _event(
        Discussion, "Sends each discussion that is opened in a group.",
        group=graphene.ID(required=True, description="Id of the group to follow."), after=_AFTER,
    )  # fmt: skip
    discussion_changed: Any = _event(
        Discussion, "Sends a discussion whenever it is changed, answered, voted in or reacted to.",
        discussion=graphene.ID(required=True, description="Id of the discussion to follow."),
    )  # fmt: skip
    post_added: Any = _event(
        Post, "Sends each post that is added to a discussion.",
        discussion=graphene.ID(required=True, description="Id of the discussion whose posts to follow."), after=_AFTER,
    )  # fmt: skip
    post_changed: Any = _event(
        Post, "Sends a post of a discussion whenever it is changed or reacted to.",
        discussion=graphene.ID(required=True, description="Id of the discussion whose posts to follow."),
    )  # fmt: skip
