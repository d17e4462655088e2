"""What admins do with accounts."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.administration.types import Account, accounts_of
from gateway.base import DateTime, mutation
from gateway.context import Context
from gateway.ids import decode
from kit.paths import internal_path

ANSWER = {"account": graphene.Field(Account, description="The account as it is now.")}
ACCOUNT = graphene.ID(required=True, description="The account.")


def _own(given: str) -> str:
    """The person's id; what is none finds no account, for those who may look."""
    found = decode(given)
    return found[1] if found is not None and found[0] in {"Account", "Professional"} else "none"


def put(context: Context, given: dict[str, Any], what: str) -> dict[str, Any]:
    """Replace a part of an account; the answer is the account as it is now."""
    account = context.profiles("PUT", internal_path("accounts", _own(given.pop("account")), what), given)
    accounts_of([account])
    return {"account": account}


def suspend_account(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Suspend an account."""
    return put(context, given, "suspension")


MUTATIONS = {
    "suspend_account": mutation(
        "SuspendAccount",
        "Suspend an account: its sessions end, and nobody sees its profile. A time that has passed ends the "
        "suspension. For admins.",
        inputs={
            "account": ACCOUNT,
            "reason": graphene.String(required=True, description="Why; 3 to 500 characters. The person is told."),
            "until": DateTime(description="Until when; for good when absent."),
        },
        answers=ANSWER,
        act=suspend_account,
    ),
}
