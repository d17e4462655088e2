"""What one is told of."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.base import LANGUAGE, DateTime, Node, enum, resolve_global_id, texts
from gateway.batches import together
from gateway.context import Context, of
from gateway.credentials.types import read_credential
from gateway.discussions.types import mark_contents
from gateway.groups.types import mark_groups
from gateway.introductions.types import read_introductions
from gateway.moderation.types import read_decisions
from gateway.paging import PageInfo
from gateway.people.types import Professional, people_of
from gateway.wording import NOTIFICATIONS, SOMEBODY, SOMETHING, TEXTS, wording

NotificationEvent = enum(
    "NotificationEvent",
    "What happened.",
    {
        "CONNECTION_REQUESTED": "Somebody asks to connect.",
        "CONNECTION_ACCEPTED": "Somebody accepted one's request.",
        "INTRODUCTION_REQUESTED": "Somebody asks for an introduction.",
        "GROUP_INVITED": "One is invited to a group.",
        "GROUP_JOIN_REQUESTED": "Somebody asks to join a group that one moderates.",
        "MEMBERSHIP_CHANGED": "One's place in a group changed.",
        "MENTIONED": "One is mentioned.",
        "REPLIED": "Somebody answered.",
        "DISCUSSION_ADDED": "A discussion was opened in a group of at most 200 members.",
        "ALERT": "A public-health notice concerns one.",
        "CREDENTIAL_DECIDED": "A verifier acted on one's credential.",
        "CREDENTIAL_EXPIRING": "One's credential expires soon, or has.",
        "MODERATION_DECIDED": "Moderators decided about what one wrote or reported.",
    },
)


class Notification(graphene.ObjectType):
    """Something one is told of; it is not shown any more when its subject may not be seen any more."""

    class Meta:
        interfaces = (Node,)

    event = NotificationEvent(required=True, description="What happened.")
    text = graphene.String(required=True, language=LANGUAGE, description="A sentence about it.")
    subject = graphene.Field(Node, description="What it is about.")
    actor = graphene.Field(Professional, description="Who did it.")
    created_at = DateTime(required=True, description="When.")
    read_at = DateTime(description="When one marked it as read.")

    resolve_id = staticmethod(resolve_global_id("Notification"))

    @staticmethod
    def resolve_text(root: Any, info: Any, language: str | None = None) -> str:
        tag = of(info).language(language)
        thing, actor = root["subject_shown"] or {}, root["actor"]
        subject = thing.get("title") or thing.get("name") or TEXTS.text(SOMETHING, tag)
        name = actor["name"] if actor else TEXTS.text(SOMEBODY, tag)
        sentence = wording(NOTIFICATIONS, "NotificationEvent", root["event"])
        return TEXTS.text(sentence, tag, actor=name, subject=f"“{subject}”" if thing.get("title") else subject)

    @staticmethod
    def resolve_subject(root: Any, info: Any) -> Any:
        if root["subject_shown"] is not None:
            return root["subject_shown"]
        context, own = of(info), root["subject"]
        if root["subject_kind"] == "Credential":
            return read_credential(context, own)
        if root["subject_kind"] == "Introduction":
            return read_introductions(context, [own]).get(own)
        if root["subject_kind"] == "ModerationDecision":
            return read_decisions(context, [own]).get(own)
        return None


class NotificationEdge(graphene.ObjectType):
    """One of the notifications, with its place in the list."""

    cursor = graphene.String(required=True, description="Where this stands in the list.")
    node = graphene.Field(Notification, required=True, description="The thing itself.")


class NotificationConnection(graphene.ObjectType):
    """A page of notifications."""

    edges = texts(NotificationEdge, description="The page, with cursors.")
    nodes = texts(Notification, description="The page, without cursors.")
    page_info = graphene.Field(PageInfo, required=True, description="Where the page stands.")
    unread_count = graphene.Int(required=True, description="How many are unread in all, counted up to 500.")


def mark_notifications(context: Context, rows: list[dict[str, Any]]) -> None:
    """Mark notifications, with the people, groups and texts in them."""
    together(context, "Notification", rows)
    people_of(context, [row["actor"] for row in rows])
    subjects: dict[str, list[dict[str, Any]]] = {"Professional": [], "Group": [], "Content": []}
    for row in rows:
        thing, kind = row["subject_shown"], row["subject_kind"]
        kind = "Content" if kind in {"Discussion", "Post"} else kind
        if thing is not None and kind in subjects:  # one of another kind has no type here, and `subject` is null
            subjects[kind].append(thing)
    people_of(context, subjects["Professional"])
    mark_groups(context, subjects["Group"])
    mark_contents(context, subjects["Content"])


def read_notifications(context: Context, ids: list[str]) -> dict[str, Any]:
    """One's notifications by id."""
    found = context.graph("POST", "/v1/notifications/read", {"ids": ids})
    mark_notifications(context, found)
    return {one["id"]: one for one in found}
