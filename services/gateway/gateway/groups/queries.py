"""Finding groups."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.base import LanguageTag, RegionCode, plain, texts
from gateway.context import of
from gateway.discussions.types import ahead
from gateway.groups.types import Group, GroupConnection, find_groups, mark_groups
from gateway.ids import decode
from gateway.paging import check_first, page, page_arguments, selects


class GroupBy(graphene.InputObjectType):
    """Exactly one of these."""

    id = graphene.ID(description="The id.")
    handle = graphene.String(description="The handle.")


class GroupFilter(graphene.InputObjectType):
    """Which groups; all conditions hold together, and within one list any."""

    text = graphene.String(description="Name and purpose; accents and case do not matter; prefixes match.")
    specialties = texts(graphene.String, required=False, description="Codes; narrower ones count too.")
    regions = texts(RegionCode, required=False, description="Of any kind; expanded to what is inside.")
    languages = texts(LanguageTag, required=False, description="In one of these languages.")
    minimum_countries = graphene.Int(description="Whose members practise in at least so many countries.")
    open_to_me = graphene.Boolean(description="Only those that the viewer could join right now.")


class GroupQueries(graphene.ObjectType):
    """Root fields about groups."""

    group = graphene.Field(
        Group, by=graphene.Argument(GroupBy, required=True, description="Which one."), description="One group, or null."
    )
    groups = graphene.Field(
        GroupConnection,
        filter=graphene.Argument(GroupFilter, description="Which groups; all when absent."),
        **page_arguments(None),
        description="Listed groups, and one's own, by name.",
    )

    @staticmethod
    def resolve_group(_root: Any, info: Any, by: Any) -> Any:
        context = of(info)
        context.require_caller()
        if by.get("id") is not None:
            own = decode(by["id"])
            if own is None or own[0] != "Group":
                return None
            return next(iter(find_groups(context, ahead(info, ("discussions",)), ids=[own[1]])), None)
        return next(iter(find_groups(context, ahead(info, ("discussions",)), handles=[by["handle"][:200]])), None)

    @staticmethod
    def resolve_groups(_root: Any, info: Any, first: int, filter: Any = None, after: str | None = None) -> Any:
        context = of(info)
        given = {name: value for name, value in plain(dict(filter or {})).items() if value is not None}
        body = {
            **given,
            "first": check_first(first),
            "after": after,
            "count": selects(info, "totalCount"),
            "countries": context.mentions("countries"),
        }
        answer = context.graph("POST", "/v1/groups/search", body)
        mark_groups(context, [row["group"] for row in answer["rows"]])
        return page(answer, "group", after=after)
