"""Reporting, deciding, appealing; context notes."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.context import Context, Repetition
from gateway.discussions.mutations import SourceInput, expect_content
from gateway.fields import texts
from gateway.ids import expect
from gateway.moderation.types import (
    ContextNote,
    Flag,
    FlagReason,
    ModerationAction,
    ModerationDecision,
    link_decisions,
    link_flags,
    link_notes,
)
from gateway.mutation import mutation
from gateway.scalars import DateTime
from kit.paths import internal_path


def _flag(context: Context, flag: dict[str, Any]) -> dict[str, Any]:
    link_flags(context, [flag])
    return {"flag": flag}


def flag(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Report something."""
    return _flag(
        context, context.graph("POST", "/v1/flags", {**given, "subject": expect_content(given["subject"], "subject")})
    )


def take_flag(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Take a flag."""
    own = expect(given["id"], "Flag", "id", missing=True)
    return _flag(context, context.graph("POST", internal_path("flags", own, "lease")))


def decide_flag(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Decide about a flag."""
    own = expect(given.pop("id"), "Flag", "id", missing=True)
    answer = context.graph("POST", internal_path("flags", own, "decision"), given)
    link_decisions(context, [answer["decision"]])
    return {**_flag(context, answer["flag"]), "decision": answer["decision"]}


def appeal_decision(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Appeal a decision."""
    own = expect(given["decision"], "ModerationDecision", "decision", missing=True)
    decision = context.graph("POST", internal_path("decisions", own, "appeal"), {"statement": given["statement"]})
    link_decisions(context, [decision])
    return {"decision": decision}


def propose_note(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Propose a context note."""
    note = context.graph("POST", "/v1/notes", {**given, "subject": expect_content(given["subject"], "subject")})
    link_notes(context, [note])
    return {"note": note}


def rate_note(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Rate a context note."""
    own = expect(given["note"], "ContextNote", "note", missing=True)
    note = context.graph("PUT", internal_path("notes", own, "rating"), {"helpful": given["helpful"]})
    link_notes(context, [note])
    return {"note": note}


_FLAG = {"flag": graphene.Field(Flag, description="Flag after the change. Null when the mutation failed.")}
_NOTE = {
    "note": graphene.Field(ContextNote, description="Context note after the change. Null when the mutation failed.")
}
_DECISION = {
    "decision": graphene.Field(
        ModerationDecision, description="Decision with its statement of reasons. Null when the mutation failed."
    )
}

MUTATIONS = {
    "flag": mutation(
        "Flag",
        "Reports a discussion or post to the moderators. Its author does not learn who reported it. While your report waits, a "
        "repeated call changes nothing.",
        inputs={
            "subject": graphene.ID(required=True, description="Id of the discussion or post to report."),
            "reason": FlagReason(required=True, description="Reason for the report, as close as possible."),
            "detail": graphene.String(
                description="Details for the moderators, at most 2,000 characters, for example `The dose is ten times too high`."
            ),
        },
        answers=_FLAG,
        act=flag,
    ),
    "take_flag": mutation(
        "TakeFlag",
        "Takes a flag for 15 minutes, so that no other moderator decides it meanwhile. A repeated call renews the time. Moderators "
        "and admins who are not a party may do it.",
        inputs={"id": graphene.ID(required=True, description="Id of the flag to take.")},
        answers=_FLAG,
        act=take_flag,
    ),
    "decide_flag": mutation(
        "DecideFlag",
        "Decides about a reported or held text, with a statement of reasons for its author and the reporters. Moderators and "
        "admins who are not a party may do it.",
        inputs={
            "id": graphene.ID(required=True, description="Id of the flag to decide."),
            "action": ModerationAction(required=True, description="Action to take on the text or its author."),
            "facts": graphene.String(
                required=True,
                description="Facts on which the decision rests, 10 to 4,000 characters, for example `The cited trial was retracted "
                "in May`. Author and reporters read them.",
            ),
            "clause": graphene.String(
                required=True,
                description="Clause of the community guidelines on which the decision rests, 2 to 300 characters, for example `3.2 "
                "Sources`.",
            ),
            "label": graphene.String(
                description="Label to put on the text: `DISPUTED`, `CORRECTED`, `RETRACTED_SOURCE` or `APPLIES_ELSEWHERE`. "
                "Required with the action `LABEL`, not allowed with others."
            ),
            "until": DateTime(
                description="End of the suspension with the action `SUSPEND_MEMBER`, for example `2026-12-31T23:00:00Z`. Leave it "
                "out for a suspension without end. Not allowed with other actions."
            ),
        },
        answers={**_FLAG, **_DECISION},
        act=decide_flag,
    ),
    "appeal_decision": mutation(
        "AppealDecision",
        "Asks that another moderator decides again. The author of the text and its reporters may do it, once within 183 days after "
        "the decision.",
        inputs={
            "decision": graphene.ID(required=True, description="Id of the decision that you appeal."),
            "statement": graphene.String(
                required=True,
                description="Reasons for the appeal, 10 to 2,000 characters, for example `The trial that I cite was not "
                "retracted`.",
            ),
        },
        answers=_DECISION,
        act=appeal_decision,
    ),
    "propose_note": mutation(
        "ProposeNote",
        "Proposes a note that adds context and sources to a text by somebody else. It needs the verification level "
        "`RIGHT_TO_PRACTISE`.",
        inputs={
            "subject": graphene.ID(required=True, description="Id of the discussion or post that the note is about."),
            "body": graphene.String(
                required=True,
                description="Text of the note, 10 to 2,000 characters, for example `The guideline was updated in 2025`.",
            ),
            "sources": texts(SourceInput, max_items=20, description="Sources that the note cites, at least one."),
        },
        answers=_NOTE,
        act=propose_note,
    ),
    "rate_note": mutation(
        "RateNote",
        "Rates a context note as helpful or not; a later call replaces your rating. It needs the verification level "
        "`RIGHT_TO_PRACTISE`, and verification in a specialty of the group if the group has any.",
        inputs={
            "note": graphene.ID(required=True, description="Id of the context note to rate."),
            "helpful": graphene.Boolean(
                required=True, description="True when you find the note helpful, false when not."
            ),
        },
        answers=_NOTE,
        act=rate_note,
        repetition=Repetition.HARMLESS,
    ),
}
