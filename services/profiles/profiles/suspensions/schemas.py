"""What people send about suspensions."""

from __future__ import annotations

import marshmallow as ma

from kit.fields import Flag, Text, Time
from profiles.suspensions.usecases import MAX_STATEMENT_LENGTH


class Suspend(ma.Schema):
    """Why an account is suspended, and until when; a time that has passed ends the suspension."""

    reason = Text(required=True, longest=500)
    until = Time(load_default=None, allow_none=True)


class SuspensionAppeal(ma.Schema):
    """Why a suspension is wrong."""

    statement = Text(required=True, longest=MAX_STATEMENT_LENGTH)


class SuspensionAppealDecision(ma.Schema):
    """Whether the suspension stays, and why."""

    uphold = Flag(required=True)
    note = Text(load_default=None, allow_none=True, longest=500)
