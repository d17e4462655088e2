"""Who may turn off the one-time passwords of somebody else, and when."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

RESET_DAYS = 14
ALONE_HOURS = 72
TOKEN_PURPOSE = "TOTP_RESET"


@dataclass(frozen=True)
class SecondFactorReset:
    """A request to turn one-time passwords off, which two admins must agree to.

    One admin alone could otherwise open any account whose password they learn, and an attacker needs to talk one admin round
    and not two. Where there is no second admin, time stands in for them: the person is told at each step and can refuse.

    Args:
        id: names this request in the token by which the person refuses it.
        approved_by: the admin who agreed first; None before that, and when that admin's account is gone.
        due_at: when it is done without a second admin; None where there is one.
    """

    id: str
    person_id: str
    requested_at: datetime
    expires_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    due_at: datetime | None

    def is_approved(self, admins: Collection[str]) -> bool:
        """Whether somebody agreed who is an admin still.

        Args:
            admins: everybody who is one now.
        """
        return self.approved_by is not None and self.approved_by in admins
