"""Finding discussions across groups."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.base import DateTime, LanguageTag, RegionCode, plain, texts
from gateway.context import of
from gateway.discussions.kinds import DiscussionKind
from gateway.discussions.types import DiscussionConnection, discussions_page
from gateway.ids import expect
from gateway.paging import check_first, page_arguments


class DiscussionFilter(graphene.InputObjectType):
    """Which discussions; all conditions hold together, and within one list any."""

    text = graphene.String(description="Title, text and topics; accents and case do not matter; prefixes match.")
    groups = texts(graphene.ID, required=False, max_items=50, description="In one of these groups.")
    kinds = texts(DiscussionKind, required=False, description="Of one of these kinds.")
    topics = texts(graphene.String, required=False, description="With one of these topics.")
    languages = texts(LanguageTag, required=False, description="In one of these languages.")
    specialties = texts(graphene.String, required=False, description="In groups about these; narrower ones count too.")
    regions = texts(RegionCode, required=False, description="In groups about these; expanded to what is inside.")
    unresolved_only = graphene.Boolean(description="Only questions without an answer.")
    created_after = DateTime(description="Only younger ones.")


class DiscussionQueries(graphene.ObjectType):
    """Root fields about discussions."""

    discussions = graphene.Field(
        DiscussionConnection,
        filter=graphene.Argument(DiscussionFilter, required=True, description="Which discussions."),
        **page_arguments(None),
        description="Discussions of all groups that the viewer may read, newest first.",
    )

    @staticmethod
    def resolve_discussions(_root: Any, info: Any, filter: Any, first: int, after: str | None = None) -> Any:
        context = of(info)
        given = {name: value for name, value in plain(dict(filter)).items() if value is not None}
        if given.get("groups"):
            given["groups"] = [expect(one, "Group", "groups") for one in given["groups"]]
        return discussions_page(context, "/v1/discussions/search", {**given, "first": check_first(first)}, after=after)
