"""Scheduled jobs: what the worker does by the clock."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from profiles.listening import Failing

_MAX_WAIT_SECONDS = 1.0


@dataclass(frozen=True)
class ScheduledJob:
    """Work that is done again and again; each run is complete in itself, with a transaction of its own.

    Args:
        name: for the logs.
        every_seconds: how long after a successful run the next one begins.
        act: does the work. What it raises is logged once and delays only this job.
    """

    name: str
    every_seconds: float
    act: Callable[[], object]


def run_jobs(stop: threading.Event, jobs: Sequence[ScheduledJob]) -> None:
    """Run jobs until told to stop, each when it is due, one after the other; none ever stops the others."""
    due_at = dict.fromkeys((job.name for job in jobs), float("-inf"))
    failing = {job.name: Failing(job.name) for job in jobs}
    while not stop.is_set():
        for job in jobs:
            if stop.is_set() or time.monotonic() < due_at[job.name]:
                continue
            try:
                job.act()
            except Exception as error:
                due_at[job.name] = time.monotonic() + failing[job.name].failed(error)
            else:
                failing[job.name].succeeded()
                due_at[job.name] = time.monotonic() + job.every_seconds
        stop.wait(min(max(0.0, min(due_at.values()) - time.monotonic()), _MAX_WAIT_SECONDS))
