"""The page at /: built from its sources, alone on its origin, and every saved operation runs in a browser."""

from __future__ import annotations

import filecmp
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from gateway.page import FOLDER
from tests.support import node
from tests.support.operations import saved
from tests.support.stack import Stack

SOURCES = node.ROOT / "services" / "gateway" / "graphiql"


def test_the_committed_page_is_what_its_sources_build(tmp_path: Path) -> None:
    """Built again with the locked packages, every file is the same."""
    node.installed(SOURCES)
    copy = tmp_path / "gateway" / "graphiql"
    shutil.copytree(SOURCES, copy, symlinks=True)
    done = node.run("node", "node_modules/vite/bin/vite.js", "build", cwd=copy)
    assert done.returncode == 0, done.stderr[-2000:]
    built = tmp_path / "gateway" / "gateway" / "page"
    names = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*") if path.is_file())
    assert names == sorted(str(path.relative_to(built)) for path in built.rglob("*") if path.is_file())
    _, different, missing = filecmp.cmpfiles(FOLDER, built, names, shallow=False)
    assert (different, missing) == ([], [])


def test_the_page_has_a_policy_and_its_files_are_kept(stack: Stack) -> None:
    """No script but its own; names with a hash are kept for a year, and nothing outside the folder is given."""
    status, headers, body = stack.raw(None, method="GET", path="/graphiql")
    assert status == 200
    assert "script-src 'self';" in headers["Content-Security-Policy"]
    name = re.search(r'src="(/graphiql/assets/[^"]+)"', body.decode())
    assert name is not None
    _, headers, _ = stack.raw(None, method="GET", path=name[1])
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert stack.raw(None, method="GET", path="/graphiql/assets/..%2f..%2fsettings.py")[0] == 404


@pytest.mark.parametrize("name", [name for name, text in saved().items() if "subscription" not in text])
def test_every_saved_operation_runs(stack: Stack, name: str) -> None:
    """As the person that it names, without an error."""
    text = saved()[name]
    who = re.search(r"^# as: (\w+)$", text, flags=re.M)
    assert stack.data(text, stack.sign_in(who[1]) if who else None)


@pytest.mark.chromium
def test_every_saved_operation_runs_in_a_browser_without_a_network(stack: Stack, tmp_path: Path) -> None:
    """Signing in, running and a live subscription, and a reload; no address but the gateway's is asked for, and nothing is complained of."""
    folder = node.installed(node.ROOT / "tests" / "node")
    done = node.run(
        "node",
        "page.mjs",
        f"{stack.url}/graphiql",
        str(node.browser()),
        str(tmp_path / "shot.png"),
        cwd=folder,
        seconds=180,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["blocked"] == []
    assert found["problems"] == []
    assert found["reloaded"] == ["María Arribas Núñez", None]
    answers = found["answers"]
    assert sorted(answers) == sorted(saved())
    live = answers.pop("13-live-notifications")
    assert (live["status"], live["type"]) == (200, "text/event-stream; charset=utf-8")
    assert [name for name, answer in answers.items() if "errors" in answer or answer["data"] is None] == []
    assert len((tmp_path / "shot.png").read_bytes()) > 20_000
