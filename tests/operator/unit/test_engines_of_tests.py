"""The engines that tests run on: which are chosen, and what is said when they do not start."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.engines import IMAGES, chosen_kind

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("succeeds", "kind"),
    [
        ("", "local"),
        ("info", "local"),  # it answers, and can neither find nor pull an image
        ("info inspect", "docker"),
        ("info pull", "docker"),
    ],
)
def test_docker_is_chosen_only_where_the_images_can_be_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], succeeds: str, kind: str
) -> None:
    """Else the local engines, with one line that says why."""
    docker = tmp_path / "docker"
    docker.write_text(
        f'#!/bin/sh\nname=$1; [ "$1" = image ] && name=$2\ncase " {succeeds} " in *" $name "*) exit 0;; esac\nexit 1\n'
    )
    docker.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("CONSILIUM_TEST_ENGINES", "auto")
    assert chosen_kind() == kind
    said = capsys.readouterr().out
    assert said == (
        f"Docker answers, but {IMAGES[0]} and {IMAGES[1]} cannot be had: the tests use local engines.\n"
        if succeeds == "info"
        else ""
    )
    monkeypatch.setenv("CONSILIUM_TEST_ENGINES", "docker")
    assert chosen_kind() == "docker"


@pytest.mark.parametrize(("processes", "status"), [("0", 3), ("2", 2)])
def test_a_run_whose_engines_do_not_start_ends_with_one_line(processes: str, status: int) -> None:
    """And not with the same error for each test, nor with how the processes of the run ended."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", processes, "tests/graph/integration/test_queries.py"],
        cwd=ROOT, check=False,
        env=dict(os.environ) | {"CONSILIUM_TEST_ENGINES": "docker", "DOCKER_HOST": "tcp://127.0.0.1:1"},
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == status
    said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    assert len([line for line in said if "The engines for the tests do not start: " in line]) == 1
    assert len(said) <= (3 if processes == "0" else 8), said
