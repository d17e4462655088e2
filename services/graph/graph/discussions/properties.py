"""What Neo4j stores of discussions and posts. Every list of their properties is made here.

A property that is not declared is not written, not read, not in the archive, and not left in a stub.
"""

from __future__ import annotations

from collections.abc import Iterable

from graph.discussions.domain import DELETED, HELD, HIDDEN
from graph.discussions.kinds import DETAILS
from graph.discussions.kinds.kind import BOOKKEEPING, MADE_FROM_ARCHIVED, Property, Row

ALWAYS = frozenset({HELD, HIDDEN, DELETED})
_ENCRYPTED = "encrypted; the archive holds the text in clear"

BOTH = (
    Property("id", survives=ALWAYS),
    Property("author_id", survives=ALWAYS, because="it is the person themselves"),
    Property("state", survives=ALWAYS),
    Property("body", text=True),
    Property("language", survives=ALWAYS),
    Property("sources", text=True, nested=True),
    Property("mentions", people="member", derived=True),
    Property("labels", survives=frozenset({HELD, HIDDEN})),
    Property("created_at", survives=ALWAYS),
    Property("edited_at", survives=frozenset({HELD, HIDDEN})),
    Property("version", survives=ALWAYS, technical=BOOKKEEPING),
    Property("held", survives=frozenset({HELD}), because=_ENCRYPTED),
    Property("held_at", survives=frozenset({HELD}), read=False, because=_ENCRYPTED),
    Property("helpful", survives=ALWAYS, read=False, technical=BOOKKEEPING),
    Property("changed_at", survives=ALWAYS, read=False, technical=BOOKKEEPING),
    Property("locked_at", survives=ALWAYS, read=False, technical=BOOKKEEPING),
    Property("added_position", survives=ALWAYS, read=False, technical=BOOKKEEPING),
    Property("changed_position", survives=ALWAYS, read=False, technical=BOOKKEEPING),
    Property("import", survives=ALWAYS, read=False, technical=BOOKKEEPING),
)
OF_DISCUSSIONS = (
    Property("group_id", survives=ALWAYS),
    Property("kind", survives=ALWAYS),
    Property("title", text=True),
    Property("topics", text=True),
    Property("topic_keys", text=True, read=False, technical=MADE_FROM_ARCHIVED),
    Property("search_text", derived=True, read=False, technical=MADE_FROM_ARCHIVED),
    Property("post_count", survives=ALWAYS, technical=BOOKKEEPING),
    Property("last_post_at", survives=ALWAYS, technical=BOOKKEEPING),
    Property("resolved_by", survives=ALWAYS),
    Property("marked_at", survives=ALWAYS, read=False, technical=BOOKKEEPING),  # of an earlier version
    *(one for details in DETAILS for one in details.properties),
)
OF_POSTS = (
    Property("discussion_id", survives=ALWAYS),
    Property("in_reply_to", survives=ALWAYS),
)
DISCUSSION, POST = (*BOTH, *OF_DISCUSSIONS), (*BOTH, *OF_POSTS)
ALL = {one.name: one for one in (*BOTH, *OF_DISCUSSIONS, *OF_POSTS)}


def _names(properties: Iterable[Property]) -> tuple[str, ...]:
    return tuple(one.name for one in properties)


READ_OF_DISCUSSIONS = _names(one for one in DISCUSSION if one.read)
READ_OF_POSTS = _names(one for one in POST if one.read)
TEXTS = _names(one for one in ALL.values() if one.text)
NESTED = frozenset(one.name for one in ALL.values() if one.nested)
PEOPLE = _names(one for one in ALL.values() if one.people)
DERIVED = _names(one for one in ALL.values() if one.derived)
ENCRYPTED = _names(one for one in ALL.values() if HELD not in one.survives and not one.derived)
STUB = _names(one for one in ALL.values() if DELETED in one.survives)
SURVIVING = {state: frozenset(one.name for one in ALL.values() if state in one.survives) for state in ALWAYS}


class UndeclaredProperty(Exception):
    """A property is about to be stored that nobody has declared; the message names it."""


def require_declared(properties: Iterable[str]) -> None:
    """Refuse to store a property that is not declared: nothing would encrypt, hide or erase it.

    Raises:
        UndeclaredProperty: one is not declared.
    """
    unknown = sorted(set(properties) - ALL.keys())
    if unknown:
        raise UndeclaredProperty(
            f"{', '.join(unknown)}: declare it in graph/discussions/properties.py or with its kind"
        )


def without_hidden(row: Row, state: str) -> Row:
    """Return a row in which every property is None that does not survive a state."""
    return {name: value if name in SURVIVING[state] else None for name, value in row.items()}
