"""Requests to reset a lost second factor, as admins see them."""

from __future__ import annotations

from typing import Any

import graphene

from contracts.accounts import SecondFactorResetRow
from contracts.messages import Page
from gateway.administration.types import Account, link_accounts
from gateway.batches import refer, referred
from gateway.context import of
from gateway.paging import check_first, connection_type, counts, page_arguments, rows_page
from gateway.people.types import Professional, read_people
from gateway.scalars import DateTime


class SecondFactorReset(graphene.ObjectType):
    """A request to turn off the one-time passwords of somebody who has lost the device; for admins."""

    account = graphene.Field(Account, required=True, description="Whose second factor is to be reset.")
    requested_at = DateTime(required=True, description="When it was asked for, with the password.")
    expires_at = DateTime(required=True, description="When it ends by itself; 14 days after it was asked for.")
    approved_by = graphene.Field(
        Professional, description="The admin who agreed first. Null until then, and while that account is suspended."
    )
    approved_at = DateTime(description="When the first admin agreed. Null until then.")
    due_at = DateTime(
        description="When it is done without a second admin: 72 hours after the first one agreed. Null where there is a second."
    )

    @staticmethod
    def resolve_approved_by(root: Any, info: Any) -> Any:
        return referred(of(info), "SecondFactorReset.approvedBy", root.approved_by, read_people)


SecondFactorResetConnection: Any = connection_type("SecondFactorReset", lambda: SecondFactorReset, "requests")


class SecondFactorQueries(graphene.ObjectType):
    """Root fields for admins."""

    second_factor_resets = graphene.Field(
        SecondFactorResetConnection,
        **page_arguments(20),
        description="Requests to reset a lost second factor that wait, newest first; for admins. See "
        "`approveSecondFactorReset`.",
    )

    @staticmethod
    def resolve_second_factor_resets(_root: Any, info: Any, first: int, after: str | None = None) -> Any:
        context = of(info)
        context.require_caller()
        body = {"first": check_first(first), "after": after, "count": counts(info)}
        answer = context.read_profiles(Page[SecondFactorResetRow], "POST", "/v1/second-factor-resets/search", body)
        link_accounts(context, [row.reset.account for row in answer.rows])
        refer(context, "SecondFactorReset.approvedBy", (row.reset.approved_by for row in answer.rows))
        return rows_page(answer, lambda row: row.reset, after=after)
