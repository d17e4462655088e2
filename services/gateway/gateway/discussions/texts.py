"""What stands beside the text of a discussion or post."""

from __future__ import annotations

import graphene

from gateway.context import of
from gateway.fields import enum
from gateway.people.types import Professional
from gateway.scalars import LANGUAGE, DateTime, LanguageTag
from gateway.wording import LABELS, TEXTS

ContentState = enum(
    "ContentState",
    "State of a discussion or post. It decides who sees the text.",
    {
        "PUBLISHED": "The text is shown to everybody who may read it.",
        "HELD": "The text may identify a patient and waits for a moderator. Its author sees it, and moderators in "
        "`moderationQueue`.",
        "HIDDEN": "The text is not shown to the viewer. A moderator hid it, the patient withdrew consent to the case, or its "
        "author and the viewer have blocked each other.",
        "DELETED": "The text is erased for good. A stub stays, so that the answers keep their place.",
    },
)
ReactionKind = enum(
    "ReactionKind",
    "Reactions that a member can give to a discussion or post.",
    {
        "AGREE": "The reader agrees with the text.",
        "HELPFUL": "The reader finds the text helpful.",
        "THANKS": "The reader thanks the author.",
    },
)


class Source(graphene.ObjectType):
    """Source that a text cites. The form of its identifiers is checked, but not that the source exists."""

    url = graphene.String(description="Web address of the source, `https` or `http`. Null when the author gave none.")
    doi = graphene.String(
        description="DOI without a prefix, for example `10.1056/NEJMoa2212345`. Null when the author gave none."
    )
    pmid = graphene.String(description="PubMed id, for example `36812345`. Null when the author gave none.")
    title = graphene.String(description="Title of the source as its author wrote it. Null when the author gave none.")


class Label(graphene.ObjectType):
    """Label that moderators have put on a discussion or post."""

    code = graphene.String(
        required=True,
        description="Code of the label: `DISPUTED`, `CORRECTED`, `RETRACTED_SOURCE` or `APPLIES_ELSEWHERE`.",
    )
    text = graphene.String(
        required=True, language=LANGUAGE, description="The label as a sentence for readers, in the language asked for."
    )

    @staticmethod
    def resolve_code(root: str, _info: object) -> str:
        return root

    @staticmethod
    def resolve_text(root: str, info: object, language: str | None = None) -> str:
        return TEXTS.text(LABELS[root], of(info).language(language)) if root in LABELS else root


class Translation(graphene.ObjectType):
    """Translation of a discussion or post into another language, written by its author."""

    language = LanguageTag(required=True, description="Language of the translation.")
    title = graphene.String(description="Translated title. Null when the author gave none, as for a post.")
    body = graphene.String(
        required=True, description="Translated text in Markdown, as written. Do not render HTML in it."
    )
    author = graphene.Field(
        Professional, description="Author of the translation. Null when the viewer may not see this person."
    )


class ReactionCount(graphene.ObjectType):
    """Number of reactions of one kind to a discussion or post."""

    reaction = ReactionKind(required=True, description="Kind of reaction that is counted.")
    count = graphene.Int(required=True, description="Number of people who reacted in this way.")
    viewer_reacted = graphene.Boolean(required=True, description="True when the viewer is one of these people.")


class Revision(graphene.ObjectType):
    """Earlier version of a discussion or post, kept when its author edited it."""

    version = graphene.Int(required=True, description="Version number of this text, counted from 1.")
    at = DateTime(required=True, description="Time at which this version was written.")
    title = graphene.String(description="Title in this version. Null for a post, which has no title.")
    body = graphene.String(description="Text in this version, in Markdown as written.")
