"""Signed checkpoints of the audit trail: one line a checkpoint, in a file outside the database.

A line is appended whole, with fsync, or not at all. If a crash or a full disk nevertheless leaves an incomplete last
line, the next append moves it to a side file, and `consilium audit verify` says so. Any other line that cannot be read
is an alarm: it is reported, never repaired, and stops nothing.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jwt

from kit import logs
from profiles.accounts.signing import Signer

CHECKPOINTS, KEYS, SET_ASIDE = "checkpoints.jsonl", "keys.json", "checkpoints.torn.jsonl"
TYPE = "audit-checkpoint+jwt"
MAX_PROBLEMS = 20
_BLOCK = 4096


@dataclass(frozen=True)
class Restore:
    """A checkpoint's statement that an older database was restored.

    Args:
        entry: the number of the entry that records the restore.
        agreed: the highest number that an earlier checkpoint had signed and that the restored database still holds.
        known: the highest number that an earlier checkpoint had signed.
    """

    entry: int
    agreed: int
    known: int


@dataclass(frozen=True)
class Checkpoint:
    """A signed head of the chain: the hash of entry `seq`, in line `line` of the file."""

    line: int
    seq: int
    hash: bytes
    restore: Restore | None = None


@dataclass(frozen=True)
class CheckpointFile:
    """The checkpoints of a folder.

    Args:
        checkpoints: those that are signed by a known key, in the order of the file.
        problems: sentences about lines that cannot be read or were not signed here.
        warnings: sentences about incomplete lines.
    """

    checkpoints: tuple[Checkpoint, ...] = ()
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def last(self) -> int:
        """The number that the last line signed; 0 without one."""
        return self.checkpoints[-1].seq if self.checkpoints else 0

    @property
    def known(self) -> int:
        """The highest number that any line signed; 0 without one."""
        return max((checkpoint.seq for checkpoint in self.checkpoints), default=0)


def read_checkpoints(folder: Path) -> CheckpointFile:
    """Read the checkpoints of a folder; what cannot be read becomes a problem, never an exception.

    Raises:
        OSError: the files cannot be opened.
    """
    file = folder / CHECKPOINTS
    if not file.exists():
        return CheckpointFile(warnings=_set_aside_warnings(folder))
    keys = _read_keys(folder / KEYS)
    if keys is None:
        return CheckpointFile(
            problems=(f"the keys that signed the checkpoints cannot be read: {folder / KEYS}",),
            warnings=_set_aside_warnings(folder),
        )
    whole, _, tail = file.read_bytes().rpartition(b"\n")
    found: list[Checkpoint] = []
    bad: list[int] = []
    for number, line in enumerate(whole.split(b"\n") if whole else [], 1):
        checkpoint = _parsed(line, keys, number)
        if checkpoint is None:
            bad.append(number)
        else:
            found.append(checkpoint)
    warnings = list(_set_aside_warnings(folder))
    if tail:
        checkpoint = _parsed(tail, keys, len(found) + len(bad) + 1)
        if checkpoint is not None:
            found.append(checkpoint)
        else:
            warnings.append(f"the last line of {file} is incomplete; the next checkpoint sets it aside")
    problems = [f"the checkpoint in line {number} of {file} is not signed by a known key" for number in bad]
    if len(problems) > MAX_PROBLEMS:
        problems = [*problems[:MAX_PROBLEMS], f"{len(bad)} lines of {file} are not signed by a known key"]
    return CheckpointFile(tuple(found), tuple(problems), tuple(warnings))


def _set_aside_warnings(folder: Path) -> tuple[str, ...]:
    file = folder / SET_ASIDE
    if not file.exists():
        return ()
    count = file.read_bytes().count(b"\n")
    return (f"{count} incomplete checkpoint lines were set aside in {file}",) if count else ()


def _read_keys(file: Path) -> dict[str, jwt.PyJWK] | None:
    try:
        keys = jwt.PyJWKSet.from_dict(json.loads(file.read_bytes())).keys
        return {str(key.key_id): key for key in keys}
    except (OSError, ValueError, TypeError, AttributeError, jwt.PyJWTError):
        return None


def _parsed(line: bytes, keys: dict[str, jwt.PyJWK], number: int) -> Checkpoint | None:
    try:
        text = line.decode("ascii")
        header = jwt.get_unverified_header(text)
        if header.get("typ") != TYPE:
            return None
        claims = jwt.decode(text, keys[str(header.get("kid"))], algorithms=["EdDSA"])
        restore = Restore(**{k: int(v) for k, v in claims["restore"].items()}) if "restore" in claims else None
        return Checkpoint(number, int(claims["seq"]), bytes.fromhex(claims["hash"]), restore)
    except (jwt.PyJWTError, ValueError, KeyError, TypeError, AttributeError):
        return None


def append_checkpoint(
    folder: Path, signer: Signer, *, seq: int, entry_hash: bytes, restore: Restore | None = None
) -> None:
    """Sign a head of the chain and append it as one line; on failure the file is as it was.

    Raises:
        OSError: it could not be written, for example because the disk is full.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _keep_keys(folder / KEYS, signer)
    claims: dict[str, Any] = {"seq": seq, "hash": entry_hash.hex()}
    if restore is not None:
        claims["restore"] = {"entry": restore.entry, "agreed": restore.agreed, "known": restore.known}
    line = signer.sign(claims, token_type=TYPE).encode() + b"\n"
    with _opened(folder / CHECKPOINTS) as descriptor:
        _mend(descriptor, folder)
        _append(descriptor, line)


@contextmanager
def _opened(file: Path) -> Iterator[int]:
    """Open a file for appending, alone: several workers may run beside each other."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _append(descriptor: int, data: bytes) -> None:
    size = os.fstat(descriptor).st_size
    try:
        if os.write(descriptor, data) != len(data):
            raise OSError("The disk took only a part of the line.")
        os.fsync(descriptor)
    except OSError:
        with suppress(OSError):
            os.ftruncate(descriptor, size)
        raise


def _mend(descriptor: int, folder: Path) -> None:
    """Complete a last line that lacks only its end, and set any other incomplete last line aside."""
    tail, size = b"", os.fstat(descriptor).st_size
    start = size
    while start > 0 and b"\n" not in tail:
        step = min(_BLOCK, start)
        start -= step
        tail = os.pread(descriptor, step, start) + tail
    tail = tail.rpartition(b"\n")[2]
    if not tail:
        return
    if _parsed(tail, _read_keys(folder / KEYS) or {}, 0) is not None:
        _append(descriptor, b"\n")
        return
    note = {"set_aside_at": datetime.now(UTC).isoformat(), "text": tail.decode("latin-1")}
    with _opened(folder / SET_ASIDE) as side:
        _append(side, json.dumps(note).encode() + b"\n")
    os.ftruncate(descriptor, size - len(tail))
    os.fsync(descriptor)
    logs.log().warning("checkpoint_set_aside", bytes=len(tail))


def _keep_keys(file: Path, signer: Signer) -> None:
    """Keep every public key that signed a checkpoint, so that old ones can be checked after a rotation.

    A file that cannot be read is left as it is: `read_checkpoints` reports it, and overwriting it would lose old keys.
    """
    stored: Sequence[dict[str, Any]] = []
    if file.exists():
        try:
            stored = json.loads(file.read_bytes())["keys"]
            known = {key["kid"]: key for key in stored}
        except (ValueError, KeyError, TypeError):
            return
    else:
        known = {}
    present = {key["kid"]: key for key in signer.key_set()["keys"]}
    if present.keys() <= known.keys():
        return
    fresh = file.with_suffix(".new")
    with fresh.open("wb") as written:
        written.write(json.dumps({"keys": list((known | present).values())}).encode())
        written.flush()
        os.fsync(written.fileno())
    fresh.replace(file)
