"""What admins do with accounts."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.accounts.types import Role
from gateway.administration.types import Account, accounts_of
from gateway.base import DateTime, RegionCode, mutation, texts
from gateway.context import Context
from gateway.ids import decode
from kit.paths import internal_path

_ANSWER = {"account": graphene.Field(Account, description="The account as it is now.")}
_ACCOUNT = graphene.ID(required=True, description="The account.")


def _own(given: str) -> str:
    """The person's id; what is none finds no account, for those who may look."""
    found = decode(given)
    return found[1] if found is not None and found[0] in {"Account", "Professional"} else "none"


def _put(context: Context, given: dict[str, Any], what: str) -> dict[str, Any]:
    account = context.profiles("PUT", internal_path("accounts", _own(given.pop("account")), what), given)
    accounts_of([account])
    return {"account": account}


def set_roles(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Set an account's roles."""
    return _put(context, given, "roles")


def suspend_account(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Suspend an account."""
    return _put(context, given, "suspension")


MUTATIONS = {
    "set_roles": mutation(
        "SetRoles",
        "Replace an account's roles; they hold everywhere within seconds. Roles beyond MEMBER need a confirmed address and "
        "one-time passwords: CONFLICT says which is missing. For admins.",
        inputs={
            "account": _ACCOUNT,
            "roles": texts(Role, description="All that it is to have; MEMBER is always among them."),
            "jurisdictions": texts(
                RegionCode,
                required=False,
                description="Countries or parts of them that a verifier is limited to; empty means no limit.",
            ),
        },
        answers=_ANSWER,
        act=set_roles,
    ),
    "suspend_account": mutation(
        "SuspendAccount",
        "Suspend an account: its sessions end, and nobody sees its profile. A time that has passed ends the "
        "suspension. For admins.",
        inputs={
            "account": _ACCOUNT,
            "reason": graphene.String(required=True, description="Why; 3 to 500 characters. The person is told."),
            "until": DateTime(description="Until when; for good when absent."),
        },
        answers=_ANSWER,
        act=suspend_account,
    ),
}
