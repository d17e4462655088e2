"""Making groups, joining and leaving them."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.base import Act, LanguageTag, RegionCode, mutation, texts, user_error
from gateway.context import Context
from gateway.groups.types import (
    Eligibility,
    Group,
    GroupRole,
    GroupVisibility,
    JoinPolicy,
    Membership,
    eligibility,
    mark_groups,
    read_groups,
)
from gateway.ids import expect
from gateway.people.types import VerificationLevel, people_of
from kit.errors import DomainError
from kit.paths import internal_path

_GROUP = {"group": graphene.Field(Group, description="The group as it is now.")}
_GROUP_ID = graphene.ID(required=True, description="The group.")


def _membership(context: Context, group: dict[str, Any] | None) -> Any:
    if group is not None:
        mark_groups(context, [group])
    return {"group": group, "membership": group and group["viewer_membership"]}


def create_group(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Make a group."""
    group = context.graph("POST", "/v1/groups", given)
    mark_groups(context, [group])
    return {"group": group}


def update_group(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Change a group."""
    own = expect(given.pop("id"), "Group", "id", missing=True)
    group = context.graph("PATCH", internal_path("groups", own), given)
    mark_groups(context, [group])
    return {"group": group}


def join_group(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Join a group, or ask to; where the credential policy is not met, the answer says which clause."""
    own = expect(given["group"], "Group", "group", missing=True)
    try:
        answer = _membership(
            context, context.graph("POST", internal_path("groups", own, "join"), {"message": given.get("message")})
        )
    except DomainError as error:
        if error.code != "POLICY_NOT_MET":
            raise
        try:
            group = read_groups(context, [own]).get(own)
        except DomainError:  # the refusal stands, whether or not the clauses can be read
            group = None
        return {
            "eligibility": group and _eligibility(group),
            "group": group,
            "user_errors": [user_error(context, error)],
        }
    return {**answer, "eligibility": answer["group"] and _eligibility(answer["group"])}


def _eligibility(group: dict[str, Any]) -> dict[str, Any]:
    return eligibility(group["eligibility"]["clauses"], group["credential_policy"] or {})


def _about_member(path: str, *names: str) -> Act:
    """An act on somebody's membership: POST to a path below the group with the person and these inputs."""

    def act(context: Context, given: dict[str, Any]) -> dict[str, Any]:
        own = expect(given["group"], "Group", "group", missing=True)
        person = expect(given["professional"], "Professional", "professional", missing=True)
        body = {"professional": person, **{name: given[name] for name in names}}
        return _member(context, context.graph("POST", internal_path("groups", own, path), body))

    return act


def unban_from_group(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Lift a ban."""
    own = expect(given["group"], "Group", "group", missing=True)
    person = expect(given["professional"], "Professional", "professional", missing=True)
    return _member(context, context.graph("DELETE", internal_path("groups", own, "bans", person)))


def _member(context: Context, answer: dict[str, Any]) -> dict[str, Any]:
    if answer["membership"]:
        people_of(context, [answer["membership"]["professional"]])
    return {"membership": answer["membership"]}


def leave_group(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Leave a group."""
    own = expect(given["group"], "Group", "group", missing=True)
    return _membership(context, context.graph("POST", internal_path("groups", own, "leave"))["group"])


_MEMBERSHIP = {"membership": graphene.Field(Membership, description="Their place in it; null when they have none.")}
_MEMBER = {"group": _GROUP_ID, "professional": graphene.ID(required=True, description="The person.")}


class CredentialPolicyInput(graphene.InputObjectType):
    """What a group asks of its members' credentials; all of it must be met, and of each list one entry."""

    level = VerificationLevel(default_value="RIGHT_TO_PRACTISE", description="At least this level.")
    licensed_in = texts(RegionCode, required=False, max_items=50, description="A licence in one of these.")
    specialties = texts(graphene.String, required=False, max_items=50, description="Verified in one of these.")
    checked_within_days = graphene.Int(description="1 to 3,650: how long ago the licence may have been checked.")


def _fields(*, required: bool) -> dict[str, Any]:
    return {
        "name": graphene.String(required=required, description="3 to 120 characters."),
        "purpose": graphene.String(required=required, description="At most 2,000 characters."),
        "rules": graphene.String(description="At most 10,000 characters of Markdown."),
        "specialties": texts(graphene.String, required=False, max_items=20, description="Codes."),
        "regions": texts(RegionCode, required=False, max_items=20, description="Of any kind."),
        "languages": texts(
            LanguageTag, required=False, max_items=20, description="The languages in which the group writes."
        ),
        "member_limit": graphene.Int(description="2 to 5,000."),
    }


MUTATIONS = {
    "create_group": mutation(
        "CreateGroup",
        "Make a group of which one is the owner; needs a verified identity.",
        inputs={
            **_fields(required=True),
            "visibility": GroupVisibility(required=True, default_value="LISTED", description="Who may find it."),
            "join_policy": JoinPolicy(required=True, default_value="OPEN", description="How one joins."),
            "credential_policy": CredentialPolicyInput(description="What it asks of its members' credentials."),
        },
        answers=_GROUP,
        act=create_group,
    ),
    "update_group": mutation(
        "UpdateGroup",
        "Change a group's fields; for its owners. Absent fields stay; a null credentialPolicy takes the policy away.",
        inputs={
            "id": graphene.ID(required=True, description="The group."),
            **_fields(required=False),
            "visibility": GroupVisibility(description="Who may find it."),
            "join_policy": JoinPolicy(description="How one joins."),
            "credential_policy": CredentialPolicyInput(description="What it asks of its members' credentials."),
            "expected_version": graphene.Int(description="Fail with VERSION_CONFLICT if it has another one now."),
        },
        answers=_GROUP,
        act=update_group,
    ),
    "join_group": mutation(
        "JoinGroup",
        "Join a group, or ask to where its moderators decide; joining twice changes nothing.",
        inputs={"group": _GROUP_ID, "message": graphene.String(description="To the moderators.")},
        answers={
            "membership": graphene.Field(Membership, description="One's place in it."),
            **_GROUP,
            "eligibility": graphene.Field(Eligibility, description="Which clauses of the credential policy are met."),
        },
        act=join_group,
    ),
    "leave_group": mutation(
        "LeaveGroup",
        "Leave a group, or take one's request back; the last owner of others cannot leave them without one.",
        inputs={"group": _GROUP_ID},
        answers=_GROUP,
        act=leave_group,
    ),
    "invite_to_group": mutation(
        "InviteToGroup",
        "Invite somebody; for moderators and owners. Who asks to join already is admitted.",
        inputs=_MEMBER,
        answers=_MEMBERSHIP,
        act=_about_member("invitations"),
    ),
    "respond_to_membership": mutation(
        "RespondToMembership",
        "Admit or refuse somebody who asks to join, for moderators and owners; or answer one's own invitation.",
        inputs={**_MEMBER, "accept": graphene.Boolean(required=True, description="Whether to admit them.")},
        answers=_MEMBERSHIP,
        act=_about_member("responses", "accept"),
    ),
    "set_group_role": mutation(
        "SetGroupRole",
        "Give a member another role; for owners. To hand a group over, make somebody else an owner first.",
        inputs={**_MEMBER, "role": GroupRole(required=True, description="The new role.")},
        answers=_MEMBERSHIP,
        act=_about_member("roles", "role"),
    ),
    "ban_from_group": mutation(
        "BanFromGroup",
        "Ban somebody; for moderators and owners. The ban stays when they leave or try again.",
        inputs={**_MEMBER, "reason": graphene.String(required=True, description="3 to 1,000 characters.")},
        answers=_MEMBERSHIP,
        act=_about_member("bans", "reason"),
    ),
    "unban_from_group": mutation(
        "UnbanFromGroup",
        "Lift a ban; for moderators and owners.",
        inputs=_MEMBER,
        answers=_MEMBERSHIP,
        act=unban_from_group,
    ),
}
