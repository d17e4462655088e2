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
from collections.abc import Callable, Iterable, Sequence, Sized
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from kit import ids
from kit.clock import read_time
from kit.errors import Invalid

_TAG_BYTES = 12
# Of a list of which a reader may not see everything: how many rows are looked at at a time after the first look, and how often.
LOOK_AT_ONCE, MAX_LOOKS = 100, 5

MAX_COUNTED = 1_000  # a list that is longer is not counted to its end


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


@dataclass(frozen=True)
class Looked:
    """What was found in a list of which a reader may not see everything.

    Args:
        rows: those that are shown.
        place: the sort values of the last row that was looked at, where enough was looked at before the page was full and the
            list at its end; None otherwise.
    """

    rows: list[dict[str, Any]]
    place: tuple[str, str] | None = None


def look_through(
    load: Callable[[tuple[str, str], int], Sequence[dict[str, Any]]],
    show: Callable[[Sequence[dict[str, Any]]], list[dict[str, Any]]],
    *,
    start: tuple[str, str],
    wanted: int,
    sort: tuple[str, str],
    looks: int = MAX_LOOKS,
) -> Looked:
    """The first rows of a list that are shown, where that is known only once they are read.

    Args:
        load: reads so many rows after a place.
        show: leaves out what is not shown.
        start: the place at which to begin.
        wanted: how many, one more than a page has.
        sort: the two fields by which the list is sorted.
        looks: how often rows are loaded at most.
    """
    found: list[dict[str, Any]] = []
    place, size = start, wanted
    for _ in range(looks):
        rows = load(place, size)
        found += show(rows)
        if len(found) >= wanted or len(rows) < size:
            return Looked(found)
        place, size = end_of(rows, sort), max(wanted, LOOK_AT_ONCE)
    return Looked(found, place)


@dataclass(frozen=True)
class Total:
    """How long a list is.

    Args:
        number: None where nobody counted it.
        at_least: whether it is longer than lists are counted.
    """

    number: int | None = None
    at_least: bool = False


def count(asked: bool, read: Callable[[int], Sized], *, most: int = MAX_COUNTED) -> Total:
    """Count a list up to a bound.

    Args:
        asked: whether somebody asked.
        read: returns the beginning of the list, at most so many rows.
    """
    if not asked:
        return Total()
    found = len(read(most + 1))
    return Total(min(found, most), found > most)


def page(
    mark: str,
    found: Sequence[dict[str, Any]] | Looked,
    first: int,
    *,
    sort: tuple[str, str],
    name: str,
    show: Callable[[dict[str, Any]], Any] = lambda row: row,
    total: int | Total | None = None,
) -> dict[str, Any]:
    """A page from the rows of a list, one more than `first` where there are more.

    Args:
        sort: the two fields by which the list is sorted.
        name: under which each row's thing stands.
        show: what is shown of a row; None leaves it out.

    Returns:
        {rows: [{cursor, <name>}], has_next, total, at_least, end}; `end` is the cursor of the last row that was looked at, shown
        or not, so that a page of which nothing is shown can be read on from.
    """
    looked = found if isinstance(found, Looked) else Looked(list(found))
    rows = looked.rows[:first]
    place = looked.place or (end_of(rows, sort) if rows else None)
    shown = [(row, show(row)) for row in rows]
    counted = total if isinstance(total, Total) else Total(total)
    return {
        "rows": [
            {"cursor": encode(mark, [row[sort[0]], row[sort[1]]]), name: thing}
            for row, thing in shown
            if thing is not None
        ],
        "has_next": len(looked.rows) > first or looked.place is not None,
        "total": counted.number,
        "at_least": counted.at_least,
        "end": encode(mark, [*place]) if place else None,
    }


def end(mark: str, rows: Sequence[dict[str, Any]], sort: tuple[str, str]) -> str | None:
    """The cursor of the last row that was looked at for a page, shown or not; None where there is none."""
    return encode(mark, [*end_of(rows, sort)]) if rows else None


def end_of(rows: Sequence[dict[str, Any]], sort: tuple[str, str]) -> tuple[str, str]:
    """The sort values of the last row."""
    return rows[-1][sort[0]], rows[-1][sort[1]]


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
        timestamp, own = read_time(at), ids.valid(last)
    except ValueError:
        own = None
    if own is None:
        raise Invalid("This cursor does not belong to this list; start without `after`.", field=["after"])
    return timestamp, own
