"""Discussions and posts."""

from __future__ import annotations

from functools import cache
from typing import Any

import graphene
from graphql import GraphQLError, GraphQLField, GraphQLObjectType
from graphql.execution.values import get_argument_values

from gateway.base import LANGUAGE, DateTime, LanguageTag, Node, enum, plain, resolve_global_id, texts
from gateway.batches import (
    MAX_REFERENCES,
    for_siblings,
    refer,
    referred,
    referred_list,
    siblings_key,
    together,
)
from gateway.catalogue.types import Region, Specialty, specialty
from gateway.context import Context, of
from gateway.groups.types import Action, Group, read_groups
from gateway.ids import encode
from gateway.paging import EMPTY, MAX_PAGE_SIZE, Below, check_first, connection_type, page, selected, selects
from gateway.people.types import Professional, people_of, read_people
from gateway.wording import LABELS, TEXTS
from kit.errors import NotFound
from kit.paths import internal_path

DiscussionKind = enum(
    "DiscussionKind",
    "What kind of discussion it is.",
    {
        "DISCUSSION": "An exchange.",
        "QUESTION": "A question, which a post may resolve.",
        "CASE": "A case without anything that identifies the patient; from who may practise.",
        "LIVE_QA": "Questions for a live session; its posts come by how helpful they are.",
        "ALERT": "A public-health notice; from moderators and admins.",
        "POLL": "A poll; everybody has one vote.",
    },
)
ContentState = enum(
    "ContentState",
    "Whether a text is shown.",
    {
        "PUBLISHED": "It is.",
        "HELD": "It may identify a patient and waits for a moderator; only its author sees it.",
        "HIDDEN": "It is not shown to the viewer; only its place is left.",
        "DELETED": "It is gone; only its place is left.",
    },
)
ReactionKind = enum(
    "ReactionKind",
    "How a reader reacts.",
    {"AGREE": "Agrees.", "HELPFUL": "Finds it helpful.", "THANKS": "Says thanks."},
)
CaseUrgency = enum(
    "CaseUrgency", "How soon a case needs an answer.",
    {"ROUTINE": "In good time.", "SOON": "Within days.", "URGENT": "Today."},
)  # fmt: skip
ConsentScope = enum(
    "ConsentScope",
    "What the patient consented to.",
    {
        "NOT_NEEDED": "Consent is not needed: nobody could be identified.",
        "THIS_GROUP": "To be read by members of this group.",
        "ALL_VERIFIED": "To be read by everybody who is verified to practise.",
    },
)


class Source(graphene.ObjectType):
    """A source; its form is checked, not that it exists."""

    url = graphene.String(description="An address on the web.")
    doi = graphene.String(description="A DOI, like 10.1056/NEJMoa2212345.")
    pmid = graphene.String(description="A PubMed id.")
    title = graphene.String(description="Its title.")


class Label(graphene.ObjectType):
    """What moderators have said about a text."""

    code = graphene.String(required=True, description="DISPUTED, CORRECTED, RETRACTED_SOURCE or APPLIES_ELSEWHERE.")
    text = graphene.String(required=True, language=LANGUAGE, description="The label in words.")

    @staticmethod
    def resolve_code(root: str, _info: Any) -> str:
        return root

    @staticmethod
    def resolve_text(root: str, info: Any, language: str | None = None) -> str:
        return TEXTS.text(LABELS[root], of(info).language(language)) if root in LABELS else root


class Translation(graphene.ObjectType):
    """A text in another language, by its author."""

    language = LanguageTag(required=True, description="The language.")
    title = graphene.String(description="The title.")
    body = graphene.String(required=True, description="The text, in Markdown as written.")
    author = graphene.Field(Professional, description="Who translated it.")


class ReactionCount(graphene.ObjectType):
    """How often readers reacted in one way."""

    reaction = ReactionKind(required=True, description="Which way.")
    count = graphene.Int(required=True, description="How often.")
    viewer_reacted = graphene.Boolean(required=True, description="Whether the viewer did.")


class PollOption(graphene.ObjectType):
    """An option of a poll."""

    id = graphene.ID(required=True, description="For `vote`.")
    text = graphene.String(required=True, description="What it says.")
    votes = graphene.Int(required=True, description="How many have chosen it.")
    viewer_voted = graphene.Boolean(required=True, description="Whether the viewer has.")

    @staticmethod
    def resolve_id(root: Any, _info: Any) -> str:
        return encode("PollOption", root["id"])


class CaseDetails(graphene.ObjectType):
    """What a case asks, about somebody whom nothing identifies."""

    question = graphene.String(required=True, description="The question.")
    age_band = graphene.String(required=True, description="A band of ages like 60-69, never an age.")
    setting = graphene.String(description="Where the patient is treated, in general terms.")
    urgency = CaseUrgency(required=True, description="How soon it needs an answer.")
    consent_scope = ConsentScope(required=True, description="What the patient consented to.")
    consent_withdrawn_at = DateTime(description="When consent was withdrawn; the case is hidden since.")


class AlertDetails(graphene.ObjectType):
    """Whom an alert concerns."""

    regions = texts(Region, max_items=50, description="Where.")
    specialties = texts(Specialty, max_items=50, description="Which specialties; none means all.")
    issuer = graphene.String(description="Who issued it.")
    expires_at = DateTime(required=True, description="Until when it holds.")
    viewer_acknowledged_at = DateTime(description="When the viewer noted having read it.")

    @staticmethod
    def resolve_specialties(root: Any, _info: Any) -> Any:
        return [specialty(code) for code in root["specialties"]]

    @staticmethod
    def resolve_viewer_acknowledged_at(root: Any, info: Any) -> Any:
        return (_detail(of(info), {"id": root["discussion"]}) or {}).get("acknowledged_at")


class LiveDetails(graphene.ObjectType):
    """When a live session is."""

    starts_at = DateTime(required=True, description="When it begins.")
    ends_at = DateTime(description="When it ends.")
    join_url = graphene.String(description="Where one joins it.")
    hosts = texts(Professional, max_items=10, description="Who hosts it.")

    @staticmethod
    def resolve_hosts(root: Any, info: Any) -> Any:
        return referred_list(of(info), "LiveDetails.hosts", root["hosts"], read_people)


class Revision(graphene.ObjectType):
    """What a text said before."""

    version = graphene.Int(required=True, description="Which version it was.")
    at = DateTime(required=True, description="Since when it said so.")
    title = graphene.String(description="The title.")
    body = graphene.String(description="The text.")


MENTIONS = "mentions"  # what the ids of mentioned people are named under; see `gateway.batches.refer`


def _detail(context: Context, root: dict[str, Any]) -> dict[str, Any] | None:
    """What stands beside a text: translations, reactions, votes; loaded for its siblings too."""

    def load(ids: list[str]) -> Any:
        found = context.graph("POST", "/v1/contents/details", {"ids": ids})
        people_of(context, [one["author"] for row in found.values() for one in row["translations"]])
        return found

    return for_siblings(context, root, "details", load, most=MAX_REFERENCES)  # type: ignore[no-any-return]


def _context_note() -> Any:
    from gateway.moderation.types import ContextNote

    return ContextNote


class _Content:
    """The fields that discussions and posts share."""

    author = graphene.Field(Professional, description="Who wrote it; null where the viewer may not know.")
    state = ContentState(required=True, description="Whether it is shown.")
    body = graphene.String(description="Its text, in Markdown as written; nothing of it is HTML to be trusted.")
    language = LanguageTag(required=True, description="Its language.")
    translations = texts(Translation, max_items=30, description="By its author.")
    mentions = texts(Professional, max_items=50, description="Who is mentioned as @handle.")
    sources = texts(Source, max_items=20, description="The sources that the text cites.")
    labels = texts(Label, max_items=4, description="What moderators have said about it.")
    notes = texts(
        _context_note, max_items=20, description="Context notes that are shown, one's own, and those to rate."
    )
    reactions = texts(ReactionCount, max_items=3, description="How many members reacted, for each kind of reaction.")
    history = texts(
        Revision, max_items=20, description="What it said before, newest first; for its author and moderators."
    )
    viewer_can = texts(Action, max_items=11, description="What the viewer may do.")
    created_at = DateTime(required=True, description="When it was written.")
    edited_at = DateTime(description="When it was last changed.")
    version = graphene.Int(required=True, description="Counts its changes; send it as expectedVersion.")

    @staticmethod
    def resolve_translations(root: Any, info: Any) -> Any:
        return (_detail(of(info), root) or {}).get("translations", [])

    @staticmethod
    def resolve_mentions(root: Any, info: Any) -> Any:
        return referred_list(of(info), MENTIONS, root["mentions"], read_people)

    @staticmethod
    def resolve_reactions(root: Any, info: Any) -> Any:
        found = (_detail(of(info), root) or {}).get("reactions", [])
        return [{"reaction": one["kind"], "count": one["total"], "viewer_reacted": one["own"]} for one in found]

    @staticmethod
    def resolve_notes(root: Any, info: Any) -> Any:
        from gateway.moderation.types import notes_on

        return notes_on(of(info), root)

    @staticmethod
    def resolve_history(root: Any, info: Any) -> Any:
        return of(info).graph("GET", internal_path("contents", root["id"], "revisions"))["revisions"]


class Post(_Content, graphene.ObjectType):
    """An answer in a discussion."""

    class Meta:
        interfaces = (Node,)

    discussion = graphene.Field(
        lambda: Discussion,
        required=True,
        description="The discussion that it belongs to. Moderators can read it for any reported post; each reading is audited.",
    )
    in_reply_to = graphene.Field(lambda: Post, description="The post that it answers.")

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


class Discussion(_Content, graphene.ObjectType):
    """A discussion in a group, or an alert to everybody whom it concerns."""

    class Meta:
        interfaces = (Node,)

    group = graphene.Field(Group, description="The group; null for an alert outside of groups.")
    kind = DiscussionKind(required=True, description="What kind.")
    title = graphene.String(description="Its title.")
    topics = texts(graphene.String, max_items=10, description="Its topics.")
    case_details = graphene.Field(CaseDetails, description="Of a case.")
    alert_details = graphene.Field(AlertDetails, description="Of an alert.")
    live_details = graphene.Field(LiveDetails, description="Of a live session.")
    poll_options = texts(PollOption, max_items=10, description="Of a poll.")
    posts = graphene.Field(
        PostConnection,
        first=graphene.Int(default_value=20, description="How many from the beginning, 1 to 100."),
        after=graphene.String(description="The cursor after which the page begins."),
        last=graphene.Int(description="How many from the end, 1 to 100; instead of `first`."),
        before=graphene.String(description="The cursor before which the page ends."),
        description="Its posts, oldest first; those of a live session the most helpful first.",
    )
    post_count = graphene.Int(required=True, description="How many posts it has. Held posts are not counted.")
    unread_count = graphene.Int(description="Posts since the viewer last wrote there, or marked notifications as read.")
    resolved_by = graphene.Field(lambda: Post, description="The post that answers the question.")
    last_post_at = DateTime(description="When it was last answered.")

    resolve_id = staticmethod(resolve_global_id("Discussion"))

    @staticmethod
    def resolve_group(root: Any, info: Any) -> Any:
        return referred(of(info), "Discussion.group", root["group"], read_groups)

    @staticmethod
    def resolve_resolved_by(root: Any, info: Any) -> Any:
        return referred(of(info), "Discussion.resolvedBy", root["resolved_by"], read_posts)

    @staticmethod
    def resolve_poll_options(root: Any, info: Any) -> Any:
        if not root["poll_options"]:
            return []
        found = _detail(of(info), root) or {}
        votes = {one["option"]: one["total"] for one in found.get("votes", [])}
        return [
            {**option, "votes": votes.get(option["id"], 0), "viewer_voted": found.get("voted") == option["id"]}
            for option in root["poll_options"]
        ]

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
            mark_posts(context, [row["post"] for answer in answers.values() for row in answer["rows"]])
            return {one: page(answer, "post", after=after) for one, answer in answers.items()}

        found = for_siblings(context, root, ("posts", first, after, last, before), load)
        return found or page(EMPTY, "post", after=after)


DiscussionConnection: Any = connection_type("Discussion", lambda: Discussion, "discussions")


def mark_discussions(context: Context, discussions: list[dict[str, Any]]) -> None:
    """Mark discussions and their authors, each as siblings."""
    together(context, "Discussion", discussions)
    people_of(context, [discussion.get("author") for discussion in discussions])
    refer(context, "Discussion.group", (one.get("group") for one in discussions))
    refer(context, "Discussion.resolvedBy", (one.get("resolved_by") for one in discussions))
    refer(context, MENTIONS, (own for one in discussions for own in one.get("mentions", ())))
    lives = [found for one in discussions if (found := one.get("live_details"))]
    refer(context, "LiveDetails.hosts", (own for live in lives for own in live["hosts"]))


def mark_posts(context: Context, posts: list[dict[str, Any]]) -> None:
    """Mark posts and their authors, each as siblings."""
    together(context, "Post", posts)
    people_of(context, [post["author"] for post in posts])
    mark_discussions(context, [post["discussion"] for post in posts if isinstance(post["discussion"], dict)])
    refer(context, "Post.inReplyTo", (post["in_reply_to"] for post in posts))
    refer(context, "Post.discussion", (post["discussion"] for post in posts))
    refer(context, MENTIONS, (own for post in posts for own in post.get("mentions", ())))


def mark_contents(context: Context, contents: list[dict[str, Any]]) -> None:
    """Mark discussions and posts that came together; their `__typename` says which they are."""
    mark_discussions(context, [one for one in contents if one["__typename"] == "Discussion"])
    mark_posts(context, [one for one in contents if one["__typename"] == "Post"])


def read_discussions(context: Context, ids: list[str]) -> dict[str, Any]:
    """Discussions by id that the viewer may read."""
    found = context.graph("POST", "/v1/discussions/read", {"ids": ids})
    mark_discussions(context, found)
    return {discussion["id"]: discussion for discussion in found}


def read_posts(context: Context, ids: list[str]) -> dict[str, Any]:
    """Posts by id that the viewer may read."""
    found = context.graph("POST", "/v1/posts/read", {"ids": ids})
    mark_posts(context, found)
    return {post["id"]: post for post in found}


def read_contents(context: Context, ids: list[str]) -> dict[str, Any]:
    """Discussions and posts by id that the viewer may read."""
    found = context.graph("POST", "/v1/contents/read", {"ids": ids})
    mark_contents(context, found)
    return {content["id"]: content for content in found}


def discussions_page(context: Context, path: str, body: dict[str, Any], *, after: str | None) -> dict[str, Any]:
    """A page of discussions from a list of the graph service."""
    answer = context.graph("POST", path, {**body, "after": after})
    mark_discussions(context, [row["discussion"] for row in answer["rows"]])
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
    return wanted | {"count": selects(Below(nodes, info.fragments), "totalCount")}


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
    mark_discussions(context, discussions)
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
