"""Tables in the encodings and with the delimiters that programs save them with."""

from __future__ import annotations

import io

import pytest

from kit.delimited import MAX_CELL_LINES, Refusal, Row, Table, read_table
from kit.errors import Invalid

TEXT = "Number,Name\n1,Jürgen Müller\n2,Ana Peña\n"


def read(content: bytes | str, encoding: str | None = None) -> Table:
    """Begin to read a content."""
    return read_table(io.BytesIO(content.encode() if isinstance(content, str) else content), encoding=encoding)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8"),
        (TEXT.encode("utf-16"), "utf-16"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16"),
        (TEXT.encode("cp1252"), "cp1252"),
    ],
)
def test_each_encoding_gives_the_same_rows(content: bytes, found: str) -> None:
    """With and without a byte order mark."""
    table = read(content)
    assert (table.encoding, table.columns) == (found, ("number", "name"))
    assert list(table.rows) == [
        Row(2, {"number": "1", "name": "Jürgen Müller"}),
        Row(3, {"number": "2", "name": "Ana Peña"}),
    ]


def test_a_letter_behind_the_first_megabyte_decides_too() -> None:
    """Windows-1252 is seen wherever its first letter stands."""
    content = b"number,name\n" + b"1,Ada Lovelace\n" * 100_000 + "2,Zoë\n".encode("cp1252")
    table = read(content)
    last = list(table.rows)[-1]
    assert (table.encoding, last) == ("cp1252", Row(100_002, {"number": "2", "name": "Zoë"}))


def test_another_encoding_is_named() -> None:
    """Windows-1250 cannot be told from Windows-1252, and is read where somebody says so."""
    rows = list(read("number,name\n1,Łukasz Żak\n".encode("cp1250"), "windows-1250").rows)
    assert rows == [Row(2, {"number": "1", "name": "Łukasz Żak"})]
    with pytest.raises(Invalid, match="no encoding"):
        read(TEXT, "klingon")
    with pytest.raises(Invalid, match="about line"):
        list(read("number,name\n1,ü\n".encode("cp1252"), "utf-8").rows)


@pytest.mark.parametrize(("sign", "name"), [(",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "pipe")])
def test_the_delimiter_is_the_one_of_the_first_line(sign: str, name: str) -> None:
    """Signs inside of quotes are part of a cell."""
    table = read(f'NUMBER{sign}Name{sign}Expires on\n1{sign}"Lee{sign} Ann"{sign}2027-01-01\n')
    assert (table.delimiter, table.columns) == (name, ("number", "name", "expires_on"))
    assert list(table.rows) == [Row(2, {"number": "1", "name": f"Lee{sign} Ann", "expires_on": "2027-01-01"})]


def test_excel_says_its_delimiter_in_a_line_of_its_own() -> None:
    """The line counts, and is no row."""
    table = read("sep=;\r\nnumber;name\r\n1;Ada\r\n")
    assert (table.delimiter, list(table.rows)) == ("semicolon", [Row(3, {"number": "1", "name": "Ada"})])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_counted_and_not_rows(end: str) -> None:
    """A quoted line break and an empty line move what follows."""
    content = end.join(["number,name", '1,"Ada', 'Lovelace"', "", "2,Bo,too many", "3"])
    assert list(read(content).rows) == [
        Row(2, {"number": "1", "name": f"Ada{end}Lovelace"}),
        Refusal(5, None, "it has 3 cells, and the first line names 2 columns"),
        Row(6, {"number": "3", "name": ""}),
    ]


@pytest.mark.parametrize(
    "content",
    [
        'number,name\n1,A\n222229,"unterminated\n222230,Zoe Z\n',
        'number,name\n1,A\n222229,"unterminated\n222230,"Zoe Z"\n',
        'number,name\n1,A\n222229,"unterminated\n' + "222230,Zoe Z\n" * (MAX_CELL_LINES + 5),
    ],
)
def test_an_open_quote_is_an_error_with_its_line(content: str) -> None:
    """No row is swallowed, and no file is read into one cell."""
    with pytest.raises(Invalid, match=r"^Line 3: a quote"):
        list(read(content).rows)


@pytest.mark.parametrize(("content", "reason"), [("", "no columns"), ("\n1,2\n", "no columns"), ("a,A\n", "twice")])
def test_a_file_without_a_header_is_refused(content: str, reason: str) -> None:
    """And one that names a column twice."""
    with pytest.raises(Invalid, match=reason):
        read(content)


def test_a_line_without_an_end_is_refused() -> None:
    """Memory stays flat."""
    with pytest.raises(Invalid, match="Line 2 is longer"):
        list(read("number,name\n" + "x" * 1_000_001).rows)
