"""Breaker, budget and bound, and the client between services that uses them."""

from __future__ import annotations

import http.server
import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from kit.errors import OutcomeUnknown, Unavailable
from kit.http import MAX_TRIES, CallContext, ServiceClient
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
        self.ended = threading.Event()


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
                time.sleep(0.3)
            if act == "dear":  # longer than any caller waits
                behaviour.ended.wait(30)
            if act == "hang up":
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            status = {"busy": 503, "refuse": 503, "unknown": 503, "broken": 500}.get(act, 200)
            code = {"refuse": "UNAVAILABLE", "unknown": "OUTCOME_UNKNOWN", "broken": "INTERNAL"}.get(act)
            body = json.dumps({"code": code}).encode() if code else b"{}"
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_PUT = do_POST  # noqa: N815

        def log_message(self, *_: Any) -> None: ...

    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{running.server_address[1]}", behaviour
    behaviour.ended.set()
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
    assert behaviour.seen == 1 + MAX_TRIES


def test_waiting_in_vain_is_never_repeated(server: tuple[str, Behaviour]) -> None:
    """Even with a key: the service is slow already."""
    address, behaviour = server
    client = ServiceClient("x", address, read_seconds=0.1)
    behaviour.plan = ["dear"]
    with pytest.raises(Unavailable):
        client.call("POST", "/", context=CallContext(idempotency_key="k"))
    assert behaviour.seen == 1


def test_a_service_that_is_away_is_refused_at_once_and_found_again(server: tuple[str, Behaviour]) -> None:
    """After five failures without a call, but for one probe a second; a second after its return it is asked again."""
    address, behaviour = server
    client = ServiceClient("x", address)
    now = [time.monotonic()]
    client._breaker = Breaker(lambda: now[0])
    behaviour.away = True
    for _ in range(FAILURES_TO_OPEN):
        with pytest.raises(Unavailable):
            client.call("POST", "/")
    seen = behaviour.seen
    with pytest.raises(Unavailable):
        client.call("POST", "/")  # its probe fails
    for _ in range(50):
        with pytest.raises(Unavailable):
            client.call("POST", "/")
    assert (behaviour.seen, behaviour.probed) == (seen, 1)
    behaviour.away = False
    now[0] += OPEN_SECONDS
    assert client.call("POST", "/") == {}
    assert client.call("POST", "/") == {}
    assert behaviour.probed == 2


def test_one_dear_operation_does_not_close_the_way_to_cheap_ones(server: tuple[str, Behaviour]) -> None:
    """However often it is too slow: the service answers the probe, and the next call goes through."""
    address, behaviour = server
    patient, hasty = ServiceClient("x", address), ServiceClient("x", address, read_seconds=0.03)
    hasty._breaker = patient._breaker  # one client, whose callers wait for different times
    for _ in range(4):
        behaviour.plan = ["dear"] * FAILURES_TO_OPEN
        for _ in range(FAILURES_TO_OPEN):
            with pytest.raises(Unavailable):
                hasty.call("POST", "/")
        while behaviour.plan:  # what was sent has not arrived yet
            time.sleep(0.001)
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
    assert len(tries) == MAX_TRIES


def change(**given: Any) -> CallContext:
    """The context of a change that has two seconds."""
    return CallContext(changes=True, deadline=time.monotonic() + given.pop("seconds", 2.0), **given)


def test_a_change_is_not_cut_at_the_limit_of_a_read(server: tuple[str, Behaviour]) -> None:
    """It waits until its deadline, and so does a read that a change depends on; another read does not."""
    address, behaviour = server
    client = ServiceClient("x", address, read_seconds=0.1)
    behaviour.plan = ["slow", "slow", "dear"]
    assert client.call("POST", "/", context=change()) == {}
    assert client.call("POST", "/", context=CallContext(patient=True, deadline=time.monotonic() + 2)) == {}
    with pytest.raises(Unavailable):
        client.call("POST", "/", context=CallContext(deadline=time.monotonic() + 2))


@pytest.mark.parametrize(
    ("plan", "key", "outcome", "seen"),
    [
        (["refuse"], "k", Unavailable, 1),  # the service says that nothing was changed
        (["hang up"], None, OutcomeUnknown, 1),
        (["hang up"], "k", None, 2),  # the key makes asking again safe
        (["hang up"] * 3, "k", OutcomeUnknown, 3),
        (["hang up", "refuse"], "k", OutcomeUnknown, 2),  # the first may have been done, whatever the second says
        (["unknown"], None, OutcomeUnknown, 1),
        (["unknown"], "k", None, 2),
        (["unknown"] * 3, "k", OutcomeUnknown, 3),
        (["broken"], "k", OutcomeUnknown, 1),
        (["busy"], "k", OutcomeUnknown, 1),  # a 503 that does not say that nothing was changed
    ],
)
def test_what_is_not_known_of_a_change_says_so(
    server: tuple[str, Behaviour], plan: list[str], key: str | None, outcome: type[Exception] | None, seen: int
) -> None:
    """Nothing that may have been done is told as if it had not been."""
    address, behaviour = server
    behaviour.plan = list(plan)
    client = ServiceClient("x", address)
    if outcome is None:
        assert client.call("POST", "/", context=change(idempotency_key=key)) == {}
    else:
        with pytest.raises(outcome):
            client.call("POST", "/", context=change(idempotency_key=key))
    assert behaviour.seen == seen


def test_a_change_that_is_harmless_to_repeat_needs_no_key(server: tuple[str, Behaviour]) -> None:
    """It is sent again where its answer was lost."""
    address, behaviour = server
    behaviour.plan = ["hang up"]
    assert ServiceClient("x", address).call("PUT", "/", context=change(repeatable=True)) == {}
    assert behaviour.seen == 2


def test_a_change_that_was_not_sent_was_not_made() -> None:
    """Nothing listens, the breaker is open, or the deadline is over."""
    client = ServiceClient("x", "http://127.0.0.1:1")
    for _ in range(FAILURES_TO_OPEN):
        with pytest.raises(Unavailable, match="nothing was changed"):
            client.call("POST", "/", context=change(idempotency_key="k"))
    with pytest.raises(Unavailable, match="nothing was changed"):
        ServiceClient("x", "http://127.0.0.1:1").call("POST", "/", context=change(seconds=-1))


def test_an_answer_after_the_deadline_leaves_the_outcome_open(
    server: tuple[str, Behaviour], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service may take some time more to read back what it has committed; then nobody waits any more."""
    address, behaviour = server
    behaviour.plan = ["slow", "dear"]
    client = ServiceClient("x", address)
    assert client.call("POST", "/", context=change(seconds=0.1)) == {}
    monkeypatch.setattr("kit.http.READ_BACK_SECONDS", 0.1)
    with pytest.raises(OutcomeUnknown):
        client.call("POST", "/", context=change(seconds=0.1, idempotency_key="k"))
    assert behaviour.seen == 2


class _Answer(msgspec.Struct):
    name: str


@pytest.mark.parametrize(("changes", "failure"), [(False, Unavailable), (True, OutcomeUnknown)])
def test_an_answer_of_another_shape_is_no_answer(
    server: tuple[str, Behaviour], changes: bool, failure: type[Exception]
) -> None:
    """A service of another release, for example; a change may have been made."""
    client = ServiceClient("x", server[0])
    assert client.call("PUT", "/") == {}
    with pytest.raises(failure):
        client.read(_Answer, "PUT", "/", context=CallContext(changes=changes))
