"""The hash chain of the audit trail, and how a broken one is found.

Each entry's hash is SHA-256 over the previous entry's hash and the entry's canonical JSON (keys sorted, UTF-8, no
spaces). Of a reason the JSON holds a salted hash; the reason itself stands apart, with its salt, and is deleted with the
person whom the entry is about. Entries that were written before reasons stood apart hold theirs.
Checkpoints, signed and kept outside the database, hold (seq, hash) pairs: whoever rewrites the chain from some
entry on, and all hashes after it, contradicts the next checkpoint.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

import orjson

from profiles.audit.checkpoints import Checkpoint

START = hashlib.sha256(b"").digest()
MAX_PROBLEMS = 20


class Entry(NamedTuple):
    """One entry as stored; `hash` is 32 bytes.

    Args:
        reason: None also where it was deleted with the person whom the entry is about.
        reason_hash: what the chain holds of the reason; None where there is none, or where the chain holds the reason.
        salt: of the hash; it goes with the reason.
        about_erased: whether the entry is about a person who was erased.
    """

    seq: int
    at: datetime
    actor: str
    action: str
    object: str
    reason: str | None
    hash: bytes
    reason_hash: bytes | None = None
    salt: bytes | None = None
    about_erased: bool = False


def reason_hash(salt: bytes, reason: str) -> bytes:
    """What the chain holds of a reason; without the salt, reasons cannot be tried out."""
    return hashlib.sha256(salt + reason.encode()).digest()


def entry_hash(previous: bytes, entry: Entry) -> bytes:
    """The hash that an entry must have after the previous one's."""
    content = {
        "seq": entry.seq,
        "at": entry.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "actor": entry.actor,
        "action": entry.action,
        "object": entry.object,
        **({"reason": entry.reason} if entry.reason_hash is None else {"reason_hash": entry.reason_hash.hex()}),
    }
    return hashlib.sha256(previous + orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).digest()


@dataclass
class Report:
    """What verifying found: how many entries were read, what is wrong (at most 20 sentences), and what is noteworthy."""

    entries: int = 0
    checkpoints: int = 0
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def tell(self, sentence: str) -> None:
        """Note a problem."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(sentence)


RESTORED = "database.restored"


def verify(entries: Iterable[Entry], *, head: tuple[int, bytes] | None, checkpoints: Sequence[Checkpoint]) -> Report:
    """Follow the chain from its beginning.

    A checkpoint that contradicts the chain is a problem, unless a later checkpoint states a restore that explains it: then
    the lost entries are a warning, each time. The worker states a restore only where the graph has applied what the
    database does not know, or where the operator says so. Somebody with the database in their hands who rewrites the trail
    can at best make it look like a restore, which names what is missing and when; an operator who restored nothing then
    knows. An entry alone, which no checkpoint states, is a problem.

    A reason may be missing where the entry is about a person who was erased. Of an entry from before reasons stood apart,
    the rest cannot be checked then, but that its hash is the one on which the next entry rests: a warning counts those.

    Args:
        entries: all of them, by `seq`.
        head: the database's own note of the last entry, or None when it is missing.
        checkpoints: in the order of their file, their signatures checked.
    """
    report = Report(checkpoints=len(checkpoints))
    signed: dict[int, list[Checkpoint]] = {}
    for checkpoint in checkpoints:
        signed.setdefault(checkpoint.seq, []).append(checkpoint)
    contradicting: list[Checkpoint] = []
    restores: dict[int, Entry] = {}
    forgotten = 0
    previous, expected = START, 1
    for entry in entries:
        report.entries += 1
        if entry.seq != expected:
            missing = f"{expected}" if entry.seq == expected + 1 else f"{expected} to {entry.seq - 1}"
            report.tell(f"entry {missing} is missing")
        elif entry_hash(previous, entry) != entry.hash:
            if entry.reason is None and entry.reason_hash is None and entry.about_erased:
                forgotten += 1
            else:
                report.tell(f"entry {entry.seq} was changed, or does not follow the one before it")
        _check_reason(report, entry)
        contradicting += [one for one in signed.get(entry.seq, ()) if one.hash != entry.hash]
        if entry.action == RESTORED:
            restores[entry.seq] = entry
        previous, expected = entry.hash, entry.seq + 1
    last = expected - 1
    if head is None:
        report.tell("the head of the chain is missing")
    elif head[0] > last:
        report.tell(f"the entries after {last} are cut off; the head says {head[0]}")
    elif (head[0] != last) or (last and head[1] != previous):
        report.tell(f"the head says {head[0]}, and the last entry is {last} or another one")
    contradicting += [one for seq, some in signed.items() if seq > last for one in some]
    _compare(report, last, contradicting, restores, checkpoints)
    if forgotten:
        report.warnings.append(
            f"the reasons of {forgotten} entries from before reasons stood apart were deleted with the people whom they were "
            "about; what else these entries say cannot be checked any more"
        )
    if report.entries and not checkpoints:
        report.warnings.append("no checkpoint signs these entries: whoever can write to the database can rewrite them")
    return report


def _check_reason(report: Report, entry: Entry) -> None:
    """Compare a reason that stands apart with the hash in the chain."""
    if entry.reason_hash is None:
        return
    if entry.reason is None or entry.salt is None:
        if not entry.about_erased:
            report.tell(f"the reason of entry {entry.seq} is missing")
    elif reason_hash(entry.salt, entry.reason) != entry.reason_hash:
        report.tell(f"the reason of entry {entry.seq} was changed")


def _compare(
    report: Report,
    last: int,
    contradicting: Sequence[Checkpoint],
    restores: dict[int, Entry],
    checkpoints: Sequence[Checkpoint],
) -> None:
    """Tell which checkpoints contradict the chain, and which of them a restore explains."""
    stated = {
        one.restore.entry: one
        for one in checkpoints
        if one.restore is not None and one not in contradicting and one.restore.entry in restores
    }
    unexplained = [
        one
        for one in contradicting
        if not any(
            by.restore is not None and one.line < by.line and by.restore.agreed < one.seq <= by.restore.known
            for by in stated.values()
        )
    ]
    for one in unexplained:
        if one.seq <= last:
            report.tell(f"entry {one.seq} is not the one that the checkpoint signed")
    beyond = [one.seq for one in unexplained if one.seq > last]
    if beyond:
        report.tell(f"the entries after {last} are cut off; a checkpoint signed {max(beyond)}")
    for seq, entry in restores.items():
        day, by = f"{entry.at:%Y-%m-%d %H:%M} UTC", stated.get(seq)
        if by is not None and by.restore is not None:
            first, known = by.restore.agreed + 1, by.restore.known
            lost = f"entries {first} to {known}, up to which checkpoints had signed, were lost by"
            report.warnings.append(
                f"{lost if known >= first else 'no signed entry was lost by'} a restore of the database, detected on {day} "
                f"and recorded as entry {seq}"
            )
        elif any(one.seq >= seq for one in checkpoints if one not in contradicting):
            report.tell(f"entry {seq} says that the database was restored, but no checkpoint states it")
        else:
            report.warnings.append(f"entry {seq} says that the database was restored; no checkpoint states it yet")
