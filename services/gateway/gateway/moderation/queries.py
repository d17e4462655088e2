"""The moderators' queue, and what the transparency report counts."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.context import of
from gateway.fields import plain, texts
from gateway.ids import expect
from gateway.moderation.types import (
    FlagConnection,
    FlagOrigin,
    FlagReason,
    FlagStatus,
    TransparencyCount,
    link_flags,
    what_about,
)
from gateway.paging import check_first, counts, page, page_arguments
from kit.paths import internal_path


class FlagFilter(graphene.InputObjectType):
    """Conditions for flags. A flag meets all of them, and of each list at least one entry."""

    statuses = texts(
        FlagStatus,
        required=False,
        description="States of which the flag has one. Leave it out for flags that wait: `OPEN`, `TAKEN` and `APPEALED`.",
    )
    reasons = texts(FlagReason, required=False, description="Reasons of which the flag has one.")
    origin = FlagOrigin(description="Origin that the flag has.")
    group = graphene.ID(description="Id of the group in which the reported texts stand.")


class ModerationQueries(graphene.ObjectType):
    """Root fields for moderators."""

    moderation_queue = graphene.Field(
        FlagConnection,
        filter=graphene.Argument(FlagFilter, description="Conditions for the flags. Leave it out for all that wait."),
        **page_arguments(None),
        description="Flags for moderators, oldest first. Flags to which the viewer is a party are left out, for example about "
        "their own texts. Only moderators and admins may ask.",
    )
    transparency_report = texts(
        TransparencyCount,
        required=False,
        year=graphene.Int(required=True, description="Calendar year in UTC, for example `2026`."),
        max_items=60,
        description="Numbers of flags, decisions and appeals in one year. Everybody who is signed in may ask.",
    )

    @staticmethod
    def resolve_moderation_queue(
        _root: Any, info: Any, first: int, filter: Any = None, after: str | None = None
    ) -> Any:
        context = of(info)
        given = {name: value for name, value in plain(dict(filter or {})).items() if value is not None}
        if given.get("group"):
            given["group"] = expect(given["group"], "Group", "group")
        body = {
            **given, "first": check_first(first), "after": after, "count": counts(info), **what_about(context)
        }  # fmt: skip
        answer = context.graph("POST", "/v1/flags/search", body)
        link_flags(context, [row["flag"] for row in answer["rows"]])
        return page(answer, "flag", after=after)

    @staticmethod
    def resolve_transparency_report(_root: Any, info: Any, year: int) -> Any:
        found = of(info).graph("GET", internal_path("transparency", min(max(year, 2000), 9998)))
        flags = [("FLAGS", one["reason"], one["origin"] == "SYSTEM", one["total"]) for one in found["flags"]]
        decided = [("DECISIONS", one["action"], one["automated"], one["total"]) for one in found["decisions"]]
        rows = [*flags, *decided, ("APPEALS", "ALL", False, found["appeals"])]
        return [dict(zip(("what", "value", "automated", "count"), row, strict=True)) for row in rows]
