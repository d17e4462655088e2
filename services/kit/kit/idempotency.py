"""What an Idempotency-Key may be, and how a request is told from another one under the same key."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson

from kit.errors import IdempotencyKeyReused, Invalid

LONGEST_KEY = 200


def check_key(key: str) -> str:
    """The key, if it can be one.

    Raises:
        Invalid: it is empty, too long, or not printable ASCII.
    """
    if not 1 <= len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise Invalid(f"Idempotency-Key must be 1 to {LONGEST_KEY} printable ASCII characters.")
    return key


def fingerprint(request: Any) -> str:
    """A digest of what was asked, as 64 hexadecimal digits."""
    return hashlib.sha256(orjson.dumps(request, option=orjson.OPT_SORT_KEYS, default=str)).hexdigest()


def check_same(stored: str, asked: str) -> None:
    """Refuse another request under a key that was used.

    Raises:
        IdempotencyKeyReused: the fingerprints differ.
    """
    if stored != asked:
        raise IdempotencyKeyReused("This Idempotency-Key was used for another request; use a new one.")
