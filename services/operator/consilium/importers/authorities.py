"""Authorities as CSV: what the instance has, and what a file would add and change."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TextIO

from rich.console import Console

from catalogues import authorities
from catalogues.authorities import Authority
from catalogues.authority_rows import COLUMNS, NEEDED, as_row, stored_row
from consilium.client import OperatorClient
from kit.errors import Invalid

MAX_BYTES, MAX_ROWS = 5_000_000, 5_000


def effective(client: OperatorClient) -> list[Authority]:
    """Every authority as the instance has it, by id."""
    own = {one.row["id"]: stored_row(one.row, one.version) for one in client.own_authorities().authorities or ()}
    return sorted((authorities.built_in() | own).values(), key=lambda one: one.id)


def write_csv(client: OperatorClient, file: TextIO) -> None:
    """Write all authorities; importing the file again changes nothing."""
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(as_row(one) for one in effective(client))


def import_file(client: OperatorClient, path: Path, console: Console, *, dry_run: bool) -> bool:
    """Add and change the authorities of a file; rows that break a rule are named with line, column and reason.

    Returns:
        whether every row was taken.

    Raises:
        Invalid: the file is too long, or is no such table.
        DomainError: the service does not answer, or there are too many authorities.
    """
    rows, lines = _read(path)
    answer = client.import_authorities(rows, dry_run=dry_run)
    verb = "would be" if dry_run else "were"
    console.print(
        f"{answer.added:,} authorities {verb} added, {answer.changed:,} changed; {answer.unchanged:,} are as they were, "
        f"{len(answer.refused):,} refused.",
        highlight=False, soft_wrap=True,
    )  # fmt: skip
    for row in answer.refused:
        console.print(
            f"  line {lines[row.position]}, column {row.column}: {row.reason}",
            highlight=False,
            soft_wrap=True,
            markup=False,
        )
    return not answer.refused


def _read(path: Path) -> tuple[list[dict[str, str]], list[int]]:
    if path.stat().st_size > MAX_BYTES:
        raise Invalid(f"{path.name} has more than {MAX_BYTES:,} bytes.")
    rows, lines = list[dict[str, str]](), list[int]()
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        try:
            names = [name.strip() for name in reader.fieldnames or ()]
            wrong = [name for name in NEEDED if name not in names] + [name for name in names if name not in COLUMNS]
            if wrong or len(set(names)) < len(names):
                raise Invalid(
                    f"{path.name} lacks or does not know the column {(wrong or names)[0]!r} in its first line."
                )
            reader.fieldnames = names
            for row in reader:
                if None in row or None in row.values():
                    raise Invalid(
                        f"{path.name}, line {reader.line_num}: the row has another number of cells than the first line."
                    )
                rows.append(row)
                lines.append(reader.line_num)
        except (csv.Error, UnicodeDecodeError) as error:
            raise Invalid(f"{path.name}, line {reader.line_num}: {error}.") from error
    if not 1 <= len(rows) <= MAX_ROWS:
        raise Invalid(f"{path.name} has {len(rows):,} rows; a file has 1 to {MAX_ROWS:,}.")
    return rows, lines
