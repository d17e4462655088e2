"""Many who act at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any


def at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """What `count` threads get that start together: results, or the errors raised."""
    results: list[Any] = [None] * count
    gate = threading.Barrier(count)

    def run(number: int) -> None:
        gate.wait()
        try:
            results[number] = act(number)
        except Exception as error:
            results[number] = error

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def tally(results: list[Any]) -> dict[str, int]:
    """How many were refused with each kind of error, and how many were `done`."""
    found: dict[str, int] = {}
    for result in results:
        name = type(result).__name__ if isinstance(result, Exception) else "done"
        found[name] = found.get(name, 0) + 1
    return found
