"""Finding discussions across groups."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.context import of
from gateway.discussions.kinds import DiscussionKind
from gateway.discussions.types import DiscussionConnection, discussions_page
from gateway.fields import plain, texts
from gateway.ids import expect, expect_each
from gateway.paging import check_first, page_arguments
from gateway.scalars import DateTime, LanguageTag, RegionCode


class DiscussionFilter(graphene.InputObjectType):
    """Conditions for discussions. A discussion meets all of them, and of each list at least one entry."""

    text = graphene.String(
        description="Words to find in title, text and topics, for example `COPD exacerbation`. A discussion holds all of them; "
        "the first eight count. Case and accents do not matter, and the beginning of a word is enough. The search looks at the "
        "1,000 discussions that fit best."
    )
    groups = texts(
        graphene.ID, required=False, max_items=50, description="Ids of groups in one of which the discussion is."
    )
    kinds = texts(DiscussionKind, required=False, max_items=50, description="Kinds of which the discussion is one.")
    topics = texts(
        graphene.String,
        required=False,
        max_items=50,
        description='Topics of which the discussion has one, for example `["antibiotic stewardship"]`. Case and accents do not '
        "matter.",
    )
    languages = texts(
        LanguageTag,
        required=False,
        max_items=50,
        description='Languages in one of which the discussion is written, BCP 47, for example `["pt-BR"]`.',
    )
    specialties = texts(
        graphene.String,
        required=False,
        max_items=50,
        description='Codes of specialties that the group or the alert is about, for example `["cardiology"]`. Narrower '
        "specialties count too.",
    )
    regions = texts(
        RegionCode,
        required=False,
        max_items=50,
        description='Regions that the group or the alert is about, for example `["DE-BY"]`. Regions inside them count too.',
    )
    unresolved_only = graphene.Boolean(description="True selects only questions that no post has resolved.")
    author = graphene.ID(
        description="Id of the person who wrote the discussion. Nothing is found where the viewer may not see this person."
    )
    created_after = DateTime(
        description="Earliest time of creation, RFC 3339 with a zone, for example `2026-11-21T08:30:00Z`."
    )


class DiscussionQueries(graphene.ObjectType):
    """Root fields about discussions."""

    discussions = graphene.Field(
        DiscussionConnection,
        filter=graphene.Argument(
            DiscussionFilter,
            required=True,
            description="Conditions for the discussions. An empty object `{}` selects all.",
        ),
        **page_arguments(None),
        description="Discussions of all groups and alerts that the viewer may read, newest first.",
    )

    @staticmethod
    def resolve_discussions(_root: Any, info: Any, filter: Any, first: int, after: str | None = None) -> Any:
        context = of(info)
        given = {name: value for name, value in plain(dict(filter)).items() if value is not None}
        if given.get("groups"):
            given["groups"] = expect_each(given["groups"], "Group", "groups")
        if given.get("author"):
            given["author"] = expect(given["author"], "Professional", "author")
        return discussions_page(context, "/v1/discussions/search", {**given, "first": check_first(first)}, after=after)
