"""Holding what may identify a patient until a moderator decides, and erasing what is to go."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from graph.discussions import domain, properties
from graph.discussions.domain import HELD, PUBLISHED
from graph.discussions.store import sealed, unsealed
from graph.discussions.usecases.notifying import mentioned_people, notify_of_discussion, notify_of_post
from graph.keys.store import FencedCipher
from graph.moderation.domain import OPEN, SYSTEM
from graph.timestamps import stamp
from graph.writing import Writing
from kit.clock import new_id
from kit.privacy import Identifier

Row = dict[str, Any]


def hold_if_doubtful(doubts: list[Identifier], content: Row, cipher: FencedCipher, now: datetime) -> bool:
    """Encrypt what a content says if that may identify a patient: all but the properties that survive HELD.

    Returns:
        whether the content is held.
    """
    if not doubts:
        return False
    texts = {name: content[name] for name in properties.ENCRYPTED if content.get(name) is not None}
    content |= dict.fromkeys((*texts, *properties.DERIVED))
    content |= {"state": HELD, "held": sealed(texts, cipher, owner=content["id"]), "held_at": stamp(now)}
    return True


def flag_held(w: Writing, content: Row, label: str, now: datetime) -> str:
    """Put a held content into the moderators' queue, unless a flag of it waits there already.

    Returns:
        the flag's id.
    """
    return w.moderation.add_flag(
        {
            "id": new_id(), "subject": content["id"], "subject_kind": label, "reason": "PATIENT_PRIVACY",
            "origin": SYSTEM, "status": OPEN, "author": content["author_id"], "group": content.get("group_id"),
            "created_at": stamp(now),
        }
    )  # fmt: skip


def publish_held(w: Writing, content: Row, *, now: datetime) -> None:
    """Publish a held content as its author wrote it."""
    texts = unsealed(content["held"], w.cipher, owner=content["id"])
    fields = texts | {"state": PUBLISHED, "held": None, "held_at": None, "changed_at": stamp(now)}
    fields["mentions"] = mentioned_people(
        w, texts.get("body") or "", me=content["author_id"], group=content.get("group_id"), now=now
    )
    if content["label"] == "Discussion":
        fields["search_text"] = domain.search_text(texts)
    w.discussions.change(content["id"], fields)
    if content.get("edited_at") is None:
        if content["label"] == "Discussion":
            notify_of_discussion(w, content | fields, now)
        else:
            parent = {"author_id": content["parent_author"], "group_id": content.get("group_id")}
            notify_of_post(w, content | fields, parent, None, now)


def erase_content(w: Writing, content: Row, *, now: datetime) -> None:
    """Delete a content with its history and translations. A stub stays."""
    w.discussions.leave_stub(content["id"], now=stamp(now))
