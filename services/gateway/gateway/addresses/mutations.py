"""Changing one's address."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.accounts.types import Viewer, viewer_after
from gateway.context import Context, Repetition
from gateway.mutation import mutation

_TOKEN = graphene.String(required=True, description="The token that came by mail; holds 7 days.")


def change_email(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Ask for another address."""
    context.profiles("POST", "/v1/me/email-change", {"email": given["new_email"], "password": given["password"]})
    return {}


def confirm_email_change(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Confirm a change at one end."""
    return context.profiles("POST", "/v1/email-changes/confirmation", given)  # type: ignore[no-any-return]


def refuse_email_change(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Refuse a change."""
    context.profiles("POST", "/v1/email-changes/refusal", given)
    return {"refused": True}


MUTATIONS = {
    "change_email": mutation(
        "ChangeEmail",
        "Ask for another address to sign in with; needs a sign-in within the last 5 minutes. A message goes to both addresses. "
        "The change is made when both have confirmed it with confirmEmailChange, or after 7 days if the new one has and the "
        "present one has not refused. The answer is the same whether the new address has an account or not.",
        inputs={
            "new_email": graphene.String(
                required=True, description="An e-mail address, for example `ada@hospital.example`."
            ),
            "password": graphene.String(required=True, description="The account's present password."),
        },
        answers={
            "viewer": graphene.Field(
                Viewer, resolver=viewer_after, description="The signed-in person after the change; null on failure."
            )
        },
        act=change_email,
        repetition=Repetition.NEVER,
    ),
    "confirm_email_change": mutation(
        "ConfirmEmailChange",
        "Confirm a change of address with the token that came to one of its two mailboxes.",
        inputs={"token": _TOKEN},
        answers={
            "changed": graphene.Boolean(
                description="True when the address has changed now; false while the other mailbox, or 7 days, are awaited."
            )
        },
        act=confirm_email_change,
        repetition=Repetition.NEVER,
        signed_in=False,
    ),
    "refuse_email_change": mutation(
        "RefuseEmailChange",
        "Refuse a change of address with the token that came to the present mailbox: it is not made, and all sessions end. "
        "Then set a new password with requestPasswordReset.",
        inputs={"token": _TOKEN},
        answers={"refused": graphene.Boolean(description="True when the change is refused; null on failure.")},
        act=refuse_email_change,
        repetition=Repetition.NEVER,
        signed_in=False,
    ),
}
