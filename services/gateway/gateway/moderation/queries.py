"""The moderators' queue, and what the transparency report counts."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.base import plain, texts
from gateway.context import of
from gateway.ids import expect
from gateway.moderation.types import (
    FlagConnection,
    FlagOrigin,
    FlagReason,
    FlagStatus,
    TransparencyCount,
    mark_flags,
    what_about,
)
from gateway.paging import check_first, page, page_arguments
from kit.paths import internal_path


class FlagFilter(graphene.InputObjectType):
    """Which flags; all conditions hold together."""

    statuses = texts(FlagStatus, required=False, description="Those that wait when absent.")
    reasons = texts(FlagReason, required=False, description="For one of these reasons.")
    origin = FlagOrigin(description="Where they come from.")
    group = graphene.ID(description="About texts in this group.")


class ModerationQueries(graphene.ObjectType):
    """Root fields for moderators."""

    moderation_queue = graphene.Field(
        FlagConnection,
        filter=graphene.Argument(FlagFilter, description="Which flags."),
        **page_arguments(None),
        description="What waits for a moderator, the oldest first; what one is party to is left out.",
    )
    transparency_report = texts(
        TransparencyCount,
        required=False,
        year=graphene.Int(required=True, description="Which year."),
        max_items=60,
        description="A year's flags, decisions and appeals, counted; for everybody signed in.",
    )

    @staticmethod
    def resolve_moderation_queue(
        _root: Any, info: Any, first: int, filter: Any = None, after: str | None = None
    ) -> Any:
        context = of(info)
        given = {name: value for name, value in plain(dict(filter or {})).items() if value is not None}
        if given.get("group"):
            given["group"] = expect(given["group"], "Group", "group")
        body = {**given, "first": check_first(first), "after": after, **what_about(context)}
        answer = context.graph("POST", "/v1/flags/search", body)
        mark_flags(context, [row["flag"] for row in answer["rows"]])
        return page(answer, "flag", after=after)

    @staticmethod
    def resolve_transparency_report(_root: Any, info: Any, year: int) -> Any:
        found = of(info).graph("GET", internal_path("transparency", min(max(year, 2000), 9998)))
        flags = [("FLAGS", one["reason"], one["origin"] == "SYSTEM", one["total"]) for one in found["flags"]]
        decided = [("DECISIONS", one["action"], one["automated"], one["total"]) for one in found["decisions"]]
        rows = [*flags, *decided, ("APPEALS", "ALL", False, found["appeals"])]
        return [dict(zip(("what", "value", "automated", "count"), row, strict=True)) for row in rows]
