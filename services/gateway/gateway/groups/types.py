"""Groups and memberships."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.base import (
    CountryCode,
    DateTime,
    LanguageTag,
    Node,
    enum,
    plain,
    resolve_global_id,
    texts,
)
from gateway.batches import for_siblings, referred, together
from gateway.catalogue.types import Region, Specialty, specialty
from gateway.context import Context, of
from gateway.ids import encode
from gateway.paging import EMPTY, check_first, connection_type, page, page_arguments
from gateway.people.types import Professional, people_of, read_people

GroupVisibility = enum(
    "GroupVisibility",
    "Who may find a group.",
    {
        "LISTED": "Everybody finds and reads it.",
        "UNLISTED": "Who has its address sees it; only members read it.",
        "SECRET": "It cannot be told from one that does not exist, but by its members.",
    },
)
JoinPolicy = enum(
    "JoinPolicy",
    "How one becomes a member.",
    {"OPEN": "By joining.", "REQUEST": "By asking its moderators.", "INVITE": "By invitation."},
)
GroupRole = enum(
    "GroupRole",
    "What somebody is in a group.",
    {"MEMBER": "Reads and writes.", "MODERATOR": "Decides who joins.", "OWNER": "Configures it."},
)
MembershipState = enum(
    "MembershipState",
    "How a membership stands.",
    {"ACTIVE": "Is a member.", "REQUESTED": "Has asked to join.", "INVITED": "Is invited."},
)
Action = enum(
    "Action",
    "What the viewer may do with a thing.",
    {
        "READ": "Read it.",
        "POST": "Open discussions in it.",
        "REPLY": "Answer in it.",
        "MODERATE": "Decide who joins.",
        "CONFIGURE": "Change its settings.",
    },
)


class Membership(graphene.ObjectType):
    """A person's place in a group."""

    id = graphene.ID(required=True, description="Opaque.")
    group = graphene.Field(lambda: Group, description="The group.")
    professional = graphene.Field(Professional, description="The person.")
    role = GroupRole(required=True, description="What they are in it.")
    state = MembershipState(required=True, description="How it stands.")
    joined_at = DateTime(description="Since when.")

    @staticmethod
    def resolve_id(root: Any, _info: Any) -> str:
        return encode("Membership", root["id"])

    @staticmethod
    def resolve_group(root: Any, info: Any) -> Any:
        return referred(of(info), root, "group", read_groups)

    @staticmethod
    def resolve_professional(root: Any, info: Any) -> Any:
        return referred(of(info), root, "professional", read_people)


MembershipConnection: Any = connection_type("Membership", lambda: Membership, "memberships")


def _discussions() -> Any:
    from gateway.discussions.types import DiscussionConnection

    return DiscussionConnection


def _discussion_kind() -> Any:
    from gateway.discussions.types import DiscussionKind

    return DiscussionKind


class Group(graphene.ObjectType):
    """A discussion group."""

    class Meta:
        interfaces = (Node,)

    handle = graphene.String(required=True, description="A short name, unique.")
    name = graphene.String(required=True, description="Its name.")
    purpose = graphene.String(required=True, description="What it is for.")
    rules = graphene.String(description="Its rules, in Markdown.")
    languages = texts(LanguageTag, description="Its languages; at most 20.")
    visibility = GroupVisibility(required=True, description="Who may find it.")
    join_policy = JoinPolicy(required=True, description="How one becomes a member.")
    specialties = texts(Specialty, description="What it is about; at most 20.")
    regions = texts(Region, description="Where it is about; at most 20.")
    countries = texts(CountryCode, required=False, description="Where its members practise; at most 250.")
    member_count = graphene.Int(description="How many members it has.")
    member_limit = graphene.Int(description="How many it may have.")
    members = graphene.Field(
        MembershipConnection,
        role=GroupRole(description="Only with this role."),
        state=MembershipState(description="ACTIVE by default; REQUESTED for who decides about requests."),
        **page_arguments(20),
        description="Its members, who joined first at the front; empty where the viewer may not read the group.",
    )
    viewer_membership = graphene.Field(Membership, description="The viewer's place in it.")
    viewer_can = texts(Action, description="What the viewer may do; at most 5.")
    discussions = graphene.Field(
        _discussions,
        kind=graphene.Argument(_discussion_kind, description="Only of this kind."),
        topic=graphene.String(description="Only with this topic."),
        language=LanguageTag(description="Only in this language."),
        **page_arguments(20),
        description="Its discussions, newest first; empty where the viewer may not read them.",
    )
    created_at = DateTime(required=True, description="Since when it exists.")
    version = graphene.Int(required=True, description="Counts its changes.")

    resolve_id = staticmethod(resolve_global_id("Group"))

    @staticmethod
    def resolve_specialties(root: Any, _info: Any) -> Any:
        return [specialty(code) for code in root["specialties"]]

    @staticmethod
    def resolve_members(
        root: Any, info: Any, first: int, role: Any = None, state: Any = None, after: str | None = None
    ) -> Any:
        context, wanted_role, wanted_state = of(info), plain(role), plain(state) or "ACTIVE"
        check_first(first)
        if wanted_state == "INVITED":
            return page(EMPTY, "membership", after=after)

        def load(ids: list[str]) -> Any:
            body = {"ids": ids, "first": first, "after": after, "role": wanted_role, "state": wanted_state}
            answers = context.graph("POST", "/v1/groups/members", body)
            people_of(row["membership"]["professional"] for answer in answers.values() for row in answer["rows"])
            return {group: page(answer, "membership", after=after) for group, answer in answers.items()}

        found = for_siblings(context, root, ("members", wanted_role, wanted_state, first, after), load)
        return found or page(EMPTY, "membership", after=after)

    @staticmethod
    def resolve_discussions(
        root: Any,
        info: Any,
        first: int,
        kind: Any = None,
        topic: str | None = None,
        language: str | None = None,
        after: str | None = None,
    ) -> Any:
        from gateway.discussions.types import discussions_in

        return discussions_in(
            of(info), root, first=first, after=after, kind=plain(kind), topic=topic, language=language
        )


GroupConnection: Any = connection_type("Group", lambda: Group, "groups")


def mark_groups(groups: Any) -> None:
    """Mark groups, as siblings of each other."""
    together("Group", groups)


def find_groups(context: Context, **wanted: list[str]) -> list[dict[str, Any]]:
    """Groups by `ids` or `handles`, as the viewer may know them."""
    found: list[dict[str, Any]] = context.graph(
        "POST", "/v1/groups/read", {**wanted, "countries": context.mentions("countries")}
    )
    mark_groups(found)
    return found


def read_groups(context: Context, ids: list[str]) -> dict[str, Any]:
    """Groups by id, as the viewer may know them."""
    return {group["id"]: group for group in find_groups(context, ids=ids)}


def groups_of(context: Context, person: dict[str, Any], *, first: int, after: str | None) -> dict[str, Any]:
    """A page of a person's groups, loaded for their siblings too."""
    check_first(first)

    def load(ids: list[str]) -> Any:
        body = {"ids": ids, "first": first, "after": after, "countries": context.mentions("countries")}
        answers = context.graph("POST", "/v1/people/groups", body)
        mark_groups(row["group"] for answer in answers.values() for row in answer["rows"])
        return {one: page(answer, "group", after=after) for one, answer in answers.items()}

    found = for_siblings(context, person, ("groups", first, after), load)
    return found or page(EMPTY, "group", after=after)
