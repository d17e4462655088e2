"""The US registry's dissemination file: individuals become unclaimed directory profiles."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console

from consilium.client import OperatorClient
from consilium.importers.adapters.adapter import adapters
from consilium.importers.adapters.people import directory_entry
from consilium.importers.stream import Row, bar, day_of, import_csv

SOURCE = "nppes"
BATCH = 1000
ADAPTER = adapters()[SOURCE]
_API_NAMES = {"practice_status": "practiceStatus"}


def convert(row: Row) -> dict[str, Any]:
    """The person to import, or that the number is not in use any more.

    Raises:
        Skip: an organisation.
        Invalid: with the reason why the row cannot be taken.
    """
    entry = directory_entry(ADAPTER, row.cells)
    if entry.deactivated_on:
        return {"ref": entry.number, "deactivated_on": entry.deactivated_on}
    said = {
        "name": entry.name,
        "profession": entry.profession,
        "practice_status": entry.practice_status,
        "specialties": list(entry.specialties),
        "regions": [entry.region],
    }
    return {
        "ref": entry.number,
        "claimed": False,
        **said,
        "provenance": [
            {"field": _API_NAMES.get(field, field), "source": ADAPTER.title, "as_of": entry.as_of}
            for field, value in said.items()
            if value
        ],
    }


def import_file(client: OperatorClient, path: Path, console: Console, as_of: date | None = None) -> None:
    """Import a dissemination file, showing progress, and print what became of its rows.

    Args:
        as_of: the day of the file; None takes it from the file's name.

    Raises:
        Invalid: it is not such a file.
        DomainError: a service does not answer; the next import goes on where this one stopped.
    """
    as_of = as_of or day_of(path)
    if as_of is None:
        console.print(
            f"{path.name} does not say of which day it is; say it with --as-of, so that its numbers count as current."
        )
    began = time.monotonic()
    with bar(console) as progress:
        tally, rejected = import_csv(
            path, kind="NPPES", form=ADAPTER.form, reader=ADAPTER.reader, convert=convert, batch_size=BATCH, in_flight=2,
            console=console, progress=progress, store=lambda rows: client.import_people(SOURCE, rows, as_of=as_of),
        )  # fmt: skip
        client.wait_for_graph(3600)
    seconds = time.monotonic() - began
    console.print(
        f"Read {tally.read:,} rows: {tally.stored:,} stored, {tally.unchanged:,} unchanged (of them {tally.older:,} "
        f"older than what is stored), {tally.deactivated:,} deactivated (which opened {tally.opened:,} cases), "
        f"{tally.say_skipped()}, {tally.rejected:,} refused, in {seconds:.1f} s "
        f"({tally.read / max(seconds, 0.001):,.0f} rows/s into both stores).",
        highlight=False,
        soft_wrap=True,
    )
    if rejected:
        console.print(f"Refused rows with line and reason: {rejected}", highlight=False, soft_wrap=True)
