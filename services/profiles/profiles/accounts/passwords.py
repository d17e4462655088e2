"""Password hashing: argon2id, off the event loop, in bounded queues, so that strangers never keep members waiting."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeVar

import gevent
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from gevent.lock import BoundedSemaphore
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from contracts.accounts import PasswordRules
from kit.errors import Invalid, RateLimited
from kit.sentences import Sentence
from kit.validation import validating

MIN_PASSWORD_LENGTH, MAX_PASSWORD_LENGTH = 12, 128
MIN_DISTINCT_CHARACTERS = 4
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_CORES = os.cpu_count() or 1
_WAIT_SECONDS = 1.5  # within the 2 s that a caller waits by default
_nobody = _hasher.hash("nobody has this password")
T = TypeVar("T")

# The 30,000 most used passwords, by zxcvbn's list.
COMMON = frozenset(FREQUENCY_LISTS["passwords"])


def _without_tail(password: str) -> str:
    """A password without the digits and signs behind its last letter."""
    end = len(password)
    while end and not password[end - 1].isalpha():
        end -= 1
    return password[:end]


def _common(password: str) -> bool:
    """Whether a password is a common one, a common one with digits or signs behind it, or one written twice."""
    folded = password.casefold()
    half = folded[: len(folded) // 2]
    return folded in COMMON or _without_tail(folded) in COMMON or (half * 2 == folded and half in COMMON)


@dataclass
class _Queue:
    """A queue for hashing: so many at a time, and so many who wait.

    Args:
        hold_seconds: a place is taken for at least this long, which bounds hashes a second.
        wait_seconds: nobody waits longer; None waits for ever.
    """

    places: int
    max_waiting: int
    hold_seconds: float = 0.0
    wait_seconds: float | None = _WAIT_SECONDS
    waiting: int = 0
    semaphore: BoundedSemaphore = field(init=False)

    def __post_init__(self) -> None:
        self.semaphore = BoundedSemaphore(self.places)

    @contextmanager
    def place(self) -> Iterator[None]:
        """Wait for a place.

        Raises:
            RateLimited: too many wait already, or the wait was too long.
        """
        if self.waiting >= self.max_waiting:
            raise _busy()
        self.waiting += 1
        try:
            taken = self.semaphore.acquire(timeout=self.wait_seconds)
        finally:
            self.waiting -= 1
        if not taken:
            raise _busy()
        began = time.monotonic()
        try:
            yield
            if (left := self.hold_seconds - (time.monotonic() - began)) > 0:
                gevent.sleep(left)
        finally:
            self.semaphore.release()


def _busy() -> RateLimited:
    return RateLimited("Too many people do this right now; try again in a moment.", extra={"retryAfter": 2})


class Lane(Enum):
    """Who hashes. Each has a queue of its own, so that a full one keeps nobody of the others waiting."""

    KNOWN = "known"
    """People who are signed in, or sign in from where they did before, or hold a token that was sent to them."""
    SIGN_IN = "sign-in"
    """Signing in from elsewhere."""
    ANONYMOUS = "anonymous"
    """Signing up."""
    SLOW = "slow"
    """Signing in from a network address with too many failures: a few a second, all such addresses together."""
    OPERATOR = "operator"
    """Imports; waits for ever, because nobody anonymous gets in."""


_QUEUES = {
    Lane.KNOWN: _Queue(_CORES, 100),
    Lane.SIGN_IN: _Queue(_CORES, 50),
    Lane.ANONYMOUS: _Queue(1, 10),
    Lane.SLOW: _Queue(1, 4, hold_seconds=0.25),
    Lane.OPERATOR: _Queue(1, 10_000, wait_seconds=None),
}


def _off_loop(lane: Lane, work: Callable[[], T]) -> T:
    """Run in gevent's thread pool, because hashing would stop every other request of the process.

    Raises:
        RateLimited: the lane is full.
    """
    with _QUEUES[lane].place():
        return gevent.get_hub().threadpool.apply(work)  # type: ignore[no-any-return]


def check_new(password: str) -> None:
    """Refuse a password that is too short, too long, common, or digits and signs alone.

    Raises:
        Invalid: with the rule it breaks.
    """
    if not MIN_PASSWORD_LENGTH <= len(password) <= MAX_PASSWORD_LENGTH:
        raise Invalid(
            Sentence(
                "The password must have {least_password_length} to {most_password_length} characters.",
                least_password_length=MIN_PASSWORD_LENGTH,
                most_password_length=MAX_PASSWORD_LENGTH,
            ),
            field=["password"],
        )
    if _common(password) or len(set(password)) < MIN_DISTINCT_CHARACTERS or _without_tail(password) == "":
        raise Invalid(
            Sentence("This password is among the first that anyone would try; choose another."), field=["password"]
        )


def password_rules() -> PasswordRules:
    """What `check_new` asks of a new password, for a form."""
    return PasswordRules(
        minimum_length=MIN_PASSWORD_LENGTH,
        maximum_length=MAX_PASSWORD_LENGTH,
        minimum_distinct_characters=MIN_DISTINCT_CHARACTERS,
        needs_letter=True,
        refuses_common=True,
    )


def hash_password(password: str, *, lane: Lane) -> str:
    """Hash a password with argon2id.

    Raises:
        RateLimited: the lane is full.
    """
    if validating():  # the digest would be thrown away, and a queue taken for it
        return ""
    return _off_loop(lane, lambda: _hasher.hash(password))


def matches(stored: str | None, password: str, *, lane: Lane) -> bool:
    """Whether a password fits; takes as long where there is no hash to compare with.

    Raises:
        RateLimited: the lane is full.
    """
    return matching_hash([stored], password, lane=lane) is not None


def matching_hash(stored: Sequence[str | None], password: str, *, lane: Lane) -> int | None:
    """Return which of some hashes a password fits, the first one.

    Where it fits the first hash, the others are not tried. In every other case it takes as long, whichever it fits and
    whether there is a hash or not, so that the time tells nobody which accounts there are.

    Raises:
        RateLimited: the lane is full.
    """

    def fits(one: str | None) -> bool:
        try:
            return _hasher.verify(one or _nobody, password) and one is not None
        except (VerificationError, InvalidHashError):
            return False

    def look() -> int | None:
        if fits(stored[0]):
            return 0
        found = [fits(one) for one in stored[1:]]
        return found.index(True) + 1 if True in found else None

    return _off_loop(lane, look)
