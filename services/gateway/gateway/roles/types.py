"""Roles, who gave them, and what waits for a second admin."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import graphene

from contracts import accounts as messages
from gateway.batches import refer, referred
from gateway.context import Context, of
from gateway.fields import enum, texts
from gateway.ids import encode
from gateway.paging import connection_type
from gateway.people.types import Professional, read_people
from gateway.scalars import DateTime, RegionCode
from gateway.things import Node, resolve_global_id, shown_as

Role = enum(
    "Role",
    "What an account may do besides being a member.",
    {
        "MEMBER": "The person is a member.",
        "VERIFIER": "The person decides about credentials.",
        "MODERATOR": "The person decides about what is written.",
        "ADMIN": "The person runs the instance.",
    },
)
RoleRule = enum(
    "RoleRule",
    "By which rule a role beyond MEMBER is given.",
    {
        "OPERATOR": "By whoever runs the machine, with `consilium accounts create`.",
        "ONE_ADMIN": "By one admin alone: there was no second one who could decide about it.",
        "TWO_ADMINS": "By one admin, and confirmed by another.",
        "UNKNOWN": "Not recorded: the role is from before this was, or belongs to the demo network.",
    },
)


# What the ids of people are named under; see `gateway.batches.refer`.
_ADMINS, _PROPOSED = "RoleGrant.people", "RoleProposal.people"


class RoleGrant(graphene.ObjectType):
    """How somebody got a role; for admins and verifiers."""

    role = Role(required=True, description="The role that was given.")
    rule = RoleRule(required=True, description="By which rule it was given.")
    given_by = graphene.Field(
        Professional,
        description="The admin who gave it; null with OPERATOR and UNKNOWN, and when they are not there any more.",
    )
    confirmed_by = graphene.Field(
        Professional, description="The admin who confirmed it, with TWO_ADMINS; null when they are not there any more."
    )
    at = DateTime(
        description="When it took effect, or, of a verifier, when it was extended to more places. Null with UNKNOWN."
    )

    @staticmethod
    def resolve_given_by(root: Any, info: Any) -> Any:
        return referred(of(info), _ADMINS, root.given_by, read_people)

    @staticmethod
    def resolve_confirmed_by(root: Any, info: Any) -> Any:
        return referred(of(info), _ADMINS, root.confirmed_by, read_people)

    @staticmethod
    def resolve_at(root: Any, _info: Any) -> Any:
        return root.given_at


class RoleProposal(graphene.ObjectType):
    """Rights that an admin would give to an account, and that a second admin confirms or declines; for admins."""

    class Meta:
        interfaces = (Node,)

    account = graphene.ID(required=True, description="The account that would get them, for `node`.")
    professional = graphene.Field(Professional, description="Whose account it is; null while it is suspended.")
    roles = texts(
        Role, max_items=3, description="What it would get. Empty where a verifier would only decide in other places."
    )
    jurisdictions = texts(
        RegionCode,
        required=False,
        max_items=50,
        description="Where the verifier could decide; empty means everywhere, and null that it stays as it is.",
    )
    proposed_by = graphene.Field(Professional, description="The admin who proposes it, who cannot confirm it.")
    proposed_at = DateTime(required=True, description="The time of the proposal.")
    expires_at = DateTime(required=True, description="When it is over: 7 days later.")

    resolve_id = staticmethod(resolve_global_id("RoleProposal"))

    @staticmethod
    def resolve_account(root: Any, _info: Any) -> str:
        return encode("Account", root.person_id)

    @staticmethod
    def resolve_professional(root: Any, info: Any) -> Any:
        return referred(of(info), _PROPOSED, root.person_id, read_people)

    @staticmethod
    def resolve_proposed_by(root: Any, info: Any) -> Any:
        return referred(of(info), _PROPOSED, root.proposed_by, read_people)


shown_as(RoleProposal, messages.RoleProposal)
RoleProposalConnection: Any = connection_type("RoleProposal", lambda: RoleProposal, "proposals")


def link_grants(context: Context, grants: Iterable[messages.RoleGrant | None]) -> None:
    """Let grants that came together know the admins behind all of them."""
    refer(
        context, _ADMINS, (one for grant in grants if grant is not None for one in (grant.given_by, grant.confirmed_by))
    )


def link_proposals(context: Context, proposals: Iterable[messages.RoleProposal | None]) -> None:
    """Let proposals that came together know the people behind all of them."""
    refer(context, _PROPOSED, (own for one in proposals if one is not None for own in (one.person_id, one.proposed_by)))
