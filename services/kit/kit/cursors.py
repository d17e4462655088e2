"""Keyset cursors: where a page ended, bound to the list and the filter it came from, and signed.

What is in a cursor goes into queries as a sort value, so only what a service has written itself is read: a cursor that
anybody else made, or changed, is refused before its values are looked at.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

import orjson

from kit import ids
from kit.clock import read_time
from kit.errors import Invalid

_TAG_BYTES = 12


class _Keys:
    """The keys that cursors are signed with: the first signs, all are accepted. Until they are set, one of this process."""

    def __init__(self) -> None:
        self.known: tuple[bytes, ...] = (secrets.token_bytes(32),)


_keys = _Keys()


def sign_with(keys: Iterable[bytes]) -> None:
    """Sign cursors with keys that all workers of a service share, so that any of them can read a page on.

    Args:
        keys: secrets of the service; keys of their own are derived from them. The first signs.
    """
    _keys.known = tuple(hmac.digest(key, b"consilium cursors", "sha256") for key in keys)


def _tag(key: bytes, payload: bytes) -> bytes:
    return hmac.digest(key, payload, "sha256")[:_TAG_BYTES]


def fingerprint(*parts: Any) -> str:
    """A short digest of a list's name and its filter, so that a cursor of another list is refused."""
    return hashlib.sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).hexdigest()[:12]


def encode(mark: str, values: list[str | int | None]) -> str:
    """An opaque cursor: the list's fingerprint and the last row's sort values, behind their signature."""
    payload = orjson.dumps([mark, *values])
    return base64.urlsafe_b64encode(_tag(_keys.known[0], payload) + payload).decode().rstrip("=")


def page(
    mark: str,
    found: Sequence[dict[str, Any]],
    first: int,
    *,
    sort: tuple[str, str],
    name: str,
    show: Callable[[dict[str, Any]], Any] = lambda row: row,
    total: int | None = None,
) -> dict[str, Any]:
    """A page from the rows of a list, one more than `first` where there are more.

    Args:
        sort: the two fields by which the list is sorted.
        name: under which each row's thing stands.
        show: what is shown of a row; None leaves it out.

    Returns:
        {rows: [{cursor, <name>}], has_next, total}.
    """
    shown = [(row, show(row)) for row in found[:first]]
    return {
        "rows": [
            {"cursor": encode(mark, [row[sort[0]], row[sort[1]]]), name: thing}
            for row, thing in shown
            if thing is not None
        ],
        "has_next": len(found) > first,
        "total": total,
    }


def position(after: str | None, mark: str, start: tuple[str, str]) -> tuple[str, str]:
    """Where a page begins in a list that is sorted by two texts: behind a cursor, or at the list's start.

    Raises:
        Invalid: the cursor was not made by this list with this filter.
    """
    if after is None:
        return start
    first, second = decode(after, mark, [str, str])
    return (first, second)


def decode(cursor: str, mark: str, types: list[type]) -> list[Any]:
    """The sort values in a cursor.

    Args:
        mark: the fingerprint of the list that is being read.
        types: the type of each sort value.

    Raises:
        Invalid: the cursor was not made by this list with this filter.
    """
    try:
        signed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        tag, payload = signed[:_TAG_BYTES], signed[_TAG_BYTES:]
        genuine = [key for key in _keys.known if hmac.compare_digest(tag, _tag(key, payload))]
        values = orjson.loads(payload) if genuine else None
    except (binascii.Error, ValueError):
        values = None
    if (
        not isinstance(values, list)
        or len(values) != len(types) + 1
        or values[0] != mark
        or not all(type(value) is kind for value, kind in zip(values[1:], types, strict=True))
    ):
        raise Invalid("This cursor does not belong to this list; start without `after`.", field=["after"])
    return values[1:]


def moment_after(cursor: str | None, mark: str) -> tuple[datetime, str] | None:
    """Where a page begins in a list that is sorted by a time and an id; None at its start.

    Raises:
        Invalid: the cursor was not made by this list with this filter.
    """
    if cursor is None:
        return None
    at, last = decode(cursor, mark, [str, str])
    try:
        moment, own = read_time(at), ids.valid(last)
    except ValueError:
        own = None
    if own is None:
        raise Invalid("This cursor does not belong to this list; start without `after`.", field=["after"])
    return moment, own
