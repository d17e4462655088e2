"""Logs of a local installation: one file a day, kept for a week."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from consilium import rotation
from consilium.rotation import KEPT_DAYS, LogRotation

NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


def shown(folder: Path) -> dict[str, str]:
    """The logs and what they say."""
    return {file.name: file.read_text() for file in sorted(folder.glob("*.log"))}


def test_a_log_is_put_aside_each_day_while_its_writer_goes_on(tmp_path: Path) -> None:
    """The writer has the file open and appends; nothing that it wrote before or after is lost."""
    log, logs = tmp_path / "gateway.log", LogRotation([tmp_path, tmp_path / "none"])
    with log.open("ab", buffering=0) as writer:
        writer.write(b"one\n")
        os.utime(log, (NOON.timestamp(),) * 2)
        logs.run(NOON)
        writer.write(b"two\n")
        logs.run(NOON + timedelta(hours=11))
        assert shown(tmp_path) == {"gateway.log": "one\ntwo\n"}
        logs.run(NOON + timedelta(hours=12))
        writer.write(b"three\n")
        assert shown(tmp_path) == {"gateway.2026-11-26.log": "one\ntwo\n", "gateway.log": "three\n"}
        logs.run(NOON + timedelta(hours=13))
        logs.run(NOON + timedelta(days=2))
    assert shown(tmp_path) == {
        "gateway.2026-11-26.log": "one\ntwo\n", "gateway.2026-11-27.log": "three\n", "gateway.log": "",
    }  # fmt: skip


def test_a_log_is_deleted_after_a_week_also_when_nothing_ran_meanwhile(tmp_path: Path) -> None:
    """A line is never older than the days that docs/privacy.md names, once the system runs."""
    log, logs = tmp_path / "graph.log", LogRotation([tmp_path])
    log.write_text("old\n")
    os.utime(log, (NOON.timestamp(),) * 2)
    later = NOON + timedelta(days=KEPT_DAYS)
    logs.run(later)
    assert shown(tmp_path) == {"graph.2026-11-26.log": "old\n", "graph.log": ""}
    logs.run(later + timedelta(days=1))
    assert shown(tmp_path) == {"graph.log": ""}


def test_a_log_that_grows_is_put_aside_before_its_day_is_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each piece under a name of its own."""
    monkeypatch.setattr(rotation, "MAX_BYTES", 3)
    log, logs = tmp_path / "graph.log", LogRotation([tmp_path])
    for text in ("many", "more"):
        log.write_text(text)
        os.utime(log, (NOON.timestamp(),) * 2)
        logs.run(NOON)
    assert shown(tmp_path) == {"graph.2026-11-26.1.log": "more", "graph.2026-11-26.log": "many", "graph.log": ""}


def test_a_file_that_cannot_be_rotated_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk, for one: the log stays whole, and the others are rotated."""
    for name in ("a.log", "b.log"):
        (tmp_path / name).write_text(name)
        os.utime(tmp_path / name, (NOON.timestamp(),) * 2)
    copy = rotation.shutil.copy2

    def full(source: Path, target: Path) -> None:
        if source.name == "a.log":
            raise OSError("No space left on device")
        copy(source, target)

    monkeypatch.setattr(rotation.shutil, "copy2", full)
    LogRotation([tmp_path]).run(NOON + timedelta(days=1))
    assert shown(tmp_path) == {"a.log": "a.log", "b.2026-11-26.log": "b.log", "b.log": ""}
