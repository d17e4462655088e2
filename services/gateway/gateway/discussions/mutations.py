"""Opening discussions, answering in them, and changing what one wrote."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import graphene

from gateway.base import (
    PATIENT_IDENTIFIERS,
    Act,
    DateTime,
    LanguageTag,
    Node,
    RegionCode,
    mutation,
    patient_identifiers,
    texts,
)
from gateway.context import Context, Repetition
from gateway.discussions.types import (
    CaseUrgency,
    ConsentScope,
    Discussion,
    DiscussionKind,
    Post,
    ReactionKind,
    mark_contents,
    mark_discussions,
    mark_posts,
)
from gateway.ids import decode, expect
from kit.errors import NotFound
from kit.paths import internal_path


class SourceInput(graphene.InputObjectType):
    """A source: a DOI, a PMID or an address."""

    url = graphene.String(description="An address on the web.")
    doi = graphene.String(description="A DOI, like 10.1056/NEJMoa2212345.")
    pmid = graphene.String(description="A PubMed id.")
    title = graphene.String(description="At most 300 characters.")


class CaseInput(graphene.InputObjectType):
    """What a case asks; nothing in it may identify the patient."""

    question = graphene.String(required=True, description="At most 1,000 characters.")
    age_band = graphene.String(required=True, description="At least five years like 60-69, or 80+, or a word.")
    setting = graphene.String(description="At most 200 characters.")
    urgency = CaseUrgency(default_value="ROUTINE", description="How soon it needs an answer.")
    consent_scope = ConsentScope(required=True, description="What the patient consented to.")


class AlertInput(graphene.InputObjectType):
    """Whom an alert concerns."""

    regions = texts(RegionCode, description="Where, of any kind; 1 to 50.")
    specialties = texts(graphene.String, required=False, description="Which specialties; all when absent.")
    issuer = graphene.String(description="Who issued it; at most 200 characters.")
    expires_at = DateTime(required=True, description="Until when it holds; within a year.")


class LiveInput(graphene.InputObjectType):
    """When a live session is."""

    starts_at = DateTime(required=True, description="When it begins.")
    ends_at = DateTime(description="When it ends.")
    join_url = graphene.String(description="Where one joins it; https.")
    hosts = texts(graphene.ID, required=False, max_items=10, description="Who hosts it; oneself when absent.")


def _written(
    context: Context, answer: dict[str, Any], field: str, mark: Callable[[Context, list[Any]], None]
) -> dict[str, Any]:
    """A payload with what was written; where it is held, the error says that it waits, and the identifiers where."""
    content = answer["content"]
    if content is not None:
        mark(context, [content])
    payload = {field: content, "patient_identifiers": patient_identifiers(answer["doubts"])}
    if answer["doubts"]:
        payload["user_errors"] = [
            {
                "field": [answer["doubts"][0]["field"]],
                "message": "This may identify a patient. It is kept, and shown when a moderator has looked at it.",
                "code": "HELD_FOR_REVIEW",
                "current_version": None,
            }
        ]
    return payload


def _discussion(context: Context, answer: dict[str, Any]) -> dict[str, Any]:
    return _written(context, answer, "discussion", mark_discussions)


def _post(context: Context, answer: dict[str, Any]) -> dict[str, Any]:
    return _written(context, answer, "post", mark_posts)


def _subject(context: Context, answer: dict[str, Any]) -> dict[str, Any]:
    return _written(context, answer, "subject", mark_contents)


def expect_content(given: str, field: str) -> str:
    """The own id of a discussion or post.

    Raises:
        NotFound: the global id names something else.
    """
    found = decode(given)
    if found is None or found[0] not in {"Discussion", "Post"}:
        raise NotFound("Nothing with this id is here.", field=[field])
    return found[1]


def create_discussion(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Open a discussion."""
    if given.get("group") is not None:
        given["group"] = expect(given["group"], "Group", "group", missing=True)
    live = given.get("live_details")
    if live and live.get("hosts"):
        live["hosts"] = [expect(one, "Professional", "liveDetails", missing=True) for one in live["hosts"]]
    return _discussion(context, context.graph("POST", "/v1/discussions", given))


def edit_discussion(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Change a discussion."""
    own = expect(given.pop("id"), "Discussion", "id", missing=True)
    return _discussion(context, context.graph("PATCH", internal_path("discussions", own), given))


def edit_post(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Change a post."""
    own = expect(given.pop("id"), "Post", "id", missing=True)
    return _post(context, context.graph("PATCH", internal_path("posts", own), given))


def delete_discussion(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Delete a discussion."""
    own = expect(given["id"], "Discussion", "id", missing=True)
    return _discussion(context, context.graph("DELETE", internal_path("discussions", own)))


def delete_post(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Delete a post."""
    own = expect(given["id"], "Post", "id", missing=True)
    return _post(context, context.graph("DELETE", internal_path("posts", own)))


def _on_discussion(method: str, path: str, **ids: str) -> Act:
    """An act on a discussion: a call to a path below it, with these inputs, which are ids of a type."""

    def act(context: Context, given: dict[str, Any]) -> dict[str, Any]:
        own = expect(given["discussion"], "Discussion", "discussion", missing=True)
        body = {name: expect(given[name], kind, name, missing=True) for name, kind in ids.items()}
        return _discussion(context, context.graph(method, internal_path("discussions", own, path), body or None))

    return act


def add_post(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Answer in a discussion."""
    own = expect(given.pop("discussion"), "Discussion", "discussion", missing=True)
    if given.get("in_reply_to") is not None:
        given["in_reply_to"] = expect(given["in_reply_to"], "Post", "inReplyTo", missing=True)
    return _post(context, context.graph("POST", internal_path("discussions", own, "posts"), given))


def add_translation(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Add a translation of what one wrote."""
    own = expect_content(given.pop("subject"), "subject")
    return _subject(context, context.graph("POST", internal_path("contents", own, "translations"), given))


def react(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Add a reaction."""
    own = expect_content(given["subject"], "subject")
    return _subject(
        context, context.graph("PUT", internal_path("contents", own, "reactions"), {"reaction": given["reaction"]})
    )


def unreact(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Take a reaction away."""
    own = expect_content(given["subject"], "subject")
    return _subject(context, context.graph("DELETE", internal_path("contents", own, "reactions", given["reaction"])))


_BODY = graphene.String(required=True, description="1 to 20,000 characters of Markdown.")
_LANGUAGE = LanguageTag(required=True, description="The text's language.")
_SOURCES = texts(SourceInput, required=False, max_items=20, description="The sources that the text cites.")
_TOPICS = texts(
    graphene.String,
    required=False,
    max_items=10,
    description="Topics under which it is found, each with at most 60 characters.",
)
_VERSION = graphene.Int(description="Fail with VERSION_CONFLICT if it has another one now.")
_DISCUSSION = {"discussion": graphene.Field(Discussion, description="The discussion as it is now.")}
_POST = {"post": graphene.Field(Post, description="The post as it is now.")}
_SUBJECT = {"subject": graphene.Field(Node, description="The discussion or post as it is now.")}
_SUBJECT_ID = graphene.ID(required=True, description="The discussion or post.")
_DISCUSSION_ID = graphene.ID(required=True, description="The discussion.")

MUTATIONS = {
    "create_discussion": mutation(
        "CreateDiscussion",
        "Open a discussion in a group that one belongs to; moderators and admins also alerts outside of groups.",
        inputs={
            "group": graphene.ID(description="The group; absent only for an alert to everybody concerned."),
            "kind": DiscussionKind(required=True, default_value="DISCUSSION", description="What kind."),
            "title": graphene.String(required=True, description="1 to 200 characters, one line."),
            "body": _BODY,
            "language": _LANGUAGE,
            "topics": _TOPICS,
            "sources": _SOURCES,
            "poll_options": texts(
                graphene.String, required=False, description="Of a poll: 2 to 10 of at most 200 characters."
            ),
            "case_details": CaseInput(description="Of a case."),
            "alert_details": AlertInput(description="Of an alert."),
            "live_details": LiveInput(description="Of a live session."),
        },
        answers={**_DISCUSSION, **PATIENT_IDENTIFIERS},
        act=create_discussion,
    ),
    "edit_discussion": mutation(
        "EditDiscussion",
        "Change a discussion that one opened; absent fields stay, and what it said before is kept.",
        inputs={
            "id": graphene.ID(required=True, description="The discussion."),
            "title": graphene.String(description="1 to 200 characters, one line."),
            "body": graphene.String(description="1 to 20,000 characters of Markdown."),
            "topics": _TOPICS,
            "sources": _SOURCES,
            "expected_version": _VERSION,
        },
        answers={**_DISCUSSION, **PATIENT_IDENTIFIERS},
        act=edit_discussion,
    ),
    "delete_discussion": mutation(
        "DeleteDiscussion",
        "Delete a discussion that one opened, or, as the group's moderator, any; a stub stays, and so do its posts.",
        inputs={"id": graphene.ID(required=True, description="The discussion.")},
        answers=_DISCUSSION,
        act=delete_discussion,
    ),
    "resolve_discussion": mutation(
        "ResolveDiscussion",
        "Name the post that answers a question; for who asked it, and the group's moderators.",
        inputs={"discussion": _DISCUSSION_ID, "post": graphene.ID(required=True, description="The answer.")},
        answers=_DISCUSSION,
        act=_on_discussion("POST", "resolution", post="Post"),
    ),
    "withdraw_case_consent": mutation(
        "WithdrawCaseConsent",
        "Hide a case at once, because the patient withdrew consent.",
        inputs={"discussion": _DISCUSSION_ID},
        answers=_DISCUSSION,
        act=_on_discussion("POST", "consent-withdrawal"),
    ),
    "acknowledge_alert": mutation(
        "AcknowledgeAlert",
        "Note that one has read an alert.",
        inputs={"discussion": _DISCUSSION_ID},
        answers=_DISCUSSION,
        act=_on_discussion("PUT", "acknowledgement"),
        repetition=Repetition.HARMLESS,
    ),
    "add_post": mutation(
        "AddPost",
        "Answer in a discussion of a group that one belongs to.",
        inputs={
            "discussion": _DISCUSSION_ID,
            "in_reply_to": graphene.ID(description="The post that it answers."),
            "body": _BODY,
            "language": _LANGUAGE,
            "sources": _SOURCES,
        },
        answers={**_POST, **PATIENT_IDENTIFIERS},
        act=add_post,
    ),
    "edit_post": mutation(
        "EditPost",
        "Change a post that one wrote; what it said before is kept.",
        inputs={
            "id": graphene.ID(required=True, description="The post."),
            "body": _BODY,
            "sources": _SOURCES,
            "expected_version": _VERSION,
        },
        answers={**_POST, **PATIENT_IDENTIFIERS},
        act=edit_post,
    ),
    "delete_post": mutation(
        "DeletePost",
        "Delete a post that one wrote, or, as the group's moderator, any; a stub stays.",
        inputs={"id": graphene.ID(required=True, description="The post.")},
        answers=_POST,
        act=delete_post,
    ),
    "add_translation": mutation(
        "AddTranslation",
        "Add a translation of what one wrote, or replace the one in that language.",
        inputs={
            "subject": _SUBJECT_ID,
            "language": LanguageTag(required=True, description="The translation's language."),
            "title": graphene.String(description="Of a discussion: 1 to 200 characters."),
            "body": _BODY,
        },
        answers={**_SUBJECT, **PATIENT_IDENTIFIERS},
        act=add_translation,
    ),
    "react": mutation(
        "React",
        "React to a discussion or post of a group that one belongs to; repeating changes nothing.",
        inputs={"subject": _SUBJECT_ID, "reaction": ReactionKind(required=True, description="How.")},
        answers=_SUBJECT,
        act=react,
        repetition=Repetition.HARMLESS,
    ),
    "unreact": mutation(
        "Unreact",
        "Take a reaction away; repeating changes nothing.",
        inputs={"subject": _SUBJECT_ID, "reaction": ReactionKind(required=True, description="Which.")},
        answers=_SUBJECT,
        act=unreact,
        repetition=Repetition.HARMLESS,
    ),
    "vote": mutation(
        "Vote",
        "Give one's vote in a poll, or move it to another option.",
        inputs={"discussion": _DISCUSSION_ID, "option": graphene.ID(required=True, description="The option.")},
        answers=_DISCUSSION,
        act=_on_discussion("PUT", "vote", option="PollOption"),
        repetition=Repetition.HARMLESS,
    ),
}
