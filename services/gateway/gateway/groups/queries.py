"""Finding groups."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.context import of
from gateway.discussions.types import ahead
from gateway.fields import enum, plain, texts
from gateway.groups.types import Group, GroupConnection, find_groups, link_groups
from gateway.ids import decode
from gateway.paging import check_first, counts, page, page_arguments
from gateway.scalars import LanguageTag, RegionCode


class GroupBy(graphene.InputObjectType):
    """Ways to name one group. Give exactly one of the fields."""

    id = graphene.ID(description="Id of the group, from `Group.id`.")
    handle = graphene.String(description="Handle of the group, for example `heart-failure-europe`.")


class GroupFilter(graphene.InputObjectType):
    """Conditions for groups. A group meets all of them, and of each list at least one entry."""

    text = graphene.String(
        description="Words to find in name and purpose, for example `heart failure`. The first eight count. Case and accents do "
        "not matter, and the beginning of a word is enough."
    )
    specialties = texts(
        graphene.String,
        required=False,
        max_items=50,
        description='Codes of specialties that the group is about, for example `["cardiology"]`. Narrower specialties count too.',
    )
    regions = texts(
        RegionCode,
        required=False,
        max_items=50,
        description='Regions that the group is about, for example `["M49:150"]`. Regions inside them count too.',
    )
    languages = texts(
        LanguageTag,
        required=False,
        max_items=50,
        description='Languages in one of which the group writes, BCP 47, for example `["es", "pt-BR"]`.',
    )
    minimum_countries = graphene.Int(
        description="Smallest number of countries in which the members practise, for example `3`."
    )
    open_to_me = graphene.Boolean(
        description="True selects only groups that the viewer can join right now. Such a list has no `totalCount`."
    )


GroupOrder = enum(
    "GroupOrder",
    "Orders in which groups are listed.",
    {
        "NAME": "The groups are sorted by name.",
        "MEMBERS": "The group with the most members comes first.",
        "NEWEST": "The group that was made last comes first.",
    },
)


class GroupQueries(graphene.ObjectType):
    """Root fields about groups."""

    group = graphene.Field(
        Group,
        by=graphene.Argument(GroupBy, required=True, description="Id or handle of the group."),
        description="Group by id or handle. Null when it does not exist, or when the viewer may not know that it does.",
    )
    groups = graphene.Field(
        GroupConnection,
        filter=graphene.Argument(GroupFilter, description="Conditions for the groups. Leave it out for all."),
        order_by=GroupOrder(
            required=True,
            default_value="NAME",
            description="Order of the groups, `NAME` by default, for example `MEMBERS`.",
        ),
        **page_arguments(None),
        description="Listed groups and groups of which the viewer is a member.",
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
    def resolve_groups(
        _root: Any, info: Any, first: int, order_by: object, filter: Any = None, after: str | None = None
    ) -> Any:
        context = of(info)
        given = {name: value for name, value in plain(dict(filter or {})).items() if value is not None}
        body = {
            **given,
            "order": plain(order_by),
            "first": check_first(first),
            "after": after,
            "count": counts(info),
            "countries": context.selects("countries"),
        }
        answer = context.graph("POST", "/v1/groups/search", body)
        link_groups(context, [row["group"] for row in answer["rows"]])
        return page(answer, "group", after=after)
