"""Paths to people, and introductions."""

from __future__ import annotations

from typing import Any

import graphene

from catalogues import regions
from gateway.base import DateTime, Node, enum, resolve_global_id, texts
from gateway.batches import together
from gateway.context import Context, of
from gateway.paging import connection_type
from gateway.people.types import Professional, people_of
from gateway.wording import COLLEAGUE, COLLEAGUE_IN, COLLEAGUE_IN_GROUP, TEXTS

IntroductionState = enum(
    "IntroductionState",
    "How an introduction stands.",
    {
        "PENDING": "It waits; who asked sees a declined one so too.",
        "FORWARDED": "The broker has passed it on.",
        "ENDED": "It ended: after 30 days, or, for the broker, when they declined.",
    },
)


class PathStep(graphene.ObjectType):
    """A person on the way: named, or described."""

    professional = graphene.Field(Professional, description="One's own connection, and who opted in to be named.")
    redacted_as = graphene.String(description="Instead of the name, like: a colleague in your group Cardio-EU.")

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
    """A shortest way to somebody."""

    length = graphene.Int(required=True, description="How many connections long it is.")
    steps = texts(PathStep, max_items=4, description="The people on it, the person sought last.")


class Introduction(graphene.ObjectType):
    """A wish to be introduced to somebody by a connection of both."""

    class Meta:
        interfaces = (Node,)

    from_ = graphene.Field(Professional, name="from", description="Who asks.")
    to = graphene.Field(Professional, description="Whom they would like to know.")
    via = graphene.Field(Professional, description="Who could introduce them.")
    message = graphene.String(description="What they say.")
    introduction_state = IntroductionState(required=True, description="How it stands.")
    created_at = DateTime(required=True, description="When they asked.")

    resolve_id = staticmethod(resolve_global_id("Introduction"))

    @staticmethod
    def resolve_from_(root: Any, _info: Any) -> Any:
        return root["from"]


IntroductionConnection: Any = connection_type("Introduction", lambda: Introduction, "introductions")


def mark_introductions(context: Context, rows: list[dict[str, Any]]) -> None:
    """Mark introductions, and the people in them as siblings."""
    together(context, "Introduction", rows)
    people_of(context, [row[side] for row in rows for side in ("from", "to", "via")])


def read_introductions(context: Context, ids: list[str]) -> dict[str, Any]:
    """One's introductions by id."""
    found = context.graph("POST", "/v1/introductions/read", {"ids": ids})
    mark_introductions(context, found)
    return {one["id"]: one for one in found}


def path_to(context: Context, person: str, longest: int) -> dict[str, Any] | None:
    """A shortest path to somebody."""
    found: dict[str, Any] | None = context.graph("POST", "/v1/people/path", {"to": person, "max_length": longest})[
        "path"
    ]
    if found is not None:
        people_of(context, [step["professional"] for step in found["steps"]])
    return found
