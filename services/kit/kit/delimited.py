"""Tables as people save them: text with one row a line, in the encoding and with the delimiter that their program chose.

A row is never lost without a word: a quote that stays open, a byte that is no character and a line without an end are errors
that name their line.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from kit.errors import Invalid

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
# The encodings that are told apart by themselves. A guess by letter frequencies would be wrong for short lists of names, so that
# another encoding has to be named.
ENCODINGS = ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252")
MAX_LINE = 1_000_000
MAX_CELL = 100_000
MAX_CELL_LINES = 50
MAX_COLUMNS = 500
_PIECE = 1 << 20
_SEPARATOR = re.compile(r"sep=(.)\r?\n?")


@dataclass(frozen=True)
class Row:
    """A row of a table: the number of its first line, and its cells by column."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Refusal:
    """Why a line cannot be taken; `column` is None where it is about the whole line."""

    line: int
    column: str | None
    reason: str


@dataclass(frozen=True)
class Table:
    """A table that is being read.

    Args:
        columns: the names in its first line, in small letters, with `_` for white space and hyphens.
        rows: the rows in their order, and refusals of rows that have more cells than there are columns. Each is read when it is
            asked for.
    """

    columns: tuple[str, ...]
    encoding: str
    delimiter: str
    rows: Iterator[Row | Refusal]


def encoding_of(source: BinaryIO) -> str:
    """Tell the encoding of a text by its byte order mark, by its zero bytes, or by whether all of it is UTF-8.

    Returns:
        one of `ENCODINGS`; Windows-1252 for what is none of the others.
    """
    source.seek(0)
    head = source.read(4096)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in head:
        return "utf-16-be" if head[::2].count(0) > head[1::2].count(0) else "utf-16-le"
    decoder = codecs.getincrementaldecoder("utf-8")()
    source.seek(0)
    try:
        while piece := source.read(_PIECE):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _lines(source: BinaryIO, encoding: str) -> Iterator[str]:
    source.seek(0)
    text = io.TextIOWrapper(source, encoding=encoding, newline="")
    number = 1
    try:
        while line := text.readline(MAX_LINE):
            if len(line) >= MAX_LINE:
                raise Invalid(f"Line {number} is longer than {MAX_LINE:,} characters.")
            yield line
            number += 1
    except UnicodeError as error:
        raise Invalid(
            f"The file is not {encoding.removesuffix('-sig')}, about line {number}. Save it as UTF-8."
        ) from error
    finally:
        text.detach()


def column_name(given: str) -> str:
    """A column's name as it is compared.

    >>> column_name(" Expires On ")
    'expires_on'
    """
    return re.sub(r"[\s_-]+", "_", given.strip().strip("\ufeff").casefold())


def _delimiter_of(header: str) -> str:
    return max(DELIMITERS, key=lambda sign: len(next(csv.reader([header], delimiter=sign))))


def read_table(source: BinaryIO, *, encoding: str | None = None) -> Table:
    """Begin to read a table whose first line names its columns.

    Args:
        source: a file that can be read from its beginning again.
        encoding: of the text; None finds it out.

    Raises:
        Invalid: it is empty, it is not in the encoding, a column's name stands twice, or there are too many columns. Reading the
            rows raises it too, for a quote that stays open, with the line where it began.
    """
    try:
        encoding = codecs.lookup(encoding).name if encoding else encoding_of(source)
    except LookupError as error:
        raise Invalid(f"{encoding!r} is no encoding that is known; name one like utf-8 or windows-1250.") from error
    lines = _lines(source, "utf-8-sig" if encoding == "utf-8" else encoding)
    header, skipped = next(lines, ""), 0
    delimiter = None
    if declared := _SEPARATOR.fullmatch(header):  # Excel's own first line
        delimiter, skipped, header = declared[1], 1, next(lines, "")
    if not header.strip():
        raise Invalid("The first line names no columns.")
    delimiter = delimiter or _delimiter_of(header)

    def all_lines() -> Iterator[str]:
        yield header
        yield from lines

    records = _records(all_lines(), delimiter, skipped)
    _, names = next(records)
    columns = tuple(column_name(name) for name in names)
    if len(columns) > MAX_COLUMNS:
        raise Invalid(f"A file may have at most {MAX_COLUMNS} columns.")
    twice = [name for n, name in enumerate(columns) if name and name in columns[:n]]
    if twice:
        raise Invalid(f"The column {twice[0][:60]!r} stands twice in the first line.")
    return Table(columns, encoding.removesuffix("-sig"), DELIMITERS.get(delimiter, delimiter), _rows(columns, records))


def _rows(columns: tuple[str, ...], records: Iterator[tuple[int, list[str]]]) -> Iterator[Row | Refusal]:
    for line, cells in records:
        if len(cells) > len(columns):
            yield Refusal(line, None, f"it has {len(cells)} cells, and the first line names {len(columns)} columns")
        elif any(cell.strip() for cell in cells):
            given = [cell.strip() for cell in cells] + [""] * (len(columns) - len(cells))
            yield Row(line, {name: cell for name, cell in zip(columns, given, strict=True) if name})


def _records(lines: Iterator[str], delimiter: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
    """The rows with the numbers of their first lines.

    Raises:
        Invalid: a quote stays open, or something stands behind one that closes.
    """
    begun = taken = skipped

    def counted() -> Iterator[str]:
        nonlocal taken
        for line in lines:
            taken += 1
            if taken - begun > MAX_CELL_LINES:
                raise _open_quote(begun + 1)
            yield line

    csv.field_size_limit(max(csv.field_size_limit(), MAX_CELL))
    reader = csv.reader(counted(), delimiter=delimiter, strict=True)
    while True:
        begun = taken
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise _open_quote(begun + 1) from error
        if cells is None:
            return
        yield begun + 1, cells


def _open_quote(line: int) -> Invalid:
    return Invalid(
        f'Line {line}: a quote (") is opened and not closed, or a text goes on behind it, so that where the row ends is not '
        "known. Nothing was taken."
    )
