"""Paths to people, and introductions."""

from __future__ import annotations

from typing import Any

import graphene

from catalogues import regions
from gateway.batches import together
from gateway.context import Context, of
from gateway.fields import enum, texts
from gateway.paging import connection_type
from gateway.people.types import Professional, link_people
from gateway.scalars import DateTime
from gateway.things import Node, resolve_global_id
from gateway.wording import COLLEAGUE, COLLEAGUE_IN, COLLEAGUE_IN_GROUP, TEXTS

IntroductionState = enum(
    "IntroductionState",
    "State of an introduction, as the viewer sees it.",
    {
        "PENDING": "The introduction waits for the broker. The person who asked also sees a declined one so.",
        "FORWARDED": "The broker has passed the introduction on.",
        "ENDED": "The introduction ended without an answer after 30 days. For the broker, also when they declined.",
    },
)


class PathStep(graphene.ObjectType):
    """Person on a path, either named or described."""

    professional = graphene.Field(
        Professional,
        description="Person at this step: your connection, the person sought, or somebody who agreed to be named on paths. Null "
        "for everybody else.",
    )
    redacted_as = graphene.String(
        description="Description in place of the name, for example `a colleague in your group Cardio-EU`. Null when `professional` "
        "is there."
    )

    @staticmethod
    def resolve_redacted_as(root: Any, info: Any) -> str | None:
        if root["professional"] is not None:
            return None
        tag = of(info).language(None)
        if root["group"]:
            return TEXTS.text(COLLEAGUE_IN_GROUP, tag, group=root["group"])
        if root["country"]:
            return TEXTS.text(COLLEAGUE_IN, tag, country=regions.region_name(root["country"], tag))
        return TEXTS.text(COLLEAGUE, tag)


class IntroductionPath(graphene.ObjectType):
    """Shortest path of connections from the viewer to another person."""

    length = graphene.Int(required=True, description="Number of connections on the path, 1 to 4.")
    steps = texts(PathStep, max_items=4, description="People on the path in order, the person sought last.")


class Introduction(graphene.ObjectType):
    """Request to be introduced to a person by a broker, who is connected with both."""

    class Meta:
        interfaces = (Node,)

    from_ = graphene.Field(Professional, name="from", description="Person who asks for the introduction.")
    to = graphene.Field(Professional, description="Person whom the sender would like to know.")
    via = graphene.Field(Professional, description="Broker: the connection of both who is asked to introduce them.")
    message = graphene.String(description="Message of the person who asks, 1 to 1,000 characters.")
    introduction_state = IntroductionState(
        required=True, description="State of the introduction, as the viewer sees it now."
    )
    created_at = DateTime(required=True, description="Time of the request. The introduction ends 30 days later.")

    resolve_id = staticmethod(resolve_global_id("Introduction"))

    @staticmethod
    def resolve_from_(root: Any, _info: Any) -> Any:
        return root["from"]


IntroductionConnection: Any = connection_type("Introduction", lambda: Introduction, "introductions")


def link_introductions(context: Context, rows: list[dict[str, Any]]) -> None:
    """Mark introductions, and the people in them as siblings."""
    together(context, "Introduction", rows)
    link_people(context, [row[side] for row in rows for side in ("from", "to", "via")])


def read_introductions(context: Context, ids: list[str]) -> dict[str, Any]:
    """One's introductions by id."""
    found = context.graph("POST", "/v1/introductions/read", {"ids": ids})
    link_introductions(context, found)
    return {one["id"]: one for one in found}


def path_to(context: Context, person: str, longest: int) -> dict[str, Any] | None:
    """A shortest path to somebody."""
    found: dict[str, Any] | None = context.graph("POST", "/v1/people/path", {"to": person, "max_length": longest})[
        "path"
    ]
    if found is not None:
        link_people(context, [step["professional"] for step in found["steps"]])
    return found
