"""What an Idempotency-Key may be, and how a request is told from another one under the same key."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import orjson

from kit.errors import IdempotencyKeyReused, Invalid
from kit.sentences import Sentence

MAX_KEY_CHARACTERS = 200
# How long a key has one effect; `docs/guide/changes.md` promises 24 hours.
ANSWERS_LIFETIME = timedelta(days=2)


def check_key(key: str, *, field: list[str] | None = None) -> str:
    """The key, if it can be one.

    Raises:
        Invalid: it is empty, too long, or not printable ASCII.
    """
    if not 1 <= len(key) <= MAX_KEY_CHARACTERS or not key.isascii() or not key.isprintable():
        raise Invalid(
            Sentence(
                "Idempotency-Key must be 1 to {most_key_characters} printable ASCII characters.",
                most_key_characters=MAX_KEY_CHARACTERS,
            ),
            field=field,
        )
    return key


def compose_key(key: str, response_path: str) -> str:
    """Compose the key of one change of a request, so that several changes under one key do not meet.

    Args:
        key: of the whole request.
        response_path: where the change's answer stands, a GraphQL name; it has no slash, so that no two pairs agree.
    """
    composed = f"{key}/{response_path}"
    if len(composed) <= MAX_KEY_CHARACTERS:
        return composed
    return "sha256:" + hashlib.sha256(composed.encode()).hexdigest()


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
