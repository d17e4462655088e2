"""Groups and memberships."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import graphene

from catalogues import regions, specialties
from gateway.batches import for_siblings, refer, referred, together
from gateway.catalogue.types import Region, Specialty, code_name, specialty
from gateway.context import Context, of
from gateway.fields import enum, plain, texts
from gateway.groups.memberships import DETAILS, MembershipState, Waiting
from gateway.links import by_handle, linked
from gateway.paging import EMPTY, MAX_PAGE_SIZE, check_first, connection_type, counts, page, page_arguments
from gateway.people.types import Professional, VerificationLevel, link_people, read_people
from gateway.scalars import LANGUAGE, CountryCode, DateTime, LanguageTag, RegionCode
from gateway.things import Node, resolve_global_id
from gateway.wording import CLAUSES, TEXTS, wording
from kit.paths import internal_path

GroupVisibility = enum(
    "GroupVisibility",
    "Visibility of a group to people who are not its members.",
    {
        "LISTED": "Everybody finds the group. Everybody also reads it, unless it has a credential policy.",
        "UNLISTED": "The group is in no list. People who have its id or handle see name, purpose and rules; only members read it.",
        "SECRET": "Only members and invited people can tell that the group exists.",
    },
)
JoinPolicy = enum(
    "JoinPolicy",
    "Ways to become a member of a group.",
    {
        "OPEN": "Everybody who meets the credential policy joins at once.",
        "REQUEST": "A moderator or owner decides about each request to join.",
        "INVITE": "Only people whom a moderator or owner has invited can join.",
    },
)
GroupRole = enum(
    "GroupRole",
    "Roles of members in a group. Each role includes the rights of the one before.",
    {
        "MEMBER": "The member reads the group and writes in it.",
        "MODERATOR": "The member decides who is in the group, and deletes what others write.",
        "OWNER": "The member changes the group and gives roles. A group always has an owner.",
    },
)
Action = enum(
    "Action",
    "Actions that the viewer may take on a group, discussion or post.",
    {
        "READ": "The viewer may read it, with its discussions or posts.",
        "POST": "The viewer may open discussions in the group.",
        "INVITE": "The viewer may invite people to the group.",
        "MODERATE": "The viewer may decide who is in the group, and delete what members write.",
        "CONFIGURE": "The viewer may change the group and give roles.",
        "EDIT": "The viewer may change the text.",
        "DELETE": "The viewer may delete the text.",
        "REPLY": "The viewer may add a post in reply.",
        "VOTE": "The viewer may vote in the poll.",
        "RESOLVE": "The viewer may name the post that answers the question.",
        "FLAG": "The viewer may report the text to the moderators.",
    },
)


class Membership(Waiting, graphene.ObjectType):
    """Relation of a person to a group: a membership, a request, an invitation or a ban."""

    class Meta:
        interfaces = (Node,)

    group = graphene.Field(
        lambda: Group, description="Group of the membership. Null when the viewer may not know of the group any more."
    )
    professional = graphene.Field(
        Professional, description="Person in the group. Null when the viewer may not see this person."
    )
    role = GroupRole(required=True, description="Role in the group. It is `MEMBER` for requests, invitations and bans.")
    state = MembershipState(required=True, description="State of the membership at this moment.")
    joined_at = DateTime(
        description="Time at which the person became a member. Null for requests, invitations and bans."
    )

    resolve_id = staticmethod(resolve_global_id("Membership"))

    @staticmethod
    def resolve_group(root: Any, info: Any) -> Any:
        return referred(of(info), "Membership.group", root["group"], read_groups)

    @staticmethod
    def resolve_professional(root: Any, info: Any) -> Any:
        return referred(of(info), "Membership.professional", root["professional"], read_people)


MembershipConnection: Any = connection_type("Membership", lambda: Membership, "memberships")


PolicyClauseCode = enum(
    "PolicyClauseCode",
    "Clauses that a group's credential policy can have.",
    {
        "LEVEL": "The person has at least a certain verification level.",
        "LICENSED_IN": "The person holds a valid licence in at least one of the regions.",
        "SPECIALTY": "The person is verified in at least one of the specialties or a narrower one.",
        "CHECKED_WITHIN": "Such a licence was checked within a number of days.",
    },
)
CoverageDimension = enum(
    "CoverageDimension",
    "Dimensions of a group's remit in which it can have a gap.",
    {
        "COUNTRY": "No member practises in the country.",
        "LANGUAGE": "No member speaks the language.",
        "SPECIALTY": "No member practises the specialty or a narrower one.",
    },
)


class CredentialPolicy(graphene.ObjectType):
    """Credentials that a group requires of its members. A person meets all clauses, and of each list at least one entry."""

    level = VerificationLevel(required=True, description="Lowest verification level that a member may have.")
    licensed_in = texts(
        RegionCode, max_items=50, description="Regions in one of which a member holds a licence. Empty means anywhere."
    )
    specialties = texts(
        graphene.String,
        max_items=50,
        description="Codes of specialties in one of which a member is verified, or in a narrower one. Empty means any.",
    )
    checked_within_days = graphene.Int(
        description="Number of days within which the licence was last checked. Null when the age of the check does not matter."
    )


class PolicyClause(graphene.ObjectType):
    """Clause of a credential policy, and whether the viewer meets it."""

    code = PolicyClauseCode(required=True, description="Code of the clause, for programs.")
    met = graphene.Boolean(required=True, description="True when the viewer meets the clause today.")
    text = graphene.String(
        required=True, language=LANGUAGE, description="The clause as a sentence for people, in the language asked for."
    )

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
    """Result of checking the viewer's credentials against a group's credential policy."""

    eligible = graphene.Boolean(
        required=True, description="True when the viewer meets every clause, also when the group has no policy."
    )
    clauses = texts(PolicyClause, max_items=4, description="Clauses of the policy. Empty when the group has no policy.")


def eligibility(clauses: list[dict[str, Any]], policy: dict[str, Any]) -> dict[str, Any]:
    """An eligibility from the clauses that the graph service answers."""
    return {"eligible": all(one["met"] for one in clauses), "clauses": [{**one, "policy": policy} for one in clauses]}


class CoverageGap(graphene.ObjectType):
    """Country, language or specialty of a group's remit that no member covers."""

    dimension = CoverageDimension(required=True, description="Dimension in which the gap is.")
    value = graphene.String(
        required=True,
        description="Code of the country, language or specialty, for example `ES`, `pt-BR` or `cardiology`.",
    )
    label = graphene.String(
        required=True,
        language=LANGUAGE,
        description="Name of the country, language or specialty, in the language asked for.",
    )
    candidates = texts(
        Professional,
        required=False,
        max_items=MAX_PAGE_SIZE,
        first=graphene.Int(required=True, default_value=5, description="Number of people to suggest, 1 to 100."),
        description="People outside the group who would close the gap. Those whom most members could introduce come first. The "
        "search looks at 500 members and 200 connections of each.",
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
        link_people(context, found)
        return found


def _discussions() -> Any:
    from gateway.discussions.types import DiscussionConnection

    return DiscussionConnection


def _discussion_kind() -> Any:
    from gateway.discussions.kinds import DiscussionKind

    return DiscussionKind


class Group(linked("groups", by_handle), graphene.ObjectType):  # type: ignore[misc]
    """Group of professionals who discuss, with its own members, roles and rules."""

    class Meta:
        interfaces = (Node,)

    handle = graphene.String(
        required=True,
        description="Short unique name for addresses, made from the first name of the group, for example `heart-failure-europe`.",
    )
    name = graphene.String(required=True, description="Name of the group on one line, 3 to 120 characters.")
    purpose = graphene.String(required=True, description="Purpose of the group, 1 to 2,000 characters.")
    rules = graphene.String(
        description="Rules of the group in Markdown, at most 10,000 characters. Null when it has none. Do not render HTML in them."
    )
    languages = texts(LanguageTag, max_items=20, description="Languages in which the group writes.")
    visibility = GroupVisibility(
        required=True, description="Visibility of the group to people who are not its members."
    )
    join_policy = JoinPolicy(required=True, description="Way in which people become members.")
    credential_policy = graphene.Field(
        CredentialPolicy, description="Credentials that members need. Null when the group requires none."
    )
    specialties = texts(Specialty, max_items=20, description="Specialties that the group is about.")
    regions = texts(Region, max_items=20, description="Regions that the group is about.")
    countries = texts(CountryCode, required=False, max_items=250, description="Countries in which members practise.")
    member_count = graphene.Int(
        description="Number of members, also of those who may only read and suspended ones; without requests, invitations and bans."
    )
    member_limit = graphene.Int(description="Number of members that the group may have, 2 to 5,000.")
    members = graphene.Field(
        MembershipConnection,
        role=GroupRole(description="Role that the listed members have. Leave it out for every role."),
        state=MembershipState(
            description="State that the listed people have. Leave it out for every member. `REQUESTED`, `INVITED` and `BANNED` "
            "answer moderators and owners only."
        ),
        text=graphene.String(
            description="Words to find in the members' names, for example `arrib`. The first eight count. Case and accents do not "
            "matter, and the beginning of a word is enough."
        ),
        **page_arguments(20),
        description="Members of the group, those who joined first at the front. Empty when the viewer may not read the group.",
    )
    viewer_membership = graphene.Field(
        Membership,
        description="Membership, request, invitation or ban of the viewer. Null when the viewer has none of them.",
    )
    viewer_eligibility = graphene.Field(
        Eligibility, description="Clauses of the credential policy, and whether the viewer meets them."
    )
    viewer_can = texts(
        Action, max_items=5, description="Actions that the viewer may take in the group, for example `POST`."
    )
    coverage_gaps = texts(
        CoverageGap,
        required=False,
        max_items=150,
        description="Countries, languages and specialties of the group that no member covers, up to 50 of each. Null when the "
        "viewer may not see the members.",
    )
    discussions = graphene.Field(
        _discussions,
        kind=graphene.Argument(
            _discussion_kind, description="Kind of the listed discussions. Leave it out for all kinds."
        ),
        topic=graphene.String(
            description="Topic of the listed discussions, for example `antibiotic stewardship`. Case and accents do not matter."
        ),
        language=LanguageTag(description="Language of the listed discussions, BCP 47, for example `pt-BR`."),
        **page_arguments(20),
        description="Discussions of the group, newest first. Empty when the viewer may not read them.",
    )
    created_at = DateTime(required=True, description="Time at which the group was made.")
    version = graphene.Int(
        required=True,
        description="Version number of the group, counted from 1. Send it as `expectedVersion` to `updateGroup`.",
    )

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
            link_people(context, [row["membership"]["professional"] for row in rows])
            refer(context, DETAILS, (row["membership"]["id"] for row in rows))
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
            count=counts(info),
        )  # fmt: skip


GroupConnection: Any = connection_type("Group", lambda: Group, "groups")


def link_groups(context: Context, groups: Iterable[dict[str, Any]]) -> None:
    """Mark groups, as siblings of each other."""
    together(context, "Group", groups)


def find_groups(
    context: Context, discussions: dict[str, Any] | None = None, **wanted: list[str]
) -> list[dict[str, Any]]:
    """Groups by `ids` or `handles`, as the viewer may know them.

    Args:
        discussions: the page of discussions to read with them.
    """
    body = {**wanted, "countries": context.selects("countries"), "discussions": discussions}
    answer = context.graph("POST", "/v1/groups/read", body)
    return _taken(context, answer["groups"], answer["authors"], discussions)


def _taken(
    context: Context, found: list[dict[str, Any]], authors: dict[str, Any], discussions: dict[str, Any] | None
) -> list[dict[str, Any]]:
    """Groups, siblings of each other, whose discussions came with them where they were wanted."""
    from gateway.discussions.types import take_ahead

    groups = [one["group"] for one in found]
    link_groups(context, groups)
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
            "ids": ids, "first": first, "after": after, "countries": context.selects("countries"),
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
