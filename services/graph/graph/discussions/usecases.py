"""Opening discussions and answering in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from graph.discussions import domain
from graph.discussions.store import DiscussionReader, DiscussionWriter
from graph.groups.domain import ACTIVE
from graph.groups.store import GroupReader, GroupWriter
from graph.moments import stamp
from kit.clock import new_id
from kit.errors import Conflict, Forbidden, NotFound
from kit.texts import check_text, fold


def _require_member(groups: GroupWriter, group_id: str, *, me: str, now: datetime, field: str) -> None:
    group = groups.lock(group_id, me=me, now=stamp(now))
    if group is None or (group.visibility == "SECRET" and group.state is None):
        raise NotFound(f"No {field} has this id.", field=[field])
    if group.state != ACTIVE:
        raise Forbidden("Only members of the group may write in it; join it first.", field=[field])


def create_discussion(
    discussions: DiscussionWriter,
    groups: GroupWriter,
    *,
    author: str,
    group_id: str,
    kind: str,
    title: str,
    body: str,
    language: str,
    topics: Sequence[str] | None,
    now: datetime,
) -> dict[str, Any]:
    """Open a discussion in a group that one belongs to.

    Returns:
        {id}.

    Raises:
        Invalid: a field breaks its rule.
        NotFound: no such group.
        Forbidden: the author is no member.
    """
    names = domain.checked_topics(topics)
    discussion = {
        "id": new_id(),
        "group_id": group_id,
        "kind": kind,
        "state": domain.PUBLISHED,
        "title": check_text(title, field="title", shortest=1, longest=domain.TITLE_LONGEST, one_line=True),
        "body": domain.checked_body(body),
        "language": domain.checked_language(language),
        "topics": names,
        "topic_keys": [fold(name) for name in names],
        "post_count": 0,
        "created_at": stamp(now),
        "version": 1,
    }
    _require_member(groups, group_id, me=author, now=now, field="group")
    discussions.create(author=author, group=group_id, discussion=discussion)
    return {"id": discussion["id"]}


def add_post(
    discussions: DiscussionWriter,
    groups: GroupWriter,
    *,
    author: str,
    discussion_id: str,
    in_reply_to: str | None,
    body: str,
    language: str,
    now: datetime,
) -> dict[str, Any]:
    """Answer in a discussion of a group that one belongs to.

    Returns:
        {id}.

    Raises:
        Invalid: a field breaks its rule.
        NotFound: no such discussion, or no such post in it.
        Forbidden: the author is no member.
        Conflict: the discussion is not open.
    """
    text, tag = domain.checked_body(body), domain.checked_language(language)
    discussion = discussions.lock(discussion_id, now=stamp(now))
    if discussion is None:
        raise NotFound("No discussion has this id.", field=["discussion"])
    _require_member(groups, discussion["group"], me=author, now=now, field="discussion")
    if discussion["state"] != domain.PUBLISHED:
        raise Conflict("This discussion takes no posts any more.", field=["discussion"])
    if in_reply_to is not None and not discussions.has_post(discussion_id, in_reply_to):
        raise NotFound("No post of this discussion has this id.", field=["inReplyTo"])
    post = {
        "id": new_id(),
        "discussion_id": discussion_id,
        "state": domain.PUBLISHED,
        "body": text,
        "language": tag,
        "in_reply_to": in_reply_to,
        "created_at": stamp(now),
        "version": 1,
    }
    discussions.add_post(author=author, discussion=discussion_id, post=post)
    return {"id": post["id"]}


def readable_groups(groups: GroupReader, ids: Sequence[str], *, viewer: str) -> dict[str, list[str]]:
    """Of these groups those whose discussions the viewer may read, with what the viewer may do there."""
    found = groups.get(ids, viewer=viewer) if ids else {}
    return {group.id: group.viewer_can for group in found.values() if group.readable_by_viewer}


def shown_discussion(row: dict[str, Any], viewer_can: Sequence[str]) -> dict[str, Any]:
    """A discussion as a reader of its group sees it."""
    return {
        "id": row["id"],
        "group": row["group_id"],
        "author": row["author"],
        "kind": row["kind"],
        "state": row["state"],
        "title": row["title"],
        "body": row["body"],
        "language": row["language"],
        "topics": row["topics"],
        "post_count": row["post_count"],
        "created_at": row["created_at"],
        "edited_at": row["edited_at"],
        "last_post_at": row["last_post_at"],
        "version": row["version"],
        "viewer_can": [action for action in ("READ", "REPLY") if action == "READ" or "POST" in viewer_can],
    }


def read_discussions(
    discussions: DiscussionReader, groups: GroupReader, ids: Sequence[str], *, viewer: str
) -> dict[str, dict[str, Any]]:
    """Discussions by id, as far as the viewer may read their groups."""
    rows = discussions.get(ids) if ids else []
    allowed = readable_groups(groups, [row["group_id"] for row in rows], viewer=viewer)
    return {row["id"]: shown_discussion(row, allowed[row["group_id"]]) for row in rows if row["group_id"] in allowed}


def shown_post(row: dict[str, Any], viewer_can: Sequence[str]) -> dict[str, Any]:
    """A post as a reader of its group sees it."""
    return {
        "id": row["id"],
        "discussion": row["discussion_id"],
        "author": row["author"],
        "in_reply_to": row["in_reply_to"],
        "state": row["state"],
        "body": row["body"],
        "language": row["language"],
        "created_at": row["created_at"],
        "edited_at": row["edited_at"],
        "version": row["version"],
        "viewer_can": [action for action in ("READ", "REPLY") if action in viewer_can],
    }
