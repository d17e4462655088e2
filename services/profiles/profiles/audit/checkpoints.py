"""Signed checkpoints of the audit trail: one line a checkpoint, in a file outside the database.

Lines are chained: each states its number and a digest over all lines before it, so that none can be dropped, swapped or
edited. The number and digest of the last one (a `Link`) are kept in PostgreSQL and in Neo4j too, so that the newest lines
cannot be cut off together with the entries that they sign. Lines of releases that did not chain them count by their place.

A line is appended whole, with fsync, or not at all. If a crash or a full disk nevertheless leaves an incomplete last
line, the next append moves it to a side file, and `consilium audit verify` says so. Any other line that cannot be read
is an alarm: it is reported, never repaired, and stops nothing.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
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
MAX_RECENT = 1000  # places in the chain that are kept in memory
_BLOCK = 4096

Keys = Mapping[str, jwt.PyJWK]


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
class Link:
    """A place in the chain of checkpoints.

    Args:
        number: of the last checkpoint, from 1; 0 before the first.
        digest: 32 bytes over all checkpoints up to it.
    """

    number: int
    digest: bytes

    def after(self, line: bytes) -> Link:
        """The place after one more line."""
        return Link(self.number + 1, hashlib.sha256(self.digest + line).digest())


BEGINNING = Link(0, hashlib.sha256(b"").digest())


@dataclass(frozen=True)
class Checkpoint:
    """A signed head of the chain of entries: the hash of entry `seq`, in line `line` of the file.

    Args:
        link: its own place in the chain of checkpoints.
        before: the place that it states for the checkpoint before it; None in lines of releases that did not chain them.
    """

    line: int
    seq: int
    hash: bytes
    restore: Restore | None = None
    link: Link = BEGINNING
    before: Link | None = None


@dataclass(frozen=True)
class CheckpointFile:
    """The checkpoints of a folder.

    Args:
        checkpoints: those that are signed by a known key, in the order of the file.
        problems: sentences about lines that cannot be read, were not signed here, or do not follow the one before.
        warnings: sentences about incomplete lines.
    """

    checkpoints: tuple[Checkpoint, ...] = ()
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def last(self) -> int:
        """The number of the entry that the last line signed; 0 without one."""
        return self.checkpoints[-1].seq if self.checkpoints else 0

    @property
    def known(self) -> int:
        """The highest number of an entry that any line signed; 0 without one."""
        return max((checkpoint.seq for checkpoint in self.checkpoints), default=0)

    @property
    def end(self) -> Link:
        """The place of the last line in the chain."""
        return self.checkpoints[-1].link if self.checkpoints else BEGINNING

    def holds(self, link: Link) -> bool:
        """Whether the chain leads through this place."""
        return link == BEGINNING or any(checkpoint.link == link for checkpoint in self.checkpoints)


def read_checkpoints(folder: Path, trusted: Keys | None = None) -> CheckpointFile:
    """Read the checkpoints of a folder; what cannot be read becomes a problem, never an exception.

    Args:
        trusted: the public keys that sign chained lines; those that the folder itself names where they are not given.

    Raises:
        OSError: the files cannot be opened.
    """
    file = folder / CHECKPOINTS
    if not file.exists():
        return CheckpointFile(warnings=_set_aside_warnings(folder))
    keys = _read_keys(folder / KEYS)
    if keys is None and trusted is None:
        return CheckpointFile(
            problems=(f"the keys that signed the checkpoints cannot be read: {folder / KEYS}",),
            warnings=_set_aside_warnings(folder),
        )
    whole, _, tail = file.read_bytes().rpartition(b"\n")
    lines = whole.split(b"\n") if whole else []
    reading = _Reading(folder, keys or {}, trusted)
    for line in lines:
        reading.take(line)
    warnings = list(_set_aside_warnings(folder))
    if tail and not reading.take(tail, incomplete=True):
        warnings.append(f"the last line of {file} is incomplete; the next checkpoint sets it aside")
    return CheckpointFile(tuple(reading.found), tuple(reading.problems()), tuple(warnings))


class _Reading:
    """Reads a file line by line, and follows its chain."""

    def __init__(self, folder: Path, keys: Keys, trusted: Keys | None) -> None:
        self.found: list[Checkpoint] = []
        self._file, self._keys, self._trusted = folder / CHECKPOINTS, keys, trusted
        self._end, self._line = BEGINNING, 0
        self._bad: list[int] = []
        self._broken: list[str] = []

    def take(self, line: bytes, *, incomplete: bool = False) -> bool:
        """Take a line; False where it is no checkpoint of a known key.

        Args:
            incomplete: it may have been cut off, and is then no problem.
        """
        self._line += 1
        checkpoint = _parsed(line, self._keys, self._trusted, self._line)
        if checkpoint is None:
            if not incomplete:
                self._bad.append(self._line)
            return False
        before = checkpoint.before or self._end
        if before != self._end:
            where = f"line {self._line} of {self._file}"
            if before.number > self._end.number:
                first, last = self._end.number + 1, before.number
                missing = f"checkpoint {first} is" if first == last else f"checkpoints {first} to {last} are"
                self._broken.append(f"{missing} missing before {where}")
            else:
                self._broken.append(f"the checkpoint in {where} does not follow the one before it")
        self._end = before.after(line)
        self.found.append(
            Checkpoint(self._line, checkpoint.seq, checkpoint.hash, checkpoint.restore, self._end, checkpoint.before)
        )
        return True

    def problems(self) -> list[str]:
        """What is wrong, in sentences, at most `MAX_PROBLEMS` of a kind."""
        unsigned = [
            f"the checkpoint in line {number} of {self._file} is not signed by a known key" for number in self._bad
        ]
        if len(unsigned) > MAX_PROBLEMS:
            more = f"{len(unsigned)} lines of {self._file} are not signed by a known key"
            unsigned = [*unsigned[:MAX_PROBLEMS], more]
        return [*unsigned, *self._broken[:MAX_PROBLEMS]]


def compare_links(file: CheckpointFile, known: Mapping[str, Link | None]) -> list[str]:
    """Return what is wrong with the checkpoints of a folder by what others know of them.

    Args:
        known: the last place in the chain, by who knows it; None where nothing is known.
    """
    problems = []
    for name, link in known.items():
        if link is None or file.holds(link):
            continue
        if link.number > file.end.number:
            first = file.end.number + 1
            missing = f"checkpoint {first} is" if first == link.number else f"checkpoints {first} to {link.number} are"
            problems.append(f"{missing} missing: {name} knows of {link.number}")
        else:
            problems.append(f"checkpoint {link.number} is not the one that {name} knows")
    return problems


def _set_aside_warnings(folder: Path) -> tuple[str, ...]:
    file = folder / SET_ASIDE
    if not file.exists():
        return ()
    count = file.read_bytes().count(b"\n")
    return (f"{count} incomplete checkpoint lines were set aside in {file}",) if count else ()


def _read_keys(file: Path) -> dict[str, jwt.PyJWK] | None:
    try:
        return key_set(json.loads(file.read_bytes()))
    except (OSError, ValueError, TypeError, AttributeError, jwt.PyJWTError):
        return None


def key_set(jwks: dict[str, Any]) -> dict[str, jwt.PyJWK]:
    """The keys of a JSON Web Key Set by their ids."""
    return {str(key.key_id): key for key in jwt.PyJWKSet.from_dict(jwks).keys}


def _parsed(line: bytes, keys: Keys, trusted: Keys | None, number: int) -> Checkpoint | None:
    try:
        text = line.decode("ascii")
        header = jwt.get_unverified_header(text)
        if header.get("typ") != TYPE:
            return None
        kid = str(header.get("kid"))
        key = trusted[kid] if trusted is not None and kid in trusted else keys[kid]
        claims = jwt.decode(text, key, algorithms=["EdDSA"])
        before = Link(int(claims["number"]) - 1, bytes.fromhex(claims["before"])) if "number" in claims else None
        if before is not None and trusted is not None and kid not in trusted:
            return None
        restore = Restore(**{k: int(v) for k, v in claims["restore"].items()}) if "restore" in claims else None
        return Checkpoint(number, int(claims["seq"]), bytes.fromhex(claims["hash"]), restore, before=before)
    except (jwt.PyJWTError, ValueError, KeyError, TypeError, AttributeError):
        return None


class CheckpointLog:
    """Appends signed checkpoints to a folder's file, each chained to the one before.

    Args:
        signer: signs with the key that only the worker has.
    """

    def __init__(self, folder: Path, signer: Signer) -> None:
        self.folder, self._signer = folder, signer
        self._size, self._end = -1, BEGINNING
        self._recent: deque[Link] = deque(maxlen=MAX_RECENT)

    def read(self) -> CheckpointFile:
        """What the file holds.

        Raises:
            OSError: it cannot be opened.
        """
        return read_checkpoints(self.folder, key_set(self._signer.key_set()))

    def append(self, *, seq: int, entry_hash: bytes, known: Link | None = None, restore: Restore | None = None) -> Link:
        """Sign a head of the chain of entries and append it as one line; on failure the file is as it was.

        Where the file does not hold the last checkpoint that others know, because lines were cut off or changed, the new one
        follows that and not the file's own last line: the gap stays visible for ever.

        Args:
            known: the last checkpoint that the database knows.

        Returns:
            its place in the chain.

        Raises:
            OSError: it could not be written, for example because the disk is full.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        _keep_keys(self.folder / KEYS, self._signer)
        with _opened(self.folder / CHECKPOINTS) as descriptor:
            _mend(descriptor, self.folder, key_set(self._signer.key_set()))
            if os.fstat(descriptor).st_size != self._size:  # another worker, or somebody else, has written
                self._note(self.read())
            before = self._end
            if known is not None and not self.holds(known):
                before = known
                logs.log().error(
                    "checkpoints_missing", known=known.number, found=self._end.number,
                    sentence="The file of checkpoints lacks lines that the database knows, or others stand there.",
                )  # fmt: skip
            claims: dict[str, Any] = {
                "seq": seq, "hash": entry_hash.hex(), "number": before.number + 1, "before": before.digest.hex(),
            }  # fmt: skip
            if restore is not None:
                claims["restore"] = {"entry": restore.entry, "agreed": restore.agreed, "known": restore.known}
            line = self._signer.sign(claims, token_type=TYPE).encode()
            _append(descriptor, line + b"\n")
            size = os.fstat(descriptor).st_size
        self._size, self._end = size, before.after(line)
        self._recent.append(self._end)
        return self._end

    def holds(self, link: Link) -> bool:
        """Whether the file's chain leads through this place.

        Raises:
            OSError: the file cannot be opened.
        """
        return link == BEGINNING or link in self._recent or self.read().holds(link)

    def _note(self, file: CheckpointFile) -> None:
        self._end = file.end
        self._recent.clear()
        self._recent.extend(checkpoint.link for checkpoint in file.checkpoints[-MAX_RECENT:])


@contextmanager
def _opened(file: Path) -> Iterator[int]:
    """Open a file for appending, alone: several workers may run beside each other."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
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


def _mend(descriptor: int, folder: Path, trusted: Keys) -> None:
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
    if _parsed(tail, _read_keys(folder / KEYS) or {}, trusted, 0) is not None:
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
