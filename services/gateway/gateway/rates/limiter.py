"""Charging each request to the person and the address that it comes from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.rates.buckets import WINDOW_SECONDS, Buckets, Taken
from kit.addresses import address_key
from kit.errors import RateLimited
from kit.turns import read_later


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
            found["Retry-After"] = str(self.wait_seconds)
        return found

    @property
    def wait_seconds(self) -> int:
        """How long to wait with what was refused."""
        return max(1, math.ceil(self.taken.wait))

    def require(self) -> None:
        """Raise where it was not given.

        Raises:
            RateLimited: too much was asked for; it says when to try again.
        """
        if not self.taken.allowed:
            read_later()
            raise RequestRateLimited(self, retryAfter=self.wait_seconds)


class RequestRateLimited(RateLimited):
    """The bucket has too few points.

    Args:
        extra: what the answer says beside the sentence.
    """

    def __init__(self, charge: Charge, **extra: Any) -> None:
        sentence = f"Too much was asked for in a short time; try again in {charge.wait_seconds} s."
        super().__init__(sentence, extra=extra)
        self.charge = charge


@dataclass(frozen=True)
class Rates:
    """How much is given in a minute, and at once when nothing was asked for a minute.

    Args:
        person, address: points.
        person_changes, address_changes: mutations. A point is about what a request costs; what it leaves behind is stored, told
            to others, and looked through for ever.
    """

    person: int
    address: int
    person_changes: int
    address_changes: int


class Limiter:
    """Knows the buckets and their sizes."""

    def __init__(self, buckets: Buckets, rates: Rates) -> None:
        self._buckets, self._rates = buckets, rates

    def charge(self, subject: str | None, address: str | None, points: int) -> Charge:
        """Charge a request; a person's bucket is asked first, and a refusal there costs the address nothing."""
        return self._charge("", subject, address, points, (self._rates.person, self._rates.address))

    def charge_changes(self, subject: str | None, address: str | None, count: int) -> Charge:
        """Charge a request for the mutations in it, as `charge` does."""
        limits = (self._rates.person_changes, self._rates.address_changes)
        return self._charge("-changes", subject, address, count, limits)

    def _charge(
        self, kind: str, subject: str | None, address: str | None, points: int, limits: tuple[int, int]
    ) -> Charge:
        person, shared_by_all = limits
        if subject is not None:
            own = self._buckets.take(f"person{kind}:{subject}", person, points)
            if not own.allowed:
                return Charge(f"person{kind}", person, points, own)
        shared = self._buckets.take(f"address{kind}:{address_key(address)}", shared_by_all, points)
        if subject is None or not shared.allowed:
            return Charge(f"address{kind}", shared_by_all, points, shared)
        return Charge(f"person{kind}", person, points, own)
