"""Reading the trail, and signing its head outside the database."""

from __future__ import annotations

from typing import Any

from profiles.audit.chain import RESTORED
from profiles.audit.checkpoints import CheckpointFile, CheckpointLog, Restore
from profiles.audit.store import AuditTrail

# Acts by which somebody takes part in a case about what another one wrote. Who did them is told to nobody here, because any admin
# may be the other party; who reported stands in no entry at all.
UNATTRIBUTED = ("flag.appeal",)
ANONYMOUS = "anonymous"


def list_entries(
    audit: AuditTrail, *, viewer: str, object: str | None, actor: str | None, before: int | None, first: int
) -> list[dict[str, Any]]:
    """Entries, newest first; who has not been erased is named by id, everybody else by pseudonym.

    Who has appealed against a decision of a moderator is named to themselves alone, and nobody else finds the entry by them.

    Args:
        viewer: the id of the admin who reads.
        object: `person:<id>` or any other object as it stands in the trail.
        actor: a person's id, `service:<name>`, or a pseudonym.
    """
    own = audit.pseudonym_of(viewer)
    if object is not None and object.startswith("person:"):
        object = audit.pseudonym_of(object.removeprefix("person:")) or object
    if actor is not None and not actor.startswith(("service:", "person:", ANONYMOUS)):
        actor = audit.pseudonym_of(actor) or actor
    left_out = UNATTRIBUTED if actor is not None and actor != own else ()
    entries = [
        entry._replace(actor=ANONYMOUS) if entry.action in UNATTRIBUTED and entry.actor != own else entry
        for entry in audit.page(object=object, actor=actor, before=before, first=first, except_actions=left_out)
    ]
    named = [name for entry in entries for name in (entry.actor, entry.object) if name.startswith("person:")]
    people = audit.people_behind(named) if named else {}
    return [
        {
            "seq": entry.seq, "at": entry.at, "action": entry.action, "reason": entry.reason,
            "actor": people.get(entry.actor, entry.actor),
            "object": f"person:{people[entry.object]}" if entry.object in people else entry.object,
            "hash": entry.hash.hex(),
        }
        for entry in entries
    ]  # fmt: skip


def note_restore(audit: AuditTrail, *, epoch: int, file: CheckpointFile) -> int:
    """Record in the trail that an older database was restored, with what is known outside it; returns the entry's number."""
    agreed = last_agreed(audit, file, before=None)
    reason = f"epoch {epoch}; checkpoints had signed entries up to {file.known}, of which {agreed} is the last one here"
    audit.note(RESTORED, actor="service:worker", object="database", reason=reason)
    audit.flush()
    head = audit.head()
    assert head is not None
    return head[0]


def last_agreed(audit: AuditTrail, file: CheckpointFile, *, before: int | None) -> int:
    """Return the highest number that a checkpoint signed and whose entry is still the signed one; 0 without one.

    An entry's hash covers all before it, so that everything up to there is as it was.

    Args:
        before: consider only entries before this one.
    """
    hashes = audit.hashes([checkpoint.seq for checkpoint in file.checkpoints])
    return max(
        (
            checkpoint.seq
            for checkpoint in file.checkpoints
            if hashes.get(checkpoint.seq) == checkpoint.hash and (before is None or checkpoint.seq < before)
        ),
        default=0,
    )


def write_checkpoint(audit: AuditTrail, log: CheckpointLog, *, last: int, restore: Restore | None = None) -> int:
    """Sign the head of the chain and append it to the checkpoints' file, unless it is there already.

    The file comes first: if the transaction then fails, the file is ahead of the database, which is no gap.

    Args:
        last: the number that was signed last.
        restore: a restore that this checkpoint states; it is signed in any case.

    Returns:
        the number that is signed now.

    Raises:
        OSError: it could not be written.
    """
    head = audit.head()
    if head is None or (head[0] <= last and restore is None):
        return last
    known = audit.last_checkpoint(lock=True)
    audit.note_checkpoint(log.append(seq=head[0], entry_hash=head[1], known=known, restore=restore))
    return head[0]
