"""One's own sessions."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.context import Context
from gateway.paging import check_first, connection_type, page
from gateway.scalars import DateTime
from gateway.things import Node, resolve_global_id


class Session(graphene.ObjectType):
    """A place where one is signed in: a browser, an app or a program."""

    class Meta:
        interfaces = (Node,)

    created_at = DateTime(required=True, description="When it was opened by signing in.")
    last_used_at = DateTime(required=True, description="When it was last refreshed; within 10 minutes of its last use.")
    expires_at = DateTime(
        required=True,
        description="When it ends at the latest, however it is used: 90 days after the sign-in, or 12 hours where roles beyond "
        "MEMBER count in it. It ends before where it is not refreshed for 30 days, or one hour.",
    )
    client = graphene.String(
        description="The program and system that signed in, as the program said, for example `Firefox on Windows`; "
        "`Unknown program` where it is none of the usual ones. Null for sessions from before this was noted."
    )
    current = graphene.Boolean(required=True, description="Whether this request was made in it.")

    resolve_id = staticmethod(resolve_global_id("Session"))


SessionConnection: Any = connection_type("Session", lambda: Session, "sessions")


def sessions_page(context: Context, *, first: int, after: str | None, count: bool) -> dict[str, Any]:
    """A page of one's open sessions."""
    answer = context.profiles(
        "POST", "/v1/me/sessions/search", {"first": check_first(first), "after": after, "count": count}
    )
    return page(answer, "session", after=after)
