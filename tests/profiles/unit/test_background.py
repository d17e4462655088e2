"""What goes on beside requests in a process of the profiles service."""

from __future__ import annotations

import threading
import time

from profiles.app import create_app
from tests.support.settings import settings


def test_the_engine_is_watched_and_the_key_told_from_the_start_to_the_end() -> None:
    """Both, in one process; `/readyz` is 503 for ever where nobody watches."""
    before = set(threading.enumerate())

    def begun() -> set[str]:
        return {thread.name for thread in threading.enumerate() if thread not in before}

    app = create_app(settings())
    assert not begun() & {"PostgreSQL-watch", "key-heartbeat"}
    app.extensions["begin"]()
    assert {"PostgreSQL-watch", "key-heartbeat"} <= begun()
    app.extensions["end"]()
    deadline = time.monotonic() + 10
    while begun() & {"PostgreSQL-watch", "key-heartbeat"} and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not begun() & {"PostgreSQL-watch", "key-heartbeat"}
