"""Making groups, joining and leaving them."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.batches import Thing, referred
from gateway.context import Context, of
from gateway.errors import user_errors
from gateway.fields import texts
from gateway.groups.types import (
    Eligibility,
    Group,
    GroupRole,
    GroupVisibility,
    JoinPolicy,
    Membership,
    eligibility,
    link_groups,
    read_groups,
)
from gateway.ids import encode, expect
from gateway.mutation import Act, mutation
from gateway.people.types import Professional, VerificationLevel, link_people, read_people
from gateway.scalars import LanguageTag, RegionCode
from kit.errors import DomainError
from kit.paths import internal_path

_GROUP = {
    "group": graphene.Field(
        Group,
        description="Group after the change. Null when the mutation failed, or when the viewer may not know of the group any more.",
    )
}


def _membership(context: Context, group: dict[str, Any] | None) -> Any:
    if group is not None:
        link_groups(context, [group])
    return {"group": group, "membership": group and group["viewer_membership"]}


def create_group(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Make a group."""
    group = context.graph("POST", "/v1/groups", given)
    link_groups(context, [group])
    return {"group": group}


def update_group(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Change a group."""
    own = expect(given.pop("id"), "Group", "id", missing=True)
    group = context.graph("PATCH", internal_path("groups", own), given)
    link_groups(context, [group])
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
            "user_errors": user_errors(context, error),
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
        return _member(context, own, person, context.graph("POST", internal_path("groups", own, path), body))

    return act


def unban_from_group(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Lift a ban."""
    own = expect(given["group"], "Group", "group", missing=True)
    person = expect(given["professional"], "Professional", "professional", missing=True)
    return _member(context, own, person, context.graph("DELETE", internal_path("groups", own, "bans", person)))


def _member(context: Context, group: str, person: str, answer: Thing) -> Thing:
    membership = answer["membership"]
    if membership:
        link_people(context, [membership["professional"]])
    return _membership(context, answer["group"]) | {
        "membership": membership,
        "professional": membership["professional"] if membership else person,
        "deleted_id": None if membership else encode("Membership", f"{group}.{person}"),
    }


def _resolve_professional(root: Thing, info: object) -> object:
    return referred(of(info), "Membership.professional", root.get("professional"), read_people)


def leave_group(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Leave a group."""
    own = expect(given["group"], "Group", "group", missing=True)
    answer = context.graph("POST", internal_path("groups", own, "leave"))
    deleted = encode("Membership", f"{own}.{context.require_caller().subject}")
    return _membership(context, answer["group"]) | {"deleted_id": deleted}


_MEMBERSHIP = {
    **_GROUP,
    "professional": graphene.Field(
        Professional,
        resolver=_resolve_professional,
        description="The person whose membership it is or was. Null when the mutation failed, or when the viewer may not see them.",
    ),
    "deleted_id": graphene.ID(
        description="Id of the membership, request, invitation or ban that is no more, to be taken out of lists; else null."
    ),
    "membership": graphene.Field(
        Membership,
        description="Membership of the person after the change. Null when the person has none any more, or when the mutation "
        "failed.",
    ),
}


def _group(description: str) -> graphene.ID:
    return graphene.ID(required=True, description=description)


def _member_of(group: str, person: str) -> dict[str, Any]:
    """The inputs that name a membership, with their descriptions."""
    return {"group": _group(group), "professional": graphene.ID(required=True, description=person)}


class CredentialPolicyInput(graphene.InputObjectType):
    """Credentials to require of members. They must meet all clauses, and of each list at least one entry."""

    level = VerificationLevel(
        default_value="RIGHT_TO_PRACTISE",
        description="Lowest verification level that a member may have. `licensedIn` and `checkedWithinDays` need "
        "`RIGHT_TO_PRACTISE`.",
    )
    licensed_in = texts(
        RegionCode,
        required=False,
        max_items=50,
        description='Regions in one of which a member must hold a licence, for example `["ES", "DE-BY"]`. Leave it out to '
        "accept licences from anywhere.",
    )
    specialties = texts(
        graphene.String,
        required=False,
        max_items=50,
        description="Codes of specialties in one of which a member must be verified, or in a narrower one, for example "
        '`["cardiology"]`. Leave it out to accept any.',
    )
    checked_within_days = graphene.Int(
        description="Number of days within which such a licence must have been checked, 1 to 3,650, for example `365`. Leave it "
        "out when the age of the check does not matter."
    )


def _fields(*, required: bool) -> dict[str, Any]:
    return {
        "name": graphene.String(
            required=required,
            description="Name of the group on one line, 3 to 120 characters, for example `Heart failure across borders`.",
        ),
        "purpose": graphene.String(
            required=required,
            description="Purpose of the group, 1 to 2,000 characters, for example `Cases and guidelines on heart failure`.",
        ),
        "rules": graphene.String(
            description="Rules of the group in Markdown, at most 10,000 characters, for example `- Cite your sources`."
        ),
        "specialties": texts(
            graphene.String,
            required=False,
            max_items=20,
            description='Codes of the specialties that the group is about, for example `["cardiology"]`.',
        ),
        "regions": texts(
            RegionCode,
            required=False,
            max_items=20,
            description='Regions that the group is about, for example `["ES", "WHO:EURO"]`.',
        ),
        "languages": texts(
            LanguageTag,
            required=False,
            max_items=20,
            description='Languages in which the group writes, BCP 47, for example `["en", "pt-BR"]`.',
        ),
        "member_limit": graphene.Int(
            description="Number of members that the group may have, 2 to 5,000, for example `200`. Null means 5,000."
        ),
    }


MUTATIONS = {
    "create_group": mutation(
        "CreateGroup",
        "Makes a group and makes you its owner. It needs at least the verification level `IDENTITY`.",
        inputs={
            **_fields(required=True),
            "visibility": GroupVisibility(
                required=True,
                default_value="LISTED",
                description="Visibility of the group to people who are not its members.",
            ),
            "join_policy": JoinPolicy(
                required=True, default_value="OPEN", description="Way in which people become members."
            ),
            "credential_policy": CredentialPolicyInput(
                description="Credentials that members need. Leave it out to require none."
            ),
        },
        answers=_GROUP,
        act=create_group,
    ),
    "update_group": mutation(
        "UpdateGroup",
        "Changes a group; only its owners may do it. Fields that are left out stay as they are.",
        inputs={
            "id": _group("Id of the group to change."),
            **_fields(required=False),
            "visibility": GroupVisibility(description="New visibility of the group. Leave it out to keep it."),
            "join_policy": JoinPolicy(description="New way to become a member. Leave it out to keep it."),
            "credential_policy": CredentialPolicyInput(
                description="Credentials that members need from now on. Null removes the policy. Leave it out to keep it."
            ),
            "expected_version": graphene.Int(
                description="Version of the group that you read, for example `3`. The change fails with `VERSION_CONFLICT` when "
                "the group has another version now. Leave it out to overwrite any version."
            ),
        },
        answers=_GROUP,
        act=update_group,
    ),
    "join_group": mutation(
        "JoinGroup",
        "Makes you a member of a group, or asks to join where moderators decide. It also accepts an invitation. A repeated call "
        "changes nothing.",
        inputs={
            "group": _group("Id of the group to join."),
            "message": graphene.String(
                description="Note to the group's moderators, at most 1,000 characters, for example `I run the heart failure clinic "
                "in Porto`. It is stored only with a request to join."
            ),
        },
        answers={
            "membership": graphene.Field(
                Membership, description="Your membership, or your request to join. Null when the mutation failed."
            ),
            **_GROUP,
            "eligibility": graphene.Field(
                Eligibility,
                description="Clauses of the credential policy, and whether you meet them. It is also there after the error "
                "`POLICY_NOT_MET`. Null after other errors.",
            ),
        },
        act=join_group,
    ),
    "leave_group": mutation(
        "LeaveGroup",
        "Ends your membership, or takes back your request or declines your invitation. The only owner of a group with other "
        "members must make somebody else an owner first.",
        inputs={"group": _group("Id of the group to leave.")},
        answers={
            **_GROUP,
            "deleted_id": graphene.ID(
                description="Id of your membership, which is no more; null when the mutation failed."
            ),
        },
        act=leave_group,
    ),
    "invite_to_group": mutation(
        "InviteToGroup",
        "Invites a person to a group, or admits a person whose join request is pending. Only moderators and owners may do it.",
        inputs=_member_of("Id of the group to which you invite.", "Id of the person to invite."),
        answers=_MEMBERSHIP,
        act=_about_member("invitations"),
    ),
    "respond_to_membership": mutation(
        "RespondToMembership",
        "Admits or refuses a person whose join request is pending, as a moderator or owner. It also answers your own invitation.",
        inputs={
            **_member_of(
                "Id of the group with the request or invitation.",
                "Id of the person who asked to join. Send your own id to answer your invitation.",
            ),
            "accept": graphene.Boolean(
                required=True,
                description="True admits the person or accepts the invitation; false refuses or declines.",
            ),
        },
        answers=_MEMBERSHIP,
        act=_about_member("responses", "accept"),
    ),
    "set_group_role": mutation(
        "SetGroupRole",
        "Gives a member another role; only owners may do it. To hand a group over, make somebody else an owner first.",
        inputs={
            **_member_of("Id of the group in which the role changes.", "Id of the member whose role changes."),
            "role": GroupRole(
                required=True, description="New role of the member. Roles above `MEMBER` need an active membership."
            ),
        },
        answers=_MEMBERSHIP,
        act=_about_member("roles", "role"),
    ),
    "ban_from_group": mutation(
        "BanFromGroup",
        "Bans a person from a group, member or not. Moderators and owners may do it, but only owners may ban a moderator. The ban "
        "stays until it is lifted.",
        inputs={
            **_member_of("Id of the group from which you ban.", "Id of the person to ban. Owners cannot be banned."),
            "reason": graphene.String(
                required=True,
                description="Reason for the ban, 3 to 1,000 characters, for example `Advertised a product in every thread`.",
            ),
        },
        answers=_MEMBERSHIP,
        act=_about_member("bans", "reason"),
    ),
    "unban_from_group": mutation(
        "UnbanFromGroup",
        "Lifts a ban; only moderators and owners may do it. The person may then join like everybody else.",
        inputs=_member_of("Id of the group in which the ban is.", "Id of the person whose ban is lifted."),
        answers=_MEMBERSHIP,
        act=unban_from_group,
    ),
}
