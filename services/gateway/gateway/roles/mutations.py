"""Giving roles and taking them away."""

from __future__ import annotations

from typing import Any

import graphene

from contracts.accounts import Account
from gateway.administration.mutations import ACCOUNT, ANSWER, put
from gateway.administration.types import link_accounts
from gateway.context import Context
from gateway.fields import texts
from gateway.ids import decode
from gateway.mutation import mutation
from gateway.roles.types import Role, RoleProposal
from gateway.scalars import RegionCode
from kit.paths import internal_path

_PROPOSAL = graphene.ID(required=True, description="The id of the proposal, from `roleProposals`.")

_DELETED = {"deleted_id": graphene.ID(description="The id of the proposal, which waits no more; null on failure.")}


def set_roles(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Set an account's roles."""
    answer = put(context, given, "roles")
    return answer | {"proposal": answer["account"].role_proposal}


def _answer(context: Context, given: dict[str, Any], act: str) -> dict[str, Any]:
    found = decode(given["id"])
    # What is no proposal's id is none for those who may look; everybody else learns only that they may not.
    own = found[1] if found is not None and found[0] == "RoleProposal" else "none"
    account = context.read_profiles(Account, "POST", internal_path("role-proposals", own, act), {})
    link_accounts(context, [account])
    return {"account": account, "deleted_id": given["id"]}


def confirm_roles(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Confirm a proposal."""
    return _answer(context, given, "confirmation")


def decline_roles(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Decline a proposal."""
    return _answer(context, given, "refusal")


MUTATIONS = {
    "set_roles": mutation(
        "SetRoles",
        "Replace an account's roles; for admins. What takes rights away holds everywhere within seconds. What gives some (a "
        "role, or more places to a verifier) does so too where no two admins beside the account's owner could decide about it; "
        "where they could, it is a `proposal` that another admin confirms (`confirmRoles`). Nobody gives a role to themselves "
        "while another admin could. A later call about the same account takes the caller's earlier proposal back, and one that "
        "gives nothing takes back anybody's. Roles beyond MEMBER need a confirmed address and one-time passwords: CONFLICT says "
        "which is missing, or that another admin's proposal waits.",
        inputs={
            "account": ACCOUNT,
            "roles": texts(Role, description="All that it is to have; MEMBER is always among them."),
            "jurisdictions": texts(
                RegionCode,
                required=False,
                description="Countries or parts of them that a verifier is limited to, for example `DE-BY`; empty means no limit.",
            ),
        },
        answers={
            **ANSWER,
            "proposal": graphene.Field(
                RoleProposal, description="What waits for a second admin; null when all holds at once."
            ),
        },
        act=set_roles,
    ),
    "confirm_roles": mutation(
        "ConfirmRoles",
        "Confirm, as the second admin, what another one proposes; it holds everywhere within seconds. SECOND_PERSON_REQUIRED for "
        "whoever proposed it and whom it is about; NOT_FOUND once it was confirmed, declined or is over. For admins.",
        inputs={"id": _PROPOSAL},
        answers={**ANSWER, **_DELETED},
        act=confirm_roles,
    ),
    "decline_roles": mutation(
        "DeclineRoles",
        "Decline what an admin proposes, or take one's own proposal back. For admins.",
        inputs={"id": _PROPOSAL},
        answers={**ANSWER, **_DELETED},
        act=decline_roles,
    ),
}
