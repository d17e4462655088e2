"""A clock for tests."""

from __future__ import annotations


class Clock:
    """Time that passes when told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now
