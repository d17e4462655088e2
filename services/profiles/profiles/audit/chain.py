"""The hash chain of the audit trail, and how a broken one is found.

Each entry's hash is SHA-256 over the previous entry's hash and the entry's canonical JSON (keys sorted, UTF-8, no
spaces). Checkpoints, signed and kept outside the database, hold (seq, hash) pairs: whoever rewrites the chain from some
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
MOST_PROBLEMS = 20


class Entry(NamedTuple):
    """One entry as stored; `hash` is 32 bytes."""

    seq: int
    at: datetime
    actor: str
    action: str
    object: str
    reason: str | None
    hash: bytes


def entry_hash(previous: bytes, entry: Entry) -> bytes:
    """The hash that an entry must have after the previous one's."""
    content = {
        "seq": entry.seq,
        "at": entry.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "actor": entry.actor,
        "action": entry.action,
        "object": entry.object,
        "reason": entry.reason,
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
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(sentence)


def verify(entries: Iterable[Entry], *, head: tuple[int, bytes] | None, checkpoints: Sequence[Checkpoint]) -> Report:
    """Follow the chain from its beginning.

    Args:
        entries: all of them, by `seq`.
        head: the database's own note of the last entry, or None when it is missing.
        checkpoints: in the order of their file, their signatures checked.
    """
    report = Report(checkpoints=len(checkpoints))
    signed: dict[int, set[bytes]] = {}
    for checkpoint in checkpoints:
        signed.setdefault(checkpoint.seq, set()).add(checkpoint.hash)
    previous, expected = START, 1
    for entry in entries:
        report.entries += 1
        if entry.seq != expected:
            missing = f"{expected}" if entry.seq == expected + 1 else f"{expected} to {entry.seq - 1}"
            report.tell(f"entry {missing} is missing")
        elif entry_hash(previous, entry) != entry.hash:
            report.tell(f"entry {entry.seq} was changed, or does not follow the one before it")
        if entry.seq in signed and signed[entry.seq] != {entry.hash}:
            report.tell(f"entry {entry.seq} is not the one that the checkpoint signed")
        previous, expected = entry.hash, entry.seq + 1
    last = expected - 1
    if head is None:
        report.tell("the head of the chain is missing")
    elif head[0] > last:
        report.tell(f"the entries after {last} are cut off; the head says {head[0]}")
    elif (head[0] != last) or (last and head[1] != previous):
        report.tell(f"the head says {head[0]}, and the last entry is {last} or another one")
    beyond = [seq for seq in signed if seq > last]
    if beyond:
        report.tell(f"the entries after {last} are cut off; a checkpoint signed {max(beyond)}")
    if report.entries and not checkpoints:
        report.warnings.append("no checkpoint signs these entries: whoever can write to the database can rewrite them")
    return report
