"""Copies of registers and lists of sanctions, as they are published, or as CSV files in the forms that `kit.delimited` reads.

A CSV file of a register has the columns `number` and `name`, and may have `standing` (GOOD by default), `specialty` and
`expires_on`. One of a list of sanctions has `name`, and may have `authority`, `number`, `country` and `imposed_on`.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from rich.console import Console

from consilium.client import OperatorClient
from consilium.home import Home
from consilium.importers.adapters.adapter import REGISTER, SANCTIONS, Adapter
from consilium.importers.adapters.entries import AUTO, PublishedFile, adapter_of
from consilium.importers.stream import bar, changed_on, day_of, skipped_as
from contracts.registers import RegisterImport
from kit.clock import new_id, now
from kit.delimited import Refusal, Row, Table, read_table
from kit.errors import DomainError, Invalid, RemoteProblem

BATCH = 2000
SHOWN = 10
COLUMNS = ("number", "name", "standing", "specialty", "expires_on")


@dataclass
class _Rows:
    """What became of a file's rows: counts, the first refused and doubtful ones, and a file of all of them."""

    file: Path
    taken: int = 0
    refused: int = 0
    doubtful: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    doubts: list[Refusal] = field(default_factory=list)

    def add(self, taken: int, refused: Sequence[Refusal], doubtful: Sequence[Refusal]) -> None:
        """Count a batch, and write down which rows were refused or are doubtful."""
        if not self.taken + self.refused:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self.file.write_text("line,column,taken,reason\n", encoding="utf-8")
        self.taken += taken
        self.refused += len(refused)
        self.doubtful += len(doubtful)
        self.refusals = [*self.refusals, *refused][:SHOWN]
        self.doubts = [*self.doubts, *doubtful][:SHOWN]
        with self.file.open("a", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerows((row.line, row.column or "", "no", row.reason) for row in refused)
            writer.writerows((row.line, row.column or "", "yes", row.reason) for row in doubtful)

    def tell(self, console: Console) -> None:
        """Print the first refused and doubtful rows, and where all of them stand."""
        if self.doubtful:
            _say(console, f"{self.doubtful:,} of the rows that were taken should be looked at:")
            _tell(console, self.doubts, self.doubtful)
        if self.refused:
            _say(console, f"{self.refused:,} rows were refused:")
            _tell(console, self.refusals, self.refused)
        if self.doubtful + self.refused > SHOWN:
            _say(console, f"All of them: {self.file}")
        elif self.file.exists():
            self.file.unlink()


@dataclass(frozen=True)
class _Source:
    """The rows of a file, how it is read, and which of its rows are left out; `skipped` fills while they are read."""

    rows: Iterator[Row | Refusal]
    form: str
    skipped: Counter[str]

    def say_skipped(self) -> str:
        """How many rows were left out, to go on a sentence with."""
        return f", {skipped_as(self.skipped)}" if self.skipped else ""


def _source(
    path: Path, file: BinaryIO, adapter: Adapter | None, encoding: str | None, needed: tuple[str, ...]
) -> _Source:
    if adapter:
        published = PublishedFile(file, adapter)
        return _Source(published.rows(), adapter.title, published.skipped)
    table = read_table(file, encoding=encoding)
    _require(path, table, needed)
    return _Source(table.rows, f"{table.encoding} with a {table.delimiter} between columns", Counter())


def _require(path: Path, table: Table, needed: tuple[str, ...]) -> None:
    missing = [name for name in needed if name not in table.columns]
    if missing:
        raise Invalid(
            f"{path.name} has no column {missing[0]!r} in its first line. Read as {table.encoding} with a {table.delimiter} "
            f"between columns, it has: {', '.join(table.columns)[:300]}."
        )


def _tell(console: Console, rows: Sequence[Refusal], total: int | None = None) -> None:
    for row in rows[:SHOWN]:
        column = f"{row.column}: " if row.column else ""
        console.print(f"  line {row.line}: {column}{row.reason}", highlight=False, soft_wrap=True, markup=False)
    if (more := (len(rows) if total is None else total) - SHOWN) > 0:
        console.print(f"  and {more:,} more", highlight=False)


def _say(console: Console, text: str) -> None:
    console.print(text, highlight=False, soft_wrap=True, markup=False)


def _send(
    client: OperatorClient, snapshot: str, path: Path, adapter: Adapter | None, encoding: str | None, console: Console
) -> tuple[_Rows, _Source]:
    found = _Rows(Home.here().root / "imports" / f"{path.stem}.{snapshot}.rejected.csv")
    with bar(console) as progress, path.open("rb") as file:
        source = _source(path, file, adapter, encoding, ("number", "name"))
        task = progress.add_task(path.name, total=path.stat().st_size)
        batch: list[Row | Refusal] = []

        def send() -> None:
            rows: list[dict[str, Any]] = [
                {"line": row.line} | {name: row.cells[name] for name in COLUMNS if row.cells.get(name)}
                for row in batch
                if isinstance(row, Row)
            ]
            added = client.add_register_rows(snapshot, rows, [row for row in batch if isinstance(row, Refusal)])
            refused, doubtful = (
                [Refusal(row.line, row.column, row.reason) for row in told] for told in (added.refused, added.doubtful)
            )
            found.add(added.taken, refused, doubtful)
            progress.update(task, completed=file.tell())
            batch.clear()

        for row in source.rows:
            batch.append(row)
            if len(batch) == BATCH:
                send()
        if batch:
            send()
        progress.update(task, completed=path.stat().st_size)
    return found, source


def import_register(
    client: OperatorClient,
    authority: str,
    path: Path,
    as_of: date | None,
    console: Console,
    *,
    given: str = AUTO,
    encoding: str | None = None,
    dry_run: bool = False,
    confirm: int | None = None,
    replace_newer: bool = False,
) -> None:
    """Bring in a copy of an authority's register, and check its validated credentials again.

    Nothing counts before the copy is whole; killed in between, it starts over.

    Args:
        as_of: of which day it is; None takes the day from the file.
        given: the file's format.
        encoding: of a CSV file; None finds it out.
        dry_run: whether to say what would happen, and change nothing.
        confirm: how many cases may be opened; None stops an import that would open many.
        replace_newer: whether it may take the place of a newer copy.

    Raises:
        Invalid: unknown authority, the file has no such columns, is another authority's or cannot be read, no row of it can
            be taken, or it is older than the copy that counts.
        DomainError: it must be confirmed, or a service does not answer.
    """
    adapter = adapter_of(path, REGISTER, given)
    if adapter and adapter.authority != authority:
        raise Invalid(f"{path.name} is {adapter.title}: a copy of {adapter.authority}.")
    snapshot = new_id()
    as_of = as_of or day_of(path) or changed_on(path)
    with _say_how_to_replace():
        client.begin_snapshot(snapshot, authority, as_of, replace_newer=replace_newer)
    counts = False
    try:
        rows, source = _send(client, snapshot, path, adapter, encoding, console)
        _say(console, f"Read {path.name} as {source.form}{source.say_skipped()}.")
        rows.tell(console)
        if not rows.taken:
            raise Invalid(f"{path.name} has no row that can be taken; the copy here stays as it is.")
        preview = client.preview_snapshot(snapshot)
        _warn(console, preview)
        if dry_run:
            _say(
                console,
                f"Dry run: the copy of {authority} of {as_of} has {preview.entries:,} entries, {rows.refused:,} rows refused. "
                f"It would open {preview.would_open:,} of {preview.validated:,} validated credentials; {preview.would_stop:,} of "
                "them would not count until a verifier has looked at them. Nothing was changed.",
            )
            if preview.objection:
                _say(console, f"{preview.objection} To import it all the same, add --confirm {preview.would_open}.")
            return
        try:
            with _say_how_to_replace():
                done = client.activate_snapshot(snapshot, confirm)
        except RemoteProblem as error:
            if error.code != "CONFLICT":
                raise
            raise Invalid(f"{error.message} With this tool: --confirm {preview.would_open}.") from error
        counts = True
    finally:
        if not counts:
            with suppress(DomainError):  # it counts for nothing, and the next import ends it
                client.discard_snapshot(snapshot)
    done = client.recheck_with(snapshot)
    _say(
        console,
        f"The copy of {authority} of {as_of} counts: {done.entries:,} entries, {rows.refused:,} refused. Checked "
        f"{done.checked:,} validated credentials again: {done.opened:,} cases opened. To go back: consilium import undo "
        f"{authority}",
    )


@contextmanager
def _say_how_to_replace() -> Iterator[None]:
    """Tell whoever is refused because something newer counts how to import it all the same."""
    try:
        yield
    except RemoteProblem as error:
        if (error.code, error.field) != ("CONFLICT", ["asOf"]):
            raise
        raise Invalid(f"{error.message} With this tool: --replace-newer.") from error


def _warn(console: Console, preview: RegisterImport) -> None:
    if preview.zeros_lost:
        _say(
            console,
            f"Warning: {preview.zeros_lost:,} of {preview.validated:,} validated credentials stand in the file with more or fewer "
            "zeros before their number. A spreadsheet removes them; export the column as text.",
        )


def undo_register(client: OperatorClient, authority: str, console: Console) -> None:
    """Go back to the copy of a register before, and close the cases that the last one has opened.

    Raises:
        DomainError: no copy counts, the one before was not kept, or a service does not answer.
    """
    undone = client.undo_import(authority)
    restored = client.restore_cases(undone.id)
    now = f"the copy of {undone.back_to} counts again" if undone.back_to else "it has no copy, as before"
    _say(
        console,
        f"The copy of {authority} of {undone.as_of} is undone: {now}. {restored:,} cases that it had opened are closed.",
    )


def import_sanctions(
    client: OperatorClient,
    path: Path,
    name: str | None,
    as_of: date | None,
    console: Console,
    *,
    given: str = AUTO,
    replace_newer: bool = False,
) -> None:
    """Bring in a list of sanctions in the place of the one before, and check validated credentials again.

    Args:
        name: of the list; that of a published list, or the file's own, if absent.
        as_of: of which day it is; None takes the day from the file.
        given: the file's format.
        replace_newer: whether it may take the place of a newer list.

    Raises:
        Invalid: the file has no such columns, no row of it can be taken, or it is older than the list that counts.
        DomainError: a service does not answer.
    """
    adapter = adapter_of(path, SANCTIONS, given)
    name = name or (adapter.name.upper() if adapter else path.stem)
    with path.open("rb") as file:
        source = _source(path, file, adapter, None, ("name",))
        read = list(source.rows)
    rows = [row for row in read if isinstance(row, Row)]
    if not rows:
        raise Invalid(f"{path.name} has no row that can be taken; the list here stays as it is.")
    as_of = as_of or _newest(adapter, rows) or day_of(path) or changed_on(path)
    with _say_how_to_replace():
        answer = client.replace_sanctions(
            name, [row.cells for row in rows], as_of=as_of, replace_newer=replace_newer
        )  # fmt: skip
    checked, opened = client.recheck()
    refused = [one for one in read if isinstance(one, Refusal)]
    refused += [Refusal(rows[row["position"]].line, None, row["reason"]) for row in answer["rejected"]]
    console.print(
        f"The list {name} of {as_of} counts: {answer['stored']:,} entries, {len(refused):,} refused{source.say_skipped()}. "
        f"Checked {checked:,} validated credentials again: {opened:,} cases opened.",
        highlight=False, soft_wrap=True,
    )  # fmt: skip
    _tell(console, sorted(refused, key=lambda one: one.line))


def _newest(adapter: Adapter | None, rows: Sequence[Row]) -> date | None:
    """The newest day that a published list tells of; one that is to come counts as today."""
    days = (
        [row.cells[adapter.newest] for row in rows if row.cells.get(adapter.newest)]
        if adapter and adapter.newest
        else []
    )
    return min(date.fromisoformat(max(days)), now().date()) if days else None
