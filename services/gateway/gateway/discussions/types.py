"""Discussions and posts."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.base import DateTime, LanguageTag, Node, enum, resolve_global_id, texts
from gateway.batches import for_siblings, refer, referred, together
from gateway.context import Context, of
from gateway.groups.types import Action, Group, read_groups
from gateway.paging import EMPTY, check_first, connection_type, page
from gateway.people.types import Professional, people_of

DiscussionKind = enum(
    "DiscussionKind", "What kind of discussion it is.", {"DISCUSSION": "An exchange.", "QUESTION": "A question."}
)
ContentState = enum(
    "ContentState",
    "Whether a text is shown.",
    {"PUBLISHED": "It is.", "DELETED": "It is gone; only its place is left."},
)


class Post(graphene.ObjectType):
    """An answer in a discussion."""

    class Meta:
        interfaces = (Node,)

    discussion = graphene.Field(lambda: Discussion, required=True, description="Where it stands.")
    author = graphene.Field(Professional, description="Who wrote it.")
    in_reply_to = graphene.Field(lambda: Post, description="The post that it answers.")
    state = ContentState(required=True, description="Whether it is shown.")
    body = graphene.String(description="Its text, in Markdown as written.")
    language = LanguageTag(required=True, description="Its language.")
    viewer_can = texts(Action, description="What the viewer may do; at most 5.")
    created_at = DateTime(required=True, description="When it was written.")
    edited_at = DateTime(description="When it was last changed.")
    version = graphene.Int(required=True, description="Counts its changes.")

    resolve_id = staticmethod(resolve_global_id("Post"))

    @staticmethod
    def resolve_discussion(root: Any, info: Any) -> Any:
        return referred(of(info), root, "discussion", read_discussions)

    @staticmethod
    def resolve_in_reply_to(root: Any, info: Any) -> Any:
        return referred(of(info), root, "in_reply_to", read_posts)


PostConnection: Any = connection_type("Post", lambda: Post, "posts")


class Discussion(graphene.ObjectType):
    """A discussion in a group."""

    class Meta:
        interfaces = (Node,)

    group = graphene.Field(Group, description="The group.")
    author = graphene.Field(Professional, description="Who opened it.")
    kind = DiscussionKind(required=True, description="What kind.")
    state = ContentState(required=True, description="Whether it is shown.")
    title = graphene.String(description="Its title.")
    body = graphene.String(description="Its text, in Markdown as written.")
    language = LanguageTag(required=True, description="Its language.")
    topics = texts(graphene.String, description="Its topics; at most 10.")
    posts = graphene.Field(
        PostConnection,
        first=graphene.Int(default_value=20, description="How many from the beginning, 1 to 100."),
        after=graphene.String(description="The cursor after which the page begins."),
        last=graphene.Int(description="How many from the end, 1 to 100; instead of `first`."),
        before=graphene.String(description="The cursor before which the page ends."),
        description="Its posts, oldest first.",
    )
    post_count = graphene.Int(required=True, description="How many posts it has.")
    viewer_can = texts(Action, description="What the viewer may do; at most 5.")
    created_at = DateTime(required=True, description="When it was opened.")
    edited_at = DateTime(description="When it was last changed.")
    last_post_at = DateTime(description="When it was last answered.")
    version = graphene.Int(required=True, description="Counts its changes.")

    resolve_id = staticmethod(resolve_global_id("Discussion"))

    @staticmethod
    def resolve_group(root: Any, info: Any) -> Any:
        return referred(of(info), root, "group", read_groups)

    @staticmethod
    def resolve_posts(
        root: Any,
        info: Any,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Any:
        context = of(info)
        if last is not None:
            first = None
            check_first(last, "last")
        else:
            check_first(20 if first is None else first)

        def load(ids: list[str]) -> Any:
            body = {"discussions": ids, "first": first, "after": after, "last": last, "before": before}
            answers = context.graph("POST", "/v1/discussions/posts", body)
            mark_posts([row["post"] for answer in answers.values() for row in answer["rows"]])
            return {one: page(answer, "post", after=after) for one, answer in answers.items()}

        found = for_siblings(context, root, ("posts", first, after, last, before), load)
        return found or page(EMPTY, "post", after=after)


DiscussionConnection: Any = connection_type("Discussion", lambda: Discussion, "discussions")


def mark_discussions(discussions: list[dict[str, Any]]) -> None:
    """Mark discussions and their authors, each as siblings."""
    together("Discussion", discussions)
    people_of(discussion["author"] for discussion in discussions)
    refer(discussions, "group")


def mark_posts(posts: list[dict[str, Any]]) -> None:
    """Mark posts and their authors, each as siblings."""
    together("Post", posts)
    people_of(post["author"] for post in posts)
    refer(posts, "in_reply_to")
    refer(posts, "discussion")


def read_discussions(context: Context, ids: list[str]) -> dict[str, Any]:
    """Discussions by id that the viewer may read."""
    found = context.graph("POST", "/v1/discussions/read", {"ids": ids})
    mark_discussions(found)
    return {discussion["id"]: discussion for discussion in found}


def read_posts(context: Context, ids: list[str]) -> dict[str, Any]:
    """Posts by id that the viewer may read."""
    found = context.graph("POST", "/v1/posts/read", {"ids": ids})
    mark_posts(found)
    return {post["id"]: post for post in found}


def discussions_in(
    context: Context,
    group: dict[str, Any],
    *,
    first: int,
    after: str | None,
    kind: str | None,
    topic: str | None,
    language: str | None,
) -> dict[str, Any]:
    """A page of a group's discussions, loaded for its siblings too."""
    check_first(first)

    def load(ids: list[str]) -> Any:
        body = {"groups": ids, "first": first, "after": after, "kind": kind, "topic": topic, "language": language}
        answers = context.graph("POST", "/v1/discussions/in-groups", body)
        mark_discussions([row["discussion"] for answer in answers.values() for row in answer["rows"]])
        return {one: page(answer, "discussion", after=after) for one, answer in answers.items()}

    found = for_siblings(context, group, ("discussions", first, after, kind, topic, language), load)
    return found or page(EMPTY, "discussion", after=after)
