"""Groups and memberships."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import graphene

from catalogues import regions, specialties
from gateway.base import (
    LANGUAGE,
    CountryCode,
    DateTime,
    LanguageTag,
    Node,
    RegionCode,
    enum,
    plain,
    resolve_global_id,
    texts,
)
from gateway.batches import for_siblings, referred, together
from gateway.catalogue.types import Region, Specialty, code_name, specialty
from gateway.context import Context, of
from gateway.ids import encode
from gateway.paging import EMPTY, MAX_PAGE_SIZE, check_first, connection_type, page, page_arguments, selects
from gateway.people.types import Professional, VerificationLevel, people_of, read_people
from gateway.wording import CLAUSES, TEXTS, wording
from kit.paths import internal_path

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
    {"MEMBER": "Reads and writes.", "MODERATOR": "Decides who is in it.", "OWNER": "Configures it."},
)
MembershipState = enum(
    "MembershipState",
    "How a membership stands.",
    {
        "ACTIVE": "Is a member.",
        "REQUESTED": "Has asked to join.",
        "INVITED": "Is invited.",
        "READ_ONLY": "Is a member who does not meet the credential policy any more: a credential lapsed.",
        "SUSPENDED": "Is a member whose licence was suspended or revoked, or whom moderators suspended; reads nothing.",
        "BANNED": "May not be a member.",
    },
)
Action = enum(
    "Action",
    "What the viewer may do with a thing.",
    {
        "READ": "Read it.",
        "POST": "Open discussions in it.",
        "INVITE": "Invite people.",
        "MODERATE": "Decide who is in it, and delete what is written.",
        "CONFIGURE": "Change its settings and roles.",
        "EDIT": "Change it.",
        "DELETE": "Delete it.",
        "REPLY": "Answer in it.",
        "VOTE": "Vote in it.",
        "RESOLVE": "Say what answers it.",
        "FLAG": "Report it to the moderators.",
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
        return referred(of(info), "Membership.group", root["group"], read_groups)

    @staticmethod
    def resolve_professional(root: Any, info: Any) -> Any:
        return referred(of(info), "Membership.professional", root["professional"], read_people)


MembershipConnection: Any = connection_type("Membership", lambda: Membership, "memberships")


PolicyClauseCode = enum(
    "PolicyClauseCode",
    "A clause of a group's credential policy.",
    {
        "LEVEL": "The verification level.",
        "LICENSED_IN": "A licence in one of some regions.",
        "SPECIALTY": "Verified in one of some specialties, or a narrower one.",
        "CHECKED_WITHIN": "Such a licence was checked not too long ago.",
    },
)
CoverageDimension = enum(
    "CoverageDimension",
    "What nobody in a group covers.",
    {"COUNTRY": "A country.", "LANGUAGE": "A language.", "SPECIALTY": "A specialty."},
)


class CredentialPolicy(graphene.ObjectType):
    """What a group asks of its members' credentials; all of it must be met, and of each list one entry."""

    level = VerificationLevel(required=True, description="At least this level.")
    licensed_in = texts(RegionCode, max_items=50, description="A licence in one of these; empty means anywhere.")
    specialties = texts(graphene.String, max_items=50, description="Verified in one of these; empty means any.")
    checked_within_days = graphene.Int(description="How long ago the licence may have been checked.")


class PolicyClause(graphene.ObjectType):
    """One clause of a credential policy."""

    code = PolicyClauseCode(required=True, description="Which clause.")
    met = graphene.Boolean(required=True, description="Whether the viewer meets it.")
    text = graphene.String(required=True, language=LANGUAGE, description="The clause in words.")

    @staticmethod
    def resolve_text(root: Any, info: Any, language: str | None = None) -> str:
        tag, policy = of(info).language(language), root["policy"]
        values = {
            "LICENSED_IN": [regions.region_name(code, tag) for code in policy["licensed_in"]],
            "SPECIALTY": [specialties.specialty_name(code, tag) for code in policy["specialties"]],
        }.get(root["code"], [])
        clause = wording(CLAUSES, "PolicyClauseCode", root["code"])
        if clause.many:
            return TEXTS.plural(clause, policy["checked_within_days"], tag)
        return TEXTS.text(clause, tag, values=", ".join(values))


class Eligibility(graphene.ObjectType):
    """Whether the viewer meets a group's credential policy."""

    eligible = graphene.Boolean(required=True, description="Whether every clause is met.")
    clauses = texts(PolicyClause, max_items=4, description="Each clause; none where the group has no policy.")


def eligibility(clauses: list[dict[str, Any]], policy: dict[str, Any]) -> dict[str, Any]:
    """An eligibility from the clauses that the graph service answers."""
    return {"eligible": all(one["met"] for one in clauses), "clauses": [{**one, "policy": policy} for one in clauses]}


class CoverageGap(graphene.ObjectType):
    """Something of a group's remit that no member covers."""

    dimension = CoverageDimension(required=True, description="What kind of thing.")
    value = graphene.String(required=True, description="The country's, language's or specialty's code.")
    label = graphene.String(required=True, language=LANGUAGE, description="Its name.")
    candidates = texts(
        Professional,
        required=False,
        max_items=MAX_PAGE_SIZE,
        first=graphene.Int(required=True, default_value=5, description="How many, 1 to 100."),
        description="Who would close the gap, those first whom most members could introduce.",
    )

    @staticmethod
    def resolve_label(root: Any, info: Any, language: str | None = None) -> str:
        return code_name(root["dimension"], root["value"], of(info).language(language))

    @staticmethod
    def resolve_candidates(root: Any, info: Any, first: int) -> Any:
        body = {"dimension": root["dimension"], "value": root["value"], "first": check_first(first)}
        context = of(info)
        path = internal_path("groups", root["group"], "gaps", "candidates")
        found: list[dict[str, Any]] = context.graph("POST", path, body)["people"]
        people_of(context, found)
        return found


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
    languages = texts(LanguageTag, max_items=20, description="Its languages.")
    visibility = GroupVisibility(required=True, description="Who may find it.")
    join_policy = JoinPolicy(required=True, description="How one becomes a member.")
    credential_policy = graphene.Field(CredentialPolicy, description="What it asks of its members' credentials.")
    specialties = texts(Specialty, max_items=20, description="What it is about.")
    regions = texts(Region, max_items=20, description="Where it is about.")
    countries = texts(CountryCode, required=False, max_items=250, description="Where its members practise.")
    member_count = graphene.Int(description="How many members it has.")
    member_limit = graphene.Int(description="How many it may have.")
    members = graphene.Field(
        MembershipConnection,
        role=GroupRole(description="Only with this role."),
        state=MembershipState(
            description="Only these; every member by default. REQUESTED, INVITED and BANNED for its moderators."
        ),
        text=graphene.String(
            description="In their names, other names too; accents and case do not matter; prefixes match."
        ),
        **page_arguments(20),
        description="Its members, who joined first at the front; empty where the viewer may not read the group.",
    )
    viewer_membership = graphene.Field(Membership, description="The viewer's place in it.")
    viewer_eligibility = graphene.Field(
        Eligibility, description="Which clause of the credential policy the viewer meets."
    )
    viewer_can = texts(Action, max_items=5, description="What the viewer may do.")
    coverage_gaps = texts(
        CoverageGap,
        required=False,
        max_items=150,
        description="What of its remit no member covers; null where the viewer may not see its members.",
    )
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
        root: Any, info: Any, first: int, role: Any = None, state: Any = None, text: str | None = None,
        after: str | None = None,
    ) -> Any:  # fmt: skip
        context, wanted_role, wanted_state = of(info), plain(role), plain(state)
        check_first(first)

        def load(ids: list[str]) -> Any:
            body = {
                "ids": ids,
                "first": first,
                "after": after,
                "role": wanted_role,
                "state": wanted_state,
                "text": text,
            }
            answers = context.graph("POST", "/v1/groups/members", body)
            rows = [row for answer in answers.values() for row in answer["rows"]]
            people_of(context, [row["membership"]["professional"] for row in rows])
            return {group: page(answer, "membership", after=after) for group, answer in answers.items()}

        found = for_siblings(context, root, ("members", wanted_role, wanted_state, text, first, after), load)
        return found or page(EMPTY, "membership", after=after)

    @staticmethod
    def resolve_viewer_eligibility(root: Any, _info: Any) -> Any:
        return eligibility(root["eligibility"]["clauses"], root["credential_policy"] or {})

    @staticmethod
    def resolve_coverage_gaps(root: Any, info: Any) -> Any:
        gaps = of(info).graph("GET", internal_path("groups", root["id"], "gaps"))["gaps"]
        return None if gaps is None else [{**gap, "group": root["id"]} for gap in gaps]

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
            of(info), root, first=first, after=after, kind=plain(kind), topic=topic, language=language,
            count=selects(info, "totalCount"),
        )  # fmt: skip


GroupConnection: Any = connection_type("Group", lambda: Group, "groups")


def mark_groups(context: Context, groups: Iterable[dict[str, Any]]) -> None:
    """Mark groups, as siblings of each other."""
    together(context, "Group", groups)


def find_groups(
    context: Context, discussions: dict[str, Any] | None = None, **wanted: list[str]
) -> list[dict[str, Any]]:
    """Groups by `ids` or `handles`, as the viewer may know them.

    Args:
        discussions: the page of discussions to read with them.
    """
    body = {**wanted, "countries": context.mentions("countries"), "discussions": discussions}
    answer = context.graph("POST", "/v1/groups/read", body)
    return _taken(context, answer["groups"], answer["authors"], discussions)


def _taken(
    context: Context, found: list[dict[str, Any]], authors: dict[str, Any], discussions: dict[str, Any] | None
) -> list[dict[str, Any]]:
    """Groups, siblings of each other, whose discussions came with them where they were wanted."""
    from gateway.discussions.types import take_ahead

    groups = [one["group"] for one in found]
    mark_groups(context, groups)
    take_ahead(context, found, authors, discussions)
    return groups


def read_groups(context: Context, ids: list[str]) -> dict[str, Any]:
    """Groups by id, as the viewer may know them."""
    return {group["id"]: group for group in find_groups(context, ids=ids)}


def groups_of(info: Any, person: dict[str, Any], *, first: int, after: str | None) -> dict[str, Any]:
    """A page of a person's groups, loaded for their siblings too."""
    from gateway.discussions.types import ahead

    context = of(info)
    check_first(first)

    def load(ids: list[str]) -> Any:
        discussions = ahead(info, ("nodes", "discussions"), ("edges", "node", "discussions"))
        body = {
            "ids": ids, "first": first, "after": after, "countries": context.mentions("countries"),
            "discussions": discussions,
        }  # fmt: skip
        answer = context.graph("POST", "/v1/people/groups", body)
        answers = answer["people"]
        found = _taken(context, list(answer["groups"].values()), answer["authors"], discussions)
        groups = {group["id"]: group for group in found}
        for row in (row for found in answers.values() for row in found["rows"]):
            row["group"] = groups[row["group"]]
        return {one: page(answer, "group", after=after) for one, answer in answers.items()}

    found = for_siblings(context, person, ("groups", first, after), load)
    return found or page(EMPTY, "group", after=after)
