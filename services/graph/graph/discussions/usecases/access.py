"""Who may read and change discussions and posts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graph.discussions.domain import DELETED, HELD, PUBLISHED
from graph.groups.domain import ACTIVE, DISCUSSIONS, GROUP, READ_ONLY, Group
from graph.groups.store import GroupReader, Locked
from graph.timestamps import stamp
from graph.writing import Writing
from kit.cipher import FieldCipher
from kit.errors import Conflict, Forbidden, NotFound, PolicyNotMet

Row = dict[str, Any]
SITE_MODERATORS = frozenset({"MODERATOR", "ADMIN"})


@dataclass(frozen=True)
class Author:
    """Who writes: their id, roles in this session, and verification level today."""

    id: str
    roles: frozenset[str]
    level: str

    @property
    def moderates(self) -> bool:
        """Whether they moderate the whole instance."""
        return bool(self.roles & SITE_MODERATORS)


@dataclass(frozen=True)
class Access:
    """What the viewer may do in a group whose discussions they read."""

    viewer_can: Sequence[str] = ("READ",)
    member: bool = False
    moderates: bool = False
    writes: bool = False


EVERYBODY = Access(writes=True)  # in an alert that belongs to no group


@dataclass(frozen=True)
class Viewer:
    """Who reads: their id, and what opens their own held texts.

    Args:
        read_level: returns their verification level today; called only where it matters.
    """

    id: str
    cipher: FieldCipher
    read_level: Callable[[], str]


def readable_groups(groups: GroupReader, ids: Sequence[str], *, viewer: str, now: datetime) -> dict[str, Access]:
    """Of these groups those whose discussions the viewer may read, with what the viewer may do there."""
    return accesses((groups.get(ids, viewer=viewer, now=now) if ids else {}).values())


def accesses(groups: Iterable[Group]) -> dict[str, Access]:
    """Of these groups those whose discussions the viewer may read, with what the viewer may do there."""
    return {
        group.id: Access(
            group.viewer_can, group.state in {ACTIVE, READ_ONLY}, group.moderated_by_viewer, group.state == ACTIVE
        )
        for group in groups
        if group.readable_by_viewer
    }


def require_standing(w: Writing, group_id: str, *, me: str, now: datetime, field: str) -> Locked:
    group = w.groups.standing(group_id, me=me, now=now)
    if group is None or GROUP not in group.sees:
        raise NotFound.of(field, field)
    return group


def require_member(w: Writing, group_id: str, *, me: str, now: datetime, field: str) -> Locked:
    group = require_standing(w, group_id, me=me, now=now, field=field)
    if group.state == READ_ONLY:
        raise PolicyNotMet("You may only read here: you do not meet the group's credential policy.", field=[field])
    if group.state != ACTIVE:
        raise Forbidden("Only members of the group may write in it; join it first.", field=[field])
    return group


def require_active(group: Locked | None, *, field: str) -> None:
    if group is not None and group.state != ACTIVE:
        raise Forbidden("Only members of the group may do this; join it first.", field=[field])


def own_content(w: Writing, content_id: str, label: str, *, me: str, now: datetime, field: str = "id") -> Row:
    """One's own content, locked, in a group in which one may still write.

    Raises:
        NotFound: no such content that the caller may know of.
        Forbidden: it is somebody else's.
        Conflict: it is gone.
    """
    content = w.discussions.lock(content_id, now=stamp(now))
    missing = NotFound.of(label.lower(), field)
    if content is None or content["label"] != label:
        raise missing
    if content["author_id"] != me:
        if content["state"] == HELD:
            raise missing
        if content.get("group_id") is not None:
            found = w.groups.standing(content["group_id"], me=me, now=now)
            if found is None or DISCUSSIONS not in found.sees:
                raise missing
        raise Forbidden("Only its author may do this.", field=[field])
    if content["state"] == DELETED:
        raise Conflict("It is deleted.", field=[field])
    return content


def readable_content(w: Writing, content_id: str, *, me: str, now: datetime, field: str) -> tuple[Row, Locked | None]:
    """A published content that one may read, locked, with how one stands to its group.

    Raises:
        NotFound: no such content that the caller may read.
    """
    content = w.discussions.lock(content_id, now=stamp(now), lock_discussion=False)
    missing = NotFound("Nothing with this id is here.", field=[field])
    if content is None or content["state"] != PUBLISHED or (content.get("parent_state") or PUBLISHED) != PUBLISHED:
        raise missing
    if content.get("group_id") is None:
        return content, None
    group = w.groups.standing(content["group_id"], me=me, now=now)
    if group is None or DISCUSSIONS not in group.sees:
        raise missing
    return content, group
