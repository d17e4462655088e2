"""Bringing in copies of registers, and checking again what was validated before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from catalogues import authorities
from kit import ids
from kit.delimited import Refusal
from kit.errors import Conflict, Invalid, NotFound
from profiles.checks.domain import Facts, run
from profiles.checks.usecases import check
from profiles.credentials.casework import open_review, question
from profiles.credentials.domain import PROPOSALS, VALIDATED, Check, Credential
from profiles.registers.access import unfinished, whole
from profiles.registers.cases import ended_practice, remember
from profiles.registers.domain import (
    FAILED,
    MAX_NOTES,
    READING,
    WAITING,
    Entry,
    Preview,
    Snapshot,
    Threshold,
    Unreadable,
    read_entry,
    refuse_older,
)
from profiles.registers.store import RegisterStore
from profiles.unit_of_work import UnitOfWork

RECHECK_BATCH = 200
PREVIEW_BATCH = 500
SERVICE = "service:register"


@dataclass(frozen=True)
class Added:
    """What became of rows of a copy: how many were taken, and which were refused or are doubtful."""

    taken: int
    refused: tuple[Refusal, ...]
    doubtful: tuple[Refusal, ...]


def known_authority(authority: str) -> authorities.Authority:
    """The authority of an id.

    Raises:
        Invalid: there is none.
    """
    found = authorities.authorities().get(authority)
    if found is None:
        raise Invalid("No authority has this id; `authoritiesConnection` lists them.", field=["authority"])
    return found


def refuse_future(kind: str, as_of: date, now: datetime) -> None:
    """Refuse a copy or a list of a day that has not come.

    Raises:
        Invalid: the day is in the future.
    """
    if as_of > now.date():
        raise Invalid(f"A {kind} cannot be of a day in the future.", field=["asOf"])


def begin_snapshot(
    registers: RegisterStore,
    *,
    snapshot_id: str,
    authority: str,
    as_of: date,
    now: datetime,
    replace_newer: bool = False,
    phase: str = READING,
) -> None:
    """Start a new copy of a register; it counts once it is whole.

    An import of the same register that is not finished ends, unless its copy is newer.

    Args:
        replace_newer: whether it may take the place of a newer copy.

    Raises:
        Invalid: unknown authority, or a date in the future.
        Conflict: it is older than the copy that counts.
    """
    known_authority(authority)
    if ids.valid(snapshot_id) is None:
        raise Invalid("A snapshot's id must be a UUID.", field=["id"])
    refuse_future("copy", as_of, now)
    registers.lock_authority(authority)
    counting = registers.active(authority)
    if registers.get(snapshot_id) is None:
        refuse_older("copy", as_of, counting.as_of if counting else None, replaces_newer=replace_newer)
    registers.begin(snapshot_id, authority, as_of, replaces_newer=replace_newer, phase=phase, now=now)


def add_entries(
    registers: RegisterStore, *, snapshot_id: str, rows: Sequence[dict[str, Any]], refused: Sequence[Refusal] = ()
) -> Added:
    """Add rows to a copy that is being brought in; adding them again changes nothing.

    Args:
        rows: cells by column; `line` is the line of the file, and rows without one are counted from the second line on.
        refused: lines of the file that are no rows.

    Raises:
        NotFound: no such copy was begun.
        Conflict: it counts already, or a newer import has begun.
    """
    snapshot = unfinished(registers, snapshot_id)
    register = known_authority(snapshot.authority)
    good, unreadable, doubtful = dict[int, Entry](), list(refused), list[Refusal]()
    for position, row in enumerate(rows):
        line = row["line"] if isinstance(row.get("line"), int) else position + 2
        try:
            good[line] = entry = read_entry(row, register)
        except Unreadable as error:
            unreadable.append(Refusal(line, error.column, error.reason))
        else:
            if entry.zeros_restored:
                doubtful.append(Refusal(line, "number", "it has lost its first zeros, and was given them back"))
    twice = registers.add_entries(snapshot, good) if good else []
    unreadable.sort(key=lambda one: one.line)
    added = Added(len(good), tuple(unreadable), tuple(sorted((*doubtful, *twice), key=lambda one: one.line)))
    last = max((*good, *(one.line for one in unreadable)), default=0)
    if last > snapshot.read_to:
        _note(registers, snapshot, added, last=last, duplicates=len(twice), zeros=len(doubtful))
    return added


def _note(
    registers: RegisterStore, snapshot: Snapshot, added: Added, *, last: int, duplicates: int, zeros: int
) -> None:
    notes = [
        asdict(one) | {"taken": taken}
        for part, taken in ((added.refused, False), (added.doubtful, True))
        for one in part
    ]
    registers.change(
        snapshot, read_to=last, phase=READING,
        rows_read=snapshot.rows_read + added.taken + len(added.refused),
        rows_taken=snapshot.rows_taken + added.taken,
        rows_refused=snapshot.rows_refused + len(added.refused),
        duplicates=snapshot.duplicates + duplicates, zeros_restored=snapshot.zeros_restored + zeros,
        notes=[*snapshot.notes, *sorted(notes, key=lambda note: note["line"])][:MAX_NOTES],
    )  # fmt: skip


def fail_import(registers: RegisterStore, *, snapshot_id: str, reason: str) -> None:
    """End an import whose file cannot be read; what counts stays as it is."""
    registers.end(unfinished(registers, snapshot_id), FAILED, reason)


# ---------------------------------------------------------------------- what a copy would do


def _listed(checks: Sequence[Check]) -> str | None:
    """What the lists of sanctions say where they have a similar name."""
    return next((one.detail for one in checks if one.name == "SANCTIONS" and one.outcome == "WARN"), None)


def consequence(credential: Credential, checks: Sequence[Check]) -> tuple[str, bool] | None:
    """What new outcomes of the checks mean for a validated credential.

    A verifier has looked at the names in lists that its former checks tell of, and each month's copy of a list has them again.

    Returns:
        the reason for which it comes to the desk, and whether it stops counting; None where it stays as it is.
    """
    outcome = {one.name: one.outcome for one in checks}
    if outcome["SANCTIONS"] == "FAIL":
        return "SANCTIONED", True
    if outcome["REGISTER_MATCH"] == "FAIL" or outcome["NAME_MATCH"] == "FAIL":
        return "REGISTER_CHANGED", True
    # The register says something else than what was validated, without contradicting it.
    changed = outcome["EXPIRY"] == "FAIL" or (outcome["REGISTER_MATCH"] == "WARN" and credential.standing == "GOOD")
    free = credential.review_reason is None or credential.review_reason in PROPOSALS
    newly_listed = _listed(checks) not in {None, _listed(credential.checks)}
    return ("REGISTER_CHANGED", False) if (changed or newly_listed) and free else None


def _validated(work: UnitOfWork, authority: str) -> Iterator[list[Credential]]:
    after: str | None = None
    while found := work.credentials.validated_of(authority, after=after, most=PREVIEW_BATCH):
        yield found
        after = found[-1].id


def _compare(work: UnitOfWork, snapshot: Snapshot, *, now: datetime) -> Preview:
    """Compare a copy with the authority's validated credentials, some hundreds in three statements."""
    register = known_authority(snapshot.authority)
    validated = would_open = would_stop = zeros_lost = 0
    for batch in _validated(work, snapshot.authority):
        validated += len(batch)
        names = work.people.names_of([one.person_id for one in batch if one.holder is None])
        entries = work.registers.entries_of(snapshot, [one.number for one in batch if one.number])
        for one in batch:
            entry = entries.get(one.number or "")
            zeros_lost += entry is not None and entry.other_zeros
            name = one.holder.name if one.holder else names[one.person_id][0]
            facts = Facts(one, register, name, name, now.date(), snapshot_as_of=snapshot.as_of, entry=entry)
            found = consequence(one, run(facts, now))
            would_open += found is not None
            would_stop += found is not None and found[1]
    before = work.registers.active(snapshot.authority)
    return Preview(
        validated, would_open, would_stop, zeros_lost, work.registers.count_entries(snapshot), before.entries if before else None
    )  # fmt: skip


def preview_snapshot(work: UnitOfWork, *, snapshot_id: str, now: datetime) -> Preview:
    """Say what a copy would do if it counted now, and remember it with the copy; nothing counts by that.

    Raises:
        NotFound: no such copy was begun.
        Conflict: it counts already, or its import has ended.
    """
    snapshot = whole(work.registers, snapshot_id)
    found = _compare(work, snapshot, now=now)
    work.registers.change(
        snapshot, phase=WAITING, entries=found.entries, validated=found.validated, would_open=found.would_open,
        would_stop=found.would_stop, zeros_lost=found.zeros_lost,
    )  # fmt: skip
    return found


def activate_snapshot(
    work: UnitOfWork,
    *,
    snapshot_id: str,
    actor: str,
    now: datetime,
    threshold: Threshold = Threshold(),
    expected: int | None = None,
) -> tuple[Snapshot, Preview]:
    """Let a whole copy count, unless it would open more cases than the operator allows without being asked.

    What it would do is found out under the lock that keeps other imports of the register out, and the expected number is
    compared with that.

    Args:
        expected: how many cases the actor expects to be opened; None where nobody has looked.

    Returns:
        the copy, and what it does.

    Raises:
        NotFound: no such copy was begun.
        Conflict: it counts already, it is older than the copy that counts, no row of it was taken, another number was expected,
            or it must be confirmed.
    """
    snapshot = whole(work.registers, snapshot_id)
    before = work.registers.active(snapshot.authority)
    refuse_older("copy", snapshot.as_of, before.as_of if before else None, replaces_newer=snapshot.replaces_newer)
    found = _compare(work, snapshot, now=now)
    if not found.entries:
        raise Conflict("No row of this file can be taken; what counts stays as it is.")
    objection = found.objection(threshold)
    if expected is None and objection is not None:
        raise Conflict(
            f"{objection} Nothing was changed. If the register is right, confirm that {found.would_open} cases are to be opened.",
            field=["expectedCases"],
        )
    if expected is not None and expected != found.would_open:
        raise Conflict(
            f"It would open {found.would_open} of {found.validated} validated credentials, and not {expected}. Nothing was "
            "changed.",
            field=["expectedCases"],
        )
    entries = work.registers.activate(snapshot, now=now)
    work.registers.change(
        snapshot,
        validated=found.validated,
        would_open=found.would_open,
        would_stop=found.would_stop,
        zeros_lost=found.zeros_lost,
    )
    confirmed = f"; {expected} cases confirmed" if expected is not None else ""
    older = f"; replaces the newer copy of {before.as_of}" if before and before.as_of > snapshot.as_of else ""
    work.audit.note(
        "register.import",
        actor=actor,
        object=f"authority:{snapshot.authority}",
        reason=f"{entries} entries{confirmed}{older}",
    )
    return snapshot, found


# ---------------------------------------------------------------------- checking again


def recheck(
    work: UnitOfWork, credentials: Sequence[Credential], *, now: datetime, snapshot_id: str | None = None
) -> int:
    """Check validated credentials again; what is absent, changed or sanctioned stops counting and comes to the desk.

    Args:
        snapshot_id: the copy because of which they are checked; it remembers what it opened.

    Returns:
        how many cases were opened.
    """
    opened = 0
    work.credentials.lock_ahead([found.id for found in credentials])
    for found in credentials:
        credential = work.credentials.lock(found.id)
        if credential is None or credential.status != VALIDATED:
            continue
        checked = check(work, credential, now=now)
        meaning = consequence(credential, checked.checks)
        if meaning is None:
            continue
        reason, stops = meaning
        if reason == "REGISTER_CHANGED":
            status = ended_practice(work, checked) if stops else None
            if snapshot_id is not None:
                remember(work, snapshot_id, credential, stops=stops, practice=status)
            if status is not None:
                work.people.change(credential.person_id, {"practice_status": status})
        if not stops:
            open_review(work, checked, reason, now=now)
        elif reason == "SANCTIONED":
            question(work, checked, reason=reason, standing=credential.standing, actor=SERVICE, now=now)
        else:
            asked = (credential.authority or "", credential.number or "")
            entry = work.registers.look_up(*asked)[1] or work.directory.look_up(*asked)[1]
            question(
                work, checked, reason=reason, standing=entry.standing if entry else "UNKNOWN", actor=SERVICE, now=now
            )
        opened += 1
    return opened


def recheck_step(work: UnitOfWork, snapshot: Snapshot, *, now: datetime) -> Snapshot:
    """Check the next credentials again with a copy that counts; it is locked, so that each is checked once.

    Returns:
        the copy as it is now; `rechecked_at` says that all were checked.
    """
    found = work.credentials.validated_of(snapshot.authority, after=snapshot.recheck_after, most=RECHECK_BATCH)
    opened = recheck(work, found, now=now, snapshot_id=snapshot.id)
    work.registers.change(
        snapshot, checked=snapshot.checked + len(found), opened=snapshot.opened + opened,
        recheck_after=found[-1].id if found else snapshot.recheck_after, rechecked_at=None if found else now,
    )  # fmt: skip
    after = work.registers.get(snapshot.id)
    assert after is not None
    return after


def recheck_next(work: UnitOfWork, *, snapshot_id: str, now: datetime) -> Snapshot:
    """Check the next credentials again with a copy, where it counts and not all were checked.

    Raises:
        NotFound: there is no such copy.
    """
    snapshot = work.registers.get(snapshot_id, lock=True)
    if snapshot is None:
        raise NotFound("There is no such copy of a register.", field=["id"])
    return recheck_step(work, snapshot, now=now) if snapshot.active and snapshot.rechecked_at is None else snapshot
