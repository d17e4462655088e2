"""Flags, decisions and context notes."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.batches import MAX_REFERENCES, for_siblings, refer, referred, together
from gateway.context import Context, of
from gateway.discussions.texts import Source
from gateway.discussions.types import link_contents, read_contents
from gateway.fields import enum, texts
from gateway.instance.types import Policy, read_instance
from gateway.paging import connection_type
from gateway.people.types import Professional, link_people
from gateway.scalars import CountryCode, DateTime
from gateway.things import Node, resolve_global_id

FlagReason = enum(
    "FlagReason",
    "Reasons for reporting a discussion or post.",
    {
        "MISINFORMATION": "The text is wrong or misleading.",
        "PATIENT_PRIVACY": "The text could reveal who a patient is.",
        "UNPROFESSIONAL": "The text is unprofessional in tone or conduct.",
        "HARASSMENT": "The text harasses a person.",
        "SPAM": "The text advertises, or repeats other texts.",
        "CONFLICT_OF_INTEREST": "The text hides an interest of its author.",
        "OTHER": "None of the other reasons fits. Explain it in `detail`.",
    },
)
FlagOrigin = enum(
    "FlagOrigin",
    "Origin of a flag: a person or the system.",
    {
        "MEMBER": "A person reported the text.",
        "SYSTEM": "The privacy guard held the text, because it may identify a patient.",
    },
)
FlagStatus = enum(
    "FlagStatus",
    "State of a flag on its way to a decision.",
    {
        "OPEN": "The flag waits for a moderator.",
        "TAKEN": "A moderator has taken the flag and works on it.",
        "UPHELD": "A moderator acted on the text or its author.",
        "DISMISSED": "A moderator left the text as it was, or restored it.",
        "APPEALED": "The decision is appealed, and the flag waits for another moderator.",
    },
)
ModerationAction = enum(
    "ModerationAction",
    "Actions with which a moderator decides a flag.",
    {
        "NONE": "Leaves the text as it is, and publishes it if it was held. On appeal it undoes the decision before.",
        "LABEL": "Puts a label on a published text, see `label`.",
        "HIDE": "Hides a published text from everybody but its author. A held text is erased.",
        "REMOVE": "Erases the text with its earlier versions. It cannot be undone.",
        "RESTORE": "Shows a hidden text again, or publishes a held one. On appeal it undoes the decision before.",
        "STRIKE": "Warns the author by the decision itself. A published text stays; a held text is erased.",
        "SUSPEND_MEMBER": "Suspends the author in the group, see `until`. A published text stays; a held text is erased.",
    },
)
NoteStatus = enum(
    "NoteStatus",
    "Status of a context note. Each country has one voice, that of most of its raters.",
    {
        "PROPOSED": "The note waits for more ratings. Its author and possible raters see it.",
        "SHOWN": "At least three countries find the note helpful, more than do not. Every reader of the text sees it.",
        "REJECTED": "At least three countries find the note not helpful, more than do. Its author alone sees it.",
    },
)


class ModerationDecision(graphene.ObjectType):
    """Moderators' decision about a discussion or post, with a statement of reasons. It does not name who decided."""

    class Meta:
        interfaces = (Node,)

    subject = graphene.Field(
        Node, description="Discussion or post that the decision is about. Null when the viewer may not read it."
    )
    action = ModerationAction(required=True, description="Action that was taken.")
    facts = graphene.String(required=True, description="Facts on which the decision rests, 10 to 4,000 characters.")
    clause = graphene.String(
        required=True, description="Clause of the policy on which the decision rests, 2 to 300 characters."
    )
    label = graphene.String(
        description="Code of the label that was put on the text, for example `DISPUTED`. Null unless the action is `LABEL`."
    )
    policy = graphene.Field(
        Policy,
        description="Community guidelines of the instance, in which the clause stands. Null when the instance has none.",
    )
    automated_detection = graphene.Boolean(
        required=True, description="True when the privacy guard found the text, false when a person reported it."
    )
    automated_decision = graphene.Boolean(
        required=True,
        description="True when nobody decided within seven days, so that the system removed the held text. False when a moderator "
        "decided.",
    )
    until = DateTime(
        description="End of a suspension from the group. Null for every other action, and for a suspension without end."
    )
    appeal_until = DateTime(description="Last moment for an appeal, 183 days after the decision.")
    decided_at = DateTime(required=True, description="Time of the decision.")

    resolve_id = staticmethod(resolve_global_id("ModerationDecision"))

    @staticmethod
    def resolve_subject(root: Any, info: Any) -> Any:
        return referred(of(info), "ModerationDecision.subject", root["subject"], read_contents)

    @staticmethod
    def resolve_policy(_root: Any, info: Any) -> Any:
        policies = read_instance(of(info))["policies"]
        return next((one for one in policies if one["policy_kind"] == "COMMUNITY_GUIDELINES"), None)


class Flag(graphene.ObjectType):
    """Report of a discussion or post to the moderators, or a text that the privacy guard held for them."""

    class Meta:
        interfaces = (Node,)

    subject = graphene.Field(
        Node,
        description="Discussion or post that was reported or held. Moderators also read held texts here, which is audited. Null "
        "when the viewer may not read it.",
    )
    reason = FlagReason(required=True, description="Reason for the report.")
    detail = graphene.String(
        description="Explanation by the reporter, at most 2,000 characters. Null when there is none, as for held texts."
    )
    origin = FlagOrigin(required=True, description="Origin of the flag: a person or the privacy guard.")
    flag_status = FlagStatus(
        required=True, description="State of the flag. A taken flag is open again when its 15 minutes are over."
    )
    taken_by = graphene.Field(
        Professional,
        description="Moderator who works on the flag. Null when nobody has taken it, or when the time is over.",
    )
    lease_until = DateTime(
        description="Time until which no other moderator can decide the flag. Null when it is over, or when nobody took the flag."
    )
    created_at = DateTime(required=True, description="Time at which the text was reported or held.")
    decision = graphene.Field(
        ModerationDecision, description="Latest decision about the flag. Null until a moderator has decided."
    )
    appeal_statement = graphene.String(
        description="Reasons of the person who appealed, 10 to 2,000 characters. Null when nobody has appealed."
    )
    reporter = graphene.Field(
        Professional,
        description="Person who reported the text. Only admins see it, which is audited. Null for everybody else and for held "
        "texts.",
    )

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
    """Note that adds context and sources to a discussion or post. Verified readers decide by ratings whether it is shown."""

    class Meta:
        interfaces = (Node,)

    author = graphene.Field(
        Professional, description="Author of the note. Null when the viewer may not see this person."
    )
    body = graphene.String(description="Text of the note, 10 to 2,000 characters.")
    sources = texts(Source, max_items=20, description="Sources that the note cites.")
    note_status = NoteStatus(required=True, description="Status of the note after its ratings so far.")
    helpful_in = texts(CountryCode, max_items=250, description="Countries in which most raters find the note helpful.")

    resolve_id = staticmethod(resolve_global_id("ContextNote"))


class TransparencyCount(graphene.ObjectType):
    """Number of flags, decisions or appeals of one kind in a year."""

    what = graphene.String(required=True, description="Thing that is counted: `FLAGS`, `DECISIONS` or `APPEALS`.")
    value = graphene.String(
        required=True,
        description="Reason of the flags, for example `SPAM`, or action of the decisions, for example `HIDE`. `ALL` for appeals.",
    )
    automated = graphene.Boolean(
        required=True, description="True for flags and decisions that began with the privacy guard."
    )
    count = graphene.Int(required=True, description="Number of such flags, decisions or appeals in the year.")


FlagConnection: Any = connection_type("Flag", lambda: Flag, "flags")
ModerationDecisionConnection: Any = connection_type("ModerationDecision", lambda: ModerationDecision, "decisions")


def link_flags(context: Context, flags: list[dict[str, Any]]) -> None:
    """Mark flags, with the people, decisions and texts in them."""
    together(context, "Flag", flags)
    link_people(context, [one for flag in flags for one in (flag["taken_by"], flag["reporter"])])
    link_decisions(context, [flag["decision"] for flag in flags if flag["decision"]])
    link_contents(context, [flag["subject_shown"] for flag in flags if flag["subject_shown"]])


def link_decisions(context: Context, decisions: list[dict[str, Any]]) -> None:
    """Mark decisions as siblings."""
    together(context, "ModerationDecision", decisions)
    refer(context, "ModerationDecision.subject", (one["subject"] for one in decisions))


def link_notes(context: Context, notes: list[dict[str, Any]]) -> None:
    """Mark context notes and their authors."""
    together(context, "ContextNote", notes)
    link_people(context, [note["author"] for note in notes])


def what_about(context: Context) -> dict[str, bool]:
    """Whether an operation wants what flags are about, and the discussions in which that stands; reading them is audited."""
    return {"subjects": context.selects("subject"), "contexts": context.selects("discussion")}


def read_flags(context: Context, ids: list[str]) -> dict[str, Any]:
    """Flags by id that the viewer may see."""
    found = context.graph("POST", "/v1/flags/read", {"ids": ids, **what_about(context)})
    link_flags(context, found)
    return {flag["id"]: flag for flag in found}


def read_decisions(context: Context, ids: list[str]) -> dict[str, Any]:
    """Decisions by id that the viewer may see."""
    found = context.graph("POST", "/v1/decisions/read", {"ids": ids})
    link_decisions(context, found)
    return {decision["id"]: decision for decision in found}


def read_notes(context: Context, ids: list[str]) -> dict[str, Any]:
    """Context notes by id, on what the viewer may read."""
    found = context.graph("POST", "/v1/notes/read", {"ids": ids})
    link_notes(context, found)
    return {note["id"]: note for note in found}


def notes_on(context: Context, content: dict[str, Any]) -> list[dict[str, Any]]:
    """The context notes on a text, loaded for its siblings too."""

    def load(ids: list[str]) -> Any:
        found = context.graph("POST", "/v1/notes/on", {"ids": ids})
        link_notes(context, [note for notes in found.values() for note in notes])
        return found

    return for_siblings(context, content, "notes", load, most=MAX_REFERENCES) or []
