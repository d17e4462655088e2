"""Neo4j is killed under load: what needs it is refused at once, `/readyz` says so, and all heals by itself."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from dataclasses import dataclass, field

import pytest

from consilium.home import Home
from graph import db
from tests.chaos.test_kills import own  # noqa: F401  # the fixture
from tests.e2e.test_busy_start import first_queries
from tests.support.stack import Stack, processes

pytestmark = pytest.mark.chaos
HEALED_SECONDS = 10
STAYS_SECONDS = 10
OPERATIONS = {
    "profile": first_queries()[1],
    "peers": first_queries()[0],
    "connections": "{ viewer { connections(first: 5) { totalCount nodes { name mutualConnections(first: 3) { nodes { name } } } } } }",
    "feed": "{ viewer { feed(first: 5) { nodes { title group { name } author { name } } } } }",
    "group": '{ group(by: {handle: "cardio-eu"}) { name members(first: 5) { nodes { professional { name } } } discussions(first: 3) { nodes { title } } } }',
    "search": '{ discussions(filter: {text: "heart"}, first: 5) { nodes { title } } }',
    "notifications": "{ viewer { notifications(first: 3) { unreadCount nodes { text(language: \"en\") } } } }",
}  # fmt: skip


@dataclass
class Asking(threading.Thread):
    """Asks one operation again and again, and notes when and how it was answered."""

    stack: Stack
    query: str
    token: str
    stop: threading.Event
    seen: list[tuple[float, float, bool]] = field(
        default_factory=list
    )  # when it was asked, for how long, whether whole

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        """Until told to stop."""
        while not self.stop.is_set():
            asked = time.monotonic()
            whole = "errors" not in self.stack.run(self.query, self.token)
            self.seen.append((asked, time.monotonic() - asked, whole))
            time.sleep(0.2)


def readyz(stack: Stack) -> tuple[int, dict[str, bool]]:
    """The status and parts that the gateway states."""
    status, _, body = stack.raw(None, method="GET", path="/readyz")
    return status, json.loads(body)["parts"]


def test_neo4j_is_killed_and_all_answers_within_ten_seconds_after_bolt(own: Stack) -> None:  # noqa: F811
    """Cheap and dear operations alike, and then they go on answering."""
    maria = own.sign_in("maria")
    for query in OPERATIONS.values():
        for _ in range(3):
            assert "errors" not in own.run(query, maria), query
    home, stop = Home(own.home), threading.Event()
    asking = {name: Asking(own, query, maria, stop) for name, query in OPERATIONS.items()}
    for thread in asking.values():
        thread.start()
    time.sleep(2)
    (victim,) = processes(own, "neo4j_server")
    killed = time.monotonic()
    os.kill(victim.pid, signal.SIGKILL)
    time.sleep(3)
    status, parts = readyz(own)
    assert (status, parts["profiles"], parts["graph"], parts["graph.neo4j"]) == (503, True, False, False)
    uri = f"bolt://127.0.0.1:{home.recorded_port('neo4j')}"
    db.connect_patiently(uri, "neo4j", home.secret("neo4j_password"), seconds=120).close()
    bolt = time.monotonic()
    ready = None
    while time.monotonic() < bolt + HEALED_SECONDS + STAYS_SECONDS:
        if ready is None and readyz(own)[0] == 200:
            ready = time.monotonic() - bolt
        time.sleep(0.1)
    stop.set()
    for thread in asking.values():
        thread.join(20)
    healed = {
        name: next((asked + took - bolt for asked, took, whole in thread.seen if whole and asked > killed), None)
        for name, thread in asking.items()
    }
    later = {
        name: [whole for asked, _, whole in thread.seen if asked > bolt + HEALED_SECONDS]
        for name, thread in asking.items()
    }
    away = sorted(took for thread in asking.values() for asked, took, _ in thread.seen if killed + 3 < asked < bolt - 1)
    print(f"Bolt answers {bolt - killed:.1f} s after the kill, /readyz {ready} s after that; answers: {healed}")
    assert away[len(away) // 2] < 0.5
    assert {name: after for name, after in healed.items() if after is None or after > HEALED_SECONDS} == {}
    assert ready is not None
    assert ready <= HEALED_SECONDS
    assert {name: answers for name, answers in later.items() if not answers or not all(answers)} == {}
