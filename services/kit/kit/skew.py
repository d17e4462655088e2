"""Deadlines between machines whose clocks differ: each service states its time, and its callers translate into it."""

from __future__ import annotations

import hashlib
import math
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kit.logs import log

TIME_HEADER = "X-Time"
DEADLINE_HEADER = "X-Deadline"
TIMEOUT_HEADER = "X-Timeout"
MAX_SKEW_SECONDS = 60  # what access tokens tolerate; deadlines tolerate any difference
REPORTED_SKEW_SECONDS = 1.0  # a smaller difference is not worth a line in the log
REPORT_AGAIN_SECONDS = 600.0


def _clock_id() -> str:
    """Name the clock that this process reads: processes and containers of one machine share it."""
    identity = socket.gethostname()
    with suppress(OSError):
        identity = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
    return hashlib.sha256(identity.strip().encode()).hexdigest()[:12]


CLOCK_ID = _clock_id()


def stated_time(wall: Callable[[], float] = time.time, clock_id: str = CLOCK_ID) -> str:
    """Return the value of `X-Time` in a response: seconds since the epoch, and whose clock says so."""
    return f"{wall():.3f};clock={clock_id}"


def parsed(value: str | None) -> tuple[float, str | None] | None:
    """Return the seconds and the clock's id of a header like `1764150000.123;clock=5f2c`, or None where it has none."""
    number, _, clock_id = (value or "").partition(";clock=")
    try:
        seconds = float(number)
    except ValueError:
        return None
    return (seconds, clock_id or None) if math.isfinite(seconds) else None


def remaining_of(
    deadline: str | None,
    timeout: str | None,
    *,
    elapsed: float,
    wall: Callable[[], float] = time.time,
    clock_id: str = CLOCK_ID,
) -> float | None:
    """Return how many seconds a caller still waits, by the headers of its request; None where they do not say.

    Args:
        deadline: `X-Deadline`, a time on the clock that it names. It finds out requests that waited in a queue before
            this process saw them. One on another machine's clock is ignored; one without a clock's id is taken as is.
        timeout: `X-Timeout`, seconds from the moment at which the request was sent.
        elapsed: seconds since this process saw the request.
    """
    bounds = []
    if (limit := parsed(timeout)) is not None:
        bounds.append(limit[0] - elapsed)
    if (end := parsed(deadline)) is not None and end[1] in (None, clock_id):
        bounds.append(end[0] - wall())
    return min(bounds, default=None)


@dataclass(frozen=True)
class _Estimate:
    """The least and the most that a service's clock is ahead of this process's monotonic clock, in seconds."""

    low: float
    high: float
    clock_id: str | None


class ServerClock:
    """Estimates a service's clock from its answers, as NTP does, and states deadlines on that clock.

    An answer that was sent at `sent` and came at `received` was made between the two. What several answers say is
    intersected; where that leaves nothing, a clock was set or another machine answered, and the newest answer counts.

    Args:
        service: whose clock it is, for the log.
        wall: this machine's clock; only what is logged and reported depends on it.
    """

    def __init__(
        self, service: str, *, monotonic: Callable[[], float] = time.monotonic, wall: Callable[[], float] = time.time
    ) -> None:
        self._service, self._monotonic, self._wall = service, monotonic, wall
        self._estimate: _Estimate | None = None
        self._reported: float | None = None
        self._reported_at = float("-inf")

    def headers(self, remaining: float) -> dict[str, str]:
        """Return the request headers that say how long the answer is waited for; the clock is named once it is known."""
        headers = {TIMEOUT_HEADER: f"{remaining:.3f}"}
        estimate = self._estimate
        if estimate is not None:
            end = self._monotonic() + remaining + (estimate.low + estimate.high) / 2
            headers[DEADLINE_HEADER] = f"{end:.3f}" + (f";clock={estimate.clock_id}" if estimate.clock_id else "")
        return headers

    def note(self, sent: float, received: float, stated: str | None) -> None:
        """Learn from the time that an answer states.

        Args:
            sent, received: by the monotonic clock.
            stated: the answer's `X-Time`, if it has one.
        """
        time_there = parsed(stated)
        if time_there is None:
            return
        low, high, known = time_there[0] - received, time_there[0] - sent, self._estimate
        if known is not None and known.clock_id == time_there[1] and max(low, known.low) <= min(high, known.high):
            low, high = max(low, known.low), min(high, known.high)
        self._estimate = _Estimate(low, high, time_there[1])
        self._report()

    @property
    def skew(self) -> float | None:
        """How many seconds the service's clock is ahead of this machine's; None until an answer stated its time."""
        bounds = self._bounds()
        return None if bounds is None else sum(bounds) / 2

    @property
    def _proven(self) -> float:
        """The smallest difference that fits what was answered: a slow answer alone is no sign of another time."""
        low, high = self._bounds() or (0.0, 0.0)
        return max(low, min(high, 0.0))

    def _bounds(self) -> tuple[float, float] | None:
        """Between which differences from this machine's clock the service's clock is."""
        if self._estimate is None:
            return None
        offset = self._monotonic() - self._wall()
        return self._estimate.low + offset, self._estimate.high + offset

    def _report(self) -> None:
        """Log a difference when it begins, changes, ends or lasts."""
        skew = self.skew or 0.0
        differs = abs(self._proven) >= REPORTED_SKEW_SECONDS
        if not differs and self._reported is None:
            return
        if differs and self._reported is not None:
            changed = abs(skew - self._reported) >= REPORTED_SKEW_SECONDS
            if not changed and self._monotonic() - self._reported_at < REPORT_AGAIN_SECONDS:
                return
        self._reported, self._reported_at = (skew if differs else None), self._monotonic()
        if not differs:
            log().info("clocks_agree", service_asked=self._service, seconds=round(skew, 1))
            return
        too_far = abs(skew) > MAX_SKEW_SECONDS
        (log().error if too_far else log().warning)(
            "clocks_differ",
            service_asked=self._service,
            seconds=round(skew, 1),
            sentence=f"The clock of the {self._service} service's machine is {abs(skew):.1f} s "
            f"{'ahead of' if skew > 0 else 'behind'} this machine's clock; synchronise both with NTP."
            + (f" Access tokens are refused beyond {MAX_SKEW_SECONDS} s." if too_far else ""),
        )
