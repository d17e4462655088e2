"""Discussions and posts."""

from __future__ import annotations

from functools import cache
from typing import Any

import graphene
from graphql import GraphQLError, GraphQLField, GraphQLObjectType
from graphql.execution.values import get_argument_values

from gateway.batches import (
    MAX_REFERENCES,
    Thing,
    for_siblings,
    refer,
    referred,
    referred_list,
    siblings_key,
    together,
)
from gateway.context import Context, of
from gateway.discussions.extras import extras
from gateway.discussions.kinds import DETAILS, DetailsOfKinds, DiscussionKind
from gateway.discussions.rendering import RenderedBody
from gateway.discussions.texts import ContentState, Label, ReactionCount, Revision, Source, Translation
from gateway.fields import cut, plain, texts
from gateway.groups.types import Action, Group, read_groups
from gateway.links import by_id, linked
from gateway.paging import EMPTY, MAX_PAGE_SIZE, Below, beginning, check_first, connection_type, counts, page, selected
from gateway.people.types import Professional, link_people, read_people
from gateway.scalars import DateTime, LanguageTag
from gateway.things import Node, resolve_global_id
from kit.errors import NotFound
from kit.paths import internal_path

MENTIONS = "mentions"  # what the ids of mentioned people are named under; see `gateway.batches.refer`


def _context_note() -> Any:
    from gateway.moderation.types import ContextNote

    return ContextNote


class _Content(RenderedBody):
    """The fields that discussions and posts share."""

    author = graphene.Field(
        Professional, description="Author of the text. Null when the viewer may not see this person."
    )
    state = ContentState(required=True, description="State of the text, as it applies to the viewer.")
    body = graphene.String(
        description="Text in Markdown, as written. Do not render HTML in it. Null when the text is deleted or hidden from the "
        "viewer."
    )
    language = LanguageTag(required=True, description="Language in which the author says the text is written.")
    translations = cut(
        Translation,
        by="first",
        max_items=30,
        description="Translations by the author. Empty when the text is hidden or deleted.",
    )
    mentions = cut(
        Professional,
        by="first",
        max_items=50,
        description="People whom the text mentions as `@handle` and who may read it.",
    )
    sources = cut(Source, by="first", max_items=20, description="Sources that the text cites, in the author's order.")
    labels = texts(Label, max_items=4, description="Labels that moderators have put on the text.")
    notes = cut(
        _context_note,
        by="first",
        max_items=20,
        description="Context notes on the text: published ones, the viewer's own, and those that the viewer may rate.",
    )
    reactions = texts(
        ReactionCount,
        max_items=3,
        description="Number of reactions for each kind that somebody has used. Empty when the text is hidden or deleted.",
    )
    history = texts(
        Revision,
        max_items=20,
        description="Earlier versions of the text, newest first. Empty for readers who may neither edit nor moderate the text.",
    )
    viewer_can = texts(
        Action, max_items=11, description="Actions that the viewer may take on this text now, for example `REPLY`."
    )
    created_at = DateTime(required=True, description="Time at which the text was first written.")
    edited_at = DateTime(description="Time of the author's last edit. Null when the text was never edited.")
    version = graphene.Int(
        required=True,
        description="Version number of the text, counted from 1. Send it as `expectedVersion` when you edit the text.",
    )

    @staticmethod
    def resolve_translations(root: Thing, info: object, first: int | None = None) -> list[Thing]:
        return beginning((extras(of(info), root) or {}).get("translations", []), first)

    @staticmethod
    def resolve_mentions(root: Thing, info: object, first: int | None = None) -> list[Thing]:
        return referred_list(of(info), MENTIONS, beginning(root["mentions"], first), read_people)

    @staticmethod
    def resolve_sources(root: Thing, _info: object, first: int | None = None) -> list[Thing]:
        return beginning(root["sources"], first)

    @staticmethod
    def resolve_reactions(root: Any, info: Any) -> Any:
        found = (extras(of(info), root) or {}).get("reactions", [])
        return [{"reaction": one["kind"], "count": one["total"], "viewer_reacted": one["own"]} for one in found]

    @staticmethod
    def resolve_notes(root: Thing, info: object, first: int | None = None) -> list[Thing]:
        from gateway.moderation.types import notes_on

        return beginning(notes_on(of(info), root), first)

    @staticmethod
    def resolve_history(root: Any, info: Any) -> Any:
        return of(info).graph("GET", internal_path("contents", root["id"], "revisions"))["revisions"]


class Post(linked("posts", by_id("Post")), _Content, graphene.ObjectType):  # type: ignore[misc]
    """Post in a discussion, which answers it or another post."""

    class Meta:
        interfaces = (Node,)

    discussion = graphene.Field(
        lambda: Discussion,
        required=True,
        description="Discussion to which the post belongs. Moderators can read it for any reported post; each reading is audited.",
    )
    in_reply_to = graphene.Field(
        lambda: Post,
        description="Post to which this one replies. Null when it replies to the discussion, or when the viewer may not "
        "see the other post.",
    )

    resolve_id = staticmethod(resolve_global_id("Post"))

    @staticmethod
    def resolve_discussion(root: Any, info: Any) -> Any:
        found = referred(of(info), "Post.discussion", root["discussion"], read_discussions)
        if found is None:  # it was there when the post was read, a moment ago
            raise NotFound("The discussion of this post no longer exists, or you may not see it.")
        return found

    @staticmethod
    def resolve_in_reply_to(root: Any, info: Any) -> Any:
        return referred(of(info), "Post.inReplyTo", root["in_reply_to"], read_posts)


PostConnection: Any = connection_type("Post", lambda: Post, "posts")


class Discussion(linked("discussions", by_id("Discussion")), DetailsOfKinds, _Content, graphene.ObjectType):  # type: ignore[misc]
    """Discussion in a group, or an alert to everybody whom it concerns."""

    class Meta:
        interfaces = (Node,)

    group = graphene.Field(
        Group,
        description="Group in which the discussion stands. Null for an alert outside of groups, and when the viewer may not know "
        "of the group.",
    )
    kind = DiscussionKind(required=True, description="Kind of the discussion. It never changes.")
    title = graphene.String(
        description="Title on one line, 1 to 200 characters. Null when the discussion is deleted or hidden from the viewer."
    )
    topics = texts(graphene.String, max_items=10, description="Topics that the author gave, each 1 to 60 characters.")
    posts = graphene.Field(
        PostConnection,
        first=graphene.Int(
            default_value=20, description="Number of posts to read from the beginning or from `after`, 1 to 100."
        ),
        after=graphene.String(description="Cursor of the post after which a page that is read forward begins."),
        last=graphene.Int(
            description="Number of posts to read from the end or from `before`, 1 to 100, for example `20`. It replaces `first`."
        ),
        before=graphene.String(description="Cursor of the post before which a page that is read with `last` ends."),
        description="Posts of the discussion, oldest first. Those of a live session come with the most `HELPFUL` reactions first, "
        "and are read only forward.",
    )
    post_count = graphene.Int(
        required=True, description="Number of posts in the discussion. Held posts are not counted."
    )
    unread_count = graphene.Int(
        description="Number of posts by others that are newer than the viewer's last post in the discussion and than the newest "
        "notification that the viewer has marked as read. Null when the viewer may not read the discussion any more."
    )
    resolved_by = graphene.Field(
        lambda: Post,
        description="Post that answers the question. Null while the question is open, or when the post is no longer "
        "visible.",
    )
    last_post_at = DateTime(description="Time of the newest post. Null when the discussion has no posts.")

    resolve_id = staticmethod(resolve_global_id("Discussion"))

    @staticmethod
    def resolve_group(root: Any, info: Any) -> Any:
        return referred(of(info), "Discussion.group", root["group"], read_groups)

    @staticmethod
    def resolve_resolved_by(root: Any, info: Any) -> Any:
        return referred(of(info), "Discussion.resolvedBy", root["resolved_by"], read_posts)

    @staticmethod
    def resolve_unread_count(root: Any, info: Any) -> Any:
        context = of(info)
        return for_siblings(
            context,
            root,
            "unread",
            lambda ids: context.graph("POST", "/v1/discussions/unread", {"ids": ids}),
            most=MAX_REFERENCES,
        )

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
            link_posts(context, [row["post"] for answer in answers.values() for row in answer["rows"]])
            return {one: page(answer, "post", after=after) for one, answer in answers.items()}

        found = for_siblings(context, root, ("posts", first, after, last, before), load)
        return found or page(EMPTY, "post", after=after)


DiscussionConnection: Any = connection_type("Discussion", lambda: Discussion, "discussions")


def link_discussions(context: Context, discussions: list[dict[str, Any]]) -> None:
    """Mark discussions and their authors, each as siblings."""
    together(context, "Discussion", discussions)
    link_people(context, [discussion.get("author") for discussion in discussions])
    refer(context, "Discussion.group", (one.get("group") for one in discussions))
    refer(context, "Discussion.resolvedBy", (one.get("resolved_by") for one in discussions))
    refer(context, MENTIONS, (own for one in discussions for own in one.get("mentions", ())))
    for details in DETAILS:
        if details.people is not None:
            named = [found[details.people] for one in discussions if (found := one.get(details.name))]
            refer(context, f"{details.name}.{details.people}", (own for people in named for own in people))


def link_posts(context: Context, posts: list[dict[str, Any]]) -> None:
    """Mark posts and their authors, each as siblings."""
    together(context, "Post", posts)
    link_people(context, [post["author"] for post in posts])
    link_discussions(context, [post["discussion"] for post in posts if isinstance(post["discussion"], dict)])
    refer(context, "Post.inReplyTo", (post["in_reply_to"] for post in posts))
    refer(context, "Post.discussion", (post["discussion"] for post in posts))
    refer(context, MENTIONS, (own for post in posts for own in post.get("mentions", ())))


def link_contents(context: Context, contents: list[dict[str, Any]]) -> None:
    """Mark discussions and posts that came together; their `__typename` says which they are."""
    link_discussions(context, [one for one in contents if one["__typename"] == "Discussion"])
    link_posts(context, [one for one in contents if one["__typename"] == "Post"])


def read_discussions(context: Context, ids: list[str]) -> dict[str, Any]:
    """Discussions by id that the viewer may read."""
    found = context.graph("POST", "/v1/discussions/read", {"ids": ids})
    link_discussions(context, found)
    return {discussion["id"]: discussion for discussion in found}


def read_posts(context: Context, ids: list[str]) -> dict[str, Any]:
    """Posts by id that the viewer may read."""
    found = context.graph("POST", "/v1/posts/read", {"ids": ids})
    link_posts(context, found)
    return {post["id"]: post for post in found}


def read_contents(context: Context, ids: list[str]) -> dict[str, Any]:
    """Discussions and posts by id that the viewer may read."""
    found = context.graph("POST", "/v1/contents/read", {"ids": ids})
    link_contents(context, found)
    return {content["id"]: content for content in found}


def discussions_page(context: Context, path: str, body: dict[str, Any], *, after: str | None) -> dict[str, Any]:
    """A page of discussions from a list of the graph service."""
    answer = context.graph("POST", path, {**body, "after": after})
    link_discussions(context, [row["discussion"] for row in answer["rows"]])
    return page(answer, "discussion", after=after)


def ahead(info: Any, *paths: tuple[str, ...]) -> dict[str, Any] | None:
    """The one page of discussions that an operation wants of groups that are about to be read, to be read with them.

    Args:
        paths: from the field being resolved to the groups' `discussions`.

    Returns:
        what `discussions_in` is asked for; None where none is wanted, several are, or it is no page.
    """
    nodes = [node for path in paths for node in selected(info, *path)]
    if len(nodes) != 1 or nodes[0].directives:
        return None
    try:
        given = get_argument_values(_discussions_field(), nodes[0], info.variable_values)
    except GraphQLError:
        return None
    wanted = {name: plain(given.get(name)) for name in ("first", "after", "kind", "topic", "language")}
    if not 1 <= wanted["first"] <= MAX_PAGE_SIZE:
        return None
    return wanted | {"count": counts(Below(nodes, info.fragments))}


@cache
def _discussions_field() -> GraphQLField:
    from gateway.schema import schema

    kind = schema().type_map["Group"]
    assert isinstance(kind, GraphQLObjectType)
    return kind.fields["discussions"]


def _key(wanted: dict[str, Any]) -> tuple[Any, ...]:
    return ("discussions", *(wanted[name] for name in ("first", "after", "kind", "topic", "language", "count")))


def take_ahead(
    context: Context, found: list[dict[str, Any]], authors: dict[str, Any], wanted: dict[str, Any] | None
) -> None:
    """Keep the pages that came with groups, siblings of each other, for when their discussions are resolved.

    Args:
        found: {group, discussions} as the graph service answers.
        authors: who wrote the discussions, by id.
    """
    if wanted is None or not found:
        return
    pages = {one["group"]["id"]: answer for one in found if (answer := one["discussions"]) is not None}
    context.cache[siblings_key(context, _key(wanted), found[0]["group"])] = _pages(
        context, pages, authors, wanted["after"]
    )


def _pages(context: Context, answers: dict[str, Any], authors: dict[str, Any], after: str | None) -> dict[str, Any]:
    discussions = [row["discussion"] for answer in answers.values() for row in answer["rows"]]
    for discussion in discussions:
        discussion["author"] = authors.get(discussion.get("author"))
    link_discussions(context, discussions)
    return {one: page(answer, "discussion", after=after) for one, answer in answers.items()}


def discussions_in(
    context: Context,
    group: dict[str, Any],
    *,
    first: int,
    after: str | None,
    kind: str | None,
    topic: str | None,
    language: str | None,
    count: bool,
) -> dict[str, Any]:
    """A page of a group's discussions, loaded for its siblings too."""
    check_first(first)
    wanted = {
        "first": first, "after": after, "kind": kind, "topic": topic, "language": language, "count": count
    }  # fmt: skip

    def load(ids: list[str]) -> Any:
        answer = context.graph("POST", "/v1/discussions/in-groups", {"groups": ids, **wanted})
        return _pages(context, answer["groups"], answer["authors"], after)

    found = for_siblings(context, group, _key(wanted), load)
    return found or page(EMPTY, "discussion", after=after)
