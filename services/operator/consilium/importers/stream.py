"""What every import shares: reading CSV with flat memory, batches in flight, a checkpoint, a file of refused rows."""

from __future__ import annotations

import csv
import hashlib
import json
import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from consilium.home import Home
from kit.errors import Invalid
from kit.memory import collect_less

MAX_FIELD_LENGTH = 1_000_000


@dataclass
class Tally:
    """What became of a file's rows, and how many cases they opened; `older` counts a part of the unchanged."""

    read: int = 0
    stored: int = 0
    unchanged: int = 0
    skipped: int = 0
    rejected: int = 0
    older: int = 0
    deactivated: int = 0
    opened: int = 0


@dataclass(frozen=True)
class Row:
    """A row of a file: its first line's number, and its cells by column name."""

    line: int
    cells: dict[str, str]


@dataclass
class _Position:
    """How far a file has been read: bytes and lines."""

    offset: int = 0
    line: int = 0


@dataclass
class _Batch:
    """Rows that are stored together, and where the file stands behind them."""

    rows: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    refused: list[tuple[int, str, str]] = field(default_factory=list)
    read: int = 0
    skipped: int = 0
    offset: int = 0
    line: int = 0


class Skip(Exception):
    """This row is not meant to be imported."""


Convert = Callable[[Row], dict[str, Any]]
Store = Callable[[list[dict[str, Any]]], dict[str, Any]]


def _lines(file: BinaryIO, position: _Position, encoding: str) -> Iterator[str]:
    """The file's lines as texts; `position` follows what has been taken.

    Raises:
        Invalid: a line is not in the encoding.
    """
    for raw in file:
        position.offset += len(raw)
        position.line += 1
        try:
            yield raw.decode(encoding)
        except UnicodeDecodeError as error:
            raise Invalid(f"Line {position.line} is not {encoding}: byte {error.start}.") from error


def header_of(path: Path, encoding: str) -> list[str]:
    """The column names of a CSV file.

    Raises:
        Invalid: the file is empty.
    """
    with path.open("rb") as file:
        names = next(csv.reader(_lines(file, _Position(), encoding)), None)
    if not names:
        raise Invalid(f"{path.name} is empty.")
    names[0] = names[0].removeprefix("\ufeff")
    return [name.strip() for name in names]


class Checkpoint:
    """How far an import got, kept beside the installation's data; gone when the file is done.

    A file that was changed in between is begun anew, which is harmless because rows are stored once.
    """

    def __init__(self, path: Path, kind: str) -> None:
        stat = path.stat()
        key = f"{path.resolve()}\n{stat.st_size}\n{stat.st_mtime_ns}\n{kind}"
        name = hashlib.sha256(key.encode()).hexdigest()[:16]
        folder = Home.here().root / "imports"
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / f"{name}.json"
        self.rejected = folder / f"{path.stem}.{name}.rejected.csv"

    def load(self) -> dict[str, int] | None:
        """Where an interrupted import stopped."""
        try:
            return json.loads(self._file.read_text(encoding="utf-8"))  # type: ignore[no-any-return]
        except (OSError, ValueError):
            return None

    def save(self, state: dict[str, int]) -> None:
        """Remember how far all is stored; never half written."""
        draft = self._file.with_suffix(".tmp")
        draft.write_text(json.dumps(state), encoding="utf-8")
        os.replace(draft, self._file)

    def done(self) -> None:
        """Forget; the file is imported."""
        self._file.unlink(missing_ok=True)


def import_csv(
    path: Path,
    *,
    kind: str,
    encoding: str,
    convert: Convert,
    store: Store,
    batch_size: int,
    in_flight: int = 1,
    console: Console,
    progress: Progress,
) -> tuple[Tally, Path | None]:
    """Read a CSV file, convert each row and store it in batches.

    Args:
        kind: what is imported, for the progress bar and the checkpoint.
        convert: makes the row to store; raises Skip, or Invalid with the reason to refuse it.
        store: stores a batch and answers {stored, unchanged, rejected: [{ref, reason}]}; of people also {older, deactivated,
            skipped, opened}.
        in_flight: how many batches are stored side by side; 1 where a row may name one of the batch before.

    Returns:
        the tally, and the file of refused rows if there are any.

    Raises:
        DomainError: the file cannot be read, or a service does not answer; what was stored stays, and the next
            import goes on from there.
    """
    csv.field_size_limit(MAX_FIELD_LENGTH)
    collect_less()
    names = header_of(path, encoding)
    checkpoint = Checkpoint(path, kind)
    before = checkpoint.load()
    tally = Tally(**{k: v for k, v in (before or {}).items() if k not in {"offset", "line"}})
    if before:
        console.print(f"{path.name}: going on at line {before['line'] + 1}.", highlight=False)
    elif checkpoint.rejected.exists():
        checkpoint.rejected.unlink()
    task = progress.add_task(kind, total=path.stat().st_size, completed=before["offset"] if before else 0)

    def finish(batch: _Batch, future: Future[dict[str, Any]] | None) -> None:
        answer: dict[str, Any] = future.result() if future else {"stored": 0, "unchanged": 0, "rejected": []}
        by_ref = {str(row.get("ref")): line for line, row in batch.rows}
        refused = batch.refused + [(by_ref.get(r["ref"], 0), r["ref"], r["reason"]) for r in answer["rejected"]]
        if refused:
            _write_refused(checkpoint.rejected, sorted(refused))
        tally.read += batch.read
        tally.skipped += batch.skipped + answer.get("skipped", 0)
        tally.older += answer.get("older", 0)
        tally.deactivated += answer.get("deactivated", 0)
        tally.opened += answer.get("opened", 0)
        tally.stored += answer["stored"]
        tally.unchanged += answer["unchanged"]
        tally.rejected += len(refused)
        checkpoint.save({**vars(tally), "offset": batch.offset, "line": batch.line})
        progress.update(task, completed=batch.offset, description=f"{kind} {tally.read:,}")

    with path.open("rb") as file, ThreadPoolExecutor(in_flight) as pool:
        waiting: deque[tuple[_Batch, Future[dict[str, Any]] | None]] = deque()
        for batch in _batches(file, names, before, encoding, convert, batch_size):
            rows = [row for _, row in batch.rows]
            waiting.append((batch, pool.submit(store, rows) if rows else None))
            if len(waiting) > in_flight:
                finish(*waiting.popleft())
        while waiting:
            finish(*waiting.popleft())
    checkpoint.done()
    progress.update(task, completed=path.stat().st_size)
    return tally, checkpoint.rejected if checkpoint.rejected.exists() else None


def _batches(
    file: BinaryIO, names: list[str], before: dict[str, int] | None, encoding: str, convert: Convert, batch_size: int
) -> Iterator[_Batch]:
    position = _Position()
    if before:
        file.seek(before["offset"])
        position = _Position(before["offset"], before["line"])
    reader = csv.reader(_lines(file, position, encoding))
    if not before:
        next(reader, None)
    batch, seen = _Batch(), set[str]()
    while True:
        line = position.line + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            batch.refused.append((line, "", f"cannot be read as CSV: {error}"))
            continue
        if cells is None:
            break
        if not cells:
            continue
        batch.read += 1
        try:
            if len(cells) != len(names):
                raise Invalid(f"has {len(cells)} cells instead of {len(names)}")
            row = convert(Row(line, dict(zip(names, cells, strict=True))))
            ref = str(row.get("ref"))
            if ref in seen:
                raise Invalid("the reference stands twice in this file")
            seen.add(ref)
            batch.rows.append((line, row))
        except Skip:
            batch.skipped += 1
        except Invalid as error:
            batch.refused.append((line, cells[0][:100], error.message))
        if len(batch.rows) >= batch_size or batch.read >= 20 * batch_size:
            batch.offset, batch.line = position.offset, position.line
            yield batch
            batch, seen = _Batch(), set()
    batch.offset, batch.line = position.offset, position.line
    yield batch


def _write_refused(file: Path, refused: list[tuple[int, str, str]]) -> None:
    fresh = not file.exists()
    with file.open("a", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        if fresh:
            writer.writerow(["line", "ref", "reason"])
        writer.writerows(refused)


def bar(console: Console) -> Progress:
    """A progress bar over a file's bytes, with an estimate of the time left."""
    return Progress(
        TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn(),
        console=console, disable=not console.is_terminal,
    )  # fmt: skip
