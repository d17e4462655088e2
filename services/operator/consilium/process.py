"""Child processes: started in a session of their own, remembered, stopped by their own signal."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from consilium.failures import OperatorError

# What says how programs run here, and holds no secret.
_OF_THE_SYSTEM = re.compile(
    r"PATH|HOME|USER|LOGNAME|SHELL|TERM|LANG|LANGUAGE|LC_[A-Z]+|TZ|TMPDIR|VIRTUAL_ENV|PYTHON[A-Z]+|LD_(LIBRARY_PATH|PRELOAD)"
    r"|SSL_CERT_(FILE|DIR)|XDG_[A-Z_]+|FAKETIME[A-Z_]*"
)


def system_environment() -> dict[str, str]:
    """The part of this process's environment that every child is given."""
    return {name: value for name, value in os.environ.items() if _OF_THE_SYSTEM.fullmatch(name)}


class ProcessFailed(OperatorError):
    """A child did not come up; the message says what to do."""


@dataclass
class Child:
    """A running child."""

    name: str
    process: subprocess.Popen[bytes]
    stop_signal: signal.Signals
    log: Path

    @classmethod
    def start(
        cls,
        name: str,
        command: Sequence[str],
        *,
        log: Path,
        environment: Mapping[str, str] | None = None,
        user: str | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        ready_line: str | None = None,
        ready_seconds: float = 30,
        stopping: threading.Event | None = None,
    ) -> Child:
        """Start a child whose output goes to `log`.

        Its own session keeps the terminal's Ctrl-C from it, so that its parent decides when it stops.

        Args:
            environment: all that it needs beside `system_environment()`; nothing else of this process's is passed on.
            ready_line: wait until it prints this on a line of its own.
            stopping: once set, it is not waited for any longer.

        Raises:
            ProcessFailed: it ended, did not print the line in time, or was stopped while it started.
        """
        log.parent.mkdir(parents=True, exist_ok=True)
        offset = log.stat().st_size if log.exists() else 0
        with log.open("ab") as file:
            process = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                env=system_environment() | dict(environment or {}),
                start_new_session=True,
                user=user,
                cwd="/" if user else None,
            )
        child = cls(name, process, stop_signal, log)
        if ready_line is not None:
            try:
                child._wait_for_line(ready_line, offset, ready_seconds, stopping)
            except BaseException:  # Ctrl-C too: a child that nobody knows of would stay
                child.stop(2)  # Neo4j hears nothing while it starts; it has nothing to write down yet
                raise
        return child

    def _wait_for_line(self, line: str, offset: int, seconds: float, stopping: threading.Event | None) -> None:
        deadline = time.monotonic() + seconds
        while True:
            with self.log.open("rb") as file:
                file.seek(offset)
                if any(printed.strip() == line.encode() for printed in file):
                    return
            if not self.alive() or time.monotonic() > deadline:
                raise ProcessFailed(f"{self.name} did not start; see {self.log}.")
            if stopping is not None and stopping.is_set():
                raise ProcessFailed(f"{self.name} was stopped while it started.")
            time.sleep(0.1)

    def alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def ending(self) -> str:
        """How it ended, for people."""
        code = self.process.returncode
        return f"signal {-code}" if code is not None and code < 0 else f"exit status {code}"

    def ask_to_stop(self) -> None:
        """Send the signal that ends it."""
        if self.alive():
            with suppress(ProcessLookupError):
                self.process.send_signal(self.stop_signal)

    def stop(self, seconds: float = 10) -> None:
        """End it; by force when it takes longer than `seconds`."""
        self.ask_to_stop()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(5)


def remember(file: Path, children: Sequence[Child]) -> None:
    """Write down which processes run, to find them again should this one be killed."""
    entries = []
    for child in children:
        with suppress(psutil.Error):
            entries.append({"pid": child.process.pid, "started": psutil.Process(child.process.pid).create_time()})
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(entries), encoding="utf-8")


def end_remembered(file: Path) -> int:
    """End the processes that an earlier run was killed without ending.

    Returns:
        how many there were.
    """
    try:
        entries = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return 0
    left = []
    for entry in entries:
        with suppress(psutil.Error):
            process = psutil.Process(entry["pid"])
            # The time of start tells the process from a later one that got its number.
            if abs(process.create_time() - entry["started"]) < 1:
                left.append(process)
    for process in reversed(left):
        with suppress(psutil.Error):
            process.send_signal(signal.SIGINT if "postgres" in process.name() else signal.SIGTERM)
    _, alive = psutil.wait_procs(left, timeout=10)
    for process in alive:
        with suppress(psutil.Error):
            process.kill()
    file.unlink(missing_ok=True)
    return len(left)
