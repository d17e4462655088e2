"""Invented rows in the real shape of the US registry's dissemination file, version 2."""

from __future__ import annotations

import csv
import random
from collections.abc import Mapping, Sequence
from pathlib import Path

HEADER = Path(__file__).parent.parent / "data" / "nppes" / "header_v2.csv"
FIRST = ("ANNA", "JOHN", "MARÍA", "WEI", "OLUWASEUN", "PRIYA", "JOSÉ", "EMILY", "DWAYNE", "ZOË")
LAST = (
    "SAMPLE",
    "EXAMPLE",
    "PLACEHOLDER",
    "FICTION",
    "INVENTED",
    "NOBODY",
    "MUSTER",
    "SPECIMEN",
    "O'TESTER",
    "ÉCHANTILLON",
)
CODES = ("207RC0000X", "207RI0200X", "207Q00000X", "208000000X", "163W00000X", "183500000X", "225100000X", "2084N0400X")
STATES = ("NY", "CA", "TX", "WA", "FL", "MA", "PR")

CELLS = {
    "middle": "Provider Middle Name",
    "prefix": "Provider Name Prefix Text",
    "suffix": "Provider Name Suffix Text",
    "credential": "Provider Credential Text",
    "country": "Provider Business Practice Location Address Country Code (If outside U.S.)",
    "updated": "Last Update Date",
    "deactivated": "NPI Deactivation Date",
    "reactivated": "NPI Reactivation Date",
    "second_code": "Healthcare Provider Taxonomy Code_2",
    "first_is_primary": "Healthcare Provider Primary Taxonomy Switch_1",
    "second_is_primary": "Healthcare Provider Primary Taxonomy Switch_2",
    "status": "npi_activation_status",
}
NPD_COLUMNS = (
    "npi_managed_by", "npi_activation_status", "npi_activation_change_reason_list", "npi_activation_future_change_date",
    "npi_fhir_url",
)  # fmt: skip


def with_check_digit(nine: int) -> str:
    """A ten-digit number whose Luhn check digit holds behind the prefix 80840."""
    digits = f"80840{nine:09}"
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return f"{nine:09}{(10 - total % 10) % 10}"


def columns() -> list[str]:
    """The real header."""
    with HEADER.open(encoding="utf-8", newline="") as file:
        return next(csv.reader(file))


def write_rows(
    path: Path,
    rows: Sequence[Mapping[str, str]],
    *,
    further: Sequence[str] = (),
    encoding: str = "iso-8859-1",
    end: str = "\n",
) -> None:
    """Write a file of these rows; what a row does not name is blank.

    Args:
        further: columns behind those of version 2.
    """
    names = [*columns(), *further]
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator=end)
        writer.writerow(names)
        writer.writerows([row.get(name, "") for name in names] for row in rows)


def a_person(
    nine: int, *, last: str = "SAMPLE", first: str = "ANNA", code: str = "", state: str = "NY", **more: str
) -> dict[str, str]:
    """Return the row of an invented person.

    Args:
        nine: the NPI without its check digit.
        more: cells by the names in `CELLS`.
    """
    return {
        "NPI": with_check_digit(nine),
        "Entity Type Code": "1",
        "Provider Last Name (Legal Name)": last,
        "Provider First Name": first,
        "Provider Business Practice Location Address State Name": state,
        "Provider Business Practice Location Address Country Code (If outside U.S.)": "US",
        "Last Update Date": "03/09/2024",
        "Healthcare Provider Taxonomy Code_1": code,
        "Healthcare Provider Primary Taxonomy Switch_1": "Y",
        **{CELLS[name]: cell for name, cell in more.items()},
    }


def write(path: Path, rows: int, *, seed: int = 1, gender_column: str = "Provider Sex Code") -> dict[str, int]:
    """Write a file of `rows` rows, of which one in ten is an organisation and one in fifty is deactivated.

    Returns:
        how many are individuals to import, and how many are to be skipped, in all and by what they are.
    """
    chance = random.Random(seed)
    names = [gender_column if name == "Provider Sex Code" else name for name in columns()]
    place = {name: number for number, name in enumerate(names)}
    counts = {"individuals": 0, "skipped": 0, "organisations": 0, "deactivated": 0}
    with path.open("w", encoding="iso-8859-1", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(names)
        for number in range(rows):
            cells = [""] * len(names)

            def put(name: str, value: str, cells: list[str] = cells) -> None:
                cells[place[name]] = value

            put("NPI", with_check_digit(100_000_000 + number))
            organisation, deactivated = number % 10 == 9, number % 50 == 7
            put("Entity Type Code", "2" if organisation else "1")
            if organisation:
                put("Provider Organization Name (Legal Business Name)", "INVENTED CLINIC")
            else:
                put("Provider First Name", chance.choice(FIRST))
                put("Provider Last Name (Legal Name)", f"{chance.choice(LAST)}")
                put(gender_column, chance.choice("MF"))
            put("Provider Business Practice Location Address State Name", chance.choice(STATES))
            put("Provider Business Practice Location Address Country Code (If outside U.S.)", "US")
            put("Last Update Date", "03/09/2024")
            put("Healthcare Provider Taxonomy Code_1", chance.choice(CODES))
            put("Healthcare Provider Primary Taxonomy Switch_1", "Y")
            if deactivated and not organisation:
                put("NPI Deactivation Date", "01/02/2023")
            counts["skipped" if organisation or deactivated else "individuals"] += 1
            counts["organisations"] += organisation
            counts["deactivated"] += deactivated and not organisation
            writer.writerow(cells)
    return counts
