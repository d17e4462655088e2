"""Practice status: whether a person practises, as they or a register say."""

from __future__ import annotations

from kit.errors import Invalid
from kit.sentences import Sentence

TRAINEE, PRACTISING, NOT_PRACTISING, RETIRED, DECEASED = STATUSES = (
    "TRAINEE", "PRACTISING", "NOT_PRACTISING", "RETIRED", "DECEASED",
)  # fmt: skip
# What people may say of themselves; the others come from a register.
CHOSEN = (TRAINEE, PRACTISING, RETIRED)
# Who does not practise: no licence gives them the right to.
ENDED = frozenset({NOT_PRACTISING, RETIRED, DECEASED})
# Whom searches find: where a filter names no status, and where it names one.
LISTED = (None, TRAINEE, PRACTISING)
SEARCHED = (TRAINEE, PRACTISING, RETIRED)


def shown_status(stated: str | None, profession: str | None) -> str | None:
    """Return the status that others see: the stated one, else PRACTISING for who has a profession; None where unknown."""
    return stated or (PRACTISING if profession else None)


def check_chosen(status: str | None) -> str | None:
    """Return a practice status that people may say of themselves, or None.

    Raises:
        Invalid: only a register says so, or it is none.
    """
    if status is not None and status not in CHOSEN:
        raise Invalid(
            Sentence("practiceStatus must be one of {choices}.", choices=", ".join(CHOSEN)), field=["practiceStatus"]
        )
    return status
