"""How far the change feed is known to have come, shared by the worker processes of one host.

A worker that has committed a change raises the position before it answers. Every worker compares it before it answers from
memory, which costs a look at shared memory instead of a question to Neo4j.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
import uuid
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

_HOST_BYTES = 16
_POSITION = struct.Struct("<q")
_SIZE = _HOST_BYTES + _POSITION.size
FILE_NAME = "feed-position"


class SharedPosition:
    """A position in a file that the workers of one host map into memory.

    Args:
        file: opened for reading and writing; empty at first.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        with _Locked(file):
            if os.fstat(file.fileno()).st_size < _SIZE:
                file.write(uuid.uuid4().bytes + _POSITION.pack(0))
                file.flush()
            self._memory = mmap.mmap(file.fileno(), _SIZE)

    @classmethod
    def at(cls, folder: str | None) -> SharedPosition:
        """The position of all who name the same folder; one of this process alone where there is none."""
        if not folder:
            return cls(TemporaryFile())  # noqa: SIM115  # open as long as the process
        path = Path(folder) / FILE_NAME
        return cls(os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b"))

    @property
    def host(self) -> str:
        """The id of all who share it."""
        return str(uuid.UUID(bytes=self._memory[:_HOST_BYTES]))

    def read(self) -> int:
        """The highest position that a worker of this host has committed or seen."""
        return int(_POSITION.unpack_from(self._memory, _HOST_BYTES)[0])

    def advance(self, position: int) -> None:
        """Raise it to a position; a lower one changes nothing."""
        if position <= self.read():
            return
        with _Locked(self._file):
            if position > self.read():
                _POSITION.pack_into(self._memory, _HOST_BYTES, position)

    def lower(self, expected: int, position: int) -> None:
        """Set it back, unless it was changed meanwhile: Neo4j does not have what was said to be there."""
        with _Locked(self._file):
            if self.read() == expected:
                _POSITION.pack_into(self._memory, _HOST_BYTES, position)


class _Locked:
    """Holds a file's lock against other processes; it is never held while waiting for anything else."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def __enter__(self) -> None:
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        fcntl.flock(self._file, fcntl.LOCK_UN)
