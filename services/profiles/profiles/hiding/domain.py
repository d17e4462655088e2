"""Requests to hide a directory profile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

HIDDEN, DECLINED, RESTORED = OUTCOMES = ("HIDDEN", "DECLINED", "RESTORED")
# What may be decided; a profile is restored by an act of its own.
DECISIONS = (HIDDEN, DECLINED)
MAX_NOTE_LENGTH = 2000
# Requests about one profile that may wait at once.
MAX_OPEN = 20
KEPT = timedelta(days=30)  # the address and the notes, after the decision


@dataclass(frozen=True)
class HidingRequest:
    """A request to show a directory profile to nobody.

    Args:
        handle, name, regions: of the profile that it is about.
        contact: the address for the answer, and `contact_key` for comparing; None once they were deleted.
        language: in which the answer is written.
        number_matches: whether the number that was given is the profile's; None where none was given.
        outcome: one of OUTCOMES; None while it waits.
    """

    id: str
    person_id: str
    handle: str
    name: str
    regions: list[str]
    contact: str | None
    contact_key: str | None
    note: str | None
    language: str | None
    number_matches: bool | None
    requested_at: datetime
    outcome: str | None
    decided_at: datetime | None
    decided_by: str | None
    decision_note: str | None
