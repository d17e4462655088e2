"""`consilium import register` on the running system: files as people have them, the stop, the confirmation and the way back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.operator.integration.test_keys import run
from tests.support.stack import Stack

AUTHORITY = "pl-nil"
COUNT = (
    '{ peers(filter: {licensedIn: ["PL"], verification: RIGHT_TO_PRACTISE, professions: ["2212"]}, first: 1, orderBy: NAME) '
    "{ totalCount } }"
)


def practising(stack: Stack) -> int:
    """How many physicians have the right to practise in Poland."""
    return int(stack.data(COUNT, stack.sign_in("maria"))["peers"]["totalCount"])


def test_a_file_of_two_rows_strips_no_country(stack: Stack, tmp_path: Path) -> None:
    """It stops and asks; nothing has changed; confirmed it counts; undone all is as it was."""
    file = tmp_path / "short.csv"
    file.write_text("number,name\n5425740,Ewa Nowak\n5425741,Jan Kowal\n", encoding="utf-8")
    before = practising(stack)
    assert before > 5
    dry = run(stack, "import", "register", AUTHORITY, str(file), "--dry-run")
    assert dry.returncode == 0, dry.stderr
    said = re.search(r"It would open (\d+) of (\d+) validated credentials", dry.stdout)
    assert said, dry.stdout
    assert said[1] == said[2]
    assert f"--confirm {said[1]}" in dry.stdout
    for arguments in ((), ("--confirm", "3")):
        stopped = run(stack, "import", "register", AUTHORITY, str(file), *arguments)
        assert stopped.returncode == 1
        assert f"would open {said[1]} of {said[1]} validated credentials" in stopped.stderr
        assert "Nothing was changed" in stopped.stderr
        assert "Traceback" not in stopped.stderr
    assert "No copy of this register counts" in run(stack, "import", "undo", AUTHORITY).stderr
    assert practising(stack) == before
    done = run(stack, "import", "register", AUTHORITY, str(file), "--confirm", said[1])
    assert done.returncode == 0, done.stderr
    assert f"{said[1]} cases opened" in done.stdout
    assert practising(stack) < before - 5
    back = run(stack, "import", "undo", AUTHORITY)
    assert back.returncode == 0, back.stderr
    assert re.search(r"[\d,]+ cases that it had opened are closed", back.stdout)
    assert practising(stack) == before
    log = stack.data(
        '{ auditLog(object: "authority:pl-nil", first: 2) { nodes { action reason } } }', stack.sign_in("admin")
    )["auditLog"]["nodes"]
    assert log == [
        {"action": "register.undo", "reason": "back to no copy"},
        {"action": "register.import", "reason": f"2 entries; {said[1]} cases confirmed"},
    ]


ROWS = "Number;Name;Standing;Expires on\n100001;Aoife Ní Bhriain;Active;31.12.2027\n100002;Seán O'Brien;Struck off;\n"


@pytest.mark.parametrize(
    ("content", "read"),
    [
        (ROWS.encode(), "utf-8 with a semicolon"),
        (ROWS.encode("utf-8-sig"), "utf-8 with a semicolon"),
        (ROWS.encode("utf-16"), "utf-16 with a semicolon"),
        (ROWS.encode("cp1252"), "cp1252 with a semicolon"),
        (ROWS.replace(";", "\t").encode(), "utf-8 with a tab"),
        (ROWS.replace(";", "|").encode(), "utf-8 with a pipe"),
    ],
)
def test_files_come_as_people_have_them(stack: Stack, tmp_path: Path, content: bytes, read: str) -> None:
    """Each encoding and delimiter gives the same copy."""
    file = tmp_path / "register.csv"
    file.write_bytes(content)
    done = run(stack, "import", "register", "ie-imc", str(file), "--dry-run")
    assert done.returncode == 0, done.stderr
    assert f"Read register.csv as {read}" in done.stdout
    assert "has 2 entries, 0 rows refused" in done.stdout


def test_what_cannot_be_read_is_said_with_its_line_and_column(stack: Stack, tmp_path: Path) -> None:
    """Also where all rows are refused; there is no traceback."""
    file = tmp_path / "register.csv"
    file.write_text('number,name\n222229,"unterminated\n222230,Zoe Z\n', encoding="utf-8")
    failed = run(stack, "import", "register", "ie-imc", str(file))
    assert (failed.returncode, "Line 2: a quote" in failed.stderr, "Traceback" in failed.stderr) == (1, True, False)
    file.write_text(
        "number,name,standing,expires_on\n"
        '100001,"Ada\nLovelace",great,\n'
        "100002,Bo,,12/31/2027\n"
        "100003,Cy,,,extra\n" + "x,Di,,\n" * 12,
        encoding="utf-8",
    )
    failed = run(stack, "import", "register", "ie-imc", str(file))
    assert failed.returncode == 1
    assert "line 2: standing: 'great' is no standing that is known" in failed.stdout
    assert "line 4: expires_on: it is no day" in failed.stdout
    assert "line 5: it has 5 cells, and the first line names 4 columns" in failed.stdout
    assert "line 6: number: it has not the register's format" in failed.stdout
    assert "and 5 more" in failed.stdout
    assert "no row that can be taken" in failed.stderr
    listed = re.search(r"All of them: (\S+)", failed.stdout)
    assert listed
    assert len(Path(listed[1]).read_text(encoding="utf-8").splitlines()) == 16
    file.write_text("number,name\n100001,Ada L\n100001,Ada L\n", encoding="utf-8")
    done = run(stack, "import", "register", "ie-imc", str(file), "--dry-run")
    assert "line 3: number: line 2 has the same number; line 2 counts, as GOOD" in done.stdout
