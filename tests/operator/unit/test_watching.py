"""What ends by itself is started again, for ever and with growing pauses; nothing else is stopped for it."""

from __future__ import annotations

import io
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from rich.console import Console

from consilium.home import Home
from consilium.process import Child, ProcessFailed
from consilium.supervisor import Supervisor
from consilium.watching import MAX_RESTART_SECONDS, STEADY_SECONDS, Readiness, Restart, readiness
from tests.support.stack import eventually


def test_pauses_double_up_to_a_minute_and_end_when_it_runs() -> None:
    """The first start is at once."""
    restart, now = Restart(), 0.0
    pauses = []
    for _ in range(10):
        pause = restart.ended(now)
        assert pause is not None
        assert restart.ended(now) is None  # one line an end
        assert restart.due(now + pause)
        assert pause == 0 or not restart.due(now)
        pauses.append(pause)
        now += pause
        restart.started(now)
        now += 0.5
        restart.runs(now)
    assert pauses == [0, 1, 2, 4, 8, 16, 32, MAX_RESTART_SECONDS, MAX_RESTART_SECONDS, MAX_RESTART_SECONDS]
    restart.runs(now + STEADY_SECONDS)
    assert restart.ended(now + STEADY_SECONDS) == 0


@pytest.fixture
def supervisor(tmp_path: Path) -> Supervisor:
    """One that starts nothing by itself."""
    return Supervisor(Home(tmp_path), Console(file=io.StringIO(), width=200))


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at children many times a second, and try again soon."""
    monkeypatch.setattr("consilium.supervisor.WATCH_SECONDS", 0.02)
    monkeypatch.setattr("consilium.watching.MAX_RESTART_SECONDS", 0.1)


@pytest.mark.usefixtures("often")
def test_a_worker_that_cannot_run_takes_nothing_down(supervisor: Supervisor) -> None:
    """It is tried again and again, one line each, while the others go on; stopping ends them all."""
    log = supervisor.home.log("x")

    def steady() -> Child:
        return Child.start("profiles", [sys.executable, "-c", "import time; time.sleep(60)"], log=log)

    def failing() -> Child:
        return Child.start("worker", ["false"], log=log)

    def ended() -> list[str]:
        lines = supervisor.console.file.getvalue().splitlines()  # type: ignore[attr-defined]
        return [line for line in lines if "stopped unexpectedly" in line]

    supervisor._start("profiles", steady)
    supervisor._start("worker", failing)
    watching = threading.Thread(target=supervisor.watch)
    watching.start()
    eventually(lambda: len(ended()) >= 4)
    assert watching.is_alive()
    assert supervisor._children["profiles"].alive()
    supervisor.stopping.set()
    watching.join(5)
    supervisor.stop()
    assert not supervisor._children["profiles"].alive()
    assert "worker stopped unexpectedly (exit status 1); starting it again." in ended()[0]
    assert "it ends again and again" in ended()[3]
    said = supervisor.console.file.getvalue()  # type: ignore[attr-defined]
    assert "profiles" not in said.replace(str(supervisor.home.root), "")


@pytest.fixture
def half_ready() -> int:
    """The port of a service that names what it lacks."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({"status": "not ready", "parts": {"neo4j": True, "queries": False, "index": False}})
            self.send_response(503)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    return int(server.server_port)


def test_waiting_says_what_is_not_ready(
    supervisor: Supervisor, half_ready: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it waits, and in the sentence at the end."""
    monkeypatch.setattr("consilium.supervisor.REPORT_SECONDS", 0.1)
    assert readiness(half_ready) == Readiness(answered=True, ready=False, missing=("queries", "index"))
    assert readiness(1) == Readiness()
    supervisor._start("graph", lambda: Child.start("graph", ["sleep", "60"], log=supervisor.home.log("graph")))
    try:
        with pytest.raises(
            ProcessFailed, match=r"graph service is not ready after 0 s: not ready yet: queries, index; see"
        ):
            supervisor.wait_ready("graph", half_ready, 0.4)
    finally:
        supervisor.stop()
    assert "Waiting for the graph service: not ready yet: queries, index" in supervisor.console.file.getvalue()  # type: ignore[attr-defined]


def test_a_service_that_ends_before_it_is_ready_is_not_waited_for(supervisor: Supervisor) -> None:
    """The sentence says how it ended."""
    supervisor._start("graph", lambda: Child.start("graph", ["false"], log=supervisor.home.log("graph")))
    with pytest.raises(ProcessFailed, match=r"^The graph service ended \(exit status 1\) before it was ready; see "):
        supervisor.wait_ready("graph", 1)


def test_a_child_that_comes_up_when_all_were_ended_is_ended_too(supervisor: Supervisor) -> None:
    """A second interruption while the first one waits for it must not leave it behind."""
    children: list[Child] = []

    def late() -> Child:
        children.append(Child.start("neo4j", ["sleep", "600"], log=supervisor.home.log("neo4j")))
        supervisor.stop()
        return children[0]

    with pytest.raises(ProcessFailed, match="stopped while it started"):
        supervisor._start("neo4j", late)
    assert not children[0].alive()


def test_when_one_engine_fails_the_other_is_given_up(supervisor: Supervisor) -> None:
    """Nobody waits for it, and what is told is why the first one failed."""

    def fail() -> None:
        raise ProcessFailed("The disk is full.")

    def wait() -> None:
        assert supervisor.stopping.wait(60)
        raise ProcessFailed("Neo4j was stopped while it started.")

    with pytest.raises(ProcessFailed, match="The disk is full"):
        supervisor.together(wait, fail)


@pytest.mark.usefixtures("often")
def test_a_full_disk_does_not_end_the_watch(supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a line that cannot be printed nor a child that cannot be started; after making room all is started."""
    tries: list[str] = []
    full = threading.Event()
    full.set()
    log = supervisor.home.log("x")

    def worker() -> Child:
        tries.append("worker")
        if full.is_set():
            raise OSError(28, "No space left on device")
        return Child.start("worker", [sys.executable, "-c", "import time; time.sleep(60)"], log=log)

    supervisor._starters["worker"] = worker
    supervisor._children["worker"] = Child.start("worker", ["false"], log=log)
    said = supervisor.console.print

    def say(*given: object, **named: object) -> None:
        if full.is_set():
            raise OSError(28, "No space left on device")
        said(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(supervisor.console, "print", say)
    watching = threading.Thread(target=supervisor.watch)
    watching.start()
    eventually(lambda: len(tries) >= 3)
    assert watching.is_alive()
    full.clear()
    eventually(lambda: "worker is back." in supervisor.console.file.getvalue())  # type: ignore[attr-defined]
    assert supervisor._children["worker"].alive()
    supervisor.stopping.set()
    watching.join(5)
    supervisor.stop()
