"""The kind POLL: the types of the details of a poll."""

from __future__ import annotations

import graphene

from gateway.batches import Thing
from gateway.context import Context, of
from gateway.discussions.extras import extras
from gateway.discussions.kinds.kind import Details, Kind
from gateway.fields import texts
from gateway.ids import encode
from gateway.things import Node


class PollOption(graphene.ObjectType):
    """Option of a poll, with its votes so far."""

    class Meta:
        interfaces = (Node,)

    text = graphene.String(required=True, description="Text of the option, 1 to 200 characters on one line.")
    votes = graphene.Int(required=True, description="Number of votes for this option.")
    viewer_voted = graphene.Boolean(required=True, description="True when the viewer's vote is for this option.")

    @staticmethod
    def resolve_id(root: Thing, _info: object) -> str:
        return encode("PollOption", f"{root['discussion']}.{root['id']}")


def _options(root: Thing, info: object) -> list[Thing]:
    return options_of(of(info), root)


def options_of(context: Context, root: Thing) -> list[Thing]:
    """The options of a poll with their votes; none of other discussions, and where the text is not shown."""
    if not root["poll_options"]:
        return []
    found = extras(context, root) or {}
    votes = {one["option"]: one["total"] for one in found.get("votes", [])}
    return [
        {
            **option,
            "discussion": root["id"],
            "votes": votes.get(option["id"], 0),
            "viewer_voted": found.get("voted") == option["id"],
        }
        for option in root["poll_options"]
    ]


POLL = Kind(
    "POLL",
    "Poll in which each member has one vote and can move it.",
    Details(
        "poll_options",
        texts(
            PollOption,
            max_items=10,
            description="Options of a poll, in the author's order. Empty for the other kinds, and when the poll is deleted or "
            "hidden from the viewer.",
        ),
        texts(
            graphene.String,
            required=False,
            max_items=10,
            description="Options of a poll, at least two that differ, each 1 to 200 characters, for example "
            '`["Once daily", "Twice daily"]`. Required for the kind `POLL`, not allowed for others.',
        ),
        resolve=_options,
    ),
)
