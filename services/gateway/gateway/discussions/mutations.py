"""Opening discussions and answering in them."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.base import LanguageTag, mutation, texts
from gateway.context import Context
from gateway.discussions.types import Discussion, DiscussionKind, Post, mark_discussions, mark_posts
from gateway.ids import expect
from kit.errors import Invalid


def create_discussion(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Open a discussion."""
    if given.get("group") is None:
        raise Invalid("Name the group in which to open the discussion.", field=["group"])
    given["group"] = expect(given["group"], "Group", "group", missing=True)
    discussion = context.graph("POST", "/v1/discussions", given)
    mark_discussions([discussion])
    return {"discussion": discussion}


def add_post(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Answer in a discussion."""
    own = expect(given.pop("discussion"), "Discussion", "discussion", missing=True)
    if given.get("in_reply_to") is not None:
        given["in_reply_to"] = expect(given["in_reply_to"], "Post", "inReplyTo", missing=True)
    post = context.graph("POST", f"/v1/discussions/{own}/posts", given)
    mark_posts([post])
    return {"post": post}


_BODY = graphene.String(required=True, description="1 to 20,000 characters of Markdown.")
_LANGUAGE = LanguageTag(required=True, description="The text's language.")

MUTATIONS = {
    "create_discussion": mutation(
        "CreateDiscussion",
        "Open a discussion in a group that one belongs to.",
        inputs={
            "group": graphene.ID(description="The group; needed for the kinds that there are."),
            "kind": DiscussionKind(required=True, default_value="DISCUSSION", description="What kind."),
            "title": graphene.String(required=True, description="1 to 200 characters, one line."),
            "body": _BODY,
            "language": _LANGUAGE,
            "topics": texts(graphene.String, required=False, description="At most 10 of at most 60 characters."),
        },
        answers={"discussion": graphene.Field(Discussion, description="The discussion.")},
        act=create_discussion,
    ),
    "add_post": mutation(
        "AddPost",
        "Answer in a discussion of a group that one belongs to.",
        inputs={
            "discussion": graphene.ID(required=True, description="The discussion."),
            "in_reply_to": graphene.ID(description="The post that it answers."),
            "body": _BODY,
            "language": _LANGUAGE,
        },
        answers={"post": graphene.Field(Post, description="The post.")},
        act=add_post,
    ),
}
