"""What a kind of discussion declares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

import marshmallow as ma

from graph.discussions.domain import Doubts

if TYPE_CHECKING:
    from graph.discussions.store import DiscussionWriter

Row = dict[str, Any]
MAX_NOTIFIED_MEMBERS = 200  # members of a larger group see new discussions in the feed only

MADE_FROM_ARCHIVED = "what is found, sorted or counted by; made from what is in the archive"
BOOKKEEPING = "locks and places in the feed of changes"


@dataclass(frozen=True)
class Property:
    """A property of a discussion or post as Neo4j stores it. It may do only what it declares.

    Args:
        name: as stored.
        survives: the states in which the property remains. HELD: it stays as it is, while other properties are encrypted.
            HIDDEN: readers other than the author see it. DELETED: the stub has it, also after its author is erased.
        text: whether people write it. Such a text can name people with @handle, who are taken out of it when they are erased.
        nested: whether it is stored as JSON, because Neo4j's properties do not nest.
        people: what a person is called whose id it holds; None for a property that holds no ids of people.
        derived: whether it is computed from the texts when they are published, and removed while they are HELD.
        read: whether it is read to be shown.
        technical: why it says nothing about a person. A technical property is not in the archive.
        because: why the archive leaves it out, although it is about its author.
    """

    name: str
    survives: frozenset[str] = frozenset()
    text: bool = False
    nested: bool = False
    people: str | None = None
    derived: bool = False
    read: bool = True
    technical: str = ""
    because: str = ""


class Check(Protocol):
    """Checks the details of a new discussion, and returns the properties to store."""

    def __call__(self, details: Any, *, author: str, now: datetime, doubts: Doubts) -> Row:
        """Check the details.

        Args:
            details: as the request has them; None where it has none.
            doubts: collects what may identify a patient.

        Raises:
            Invalid: they are missing, or a field breaks its rule.
            PatientIdentifier: a text identifies a patient.
        """


@dataclass(frozen=True)
class Details:
    """What discussions of one kind have besides title, text and topics.

    Args:
        name: of the input of `createDiscussion`, and of the field of `Discussion`.
        input: what a request may hold.
        properties: what is stored.
        check: makes the properties from the input.
        show: makes the answer from what a viewer may see of a discussion of this kind; properties they may not see are None.
        absent: the answer of discussions of other kinds.
    """

    name: str
    input: ma.fields.Field
    properties: tuple[Property, ...]
    check: Check
    show: Callable[[Row], Any]
    absent: Any = None


def co_members(discussions: DiscussionWriter, discussion: Row) -> Sequence[str]:
    """List whom a discussion concerns in its group: all members of a group that is not too large."""
    if discussion["group_id"] is None:
        return []
    mentioned = discussion.get("mentions") or ()
    members = discussions.co_members(discussion["group_id"], most=MAX_NOTIFIED_MEMBERS)
    return [person for person in members if person not in mentioned]


@dataclass(frozen=True)
class Kind:
    """A kind of discussion.

    Args:
        name: as the contract names it.
        details: what its discussions have besides.
        level: the operation of `kit.levels` whose verification level its author needs; None where membership is enough.
        by_moderators: whether only a group's moderators open it, and moderators and admins of the instance: these in any
            group, or outside of groups, which is audited.
        may_read: decides whether somebody reads it who reads the group and is not its author, from the stored row, whether
            they are a member, and a function that returns their verification level. None: every reader of the group.
        helpful_first: whether its posts come by how helpful they are, and not by time.
        notify: lists who is notified when it is opened, besides those who are mentioned.
        event: what they are notified of.
    """

    name: str
    details: Details | None = None
    level: str | None = None
    by_moderators: bool = False
    may_read: Callable[[Row, bool, Callable[[], str]], bool] | None = None
    helpful_first: bool = False
    notify: Callable[[DiscussionWriter, Row], Sequence[str]] = co_members
    event: str = "DISCUSSION_ADDED"
