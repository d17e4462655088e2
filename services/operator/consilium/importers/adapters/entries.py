"""Rows of published files as entries of a copy of a register, or of a list of sanctions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from consilium.importers.adapters.adapter import REGISTER, SANCTIONS, Adapter, Fields, Specialty, adapters
from consilium.importers.stream import Skip, header_of, lines_and_rows
from kit.delimited import Refusal, Row
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
    """

    source: BinaryIO
    adapter: Adapter
    skipped: Counter[str] = field(default_factory=Counter)

    def rows(self) -> Iterator[Row | Refusal]:
        """The entries in the file, in our own columns, with the numbers of their lines; and the rows that cannot be taken.

        Raises:
            Invalid: it is not such a file, or cannot be read any further.
        """
        if self.adapter.holds == REGISTER:
            return self._register_entries()
        assert self.adapter.holds == SANCTIONS
        return self._sanctions()

    def _fields(self) -> Iterator[Row | Refusal]:
        rows = lines_and_rows(self.source, self.adapter.form)
        header = next(rows, (1, list[str]()))[1]
        read = self.adapter.reader(header)
        # Some publishers end each line with a delimiter, and some only the first.
        width = max((place for place, name in enumerate(header, 1) if name.strip()), default=0)
        for line, cells in rows:
            try:
                if len(cells) < width or any(cell.strip() for cell in cells[len(header) :]):
                    raise Invalid(f"has {len(cells)} cells instead of {width}")
                yield Row(line, read(cells))
            except Skip as skipped:
                self.skipped[str(skipped)] += 1
            except Invalid as error:
                yield Refusal(line, None, error.message)

    def _sanctions(self) -> Iterator[Row | Refusal]:
        for row in self._fields():
            yield row if isinstance(row, Refusal) else Row(row.line, self._sanction(row.cells))

    def _sanction(self, fields: Fields) -> Fields:
        named = {"name": fields["name"], "country": self.adapter.country, "imposed_on": fields["imposed_on"]}
        numbered = {"authority": self.adapter.authority, "number": fields["number"]} if fields["number"] else {}
        return named | numbered

    def _register_entries(self) -> Iterator[Row | Refusal]:
        """One entry a number: rows of one person stand together, and a later one that does not is left out."""
        seen, waiting, refused = set[str](), list[Row](), list[Refusal]()
        for row in self._fields():
            if isinstance(row, Refusal):
                refused.append(row)
                continue
            number = row.cells["number"]
            if waiting and waiting[0].cells["number"] != number:
                yield Row(waiting[0].line, self._entry(waiting))
                yield from refused  # behind the entry, so that lines are in order
                waiting, refused = [], []
            if not waiting and number in seen:
                self.skipped[FURTHER] += 1
            elif waiting and waiting[0].cells["name"] != row.cells["name"]:
                reason = f"line {waiting[0].line} has the same number and another name; line {waiting[0].line} counts"
                refused.append(Refusal(row.line, None, reason))
            else:
                seen.add(number)
                waiting.append(row)
        if waiting:
            yield Row(waiting[0].line, self._entry(waiting))
        yield from refused

    def _entry(self, rows: list[Row]) -> Fields:
        self.skipped[FURTHER] += len(rows) - 1
        rule, fields = self.adapter.specialty, rows[0].cells
        practised = [practises for row in rows if (practises := _specialty(rule, row.cells))] if rule else []
        otherwise = fields[rule.otherwise] if rule else ""
        specialty = practised[0] if practised else otherwise
        return {"number": fields["number"], "name": fields["name"], "specialty": specialty}


def _specialty(rule: Specialty, fields: Fields) -> str:
    return fields[rule.field] if fields[rule.where] in rule.values else ""
