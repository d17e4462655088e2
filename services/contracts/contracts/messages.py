"""What all messages have in common."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import msgspec

M = TypeVar("M", bound="Message")
R = TypeVar("R", bound="Message")


class Message(msgspec.Struct, frozen=True, eq=False):
    """A message, or a part of one. It is equal to itself alone, so that a request can remember things by it.

    Each message says `frozen` and `kw_only` itself, because type checkers do not inherit them.
    """


class Page(Message, Generic[R], frozen=True, kw_only=True):
    """A page of a list; each row has its cursor. `total` is how long the list is, where that was asked for and counted.

    Args:
        at_least: whether the list is longer than `total`, to which it was counted.
    """

    rows: list[R]
    has_next: bool
    total: int | None = None
    at_least: bool = False


def of(kind: type[M], source: Any, **more: Any) -> M:
    """A message from an object's attributes of the same names, as far as the message declares them.

    Args:
        source: a frozen dataclass of the domain; parts of it become parts of the message.
        more: fields that the object does not have, or that are shown otherwise.
    """
    found = msgspec.convert(source, kind, from_attributes=True)
    return msgspec.structs.replace(found, **more) if more else found
