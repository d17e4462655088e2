"""The command line: registers, retention, keys."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from consilium.home import Home
from consilium.keyfiles import KeyFile
from kit.cipher import field_keys
from profiles.accounts.signing import Signer
from tests.support.stack import Stack


def test_a_new_key_goes_before_the_old_ones(tmp_path: Path) -> None:
    """It signs or encrypts from then on; the old ones stay until they are dropped; an id is not used twice."""
    home = Home(tmp_path)
    old = Signer(home.secret("signing_key"), "http://x").key_id

    def located(kind: str) -> KeyFile:
        return KeyFile.locate(kind, home.environment())

    located("signing").put_first()
    both = located("signing").names()
    assert (both[1], len(set(both))) == (old, 2)
    assert located("signing").keep_first()[1] is None
    assert located("signing").names() == both[:1]

    first = field_keys(home.secret("field_key"))
    located("field").put_first()
    located("field").put_first()
    three = field_keys(home.secret("field_key"))
    assert [own for own, _ in three] == [3, 2, 1]
    assert three[2] == first[0]
    left, kept = located("field").keep_first()
    assert kept is not None
    assert field_keys(left.source.value) == field_keys(home.secret("field_key")) == three[:1]
    assert field_keys(kept.read_text()) == three[1:]
    for file in (kept, tmp_path / "secrets" / "field_key"):
        assert file.stat().st_mode & 0o777 == 0o600
    located("field").put_first()
    assert [own for own, _ in field_keys(home.secret("field_key"))] == [4, 3]
    located("field").keep_first()
    assert field_keys(kept.read_text()) == (*three[1:], three[0])


def run(stack: Stack, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command line beside a running system."""
    if stack.process is None:
        pytest.skip("the command line needs a local installation")
    environment = {k: v for k, v in stack.environment.items() if k.startswith("CONSILIUM_")} | {
        "PATH": "/usr/bin:/bin",
        "COLUMNS": "200",
    }
    return subprocess.run(
        [sys.executable, "-m", "consilium", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_register_comes_in_from_a_file(stack: Stack, tmp_path: Path) -> None:
    """Its age is shown with the authority; bad rows are named; a wrong file changes nothing."""
    file = tmp_path / "register.csv"
    file.write_text(
        "Number,Name,Standing\n12345,Rui Sousa,GOOD\n1,Too Short,GOOD\n54321,Ana Reis,CONDITIONS\n", encoding="utf-8"
    )
    would_open = re.search(
        r"would open (\d+) of", run(stack, "import", "register", "pt-om", str(file), "--dry-run").stdout
    )
    assert would_open
    done = run(stack, "import", "register", "pt-om", str(file), "--as-of", "2026-11-20", "--confirm", would_open[1])
    assert done.returncode == 0, done.stderr
    assert "2 entries, 1 refused" in done.stdout
    assert "line 3:" in done.stdout
    shown = stack.data('{ authorities(jurisdiction: "PT", first: 1) { snapshotAsOf } }')["authorities"]
    assert shown == [{"snapshotAsOf": "2026-11-20"}]
    for arguments, said in (
        (("nobody", str(file)), "No authority has this id"),
        (("pt-om", str(file), "--as-of", "2099-01-01"), "in the future"),
    ):
        refused = run(stack, "import", "register", *arguments)
        assert refused.returncode == 1
        assert said in refused.stderr
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    assert "has no column 'number'" in run(stack, "import", "register", "pt-om", str(file)).stderr
    file.write_text("number,name\nx,y\n", encoding="utf-8")
    assert "no row that can be taken" in run(stack, "import", "register", "pt-om", str(file)).stderr
    assert stack.data('{ authorities(jurisdiction: "PT", first: 1) { snapshotAsOf } }')["authorities"] == shown


def test_sanctions_come_in_and_retention_runs(stack: Stack, tmp_path: Path) -> None:
    """Each says what it did."""
    file = tmp_path / "excluded.csv"
    file.write_text("name,authority,number\nNobody Here,us-npi,1234567893\n", encoding="utf-8")
    done = run(stack, "import", "sanctions", str(file), "--source", "Test list")
    assert done.returncode == 0, done.stderr
    assert re.search(r"The list Test list of \d{4}-\d\d-\d\d counts: 1 entries, 0 refused", done.stdout)
    kept = run(stack, "retention", "run")
    assert kept.returncode == 0, kept.stderr
    assert "sessions" in kept.stdout
    again = run(stack, "keys", "reencrypt")
    assert "Encrypted 0 fields again; everything is encrypted with key 1 (" in again.stdout, again.stderr
    shown = run(stack, "keys", "status").stdout
    assert all(f"{name} encrypts with key 1 (" in shown for name in ("profiles", "worker", "graph"))
