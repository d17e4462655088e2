"""What every import shares: reading CSV with flat memory, batches in flight, a checkpoint, a file of refused rows."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
from codecs import BOM_UTF8
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from consilium.home import Home
from kit.errors import Invalid
from kit.memory import collect_less

MAX_FIELD_LENGTH = 1_000_000


@dataclass(frozen=True)
class Form:
    """How a file is written.

    Args:
        encodings: each line is in the first of these that it fits.
        quoted: whether cells may stand in quotes.
    """

    encodings: tuple[str, ...]
    delimiter: str = ","
    quoted: bool = True

    def rows(self, lines: Iterable[str]) -> Iterator[list[str]]:
        """Part lines into cells."""
        if self.quoted:
            return csv.reader(lines, delimiter=self.delimiter)
        return csv.reader(lines, delimiter=self.delimiter, quoting=csv.QUOTE_NONE)


@dataclass
class Tally:
    """What became of a file's rows, and how many cases they opened.

    Args:
        older: how many of the unchanged are older than what is stored.
        skipped_as: counts those that were skipped by what they are.
    """

    read: int = 0
    stored: int = 0
    unchanged: int = 0
    skipped: int = 0
    rejected: int = 0
    older: int = 0
    deactivated: int = 0
    opened: int = 0
    skipped_as: dict[str, int] = field(default_factory=dict)

    def skip(self, counts: Counter[str]) -> None:
        """Count rows that were skipped."""
        self.skipped += counts.total()
        self.skipped_as = dict(Counter(self.skipped_as) + counts)

    def say_skipped(self) -> str:
        """How many rows were skipped, and what they were.

        >>> tally = Tally()
        >>> tally.skip(Counter({"organisations": 2, "students": 1}))
        >>> tally.say_skipped()
        '3 skipped (2 organisations, 1 students)'
        """
        return skipped_as(self.skipped_as)


def skipped_as(counts: Mapping[str, int]) -> str:
    """Say how many rows were skipped, and what they were."""
    parts = ", ".join(f"{count:,} {what}" for what, count in counts.items())
    return f"{sum(counts.values()):,} skipped" + (f" ({parts})" if parts else "")


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
    skipped: Counter[str] = field(default_factory=Counter)
    offset: int = 0
    line: int = 0


class Skip(Exception):
    """This row is not meant to be imported; its text says what such rows are."""


Convert = Callable[[Row], dict[str, Any]]
Read = Callable[[Sequence[str]], dict[str, str]]
Store = Callable[[list[dict[str, Any]]], dict[str, Any]]


def _lines(file: BinaryIO, position: _Position, encodings: Sequence[str]) -> Iterator[str]:
    """The file's lines as texts; `position` follows what has been taken.

    Raises:
        Invalid: a line is in none of the encodings.
    """
    for raw in file:
        position.offset += len(raw)
        position.line += 1
        yield _decoded(raw.removeprefix(BOM_UTF8) if position.line == 1 else raw, position.line, encodings)


def _decoded(raw: bytes, line: int, encodings: Sequence[str]) -> str:
    for encoding in encodings[:-1]:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    try:
        return raw.decode(encodings[-1])
    except UnicodeDecodeError as error:
        raise Invalid(f"Line {line} is not {' or '.join(encodings)}: byte {error.start}.") from error


def lines_and_rows(source: BinaryIO, form: Form) -> Iterator[tuple[int, list[str]]]:
    """The rows of a file from where it stands, its header first, each with the number of its first line.

    Raises:
        Invalid: a line is in none of the encodings, or a row cannot be parted into cells.
    """
    csv.field_size_limit(MAX_FIELD_LENGTH)
    position = _Position()
    reader = form.rows(_lines(source, position, form.encodings))
    while True:
        line = position.line + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise Invalid(f"Line {line} cannot be read as CSV: {error}.") from error
        if cells is None:
            return
        if cells:
            yield line, cells


def header_of(path: Path, form: Form) -> list[str]:
    """The column names of a CSV file.

    Raises:
        Invalid: the file is empty.
    """
    with path.open("rb") as file:
        names = next(form.rows(_lines(file, _Position(), form.encodings)), None)
    if not names:
        raise Invalid(f"{path.name} is empty.")
    return [name.strip() for name in names]


def day_of(path: Path) -> date | None:
    """The day that a file's name ends in; None where it names none.

    >>> day_of(Path("npidata_pfile_20050523-20261108.csv")) == day_of(Path("PS_LibreAcces_Personne_202611080813.txt"))
    True
    """
    found = re.search(r"[-_](\d{4})(\d{2})(\d{2})(?:\d{4}|_v2)?$", path.stem)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def changed_on(path: Path) -> date:
    """The day on which a file was last changed."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).date()


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

    def save(self, state: Mapping[str, object]) -> None:
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
    form: Form,
    convert: Convert,
    store: Store,
    batch_size: int,
    in_flight: int = 1,
    console: Console,
    progress: Progress,
    reader: Callable[[Sequence[str]], Read] | None = None,
) -> tuple[Tally, Path | None]:
    """Read a CSV file, convert each row and store it in batches.

    Args:
        kind: what is imported, for the progress bar and the checkpoint.
        convert: makes the row to store; raises Skip, or Invalid with the reason to refuse it.
        store: stores a batch and answers {stored, unchanged, rejected: [{ref, reason}]}; of people also {older, deactivated,
            skipped, opened}.
        in_flight: how many batches are stored side by side; 1 where a row may name one of the batch before.
        reader: makes of the header what reads a row's cells; without it they are read by the names of their columns.

    Returns:
        the tally, and the file of refused rows if there are any.

    Raises:
        DomainError: the file cannot be read, or a service does not answer; what was stored stays, and the next
            import goes on from there.
    """
    csv.field_size_limit(MAX_FIELD_LENGTH)
    collect_less()
    names = header_of(path, form)
    read = reader(names) if reader else lambda cells: dict(zip(names, cells, strict=True))
    checkpoint = Checkpoint(path, kind)
    before = checkpoint.load()
    tally = Tally(**{k: v for k, v in (before or {}).items() if k not in {"offset", "line"}})  # type: ignore[arg-type]
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
        unused = Counter({"deactivated numbers that are not here": answer.get("skipped", 0)})
        tally.skip(batch.skipped + unused)
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
        for batch in _batches(file, len(names), before, form, read, convert, batch_size):
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
    file: BinaryIO,
    width: int,
    before: Mapping[str, int] | None,
    form: Form,
    read: Read,
    convert: Convert,
    batch_size: int,
) -> Iterator[_Batch]:
    position = _Position()
    if before:
        file.seek(before["offset"])
        position = _Position(before["offset"], before["line"])
    reader = form.rows(_lines(file, position, form.encodings))
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
            if len(cells) != width:
                raise Invalid(f"has {len(cells)} cells instead of {width}")
            row = convert(Row(line, read(cells)))
            ref = str(row.get("ref"))
            if ref in seen:
                raise Invalid("the reference stands twice in this file")
            seen.add(ref)
            batch.rows.append((line, row))
        except Skip as skipped:
            batch.skipped[str(skipped)] += 1
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
