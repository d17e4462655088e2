"""Password hashing: argon2id, off the event loop, at most one hash a core at a time."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar

import gevent
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from gevent.lock import BoundedSemaphore
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from kit.errors import Invalid

SHORTEST, LONGEST = 12, 128
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_slots = BoundedSemaphore(os.cpu_count() or 1)
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


def _off_loop(work: Callable[[], T]) -> T:
    """Run in gevent's thread pool, because hashing would stop every other request of the process."""
    with _slots:
        return gevent.get_hub().threadpool.apply(work)  # type: ignore[no-any-return]


def check_new(password: str) -> None:
    """Refuse a password that is too short, too long, common, or digits and signs alone.

    Raises:
        Invalid: with the rule it breaks.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid(f"The password must have {SHORTEST} to {LONGEST} characters.", field=["password"])
    if _common(password) or len(set(password)) < 4 or _without_tail(password) == "":
        raise Invalid("This password is among the first that anyone would try; choose another.", field=["password"])


def hash_password(password: str) -> str:
    """The argon2id hash to store."""
    return _off_loop(lambda: _hasher.hash(password))


def matches(stored: str | None, password: str) -> bool:
    """Whether a password fits; takes as long where there is no hash to compare with."""

    def compare() -> bool:
        try:
            return _hasher.verify(stored or _nobody, password) and stored is not None
        except (VerificationError, InvalidHashError):
            return False

    return _off_loop(compare)
