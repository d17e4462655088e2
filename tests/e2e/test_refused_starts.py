"""`consilium up` where it cannot start: one line says why, and nothing is started."""

from __future__ import annotations

import re
import socket
import time
from pathlib import Path

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


def test_production_names_everything_that_it_lacks_and_starts_nothing(tmp_path: Path) -> None:
    """A line for each setting, and no default secret."""
    ports = {f"CONSILIUM_{name}_PORT": str(free_port()) for name in ("GATEWAY", "PROFILES", "GRAPH")}
    done = operate(
        tmp_path / "home", "up", CONSILIUM_ENV="production", CONSILIUM_PUBLIC_URL="http://x", CONSILIUM_GATEWAY_SECRET="g" * 24,
        CONSILIUM_WORKERS="many", **ports,
    )  # fmt: skip
    assert done.returncode == 1
    assert sorted(done.stdout.splitlines()) == [
        "CONSILIUM_CHECKPOINT_KEY is not set. Set it, or CONSILIUM_CHECKPOINT_KEY_FILE to a file that holds it.",
        "CONSILIUM_FIELD_KEY is not set. Set it, or CONSILIUM_FIELD_KEY_FILE to a file that holds it.",
        "CONSILIUM_INDEX_KEY is not set. Set it, or CONSILIUM_INDEX_KEY_FILE to a file that holds it.",
        "CONSILIUM_OPERATOR_SECRET is not set. Set it, or CONSILIUM_OPERATOR_SECRET_FILE to a file that holds it.",
        "CONSILIUM_PUBLIC_URL must be an https address in production.",
        "CONSILIUM_SIGNING_KEY is not set. Set it, or CONSILIUM_SIGNING_KEY_FILE to a file that holds it.",
        "CONSILIUM_SMTP_URL is not set. Set it, or CONSILIUM_SMTP_URL_FILE to a file that holds it.",
        "CONSILIUM_WORKERS must be a whole number from 1, not 'many'.",
        "CONSILIUM_WORKER_SECRET is not set. Set it, or CONSILIUM_WORKER_SECRET_FILE to a file that holds it.",
    ]
    assert done.stderr == ""


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
