"""What anybody may ask as often as they like is worked out once in a while, and tells strangers no more than it must."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from werkzeug.test import Client

from kit.caches import Refreshed
from kit.tokens import KeySet, TokenVerifier
from kit.web import READY_SECONDS, configure_app


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_value_is_made_once_by_callers_at_the_same_time() -> None:
    """All of them wait for one, and get what it made."""
    made = []

    def make() -> int:
        time.sleep(0.05)
        made.append(1)
        return len(made)

    value = Refreshed(make, 60)
    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(lambda _: value.get(), range(20))) == [1] * 20


def test_a_value_is_as_old_as_it_may_be_and_no_older() -> None:
    """Its age counts from when it was made."""
    clock, made = Clock(), iter(range(9))
    value = Refreshed(lambda: next(made), 1.0, clock)
    found = []
    for now in (0.0, 1.0, 1.1, 2.1, 2.2):
        clock.now = now
        found.append(value.get())
    assert found == [0, 0, 1, 1, 2]


def test_what_cannot_be_made_is_tried_again_by_the_next_caller() -> None:
    """And nobody is kept waiting for it."""
    answers = iter([ValueError("away"), 7])

    def make() -> int:
        found = next(answers)
        if isinstance(found, Exception):
            raise found
        return found

    value = Refreshed(make, 1.0)
    with pytest.raises(ValueError, match="away"):
        value.get()
    assert value.get() == 7


class Service:
    """A service that counts how often its parts are asked."""

    def __init__(self, *, internal: bool) -> None:
        self.asked = self.detailed = 0
        app = Flask("service")
        configure_app(
            app, verifier=TokenVerifier(KeySet(lambda: {"keys": []}), issuer="x"), ready=self.ready, details=self.details,
            internal=lambda: internal,
        )  # fmt: skip
        self.app = app

    def ready(self) -> dict[str, bool]:
        """Its only part."""
        self.asked += 1
        time.sleep(0.02)
        return {"postgresql": False}

    def details(self) -> dict[str, int]:
        """What a query counts."""
        self.detailed += 1
        return {"dead_letters": 3}


@pytest.mark.parametrize("internal", [True, False])
def test_readyz_asks_once_a_second_however_often_it_is_asked(internal: bool) -> None:
    """200 requests at the same time, and one more when a second is over."""
    service = Service(internal=internal)
    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(lambda _: Client(service.app).get("/readyz").status_code, range(200)))
    assert set(statuses) == {503}
    assert (service.asked, service.detailed) == (1, 1)
    threading.Event().wait(READY_SECONDS + 0.1)
    Client(service.app).get("/readyz")
    assert (service.asked, service.detailed) == (2, 2)


def test_a_stranger_learns_whether_it_is_ready_and_nothing_else() -> None:
    """No part, no figure, no metric."""
    client, known = Client(Service(internal=False).app), Client(Service(internal=True).app)
    assert client.get("/readyz").json == {"status": "not ready"}
    assert known.get("/readyz").json == {"status": "not ready", "parts": {"postgresql": False}, "dead_letters": 3}
    assert client.get("/metrics").status_code == 404
    assert known.get("/metrics").status_code == 200
