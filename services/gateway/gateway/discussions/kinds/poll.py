"""The kind POLL: the types of the details of a poll."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.context import of
from gateway.discussions.extras import extras
from gateway.discussions.kinds.kind import Details, Kind
from gateway.fields import texts
from gateway.ids import encode


class PollOption(graphene.ObjectType):
    """Option of a poll, with its votes so far."""

    id = graphene.ID(required=True, description="Id of the option. Send it as `option` to `vote`.")
    text = graphene.String(required=True, description="Text of the option, 1 to 200 characters on one line.")
    votes = graphene.Int(required=True, description="Number of votes for this option.")
    viewer_voted = graphene.Boolean(required=True, description="True when the viewer's vote is for this option.")

    @staticmethod
    def resolve_id(root: Any, _info: Any) -> str:
        return encode("PollOption", root["id"])


def _options(root: Any, info: Any) -> Any:
    if not root["poll_options"]:
        return []
    found = extras(of(info), root) or {}
    votes = {one["option"]: one["total"] for one in found.get("votes", [])}
    return [
        {**option, "votes": votes.get(option["id"], 0), "viewer_voted": found.get("voted") == option["id"]}
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
