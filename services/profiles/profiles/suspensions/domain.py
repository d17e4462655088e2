"""Suspensions of accounts: how long one admin alone may suspend, and who may decide about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

ALONE_HOURS = 72  # how long a suspension holds that one admin alone has decided, where there is a second one
AGAIN_DAYS = 30  # how long after a suspension that nobody confirmed its admin leaves the next one to another
UPHELD, LIFTED = "UPHELD", "LIFTED"


@dataclass(frozen=True)
class Suspension:
    """A suspension that holds now.

    Args:
        suspended_by: who decided it as it is now; None where that admin was erased, or was not recorded.
        reason: None where it was not recorded.
        until: when it ends by itself; None where it does not.
        waits: whether a second admin must confirm it, so that it lasts longer than `until`.
        proposed_until: until when it would last then; None for good. Only with `waits`.
        appeal_outcome: UPHELD once another admin has decided the appeal; one that is LIFTED holds no more.
    """

    id: str
    person_id: str
    suspended_by: str | None
    reason: str | None
    started_at: datetime
    until: datetime | None
    waits: bool
    proposed_until: datetime | None
    confirmed_by: str | None
    confirmed_at: datetime | None
    appeal_statement: str | None
    appealed_at: datetime | None
    appeal_outcome: str | None
    appeal_note: str | None
    appeal_decided_at: datetime | None

    @property
    def alone_until(self) -> datetime:
        """How long it may hold without a second admin."""
        return self.started_at + timedelta(hours=ALONE_HOURS)

    @property
    def appeal_waits(self) -> bool:
        """Whether somebody has appealed, and nobody has decided."""
        return self.appealed_at is not None and self.appeal_outcome is None


def is_later(first: datetime | None, second: datetime | None) -> bool:
    """Whether one end is later than another; None is for good."""
    return second is not None and (first is None or first > second)
