"""Marking notifications as read."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.accounts.types import Viewer, viewer_after
from gateway.context import Context, Repetition
from gateway.ids import expect
from gateway.mutation import mutation


def mark_notifications_read(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Mark notifications as read, up to one and with it."""
    own = expect(given["up_to"], "Notification", "upTo", missing=True)
    context.graph("POST", "/v1/me/notifications/read", {"up_to": own})
    return {}


MUTATIONS = {
    "mark_notifications_read": mutation(
        "MarkNotificationsRead",
        "Marks notifications as read: the one that you name and all older ones. `Discussion.unreadCount` then counts only "
        "posts after that notification.",
        inputs={"up_to": graphene.ID(required=True, description="Id of the newest notification that you have read.")},
        answers={
            "viewer": graphene.Field(
                Viewer,
                resolver=viewer_after,
                description="You, with the new `notifications`. Null when the mutation failed.",
            )
        },
        act=mark_notifications_read,
        repetition=Repetition.HARMLESS,
    )
}
