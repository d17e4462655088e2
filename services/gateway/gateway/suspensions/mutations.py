"""Suspending accounts, and appeals against that."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.accounts.types import Viewer, viewer_after
from gateway.administration.mutations import ACCOUNT, ANSWER, post, put
from gateway.context import Context
from gateway.mutation import mutation
from gateway.scalars import DateTime


def suspend_account(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Suspend an account."""
    return put(context, given, "suspension")


def confirm_suspension(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Confirm a suspension."""
    return post(context, given, "suspension", "confirmation")


def decide_suspension_appeal(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Decide an appeal."""
    return post(context, given, "suspension", "appeal")


def appeal_suspension(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Appeal against one's own suspension."""
    context.profiles("POST", "/v1/me/suspension/appeal", given)
    return {}


MUTATIONS = {
    "suspend_account": mutation(
        "SuspendAccount",
        "Suspend an account: its sessions end, and nobody sees its profile; its owner can still sign in to read why, "
        "appeal, export their data and erase it. Where there are two admins, one alone can suspend for at most 72 "
        "hours: a longer suspension ends then too, unless another admin confirms it (`confirmSuspension`). After one "
        "that nobody confirmed, the next suspension of the account within 30 days must be another admin's "
        "(SECOND_PERSON_REQUIRED). A time in the past ends the suspension. For admins.",
        inputs={
            "account": ACCOUNT,
            "reason": graphene.String(
                required=True,
                description="The reason, which the person is told, 3 to 500 characters, for example `Advertising in groups`.",
            ),
            "until": DateTime(
                description="The end of the suspension, for example `2026-12-01T00:00:00Z`; for good when absent."
            ),
        },
        answers=ANSWER,
        act=suspend_account,
    ),
    "confirm_suspension": mutation(
        "ConfirmSuspension",
        "Confirm, as the second admin, that a suspension lasts as long as the first admin intended. SECOND_PERSON_REQUIRED for "
        "whoever suspended; CONFLICT when no suspension is waiting. For admins.",
        inputs={"account": ACCOUNT},
        answers=ANSWER,
        act=confirm_suspension,
    ),
    "appeal_suspension": mutation(
        "AppealSuspension",
        "Appeal against the suspension of one's own account, once. An admin who took no part in it decides, where there is one.",
        inputs={
            "statement": graphene.String(
                required=True,
                description="Your reasons, for the admins, why the suspension is wrong, 10 to 2,000 characters, for "
                "example `It was not me`.",
            ),
        },
        answers={
            "viewer": graphene.Field(
                Viewer, resolver=viewer_after, description="The signed-in person after the change; null on failure."
            )
        },
        act=appeal_suspension,
    ),
    "decide_suspension_appeal": mutation(
        "DecideSuspensionAppeal",
        "Decide an appeal against a suspension. SECOND_PERSON_REQUIRED for whoever took part in it while another admin could "
        "decide. For admins.",
        inputs={
            "account": ACCOUNT,
            "uphold": graphene.Boolean(
                required=True, description="Whether it stays suspended; false ends the suspension."
            ),
            "note": graphene.String(
                description="A note about the decision that the person reads, at most 500 characters, for example `We "
                "looked at it again`."
            ),
        },
        answers=ANSWER,
        act=decide_suspension_appeal,
    ),
}
