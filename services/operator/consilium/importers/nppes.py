"""The US registry's dissemination file: individuals become unclaimed directory profiles."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from rich.console import Console

from consilium.client import OperatorClient
from consilium.importers.adapters.adapter import adapters
from consilium.importers.adapters.people import directory_entry
from consilium.importers.stream import Row, Skip, bar, import_csv

SOURCE = "nppes"
BATCH = 1000
ADAPTER = adapters()[SOURCE]


def convert(row: Row) -> dict[str, Any]:
    """The person to import.

    Raises:
        Skip: a deactivated number.
        Invalid: with the reason why the row cannot be taken.
    """
    entry = directory_entry(ADAPTER, row.cells)
    if entry.deactivated_on:
        raise Skip("deactivated numbers")
    said = {
        "name": entry.name,
        "profession": entry.profession,
        "specialties": list(entry.specialties),
        "regions": [entry.region],
    }
    return {
        "ref": entry.number,
        "claimed": False,
        **said,
        "provenance": [
            {"field": field, "source": ADAPTER.title, "as_of": entry.as_of} for field, value in said.items() if value
        ],
    }


def import_file(client: OperatorClient, path: Path, console: Console) -> None:
    """Import a dissemination file, showing progress, and print what became of its rows.

    Raises:
        Invalid: it is not such a file.
        DomainError: a service does not answer; the next import goes on where this one stopped.
    """
    began = time.monotonic()
    with bar(console) as progress:
        tally, rejected = import_csv(
            path, kind="NPPES", form=ADAPTER.form, reader=ADAPTER.reader, convert=convert, batch_size=BATCH, in_flight=2,
            console=console, progress=progress, store=lambda rows: client.import_people(SOURCE, rows),
        )  # fmt: skip
        client.wait_for_graph(3600)
    seconds = time.monotonic() - began
    console.print(
        f"Read {tally.read:,} rows: {tally.stored:,} stored, {tally.unchanged:,} unchanged, {tally.say_skipped()}, "
        f"{tally.rejected:,} refused, in {seconds:.1f} s ({tally.read / max(seconds, 0.001):,.0f} rows/s into both stores).",
        highlight=False,
        soft_wrap=True,
    )
    if rejected:
        console.print(f"Refused rows with line and reason: {rejected}", highlight=False, soft_wrap=True)
