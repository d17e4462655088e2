"""Recovery codes, and resetting a lost second factor."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.accounts.types import Viewer, viewer_after
from gateway.context import Context, Repetition
from gateway.fields import texts
from gateway.ids import decode
from gateway.mutation import mutation
from kit.paths import internal_path

_VIEWER = {
    "viewer": graphene.Field(
        Viewer, resolver=viewer_after, description="The signed-in person after the change; null on failure."
    )
}
_PASSWORD = graphene.String(required=True, description="The account's present password.")


def new_recovery_codes(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Replace one's recovery codes."""
    return context.profiles("POST", "/v1/me/recovery-codes", given)  # type: ignore[no-any-return]


def disable_totp(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Turn one-time passwords off."""
    context.profiles("POST", "/v1/me/totp/end", given)
    return {"disabled": True}


def request_second_factor_reset(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Ask admins for a reset."""
    context.profiles("POST", "/v1/second-factor-resets", given)
    return {"accepted": True}


def refuse_second_factor_reset(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Refuse a reset."""
    context.profiles("POST", "/v1/second-factor-resets/refusal", given)
    return {"refused": True}


def approve_second_factor_reset(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Agree to a reset."""
    found = decode(given["account"])
    own = found[1] if found is not None and found[0] in {"Account", "Professional"} else "none"
    return context.profiles("POST", internal_path("accounts", own, "second-factor-reset"))  # type: ignore[no-any-return]


MUTATIONS = {
    "new_recovery_codes": mutation(
        "NewRecoveryCodes",
        "Replace one's recovery codes by ten new ones; needs a sign-in within the last 5 minutes.",
        inputs={"password": _PASSWORD},
        answers={
            **_VIEWER,
            "recovery_codes": texts(
                graphene.String,
                required=False,
                max_items=10,
                description="Codes to keep; each is good for one sign-in without the app. They are shown this once.",
            ),
        },
        act=new_recovery_codes,
        repetition=Repetition.NEVER,
    ),
    "disable_totp": mutation(
        "DisableTotp",
        "Turn one-time passwords off, for example to set up another device with startTotp; needs a sign-in within the last 5 "
        "minutes. Recovery codes and all other sessions end. Roles beyond MEMBER do not count until one-time passwords are on "
        "again. The access token ends: refresh the session.",
        inputs={"password": _PASSWORD},
        answers={"disabled": graphene.Boolean(description="True when they are off; null on failure.")},
        act=disable_totp,
        repetition=Repetition.NEVER,
    ),
    "request_second_factor_reset": mutation(
        "RequestSecondFactorReset",
        "Ask the admins to turn off one's one-time passwords, for somebody who has lost both the device and the recovery codes. "
        "Two admins must agree (approveSecondFactorReset), or, where there is only one, 72 hours must pass after that one "
        "agreed. A message tells of each step and has a token for refuseSecondFactorReset.",
        inputs={
            "email": graphene.String(
                required=True, description="The e-mail address of the account, for example `ada@example.org`."
            ),
            "password": graphene.String(required=True, description="The password of that account."),
        },
        answers={"accepted": graphene.Boolean(description="True when the request waits for the admins.")},
        act=request_second_factor_reset,
        repetition=Repetition.NEVER,
        signed_in=False,
    ),
    "refuse_second_factor_reset": mutation(
        "RefuseSecondFactorReset",
        "Refuse a reset of one's second factor that somebody else asked for: it is not done, and all sessions end. Then set a "
        "new password with requestPasswordReset.",
        inputs={"token": graphene.String(required=True, description="The token that came by mail.")},
        answers={"refused": graphene.Boolean(description="True when the reset is refused; null on failure.")},
        act=refuse_second_factor_reset,
        repetition=Repetition.NEVER,
        signed_in=False,
    ),
    "approve_second_factor_reset": mutation(
        "ApproveSecondFactorReset",
        "Agree to reset the second factor of somebody who asked for it and whom you have recognised by another way than mail. "
        "The second admin who agrees does it: one-time passwords are off, and all sessions end. For admins, of accounts that "
        "are not their own.",
        inputs={"account": graphene.ID(required=True, description="The id of the account, from `secondFactorResets`.")},
        answers={
            "done": graphene.Boolean(
                description="True when the second factor is reset; false while a second admin, or 72 hours, are awaited."
            )
        },
        act=approve_second_factor_reset,
    ),
}
