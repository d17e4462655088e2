"""The worker: one job that fails stops no other, whatever it raises, and everything heals by itself."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import structlog

from kit.clock import new_id
from profiles import worker
from profiles.audit.checkpoints import BEGINNING, CHECKPOINTS, read_checkpoints
from profiles.listening import MAX_RETRY_SECONDS, Failing
from profiles.scheduled_jobs.usecases import ItemJob
from profiles.scheduler import ScheduledJob, run_jobs
from profiles.worker import CheckpointJob, run_for_ever, take_acts
from tests.support.desk import CIPHER, a_person, unit
from tests.support.settings import worker_settings


class Stopped(threading.Event):
    """Counts the waits, and stops after some of them without waiting."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.waits: list[float] = []
        self._after = after

    def wait(self, timeout: float | None = None) -> bool:
        """Note how long would have been waited."""
        self.waits.append(timeout or 0.0)
        if len(self.waits) >= self._after:
            self.set()
        time.sleep(0.01)
        return self.is_set()


@pytest.mark.parametrize("error", [OSError(28, "full"), ValueError("a bug"), KeyError("x"), MemoryError()])
def test_a_job_that_fails_stops_no_other(error: Exception) -> None:
    """Whatever it raises: the others run in the same round, and it is logged once."""
    done: list[str] = []

    def fail() -> None:
        done.append("bad")
        raise error

    jobs = [
        ScheduledJob("first", 0, lambda: done.append("first")), ScheduledJob("bad", 0, fail),
        ScheduledJob("last", 0, lambda: done.append("last")),
    ]  # fmt: skip
    with structlog.testing.capture_logs() as logs:
        run_jobs(Stopped(3), jobs)
    assert [(entry["event"], entry["reason"]) for entry in logs] == [("bad_waiting", type(error).__name__)]
    assert done == ["first", "bad", "last", "first", "last", "first", "last"]


def test_a_job_is_tried_again_for_ever_and_never_later_than_five_seconds() -> None:
    """So that it heals by itself soon after its cause is gone; the log has one line a trouble, with its end."""
    failing = Failing("job")
    with structlog.testing.capture_logs() as logs:
        waits = [failing.failed(ValueError("x")) for _ in range(2000)]
        failing.succeeded()
        failing.succeeded()
    assert [entry["event"] for entry in logs] == ["job_waiting", "job_recovered"]
    assert waits[:5] == [0.5, 1.0, 2.0, 4.0, 5.0]
    assert max(waits) == MAX_RETRY_SECONDS
    assert failing.failed(ValueError("x")) == 0.5


def test_a_part_that_ends_with_a_bug_begins_again() -> None:
    """Threads never die."""
    began = []

    def part(*_: Any) -> None:
        began.append(1)
        raise AssertionError("a bug")

    run_for_ever(part, Stopped(4), None, None)  # type: ignore[arg-type]
    assert len(began) == 4


def test_one_item_job_that_fails_leaves_the_others_done(database: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has a transaction of its own."""
    person = a_person(database)
    with unit(database) as work:
        work.suspensions.set_suspended(person, suspended=True, until=None)
        work.connection.execute(
            sa.text("UPDATE account SET suspended_until = now() - interval '1 hour' WHERE suspended")
        )

    def broken(*_: Any) -> Any:
        raise ZeroDivisionError

    jobs = {
        name: (ItemJob(take=broken, act=broken) if name == "expired" else job) for name, job in worker.ITEM_JOBS.items()
    }
    monkeypatch.setattr(worker, "ITEM_JOBS", jobs)
    config = replace(worker_settings(), database_url=database.url.render_as_string(hide_password=False))
    worker.run_scheduled_jobs(Stopped(1), config, database)
    with unit(database) as work:
        assert work.accounts.get(person).suspended is False


def job(database: sa.Engine, folder: Path) -> CheckpointJob:
    """The checkpoint job of a worker that has just started."""
    config = replace(worker_settings(), audit_dir=folder)
    return CheckpointJob(config, database)


@pytest.fixture(autouse=True)
def no_checkpoint_yet(database: sa.Engine) -> None:
    """Each test has a folder of its own, in which nothing is missing."""
    with unit(database) as work:
        work.audit.note_checkpoint(BEGINNING)


def note(database: sa.Engine) -> None:
    """Add an entry to the trail."""
    with unit(database) as work:
        work.audit.note("test.act", actor="service:test", object="thing:x")


def test_a_full_disk_delays_checkpoints_and_nothing_else(
    database: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They go on when there is room, with the whole trail signed."""
    signing = job(database, tmp_path)
    note(database)
    signing.act()
    note(database)
    with monkeypatch.context() as full:
        full.setattr(os, "write", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        for _ in range(3):
            with pytest.raises(OSError, match="No space"):
                signing.act()
    signing.act()
    with unit(database) as work:
        head = work.audit.head()
    assert head is not None
    file = read_checkpoints(tmp_path)
    assert (len(file.checkpoints), file.last, file.problems, file.warnings) == (2, head[0], (), ())


def test_a_worker_starts_with_a_file_that_it_cannot_read(database: sa.Engine, tmp_path: Path) -> None:
    """Garbage is an alarm; the trail is signed on."""
    note(database)
    job(database, tmp_path).act()
    file = tmp_path / CHECKPOINTS
    file.write_bytes(b"\x00garbage\n" + file.read_bytes() + b"more garbage\ntorn")
    note(database)
    job(database, tmp_path).act()
    found = read_checkpoints(tmp_path)
    assert [one.line for one in found.checkpoints] == [2, 4]
    assert len(found.problems) == 2


def test_an_act_that_cannot_be_taken_stops_no_other(database: sa.Engine) -> None:
    """It stays with the graph service and is logged; the others are in the trail and done."""
    good = [new_id() for _ in range(3)]
    events = [
        {"id": own, "action": "flag.decide", "actor": "service:test", "object": f"Post:{own}", "reason": None}
        for own in good
    ]
    waiting = [events[0], {"id": "no uuid", "action": "x", "actor": "y", "object": "z", "reason": None}, *events[1:]]

    class Graph:
        """Hands out what waits."""

        def call(self, _method: str, path: str, body: Any = None, **_: Any) -> Any:
            """As the graph service does."""
            if path.endswith("/done"):
                waiting[:] = [event for event in waiting if event["id"] not in body["ids"]]
                return {}
            return {"events": list(waiting)}

    take_acts(database, CIPHER, Graph(), lambda: None)  # type: ignore[arg-type,return-value]
    assert [event["id"] for event in waiting] == ["no uuid"]
    with unit(database) as work:
        for own in good:
            assert len(work.audit.page(object=f"Post:{own}", actor=None, before=None, first=5)) == 1
