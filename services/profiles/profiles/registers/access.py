"""Copies of registers that somebody may still work on."""

from __future__ import annotations

from kit.errors import Conflict, NotFound
from profiles.registers.domain import UNFINISHED, Snapshot
from profiles.registers.store import RegisterStore


def unfinished(registers: RegisterStore, snapshot_id: str) -> Snapshot:
    """A copy that does not count yet, locked.

    Raises:
        NotFound: no such copy was begun.
        Conflict: it counts already, or its import has ended.
    """
    found = registers.get(snapshot_id, lock=True)
    if found is None:
        raise NotFound("No such copy of a register was begun.", field=["id"])
    if found.activated_at is not None or found.active:
        raise Conflict("This copy is whole already.")
    if found.state not in UNFINISHED:
        raise Conflict(found.failure or "This import has ended.")
    return found


def whole(registers: RegisterStore, snapshot_id: str) -> Snapshot:
    """A copy that does not count yet, locked behind its authority, so that no other copy begins to count meanwhile.

    Raises:
        NotFound: no such copy was begun.
        Conflict: it counts already, or its import has ended.
    """
    found = registers.get(snapshot_id)
    if found is None:
        raise NotFound("No such copy of a register was begun.", field=["id"])
    registers.lock_authority(found.authority)
    return unfinished(registers, snapshot_id)
