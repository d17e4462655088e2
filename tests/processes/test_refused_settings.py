"""A service that is started alone with settings that it refuses: it names them all and ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from kit.settings import Environment
from tests.operator.unit.test_settings import PRODUCTION, SERVICES, WORKER_NEEDS, named


@pytest.mark.parametrize(("app", "_load", "needs"), SERVICES)
def test_a_service_that_is_started_alone_names_all_and_ends(
    app: str, _load: Callable[[Environment], Any], needs: set[str]
) -> None:
    """Without a traceback, and without being started again and again."""
    done = alone([sys.executable, "-m", "gunicorn", "-c", "python:kit.listen", "-b", "127.0.0.1:0", app])
    assert done.returncode == 4
    assert "Traceback" not in done.stderr
    found = refused(done)
    assert named(found) == needs
    assert len(found) == len(needs)


def test_a_worker_that_is_started_alone_names_all_and_ends() -> None:
    """It has settings of its own."""
    done = alone([sys.executable, "-m", "profiles.worker"])
    assert (done.returncode, named(refused(done))) == (4, WORKER_NEEDS)


def alone(command: list[str]) -> subprocess.CompletedProcess[str]:
    """A process with no settings but that it is production."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CONSILIUM_")}
    return subprocess.run(command, env=clean | PRODUCTION, capture_output=True, text=True, timeout=60, check=False)


def refused(done: subprocess.CompletedProcess[str]) -> tuple[str, ...]:
    """What a process logged about its settings; every line is a JSON object."""
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    return tuple(line["sentence"] for line in lines if line["event"] == "setting_refused")
