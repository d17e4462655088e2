"""`consilium up` where it cannot start: one line says why, and nothing is started."""

from __future__ import annotations

import re
import socket
import time
from pathlib import Path

import pytest

from tests.support.stack import eventually, free_port, launch, operate


def test_a_port_in_use_is_named_before_anything_starts(tmp_path: Path) -> None:
    """With the setting that chooses another."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = operate(
            tmp_path / "home", "up", CONSILIUM_GATEWAY_PORT=str(port), CONSILIUM_PROFILES_PORT=str(free_port()),
            CONSILIUM_GRAPH_PORT=str(free_port()),
        )  # fmt: skip
    assert done.returncode == 1
    assert re.search(rf"Port {port} \(gateway\) is in use.*CONSILIUM_GATEWAY_PORT", done.stdout)


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "CONSILIUM_PUBLIC_URL is not set"),
        ({"CONSILIUM_PUBLIC_URL": "https://x.example"}, "CONSILIUM_SIGNING_KEY is not set"),
    ],
)
def test_production_without_its_settings_is_refused_in_one_line(
    tmp_path: Path, environment: dict[str, str], said: str
) -> None:
    """Nothing is started with a default secret."""
    ports = {f"CONSILIUM_{name}_PORT": str(free_port()) for name in ("GATEWAY", "PROFILES", "GRAPH")}
    done = operate(tmp_path / "home", "up", CONSILIUM_ENV="production", **ports, **environment)
    assert done.returncode == 1
    assert said in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_a_start_that_is_interrupted_ends_at_once(tmp_path: Path) -> None:
    """Neo4j takes a while to start, and hears no signal meanwhile."""
    stack = launch(tmp_path / "home")
    assert stack.output is not None
    output = stack.output
    eventually(lambda: "Starting PostgreSQL and Neo4j" in output.read_text(), 60)
    eventually(lambda: (tmp_path / "home" / "log" / "neo4j.log").exists(), 60)
    time.sleep(1)
    assert stack.stop() < 15
    assert "Stopped. The data stays" in output.read_text()
    assert "unexpected" not in output.read_text()
