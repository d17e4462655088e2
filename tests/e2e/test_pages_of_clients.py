"""What people do with a page, from signing in to the desk, with the client libraries that pages are built on."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.test_clients import compiled
from tests.e2e.test_verification import NUMBERS, address, authority
from tests.support import node
from tests.support.line import Line
from tests.support.network import _letters, answer, discuss, group, join, newcomer
from tests.support.stack import DEMO_PASSWORD, PASSWORD, Stack

CACHE = node.ROOT / "examples" / "cache"


@pytest.fixture(scope="module")
def place(stack: Stack) -> str:
    """A group of Maria's."""
    return group(stack, stack.sign_in("maria"))


@pytest.fixture
def line(stack: Stack) -> Iterator[Line]:
    """A line to the gateway that can be cut."""
    found = Line(stack.url)
    yield found
    found.close()


@pytest.fixture(scope="module")
def caches() -> Path:
    """The pages for Apollo Client, urql and Relay, with what Relay's compiler writes."""
    folder = node.installed(CACHE)
    done = node.run("node", "node_modules/relay-compiler/cli.js", "relay.config.json", cwd=folder)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return folder


def input_for(stack: Stack, place: str) -> dict[str, Any]:
    """A new person in a group, two whom they may find, and a discussion with a post."""
    maria, email = stack.sign_in("maria"), address()
    family = f"Such{_letters()}"
    token = stack.sign_up("Liest Mit", email, ["DE"])
    for given in ("Erste", "Zweite"):
        newcomer(stack, f"{given} {family}")
    join(stack, token, place)
    discussion = discuss(stack, maria, place)["id"]
    answer(stack, maria, discussion, "Before the page.")
    return {
        "email": email, "password": PASSWORD, "text": family, "discussion": discussion, "authority": authority(stack, "DE"),
        "number": next(NUMBERS), "until": "At last.",
        "verifier": {"email": "vera@demo.example", "password": DEMO_PASSWORD},
    }  # fmt: skip


def told_by(stack: Stack, line: Line, given: dict[str, Any], command: list[str], cwd: Path) -> list[dict[str, Any]]:
    """The lines that a page prints, while posts are written before its line is cut, meanwhile, and afterwards."""
    maria, lines = stack.sign_in("maria"), []
    process = subprocess.Popen(
        [*command, line.url, json.dumps(given)], cwd=cwd, env=node.environment(), stdout=subprocess.PIPE, text=True
    )
    timer = threading.Timer(60, process.kill)
    timer.start()
    try:
        assert process.stdout is not None
        for said in process.stdout:
            lines.append(json.loads(said))
            if lines[-1] == {"follows": given["discussion"]}:
                answer(stack, maria, given["discussion"], "Live.")
            elif lines[-1] == {"heard": "Live."}:
                with line.cut():
                    answer(stack, maria, given["discussion"], "While the line is cut.")
                    answer(stack, maria, given["discussion"], "And another one.")
            elif lines[-1] == {"heard": "And another one."}:
                answer(stack, maria, given["discussion"], given["until"])
        assert process.wait() == 0
    finally:
        timer.cancel()
        process.kill()
        process.wait()
    return lines


HEARD = ["Live.", "While the line is cut.", "And another one.", "At last."]


def expected(given: dict[str, Any]) -> list[dict[str, Any]]:
    """What each page hears, once and in order."""
    return [{"follows": given["discussion"]}, *({"heard": text} for text in HEARD)]


@pytest.mark.parametrize("client", ["apollo", "urql", "relay"])
def test_a_page_with_a_cache(stack: Stack, place: str, caches: Path, line: Line, client: str) -> None:
    """It shows a change before the server has answered, and puts back what is refused; no post is lost or shown twice."""
    given = input_for(stack, place)
    *lines, told = told_by(stack, line, given, [node.binary(), f"{client}-page.mjs"], caches)
    assert lines == expected(given)
    before, after = ({"connection": "NONE", "answered": False}, {"connection": "REQUESTED_BY_ME", "answered": False})
    assert told == {
        "peers": 2, "connections": [[before, after], [before, after, before]], "refused": [["INVALID", ["message"]]],
        "read": ["Before the page."], "shown": ["Before the page.", "From a page.", *HEARD], "sent": 201,
        "desk": [True, [True]], "preview": [200, "image/jpeg"],
    }  # fmt: skip


# What a program without a cache tells at its end.
TOLD = {
    "peers": 2, "connection": "REQUESTED_BY_ME", "read": ["Before the page."], "sent": 201,
    "desk": [True, [True]], "preview": [200, "image/jpeg"],
}  # fmt: skip


def test_a_program_with_types_from_the_schema(stack: Stack, place: str, line: Line) -> None:
    """What graphql-codegen makes, with documents sent by their hashes."""
    given = input_for(stack, place)
    *lines, told = told_by(stack, line, given, [node.binary(), "dist/page.js"], compiled())
    assert lines == expected(given)
    assert told == TOLD


def test_a_program_in_python(stack: Stack, place: str, line: Line) -> None:
    """With gql, and its own reader of streams."""
    given = input_for(stack, place)
    program = node.ROOT / "examples" / "python" / "page.py"
    *lines, told = told_by(stack, line, given, [sys.executable, str(program)], node.ROOT)
    assert lines == expected(given)
    assert told == TOLD


@pytest.mark.chromium
def test_a_page_of_another_origin_in_a_browser(stack: Stack, place: str, line: Line) -> None:
    """With its refresh token in the cookie and its streams in Chromium's `fetch`; a document is shown in the page."""
    given, script = input_for(stack, place), str(node.installed(node.ROOT / "tests" / "node") / "story.mjs")
    *lines, told = told_by(stack, line, given, [node.binary(), script, str(node.browser())], node.installed(CACHE))
    assert lines == expected(given)
    assert told == TOLD | {"token": "", "preview": [1, 1]}
