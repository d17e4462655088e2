"""What one is told of."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.batches import together
from gateway.context import Context, of
from gateway.credentials.types import read_credential
from gateway.discussions.types import link_contents
from gateway.fields import enum, texts
from gateway.groups.types import link_groups
from gateway.introductions.types import read_introductions
from gateway.moderation.types import read_decisions
from gateway.paging import PageInfo
from gateway.people.types import Professional, link_people
from gateway.scalars import LANGUAGE, DateTime
from gateway.things import Node, resolve_global_id
from gateway.wording import NOTIFICATIONS, OUTCOMES, SOMEBODY, SOMETHING, TEXTS, wording

NotificationEvent = enum(
    "NotificationEvent",
    "Events of which a person is notified.",
    {
        "CONNECTION_REQUESTED": "Somebody asks the viewer to connect.",
        "CONNECTION_ACCEPTED": "Somebody accepted the viewer's request to connect.",
        "INTRODUCTION_REQUESTED": "Somebody asks the viewer to broker an introduction, or a broker forwarded one to the viewer.",
        "GROUP_INVITED": "Somebody invited the viewer to a group.",
        "GROUP_JOIN_REQUESTED": "Somebody asks to join a group that the viewer moderates.",
        "MEMBERSHIP_CHANGED": "The viewer's role or membership in a group changed.",
        "MENTIONED": "Somebody mentioned the viewer in a discussion or post.",
        "REPLIED": "Somebody answered a discussion or post of the viewer.",
        "DISCUSSION_ADDED": "Somebody opened a discussion in a group of the viewer that has at most 200 members.",
        "ALERT": "A public-health alert concerns the viewer.",
        "CREDENTIAL_DECIDED": "A verifier acted on a credential of the viewer.",
        "CREDENTIAL_EXPIRING": "A credential of the viewer expires soon, or has expired.",
        "MODERATION_DECIDED": "Moderators decided about a text that the viewer wrote or reported.",
    },
)


class Notification(graphene.ObjectType):
    """Notification to the viewer. It disappears when the viewer may no longer see its subject, and after 180 days."""

    class Meta:
        interfaces = (Node,)

    event = NotificationEvent(required=True, description="Event that the notification tells of.")
    text = graphene.String(
        required=True,
        language=LANGUAGE,
        description="The event as a sentence for the viewer, in the language asked for.",
    )
    subject = graphene.Field(
        Node,
        description="Person, group, text, credential, introduction or decision that the notification is about. Null when the "
        "viewer may no longer see it.",
    )
    actor = graphene.Field(
        Professional,
        description="Person who caused the event. Null when no person did, as for decisions and expiring credentials.",
    )
    created_at = DateTime(required=True, description="Time of the event.")
    read_at = DateTime(description="Time at which the viewer marked the notification as read. Null while it is unread.")

    resolve_id = staticmethod(resolve_global_id("Notification"))

    @staticmethod
    def resolve_text(root: Any, info: Any, language: str | None = None) -> str:
        tag = of(info).language(language)
        thing, actor = root["subject_shown"] or {}, root["actor"]
        subject = thing.get("title") or thing.get("name") or TEXTS.text(SOMETHING, tag)
        name = actor["name"] if actor else TEXTS.text(SOMEBODY, tag)
        sentence = OUTCOMES.get(root.get("outcome") or "") or wording(NOTIFICATIONS, "NotificationEvent", root["event"])
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
    """Notification in a list, with its cursor."""

    cursor = graphene.String(
        required=True, description="Cursor of the notification. Send it as `after` to read the older ones."
    )
    node = graphene.Field(Notification, required=True, description="Notification at this position.")


class NotificationConnection(graphene.ObjectType):
    """Page of the viewer's notifications."""

    edges = texts(NotificationEdge, description="Notifications of the page, each with its cursor.")
    nodes = texts(Notification, description="Notifications of the page, without cursors.")
    page_info = graphene.Field(
        PageInfo, required=True, description="Cursors of the page, and whether more notifications follow."
    )
    unread_count = graphene.Int(
        required=True, description="Number of unread notifications on all pages, counted up to 500."
    )


def link_notifications(context: Context, rows: list[dict[str, Any]]) -> None:
    """Mark notifications, with the people, groups and texts in them."""
    together(context, "Notification", rows)
    link_people(context, [row["actor"] for row in rows])
    subjects: dict[str, list[dict[str, Any]]] = {"Professional": [], "Group": [], "Content": []}
    for row in rows:
        thing, kind = row["subject_shown"], row["subject_kind"]
        kind = "Content" if kind in {"Discussion", "Post"} else kind
        if thing is not None and kind in subjects:  # one of another kind has no type here, and `subject` is null
            subjects[kind].append(thing)
    link_people(context, subjects["Professional"])
    link_groups(context, subjects["Group"])
    link_contents(context, subjects["Content"])


def read_notifications(context: Context, ids: list[str]) -> dict[str, Any]:
    """One's notifications by id."""
    found = context.graph("POST", "/v1/notifications/read", {"ids": ids})
    link_notifications(context, found)
    return {one["id"]: one for one in found}
