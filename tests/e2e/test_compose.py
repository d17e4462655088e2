"""`docker compose up`: the same story in containers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.stack import Stack, free_port, wait_ready

ROOT = Path(__file__).parents[2]


def compose() -> list[str]:
    """The compose command of this machine: a plugin of docker, or a program of its own."""
    if subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode == 0:
        return ["docker", "compose"]
    found = shutil.which("docker-compose")
    if found is None:
        pytest.skip("needs docker compose")
    return [found]


@pytest.fixture(scope="module")
def containers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The system under a project name of its own, with its volumes deleted in the end."""
    port = free_port()
    environment = dict(os.environ) | {"CONSILIUM_GATEWAY_PORT": str(port), "DOCKER_BUILDKIT": "0"}
    command = [*compose(), "-p", f"consilium-test-{port}"]
    # The build reaches the package registry as this machine does.
    subprocess.run(
        ["docker", "build", "--network", "host", "-q", "-t", "consilium:local", "-f", "deploy/Dockerfile", "."],
        cwd=ROOT, env=environment, check=True, capture_output=True,
    )  # fmt: skip
    try:
        subprocess.run([*command, "up", "-d"], cwd=ROOT, env=environment, check=True, capture_output=True, timeout=300)
        stack = Stack(f"http://127.0.0.1:{port}", tmp_path_factory.mktemp("compose"))
        wait_ready(stack)
        yield stack
    finally:
        subprocess.run([*command, "down", "-v"], cwd=ROOT, env=environment, check=False, capture_output=True)


@pytest.mark.docker
def test_the_story_runs_in_containers(containers: Stack) -> None:
    """Every test of the story, against the published port."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "tests/e2e/test_story.py"], cwd=ROOT, check=False, capture_output=True,
        text=True, env=dict(os.environ) | {"CONSILIUM_TEST_URL": containers.url}, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.docker
def test_public_paths_of_profiles_are_passed_through_and_nothing_else_is_published(containers: Stack) -> None:
    """Keys by the public address; no other port."""
    status, headers, body = containers.raw(None, method="GET", path="/.well-known/jwks.json")
    assert status == 200
    assert b'"kty":"OKP"' in body
    assert "max-age" in headers["Cache-Control"]
    assert containers.raw(None, method="GET", path="/v1/instance")[0] == 404
    listed = subprocess.run(
        ["docker", "ps", "--format", "{{.Names}} {{.Ports}}"], capture_output=True, text=True, check=True
    ).stdout
    project = f"consilium-test-{containers.url.rsplit(':', 1)[1]}"
    published = [line for line in listed.splitlines() if project in line and "->" in line]
    assert len(published) == 1
    assert "127.0.0.1:" in published[0]
