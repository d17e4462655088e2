"""What can be subscribed to; each event is resolved like a query's answer, with the subscriber's permission."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.discussions.types import Discussion, Post
from gateway.notifications.types import Notification

_AFTER = graphene.ID(description="The last node received: what came since is sent first.")


def _event(kind: Any, description: str, **arguments: Any) -> graphene.Field:
    return graphene.Field(
        kind, required=True, description=description, resolver=lambda event, _info, **_given: event, **arguments
    )


class Subscription(graphene.ObjectType):
    """What can be followed, over graphql-sse at /graphql/stream in distinct connections mode."""

    notification_added: Any = _event(Notification, "One was told of something.", after=_AFTER)
    discussion_added: Any = _event(
        Discussion, "A discussion was opened in a group.",
        group=graphene.ID(required=True, description="The group."), after=_AFTER,
    )  # fmt: skip
    discussion_changed: Any = _event(
        Discussion, "A discussion was changed, answered, voted in or reacted to.",
        discussion=graphene.ID(required=True, description="The discussion."),
    )  # fmt: skip
    post_added: Any = _event(
        Post, "A post was added to a discussion.",
        discussion=graphene.ID(required=True, description="The discussion."), after=_AFTER,
    )  # fmt: skip
    post_changed: Any = _event(
        Post, "A post of a discussion was changed or reacted to.",
        discussion=graphene.ID(required=True, description="The discussion."),
    )  # fmt: skip
