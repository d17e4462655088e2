"""Token buckets: how much somebody may ask for in a minute, in this process or shared through Valkey."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import valkey

from gateway.shared import connect
from kit.caches import BoundedCache
from kit.logs import log

WINDOW_SECONDS = 60
MAX_BUCKETS, BUCKET_BYTES = 100_000, 400  # each with its key, which is an address or a person's id


@dataclass(frozen=True)
class Taken:
    """What a bucket said.

    Args:
        remaining: points left.
        wait: seconds until what was asked for is there; 0 when it was given.
        full_in: seconds until the bucket is full again.
    """

    allowed: bool
    remaining: int
    wait: float
    full_in: float


class Buckets(Protocol):
    """Takes points from named buckets; each call is one atomic step."""

    def take(self, key: str, limit: int, points: int) -> Taken:
        """Take points, or none where there are too few.

        Args:
            limit: how many there are when full; as many come back in a minute.
        """
        ...


def _answer(allowed: bool, left: float, limit: int, points: int) -> Taken:
    rate = limit / WINDOW_SECONDS
    wait = 0.0 if allowed else (points - left) / rate
    return Taken(allowed, math.floor(left), wait, (limit - left) / rate)


class LocalBuckets:
    """Buckets of this process; the longest unused are forgotten."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._levels: BoundedCache[str, tuple[float, float]] = BoundedCache(
            MAX_BUCKETS, bytes=MAX_BUCKETS * BUCKET_BYTES, size=lambda key, _: BUCKET_BYTES + len(key)
        )

    def take(self, key: str, limit: int, points: int) -> Taken:
        """See Buckets."""
        now = self._clock()
        level, at = self._levels.get(key) or (float(limit), now)
        level = min(float(limit), level + (now - at) * limit / WINDOW_SECONDS)
        allowed = points <= level
        if allowed:
            level -= points
        self._levels.put(key, (level, now))
        return _answer(allowed, level, limit, points)


# One script, so that many workers take from the same bucket one after the other. Time is Valkey's own.
_TAKE = """
local limit, points, window = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local kept = redis.call('HMGET', KEYS[1], 'level', 'at')
local level = tonumber(kept[1]) or limit
local at = tonumber(kept[2]) or now
level = math.min(limit, level + math.max(0, now - at) * limit / window)
local allowed = 0
if points <= level then
  level = level - points
  allowed = 1
end
redis.call('HSET', KEYS[1], 'level', string.format('%.6f', level), 'at', string.format('%.6f', now))
redis.call('EXPIRE', KEYS[1], window * 2)
return {allowed, string.format('%.6f', level)}
"""


class SharedBuckets:
    """Buckets in Valkey, shared by every worker; while it does not answer, each worker has its own."""

    def __init__(self, url: str, ca_file: Path | None = None) -> None:
        self._client = connect(url, ca_file)
        self._script = self._client.register_script(_TAKE)
        self._own = LocalBuckets()
        self._retry_at = float("-inf")

    def take(self, key: str, limit: int, points: int) -> Taken:
        """See Buckets."""
        if time.monotonic() >= self._retry_at:
            try:
                allowed, level = self._script(keys=[f"consilium:rate:{key}"], args=[limit, points, WINDOW_SECONDS])
                return _answer(bool(allowed), float(level), limit, points)
            except valkey.ValkeyError as error:
                self._retry_at = time.monotonic() + 1
                log().warning("valkey_unavailable", error=type(error).__name__)
        return self._own.take(key, limit, points)
