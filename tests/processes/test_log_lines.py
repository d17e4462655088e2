"""Every line of a process's log is a JSON object with the service's name, whoever wrote it; strangers cannot fill it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.kit.unit.test_kit import a_pem
from tests.support.served import read_all, served
from tests.support.settings import DIGESTS, SECRETS

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
NOWHERE = {
    "CONSILIUM_DATABASE_URL": "postgresql+psycopg://u:p@127.0.0.1:1/x",
    "CONSILIUM_NEO4J_URI": "bolt://127.0.0.1:1",
    "CONSILIUM_NEO4J_PASSWORD": "x",
    "CONSILIUM_PROFILES_URL": "http://127.0.0.1:1",
    "CONSILIUM_GRAPH_URL": "http://127.0.0.1:1",
    "CONSILIUM_SIGNING_KEY": a_pem(),
    "CONSILIUM_CHECKPOINT_KEY": a_pem(),
    "CONSILIUM_FIELD_KEY": KEY,
    "CONSILIUM_INDEX_KEY": KEY,
    "CONSILIUM_SERVICE_DIGESTS": " ".join(f"{service}:{digest}" for service, (digest,) in DIGESTS.items()),
    **{f"CONSILIUM_{service.upper()}_SECRET": secret for service, secret in SECRETS.items()},
}
# Python reads this before the program: it gives the service's application a path that makes noise of every kind.
NOISE = """
import importlib.util, sys


def add_to(app):
    import logging, threading, warnings
    import gevent
    from kit.logs import log

    def fail():
        raise ValueError("nobody catches this")

    def noise():
        log().warning("own_event")
        logging.getLogger("some.library").warning("a library says %s", "something")
        logging.getLogger("neo4j").error("x" * 5000)
        warnings.warn("a warning", stacklevel=1)
        threading.Thread(target=fail).start()
        gevent.spawn(fail)
        gevent.sleep(0.2)
        try:
            fail()
        except ValueError:
            logging.getLogger("gunicorn.error").exception("with a traceback")
        return {{}}

    app.before_request_funcs[None] = []  # no token is asked for
    app.add_url_rule("/noise", "noise", noise)


class Finder:
    def find_spec(self, name, path=None, target=None):
        if name != "{service}.app":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        execute = spec.loader.exec_module

        def exec_module(module):
            execute(module)
            make = module.create_app

            def create_app():
                app = make()
                add_to(app)
                return app

            module.create_app = create_app

        spec.loader.exec_module = exec_module
        return spec


sys.meta_path.insert(0, Finder())
"""


def lines_of(file: Path) -> list[dict[str, Any]]:
    """What a process wrote; every line must be a JSON object."""
    text = file.read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line]


@pytest.mark.parametrize("service", ["gateway", "profiles", "graph"])
def test_every_line_of_a_service_carries_its_name(tmp_path: Path, service: str) -> None:
    """Written by structlog, gunicorn, libraries, warnings, and by what ends a thread or a greenlet."""
    package, log = tmp_path / "noisy", tmp_path / "log"
    package.mkdir()
    (package / "sitecustomize.py").write_text(NOISE.format(service=service))
    with served(f"{service}.app:create_app()", log=log, **NOWHERE, PYTHONPATH=str(package)) as found:
        assert b"200 OK" in found.ask(b"GET /noise HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    lines = lines_of(log)
    assert {line["service"] for line in lines} == {service}
    events = {line["event"]: line for line in lines}
    assert {"own_event", "a library says something", "thread_failed", "greenlet_failed", "with a traceback"} <= set(
        events
    )
    assert any("a warning" in event for event in events)
    assert "ValueError: nobody catches this" in events["thread_failed"]["exception"]
    assert events["a library says something"]["logger"] == "some.library"
    assert max(len(event) for event in events) < 1_100


def test_settings_that_are_refused_are_lines_too(tmp_path: Path) -> None:
    """A service that cannot start says why like everything else; so does the worker."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CONSILIUM_")}
    for service, program in (
        ("profiles", ["gunicorn", "-c", "python:kit.listen", "profiles.app:create_app()"]),
        ("worker", ["profiles.worker"]),
    ):
        log = tmp_path / service
        with log.open("wb") as file:
            done = subprocess.run(
                [sys.executable, "-m", *program], env=environment | {"CONSILIUM_BIND": "127.0.0.1:0"}, stdout=file,
                stderr=file, timeout=60, check=False,
            )  # fmt: skip
        assert done.returncode != 0
        found = lines_of(log)
        assert {line["service"] for line in found} == {service}
        assert "CONSILIUM_DATABASE_URL is not set" in log.read_text()
        assert any(line["level"] == "critical" for line in found)


def test_every_line_of_the_worker_carries_its_name(tmp_path: Path) -> None:
    """Its threads have no context of their own."""
    log = tmp_path / "log"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CONSILIUM_")}
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "profiles.worker"], env=environment | NOWHERE, stdout=file, stderr=file, cwd=tmp_path
        )
    try:
        deadline = time.monotonic() + 60
        while log.read_text().count("\n") < 3 and time.monotonic() < deadline:
            time.sleep(0.1)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
    found = lines_of(log)
    assert len(found) >= 3
    assert {line["service"] for line in found} == {"worker"}


def test_lines_of_the_operators_tools_carry_their_name() -> None:
    """What is logged; what is printed for people is not."""
    program = (
        "import logging, sys\nfrom click.testing import CliRunner\nimport consilium.cli as cli\n"
        "@cli.main.command()\ndef noise():\n    logging.getLogger('alembic').warning('a migration')\n"
        "    from kit.logs import log\n    log().warning('own_event')\n"
        "sys.argv = ['consilium', 'noise']\ncli.main()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    found = [json.loads(line) for line in done.stderr.splitlines()]
    assert [(line["event"], line["service"]) for line in found] == [
        ("a migration", "operator"),
        ("own_event", "operator"),
    ]


GARBAGE = [
    b"G" * 8_000 + b"\r\n\r\n",
    b"GET /" + b"secret" * 2_700 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/9.9-secret\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nsecret secret: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"secret" * 3_000 + b"\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: secret\r\n\r\n",
    b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: -secret\r\n\r\n",
    b"\x16\x03\x01\x02\x00secret\r\n\r\n",
    b"\xff\xfe secret \x00\r\n\r\n",
]


def test_malformed_requests_are_a_few_short_lines_without_what_was_sent(tmp_path: Path) -> None:
    """However many and however long; nothing of them comes back either."""
    log = tmp_path / "log"
    with served("gateway.app:create_app()", log=log, **NOWHERE) as gateway:

        def answer(request: bytes) -> bytes:
            with gateway.connect() as connection:
                connection.sendall(request)
                return read_all(connection)

        before = len(lines_of(log))
        began = time.monotonic()
        with ThreadPoolExecutor(40) as pool:
            answers = set(pool.map(answer, GARBAGE * 40))
        seconds = time.monotonic() - began
        assert gateway.healthy_in() < 5
    found = lines_of(log)[before:]
    text = log.read_text()
    assert {answer.split(b" ", 2)[1] for answer in answers} <= {b"400", b"414", b"431", b"501"}
    assert not any(b"secret" in answer for answer in answers)
    assert "secret" not in text
    assert "GGGG" not in text
    malformed = [line for line in found if line["event"] == "malformed_requests"]
    assert 1 <= len(malformed) <= 1 + seconds / 60
    assert len(found) <= len(malformed) + 2
    assert all(len(json.dumps(line)) < 500 for line in malformed)
    assert {line["service"] for line in found} == {"gateway"}
