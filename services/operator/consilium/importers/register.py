"""Copies of registers and lists of sanctions, as their authorities publish them, or as CSV files with a header.

A CSV file of a register has the columns `number` and `name`, and may have `standing` (GOOD by default), `specialty` and
`expires_on`. One of a list of sanctions has `name`, and may have `authority`, `number`, `country` and `imposed_on`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console

from consilium.client import OperatorClient
from consilium.importers.adapters.adapter import REGISTER, SANCTIONS
from consilium.importers.adapters.entries import AUTO, PublishedFile, adapter_of
from consilium.importers.stream import bar, skipped_as
from kit.clock import new_id
from kit.errors import Invalid

BATCH = 2000
SHOWN = 10
COLUMNS = ("number", "name", "standing", "specialty", "expires_on")


def _rows(path: Path, needed: tuple[str, ...]) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        names = [name.strip().casefold() for name in reader.fieldnames or ()]
        missing = [name for name in needed if name not in names]
        if missing:
            raise Invalid(f"{path.name} has no column {missing[0]!r} in its first line.")
        reader.fieldnames = names
        for row in reader:
            yield {name: (value or "").strip() for name, value in row.items() if name}


def _published(path: Path, holds: str, given: str) -> PublishedFile | None:
    adapter = adapter_of(path, holds, given)
    return PublishedFile(path, adapter) if adapter else None


def _tell(console: Console, refused: list[tuple[int, str]]) -> None:
    for line, reason in refused[:SHOWN]:
        console.print(f"  line {line}: {reason}", highlight=False, soft_wrap=True)
    if len(refused) > SHOWN:
        console.print(f"  and {len(refused) - SHOWN:,} more")


def import_register(
    client: OperatorClient, authority: str, path: Path, as_of: date, console: Console, *, given: str = AUTO
) -> None:
    """Bring in a copy of an authority's register, and check its validated credentials again.

    Nothing counts before the copy is whole; killed in between, it starts over.

    Args:
        given: the file's format.

    Raises:
        Invalid: unknown authority, or the file has no such columns, or is another authority's.
        DomainError: a service does not answer.
    """
    published = _published(path, REGISTER, given)
    if published and published.adapter.authority != authority:
        raise Invalid(f"{path.name} is {published.adapter.title}: a copy of {published.adapter.authority}.")
    snapshot, stored, refused = new_id(), 0, published.refused if published else list[tuple[int, str]]()
    client.begin_snapshot(snapshot, authority, as_of)
    with bar(console) as progress:
        task = progress.add_task(path.name, total=path.stat().st_size)
        batch: list[dict[str, Any]] = []
        lines: list[int] = []

        def send() -> None:
            nonlocal stored
            answer = client.add_register_rows(snapshot, batch)
            stored += answer["stored"]
            refused.extend((lines[row["position"]], row["reason"]) for row in answer["rejected"])
            progress.advance(task, sum(len(str(row)) for row in batch) // 2)
            batch.clear()
            lines.clear()

        for line, row in published.entries() if published else enumerate(_rows(path, ("number", "name")), 2):
            lines.append(line)
            batch.append({name: row[name] for name in COLUMNS if row.get(name)})
            if len(batch) == BATCH:
                send()
        if batch:
            send()
        progress.update(task, completed=path.stat().st_size)
    if not stored:
        raise Invalid(f"{path.name} has no row that can be taken; the copy here stays as it is.")
    client.activate_snapshot(snapshot)
    checked, opened = client.recheck(authority)
    console.print(
        f"The copy of {authority} of {as_of} counts: {stored:,} entries, {len(refused):,} refused{_skipped(published)}. "
        f"Checked {checked:,} "
        f"validated credentials again: {opened:,} cases opened.",
        highlight=False, soft_wrap=True,
    )  # fmt: skip
    _tell(console, sorted(refused))


def _skipped(published: PublishedFile | None) -> str:
    return f", {skipped_as(published.skipped)}" if published else ""


def import_sanctions(
    client: OperatorClient, path: Path, source: str | None, console: Console, *, given: str = AUTO
) -> None:
    """Bring in a list of sanctions in the place of the one before, and check validated credentials again.

    Args:
        source: the list's name; that of a published list, or the file's own, if absent.
        given: the file's format.

    Raises:
        Invalid: the file has no such columns.
        DomainError: a service does not answer.
    """
    published = _published(path, SANCTIONS, given)
    source = source or (published.adapter.name.upper() if published else path.stem)
    numbered = list(published.entries() if published else enumerate(_rows(path, ("name",)), 2))
    if not numbered:
        raise Invalid(f"{path.name} has no row that can be taken; the list here stays as it is.")
    answer = client.replace_sanctions(source, [row for _, row in numbered])
    refused = (published.refused if published else []) + [
        (numbered[row["position"]][0], row["reason"]) for row in answer["rejected"]
    ]
    checked, opened = client.recheck(None)
    console.print(
        f"The list {source} counts: {answer['stored']:,} entries, {len(refused):,} refused{_skipped(published)}. "
        f"Checked {checked:,} "
        f"validated credentials again: {opened:,} cases opened.",
        highlight=False, soft_wrap=True,
    )  # fmt: skip
    _tell(console, sorted(refused))
