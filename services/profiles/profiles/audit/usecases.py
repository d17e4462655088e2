"""Reading the trail, and signing its head outside the database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from profiles.accounts.signing import Signer
from profiles.audit.checkpoints import append_checkpoint
from profiles.audit.store import AuditTrail


def list_entries(
    audit: AuditTrail, *, object: str | None, actor: str | None, before: int | None, first: int
) -> list[dict[str, Any]]:
    """Entries, newest first; who has not been erased is named by id, everybody else by pseudonym.

    Args:
        object: `person:<id>` or any other object as it stands in the trail.
        actor: a person's id, `service:<name>`, or a pseudonym.
    """
    if object is not None and object.startswith("person:"):
        object = audit.pseudonym_of(object.removeprefix("person:")) or object
    if actor is not None and not actor.startswith(("service:", "person:", "anonymous")):
        actor = audit.pseudonym_of(actor) or actor
    entries = audit.page(object=object, actor=actor, before=before, first=first)
    named = [name for entry in entries for name in (entry.actor, entry.object) if name.startswith("person:")]
    people = audit.people_behind(named) if named else {}
    return [
        entry._asdict()
        | {
            "actor": people.get(entry.actor, entry.actor),
            "object": f"person:{people[entry.object]}" if entry.object in people else entry.object,
            "hash": entry.hash.hex(),
        }
        for entry in entries
    ]


def write_checkpoint(audit: AuditTrail, signer: Signer, folder: Path, *, last: int) -> int:
    """Sign the head of the chain and append it to the checkpoints' file, unless it is there already.

    Args:
        last: the number that was signed last.

    Returns:
        the number that is signed now.

    Raises:
        OSError: it could not be written.
    """
    head = audit.head()
    if head is None or head[0] <= last:
        return last
    append_checkpoint(folder, signer, seq=head[0], entry_hash=head[1])
    return head[0]
