"""What admins do about items that the worker has given up."""

from __future__ import annotations

from kit import ids
from kit.errors import NotFound
from kit.logs import log
from profiles.audit.store import AuditTrail
from profiles.deadletters.store import DeadLetterStore


def report_dead(kind: str, letter_id: str, *, error: str) -> None:
    """Write the line by which the log tells of a dead letter; the same for every queue."""
    log().error("dead_letter", kind=kind, id=letter_id, error=error)


def retry_dead_letter(letters: DeadLetterStore, audit: AuditTrail, *, letter_id: str, admin: str) -> None:
    """Let a dead letter be tried again, from the first attempt.

    Raises:
        NotFound: no dead letter has this id, or it is tried again already.
    """
    kind = letters.retry(letter_id) if ids.valid(letter_id) else None
    if kind is None:
        raise NotFound("No dead letter has this id.", field=["id"])
    audit.note("dead-letter.retry", actor=admin, object=f"dead-letter:{letter_id}", reason=kind)
