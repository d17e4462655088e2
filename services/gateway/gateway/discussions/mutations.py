"""Opening discussions, answering in them, and changing what one wrote."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import graphene

from gateway.context import Context, Repetition
from gateway.discussions.kinds import DETAILS, DiscussionKind
from gateway.discussions.texts import ReactionKind
from gateway.discussions.types import (
    Discussion,
    Post,
    link_contents,
    link_discussions,
    link_posts,
)
from gateway.errors import PATIENT_IDENTIFIERS, patient_identifiers
from gateway.fields import texts
from gateway.ids import decode, expect
from gateway.mutation import Act, mutation
from gateway.scalars import LanguageTag
from gateway.things import Node
from kit.errors import NotFound
from kit.paths import internal_path


class SourceInput(graphene.InputObjectType):
    """Source that a text cites. Give at least one of `url`, `doi` and `pmid`."""

    url = graphene.String(
        description="Web address of the source, `https` or `http`, at most 2,000 characters, for example "
        "`https://www.ema.europa.eu/en/news`."
    )
    doi = graphene.String(
        description="DOI of the source, for example `10.1056/NEJMoa2212345`. A leading `doi:` or `https://doi.org/` is removed."
    )
    pmid = graphene.String(
        description="PubMed id of the source, at most nine digits, for example `36812345`. A leading `PMID:` is removed."
    )
    title = graphene.String(
        description="Title of the source on one line, at most 300 characters, for example `Beta-blockers after infarction`."
    )


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
    return _written(context, answer, "discussion", link_discussions)


def _post(context: Context, answer: dict[str, Any]) -> dict[str, Any]:
    return _written(context, answer, "post", link_posts)


def _subject(context: Context, answer: dict[str, Any]) -> dict[str, Any]:
    payload = _written(context, answer, "subject", link_contents)
    content = payload["subject"]
    return payload | ({content["__typename"].lower(): content} if content else {})


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
    for one in DETAILS:
        if given.get(one.name) is not None:
            given[one.name] = one.decode(given[one.name])
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
        # An option is named with its poll, and before 2026-12 was named alone.
        body = {name: expect(given[name], kind, name, missing=True).rpartition(".")[2] for name, kind in ids.items()}
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


_EXAMPLE = "for example `Which dose do you **start** with?`"
_BODY = graphene.String(required=True, description=f"Text in Markdown, 1 to 20,000 characters, {_EXAMPLE}.")
_LANGUAGE = LanguageTag(
    required=True,
    description="Language in which the text is written, BCP 47, for example `pt-BR`. In a language that the privacy guard does "
    "not know, a text with numbers is held.",
)
_SOURCES = texts(
    SourceInput, required=False, max_items=20, description="Sources that the text cites, in the order to show them."
)
_NEW_SOURCES = texts(
    SourceInput,
    required=False,
    max_items=20,
    description="Sources that replace the present ones. An empty list removes all. Leave it out to keep them.",
)
_VERSION = graphene.Int(
    description="Version of the text that you read, for example `3`. The edit fails with `VERSION_CONFLICT` when the text has "
    "another version now. Leave it out to overwrite any version."
)
_DISCUSSION = {
    "discussion": graphene.Field(Discussion, description="Discussion after the change. Null when the mutation failed.")
}
_POST = {"post": graphene.Field(Post, description="Post after the change. Null when the mutation failed.")}
_SUBJECT = {
    "subject": graphene.Field(
        Node,
        description="Discussion or post after the change. Null when the mutation failed.",
        deprecation_reason="Since 2026-11-27; use `discussion` or `post`.",
    ),
    "discussion": graphene.Field(Discussion, description="Discussion after the change; null when it was about a post."),
    "post": graphene.Field(Post, description="Post after the change; null when it was about a discussion."),
}


def _id(description: str) -> graphene.ID:
    return graphene.ID(required=True, description=description)


def _details() -> dict[str, Any]:
    for one in DETAILS:
        one.input.reset_counter()  # graphene sorts by when a field was made: these come after the fields before them
    return {one.name: one.input for one in DETAILS}


MUTATIONS = {
    "create_discussion": mutation(
        "CreateDiscussion",
        "Opens a discussion in a group of which you are a member. A text that may identify a patient is held for a moderator. "
        "Moderators and admins of the instance can also open alerts outside of groups.",
        inputs={
            "group": graphene.ID(description="Id of the group. Leave it out only for an alert to everybody concerned."),
            "kind": DiscussionKind(
                required=True,
                default_value="DISCUSSION",
                description="Kind of the discussion. It decides which of the details below are required.",
            ),
            "title": graphene.String(
                required=True,
                description="Title on one line, 1 to 200 characters, for example `Beta-blocker after a COPD exacerbation?`.",
            ),
            "body": _BODY,
            "language": _LANGUAGE,
            "topics": texts(
                graphene.String,
                required=False,
                max_items=10,
                description="Topics under which the discussion is found, each 1 to 60 characters, for example "
                '`["antibiotic stewardship"]`.',
            ),
            "sources": _SOURCES,
            **_details(),
        },
        answers={**_DISCUSSION, **PATIENT_IDENTIFIERS},
        act=create_discussion,
    ),
    "edit_discussion": mutation(
        "EditDiscussion",
        "Changes a discussion that you opened. Fields that are left out stay as they are, and the earlier version is kept in "
        "`history`.",
        inputs={
            "id": _id("Id of the discussion to edit."),
            "title": graphene.String(
                description="New title on one line, 1 to 200 characters, for example `Beta-blocker after COPD (solved)`. Leave it "
                "out to keep the title."
            ),
            "body": graphene.String(
                description=f"New text in Markdown, 1 to 20,000 characters, {_EXAMPLE}. Leave it out to keep the text."
            ),
            "topics": texts(
                graphene.String,
                required=False,
                max_items=10,
                description='Topics that replace the present ones, each 1 to 60 characters, for example `["heart failure"]`. An '
                "empty list removes all. Leave it out to keep them.",
            ),
            "sources": _NEW_SOURCES,
            "expected_version": _VERSION,
        },
        answers={**_DISCUSSION, **PATIENT_IDENTIFIERS},
        act=edit_discussion,
    ),
    "delete_discussion": mutation(
        "DeleteDiscussion",
        "Deletes a discussion that you opened, or any discussion of a group that you moderate. Its texts are erased for good. A "
        "stub and the posts stay.",
        inputs={"id": _id("Id of the discussion to delete.")},
        answers=_DISCUSSION,
        act=delete_discussion,
    ),
    "resolve_discussion": mutation(
        "ResolveDiscussion",
        "Names the post that answers a question. The author of the question and the group's moderators may do it. A later call "
        "names another post.",
        inputs={
            "discussion": _id("Id of the question, a discussion of the kind `QUESTION`."),
            "post": _id("Id of the post that answers the question."),
        },
        answers=_DISCUSSION,
        act=_on_discussion("POST", "resolution", post="Post"),
    ),
    "withdraw_case_consent": mutation(
        "WithdrawCaseConsent",
        "Hides a case at once, because the patient withdrew consent. Only its author may do it. A case that is still held is "
        "erased.",
        inputs={"discussion": _id("Id of the case, a discussion of the kind `CASE`.")},
        answers=_DISCUSSION,
        act=_on_discussion("POST", "consent-withdrawal"),
    ),
    "acknowledge_alert": mutation(
        "AcknowledgeAlert",
        "Records that you have read an alert. The time of the first call stays.",
        inputs={"discussion": _id("Id of the alert, a discussion of the kind `ALERT`.")},
        answers=_DISCUSSION,
        act=_on_discussion("PUT", "acknowledgement"),
        repetition=Repetition.HARMLESS,
    ),
    "add_post": mutation(
        "AddPost",
        "Adds a post to a discussion of a group of which you are an active member, or to an alert outside of groups. A text that "
        "may identify a patient is held for a moderator.",
        inputs={
            "discussion": _id("Id of the discussion in which to post."),
            "in_reply_to": graphene.ID(
                description="Id of the post to which this one replies. Leave it out to reply to the discussion."
            ),
            "body": _BODY,
            "language": _LANGUAGE,
            "sources": _SOURCES,
        },
        answers={**_POST, **PATIENT_IDENTIFIERS},
        act=add_post,
    ),
    "edit_post": mutation(
        "EditPost",
        "Changes a post that you wrote. The earlier version is kept in `history`.",
        inputs={
            "id": _id("Id of the post to edit."),
            "body": _BODY,
            "sources": _NEW_SOURCES,
            "expected_version": _VERSION,
        },
        answers={**_POST, **PATIENT_IDENTIFIERS},
        act=edit_post,
    ),
    "delete_post": mutation(
        "DeletePost",
        "Deletes a post that you wrote, or any post in a group that you moderate. Its text is erased for good. A stub stays.",
        inputs={"id": _id("Id of the post to delete.")},
        answers=_POST,
        act=delete_post,
    ),
    "add_translation": mutation(
        "AddTranslation",
        "Adds a translation of a discussion or post that you wrote, or replaces the one in the same language. A text has at most "
        "30 translations. A translation that may identify a patient is refused.",
        inputs={
            "subject": _id("Id of the discussion or post that is translated."),
            "language": LanguageTag(
                required=True,
                description="Language of the translation, BCP 47, for example `de`. It differs from the language of the text.",
            ),
            "title": graphene.String(
                description="Translated title on one line, 1 to 200 characters, for example `Betablocker nach COPD?`. Required for "
                "a discussion; leave it out for a post."
            ),
            "body": graphene.String(
                required=True,
                description="Translated text in Markdown, 1 to 20,000 characters, for example `Mit welcher Dosis beginnt ihr?`.",
            ),
        },
        answers={**_SUBJECT, **PATIENT_IDENTIFIERS},
        act=add_translation,
    ),
    "react": mutation(
        "React",
        "Adds your reaction to a discussion or post of a group of which you are an active member, or to an alert outside of "
        "groups. A repeated call changes nothing.",
        inputs={
            "subject": _id("Id of the discussion or post to which you react."),
            "reaction": ReactionKind(
                required=True, description="Kind of reaction to add. You can add one of each kind."
            ),
        },
        answers=_SUBJECT,
        act=react,
        repetition=Repetition.HARMLESS,
    ),
    "unreact": mutation(
        "Unreact",
        "Removes your reaction from a discussion or post. A repeated call changes nothing.",
        inputs={
            "subject": _id("Id of the discussion or post from which you remove the reaction."),
            "reaction": ReactionKind(required=True, description="Kind of reaction to remove."),
        },
        answers=_SUBJECT,
        act=unreact,
        repetition=Repetition.HARMLESS,
    ),
    "vote": mutation(
        "Vote",
        "Casts your vote in a poll, or moves it to another option. You need to be an active member of the group.",
        inputs={
            "discussion": _id("Id of the poll, a discussion of the kind `POLL`."),
            "option": _id("Id of the option to vote for, from `Discussion.pollOptions`."),
        },
        answers=_DISCUSSION,
        act=_on_discussion("PUT", "vote", option="PollOption"),
        repetition=Repetition.HARMLESS,
    ),
}
