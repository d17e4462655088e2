"""What readers and authors do with discussions and posts besides writing: resolve, withdraw, vote, react, acknowledge."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from graph.discussions.domain import HELD, HIDDEN, PUBLISHED
from graph.discussions.kinds import ALERT, CASE, POLL, QUESTION
from graph.discussions.usecases.access import own_content, readable_content, require_active, require_member
from graph.discussions.usecases.holding import erase_content
from graph.timestamps import stamp
from graph.writing import Writing
from kit.errors import Conflict, Forbidden, NotFound

Row = dict[str, Any]


def resolve_discussion(w: Writing, *, discussion_id: str, post_id: str, me: str, now: datetime) -> Row:
    """Name the post that answers a question; for who asked it and the group's moderators.

    Raises:
        NotFound: no such discussion or post.
        Forbidden: the caller did not ask it.
        Conflict: it is no question, or the post is not shown.
    """
    content = w.discussions.lock(discussion_id, now=stamp(now))
    if content is None or content["label"] != "Discussion" or content.get("group_id") is None:
        raise NotFound.of("discussion", "discussion")
    group = require_member(w, content["group_id"], me=me, now=now, field="discussion")
    if content["author_id"] != me and not group.moderated:
        raise Forbidden("Who asked the question says what answers it.", field=["discussion"])
    if content["kind"] != QUESTION.name or content["state"] != PUBLISHED:
        raise Conflict("Only a question can be resolved.", field=["discussion"])
    post = w.discussions.find_post(discussion_id, post_id)
    if post is None or post["state"] != PUBLISHED:
        raise NotFound("No post of this discussion has this id.", field=["post"])
    w.discussions.change(discussion_id, {"resolved_by": post_id, "changed_at": stamp(now)})
    return {"id": discussion_id}


def withdraw_case_consent(w: Writing, *, discussion_id: str, me: str, now: datetime) -> Row:
    """Hide a case at once, because the patient withdrew consent; withdrawing twice changes nothing.

    Raises:
        NotFound: no such discussion.
        Forbidden: it is somebody else's.
        Conflict: it is no case.
    """
    content = own_content(w, discussion_id, "Discussion", me=me, now=now, field="discussion")
    if content["kind"] != CASE.name:
        raise Conflict("Only a case has a consent to withdraw.", field=["discussion"])
    if content["state"] == HELD:
        erase_content(w, content, now=now)
    elif content.get("consent_withdrawn_at") is None:
        w.discussions.change(
            discussion_id, {"state": HIDDEN, "consent_withdrawn_at": stamp(now), "changed_at": stamp(now)}
        )
        w.audit.note("case.withdraw-consent", actor=me, object=f"Discussion:{discussion_id}", now=now)
    return {"id": discussion_id}


def vote(w: Writing, *, discussion_id: str, option: str, me: str, now: datetime) -> Row:
    """Give one's vote in a poll, or move it: everybody has one.

    Raises:
        NotFound: no such discussion or option.
        Forbidden: the caller is no member.
        Conflict: it is no poll.
    """
    content, group = readable_content(w, discussion_id, me=me, now=now, field="discussion")
    if content.get("kind") != POLL.name:
        raise Conflict("Only a poll takes votes.", field=["discussion"])
    require_active(group, field="discussion")
    if option not in {one["id"] for one in content["poll"]}:
        raise NotFound("The poll has no option with this id.", field=["option"])
    w.discussions.vote(discussion_id, me=me, option=option, now=stamp(now))
    return {"id": discussion_id}


def react(w: Writing, *, content_id: str, reaction: str, there: bool, me: str, now: datetime) -> Row:
    """Add a reaction, or take it away; repeating changes nothing.

    Returns:
        {id, label}.

    Raises:
        NotFound: no such content.
        Forbidden: the caller is no member.
    """
    content, group = readable_content(w, content_id, me=me, now=now, field="subject")
    require_active(group, field="subject")
    w.discussions.react(content_id, me=me, reaction=reaction, now=stamp(now), there=there)
    return {"id": content_id, "label": content["label"]}


def acknowledge_alert(w: Writing, *, discussion_id: str, me: str, now: datetime) -> Row:
    """Note that one has read an alert.

    Raises:
        NotFound: no such discussion.
        Conflict: it is no alert.
    """
    content, _ = readable_content(w, discussion_id, me=me, now=now, field="discussion")
    if content.get("kind") != ALERT.name:
        raise Conflict("Only an alert is acknowledged.", field=["discussion"])
    w.discussions.acknowledge(discussion_id, me=me, now=stamp(now))
    return {"id": discussion_id}
