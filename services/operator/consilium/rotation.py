"""Logs of a local installation: one file a day and process, kept for a week.

A process writes to the file that it was started with for as long as it runs, so a log is copied under its date and then
emptied; every writer appends, so what it writes next stands at the beginning. Lines that come between the two are lost.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

KEPT_DAYS = 7
MAX_BYTES = 64_000_000  # a log that reaches this is put aside before its day is over


class LogRotation:
    """Rotates the logs of some folders.

    Args:
        folders: where `*.log` are; one that does not exist is passed over.
    """

    def __init__(self, folders: Iterable[Path]) -> None:
        self._folders = tuple(folders)

    def run(self, now: datetime) -> None:
        """Put aside what is of an earlier day or too large, and delete what is older than a week.

        Args:
            now: timezone-aware.
        """
        today = now.astimezone(UTC).date()
        for folder in self._folders:
            for log in sorted(folder.glob("*.log")):
                with suppress(OSError):  # the next run tries again; a full disk must not end the supervisor
                    self._keep(log, today)

    def _keep(self, log: Path, today: date) -> None:
        of = _day_in_name(log)
        if of is not None:
            if today - of > timedelta(days=KEPT_DAYS):
                log.unlink(missing_ok=True)
            return
        written = log.stat()
        began = _began(log, today)
        if written.st_size and (began < today or written.st_size > MAX_BYTES):
            _put_aside(log, min(began, today))
        if not log.stat().st_size:
            _note_day(log, today)


def _day_in_name(log: Path) -> date | None:
    """The day of a log that was put aside: `gateway.2026-11-26.log`, `gateway.2026-11-26.1.log`."""
    for part in log.name.split(".")[1:-1]:
        with suppress(ValueError):
            return date.fromisoformat(part)
    return None


def _began(log: Path, today: date) -> date:
    """The day on which a log began; where nothing says so, the day on which it was last written to."""
    mark = _mark(log)
    with suppress(OSError, ValueError):
        return date.fromisoformat(mark.read_text(encoding="utf-8"))
    began = min(datetime.fromtimestamp(log.stat().st_mtime, UTC).date(), today)
    mark.write_text(began.isoformat(), encoding="utf-8")
    return began


def _note_day(log: Path, today: date) -> None:
    _mark(log).write_text(today.isoformat(), encoding="utf-8")


def _mark(log: Path) -> Path:
    return log.with_name(f".{log.stem}.day")


def _put_aside(log: Path, day: date) -> None:
    kept, number = log.with_name(f"{log.stem}.{day.isoformat()}.log"), 0
    while kept.exists():
        number += 1
        kept = log.with_name(f"{log.stem}.{day.isoformat()}.{number}.log")
    part = kept.with_suffix(".part")
    try:
        shutil.copy2(log, part)
        part.replace(kept)
    finally:
        part.unlink(missing_ok=True)
    with log.open("r+b") as stream:
        stream.truncate(0)
