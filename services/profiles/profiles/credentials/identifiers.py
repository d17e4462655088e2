"""Licences that are identifiers: what versions before took as a licence, and what proves none."""

from __future__ import annotations

from datetime import datetime

from profiles.credentials.casework import NOT_PENDING, tell
from profiles.credentials.domain import VALIDATED, Credential, Event
from profiles.credentials.holders import follow_profile
from profiles.credentials.kinds import IDENTIFIER
from profiles.unit_of_work import UnitOfWork

NOTE = "Kept as an identifier: its number says who somebody is in a list, and not that they may practise."


def reclassify(work: UnitOfWork, credential: Credential, *, now: datetime) -> None:
    """Make an identifier of a licence or certificate whose authority gives identifiers only.

    Where it was validated, the level falls, and its owner is told.
    A validation that waits for a second verifier ends: the first one took it for a licence.
    """
    ended = NOT_PENDING if credential.pending_decision == "VALIDATE" else {}
    work.credentials.change(credential, kind=IDENTIFIER, **ended)
    work.credentials.add_event(
        credential.id, Event(now, "service:clock", credential.status, credential.status, "OTHER", NOTE)
    )
    work.audit.note("credential.reclassify", actor="service:clock", object=f"credential:{credential.id}")
    if credential.status == VALIDATED:
        tell(work, credential, "credential-identifier")
        work.publish(credential.person_id)
        follow_profile(work, credential.person_id, now=now)
