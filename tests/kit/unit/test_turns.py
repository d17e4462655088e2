"""Of what one network address asks of a process, so much is worked on at a time; the others wait, and nobody else does."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import Client, TestResponse

from kit.turns import MAX_PAUSE_SECONDS, PAUSE, SHORT_SECONDS, InTurns, Turn, Turns, end_turn
from tests.support.stack import eventually


@pytest.fixture
def turns() -> Turns:
    """Two at a time."""
    return Turns(2)


def test_a_third_waits_until_one_ends_and_another_key_does_not(turns: Turns) -> None:
    """In the order in which they came; nothing is remembered afterwards."""
    began = turns.enter("a")
    turns.enter("a")
    order: list[int] = []

    def wait(number: int) -> None:
        turns.enter("a")
        order.append(number)

    threads = [threading.Thread(target=wait, args=(number,), daemon=True) for number in (1, 2)]
    for number, thread in enumerate(threads, 1):
        thread.start()
        eventually(lambda number=number: len(turns._waiting["a"]) == number)
    turns.leave("b", turns.enter("b"))
    assert order == []
    for number, thread in enumerate(threads, 1):
        turns.leave("a", began)
        thread.join(10)
        assert order == [1, 2][:number]
    turns.leave("a", began)
    turns.leave("a", began)
    assert len(turns) == 0


def test_never_more_than_allowed_at_once(turns: Turns) -> None:
    """Thirty-two threads, a thousand turns."""
    lock, running, most = threading.Lock(), [0], [0]

    def act(_number: int) -> None:
        began = turns.enter("a")
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        with lock:
            running[0] -= 1
        turns.leave("a", began)

    with ThreadPoolExecutor(32) as pool:
        list(pool.map(act, range(1_000)))
    assert most[0] <= 2
    assert len(turns) == 0


def test_after_a_turn_that_took_long_others_are_served(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pause of several times as long, but not for ever, before the next one of the same key; none after a short one."""
    turns, slept, now = Turns(1), [], [100.0]
    looks = itertools.count()
    monkeypatch.setattr(
        "kit.turns.gevent.get_hub", lambda: SimpleNamespace(loop=SimpleNamespace(iteration=next(looks)))
    )
    monkeypatch.setattr("kit.turns.time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr("kit.turns.let_others", slept.append)
    for seconds in (0.01, 10.0, SHORT_SECONDS / 2):
        began = turns.enter("a")
        thread = threading.Thread(target=lambda: turns.leave("a", turns.enter("a")), daemon=True)
        thread.start()
        eventually(lambda: bool(turns._waiting.get("a")))
        now[0] += seconds
        turns.leave("a", began)
        thread.join(10)
    assert slept == [pytest.approx(PAUSE * 0.01), MAX_PAUSE_SECONDS, 0.0]


def test_turns_that_nothing_interrupts_count_until_the_process_has_looked_at_its_sockets(
    turns: Turns, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forty requests of one address that are ready together are not worked on in one go."""
    slept: list[float] = []
    loop = SimpleNamespace(iteration=1)
    monkeypatch.setattr("kit.turns.gevent.get_hub", lambda: SimpleNamespace(loop=loop))
    monkeypatch.setattr("kit.turns.let_others", slept.append)

    def act(key: str) -> int:
        turns.leave(key, turns.enter(key))
        return len(slept)

    assert [act(key) for key in "aabaab"] == [0, 0, 0, 1, 2, 2]
    loop.iteration = 2
    assert [act(key) for key in "aaa"] == [2, 2, 3]
    assert len(turns) == 0


def test_what_is_ended_while_it_waits_leaves_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a greenlet is, when its worker stops: before its turn, or as it comes."""
    turns = Turns(1)
    began = turns.enter("a")
    for given in (False, True):

        def wait(_self: threading.Event, given: bool = given) -> bool:
            if given:
                turns.leave("a", began)
            raise SystemExit

        with monkeypatch.context() as patch:
            patch.setattr(threading.Event, "wait", wait)
            with pytest.raises(SystemExit):
                turns.enter("a")
    assert len(turns) == 0


def test_a_turn_rests_and_ends(turns: Turns) -> None:
    """What is over is not taken again."""
    turn = Turn(turns, "a")
    for _ in range(2):
        turn.take()
        turn.take()
        assert turns._held["a"] == 1
        turn.rest()
        turn.rest()
        assert len(turns) == 0
    turn.take()
    turn.end()
    turn.take()
    assert len(turns) == 0


class Served:
    """A Flask application whose requests wait until they are let go."""

    def __init__(self) -> None:
        self.go_on, self.running = threading.Event(), 0
        self.app = Flask("turns")
        self.app.add_url_rule("/", "wait", self.wait)
        self.app.add_url_rule("/elsewhere", "elsewhere", self.wait_elsewhere)
        self.app.add_url_rule("/fails", "fails", self.fails)
        self.app.wsgi_app = self.middleware = InTurns(self.app.wsgi_app, 2)  # type: ignore[method-assign]

    def wait(self) -> str:
        """Work."""
        self.running += 1
        self.go_on.wait(10)
        return "ok"

    def wait_elsewhere(self) -> str:
        """Wait for another service."""
        end_turn()
        return self.wait()

    def fails(self) -> str:
        """End with no answer."""
        raise SystemExit

    def ask(self, path: str = "/", address: str = "192.0.2.1") -> TestResponse:
        """One request."""
        return Client(self.app).get(path, environ_overrides={"REMOTE_ADDR": address})


def test_two_requests_of_an_address_are_worked_on_and_those_of_another_meanwhile() -> None:
    """Also of an IPv6 network, which one customer has."""
    served = Served()
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(served.ask, address=f"2001:db8::{number}") for number in range(5)]
        eventually(lambda: served.running == 2)
        assert served.ask("/none", "192.0.2.2").status_code == 404
        assert served.running == 2
        served.go_on.set()
        assert [one.result().status_code for one in asked] == [200] * 5
    assert served.running == 5
    assert len(served.middleware._turns) == 0


def test_what_waits_for_something_else_gives_its_turn_up() -> None:
    """Five wait elsewhere at once; one that fails leaves nothing behind either."""
    served = Served()
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(served.ask, "/elsewhere") for _ in range(5)]
        eventually(lambda: served.running == 5)
        served.go_on.set()
        assert [one.result().status_code for one in asked] == [200] * 5
    with pytest.raises(SystemExit):
        served.ask("/fails")
    assert len(served.middleware._turns) == 0


def test_the_connection_gets_the_turn() -> None:
    """So that it can let it rest while the client is slow; it is over when the answer is made."""
    connection, held = SimpleNamespace(turn=None), []

    def app(_environ: Any, _start_response: Any) -> Iterable[bytes]:
        held.append(len(middleware._turns))
        connection.turn.rest()
        held.append(len(middleware._turns))
        connection.turn.take()
        return [b"ok"]

    middleware = InTurns(app, 2)
    assert middleware({"REMOTE_ADDR": "192.0.2.1", "gunicorn.socket": connection}, None) == [b"ok"]
    assert held == [1, 0]
    assert len(middleware._turns) == 0
