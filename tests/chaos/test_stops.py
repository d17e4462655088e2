"""A part that stops answering for 30 s under load: bounded answers, then fast refusals, nothing lost, and all back soon."""

from __future__ import annotations

import os
import signal
import statistics
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import psutil
import pytest

from kit.clock import new_id
from tests.chaos.test_kills import own  # noqa: F401  # the fixture
from tests.support.stack import Stack, eventually, processes

pytestmark = pytest.mark.chaos
SECONDS = 30
READ = """{ viewer { email connections(first: 3) { nodes { name } } } peers(filter: {specialties: ["cardiology"]}, first: 5) { nodes { name } }
  group(by: {handle: "cardio-eu"}) { name discussions(first: 3) { nodes { title } } } specialties(first: 3) { code } }"""
PARTS = {
    "profiles": lambda stack: processes(stack, "profiles.app"),
    "graph": lambda stack: processes(stack, "graph.app"),
    "PostgreSQL": lambda _stack: [p for p in psutil.process_iter() if _of(_stack, p, "postgres")],
    "Neo4j": lambda stack: processes(stack, "neo4j_server"),
}


def _of(stack: Stack, process: psutil.Process, name: str) -> bool:
    """Whether a process is one of the stack's own with this name: PostgreSQL leaves the process group."""
    try:
        mine = str(stack.home) in " ".join(process.cmdline()) or any(
            str(stack.home) in " ".join(parent.cmdline()) for parent in process.parents()
        )
        return mine and name in process.name()
    except psutil.Error:
        return False


@dataclass
class Load:
    """Readers and writers, and what they saw."""

    stack: Stack
    token: str
    stop: threading.Event = field(default_factory=threading.Event)
    reads: list[tuple[float, float, bool]] = field(default_factory=list)  # when, how long, whole
    empty: int = 0
    acknowledged: dict[str, str] = field(default_factory=dict)

    def read(self) -> None:
        """Again and again; data is never null, because catalogues are always there."""
        while not self.stop.is_set():
            began = time.monotonic()
            answer = self.stack.run(READ, self.token)
            self.reads.append((began, time.monotonic() - began, "errors" not in answer))
            self.empty += answer.get("data") is None
            time.sleep(0.05)

    def write(self) -> None:
        """Set one's headline; what was acknowledged last must be there afterwards."""
        token = self.stack.sign_up(f"Schreiber {new_id()[-6:]}", f"{new_id()}@x.example", ["DE"])
        number = 0
        while not self.stop.is_set():
            number += 1
            text = f"Version {number}"
            try:
                payload = self.stack.change("updateProfile", "professional { headline }", token, headline=text, tries=1)
            except (OSError, AssertionError):
                continue
            if payload["userErrors"] == []:
                self.acknowledged[token] = text
            time.sleep(0.05)


@pytest.mark.parametrize("part", list(PARTS))
def test_a_part_stops_for_30_seconds_under_load(own: Stack, part: str) -> None:  # noqa: F811
    """p99 at most 2.5 s while it is away, refusals in milliseconds, everything back within 10 s."""
    load = Load(own, own.sign_in("maria"))
    threads = [threading.Thread(target=load.read, daemon=True) for _ in range(6)]
    threads += [threading.Thread(target=load.write, daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    time.sleep(5)
    stopped: list[Any] = PARTS[part](own)
    assert stopped, part
    began = time.monotonic()
    for process in stopped:
        os.kill(process.pid, signal.SIGSTOP)
    try:
        time.sleep(SECONDS)
    finally:
        for process in reversed(stopped):
            os.kill(process.pid, signal.SIGCONT)
    back = time.monotonic()
    whole = eventually(lambda: next((at for at, _, good in load.reads if at > back and good), None), 10)
    time.sleep(3)
    load.stop.set()
    for thread in threads:
        thread.join(20)
    during = sorted(seconds for at, seconds, _ in load.reads if began <= at <= back - 2.5)
    p99 = during[int(len(during) * 0.99) - 1]
    late = [seconds for at, seconds, _ in load.reads if began + 10 <= at <= back - 2.5]
    print(
        f"{part}: {len(during)} reads, p50 {statistics.median(late):.3f} s, p99 {p99:.3f} s, back after {whole - back:.1f} s"
    )
    assert p99 <= 2.5
    assert statistics.median(late) <= 0.6
    assert load.empty == 0
    for token, text in load.acknowledged.items():
        mine = own.data("{ viewer { professional { headline } } }", token)["viewer"]["professional"]["headline"]
        assert mine is not None
        assert int(mine.split()[1]) >= int(text.split()[1])
