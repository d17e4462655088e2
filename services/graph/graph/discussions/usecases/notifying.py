"""Who is notified of new discussions and posts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from graph.discussions import domain
from graph.discussions.kinds import KINDS
from graph.groups.domain import DISCUSSIONS
from graph.writing import Writing

Row = dict[str, Any]


def mentioned_people(w: Writing, text: str, *, me: str, group: str | None, now: datetime) -> list[str]:
    """List who is mentioned in a text and may read it: in a group that not everybody reads, its members only."""
    handles = domain.mentioned(text)
    if not handles:
        return []
    open_to_all = group is None
    if group is not None:
        found = w.groups.standing(group, me="", now=now)
        open_to_all = found is not None and DISCUSSIONS in found.sees
    return w.discussions.mentioned(handles, me=me, group=None if open_to_all else group)


def notify_of_discussion(w: Writing, discussion: Row, now: datetime) -> None:
    """Notify whom a published discussion mentions, and whom its kind concerns."""
    group, kind = discussion["group_id"], KINDS[discussion["kind"]]

    def notify(people: Sequence[str], event: str) -> None:
        w.notifications.add(
            people, event, actor=discussion["author_id"], kind="Discussion", subject=discussion["id"], group=group,
            now=now,
        )  # fmt: skip

    notify(discussion.get("mentions") or [], "MENTIONED")
    notify(kind.notify(w.discussions, discussion), kind.event)


def notify_of_post(w: Writing, post: Row, discussion: Row, answered: str | None, now: datetime) -> None:
    """Notify whom a published post mentions, and who wrote the discussion and the post that it answers.

    Args:
        answered: who wrote that post.
    """
    told = post.get("mentions") or []
    asked = [person for person in (answered, discussion["author_id"]) if person and person not in told]
    for people, event in ((told, "MENTIONED"), (asked, "REPLIED")):
        w.notifications.add(
            people, event, actor=post["author_id"], kind="Post", subject=post["id"],
            group=discussion.get("group_id"), now=now,
        )  # fmt: skip
