"""What verifiers decided earlier, kept without names, so that submitting again does not wash it off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

VALIDATED, REJECTED, CHANGE_DECLINED = "VALIDATED", "REJECTED", "CHANGE_DECLINED"
SUSPENDED, SUSPENSION_UPHELD, RESTORED = "SUSPENDED", "SUSPENSION_UPHELD", "RESTORED"
REVOKED, REVOCATION_CONFIRMED = "REVOKED", "REVOCATION_CONFIRMED"
OUTCOMES = (
    VALIDATED, REJECTED, CHANGE_DECLINED, SUSPENDED, SUSPENSION_UPHELD, RESTORED, REVOKED, REVOCATION_CONFIRMED
)  # fmt: skip
# What two verifiers decided against somebody; it takes two to decide otherwise.
ADVERSE_BY_TWO = frozenset({SUSPENSION_UPHELD, REVOCATION_CONFIRMED})
MAX_SHOWN = 20


@dataclass(frozen=True)
class PastDecision:
    """One decision, as far as it concerns a case.

    Args:
        by_two: whether two verifiers took part in it.
        credential_id: what it was about; None once that is deleted.
        same_number: whether it was about the case's number. So `same_person` and `same_document`.
    """

    at: datetime
    outcome: str
    reason: str | None
    by_two: bool
    kind: str
    authority: str | None
    jurisdiction: str
    credential_id: str | None
    same_number: bool
    same_person: bool
    same_document: bool
