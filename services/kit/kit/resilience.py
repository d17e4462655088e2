"""What keeps one service's trouble from becoming another's: a breaker, a budget for retries, and a bound on calls."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

FAILURES_TO_OPEN = 5
OPEN_SECONDS = 1.0
RETRY_SHARE = 0.1
RETRIES_SAVED = 10.0


class Breaker:
    """Refuses at once while a service does not answer, and lets one probe a second find out whether it does again.

    Args:
        clock: seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._next_try = float("-inf")

    @property
    def closed(self) -> bool:
        """Whether calls may be made without a probe."""
        return self._failures < FAILURES_TO_OPEN

    def allows(self) -> bool:
        """Whether a call or, where the breaker is open, a probe may be made now; the first one at once."""
        with self._lock:
            if self._failures < FAILURES_TO_OPEN:
                return True
            if self._clock() < self._next_try:
                return False
            self._next_try = self._clock() + OPEN_SECONDS
            return True

    def succeeded(self) -> None:
        """The service answered."""
        self._failures = 0

    def failed(self) -> None:
        """The service did not answer."""
        with self._lock:
            self._failures += 1
            if self._failures == FAILURES_TO_OPEN:
                self._next_try = self._clock()


class RetryBudget:
    """Lets a tenth of the calls be tried again, so that retries never double the load of a service in trouble."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._saved = RETRIES_SAVED

    def earn(self) -> None:
        """A call was made."""
        with self._lock:
            self._saved = min(RETRIES_SAVED, self._saved + RETRY_SHARE)

    def spend(self) -> bool:
        """Whether one more try is affordable; it is spent then."""
        with self._lock:
            if self._saved < 1:
                return False
            self._saved -= 1
            return True


class Bound:
    """Counts what is in flight, up to a most."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self.in_flight = 0

    def enter(self) -> bool:
        """Whether one more may begin; `leave` follows then."""
        with self._lock:
            if self.in_flight >= self._most:
                return False
            self.in_flight += 1
            return True

    def leave(self) -> None:
        """One has ended."""
        with self._lock:
            self.in_flight -= 1
