"""What a kind of discussion adds to the schema."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


def _as_given(details: Any) -> Any:
    return details


@dataclass(frozen=True)
class Details:
    """What discussions of one kind have besides title, text and topics.

    Args:
        name: of the field of `Discussion`, and of the input of `createDiscussion`.
        field: of `Discussion`.
        input: of `createDiscussion`.
        resolve: resolves the field, where that takes more than what the graph service answers under its name.
        decode: turns the global ids in an input into ids of the services.
        people: the field of the details that lists people; they are read together for all discussions of a page.
    """

    name: str
    field: Any
    input: Any
    resolve: Callable[[Any, Any], Any] | None = None
    decode: Callable[[Any], Any] = _as_given
    people: str | None = None


@dataclass(frozen=True)
class Kind:
    """A kind of discussion.

    Args:
        name: a value of `DiscussionKind`.
        description: of that value.
        details: what its discussions have besides.
    """

    name: str
    description: str
    details: Details | None = None
