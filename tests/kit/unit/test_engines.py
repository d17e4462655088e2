"""Waiting for an engine at the start, and watching it afterwards."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from kit.engines import EngineError, EngineWatch, wait_for
from kit.errors import Unavailable
from tests.support.clock import Clock


class NotAnswering(Exception):
    """The engine does not answer yet."""


def test_waiting_goes_on_until_the_engine_answers() -> None:
    """With pauses that grow, and without a new engine for each try."""
    pauses: list[float] = []

    class Pausing(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            assert timeout is not None
            pauses.append(timeout)
            return False

    def attempt() -> str:
        if len(pauses) < 6:
            raise NotAnswering
        return "connected"

    assert wait_for(attempt, retry=(NotAnswering,), failure=str, seconds=30, stopping=Pausing()) == "connected"
    assert pauses == [0.2, 0.4, 0.8, 1.6, 3.0, 3.0]


def test_waiting_ends_with_one_sentence() -> None:
    """In time, or when told to; what waiting does not change is raised at once."""

    def refuse() -> None:
        raise NotAnswering("connection refused")

    def fail() -> None:
        raise ValueError("a wrong password")

    with pytest.raises(EngineError, match=r"^It does not answer \(connection refused\)\.$"):
        wait_for(refuse, retry=(NotAnswering,), failure=lambda error: f"It does not answer ({error}).", seconds=0.5)
    stopping = threading.Event()
    stopping.set()
    with pytest.raises(EngineError):
        wait_for(refuse, retry=(NotAnswering,), failure=str, seconds=60, stopping=stopping)
    with pytest.raises(ValueError, match="a wrong password"):
        wait_for(fail, retry=(NotAnswering,), failure=str, seconds=60)


class Engine:
    """An engine that tests stop, hang and restart."""

    def __init__(self) -> None:
        self.runs, self.hangs = True, threading.Event()
        self.prepared = self.maintained = 0
        self.cannot_be_prepared = False

    def ping(self) -> None:
        """Answer, refuse, or hang."""
        while self.hangs.is_set():
            time.sleep(0.01)
        if not self.runs:
            raise NotAnswering

    def prepare(self) -> None:
        """Get ready."""
        self.ping()
        if self.cannot_be_prepared:
            raise NotAnswering
        self.prepared += 1

    def maintain(self) -> None:
        """Stay ready."""
        self.maintained += 1


@pytest.fixture
def engine() -> Engine:
    """One that runs."""
    return Engine()


@pytest.fixture
def watch(engine: Engine) -> Iterator[EngineWatch]:
    """A watch of it, a hundred times as fast as a real one."""
    found = EngineWatch(
        "Neo4j", engine.ping, prepare=engine.prepare, maintain=engine.maintain, poll_seconds=0.02,
        hanging_seconds=0.2, maintain_seconds=0.05,
    )  # fmt: skip
    found.start()
    yield found
    found.stop()
    engine.hangs.clear()


def becomes(check: Any, seconds: float = 5.0) -> None:
    """Wait until something is true."""
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_an_engine_is_prepared_once_and_maintained_after_that(engine: Engine, watch: EngineWatch) -> None:
    """While it answers."""
    assert not EngineWatch("Neo4j", engine.ping).confirmed
    becomes(lambda: watch.prepared)
    assert watch.confirmed
    becomes(lambda: engine.maintained >= 2)
    assert engine.prepared == 1
    assert watch.answers
    watch.require()


def test_an_engine_that_was_restarted_is_prepared_again(engine: Engine, watch: EngineWatch) -> None:
    """And what needs it is refused at once while it is away; the log says so once, and that it is back."""
    becomes(lambda: watch.prepared)
    with structlog.testing.capture_logs() as lines:
        engine.runs = False
        becomes(lambda: not watch.answers)
        assert not watch.prepared
        with pytest.raises(Unavailable, match="Neo4j does not answer now"):
            watch.require()
        time.sleep(0.1)
        engine.runs = True
        becomes(lambda: watch.answers)
        becomes(lambda: watch.prepared)
    assert engine.prepared == 2
    events = [line["event"] for line in lines]
    assert events.count("engine_lost") == events.count("engine_back") == 1


def test_an_engine_that_hangs_does_not_answer(engine: Engine, watch: EngineWatch) -> None:
    """Nobody is told to wait; it was not restarted, so it need not be prepared again."""
    becomes(lambda: watch.prepared)
    engine.hangs.set()
    becomes(lambda: not watch.answers)
    with pytest.raises(Unavailable):
        watch.require()
    engine.hangs.clear()
    becomes(lambda: watch.answers)
    assert watch.prepared
    assert engine.prepared == 1


def test_what_fails_to_be_prepared_is_tried_again(engine: Engine) -> None:
    """Requests are let through meanwhile, and readiness says no."""
    engine.cannot_be_prepared = True
    watch = EngineWatch("Neo4j", engine.ping, prepare=engine.prepare, poll_seconds=0.02)
    watch.start()
    try:
        time.sleep(0.2)
        assert watch.answers
        assert not watch.prepared
        engine.cannot_be_prepared = False
        becomes(lambda: watch.prepared)
    finally:
        watch.stop()


def test_a_restart_during_the_preparation_counts(engine: Engine) -> None:
    """What was prepared then is another engine."""
    watch = EngineWatch("Neo4j", engine.ping, clock=Clock())
    watch._note_answer()
    losses = watch._losses
    watch._note_loss("ServiceUnavailable")
    watch._note_answer()
    watch._prepared_after = losses  # the preparation that began before the loss ends now
    assert watch.answers
    assert not watch.prepared
