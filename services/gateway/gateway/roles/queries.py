"""What waits for a second admin, and by which rule roles are given."""

from __future__ import annotations

from typing import Any

import graphene

from contracts.accounts import RoleProposalRow
from contracts.messages import Page
from gateway.context import of
from gateway.paging import check_first, counts, page_arguments, rows_page
from gateway.roles.types import RoleProposalConnection, link_proposals
from kit.paths import internal_path


class RoleQueries(graphene.ObjectType):
    """Root fields about roles."""

    role_proposals = graphene.Field(
        RoleProposalConnection,
        **page_arguments(None),
        description="Roles that wait for a second admin, oldest first; for admins.",
    )

    @staticmethod
    def resolve_role_proposals(_root: Any, info: Any, first: int, after: str | None = None) -> Any:
        context = of(info)
        context.require_caller()
        body = {"first": check_first(first), "after": after, "count": counts(info)}
        answer = context.read_profiles(Page[RoleProposalRow], "POST", internal_path("role-proposals", "search"), body)
        link_proposals(context, [row.proposal for row in answer.rows])
        return rows_page(answer, lambda row: row.proposal, after=after)
