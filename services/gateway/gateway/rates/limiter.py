"""Charging each request to the person and the address that it comes from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from gateway.rates.buckets import WINDOW_SECONDS, Buckets, Taken
from kit.addresses import address_key


@dataclass(frozen=True)
class Charge:
    """What a request was charged, by the bucket that leaves least.

    Args:
        policy: PERSON or ADDRESS, as the headers name it.
    """

    policy: str
    limit: int
    points: int
    taken: Taken

    @property
    def reset_at(self) -> datetime:
        """When the bucket is full again."""
        return datetime.now(UTC) + timedelta(seconds=self.taken.full_in)

    def headers(self) -> dict[str, str]:
        """As draft-ietf-httpapi-ratelimit-headers writes them."""
        found = {
            "RateLimit-Policy": f'"{self.policy}";q={self.limit};w={WINDOW_SECONDS}',
            "RateLimit": f'"{self.policy}";r={self.taken.remaining};t={math.ceil(self.taken.full_in)}',
        }
        if not self.taken.allowed:
            found["Retry-After"] = str(max(1, math.ceil(self.taken.wait)))
        return found


class Limiter:
    """Knows the buckets and their sizes."""

    def __init__(self, buckets: Buckets, *, person: int, address: int) -> None:
        self._buckets, self._person, self._address = buckets, person, address

    def charge(self, subject: str | None, address: str | None, points: int) -> Charge:
        """Charge a request; a person's bucket is asked first, and a refusal there costs the address nothing."""
        if subject is not None:
            own = self._buckets.take(f"person:{subject}", self._person, points)
            if not own.allowed:
                return Charge("person", self._person, points, own)
        shared = self._buckets.take(f"address:{address_key(address)}", self._address, points)
        if subject is None or not shared.allowed:
            return Charge("address", self._address, points, shared)
        return Charge("person", self._person, points, own)
