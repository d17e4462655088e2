"""The system starts on a busy machine, and then answers at once."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.support.burners import burners
from tests.support.stack import Stack, launch, wait_ready

README = Path(__file__).parents[2] / "README.md"
READY_SECONDS = 900  # a quiet machine needs less than a minute
ROUNDS = 10


def first_queries() -> list[str]:
    """The README's first operations: peers across borders, and a professional by handle."""
    operations = [
        json.loads(line)["query"]
        for line in README.read_text(encoding="utf-8").splitlines()
        if line.startswith('{"query"')
    ]
    return [next(text for text in operations if field in text) for field in ("peers(", "professional(by")]


def start_and_ask(home: Path) -> Stack:
    """Start beside burners, and ask the README's first queries once each; whatever fails, nothing is asked again."""
    began = time.monotonic()
    stack = launch(home)
    try:
        with burners(seconds=READY_SECONDS + 60):
            wait_ready(stack, READY_SECONDS)
            ready = time.monotonic()
            maria = stack.sign_in("maria")
            answers = [stack.run(query, maria) for query in first_queries()]
            asked = time.monotonic()
        print(f"ready beside burners after {ready - began:.0f} s, three operations in {asked - ready:.1f} s")
        assert [answer.get("errors") for answer in answers] == [None, None]
        peers, professional = (answer["data"] for answer in answers)
        assert [edge["node"]["name"] for edge in peers["peers"]["edges"]] == ["Pieter Claessens", "Beat Steiner"]
        assert professional["professional"]["id"].startswith("UHJvZmVzc2lvbmFs")
        assert stack.output is not None
        assert "Traceback" not in stack.output.read_text()
    except BaseException:
        stack.stop()
        raise
    return stack


@pytest.mark.chaos  # ten minutes on two cores: too long for every run
def test_the_first_start_beside_burners_is_ready_and_answers_at_once(tmp_path: Path) -> None:
    """Engines, migrations, services, demo network and all: sign-in and the README's first queries, on the first try."""
    start_and_ask(tmp_path / "home").stop()


@pytest.mark.chaos
@pytest.mark.parametrize("number", range(ROUNDS))
def test_ten_of_ten_starts_beside_burners_succeed(tmp_path_factory: pytest.TempPathFactory, number: int) -> None:
    """Every other one finds the data of the one before it."""
    home = tmp_path_factory.getbasetemp() / f"busy{number // 2}" / "home"
    home.parent.mkdir(exist_ok=True)
    start_and_ask(home).stop()
