"""Neo4j's jars are fetched by one process at a time."""

from __future__ import annotations

import hashlib
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from consilium.engines import jars


def test_two_that_start_at_once_with_nothing_here_fetch_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the two processes of `make test` do on a new machine; the second one finds everything there."""
    fetching, most, lock = [0], [0], threading.Lock()

    class Context:
        """A cache that is filled slowly, and where a half-written file is found by whoever looks meanwhile."""

        repo_cache = tmp_path / "repository"

        def __init__(self, **_given: Any) -> None:
            self.path = tmp_path / "one.jar"

        def __getattr__(self, _name: str) -> Any:
            return lambda *_given: self

        def resolve(self) -> Path:
            """The file, once it is there."""
            if not self.path.exists():
                with lock:
                    fetching[0] += 1
                    most[0] = max(most[0], fetching[0])
                self.path.write_bytes(b"half")
                time.sleep(0.2)
                self.path.write_bytes(b"whole")
                with lock:
                    fetching[0] -= 1
            return self.path

    digest = hashlib.sha256(b"whole").hexdigest()
    monkeypatch.setattr(jars, "MavenContext", Context)
    monkeypatch.setattr(jars, "pinned", lambda: [("org.example:one:1", digest)])
    found: list[list[Path]] = []
    threads = [threading.Thread(target=lambda: found.append(jars.fetch(lambda *_: None))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert found == [[tmp_path / "one.jar"]] * 2
    assert most == [1]
