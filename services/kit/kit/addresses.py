"""Network addresses as what is counted by them."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import Counter
from dataclasses import dataclass, field


def address_key(address: str | None) -> str:
    """What stands for an address: itself, or the /64 network of an IPv6 one, which one customer has."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


class Tally:
    """Counts what each of many holds at a time, up to a most; who holds nothing takes no memory."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def enter(self, key: str, most: int, amount: int = 1) -> bool:
        """Whether one more, or so many, are taken; `leave` follows then."""
        with self._lock:
            if self._counts[key] + amount > most:
                if not self._counts[key]:
                    del self._counts[key]
                return False
            self._counts[key] += amount
            return True

    def leave(self, key: str, amount: int = 1) -> None:
        """One, or so many, have ended."""
        with self._lock:
            self._counts[key] -= amount
            if self._counts[key] <= 0:
                del self._counts[key]

    def count(self, key: str) -> int:
        """How many there are now."""
        return self._counts.get(key, 0)

    def __len__(self) -> int:
        return len(self._counts)


Limits = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class _Waiter:
    limits: Limits
    amount: int
    admitted: threading.Event = field(default_factory=threading.Event)


# gevent resumes greenlets that wait for each other one after another, up to fifty of them, before it looks at the sockets again.
# A sleep, however short, ends only after that look.
LOOK_SECONDS = 0.000_1


def let_others(seconds: float = 0.0) -> None:
    """Continue after the process has looked at its sockets, and no sooner than after these seconds."""
    time.sleep(max(LOOK_SECONDS, seconds))


class Shares:
    """Lets each of many have so much under way; what is above waits for its turn, and keeps nobody else waiting."""

    def __init__(self) -> None:
        self._held: Counter[str] = Counter()
        self._waiting: list[_Waiter] = []
        self._lock = threading.Lock()

    def enter(self, limits: Limits, amount: int, seconds: float) -> bool:
        """Whether there is room in time; `leave` with the same follows then.

        Args:
            limits: what it counts for, and how much that may have under way; what is larger by itself counts as that.
            amount: how much it is.
            seconds: to wait at most.
        """
        waiter = _Waiter(limits, amount)
        with self._lock:
            if self._admitted(waiter):
                return True
            self._waiting.append(waiter)
        if not waiter.admitted.wait(seconds):
            with self._lock:
                if not waiter.admitted.is_set():
                    self._waiting.remove(waiter)
                    return False
        let_others()
        return True

    def leave(self, limits: Limits, amount: int) -> None:
        """It has ended; those who waited longest come first."""
        with self._lock:
            for key, most in limits:
                self._held[key] -= min(amount, most)
                if self._held[key] <= 0:
                    del self._held[key]
            self._waiting = [one for one in self._waiting if not self._admitted(one)]

    def _admitted(self, waiter: _Waiter) -> bool:
        if any(self._held[key] + min(waiter.amount, most) > most for key, most in waiter.limits):
            return False
        for key, most in waiter.limits:
            self._held[key] += min(waiter.amount, most)
        waiter.admitted.set()
        return True

    def __len__(self) -> int:
        """How many wait."""
        return len(self._waiting)
