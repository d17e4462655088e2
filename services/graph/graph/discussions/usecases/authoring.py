"""Opening discussions, answering in them, and changing what one wrote."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from catalogues import languages
from graph.discussions import domain, properties
from graph.discussions.domain import DELETED, HELD, PUBLISHED
from graph.discussions.kinds import KINDS, Kind, checked_details
from graph.discussions.usecases.access import Author, own_content, require_member, require_standing
from graph.discussions.usecases.holding import erase_content, flag_held, hold_if_doubtful
from graph.discussions.usecases.notifying import mentioned_people, notify_of_discussion, notify_of_post
from graph.groups.domain import DISCUSSIONS
from graph.timestamps import stamp, stamp_after
from graph.writing import Writing
from kit.checks import checks
from kit.clock import new_id
from kit.errors import Conflict, Forbidden, Invalid, NotFound, VersionConflict
from kit.levels import require_level
from kit.privacy import Identifier, doubts_of_language, written_in
from kit.texts import fold

Row = dict[str, Any]
_RULES: dict[str, Callable[..., object]] = {
    "title": domain.checked_title, "body": domain.checked_body, "sources": domain.checked_sources,
}  # fmt: skip


def create_discussion(w: Writing, *, author: Author, given: Row, now: datetime) -> Row:
    """Open a discussion in a group that one belongs to; an alert also outside of groups, by moderators and admins.

    A text that may identify a patient is held: it is kept encrypted, and waits for a moderator.

    Returns:
        {id, doubts}: what the text was held for, if it was.

    Raises:
        Invalid: a field breaks its rule.
        PatientIdentifier: a text identifies a patient.
        NotFound: no such group.
        Forbidden: the author is no member, or may not open this kind.
        NotVerified: a case needs the right to practise.
        PolicyNotMet: the author does not meet the group's credential policy any more.
    """
    doubts: list[Identifier] = []
    kind, texts = KINDS[given["kind"]], {}
    with checks() as check, written_in(languages.canonical(given["language"])):
        with check:
            language = domain.checked_language(given["language"])
        with check:
            names = domain.checked_topics(given["topics"], doubts)
        for name, rule in _RULES.items():
            with check:
                texts[name] = rule(given[name], doubts)
        with check:
            texts |= checked_details(kind, given, author=author.id, now=now, doubts=doubts)
    discussion = {
        "id": new_id(),
        "group_id": given["group"],
        "author_id": author.id,
        "kind": kind.name,
        "state": PUBLISHED,
        "language": language,
        "topics": names,
        "topic_keys": [fold(name) for name in names],
        "post_count": 0,
        "created_at": stamp(now),
        "changed_at": stamp(now),
        "version": 1,
        **texts,
    }
    if kind.level is not None:
        require_level(author.level, kind.level)
    by_role = _require_may_open(w, kind, given["group"], author, now)
    _require_known_people(w, kind, discussion)
    held = hold_if_doubtful(doubts, discussion, w.cipher, now)
    if not held:
        discussion |= {
            "search_text": domain.search_text(discussion),
            "mentions": mentioned_people(w, discussion["body"], me=author.id, group=given["group"], now=now),
        }
    w.discussions.create(author=author.id, group=given["group"], discussion=discussion)
    if by_role:
        w.audit.note(f"{kind.name.lower()}.open", actor=author.id, object=f"Discussion:{discussion['id']}", now=now)
    if held:
        flag_held(w, discussion, "Discussion", now)
    else:
        notify_of_discussion(w, discussion, now)
    return {"id": discussion["id"], "doubts": [one.as_dict() for one in doubts]}


def _require_may_open(w: Writing, kind: Kind, group_id: str | None, author: Author, now: datetime) -> bool:
    """Refuse a discussion of a kind that an author may not open.

    Returns:
        whether they may by their role in the instance, which is audited: such an alert reaches people who chose nothing.
    """
    words = f"{kind.name.capitalize()}s"
    if group_id is None:
        if not kind.by_moderators:
            raise Invalid("Name the group in which to open the discussion.", field=["group"])
        if not author.moderates:
            raise Forbidden(f"{words} outside of groups come from moderators and admins.", field=["kind"])
        return True
    if kind.by_moderators and author.moderates:
        require_standing(w, group_id, me=author.id, now=now, field="group")
        return True
    group = require_member(w, group_id, me=author.id, now=now, field="group")
    if kind.by_moderators and not group.moderated:
        raise Forbidden(f"{words} come from moderators and admins.", field=["kind"])
    return False


def _require_known_people(w: Writing, kind: Kind, discussion: Row) -> None:
    """Refuse details that name somebody who is not here."""
    if kind.details is None:
        return
    for one in kind.details.properties:
        people = set(discussion.get(one.name) or ()) if one.people else set()
        if people and people - w.discussions.known_people(sorted(people)):
            raise NotFound(f"A {one.people} is nobody here.", field=[kind.details.name, one.name])


def add_post(
    w: Writing,
    *,
    author: str,
    discussion_id: str,
    in_reply_to: str | None,
    body: str,
    language: str,
    sources: Sequence[Row] | None,
    now: datetime,
) -> Row:
    """Answer in a discussion of a group that one belongs to; in an alert to everybody, every reader may.

    Returns:
        {id, doubts}: what the text was held for, if it was.

    Raises:
        Invalid: a field breaks its rule.
        PatientIdentifier: a text identifies a patient.
        NotFound: no such discussion, or no such post in it.
        Forbidden: the author is no member.
        Conflict: the discussion is not open.
        PolicyNotMet: the author does not meet the group's credential policy any more.
    """
    doubts: list[Identifier] = []
    with checks() as check, written_in(languages.canonical(language)):
        with check:
            tag = domain.checked_language(language)
        with check:
            text = domain.checked_body(body, doubts)
        with check:
            checked_sources = domain.checked_sources(sources, doubts)
    post: Row = {
        "id": new_id(),
        "discussion_id": discussion_id,
        "author_id": author,
        "state": PUBLISHED,
        "body": text,
        "language": tag,
        "sources": checked_sources,
        "in_reply_to": in_reply_to,
        "created_at": stamp(now),
        "changed_at": stamp(now),
        "version": 1,
    }
    discussion = w.discussions.lock(discussion_id, now=stamp(now))
    if discussion is None or discussion["label"] != "Discussion":
        raise NotFound.of("discussion", "discussion")
    group = discussion.get("group_id")
    if group is not None:
        require_member(w, group, me=author, now=now, field="discussion")
    if discussion["state"] == HELD and discussion["author_id"] != author:
        raise NotFound.of("discussion", "discussion")
    if discussion["state"] != PUBLISHED:
        raise Conflict("This discussion takes no posts any more.", field=["discussion"])
    post["created_at"] = post["changed_at"] = stamp_after(now, discussion.get("last_post_at"))
    answered = w.discussions.find_post(discussion_id, in_reply_to) if in_reply_to is not None else None
    if in_reply_to is not None and (answered is None or answered["state"] == HELD):
        raise NotFound("No post of this discussion has this id.", field=["inReplyTo"])
    held = hold_if_doubtful(doubts, post, w.cipher, now)
    if not held:
        post["mentions"] = mentioned_people(w, body, me=author, group=group, now=now)
    w.discussions.add_post(author=author, discussion=discussion_id, post=post)
    if held:
        flag_held(w, post | {"group_id": group}, "Post", now)
    else:
        notify_of_post(w, post, discussion, answered["author"] if answered else None, now)
    return {"id": post["id"], "doubts": [one.as_dict() for one in doubts]}


def edit_content(
    w: Writing, *, content_id: str, label: str, given: Row, expected_version: int | None, me: str, now: datetime
) -> Row:
    """Change what one wrote; what it said before is kept. A new text that may identify a patient is held.

    Args:
        label: Discussion or Post.
        given: only what changes, of title, body, topics and sources.

    Returns:
        {id, doubts}.

    Raises:
        Invalid: a field breaks its rule.
        PatientIdentifier: a text identifies a patient.
        NotFound: no such content.
        Forbidden: it is somebody else's, or one is no member any more.
        Conflict: it is not shown at present.
        VersionConflict: it changed since `expected_version`.
    """
    doubts: list[Identifier] = []
    fields: Row = {}
    with checks() as check:
        for name, rule in _RULES.items():
            if given.get(name) is not None or (name == "sources" and name in given):
                with check:
                    fields[name] = rule(given[name], doubts)
        if "topics" in given:
            with check:
                fields["topics"] = domain.checked_topics(given["topics"], doubts)
                fields["topic_keys"] = [fold(name) for name in fields["topics"]]
    content = own_content(w, content_id, label, me=me, now=now)
    # The language is known only now; what the texts say was looked at before anything was locked.
    for name in ("title", "body"):
        if given.get(name) is not None:
            doubts += doubts_of_language(given[name], field=name, language=content["language"], known=doubts)
    group = content.get("group_id")
    if group is not None:
        require_member(w, group, me=me, now=now, field="id")
    if content["state"] != PUBLISHED:
        raise Conflict("It cannot be changed while it is held or hidden.", field=["id"])
    if expected_version is not None and content["version"] != expected_version:
        raise VersionConflict(
            "It changed since you read it.", field=["expectedVersion"], current_version=content["version"]
        )
    w.discussions.add_revision(
        content_id,
        {
            "id": new_id(), "at": content.get("edited_at") or content["created_at"], "version": content["version"],
            "title": content.get("title"), "body": content["body"],
        },
    )  # fmt: skip
    changed = content | fields
    revision = {"version": content["version"] + 1, "edited_at": stamp(now), "changed_at": stamp(now)}
    if doubts:
        texts = {"id": content_id} | {name: changed.get(name) for name in properties.ENCRYPTED}
        hold_if_doubtful(doubts, texts, w.cipher, now)
        w.discussions.change(content_id, texts | revision)
        flag_held(w, content, label, now)
    else:
        if label == "Discussion":
            fields["search_text"] = domain.search_text(changed)
        if "body" in fields:
            fields["mentions"] = mentioned_people(w, fields["body"], me=me, group=group, now=now)
            fresh = [person for person in fields["mentions"] if person not in (content.get("mentions") or ())]
            w.notifications.add(fresh, "MENTIONED", actor=me, kind=label, subject=content_id, group=group, now=now)
        w.discussions.change(content_id, fields | revision)
    return {"id": content_id, "doubts": [one.as_dict() for one in doubts]}


def delete_content(w: Writing, *, content_id: str, label: str, me: str, now: datetime) -> Row:
    """Delete what one wrote, or, as the group's moderator, what a member wrote; a stub stays, and so do the answers.

    Raises:
        NotFound: no such content.
        Forbidden: it is somebody else's, and one does not moderate the group.
    """
    content = w.discussions.lock(content_id, now=stamp(now))
    missing = NotFound.of(label.lower(), "id")
    if content is None or content["label"] != label or (content["state"] == HELD and content["author_id"] != me):
        raise missing
    if content["author_id"] != me:
        group = w.groups.standing(content["group_id"], me=me, now=now) if content.get("group_id") else None
        if group is None or DISCUSSIONS not in group.sees:
            raise missing
        if not group.moderated:
            raise Forbidden("Only its author and the group's moderators may delete it.", field=["id"])
        w.audit.note("content.delete", actor=me, object=f"{label}:{content_id}", now=now)
    if content["state"] != DELETED:
        erase_content(w, content, now=now)
    return {"id": content_id}


def add_translation(
    w: Writing, *, content_id: str, language: str, title: str | None, body: str, me: str, now: datetime
) -> Row:
    """Add a translation of what one wrote, or replace the one in that language. One that may identify is refused.

    Returns:
        {id, label}.

    Raises:
        Invalid: a field breaks its rule, or the text is in that language already.
        PatientIdentifier: a text may identify a patient.
        NotFound: no such content.
        Forbidden: it is somebody else's.
    """
    tag = domain.checked_language(language)
    with written_in(tag):
        text, own_title = domain.checked_body(body), domain.checked_title(title) if title else None
    found = w.discussions.lock(content_id, now=stamp(now))
    label = found["label"] if found else "Discussion"
    content = own_content(w, content_id, label, me=me, now=now, field="subject")
    if content["language"] == tag:
        raise Invalid("The text itself is in this language; edit it instead.", field=["language"])
    if label == "Discussion" and own_title is None:
        raise Invalid("A discussion's translation needs a title.", field=["title"])
    total = w.discussions.translate(
        content_id,
        {"id": new_id(), "language": tag, "title": own_title, "body": text, "author_id": me, "at": stamp(now)},
    )
    if total > domain.MAX_TRANSLATIONS:
        raise Conflict(f"A text may have at most {domain.MAX_TRANSLATIONS} translations.", field=["subject"])
    return {"id": content_id, "label": label}
