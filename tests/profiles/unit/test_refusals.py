"""Who was told to wait is refused from memory until then, and not longer."""

from __future__ import annotations

import pytest

from kit.errors import InvalidCredentials, RateLimited
from profiles.accounts.limiter import REFUSALS, REMEMBERED_SECONDS, Refusals, refuse


class Tries:
    """Tries under a clock of the test's own; each says how long the database would have it wait."""

    def __init__(self) -> None:
        self.now, self.asked = 100.0, 0
        self.refusals = Refusals(lambda: self.now)

    def outcome(self, *key: str | None, wait: float = 0.0) -> int:
        """How long it must wait, 0 where it may go on."""
        try:
            with self.refusals.remembered(*key):
                self.asked += 1
                refuse(wait)
        except RateLimited as error:
            return int(error.extra["retryAfter"])
        return 0


def test_a_refusal_is_remembered_no_longer_than_it_holds() -> None:
    """Whoever waits as long as they were told is asked for again; others are not refused with them."""
    tries = Tries()
    assert tries.outcome("ada", "192.0.2.1", wait=3.2) == 4
    assert tries.outcome("ada", "192.0.2.1") == 4
    assert tries.asked == 1
    assert tries.outcome("ada", "192.0.2.2") == 0
    assert tries.outcome("bob", "192.0.2.1") == 0
    tries.now += 3.3
    assert tries.outcome("ada", "192.0.2.1") == 0
    assert tries.asked == 4


def test_a_long_refusal_is_looked_at_again_after_seconds() -> None:
    """Another process may have forgiven it."""
    tries = Tries()
    assert tries.outcome("ada", None, wait=900) == 901
    tries.now += REMEMBERED_SECONDS + 0.1
    assert tries.outcome("ada", None) == 0


def test_other_failures_are_not_remembered() -> None:
    """A wrong password is no refusal."""
    refusals = Refusals()
    for _ in range(2):
        with pytest.raises(InvalidCredentials), refusals.remembered("ada"):
            raise InvalidCredentials("wrong")


def test_what_is_remembered_is_bounded() -> None:
    """However many are refused."""
    tries = Tries()
    for number in range(REFUSALS + 100):
        tries.outcome(str(number), wait=60)
    assert len(tries.refusals._until) == REFUSALS
