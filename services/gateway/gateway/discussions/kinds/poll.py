"""The kind POLL: the types of the details of a poll."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.base import texts
from gateway.context import of
from gateway.discussions.extras import extras
from gateway.discussions.kinds.kind import Details, Kind
from gateway.ids import encode


class PollOption(graphene.ObjectType):
    """An option of a poll."""

    id = graphene.ID(required=True, description="For `vote`.")
    text = graphene.String(required=True, description="What it says.")
    votes = graphene.Int(required=True, description="How many have chosen it.")
    viewer_voted = graphene.Boolean(required=True, description="Whether the viewer has.")

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
    "A poll; everybody has one vote.",
    Details(
        "poll_options",
        texts(PollOption, max_items=10, description="Of a poll."),
        texts(graphene.String, required=False, description="Of a poll: 2 to 10 of at most 200 characters."),
        resolve=_options,
    ),
)
