"""Flags, decisions and context notes."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.base import CountryCode, DateTime, Node, enum, resolve_global_id, texts
from gateway.batches import MAX_REFERENCES, for_siblings, refer, referred, together
from gateway.context import Context, of
from gateway.discussions.types import Source, mark_contents, read_contents
from gateway.instance.types import Policy, read_instance
from gateway.paging import connection_type
from gateway.people.types import Professional, people_of

FlagReason = enum(
    "FlagReason",
    "Why something is reported.",
    {
        "MISINFORMATION": "It is wrong or misleading.",
        "PATIENT_PRIVACY": "It could identify a patient.",
        "UNPROFESSIONAL": "It is unprofessional.",
        "HARASSMENT": "It harasses somebody.",
        "SPAM": "It advertises, or repeats itself.",
        "CONFLICT_OF_INTEREST": "It hides an interest of its author.",
        "OTHER": "Something else; say what.",
    },
)
FlagOrigin = enum(
    "FlagOrigin", "Where a flag comes from.",
    {"MEMBER": "Somebody reported it.", "SYSTEM": "The privacy guard held it."},
)  # fmt: skip
FlagStatus = enum(
    "FlagStatus",
    "How a flag stands.",
    {
        "OPEN": "It waits.",
        "TAKEN": "A moderator works on it.",
        "UPHELD": "Something was done.",
        "DISMISSED": "Nothing was done, or it was undone.",
        "APPEALED": "It waits for another moderator.",
    },
)
ModerationAction = enum(
    "ModerationAction",
    "What a moderator does.",
    {
        "NONE": "Nothing; what was held is published.",
        "LABEL": "Label it.",
        "HIDE": "Hide it from everybody but its author.",
        "REMOVE": "Remove it with all that it said before; that cannot be undone.",
        "RESTORE": "Show it again.",
        "STRIKE": "Warn its author.",
        "SUSPEND_MEMBER": "Suspend its author from the group.",
    },
)
NoteStatus = enum(
    "NoteStatus",
    "Whether a context note is shown.",
    {
        "PROPOSED": "It waits for ratings.",
        "SHOWN": "Verified people of at least three countries find it helpful.",
        "REJECTED": "Verified people of at least three countries find that it is not.",
    },
)


class ModerationDecision(graphene.ObjectType):
    """A decision about what somebody wrote, with its reasons; who decided is not told."""

    class Meta:
        interfaces = (Node,)

    subject = graphene.Field(Node, description="What it is about, where the viewer may read it.")
    action = ModerationAction(required=True, description="What was done.")
    facts = graphene.String(required=True, description="The facts.")
    clause = graphene.String(required=True, description="The clause that it rests on.")
    label = graphene.String(description="The label, with the action LABEL.")
    policy = graphene.Field(Policy, description="The policy that the clause stands in.")
    automated_detection = graphene.Boolean(required=True, description="Whether a program noticed it.")
    automated_decision = graphene.Boolean(required=True, description="Whether a program decided.")
    until = DateTime(description="Until when it holds, if it ends.")
    appeal_until = DateTime(description="Until when it can be appealed.")
    decided_at = DateTime(required=True, description="When.")

    resolve_id = staticmethod(resolve_global_id("ModerationDecision"))

    @staticmethod
    def resolve_subject(root: Any, info: Any) -> Any:
        return referred(of(info), "ModerationDecision.subject", root["subject"], read_contents)

    @staticmethod
    def resolve_policy(_root: Any, info: Any) -> Any:
        policies = read_instance(of(info))["policies"]
        return next((one for one in policies if one["policy_kind"] == "COMMUNITY_GUIDELINES"), None)


class Flag(graphene.ObjectType):
    """A report to the moderators, or what the privacy guard held."""

    class Meta:
        interfaces = (Node,)

    subject = graphene.Field(
        Node, description="What it is about; moderators read held texts here, and that is audited."
    )
    reason = FlagReason(required=True, description="Why.")
    detail = graphene.String(description="What the reporter says.")
    origin = FlagOrigin(required=True, description="Where it comes from.")
    flag_status = FlagStatus(required=True, description="How it stands.")
    taken_by = graphene.Field(Professional, description="The moderator who works on it.")
    lease_until = DateTime(description="Until when nobody else decides it.")
    created_at = DateTime(required=True, description="Since when it waits.")
    decision = graphene.Field(ModerationDecision, description="The last decision about it.")
    appeal_statement = graphene.String(description="Why it should be decided again.")
    reporter = graphene.Field(Professional, description="Who reported it; for admins only.")

    resolve_id = staticmethod(resolve_global_id("Flag"))

    @staticmethod
    def resolve_subject(root: Any, info: Any) -> Any:
        if root["subject_shown"] is not None:
            return root["subject_shown"]
        context = of(info)

        def load(ids: list[str]) -> dict[str, Any]:
            return {own: flag["subject_shown"] for own, flag in read_flags(context, ids).items()}

        # A mutation's answer does not carry it.
        return for_siblings(context, root, "subject", load)


class ContextNote(graphene.ObjectType):
    """A note that gives context to a text, with sources; shown when readers of several countries find it helpful."""

    class Meta:
        interfaces = (Node,)

    author = graphene.Field(Professional, description="Who wrote it.")
    body = graphene.String(description="Its text.")
    sources = texts(Source, max_items=20, description="The sources that the note cites.")
    note_status = NoteStatus(required=True, description="Whether it is shown.")
    helpful_in = texts(CountryCode, max_items=250, description="Where most raters find it helpful.")

    resolve_id = staticmethod(resolve_global_id("ContextNote"))


class TransparencyCount(graphene.ObjectType):
    """How often something happened in a year."""

    what = graphene.String(required=True, description="FLAGS, DECISIONS or APPEALS.")
    value = graphene.String(required=True, description="The reason of flags, the action of decisions.")
    automated = graphene.Boolean(required=True, description="Whether a program noticed it.")
    count = graphene.Int(required=True, description="How often.")


FlagConnection: Any = connection_type("Flag", lambda: Flag, "flags")
ModerationDecisionConnection: Any = connection_type("ModerationDecision", lambda: ModerationDecision, "decisions")


def mark_flags(context: Context, flags: list[dict[str, Any]]) -> None:
    """Mark flags, with the people, decisions and texts in them."""
    together(context, "Flag", flags)
    people_of(context, [one for flag in flags for one in (flag["taken_by"], flag["reporter"])])
    mark_decisions(context, [flag["decision"] for flag in flags if flag["decision"]])
    mark_contents(context, [flag["subject_shown"] for flag in flags if flag["subject_shown"]])


def mark_decisions(context: Context, decisions: list[dict[str, Any]]) -> None:
    """Mark decisions as siblings."""
    together(context, "ModerationDecision", decisions)
    refer(context, "ModerationDecision.subject", (one["subject"] for one in decisions))


def mark_notes(context: Context, notes: list[dict[str, Any]]) -> None:
    """Mark context notes and their authors."""
    together(context, "ContextNote", notes)
    people_of(context, [note["author"] for note in notes])


def what_about(context: Context) -> dict[str, bool]:
    """Whether an operation wants what flags are about, and the discussions in which that stands; reading them is audited."""
    return {"subjects": context.mentions("subject"), "contexts": context.mentions("discussion")}


def read_flags(context: Context, ids: list[str]) -> dict[str, Any]:
    """Flags by id that the viewer may see."""
    found = context.graph("POST", "/v1/flags/read", {"ids": ids, **what_about(context)})
    mark_flags(context, found)
    return {flag["id"]: flag for flag in found}


def read_decisions(context: Context, ids: list[str]) -> dict[str, Any]:
    """Decisions by id that the viewer may see."""
    found = context.graph("POST", "/v1/decisions/read", {"ids": ids})
    mark_decisions(context, found)
    return {decision["id"]: decision for decision in found}


def read_notes(context: Context, ids: list[str]) -> dict[str, Any]:
    """Context notes by id, on what the viewer may read."""
    found = context.graph("POST", "/v1/notes/read", {"ids": ids})
    mark_notes(context, found)
    return {note["id"]: note for note in found}


def notes_on(context: Context, content: dict[str, Any]) -> list[dict[str, Any]]:
    """The context notes on a text, loaded for its siblings too."""

    def load(ids: list[str]) -> Any:
        found = context.graph("POST", "/v1/notes/on", {"ids": ids})
        mark_notes(context, [note for notes in found.values() for note in notes])
        return found

    return for_siblings(context, content, "notes", load, most=MAX_REFERENCES) or []
