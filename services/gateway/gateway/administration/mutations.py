"""What mutations about an account have in common, for admins."""

from __future__ import annotations

from typing import Any

import graphene

from contracts import accounts as messages
from gateway.administration.types import Account, link_accounts
from gateway.context import Context
from gateway.ids import decode
from kit.paths import internal_path

ANSWER = {"account": graphene.Field(Account, description="The account as it is now.")}
ACCOUNT = graphene.ID(required=True, description="The id of the account, from `accounts`.")


def _own(given: str) -> str:
    """The person's id; what is none finds no account, for those who may look."""
    found = decode(given)
    return found[1] if found is not None and found[0] in {"Account", "Professional"} else "none"


def _answer(context: Context, account: messages.Account) -> dict[str, Any]:
    link_accounts(context, [account])
    return {"account": account}


def put(context: Context, given: dict[str, Any], what: str) -> dict[str, Any]:
    """Replace a part of an account; the answer is the account as it is now."""
    return _answer(
        context,
        context.read_profiles(
            messages.Account, "PUT", internal_path("accounts", _own(given.pop("account")), what), given
        ),
    )


def post(context: Context, given: dict[str, Any], *act: str) -> dict[str, Any]:
    """Act on an account; the answer is the account as it is now."""
    return _answer(
        context,
        context.read_profiles(
            messages.Account, "POST", internal_path("accounts", _own(given.pop("account")), *act), given
        ),
    )
