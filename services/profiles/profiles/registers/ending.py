"""Giving up an import, and going back to the copy of a register before."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from kit.errors import Conflict, NotFound
from profiles.checks.usecases import check
from profiles.credentials.casework import EVIDENCE_DAYS, NOT_PENDING, step, tell
from profiles.credentials.domain import IN_PROCESS, REQ_REVALID, VALIDATED, Credential
from profiles.credentials.holders import follow_profile
from profiles.registers.access import unfinished
from profiles.registers.domain import ACTIVE, DISCARDED, UNDONE, OpenedCase, Snapshot
from profiles.registers.usecases import SERVICE, consequence, recheck_step
from profiles.unit_of_work import UnitOfWork

RESTORE_BATCH = 200
NOTE = "The copy of the register that opened this case was undone."


def discard_snapshot(work: UnitOfWork, *, snapshot_id: str) -> None:
    """Give up an import that does not count yet.

    Raises:
        NotFound: no such copy was begun.
        Conflict: it counts already, or its import has ended.
    """
    work.registers.end(unfinished(work.registers, snapshot_id), DISCARDED)


def undo_import(
    work: UnitOfWork, *, authority: str, actor: str, now: datetime, snapshot_id: str | None = None
) -> tuple[Snapshot, Snapshot | None]:
    """Let the copy of a register before count again; without one, the authority has no copy again.

    The cases that the undone copy has opened are closed afterwards (`restore_next`).

    Args:
        snapshot_id: the copy that is to be undone; None for the one that counts.

    Returns:
        the copy that was undone, and the one that counts again.

    Raises:
        NotFound: no copy of this register counts.
        Conflict: another copy counts by now, or the one before was not kept.
    """
    work.registers.lock_authority(authority)
    active = work.registers.active(authority)
    if active is None:
        raise NotFound("No copy of this register counts.", field=["authority"])
    undone = work.registers.get(active.id, lock=True)
    assert undone is not None
    if snapshot_id is not None and snapshot_id != undone.id:
        raise Conflict("Another copy of this register counts by now.")
    if undone.phase != ACTIVE:
        raise Conflict("The copy before this one was not kept: an earlier version brought this one in.")
    former = work.registers.get(undone.replaced, lock=True) if undone.replaced else None
    if undone.replaced and former is None:
        raise Conflict("The copy before this one is not kept any more; import it again.")
    work.registers.undo(undone, former, now=now)
    back_to = f"the copy of {former.as_of.isoformat()}" if former else "no copy"
    work.audit.note("register.undo", actor=actor, object=f"authority:{authority}", reason=f"back to {back_to}")
    return undone, former


def restore_next(work: UnitOfWork, *, snapshot_id: str, now: datetime) -> tuple[int, bool]:
    """Close the next cases that an undone copy had opened.

    Returns:
        how many were closed so far, and whether there may be more.

    Raises:
        NotFound: there is no such copy.
    """
    snapshot = work.registers.get(snapshot_id, lock=True)
    if snapshot is None:
        raise NotFound("There is no such copy of a register.", field=["id"])
    return restore_step(work, snapshot, now=now)


def restore_step(work: UnitOfWork, snapshot: Snapshot, *, now: datetime) -> tuple[int, bool]:
    """Close the next cases that a copy had opened, which is locked, where it was undone; see `restore_next`."""
    if snapshot.state != UNDONE:
        return snapshot.restored, False
    cases = list(work.registers.take_cases(snapshot.id, most=RESTORE_BATCH))
    restored = snapshot.restored + sum(_restore(work, case, now=now) for case in cases)
    work.registers.change(snapshot, restored=restored)
    return restored, bool(cases)


def work_on_imports(work: UnitOfWork, *, now: datetime) -> bool:
    """Do the next piece of what follows from an import or its undo; whether there may be more.

    The operator's tool does this itself, and may be ended before all of it is done.
    """
    snapshot = work.registers.to_work_on()
    if snapshot is None:
        return False
    if snapshot.active:
        recheck_step(work, snapshot, now=now)
    else:
        restore_step(work, snapshot, now=now)
    return True


def _restore(work: UnitOfWork, case: OpenedCase, *, now: datetime) -> bool:
    """Close a case, unless it was decided, its owner has withdrawn or appealed, or something else speaks against it by now."""
    credential = work.credentials.lock(case.credential_id)
    if credential is None or credential.review_reason != case.reason or credential.appeal_statement is not None:
        return False
    if credential.pending_decision not in {None, "VALIDATE"}:
        return False
    expected = {REQ_REVALID, IN_PROCESS} if case.stopped else {VALIDATED}
    if credential.status not in expected or _contradicted(work, credential, case, now):
        return False
    before = case.before
    back: dict[str, Any] = {
        "desk_since": datetime.fromisoformat(before["desk_since"]) if before["desk_since"] else None,
        "review_reason": before["review_reason"], "requested_info": before["requested_info"], "taken_by": None,
        "lease_until": None, **NOT_PENDING,
    }  # fmt: skip
    if case.stopped:
        back |= {name: before[name] for name in ("standing", "previous_standing", "revalidation")}
    step(work, credential, "CLOSE_REVIEW", actor=SERVICE, now=now, note=NOTE, **back)
    if not before["desk_since"]:
        work.evidence.end_open(credential.id, at=now + timedelta(days=EVIDENCE_DAYS))
    if case.stopped:
        _practises_again(work, credential.person_id, before.get("practice"))
        follow_profile(work, credential.person_id, now=now)
        work.publish(credential.person_id)
        tell(work, credential, "credential-restored")
    return True


def _practises_again(work: UnitOfWork, person_id: str, practice: dict[str, str | None] | None) -> None:
    """Give somebody the practice status back that the copy took from them, unless they have another one by now."""
    person = work.people.get(person_id) if practice is not None else None
    if practice is not None and person is not None and person.practice_status == practice["given"]:
        work.people.change(person_id, {"practice_status": practice["before"]})


def _contradicted(work: UnitOfWork, credential: Credential, case: OpenedCase, now: datetime) -> bool:
    """Whether the case would come to the desk again: by the copy that counts now, or as another licence is still lost."""
    if case.reason == "LOST_ELSEWHERE":
        theirs = work.credentials.of_person(credential.person_id)
        return any(one.id != credential.id and one.status == REQ_REVALID for one in theirs)
    checked = check(work, credential, now=now)
    found = consequence(credential, checked.checks)
    return found is not None and found[1]
