"""Copies of registers and lists of sanctions, as CSV files with a header.

A register has the columns `number` and `name`, and may have `standing` (GOOD by default), `specialty` and `expires_on`.
A list of sanctions has `name`, and may have `authority`, `number`, `country` and `imposed_on`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console

from consilium.client import OperatorClient
from consilium.importers.stream import bar
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


def _tell(console: Console, refused: list[tuple[int, str]]) -> None:
    for line, reason in refused[:SHOWN]:
        console.print(f"  line {line}: {reason}", highlight=False, soft_wrap=True)
    if len(refused) > SHOWN:
        console.print(f"  and {len(refused) - SHOWN:,} more")


def import_register(client: OperatorClient, authority: str, path: Path, as_of: date, console: Console) -> None:
    """Bring in a copy of an authority's register, and check its validated credentials again.

    Nothing counts before the copy is whole; killed in between, it starts over.

    Raises:
        Invalid: unknown authority, or the file has no such columns.
        DomainError: a service does not answer.
    """
    snapshot, stored, refused = new_id(), 0, list[tuple[int, str]]()
    client.begin_snapshot(snapshot, authority, as_of)
    with bar(console) as progress:
        task = progress.add_task(path.name, total=path.stat().st_size)
        batch: list[dict[str, Any]] = []
        line = 1

        def send() -> None:
            nonlocal stored
            answer = client.add_register_rows(snapshot, batch)
            stored += answer["stored"]
            refused.extend((first + row["position"], row["reason"]) for row in answer["rejected"])
            progress.advance(task, sum(len(str(row)) for row in batch) // 2)
            batch.clear()

        first = 2
        for row in _rows(path, ("number", "name")):
            line += 1
            batch.append({name: row[name] for name in COLUMNS if row.get(name)})
            if len(batch) == BATCH:
                send()
                first = line + 1
        if batch:
            send()
        progress.update(task, completed=path.stat().st_size)
    if not stored:
        raise Invalid(f"{path.name} has no row that can be taken; the copy here stays as it is.")
    client.activate_snapshot(snapshot)
    checked, opened = client.recheck(authority)
    console.print(
        f"The copy of {authority} of {as_of} counts: {stored:,} entries, {len(refused):,} refused. Checked {checked:,} "
        f"validated credentials again: {opened:,} cases opened.",
        highlight=False, soft_wrap=True,
    )  # fmt: skip
    _tell(console, refused)


def import_sanctions(client: OperatorClient, path: Path, source: str, console: Console) -> None:
    """Bring in a list of sanctions in the place of the one before, and check validated credentials again.

    Raises:
        Invalid: the file has no column `name`.
        DomainError: a service does not answer.
    """
    rows = list(_rows(path, ("name",)))
    if not rows:
        raise Invalid(f"{path.name} is empty; the list here stays as it is.")
    answer = client.replace_sanctions(source, rows)
    checked, opened = client.recheck(None)
    console.print(
        f"The list {source} counts: {answer['stored']:,} entries, {len(answer['rejected']):,} refused. Checked {checked:,} "
        f"validated credentials again: {opened:,} cases opened.",
        highlight=False, soft_wrap=True,
    )  # fmt: skip
    _tell(console, [(row["position"] + 2, row["reason"]) for row in answer["rejected"]])
