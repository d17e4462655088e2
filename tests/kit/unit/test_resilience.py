"""Breaker, budget and bound, and the client between services that uses them."""

from __future__ import annotations

import http.server
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from kit.errors import Unavailable
from kit.http import MOST_TRIES, CallContext, ServiceClient
from kit.resilience import FAILURES_TO_OPEN, OPEN_SECONDS, RETRIES_SAVED, Bound, Breaker, RetryBudget
from tests.support.clock import Clock


def test_the_breaker_opens_lets_one_through_a_second_and_closes() -> None:
    """After five failures in a row, and not before."""
    clock = Clock()
    breaker = Breaker(clock)
    for _ in range(FAILURES_TO_OPEN - 1):
        breaker.failed()
    assert breaker.closed
    breaker.succeeded()
    for _ in range(FAILURES_TO_OPEN):
        assert breaker.closed
        assert breaker.allows()
        breaker.failed()
    assert not breaker.closed
    assert [breaker.allows() for _ in range(3)] == [True, False, False]  # the first probe is at once
    clock.now += OPEN_SECONDS
    assert [breaker.allows() for _ in range(3)] == [True, False, False]
    breaker.succeeded()
    assert breaker.closed


def test_a_tenth_of_the_calls_may_be_tried_again() -> None:
    """Beside the ten that are saved."""
    budget = RetryBudget()
    assert sum(budget.spend() for _ in range(100)) == RETRIES_SAVED
    for _ in range(105):
        budget.earn()
    assert sum(budget.spend() for _ in range(100)) == 10


def test_the_bound_counts() -> None:
    """One more than the most does not begin."""
    bound = Bound(2)
    assert [bound.enter() for _ in range(3)] == [True, True, False]
    bound.leave()
    assert bound.enter()


class Behaviour:
    """What the server does with each request."""

    def __init__(self) -> None:
        self.plan: list[str] = []
        self.seen = self.probed = 0
        self.away = False  # hangs up on everything


@pytest.fixture
def server() -> Iterator[tuple[str, Behaviour]]:
    """A server that answers, hangs up, or is slow, as planned."""
    behaviour = Behaviour()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            assert self.path == "/healthz"
            behaviour.probed += 1
            self.answer("hang up" if behaviour.away else "answer")

        def do_POST(self) -> None:
            behaviour.seen += 1
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.answer("hang up" if behaviour.away else behaviour.plan.pop(0) if behaviour.plan else "answer")

        def answer(self, act: str) -> None:
            if act == "slow":
                time.sleep(0.5)
            if act == "dear":  # longer than the caller waits
                time.sleep(0.2)
            if act == "hang up":
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            status = 503 if act == "busy" else 200
            self.send_response(status)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: Any) -> None: ...

    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running.server_address[1]}", behaviour
    running.shutdown()


def test_a_lost_answer_is_asked_for_again_only_with_a_key(server: tuple[str, Behaviour]) -> None:
    """Without one nobody knows whether the change was made."""
    address, behaviour = server
    client = ServiceClient("x", address)
    behaviour.plan = ["hang up"]
    with pytest.raises(Unavailable):
        client.call("POST", "/")
    assert behaviour.seen == 1
    behaviour.plan = ["hang up", "hang up"]
    assert client.call("POST", "/", context=CallContext(idempotency_key="k")) == {}
    assert behaviour.seen == 1 + MOST_TRIES


def test_waiting_in_vain_is_never_repeated(server: tuple[str, Behaviour]) -> None:
    """Even with a key: the service is slow already."""
    address, behaviour = server
    client = ServiceClient("x", address, read_seconds=0.1)
    behaviour.plan = ["slow"]
    with pytest.raises(Unavailable):
        client.call("POST", "/", context=CallContext(idempotency_key="k"))
    assert behaviour.seen == 1


def test_a_service_that_is_away_is_refused_at_once_and_found_again(server: tuple[str, Behaviour]) -> None:
    """After five failures in microseconds, but for one probe a second; within a second of its return it is asked again."""
    address, behaviour = server
    client = ServiceClient("x", address)
    behaviour.away = True
    for _ in range(FAILURES_TO_OPEN):
        with pytest.raises(Unavailable):
            client.call("POST", "/")
    seen = behaviour.seen
    with pytest.raises(Unavailable):
        client.call("POST", "/")  # its probe fails
    began = time.perf_counter()
    for _ in range(50):
        with pytest.raises(Unavailable):
            client.call("POST", "/")
    assert time.perf_counter() - began < 0.1
    assert (behaviour.seen, behaviour.probed) == (seen, 1)
    behaviour.away = False
    time.sleep(OPEN_SECONDS + 0.05)
    assert client.call("POST", "/") == {}
    assert client.call("POST", "/") == {}
    assert behaviour.probed == 2


def test_one_dear_operation_does_not_close_the_way_to_cheap_ones(server: tuple[str, Behaviour]) -> None:
    """However often it is too slow: the service answers the probe, and the next call goes through."""
    address, behaviour = server
    patient, hasty = ServiceClient("x", address), ServiceClient("x", address, read_seconds=0.1)
    hasty._breaker = patient._breaker  # one client, whose callers wait for different times
    for _ in range(4):
        behaviour.plan = ["dear"] * FAILURES_TO_OPEN
        for _ in range(FAILURES_TO_OPEN):
            with pytest.raises(Unavailable):
                hasty.call("POST", "/")
        assert patient.call("POST", "/") == {}
    assert behaviour.probed == 4


def test_a_refusal_is_an_answer(server: tuple[str, Behaviour]) -> None:
    """A service that says 503, for example because its engine is away, is asked for what it can do without."""
    address, behaviour = server
    client = ServiceClient("x", address)
    behaviour.plan = ["busy"] * (2 * FAILURES_TO_OPEN)
    for _ in range(2 * FAILURES_TO_OPEN):
        with pytest.raises(Unavailable):
            client.call("POST", "/")
    assert client.call("POST", "/") == {}
    assert behaviour.probed == 0


def test_when_nothing_listens_nothing_was_sent_and_it_is_tried_again() -> None:
    """Two more times, and then refused."""
    client = ServiceClient("x", "http://127.0.0.1:1")
    tries: list[float] = []
    send = client._send

    def counting(*given: Any) -> Any:
        tries.append(time.monotonic())
        return send(*given)

    client._send = counting  # type: ignore[method-assign]
    with pytest.raises(Unavailable):
        client.call("POST", "/")
    assert len(tries) == MOST_TRIES
