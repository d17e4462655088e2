"""Accounts as admins see them."""

from __future__ import annotations

from typing import Any

import graphene

from contracts import accounts as messages
from contracts.messages import Page
from gateway.batches import refer, referred
from gateway.context import Context, of
from gateway.fields import texts
from gateway.paging import connection_type, rows_page
from gateway.people.types import Professional, read_people
from gateway.roles.types import Role, RoleGrant, RoleProposal, link_grants, link_proposals
from gateway.scalars import DateTime, RegionCode
from gateway.suspensions.types import Suspension, link_suspensions
from gateway.things import Node, resolve_global_id, shown_as
from kit.paths import internal_path


class Account(graphene.ObjectType):
    """An account; for admins."""

    class Meta:
        interfaces = (Node,)

    professional = graphene.Field(
        Professional, description="The person whose account it is; null while it is suspended."
    )
    email = graphene.String(required=True, description="The address to sign in with.")
    roles = texts(Role, max_items=4, description="The roles of the account.")
    jurisdictions = texts(RegionCode, max_items=50, description="Where a verifier may decide; empty means everywhere.")
    role_grants = texts(RoleGrant, max_items=3, description="Who gave each role beyond MEMBER.")
    role_proposal = graphene.Field(RoleProposal, description="What waits for a second admin; null when nothing does.")
    suspended = graphene.Boolean(required=True, description="Whether it is suspended now.")
    suspension = graphene.Field(
        Suspension,
        description="The suspension that holds now, with its reason, its end and the appeal; null when there is none.",
    )
    created_at = DateTime(required=True, description="The time at which the account was created.")
    last_seen_at = DateTime(description="When it was last used, to the hour.")

    resolve_id = staticmethod(resolve_global_id("Account"))

    @staticmethod
    def resolve_professional(root: Any, info: Any) -> Any:
        return referred(of(info), "Account.professional", root.id, read_people)


shown_as(Account, messages.Account)
AccountConnection: Any = connection_type("Account", lambda: Account, "accounts")


def link_accounts(context: Context, found: list[messages.Account]) -> None:
    """Remember the people whom accounts that came together name."""
    refer(context, "Account.professional", (account.id for account in found))
    link_grants(context, [grant for account in found for grant in account.role_grants])
    link_suspensions(context, [account.suspension for account in found])
    link_proposals(context, [account.role_proposal for account in found])


def accounts_page(context: Context, path: str, body: dict[str, Any], *, after: str | None) -> dict[str, Any]:
    """A page of accounts from a list of the profiles service."""
    context.require_caller()
    answer = context.read_profiles(Page[messages.AccountRow], "POST", path, {**body, "after": after})
    link_accounts(context, [row.account for row in answer.rows])
    return rows_page(answer, lambda row: row.account, after=after)


def read_account(context: Context, own: str) -> messages.Account | None:
    """One account, for admins; None for anybody else."""
    context.require_caller()
    found = context.read_profiles(list[messages.Account], "GET", internal_path("accounts", own))
    link_accounts(context, found)
    return found[0] if found else None
