"""A busy machine: processes that use all the CPU they get."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

COUNT = 14
BURN = """
import os, sys, time
parent, began, share = os.getppid(), time.monotonic(), float(sys.argv[2])
end = began + float(sys.argv[1])
while time.monotonic() < end and os.getppid() == parent:
    for _ in range(100_000): pass
    time.sleep(max(0.0, time.process_time() / share - (time.monotonic() - began)))
"""


@contextmanager
def burners(count: int = COUNT, *, seconds: float = 900, share: float = 1.0) -> Iterator[None]:
    """Keep the CPUs busy.

    Each runs in a session of its own: Linux shares the CPU between sessions first (autogroup), so that any number of
    burners in one session take no more from the others than a single one.

    Args:
        seconds: after which they end by themselves; they also end with the process that started them.
        share: of one processor that each takes.
    """
    command = [sys.executable, "-c", BURN, str(seconds), str(share)]
    running = [subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True) for _ in range(count)]
    try:
        yield
    finally:
        for process in running:
            process.kill()
        for process in running:
            process.wait()
