"""What "verified" means, in one place: the level that a person's credentials give on a given day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol

UNVERIFIED, IDENTITY, RIGHT_TO_PRACTISE = LEVELS = ("UNVERIFIED", "IDENTITY", "RIGHT_TO_PRACTISE")
COUNTING_STANDINGS = frozenset({"GOOD", "CONDITIONS"})


class CountingLicence(Protocol):
    """A validated licence, as far as the level needs it."""

    @property
    def standing(self) -> str:
        """One of LicenceStanding."""

    @property
    def expires_on(self) -> date | None:
        """The last day on which it holds, if it ends."""


def counts(licence: CountingLicence, today: date) -> bool:
    """Whether a validated licence counts on a day: in good standing or with conditions, and unexpired."""
    return licence.standing in COUNTING_STANDINGS and (licence.expires_on is None or licence.expires_on >= today)


def level(*, identity: bool, licences: Iterable[CountingLicence], today: date) -> str:
    """UNVERIFIED, IDENTITY or RIGHT_TO_PRACTISE.

    Args:
        identity: whether an IDENTITY credential is validated and unexpired.
        licences: the validated licences.
    """
    if not identity:
        return UNVERIFIED
    return RIGHT_TO_PRACTISE if any(counts(licence, today) for licence in licences) else IDENTITY


def at_least(have: str, wanted: str) -> bool:
    """Whether a level is the wanted one or above it."""
    return LEVELS.index(have) >= LEVELS.index(wanted)
