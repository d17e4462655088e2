"""What the processes of a started system are given: no secret of another service."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import psutil
import pytest
import sqlalchemy as sa

from consilium.checks import SETTINGS
from consilium.home import SECRETS, Home
from consilium.process import Child
from kit.settings import OF_EVERY_PROCESS, Environment
from tests.support.stack import Stack, processes

PROGRAMS = {"gateway": "gateway.app", "profiles": "profiles.app", "graph": "graph.app", "worker": "profiles.worker"}
# The secrets that each service declares; a new one is listed here before a process has it.
OWN = {
    "gateway": {"gateway_secret"},
    "profiles": {"signing_key", "field_key", "index_key", "service_database_password"},
    "graph": {"field_key", "neo4j_password"},
    "worker": {"worker_secret", "checkpoint_key", "field_key", "index_key", "service_database_password"},
}


def known_secrets(stack: Stack) -> dict[str, str]:
    """All secrets of a running system by name; the engines' own are those of the test run."""
    home = Home(stack.home)
    found = {name: home.secret(name).strip() for name in SECRETS}
    if "CONSILIUM_DATABASE_URL" in stack.environment:
        found["postgres_password"] = str(sa.make_url(stack.environment["CONSILIUM_DATABASE_URL"]).password)
        found["neo4j_password"] = stack.environment["CONSILIUM_NEO4J_PASSWORD"]
    return found


@pytest.mark.parametrize("service", PROGRAMS)
def test_a_process_holds_the_secrets_that_its_service_declares_and_no_other(stack: Stack, service: str) -> None:
    """Read from the kernel, of every process of the service."""
    if stack.process is None:
        pytest.skip("the processes of a system elsewhere cannot be read")
    secrets = known_secrets(stack)
    running = processes(stack, PROGRAMS[service])
    assert running
    for process in running:
        environment = Path(f"/proc/{process.pid}/environ").read_bytes().decode()
        held = {name for name, value in secrets.items() if value in environment}
        assert held == OWN[service]


@pytest.mark.parametrize("service", PROGRAMS)
def test_a_process_is_given_no_setting_that_its_service_does_not_read(stack: Stack, service: str) -> None:
    """Whatever else is in the environment of `up`."""
    if stack.process is None:
        pytest.skip("the processes of a system elsewhere cannot be read")
    for process in processes(stack, PROGRAMS[service]):
        given = {name: value for name, value in process.environ().items() if name.startswith(("CONSILIUM_", "VALKEY"))}
        environment = Environment(given)
        SETTINGS[service](environment)
        read = {*environment.read, *OF_EVERY_PROCESS}
        assert {name.removesuffix("_FILE") for name in given} <= read


def test_a_child_is_given_what_is_named_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine too: the environment of its parent stays with the parent."""
    monkeypatch.setenv("CONSILIUM_FIELD_KEY", "secret-1")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-2")
    monkeypatch.setenv("DATABASE_URL", "secret-3")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    child = Child.start(
        "a child", [sys.executable, "-c", "import time; print('started', flush=True); time.sleep(60)"],
        log=tmp_path / "log", environment={"NAMED": "secret-4"}, ready_line="started",
    )  # fmt: skip
    try:
        given = psutil.Process(child.process.pid).environ()
    finally:
        child.stop()
    assert {name: value for name, value in given.items() if value.startswith("secret")} == {"NAMED": "secret-4"}
    assert (given["PATH"], given["LC_ALL"]) == (os.environ["PATH"], "C.UTF-8")
