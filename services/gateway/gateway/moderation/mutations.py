"""Reporting, deciding, appealing; context notes."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.base import DateTime, mutation, texts
from gateway.context import Context, Repetition
from gateway.discussions.mutations import SourceInput, expect_content
from gateway.ids import expect
from gateway.moderation.types import (
    ContextNote,
    Flag,
    FlagReason,
    ModerationAction,
    ModerationDecision,
    mark_decisions,
    mark_flags,
    mark_notes,
)
from kit.paths import internal_path


def _flag(context: Context, flag: dict[str, Any]) -> dict[str, Any]:
    mark_flags(context, [flag])
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
    mark_decisions(context, [answer["decision"]])
    return {**_flag(context, answer["flag"]), "decision": answer["decision"]}


def appeal_decision(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Appeal a decision."""
    own = expect(given["decision"], "ModerationDecision", "decision", missing=True)
    decision = context.graph("POST", internal_path("decisions", own, "appeal"), {"statement": given["statement"]})
    mark_decisions(context, [decision])
    return {"decision": decision}


def propose_note(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Propose a context note."""
    note = context.graph("POST", "/v1/notes", {**given, "subject": expect_content(given["subject"], "subject")})
    mark_notes(context, [note])
    return {"note": note}


def rate_note(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Rate a context note."""
    own = expect(given["note"], "ContextNote", "note", missing=True)
    note = context.graph("PUT", internal_path("notes", own, "rating"), {"helpful": given["helpful"]})
    mark_notes(context, [note])
    return {"note": note}


_FLAG = {"flag": graphene.Field(Flag, description="The flag as it is now.")}
_NOTE = {"note": graphene.Field(ContextNote, description="The note as it is now.")}
_DECISION = {"decision": graphene.Field(ModerationDecision, description="The decision.")}

MUTATIONS = {
    "flag": mutation(
        "Flag",
        "Report a discussion or post to the moderators; its author does not learn by whom.",
        inputs={
            "subject": graphene.ID(required=True, description="The discussion or post."),
            "reason": FlagReason(required=True, description="Why."),
            "detail": graphene.String(description="At most 2,000 characters."),
        },
        answers=_FLAG,
        act=flag,
    ),
    "take_flag": mutation(
        "TakeFlag",
        "Take a flag for a quarter of an hour; for moderators who are no party.",
        inputs={"id": graphene.ID(required=True, description="The flag.")},
        answers=_FLAG,
        act=take_flag,
    ),
    "decide_flag": mutation(
        "DecideFlag",
        "Decide about what was reported or held, with a statement of reasons; for moderators who are no party.",
        inputs={
            "id": graphene.ID(required=True, description="The flag."),
            "action": ModerationAction(required=True, description="What to do."),
            "facts": graphene.String(required=True, description="10 to 4,000 characters, for author and reporter."),
            "clause": graphene.String(required=True, description="The clause that it rests on."),
            "label": graphene.String(
                description="With LABEL: DISPUTED, CORRECTED, RETRACTED_SOURCE, APPLIES_ELSEWHERE."
            ),
            "until": DateTime(description="With SUSPEND_MEMBER: until when; for good when absent."),
        },
        answers={**_FLAG, **_DECISION},
        act=decide_flag,
    ),
    "appeal_decision": mutation(
        "AppealDecision",
        "Ask that another moderator decides again; for the author and who reported, for six months, once.",
        inputs={
            "decision": graphene.ID(required=True, description="The decision."),
            "statement": graphene.String(required=True, description="10 to 2,000 characters."),
        },
        answers=_DECISION,
        act=appeal_decision,
    ),
    "propose_note": mutation(
        "ProposeNote",
        "Propose a note that gives context to somebody else's text; needs the right to practise.",
        inputs={
            "subject": graphene.ID(required=True, description="The discussion or post."),
            "body": graphene.String(required=True, description="10 to 2,000 characters."),
            "sources": texts(SourceInput, description="1 to 20."),
        },
        answers=_NOTE,
        act=propose_note,
    ),
    "rate_note": mutation(
        "RateNote",
        "Say whether a note helps; for who is verified in the group's specialty. One's rating can be changed.",
        inputs={
            "note": graphene.ID(required=True, description="The note."),
            "helpful": graphene.Boolean(required=True, description="Whether it helps."),
        },
        answers=_NOTE,
        act=rate_note,
        repetition=Repetition.HARMLESS,
    ),
}
