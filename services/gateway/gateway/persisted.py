"""Operations that are named by their hash: automatic ones that clients register, and trusted ones that the operator does."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import valkey
from graphql import GraphQLError

from gateway.shared import connect
from gateway.trusted import Trusted, TrustedDocuments
from kit.caches import BoundedCache
from kit.errors import Forbidden
from kit.logs import log

MODES = ("off", "warn", "enforce")
MAX_TEXTS = 1_000
MAX_FILE_BYTES = 16_000_000  # of all texts in a folder, or in the memory of a process, together
ROOM_EVERY = 50  # texts that are written before the folder is looked through again
KEPT_SECONDS = 7 * 24 * 3600
_PREFIX = "sha256:"
_DIGEST = re.compile("[0-9a-f]{64}")


class NotKnown(Exception):
    """A hash of which the text is not known; the client sends the text along, and it is remembered."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.error = GraphQLError(message, extensions={"code": code})


class Texts(Protocol):
    """Remembers the texts of operations by their sha256."""

    def get(self, digest: str) -> str | None:
        """The text, if it is known."""
        ...

    def put(self, digest: str, text: str) -> None:
        """Remember a text."""
        ...


class LocalTexts:
    """Texts of this process; the longest unused are forgotten."""

    def __init__(self) -> None:
        self._texts: BoundedCache[str, str] = BoundedCache(
            MAX_TEXTS, bytes=MAX_FILE_BYTES, size=lambda digest, text: len(digest) + 4 * len(text)
        )

    def get(self, digest: str) -> str | None:
        """See Texts."""
        return self._texts.get(digest)

    def put(self, digest: str, text: str) -> None:
        """See Texts."""
        self._texts.put(digest, text)


class FileTexts:
    """Texts in a folder that the workers of one host share, with those of this process in front.

    Each text is a file under its hash, which is checked when it is read. The oldest are deleted when there are more than
    `MAX_TEXTS`, or more than `MAX_FILE_BYTES`, and those older than `KEPT_SECONDS`; each worker looks again when it has
    written `ROOM_EVERY`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._written = 0
        self._own = LocalTexts()
        folder.mkdir(parents=True, exist_ok=True)

    def get(self, digest: str) -> str | None:
        """See Texts."""
        found = self._own.get(digest)
        if found is None and _DIGEST.fullmatch(digest):  # what a client sends as a documentId may be any text
            try:
                text = (self._folder / digest).read_bytes().decode()
            except FileNotFoundError:
                return None
            except (OSError, UnicodeDecodeError) as error:
                log().warning("operation_not_read", error=type(error).__name__)
                return None
            if digest_of(text) != digest:
                log().warning("operation_not_read", error="another hash")
                return None
            self._own.put(digest, found := text)
        return found

    def put(self, digest: str, text: str) -> None:
        """See Texts."""
        if self._own.get(digest) == text:
            return
        self._own.put(digest, text)
        try:
            if not (self._folder / digest).exists():
                self._write(digest, text.encode())
        except OSError as error:  # a full disk: this worker knows the text all the same
            log().warning("operation_not_shared", error=type(error).__name__)

    def _write(self, digest: str, text: bytes) -> None:
        if self._written % ROOM_EVERY == 0:
            self._make_room(len(text))
        self._written += 1
        descriptor, path = tempfile.mkstemp(prefix="new-", dir=self._folder)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(text)
            Path(path).replace(self._folder / digest)  # at once: nobody reads a part of it
        except OSError:
            Path(path).unlink(missing_ok=True)
            raise

    def _make_room(self, size: int) -> None:
        files = deque(sorted(self._files(), key=lambda found: found[1].st_mtime_ns))
        total = sum(found[1].st_size for found in files) + size
        old = time.time() - KEPT_SECONDS
        while files and (len(files) >= MAX_TEXTS or total > MAX_FILE_BYTES or files[0][1].st_mtime < old):
            path, oldest = files.popleft()
            total -= oldest.st_size
            with suppress(FileNotFoundError):  # another worker may have been faster
                os.unlink(path)

    def _files(self) -> Iterator[tuple[str, os.stat_result]]:
        with os.scandir(self._folder) as entries:  # a Path for each takes ten times as long
            for entry in entries:
                with suppress(FileNotFoundError):
                    yield entry.path, entry.stat()


class SharedTexts:
    """Texts in Valkey for a week, known to every worker, with those of this process in front."""

    def __init__(self, url: str, ca_file: Path | None = None) -> None:
        self._client = connect(url, ca_file)
        self._own = LocalTexts()

    def get(self, digest: str) -> str | None:
        """See Texts."""
        found = self._own.get(digest)
        if found is None:
            try:
                kept = self._client.get(f"consilium:operation:{digest}")
            except valkey.ValkeyError as error:
                log().warning("valkey_unavailable", error=type(error).__name__)
                return None
            if isinstance(kept, bytes):
                found = kept.decode()
                self._own.put(digest, found)
        return found

    def put(self, digest: str, text: str) -> None:
        """See Texts."""
        if self._own.get(digest) == text:
            return
        self._own.put(digest, text)
        try:
            self._client.set(f"consilium:operation:{digest}", text, ex=KEPT_SECONDS)
        except valkey.ValkeyError as error:
            log().warning("valkey_unavailable", error=type(error).__name__)


def digest_of(text: str) -> str:
    """The sha256 of an operation's text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


class Documents:
    """Finds the text that a request means.

    Args:
        trusted: the operator's manifests.
        mode: off runs any text; warn logs what is not trusted; enforce refuses it.
    """

    def __init__(self, texts: Texts, trusted: TrustedDocuments, mode: str) -> None:
        self._texts, self._trusted, self._mode = texts, trusted, mode

    def text(self, query: str | None, document_id: str | None, digest: str | None) -> str:
        """The operation's text.

        Args:
            query: as sent.
            document_id: the id of a trusted document, or `sha256:` and a hash.
            digest: `extensions.persistedQuery.sha256Hash` of automatic persisted queries.

        Raises:
            NotKnown: nothing is known under this id or hash.
            ValueError: the text has another hash, or nothing was named at all.
            Forbidden: only trusted operations are run here.
        """
        trusted = self._trusted.now()
        if document_id is not None:
            if query is not None:
                raise ValueError("Send `query` or `documentId`, not both.")
            found = trusted.by_id.get(document_id) or self._by_digest(trusted, document_id.removeprefix(_PREFIX))
            if found is None:
                raise self._not_known("No operation is known under this documentId.")
        elif digest is not None:
            found = self._automatic(trusted, query, digest)
        elif query is None:
            raise ValueError("`query` must be a text.")
        else:
            found = query
        self._check(trusted, found)
        return found

    def _by_digest(self, trusted: Trusted, digest: str) -> str | None:
        return trusted.by_id.get(digest) or trusted.by_id.get(_PREFIX + digest) or self._texts.get(digest)

    def _automatic(self, trusted: Trusted, query: str | None, digest: str) -> str:
        if query is not None and digest_of(query) != digest:
            raise ValueError("The sha256Hash is not that of the query.")
        found = query if query is not None else self._by_digest(trusted, digest)
        if found is None:
            raise self._not_known("PersistedQueryNotFound")
        return found

    def _not_known(self, message: str) -> NotKnown:
        """Say that an id is not known: where only trusted operations are run, sending the text along would not help."""
        if self._mode != "enforce":
            return NotKnown("PERSISTED_QUERY_NOT_FOUND", message)
        return NotKnown(
            "PERSISTED_QUERY_NOT_IN_LIST",
            "This operation is in no manifest of this instance, and its text would be refused. Its operator registers the "
            "operations of each release of a client.",
        )

    def _check(self, trusted: Trusted, text: str) -> None:
        if self._mode == "off" or text in trusted.texts:
            return
        if self._mode == "enforce":
            raise Forbidden("Only operations that the operator has registered are run here.")
        log().warning("operation_not_trusted", sha256=digest_of(text))

    def registers(self, query: str | None, digest: str | None) -> bool:
        """Whether a text comes with its hash, and is not known under it yet."""
        return query is not None and digest is not None and self._texts.get(digest) is None

    def remember(self, query: str | None, digest: str | None) -> None:
        """Remember a text that was sent with its hash and is a valid operation."""
        if query is not None and digest is not None:
            self._texts.put(digest, query)
