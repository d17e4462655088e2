"""Making groups, joining and leaving them."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.base import LanguageTag, RegionCode, mutation, texts
from gateway.context import Context
from gateway.groups.types import Group, GroupVisibility, JoinPolicy, Membership, mark_groups
from gateway.ids import expect
from gateway.people.types import people_of

_GROUP = {"group": graphene.Field(Group, description="The group as it is now.")}
_GROUP_ID = graphene.ID(required=True, description="The group.")


def _membership(group: dict[str, Any] | None) -> Any:
    mark_groups([group])
    return {"group": group, "membership": group and group["viewer_membership"]}


def create_group(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Make a group."""
    group = context.graph("POST", "/v1/groups", given)
    mark_groups([group])
    return {"group": group}


def join_group(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Join a group, or ask to."""
    own = expect(given["group"], "Group", "group", missing=True)
    return _membership(context.graph("POST", f"/v1/groups/{own}/join", {"message": given.get("message")}))


def leave_group(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Leave a group."""
    own = expect(given["group"], "Group", "group", missing=True)
    return _membership(context.graph("POST", f"/v1/groups/{own}/leave")["group"])


def respond_to_membership(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Admit or refuse somebody."""
    own = expect(given["group"], "Group", "group", missing=True)
    person = expect(given["professional"], "Professional", "professional", missing=True)
    answer = context.graph("POST", f"/v1/groups/{own}/responses", {"professional": person, "accept": given["accept"]})
    if answer["membership"]:
        people_of([answer["membership"]["professional"]])
    return {"membership": answer["membership"]}


MUTATIONS = {
    "create_group": mutation(
        "CreateGroup",
        "Make a group of which one is the owner; needs a verified identity.",
        inputs={
            "name": graphene.String(required=True, description="3 to 120 characters."),
            "purpose": graphene.String(required=True, description="At most 2,000 characters."),
            "rules": graphene.String(description="At most 10,000 characters of Markdown."),
            "specialties": texts(graphene.String, required=False, description="Codes; at most 20."),
            "regions": texts(RegionCode, required=False, description="Of any kind; at most 20."),
            "languages": texts(LanguageTag, required=False, description="At most 20."),
            "member_limit": graphene.Int(description="2 to 5,000."),
            "visibility": GroupVisibility(required=True, default_value="LISTED", description="Who may find it."),
            "join_policy": JoinPolicy(required=True, default_value="OPEN", description="How one joins."),
        },
        answers=_GROUP,
        act=create_group,
    ),
    "join_group": mutation(
        "JoinGroup",
        "Join a group, or ask to where its moderators decide; joining twice changes nothing.",
        inputs={"group": _GROUP_ID, "message": graphene.String(description="To the moderators.")},
        answers={"membership": graphene.Field(Membership, description="One's place in it."), **_GROUP},
        act=join_group,
    ),
    "leave_group": mutation(
        "LeaveGroup",
        "Leave a group, or take one's request back; the last owner of others cannot leave them without one.",
        inputs={"group": _GROUP_ID},
        answers=_GROUP,
        act=leave_group,
    ),
    "respond_to_membership": mutation(
        "RespondToMembership",
        "Admit or refuse somebody who asks to join; for moderators and owners of the group.",
        inputs={
            "group": _GROUP_ID,
            "professional": graphene.ID(required=True, description="Who asks."),
            "accept": graphene.Boolean(required=True, description="Whether to admit them."),
        },
        answers={"membership": graphene.Field(Membership, description="Their place in it; null when refused.")},
        act=respond_to_membership,
    ),
}
