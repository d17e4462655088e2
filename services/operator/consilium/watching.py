"""Whether services are ready, and when a child that ended is started again."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass

MAX_RESTART_SECONDS = 60.0
STEADY_SECONDS = 60.0  # a child that ran for so long did not end for the reason for which it ended before


class Restart:
    """When a child is started again: at once, and then after pauses that double up to a minute while it keeps ending."""

    def __init__(self) -> None:
        self._tries = 0
        self._due: float | None = None
        self._started = float("-inf")

    def runs(self, now: float) -> None:
        """Forget earlier ends of a child that has run for a while."""
        if self._tries and now - self._started >= STEADY_SECONDS:
            self._tries = 0

    def ended(self, now: float) -> float | None:
        """Return the pause before the next start, where this end was not known yet."""
        if self._due is not None:
            return None
        pause = 0.0 if self._tries == 0 else min(2.0 ** (self._tries - 1), MAX_RESTART_SECONDS)
        self._due = now + pause
        return pause

    def due(self, now: float) -> bool:
        """Whether it is to be started now."""
        return self._due is not None and now >= self._due

    def started(self, now: float) -> None:
        """Note a start, also one that failed."""
        self._tries, self._due, self._started = self._tries + 1, None, now


@dataclass(frozen=True)
class Readiness:
    """What a service says about itself at `/readyz`; `missing` are the parts that are not ready."""

    answered: bool = False
    ready: bool = False
    missing: tuple[str, ...] = ()


def readiness(port: int) -> Readiness:
    """Ask a service on this machine whether it is ready."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return Readiness(True, answer.status == 200)
    except urllib.error.HTTPError as error:
        with suppress(ValueError, AttributeError, OSError):
            parts = json.loads(error.read()).get("parts", {})
            return Readiness(True, False, tuple(name for name, good in parts.items() if not good))
    except OSError:
        pass
    return Readiness()
