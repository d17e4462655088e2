"""`consilium names compare`."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner

from consilium.cli import main


def run(path: Path) -> tuple[int, str]:
    """Its exit status and what it printed."""
    result = CliRunner().invoke(main, ["names", "compare", str(path)])
    return result.exit_code, result.output


def test_it_adds_the_outcome_of_each_row(tmp_path: Path) -> None:
    """Other columns stay, in their order; a mark at the file's beginning is no letter."""
    file = tmp_path / "names.csv"
    file.write_text('note,register,profile\n1,"Müller, Jürgen",Juergen Mueller\n2,Maria,Maria\n', "utf-8-sig")
    status, printed = run(file)
    assert status == 0
    assert list(csv.reader(printed.splitlines())) == [
        ["note", "register", "profile", "outcome"],
        ["1", "Müller, Jürgen", "Juergen Mueller", "PASS"],
        ["2", "Maria", "Maria", "WARN"],
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"register,name\nA B,A B\n", "The file has no column profile."),
        (b"register,profile\nA B\n", "Line 2 has not as many columns as the first line."),
        (b'register,profile\nA B,"A B\n', "cannot be read"),
        (b"register,profile\nA B,\xff\n", "cannot be read"),
        (b"", "The file has no column profile and no column register."),
    ],
)
def test_what_is_no_such_file_is_said_in_a_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    """With the line, and no traceback."""
    file = tmp_path / "names.csv"
    file.write_bytes(content)
    status, printed = run(file)
    assert status == 1
    assert sentence in printed
