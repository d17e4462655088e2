"""The operator's trusted operations: manifests of several clients and releases, read again when they change."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kit.logs import log
from kit.settings import SettingsError

SETTING = "CONSILIUM_TRUSTED_DOCUMENTS"
LOOK_SECONDS = 2.0  # that what is trusted may be behind the files
_APOLLO = "apollo-persisted-query-manifest"


@dataclass(frozen=True)
class Trusted:
    """Texts by id, and all of them."""

    by_id: dict[str, str]
    texts: frozenset[str]


def paths_of(text: str) -> tuple[Path, ...]:
    """The files and folders that the setting names."""
    return tuple(Path(part) for part in text.strip().split(os.pathsep) if part)


def read_trusted(paths: Sequence[Path]) -> Trusted:
    """Every operation of every manifest; of a folder, each file that ends in `.json`.

    Raises:
        SettingsError: one cannot be read or is no manifest, or two give one id to different operations.
    """
    found: dict[str, str] = {}
    for file in _files(paths):
        for own, text in read_manifest(file).items():
            if found.setdefault(own, text) != text:
                raise SettingsError(f"{SETTING} has two operations with the id {own!r}; {file} is the second.")
    return Trusted(found, frozenset(found.values()))


def read_manifest(file: Path) -> dict[str, str]:
    """Trusted operations by id: a manifest of graphql-codegen or Relay ({id: text}), or of Apollo.

    Raises:
        SettingsError: there is no such file, or it is no manifest.
    """
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        if isinstance(found, dict) and found.get("format") == _APOLLO:
            found = {operation["id"]: operation["body"] for operation in found["operations"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SettingsError(f"{SETTING} names {file}, which is no manifest: {error}.") from error
    if not isinstance(found, dict) or not all(isinstance(text, str) for text in found.values()):
        raise SettingsError(f"{SETTING} names {file}, which is no manifest of ids and texts.")
    return {str(own): text for own, text in found.items()}


class TrustedDocuments:
    """What is trusted now. A request that finds the files changed reads them, while others go on with what was read before.

    Where they cannot be read, what was read before stays, and the log says why; so a file may be replaced, or half written.

    Args:
        paths: files and folders; none where nothing is trusted.
        clock: seconds that only grow.

    Raises:
        SettingsError: they cannot be read at the start.
    """

    def __init__(self, paths: Sequence[Path], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._paths, self._clock = tuple(paths), clock
        self._lock = threading.Lock()
        self._stamp = _stamp(self._paths)
        self._trusted = read_trusted(self._paths)
        self._looked_at = clock()

    def now(self) -> Trusted:
        """What is trusted."""
        due = bool(self._paths) and self._clock() - self._looked_at >= LOOK_SECONDS
        if due and self._lock.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._looked_at = self._clock()
                self._lock.release()
        return self._trusted

    def _look(self) -> None:
        stamp = _stamp(self._paths)  # before reading: what is written meanwhile is seen the next time
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._trusted = read_trusted(self._paths)
        except SettingsError as error:
            log().error("trusted_documents_not_read", sentence=str(error))
        else:
            log().info("trusted_documents_read", operations=len(self._trusted.by_id))


def _files(paths: Sequence[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        found += sorted(path.glob("*.json")) if path.is_dir() else [path]
    return found


def _stamp(paths: Sequence[Path]) -> list[tuple[str, int, int, int]]:
    """What tells that a file was changed, replaced, added or taken away."""
    found = []
    for file in _files(paths):
        try:
            state = file.stat()
        except OSError:
            continue
        found.append((str(file), state.st_mtime_ns, state.st_size, state.st_ino))
    return found
