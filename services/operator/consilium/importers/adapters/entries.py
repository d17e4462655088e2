"""Rows of published files as entries of a copy of a register, or of a list of sanctions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from consilium.importers.adapters.adapter import REGISTER, SANCTIONS, Adapter, Fields, Specialty, adapters
from consilium.importers.stream import Skip, header_of, lines_and_rows
from kit.errors import Invalid

CSV, AUTO = "csv", "auto"
FURTHER = "further rows of the same people"


def adapter_of(path: Path, holds: str, given: str) -> Adapter | None:
    """Tell which published file this is, by the columns in its first line.

    Args:
        holds: REGISTER or SANCTIONS.
        given: AUTO, CSV or the name of an adapter.

    Returns:
        None for a CSV file of our own columns.

    Raises:
        Invalid: it is not a file of the format that was given.
    """
    if given == CSV:
        return None
    if given == AUTO:
        return next((one for one in adapters().values() if one.holds == holds and _fits(path, one)), None)
    adapter = adapters()[given]
    adapter.reader(header_of(path, adapter.form))
    return adapter


def _fits(path: Path, adapter: Adapter) -> bool:
    try:
        return not adapter.missing(header_of(path, adapter.form))
    except Invalid:  # it is empty, or in none of the encodings
        return False


@dataclass
class PublishedFile:
    """A published file while it is read.

    Args:
        skipped: how many rows were not meant to be imported, by what they are.
        refused: (line, reason) of those that cannot be taken.
    """

    path: Path
    adapter: Adapter
    skipped: Counter[str] = field(default_factory=Counter)
    refused: list[tuple[int, str]] = field(default_factory=list)

    def entries(self) -> Iterator[tuple[int, Fields]]:
        """The entries in the file, with the numbers of their lines.

        Raises:
            Invalid: it is not such a file, or cannot be read any further.
        """
        if self.adapter.holds == REGISTER:
            return self._register_entries()
        assert self.adapter.holds == SANCTIONS
        return self._sanctions()

    def _fields(self) -> Iterator[tuple[int, Fields]]:
        rows = lines_and_rows(self.path, self.adapter.form)
        header = next(rows, (1, list[str]()))[1]
        read = self.adapter.reader(header)
        # Some publishers end each line with a delimiter, and some only the first.
        width = max((place for place, name in enumerate(header, 1) if name.strip()), default=0)
        for line, cells in rows:
            try:
                if len(cells) < width or any(cell.strip() for cell in cells[len(header) :]):
                    raise Invalid(f"has {len(cells)} cells instead of {width}")
                yield line, read(cells)
            except Skip as skipped:
                self.skipped[str(skipped)] += 1
            except Invalid as error:
                self.refused.append((line, error.message))

    def _sanctions(self) -> Iterator[tuple[int, Fields]]:
        for line, fields in self._fields():
            row = {"name": fields["name"], "country": self.adapter.country, "imposed_on": fields["imposed_on"]}
            if fields["number"]:
                row |= {"authority": self.adapter.authority, "number": fields["number"]}
            yield line, row

    def _register_entries(self) -> Iterator[tuple[int, Fields]]:
        """One entry a number: rows of one person stand together, and a later one that does not is left out."""
        seen, waiting = set[str](), list[tuple[int, Fields]]()
        for line, fields in self._fields():
            if waiting and waiting[0][1]["number"] != fields["number"]:
                yield self._entry(waiting)
                waiting = []
            if not waiting and fields["number"] in seen:
                self.skipped[FURTHER] += 1
            elif waiting and waiting[0][1]["name"] != fields["name"]:
                self.refused.append((line, f"the number has another name in line {waiting[0][0]}, which counts"))
            else:
                seen.add(fields["number"])
                waiting.append((line, fields))
        if waiting:
            yield self._entry(waiting)

    def _entry(self, rows: list[tuple[int, Fields]]) -> tuple[int, Fields]:
        self.skipped[FURTHER] += len(rows) - 1
        line, fields = rows[0]
        rule = self.adapter.specialty
        practised = [practises for _, found in rows if (practises := _specialty(rule, found))] if rule else []
        otherwise = fields[rule.otherwise] if rule else ""
        return line, {
            "number": fields["number"],
            "name": fields["name"],
            "specialty": practised[0] if practised else otherwise,
        }


def _specialty(rule: Specialty, fields: Fields) -> str:
    return fields[rule.field] if fields[rule.where] in rule.values else ""
