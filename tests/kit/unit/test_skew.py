"""Deadlines between machines whose clocks differ."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest
import structlog
from flask import Flask
from werkzeug.serving import make_server

import kit.web
from kit import skew
from kit.errors import Unavailable
from kit.http import CallContext, ServiceClient
from kit.skew import MAX_SKEW_SECONDS, ServerClock, parsed, remaining_of, stated_time
from kit.tokens import KeySet, TokenVerifier
from kit.web import configure_app, remaining_seconds
from tests.kit.unit.test_kit import ISSUER, a_signer


class Machine:
    """A machine's wall clock, `ahead` of the true time; tests move the true time."""

    true = 1_000_000.0

    def __init__(self, ahead: float) -> None:
        self.ahead = ahead

    def wall(self) -> float:
        """What its clock shows."""
        return Machine.true + self.ahead

    def monotonic(self) -> float:
        """Seconds since it was started."""
        return Machine.true - 999_000.0


@pytest.fixture(autouse=True)
def _true_time() -> Iterator[None]:
    Machine.true = 1_000_000.0
    return


def exchange(clock: ServerClock, caller: Machine, server: Machine, *, there: float = 0.01, back: float = 0.01) -> None:
    """One request and its answer, on a way that takes some time."""
    sent = caller.monotonic()
    Machine.true += there
    stated = stated_time(server.wall, "server")
    Machine.true += back
    clock.note(sent, caller.monotonic(), stated)


def left_at(server: Machine, headers: dict[str, str], *, elapsed: float = 0.0, clock_id: str = "server") -> float:
    """How long the caller still waits, as the server computes it."""
    left = remaining_of(
        headers.get("X-Deadline"), headers.get("X-Timeout"), elapsed=elapsed, wall=server.wall, clock_id=clock_id
    )
    assert left is not None
    return left


@pytest.mark.parametrize("ahead", [-45.0, -5.0, 0.0, 5.0, 45.0, 86_400.0])
def test_a_deadline_means_the_same_moment_on_both_machines(ahead: float) -> None:
    """Before the first answer and after it, whatever the difference."""
    caller, server = Machine(3.0), Machine(3.0 + ahead)
    clock = ServerClock("graph", monotonic=caller.monotonic, wall=caller.wall)
    assert left_at(server, clock.headers(2.0)) == pytest.approx(2.0)
    exchange(clock, caller, server)
    headers = clock.headers(2.0)
    assert left_at(server, headers) == pytest.approx(2.0, abs=0.02)
    assert clock.skew == pytest.approx(ahead, abs=0.02)
    # It waited in a queue, before the server saw it, until nobody waits any more.
    Machine.true += 2.1
    assert left_at(server, headers) < 0


def test_slow_answers_do_not_spoil_what_a_fast_one_said() -> None:
    """A way of seconds, all of it in one direction, leaves the estimate where it was."""
    caller, server = Machine(0.0), Machine(20.0)
    clock = ServerClock("graph", monotonic=caller.monotonic, wall=caller.wall)
    exchange(clock, caller, server, there=0.002, back=0.002)
    for _ in range(20):
        exchange(clock, caller, server, there=0.0, back=1.9)
        exchange(clock, caller, server, there=1.9, back=0.0)
    assert clock.skew == pytest.approx(20.0, abs=0.003)


def test_a_clock_that_is_set_is_followed_from_the_next_answer_on() -> None:
    """Forwards and backwards, on either side."""
    caller, server = Machine(0.0), Machine(0.0)
    clock = ServerClock("graph", monotonic=caller.monotonic, wall=caller.wall)
    for ahead in (0.0, 30.0, -30.0):
        server.ahead = ahead
        exchange(clock, caller, server)
        assert left_at(server, clock.headers(2.0)) == pytest.approx(2.0, abs=0.02)
    caller.ahead = 500.0
    assert left_at(server, clock.headers(2.0)) == pytest.approx(2.0, abs=0.02)


def test_a_deadline_on_another_machines_clock_is_not_compared_with_ours() -> None:
    """Behind a balancer the next request may reach another machine; what was asked for, in seconds, still bounds it."""
    caller, first, second = Machine(0.0), Machine(40.0), Machine(-40.0)
    clock = ServerClock("graph", monotonic=caller.monotonic, wall=caller.wall)
    exchange(clock, caller, first)
    headers = clock.headers(2.0)
    assert left_at(second, headers, clock_id="second") == pytest.approx(2.0)
    assert left_at(second, headers, clock_id="second", elapsed=1.5) == pytest.approx(0.5)


@pytest.mark.parametrize("value", [None, "", "soon", "nan", "inf", ";clock=x", "-inf;clock=x"])
def test_a_header_that_is_no_time_is_ignored(value: str | None) -> None:
    """It is neither a deadline nor an answer's time."""
    assert parsed(value) is None
    assert remaining_of(value, value, elapsed=0) is None
    clock = ServerClock("graph")
    clock.note(0.0, 0.1, value)
    assert clock.skew is None


@pytest.mark.parametrize(("there", "back"), [(4.0, 0.0), (0.0, 4.0), (2.0, 2.0)])
def test_a_slow_answer_is_no_sign_of_another_time(there: float, back: float) -> None:
    """A busy machine answers late; its clock is named only when no way of that length explains the time it stated."""
    caller, server = Machine(0.0), Machine(0.0)
    clock = ServerClock("graph", monotonic=caller.monotonic, wall=caller.wall)
    with structlog.testing.capture_logs() as lines:
        exchange(clock, caller, server, there=there, back=back)
    assert lines == []
    server.ahead = 6.0
    with structlog.testing.capture_logs() as lines:
        exchange(clock, caller, server, there=there, back=back)
    assert [line["event"] for line in lines] == ["clocks_differ"]


def test_the_log_names_the_clock_when_it_differs_and_not_each_time() -> None:
    """Once when it begins, again when it changes or is beyond what tokens tolerate, and when it ends."""
    caller, server = Machine(0.0), Machine(0.0)
    clock = ServerClock("graph", monotonic=caller.monotonic, wall=caller.wall)
    with structlog.testing.capture_logs() as lines:
        for ahead in (0.2, 5.0, 5.0, 5.3, -MAX_SKEW_SECONDS - 30.0, 0.0, 0.0):
            server.ahead = ahead
            exchange(clock, caller, server)
    assert [(line["log_level"], line["event"], line["seconds"]) for line in lines] == [
        ("warning", "clocks_differ", 5.0), ("error", "clocks_differ", -90.0), ("info", "clocks_agree", 0.0),
    ]  # fmt: skip
    assert lines[0]["sentence"] == (
        "The clock of the graph service's machine is 5.0 s ahead of this machine's clock; synchronise both with NTP."
    )
    assert "90.0 s behind" in lines[1]["sentence"]
    assert "tokens are refused" in lines[1]["sentence"]


@pytest.mark.parametrize("ahead", [-45, 45])
def test_a_token_is_accepted_by_a_machine_whose_clock_differs(monkeypatch: pytest.MonkeyPatch, ahead: float) -> None:
    """Its issuer's clock is tens of seconds ahead or behind; it lives for ten minutes."""
    signer = a_signer()
    token = signer.access_token("ada", [], issued_at=time.time() + ahead)
    assert TokenVerifier(KeySet(signer.key_set), issuer=ISSUER).verify(token).subject == "ada"


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Flask]]:
    """A real service whose clock is 45 s behind, over HTTP."""
    app = Flask("late", static_folder=None)
    verifier = TokenVerifier(KeySet(a_signer().key_set), issuer=ISSUER)
    configure_app(app, verifier=verifier, public=("left",), ready=dict)
    monkeypatch.setattr(kit.web, "stated_time", lambda: stated_time(lambda: time.time() - 45))
    monkeypatch.setattr(
        kit.web, "remaining_of", lambda *given, **named: remaining_of(*given, **named, wall=lambda: time.time() - 45)
    )

    @app.get("/left")
    def left() -> dict[str, float]:
        return {"left": remaining_seconds()}

    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", app
    server.shutdown()


def test_two_real_services_45_seconds_apart_understand_each_other(service: tuple[str, Flask]) -> None:
    """The first call and all others; one that waited too long in a queue is refused by the service itself."""
    address, _ = service
    client = ServiceClient("late", address)
    for _ in range(3):
        left = client.call("GET", "/left", context=CallContext(deadline=time.monotonic() + 1.5))["left"]
        assert 1.0 < left <= 1.5
    assert client.clock.skew == pytest.approx(-45, abs=0.1)
    # The same request, as a queue would hand it over after its deadline.
    stale = client.clock.headers(0.2)
    time.sleep(0.3)
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as raw:
        lines = "".join(f"{name}: {value}\r\n" for name, value in stale.items())
        raw.sendall(f"GET /left HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{lines}\r\n".encode())
        answer = raw.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 503")
    assert b"UNAVAILABLE" in answer
    with pytest.raises(Unavailable):
        client.call("GET", "/left", context=CallContext(deadline=time.monotonic() - 0.1))


def test_a_clock_is_named_alike_by_all_processes_of_a_machine() -> None:
    """And says nothing that identifies the machine."""
    assert skew._clock_id() == skew.CLOCK_ID
    assert len(skew.CLOCK_ID) == 12
