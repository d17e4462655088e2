"""`make up` from start to stop, on engines of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.support.stack import Stack, eventually, free_port, launch, wait_ready

PEOPLE = "{ peers(filter: {}, first: 1, orderBy: NAME) { totalCount } }"


def run(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """One command of the operator, to its end."""
    return subprocess.run(
        [sys.executable, "-m", "consilium", *arguments], env=dict(os.environ) | {"CONSILIUM_HOME": str(home)} | environment,
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def children(stack: Stack) -> list[psutil.Process]:
    """All processes below `up`."""
    assert stack.process is not None
    return psutil.Process(stack.process.pid).children(recursive=True)


def test_up_survives_a_killed_engine_stops_cleanly_and_finds_its_data_again(tmp_path: Path) -> None:
    """The whole life of an installation, in the order in which it happens."""
    home = tmp_path / "home"
    stack = launch(home)
    try:
        wait_ready(stack)
        maria = stack.sign_in("maria")
        people = stack.data(PEOPLE, maria)["peers"]["totalCount"]
        assert people > 600

        # A second one beside it says so in one line; `status` prints the banner again.
        second = run(home, "up", **{k: v for k, v in stack.environment.items() if k.endswith("PORT")})
        assert second.returncode == 1
        assert "runs here already" in second.stdout
        shown = run(home, "status", **stack.environment)
        assert "maria@demo.example" in shown.stdout
        assert "delete" not in run(home, "reset", "--yes", **stack.environment).stdout.lower()

        # A killed engine is started again, with one line about it.
        for name, text in (("Neo4j", "neo4j_server"), ("PostgreSQL", "pginstall18/bin/postgres")):
            victim = next(p for p in children(stack) if text in " ".join(p.cmdline()))
            victim.send_signal(signal.SIGKILL)
            assert stack.output is not None
            output = stack.output
            eventually(lambda name=name, output=output: f"{name} stopped unexpectedly" in output.read_text(), 20)
            eventually(lambda name=name, output=output: f"{name} is back." in output.read_text(), 60)
        wait_ready(stack)
        created = stack.change("createGroup", "group { id }", maria, name="Kept over night", purpose="p")
        assert created["userErrors"] == []

        below = children(stack)
        assert stack.stop() < 15
        assert psutil.wait_procs(below, timeout=1)[1] == []

        # The next start finds the same data, in about 30 s on a quiet machine.
        began = time.monotonic()
        stack = launch(home)
        wait_ready(stack)
        assert time.monotonic() - began < 90
        maria = stack.sign_in("maria")
        assert stack.data(PEOPLE, maria)["peers"]["totalCount"] == people
        kept = stack.data('{ groups(first: 1, filter: {text: "kept over night"}) { totalCount } }', maria)
        assert kept["groups"]["totalCount"] == 1

        # Killed without mercy, its children stay; the next start ends them and goes on.
        below = children(stack)
        assert stack.process is not None
        stack.process.kill()
        stack.process.wait()
        stack = launch(home)
        wait_ready(stack)
        assert not [p for p in below if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
        assert stack.data(PEOPLE, stack.sign_in("maria"))["peers"]["totalCount"] == people
    finally:
        stack.stop()
    assert run(home, "reset", "--yes").returncode == 0
    assert not home.exists()


def test_a_port_in_use_is_named_before_anything_starts(tmp_path: Path) -> None:
    """With the setting that chooses another."""
    import socket

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = run(
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
    done = run(tmp_path / "home", "up", CONSILIUM_ENV="production", **ports, **environment)
    assert done.returncode == 1
    assert said in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
