"""The code of docs/guide does what the guide says, against the running system."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.test_verification import address
from tests.support import node
from tests.support.guide import ADDRESS, FOLDER, Program, programs
from tests.support.stack import Stack

ADA = "ada@example.org"  # somebody new, who has confirmed the address
IN_A_BROWSER = {"browser"}
FOLDERS = dict.fromkeys(("caches", "live"), node.ROOT / "examples" / "cache")  # from which the code of a page is run
PROGRAMS = [
    pytest.param(
        found, id=f"{found.page}-{found.language}", marks=[pytest.mark.chromium] * (found.page in IN_A_BROWSER)
    )
    for found in programs()
]


def run(program: Program, code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the code as its reader would: JavaScript in Node or a browser's page, the others by themselves."""
    if program.page in IN_A_BROWSER:
        modules = node.installed(node.ROOT / "tests" / "node")
        command = [node.binary(), str(modules / "guide.mjs"), str(node.browser())]
    else:
        own = {
            "js": [node.binary(), "--input-type=module", "-"],
            "python": [sys.executable, "-"],
            "bash": ["bash", "-e"],
        }
        command = own[program.language]
    return subprocess.run(command, input=code, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_code_of_a_page_prints_what_the_page_says(stack: Stack, program: Program) -> None:
    """All blocks of a language, one after the other."""
    code = program.code.replace(ADDRESS, stack.url).replace("new@example.org", address())
    if ADA in code:
        email = address()
        stack.sign_up("Ada Lovelace", email, ["GB"])
        code = code.replace(ADA, email)
    folder = FOLDERS.get(program.page, node.ROOT)
    done = run(program, code, node.installed(folder) if folder != node.ROOT else folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.rstrip("\n") == program.printed.rstrip("\n")


def test_every_page_has_code_or_needs_none() -> None:
    """Those without are lists of what one may do, and of where to read."""
    shown = {program.page for program in programs()}
    assert {page.stem for page in FOLDER.glob("*.md")} - shown <= {"README"}


def test_the_index_leads_to_every_page() -> None:
    """By a link in its table."""
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in FOLDER.glob("*.md") if page.stem != "README" and f"({page.name})" not in index] == []
