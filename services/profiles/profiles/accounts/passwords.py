"""Password hashing: argon2id, off the event loop, at most one hash a core at a time."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar

import gevent
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from gevent.lock import BoundedSemaphore

from kit.errors import Invalid

SHORTEST, LONGEST = 12, 128
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_slots = BoundedSemaphore(os.cpu_count() or 1)
_nobody = _hasher.hash("nobody has this password")
T = TypeVar("T")

# The head of the published lists of common passwords that are long enough to be asked for at all.
_COMMON_TEXT = """
123456789012 1234567890123 qwertyuiop123 password1234 passwordpassword 111111111111 iloveyou1234
qwerty123456 1q2w3e4r5t6y password12345 abcdefghijkl unknown12345 administrator letmeinletmein
changemechangeme welcome12345 000000000000 123123123123 q1w2e3r4t5y6 zaq12wsxcde3
"""
COMMON = frozenset(_COMMON_TEXT.split())


def _off_loop(work: Callable[[], T]) -> T:
    """Run in gevent's thread pool, because hashing would stop every other request of the process."""
    with _slots:
        return gevent.get_hub().threadpool.apply(work)  # type: ignore[no-any-return]


def check_new(password: str) -> None:
    """Refuse a password that is too short, too long or common.

    Raises:
        Invalid: with the rule it breaks.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid(f"The password must have {SHORTEST} to {LONGEST} characters.", field=["password"])
    if password.casefold() in COMMON or len(set(password)) < 4:
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
