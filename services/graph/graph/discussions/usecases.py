"""Opening discussions, answering in them, and changing what one wrote."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalogues import languages as language_tags
from catalogues import regions, specialties
from graph.discussions import domain
from graph.discussions.domain import (
    ALERT,
    CASE,
    DELETED,
    HELD,
    HIDDEN,
    LIVE_QA,
    POLL,
    PUBLISHED,
    QUESTION,
    SHOWN,
    TEXTS,
)
from graph.discussions.store import DiscussionCriteria, DiscussionReader, sealed, unsealed
from graph.groups.domain import ACTIVE, DISCUSSIONS, GROUP, READ_ONLY, Group
from graph.groups.store import GroupReader, Locked
from graph.keys.store import FencedCipher
from graph.moderation.domain import OPEN, SYSTEM
from graph.people.domain import search_words
from graph.timestamps import stamp, stamp_after
from graph.writing import Writing
from kit.cipher import FieldCipher
from kit.clock import new_id, read_time
from kit.errors import Conflict, Forbidden, Invalid, NotFound, PolicyNotMet, VersionConflict
from kit.levels import require_level
from kit.privacy import Identifier, doubts_of_language, written_in
from kit.texts import fold
from kit.verification import RIGHT_TO_PRACTISE

Row = dict[str, Any]
SITE_MODERATORS = frozenset({"MODERATOR", "ADMIN"})
TOLD_MEMBERS = 200  # a larger group's members see new discussions in the feed only
TOLD_CONCERNED = 5000  # who is told of an alert; everybody concerned has it in the feed
MAX_CODES = 50


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


# ------------------------------------------------------------------ writing


def _standing(w: Writing, group_id: str, *, me: str, now: datetime, field: str) -> Locked:
    group = w.groups.standing(group_id, me=me, now=now)
    if group is None or GROUP not in group.sees:
        raise NotFound(f"No {field} has this id.", field=[field])
    return group


def _require_member(w: Writing, group_id: str, *, me: str, now: datetime, field: str) -> Locked:
    group = _standing(w, group_id, me=me, now=now, field=field)
    if group.state == READ_ONLY:
        raise PolicyNotMet("You may only read here: you do not meet the group's credential policy.", field=[field])
    if group.state != ACTIVE:
        raise Forbidden("Only members of the group may write in it; join it first.", field=[field])
    return group


def kind_fields(given: Row, *, author: str, now: datetime, doubts: list[Identifier]) -> Row:
    """What a discussion of a kind has besides; `given` holds the kind and the inputs for all kinds.

    Raises:
        Invalid: it lacks what its kind needs, or has what belongs to another.
    """
    kind = given["kind"]
    wanted = {CASE: "case_details", ALERT: "alert_details", LIVE_QA: "live_details", POLL: "poll_options"}
    for other, name in wanted.items():
        if given.get(name) is not None and other != kind:
            raise Invalid(f"This belongs to the kind {other}.", field=[name])
    if kind == CASE:
        return domain.checked_case(given["case_details"], doubts)
    if kind == ALERT:
        return domain.checked_alert(given["alert_details"], now)
    if kind == LIVE_QA:
        return domain.checked_live(given["live_details"], author)
    if kind == POLL:
        return {"poll": domain.checked_poll(given["poll_options"], doubts)}
    return {}


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
    language = domain.checked_language(given["language"])
    with written_in(language):
        names = domain.checked_topics(given["topics"], doubts)
        texts = {
            "title": domain.checked_title(given["title"], doubts),
            "body": domain.checked_body(given["body"], doubts),
            "sources": domain.checked_sources(given["sources"], doubts),
            **kind_fields(given, author=author.id, now=now, doubts=doubts),
        }
    discussion = {
        "id": new_id(),
        "group_id": given["group"],
        "author_id": author.id,
        "kind": given["kind"],
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
    if discussion["kind"] == CASE:
        require_level(author.level, "postCase")
    by_role = _require_may_open(w, discussion, author, now)
    hosts = set(discussion.get("hosts") or ())
    if hosts - w.discussions.known_people(sorted(hosts)):
        raise NotFound("A host is nobody here.", field=["liveDetails", "hosts"])
    held = _held_if(doubts, discussion, w.cipher, now)
    if not held:
        discussion |= {
            "search_text": domain.search_text(discussion),
            "mentions": _mentioned(w, discussion["body"], me=author.id, group=given["group"], now=now),
        }
    w.discussions.create(author=author.id, group=given["group"], discussion=discussion)
    if by_role:
        w.audit.note("alert.open", actor=author.id, object=f"Discussion:{discussion['id']}", now=now)
    if held:
        flag_held(w, discussion, "Discussion", now)
    else:
        _tell_of_discussion(w, discussion, now)
    return {"id": discussion["id"], "doubts": [one.as_dict() for one in doubts]}


def _require_may_open(w: Writing, discussion: Row, author: Author, now: datetime) -> bool:
    """Refuse what an author may not open.

    Returns:
        whether they may by their role in the instance, which is audited: such an alert reaches people who chose nothing.
    """
    group_id, kind = discussion["group_id"], discussion["kind"]
    if group_id is None:
        if kind != ALERT:
            raise Invalid("Name the group in which to open the discussion.", field=["group"])
        if not author.moderates:
            raise Forbidden("Alerts outside of groups come from moderators and admins.", field=["kind"])
        return True
    if kind == ALERT and author.moderates:
        _standing(w, group_id, me=author.id, now=now, field="group")
        return True
    group = _require_member(w, group_id, me=author.id, now=now, field="group")
    if kind == ALERT and not group.moderated:
        raise Forbidden("Alerts come from moderators and admins.", field=["kind"])
    return False


def _held_if(doubts: list[Identifier], content: Row, cipher: FencedCipher, now: datetime) -> bool:
    """Where there is doubt, take the texts out of a content and keep them encrypted in it."""
    if not doubts:
        return False
    texts = {name: content[name] for name in TEXTS if content.get(name) is not None}
    content.update(dict.fromkeys(texts))
    content.update(
        state=HELD, held=sealed(texts, cipher, owner=content["id"]), held_at=stamp(now), search_text=None, mentions=[]
    )
    return True


def flag_held(w: Writing, content: Row, label: str, now: datetime) -> str:
    """Put what is held before the moderators; what waits for them already stays the only flag.

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


def _mentioned(w: Writing, text: str, *, me: str, group: str | None, now: datetime) -> list[str]:
    """Who is mentioned and may read it: in a group that not everybody reads, its members only."""
    handles = domain.mentioned(text)
    if not handles:
        return []
    open_to_all = group is None
    if group is not None:
        found = w.groups.standing(group, me="", now=now)
        open_to_all = found is not None and DISCUSSIONS in found.sees
    return w.discussions.mentioned(handles, me=me, group=None if open_to_all else group)


def _tell_of_discussion(w: Writing, discussion: Row, now: datetime) -> None:
    group, own = discussion["group_id"], discussion["id"]

    def tell(people: Sequence[str], event: str) -> None:
        w.notifications.add(
            people, event, actor=discussion["author_id"], kind="Discussion", subject=own, group=group, now=now
        )

    told = discussion.get("mentions") or []
    tell(told, "MENTIONED")
    if discussion["kind"] == ALERT:
        concerned = w.discussions.concerned(
            places=discussion["alert_places"], codes=discussion["alert_codes"], group=group, most=TOLD_CONCERNED
        )
        tell(concerned, "ALERT")
    elif group is not None:
        co_members = w.discussions.co_members(group, most=TOLD_MEMBERS)
        tell([person for person in co_members if person not in told], "DISCUSSION_ADDED")


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
    tag = domain.checked_language(language)
    with written_in(tag):
        text, checked_sources = domain.checked_body(body, doubts), domain.checked_sources(sources, doubts)
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
        raise NotFound("No discussion has this id.", field=["discussion"])
    group = discussion.get("group_id")
    if group is not None:
        _require_member(w, group, me=author, now=now, field="discussion")
    if discussion["state"] == HELD and discussion["author_id"] != author:
        raise NotFound("No discussion has this id.", field=["discussion"])
    if discussion["state"] != PUBLISHED:
        raise Conflict("This discussion takes no posts any more.", field=["discussion"])
    post["created_at"] = post["changed_at"] = stamp_after(now, discussion.get("last_post_at"))
    answered = w.discussions.find_post(discussion_id, in_reply_to) if in_reply_to is not None else None
    if in_reply_to is not None and (answered is None or answered["state"] == HELD):
        raise NotFound("No post of this discussion has this id.", field=["inReplyTo"])
    held = _held_if(doubts, post, w.cipher, now)
    if not held:
        post["mentions"] = _mentioned(w, body, me=author, group=group, now=now)
    w.discussions.add_post(author=author, discussion=discussion_id, post=post)
    if held:
        flag_held(w, post | {"group_id": group}, "Post", now)
    else:
        _tell_of_post(w, post, discussion, answered["author"] if answered else None, now)
    return {"id": post["id"], "doubts": [one.as_dict() for one in doubts]}


def _tell_of_post(w: Writing, post: Row, discussion: Row, answered: str | None, now: datetime) -> None:
    told = post.get("mentions") or []
    asked = [person for person in (answered, discussion["author_id"]) if person and person not in told]
    for people, event in ((told, "MENTIONED"), (asked, "REPLIED")):
        w.notifications.add(
            people, event, actor=post["author_id"], kind="Post", subject=post["id"],
            group=discussion.get("group_id"), now=now,
        )  # fmt: skip


def publish_held(w: Writing, content: Row, *, now: datetime) -> None:
    """Publish what was held, as its author wrote it."""
    texts = unsealed(content["held"], w.cipher, owner=content["id"])
    fields = texts | {"state": PUBLISHED, "held": None, "held_at": None, "changed_at": stamp(now)}
    fields["mentions"] = _mentioned(
        w, texts.get("body") or "", me=content["author_id"], group=content.get("group_id"), now=now
    )
    if content["label"] == "Discussion":
        fields["search_text"] = domain.search_text(texts)
    w.discussions.change(content["id"], fields)
    if content.get("edited_at") is None:
        if content["label"] == "Discussion":
            _tell_of_discussion(w, content | fields, now)
        else:
            parent = {"author_id": content["parent_author"], "group_id": content.get("group_id")}
            _tell_of_post(w, content | fields, parent, None, now)


def _own(w: Writing, content_id: str, label: str, *, me: str, now: datetime, field: str = "id") -> Row:
    """One's own content, locked, in a group in which one may still write.

    Raises:
        NotFound: no such content that the caller may know of.
        Forbidden: it is somebody else's.
        Conflict: it is gone.
    """
    content = w.discussions.lock(content_id, now=stamp(now))
    missing = NotFound(f"No {label.lower()} has this id.", field=[field])
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
    if given.get("title") is not None:
        fields["title"] = domain.checked_title(given["title"], doubts)
    if given.get("body") is not None:
        fields["body"] = domain.checked_body(given["body"], doubts)
    if "topics" in given:
        fields["topics"] = domain.checked_topics(given["topics"], doubts)
        fields["topic_keys"] = [fold(name) for name in fields["topics"]]
    if "sources" in given:
        fields["sources"] = domain.checked_sources(given["sources"], doubts)
    content = _own(w, content_id, label, me=me, now=now)
    # The language is known only now; what the texts say was looked at before anything was locked.
    for name in ("title", "body"):
        if given.get(name) is not None:
            doubts += doubts_of_language(given[name], field=name, language=content["language"], known=doubts)
    group = content.get("group_id")
    if group is not None:
        _require_member(w, group, me=me, now=now, field="id")
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
        texts = {"id": content_id} | {name: changed.get(name) for name in TEXTS}
        _held_if(doubts, texts, w.cipher, now)
        w.discussions.change(content_id, texts | revision)
        flag_held(w, content, label, now)
    else:
        if label == "Discussion":
            fields["search_text"] = domain.search_text(changed)
        if "body" in fields:
            fields["mentions"] = _mentioned(w, fields["body"], me=me, group=group, now=now)
            fresh = [person for person in fields["mentions"] if person not in (content.get("mentions") or ())]
            w.notifications.add(fresh, "MENTIONED", actor=me, kind=label, subject=content_id, group=group, now=now)
        w.discussions.change(content_id, fields | revision)
    return {"id": content_id, "doubts": [one.as_dict() for one in doubts]}


def erase_content(w: Writing, content: Row, *, now: datetime) -> None:
    """Leave a stub: the texts, what they said before and their translations are gone."""
    w.discussions.leave_stub(content["id"], now=stamp(now))


def delete_content(w: Writing, *, content_id: str, label: str, me: str, now: datetime) -> Row:
    """Delete what one wrote, or, as the group's moderator, what a member wrote; a stub stays, and so do the answers.

    Raises:
        NotFound: no such content.
        Forbidden: it is somebody else's, and one does not moderate the group.
    """
    content = w.discussions.lock(content_id, now=stamp(now))
    missing = NotFound(f"No {label.lower()} has this id.", field=["id"])
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


def resolve_discussion(w: Writing, *, discussion_id: str, post_id: str, me: str, now: datetime) -> Row:
    """Name the post that answers a question; for who asked it and the group's moderators.

    Raises:
        NotFound: no such discussion or post.
        Forbidden: the caller did not ask it.
        Conflict: it is no question, or the post is not shown.
    """
    content = w.discussions.lock(discussion_id, now=stamp(now))
    if content is None or content["label"] != "Discussion" or content.get("group_id") is None:
        raise NotFound("No discussion has this id.", field=["discussion"])
    group = _require_member(w, content["group_id"], me=me, now=now, field="discussion")
    if content["author_id"] != me and not group.moderated:
        raise Forbidden("Who asked the question says what answers it.", field=["discussion"])
    if content["kind"] != QUESTION or content["state"] != PUBLISHED:
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
    content = _own(w, discussion_id, "Discussion", me=me, now=now, field="discussion")
    if content["kind"] != CASE:
        raise Conflict("Only a case has a consent to withdraw.", field=["discussion"])
    if content["state"] == HELD:
        erase_content(w, content, now=now)
    elif content.get("consent_withdrawn_at") is None:
        w.discussions.change(
            discussion_id, {"state": HIDDEN, "consent_withdrawn_at": stamp(now), "changed_at": stamp(now)}
        )
        w.audit.note("case.withdraw-consent", actor=me, object=f"Discussion:{discussion_id}", now=now)
    return {"id": discussion_id}


def _readable(w: Writing, content_id: str, *, me: str, now: datetime, field: str) -> tuple[Row, Locked | None]:
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


def _require_active(group: Locked | None, *, field: str) -> None:
    if group is not None and group.state != ACTIVE:
        raise Forbidden("Only members of the group may do this; join it first.", field=[field])


def vote(w: Writing, *, discussion_id: str, option: str, me: str, now: datetime) -> Row:
    """Give one's vote in a poll, or move it: everybody has one.

    Raises:
        NotFound: no such discussion or option.
        Forbidden: the caller is no member.
        Conflict: it is no poll.
    """
    content, group = _readable(w, discussion_id, me=me, now=now, field="discussion")
    if content.get("kind") != POLL:
        raise Conflict("Only a poll takes votes.", field=["discussion"])
    _require_active(group, field="discussion")
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
    content, group = _readable(w, content_id, me=me, now=now, field="subject")
    _require_active(group, field="subject")
    w.discussions.react(content_id, me=me, reaction=reaction, now=stamp(now), there=there)
    return {"id": content_id, "label": content["label"]}


def acknowledge_alert(w: Writing, *, discussion_id: str, me: str, now: datetime) -> Row:
    """Note that one has read an alert.

    Raises:
        NotFound: no such discussion.
        Conflict: it is no alert.
    """
    content, _ = _readable(w, discussion_id, me=me, now=now, field="discussion")
    if content.get("kind") != ALERT:
        raise Conflict("Only an alert is acknowledged.", field=["discussion"])
    w.discussions.acknowledge(discussion_id, me=me, now=stamp(now))
    return {"id": discussion_id}


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
    content = _own(w, content_id, label, me=me, now=now, field="subject")
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


# ------------------------------------------------------------------ reading


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
        read_level: their verification level; asked for only where it matters.
    """

    id: str
    cipher: FieldCipher
    read_level: Callable[[], str]

    @property
    def level(self) -> str:
        """Their verification level today."""
        return self.read_level()


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


def _shown_texts(row: Row, viewer: Viewer) -> Row | None:
    """The state and the texts that a viewer sees; None where they may not know of it."""
    own = row["author_id"] == viewer.id
    if row["state"] == HELD:
        return row | unsealed(row["held"], viewer.cipher, owner=row["id"]) if own else None
    if row["state"] == PUBLISHED and row.get("blocked"):
        return row | dict.fromkeys(SHOWN) | {"state": HIDDEN, "author_id": None, "mentions": []}
    if row["state"] == HIDDEN and not own:
        return row | dict.fromkeys(SHOWN) | {"mentions": []}
    return row


def shown_discussion(row: Row, access: Access, viewer: Viewer) -> Row | None:
    """A discussion as a reader of its group sees it; None where they may not know of it."""
    shown = _shown_texts(row, viewer)
    if shown is None:
        return None
    own, kind = row["author_id"] == viewer.id, row["kind"]
    if kind == CASE and not own and not access.member:
        scope = row["consent_scope"]
        if scope == domain.THIS_GROUP or (scope == domain.ALL_VERIFIED and viewer.level != RIGHT_TO_PRACTISE):
            return None
    live = shown["state"] == PUBLISHED
    can = {
        "READ": True,
        "REPLY": access.writes and live,
        "EDIT": own and access.writes and live,
        "DELETE": (own or access.moderates) and shown["state"] != DELETED,
        "VOTE": access.writes and live and kind == POLL,
        "RESOLVE": access.writes and live and kind == QUESTION and (own or access.moderates),
        "MODERATE": access.moderates,
        "FLAG": live and not own,
    }
    return {
        **{
            name: shown.get(name)
            for name in (
                "id", "kind", "state", "title", "body", "language", "post_count", "created_at", "edited_at",
                "last_post_at", "version", "resolved_by",
            )
        },
        "group": shown["group_id"],
        "author": shown["author_id"],
        "topics": shown["topics"] or [],
        "mentions": shown["mentions"] or [],
        "sources": shown["sources"] or [],
        "labels": shown["labels"] or [],
        "poll_options": shown["poll"] or [],
        "case_details": _part(shown, ("question", "age_band", "setting", "urgency", "consent_scope", "consent_withdrawn_at"))
        if kind == CASE and shown["question"]
        else None,
        "alert_details": {
            "regions": shown["alert_regions"], "specialties": shown["alert_specialties"], "issuer": shown["issuer"],
            "expires_at": shown["expires_at"], "discussion": shown["id"],
        }
        if kind == ALERT and shown["expires_at"] else None,
        "live_details": _part(shown, ("starts_at", "ends_at", "join_url", "hosts"))
        if kind == LIVE_QA and shown["starts_at"] else None,
        "viewer_can": [action for action, allowed in can.items() if allowed],
    }  # fmt: skip


def _part(row: Row, names: Sequence[str]) -> Row:
    return {name: row.get(name) for name in names}


def shown_post(row: Row, parent: Row, viewer: Viewer) -> Row | None:
    """A post as a reader of its discussion sees it; None where they may not know of it."""
    shown = _shown_texts(row, viewer)
    if shown is None or (parent["state"] == HIDDEN and row["author_id"] != viewer.id):
        return None
    own, live = row["author_id"] == viewer.id, shown["state"] == PUBLISHED
    writes, moderates = "REPLY" in parent["viewer_can"], "MODERATE" in parent["viewer_can"]
    can = {
        "READ": True,
        "REPLY": writes and live,
        "EDIT": own and writes and live,
        "DELETE": (own or moderates) and shown["state"] != DELETED,
        "MODERATE": moderates,
        "FLAG": live and not own,
    }
    return {
        **_part(shown, ("id", "in_reply_to", "state", "body", "language", "created_at", "edited_at", "version")),
        "discussion": shown["discussion_id"],
        "author": shown["author_id"],
        "mentions": shown["mentions"] or [],
        "sources": shown["sources"] or [],
        "labels": shown["labels"] or [],
        "viewer_can": [action for action, allowed in can.items() if allowed],
    }


def shown_rows(
    rows: Sequence[Row], groups: GroupReader, *, viewer: Viewer, now: datetime, known: dict[str, Access] | None = None
) -> dict[str, Row]:
    """Of these stored discussions those that the viewer may read, as they see them.

    Args:
        known: access to groups that was read before.
    """
    allowed = known
    if allowed is None:
        ids = {row["group_id"] for row in rows if row["group_id"] is not None}
        allowed = readable_groups(groups, sorted(ids), viewer=viewer.id, now=now)
    found = {}
    for row in rows:
        access = EVERYBODY if row["group_id"] is None else allowed.get(row["group_id"])
        shown = shown_discussion(row, access, viewer) if access else None
        if shown is not None:
            found[row["id"]] = shown
    return found


def read_discussions(
    discussions: DiscussionReader, groups: GroupReader, ids: Sequence[str], *, viewer: Viewer, now: datetime
) -> dict[str, Row]:
    """Discussions by id, as far as the viewer may read them."""
    rows = discussions.get(ids, viewer=viewer.id) if ids else []
    return shown_rows(rows, groups, viewer=viewer, now=now)


def discussion_criteria(body: Row, *, viewer: str) -> DiscussionCriteria:
    """The checked and expanded filter.

    Raises:
        Invalid: a code is unknown, or a list too long.
    """
    field = "filter"
    for name in ("groups", "kinds", "topics", "languages", "specialties", "regions"):
        if len(body[name] or ()) > MAX_CODES:
            raise Invalid(f"{name} may name at most {MAX_CODES}.", field=[field, name])
    codes: set[str] = set()
    for code in body["specialties"] or ():
        if code not in specialties.specialties():
            raise Invalid(f"{code!r} is no specialty; search `specialties`.", field=[field, "specialties"])
        codes |= specialties.narrower(code)
    places: set[str] = set()
    for code in body["regions"] or ():
        if regions.region(code) is None:
            raise Invalid(f"{code!r} is no region code.", field=[field, "regions"])
        places |= regions.expand(code.upper()) | {code.upper()}
    tags = []
    for tag in body["languages"] or ():
        known = language_tags.canonical(tag)
        if known is None:
            raise Invalid(f"{tag!r} is no language tag.", field=[field, "languages"])
        tags.append(known)
    since = ""
    if body["created_after"]:
        try:
            since = stamp(read_time(body["created_after"]))
        except ValueError as error:
            raise Invalid("createdAfter must be RFC 3339 with a zone.", field=[field, "createdAfter"]) from error
    return DiscussionCriteria(
        viewer=viewer, words=search_words(body["text"]), groups=body["groups"] or (), kinds=body["kinds"] or (),
        topics=[fold(topic) for topic in body["topics"] or ()], languages=tags, codes=sorted(codes),
        places=sorted(places), unresolved=bool(body["unresolved_only"]), created_after=since,
    )  # fmt: skip
