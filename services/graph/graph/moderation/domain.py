"""Flags, decisions and context notes: their words and the rules for them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

REASONS = (
    "MISINFORMATION", "PATIENT_PRIVACY", "UNPROFESSIONAL", "HARASSMENT", "SPAM", "CONFLICT_OF_INTEREST", "OTHER"
)  # fmt: skip
MEMBER, SYSTEM = ORIGINS = ("MEMBER", "SYSTEM")
OPEN, TAKEN, UPHELD, DISMISSED, APPEALED = STATUSES = ("OPEN", "TAKEN", "UPHELD", "DISMISSED", "APPEALED")
WAITING = (OPEN, TAKEN, APPEALED)
NONE, LABEL, HIDE, REMOVE, RESTORE, STRIKE, SUSPEND_MEMBER = ACTIONS = (
    "NONE", "LABEL", "HIDE", "REMOVE", "RESTORE", "STRIKE", "SUSPEND_MEMBER"
)  # fmt: skip
LABELS = ("DISPUTED", "CORRECTED", "RETRACTED_SOURCE", "APPLIES_ELSEWHERE")
LEASE = timedelta(minutes=15)
APPEAL = timedelta(days=183)  # six months, as the Digital Services Act says
HELD_LIFETIME = timedelta(days=7)
MAX_DETAIL_LENGTH = 2000
MAX_FACTS_LENGTH = 4000
MAX_CLAUSE_LENGTH = 300
PROPOSED, SHOWN, REJECTED = ("PROPOSED", "SHOWN", "REJECTED")
MAX_NOTE_LENGTH = 2000
COUNTRIES_NEEDED = 3
FOREVER = "9999"


def note_status(ratings: Iterable[dict[str, Any]]) -> tuple[str, list[str]]:
    """A context note's status after its ratings, and where it was found helpful.

    Each country has one voice: that of most of its raters. A note is shown when three countries or more find it
    helpful, and more than do not; rejected when it is the other way round. So many raters of one country never publish
    one, whatever their number.

    Args:
        ratings: {country, helpful, total}.
    """
    voices: dict[str, int] = {}
    for rating in ratings:
        voices[rating["country"]] = voices.get(rating["country"], 0) + (
            rating["total"] if rating["helpful"] else -rating["total"]
        )
    helpful = sorted(country for country, voice in voices.items() if voice > 0)
    against = [country for country, voice in voices.items() if voice < 0]
    if len(helpful) >= COUNTRIES_NEEDED and len(helpful) > len(against):
        return SHOWN, helpful
    if len(against) >= COUNTRIES_NEEDED and len(against) > len(helpful):
        return REJECTED, helpful
    return PROPOSED, helpful
