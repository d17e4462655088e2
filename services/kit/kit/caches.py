"""Caches whose keys or values come from outside: bounded by entries and by bytes, the longest unused go first."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from cachetools import LRUCache

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class BoundedCache(Generic[K, V]):
    """What was worked out, by what it was worked out from; safe for threads.

    Args:
        entries: how many it has at most.
        size: about how many bytes an entry takes.
        bytes: how many all of them take at most; an entry larger than that is not cached.
    """

    def __init__(self, entries: int, *, bytes: int, size: Callable[[K, V], int]) -> None:
        self._entries, self._size = entries, size
        self._cached: LRUCache[K, tuple[V, int]] = LRUCache(bytes, getsizeof=lambda entry: entry[1])
        self._lock = threading.Lock()

    def get(self, key: K) -> V | None:
        """The value, if it is cached; it counts as used."""
        with self._lock:
            found = self._cached.get(key)
        return None if found is None else found[0]

    def put(self, key: K, value: V) -> None:
        """Cache a value, in place of an earlier one."""
        size = max(1, self._size(key, value))
        with self._lock:
            self._cached.pop(key, None)
            if size > self._cached.maxsize:
                return
            self._cached[key] = value, size
            while len(self._cached) > self._entries:
                self._cached.popitem()

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._cached.clear()

    @property
    def bytes(self) -> int:
        """About how many bytes are cached."""
        return int(self._cached.currsize)

    def __len__(self) -> int:
        return len(self._cached)


class Refreshed(Generic[V]):
    """A value that is made again when it is older than some seconds, by one caller at a time; the others wait for it.

    So that what strangers may ask as often as they like is worked out once in that time.

    Args:
        make: makes it; what it raises goes to the caller whose turn it was.
        clock: seconds that only grow.
    """

    def __init__(self, make: Callable[[], V], seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._make, self._seconds, self._clock = make, seconds, clock
        self._lock = threading.Lock()
        self._made: tuple[float, V] | None = None

    def get(self) -> V:
        """The value, at most so many seconds old."""
        made = self._made
        if made is None or self._clock() - made[0] > self._seconds:
            with self._lock:
                made = self._made
                if made is None or self._clock() - made[0] > self._seconds:
                    value = self._make()
                    made = self._made = (self._clock(), value)
        return made[1]
