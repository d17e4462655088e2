"""What stands beside a membership that waits: since when, and what was written with it."""

from __future__ import annotations

import graphene

from gateway.batches import Thing, referred
from gateway.context import Context, of
from gateway.fields import enum
from gateway.scalars import DateTime

MembershipState = enum(
    "MembershipState",
    "State of a person's membership in a group, computed when it is read.",
    {
        "ACTIVE": "The person is a member who reads and writes.",
        "REQUESTED": "The person has asked to join and waits for a moderator.",
        "INVITED": "The person is invited and has not answered yet.",
        "READ_ONLY": "The person is a member who no longer meets the credential policy, for example because a licence expired.",
        "SUSPENDED": "The person is a member who reads neither members nor discussions. A licence that the credential policy names "
        "was suspended or revoked, or moderators suspended the membership.",
        "BANNED": "The person is banned and cannot join.",
    },
)
DETAILS = "Membership.details"  # what the ids of memberships are named under; see `gateway.batches.refer`


def read_memberships(context: Context, ids: list[str]) -> dict[str, Thing]:
    """Memberships by id with what stands beside them, of those that the viewer finds in a list or has themselves."""
    found: list[Thing] = context.graph("POST", "/v1/memberships/read", {"ids": ids})
    return {one["id"]: one | {"__typename": "Membership"} for one in found}


def _details(root: Thing, info: object) -> Thing:
    """What stands beside a membership; it waits for somebody, or nothing does."""
    if root["state"] not in {"REQUESTED", "INVITED"}:
        return {}
    return root if "waiting_since" in root else referred(of(info), DETAILS, root["id"], read_memberships) or {}


class Waiting:
    """The fields of a request to join or an invitation."""

    waiting_since = DateTime(
        description="Time at which the person asked to join or was invited. Null for members and bans."
    )
    message = graphene.String(
        description="Note that the person wrote with the request to join. Null where there is none, and for everybody else "
        "than the person and those who decide about the request."
    )

    @staticmethod
    def resolve_waiting_since(root: Thing, info: object) -> str | None:
        return _details(root, info).get("waiting_since")

    @staticmethod
    def resolve_message(root: Thing, info: object) -> str | None:
        return _details(root, info).get("message")
