"""Requests to connect."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.batches import referred
from gateway.context import Context, of
from gateway.fields import enum
from gateway.paging import connection_type
from gateway.people.types import Professional, link_people, read_people
from gateway.scalars import DateTime
from gateway.things import Node, resolve_global_id

Direction = enum(
    "Direction",
    "Direction of requests, as the viewer sees them.",
    {"RECEIVED": "Requests that others sent to the viewer.", "SENT": "Requests that the viewer sent to others."},
)


def _side(name: str) -> Any:
    def resolve(root: Any, info: Any) -> Any:
        # A request on a person's card names its sides by id.
        return referred(of(info), f"ConnectionRequest.{name}", root[name], read_people)

    return resolve


class ConnectionRequest(graphene.ObjectType):
    """Request to connect that waits for an answer."""

    class Meta:
        interfaces = (Node,)

    from_ = graphene.Field(
        Professional,
        name="from",
        resolver=_side("from"),
        description="Person who sent the request. Null when the viewer may not see this person.",
    )
    to = graphene.Field(
        Professional,
        resolver=_side("to"),
        description="Person to whom the request was sent. Null when the viewer may not see this person.",
    )
    message = graphene.String(
        description="Note that the sender added, at most 1,000 characters. Null when there is none."
    )
    created_at = DateTime(required=True, description="Time at which the request was sent.")
    expires_at = DateTime(
        required=True, description="Time at which an unanswered request ends, 90 days after it was sent."
    )

    resolve_id = staticmethod(resolve_global_id("ConnectionRequest"))


ConnectionRequestConnection: Any = connection_type(
    "ConnectionRequest", lambda: ConnectionRequest, "requests to connect"
)


def link_requests(context: Context, rows: list[dict[str, Any]]) -> None:
    """Mark requests, and the people in them as siblings."""
    for row in rows:
        row["request"]["__typename"] = "ConnectionRequest"
    link_people(context, [row["request"][side] for row in rows for side in ("from", "to")])


def read_requests(context: Context, ids: list[str]) -> dict[str, Any]:
    """Requests by id, those that the viewer sent or received."""
    found = context.graph("POST", "/v1/connection-requests/read", {"ids": ids})
    link_requests(context, [{"request": one} for one in found])
    return {one["id"]: one for one in found}
