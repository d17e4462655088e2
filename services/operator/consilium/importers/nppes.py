"""The US registry's dissemination file, version 2: individuals become unclaimed directory profiles.

Columns are found by name; the file is ISO-8859-1 with every field quoted. Gender is not read, so that it does not
matter whether its column is called `Provider Gender Code` or `Provider Sex Code`.
"""

from __future__ import annotations

import re
import time
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console

from catalogues import regions
from catalogues.authorities import authorities, check_digit_holds, well_formed
from catalogues.specialties import by_nucc, specialties
from consilium.client import OperatorClient
from consilium.importers.stream import Row, Skip, bar, header_of, import_csv
from kit.errors import Invalid

SOURCE = "nppes"
SOURCE_NAME = "NPPES, the US National Plan and Provider Enumeration System"
ENCODING = "iso-8859-1"
BATCH = 1000
TAXONOMIES = 15
NPI, KIND = "NPI", "Entity Type Code"
FIRST, MIDDLE, LAST = "Provider First Name", "Provider Middle Name", "Provider Last Name (Legal Name)"
STATE = "Provider Business Practice Location Address State Name"
COUNTRY = "Provider Business Practice Location Address Country Code (If outside U.S.)"
DEACTIVATED, REACTIVATED, UPDATED = "NPI Deactivation Date", "NPI Reactivation Date", "Last Update Date"
TAXONOMY, PRIMARY = "Healthcare Provider Taxonomy Code_{}", "Healthcare Provider Primary Taxonomy Switch_{}"
NEEDED = (NPI, KIND, FIRST, MIDDLE, LAST, STATE, COUNTRY, DEACTIVATED, REACTIVATED, UPDATED, TAXONOMY.format(1))
# What a taxonomy code's beginning says of the profession, where the specialty itself is not mapped.
PROFESSIONS = {"207": "2212", "208": "2212", "163W": "2221", "122": "2261", "1835": "2262", "2251": "2264"}


def _iso(us_date: str) -> str | None:
    """A date like 03/09/2024 as ISO 8601."""
    parts = us_date.split("/")
    return f"{parts[2]}-{parts[0]:0>2}-{parts[1]:0>2}" if len(parts) == 3 and len(parts[2]) == 4 else None


def _written(name: str) -> str:
    """A name that the registry keeps in capitals, as people write it."""
    return " ".join(part.title() if part.isupper() else part for part in name.split())


def convert(row: Row) -> dict[str, Any]:
    """The person to import, or that the number is not in use any more.

    Raises:
        Skip: an organisation.
        Invalid: with the reason why the row cannot be taken.
    """
    cells = row.cells
    if cells[KIND] == "2":
        raise Skip
    number, register = cells[NPI].strip(), authorities()["us-npi"]
    if not well_formed(register, number) or not check_digit_holds(register, number):
        raise Invalid("the NPI is not valid")
    if cells[DEACTIVATED] and not cells[REACTIVATED]:
        return {"ref": number, "deactivated_on": _iso(cells[DEACTIVATED]) or cells[DEACTIVATED]}
    if cells[KIND] != "1":
        raise Invalid("the entity type is neither 1 nor 2")
    name = _written(f"{cells[FIRST]} {cells[MIDDLE]} {cells[LAST]}")
    if not cells[LAST].strip():
        raise Invalid("the last name is missing")
    codes = []
    for place in range(1, TAXONOMIES + 1):
        code = cells.get(TAXONOMY.format(place), "").strip()
        if code:
            codes.append((cells.get(PRIMARY.format(place)) != "Y", place, code))
    ordered = [code for _, _, code in sorted(codes)]
    # An unmapped code is left out and never guessed at.
    practised = list(dict.fromkeys(by_nucc()[code] for code in ordered if code in by_nucc()))
    profession = specialties()[practised[0]].profession if practised else None
    if profession is None:
        profession = next(
            (found for code in ordered for head, found in PROFESSIONS.items() if code.startswith(head)), None
        )
    as_of = _iso(cells[UPDATED])
    found = {
        "ref": number,
        "name": name,
        "claimed": False,
        "profession": profession,
        "specialties": practised[:10],
        "regions": [_region(cells)],
    }
    found["provenance"] = [
        {"field": field, "source": SOURCE_NAME, "as_of": as_of}
        for field in ("name", "profession", "specialties", "regions")
        if found[field]
    ]
    return found


def _region(cells: dict[str, str]) -> str:
    country = cells[COUNTRY].strip().upper() or "US"
    if country == "US":
        state = f"US-{cells[STATE].strip().upper()}"
        return state if state in regions.all_regions() else "US"
    if country not in regions.all_regions():
        raise Invalid("the practice location's country is unknown")
    return country


def day_of(path: Path) -> date | None:
    """The day that a file's name ends in, as in `npidata_pfile_20050523-20261108.csv`; None where it names none."""
    found = re.search(r"[-_](\d{4})(\d{2})(\d{2})(?:_v2)?$", path.stem)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def import_file(client: OperatorClient, path: Path, console: Console, as_of: date | None = None) -> None:
    """Import a dissemination file, showing progress, and print what became of its rows.

    Args:
        as_of: the day of the file; None takes it from the file's name.

    Raises:
        Invalid: it is not such a file.
        DomainError: a service does not answer; the next import goes on where this one stopped.
    """
    missing = [name for name in NEEDED if name not in header_of(path, ENCODING)]
    if missing:
        raise Invalid(f"{path.name} is no NPPES dissemination file, version 2: it has no column {missing[0]!r}.")
    as_of = as_of or day_of(path)
    if as_of is None:
        console.print(
            f"{path.name} does not say of which day it is; say it with --as-of, so that its numbers count as current."
        )
    began = time.monotonic()
    with bar(console) as progress:
        tally, rejected = import_csv(
            path, kind="NPPES", encoding=ENCODING, convert=convert, batch_size=BATCH, in_flight=2, console=console,
            progress=progress, store=lambda rows: client.import_people(SOURCE, rows, as_of=as_of),
        )  # fmt: skip
        client.wait_for_graph(3600)
    seconds = time.monotonic() - began
    console.print(
        f"Read {tally.read:,} rows: {tally.stored:,} stored, {tally.unchanged:,} unchanged (of them {tally.older:,} "
        f"older than what is stored), {tally.deactivated:,} deactivated (which opened {tally.opened:,} cases), "
        f"{tally.skipped:,} skipped (organisations, and deactivated numbers that are not here), {tally.rejected:,} refused, "
        f"in {seconds:.1f} s ({tally.read / max(seconds, 0.001):,.0f} rows/s into both stores).",
        highlight=False,
        soft_wrap=True,
    )
    if rejected:
        console.print(f"Refused rows with line and reason: {rejected}", highlight=False, soft_wrap=True)
