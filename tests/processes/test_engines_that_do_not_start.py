"""What a run of the tests says when its engines do not start."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


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
