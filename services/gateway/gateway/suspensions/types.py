"""Suspensions of accounts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import graphene

from contracts import accounts as messages
from gateway.batches import refer, referred
from gateway.context import Context, of
from gateway.fields import enum
from gateway.people.types import Professional, read_people
from gateway.scalars import DateTime

_ADMINS = "Suspension.people"  # what their ids are named under; see `gateway.batches.refer`
SuspensionAppealOutcome = enum(
    "SuspensionAppealOutcome",
    "What became of an appeal against a suspension.",
    {"UPHELD": "The account stays suspended.", "LIFTED": "The suspension has ended."},
)


class SuspensionAppeal(graphene.ObjectType):
    """What the owner of a suspended account says against it."""

    statement = graphene.String(required=True, description="The statement of the account's owner.")
    appealed_at = DateTime(required=True, description="The time of the appeal.")
    outcome = SuspensionAppealOutcome(description="How it was decided; null while it waits.")
    note = graphene.String(description="What the admin who decided says about it; null where they said nothing.")
    decided_at = DateTime(description="When it was decided; null while it waits.")


class Suspension(graphene.ObjectType):
    """A suspension of an account that holds now; for its owner and for admins."""

    reason = graphene.String(
        description="The reason of the suspension; null where an earlier version suspended, which did not keep it here."
    )
    since = DateTime(description="Since when it holds; null where that is not known.")
    until = DateTime(description="When it ends by itself; null where it does not.")
    waits_for_second_admin = graphene.Boolean(
        required=True,
        description="Whether it was to last longer than one admin may suspend alone, so that it ends at `until` unless a second "
        "one confirms it (`confirmSuspension`).",
    )
    proposed_until = DateTime(
        description="Until when it would last then; null for good, and where nothing waits for a second admin."
    )
    suspended_by = graphene.Field(
        Professional,
        description="The admin who suspended; null when they are not there any more. For admins: always null for the owner.",
    )
    confirmed_by = graphene.Field(
        Professional,
        description="The second admin; null without one, and when they are not there any more. For admins, as above.",
    )
    appeal = graphene.Field(SuspensionAppeal, description="The owner's appeal; null where there is none.")

    @staticmethod
    def resolve_since(root: Any, _info: Any) -> Any:
        return root.started_at

    @staticmethod
    def resolve_waits_for_second_admin(root: Any, _info: Any) -> Any:
        return root.waits

    @staticmethod
    def resolve_suspended_by(root: Any, info: Any) -> Any:
        return referred(of(info), _ADMINS, root.suspended_by, read_people)

    @staticmethod
    def resolve_confirmed_by(root: Any, info: Any) -> Any:
        return referred(of(info), _ADMINS, root.confirmed_by, read_people)

    @staticmethod
    def resolve_appeal(root: Any, _info: Any) -> Any:
        if root.appealed_at is None:
            return None
        return {
            "statement": root.appeal_statement, "appealed_at": root.appealed_at, "outcome": root.appeal_outcome,
            "note": root.appeal_note, "decided_at": root.appeal_decided_at,
        }  # fmt: skip


def link_suspensions(context: Context, suspensions: Iterable[messages.Suspension | None]) -> None:
    """Let suspensions that came together know the admins behind all of them."""
    refer(
        context,
        _ADMINS,
        (own for one in suspensions if one is not None for own in (one.suspended_by, one.confirmed_by)),
    )
