"""Flagging, deciding about what was flagged or held, appeals, and context notes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from catalogues import regions, specialties
from graph.discussions import domain as content_domain
from graph.discussions.domain import DELETED, HELD, HIDDEN, PUBLISHED
from graph.discussions.store import DiscussionReader, sealed, unsealed
from graph.discussions.usecases.access import Access, Author, Viewer
from graph.discussions.usecases.holding import erase_content, flag_held, publish_held
from graph.discussions.usecases.presenting import read_discussions, shown_discussion, shown_post
from graph.groups.domain import DISCUSSIONS
from graph.groups.eligibility import verified_codes
from graph.groups.store import GroupReader
from graph.moderation import domain
from graph.moderation.domain import (
    APPEALED,
    DISMISSED,
    HIDE,
    LABEL,
    NONE,
    REMOVE,
    RESTORE,
    SUSPEND_MEMBER,
    TAKEN,
    UPHELD,
)
from graph.moderation.store import ModerationReader
from graph.timestamps import stamp
from graph.writing import Writing
from kit import ids
from kit.clock import new_id
from kit.errors import Conflict, Expired, Forbidden, Invalid, NotFound, SecondPersonRequired
from kit.levels import require_level
from kit.snapshots import Snapshot
from kit.texts import check_text

Row = dict[str, Any]
# Whether the caller is a second pair of eyes to who made some decisions ({by, at}); the profiles service knows who gave roles.
SecondPair = Callable[[Sequence[Row]], bool]


def _content(w: Writing, content_id: str, *, me: str, now: datetime, field: str) -> Row:
    """Somebody else's published content that one may read, locked.

    Raises:
        NotFound: no such content.
        Forbidden: it is one's own.
    """
    content = w.discussions.lock(content_id, now=stamp(now), lock_discussion=False)
    missing = NotFound("Nothing with this id is here.", field=[field])
    if content is None or content["state"] != PUBLISHED:
        raise missing
    if content.get("group_id") is not None:
        group = w.groups.standing(content["group_id"], me=me, now=now)
        if group is None or DISCUSSIONS not in group.sees:
            raise missing
    if content["author_id"] == me:
        raise Forbidden("It is your own.", field=[field])
    return content


def flag(w: Writing, *, subject: str, reason: str, detail: str | None, me: str, now: datetime) -> Row:
    """Report a discussion or post to the moderators; the author does not learn by whom.

    Returns:
        {id}: of the flag; one's open flag on the same thing stays the only one.

    Raises:
        NotFound: no such content.
        Forbidden: it is one's own.
    """
    text = check_text(detail or "", field="detail", longest=domain.MAX_DETAIL_LENGTH) or None
    content = _content(w, subject, me=me, now=now, field="subject")
    own = w.moderation.add_flag(
        {
            "id": new_id(), "subject": subject, "subject_kind": content["label"], "reason": reason, "detail": text,
            "origin": domain.MEMBER, "status": domain.OPEN, "author": content["author_id"], "reporter": me,
            "group": content.get("group_id"), "created_at": stamp(now),
        }
    )  # fmt: skip
    return {"id": own}


def _taken(w: Writing, flag_id: str, *, me: str, second_pair: SecondPair, now: datetime) -> tuple[Row, Row | None]:
    """A flag that waits, locked, that the moderator may decide.

    Raises:
        NotFound: no such flag.
        Forbidden: the moderator is a party.
        Conflict: another one works on it, or it is decided.
        SecondPersonRequired: a decision about the text is appealed, and the moderator is no second pair of eyes to who made it.
    """
    found = w.moderation.lock_flag(flag_id, now=stamp(now))
    if found is None:
        raise NotFound.of("flag", "id")
    row, decision = found
    # Whoever has reported a text decides neither about it through somebody else's report, nor on its author in that case; and
    # whose decision about it is appealed not through a later report, which would take the appeal's end into their hands.
    party = me in {row.get("author"), row.get("reporter")} or me in (row.get("decided_by") or ())
    if party or w.moderation.is_party(flag_id, me, waiting=domain.WAITING):
        raise Forbidden("You are a party to this; another moderator decides.", field=["id"])
    if row["status"] not in domain.WAITING:
        raise Conflict(f"This flag is {row['status']} already.", field=["id"])
    if row.get("taken_by") not in {None, me} and (row.get("lease_until") or "") > stamp(now):
        raise Conflict("Another moderator works on this.", field=["id"])
    others = [one for one in w.moderation.appealed(flag_id, waiting=domain.WAITING) if ids.valid(one["by"])]
    if others and not second_pair(others):
        raise SecondPersonRequired(
            "One admin alone gave you and the moderator who decided before your roles within the last 30 days, or one of you "
            "the other's. Another moderator must decide.",
            field=["id"],
        )
    return row, decision


def take_flag(w: Writing, *, flag_id: str, me: str, second_pair: SecondPair, now: datetime) -> Row:
    """Take a flag for a quarter of an hour, so that nobody else decides it meanwhile; taking it again renews that.

    Raises:
        NotFound: no such flag.
        Forbidden: the moderator is a party.
        Conflict: another one works on it, or it is decided.
        SecondPersonRequired: it is an appeal, and the moderator is no second pair of eyes to who decided.
    """
    _taken(w, flag_id, me=me, second_pair=second_pair, now=now)
    w.moderation.change_flag(flag_id, {"status": TAKEN, "taken_by": me, "lease_until": stamp(now + domain.LEASE)})
    w.audit.note("flag.take", actor=me, object=f"Flag:{flag_id}", now=now)
    return {"id": flag_id}


def decide_flag(
    w: Writing,
    *,
    flag_id: str,
    action: str,
    facts: str,
    clause: str,
    label: str | None,
    until: datetime | None,
    me: str,
    second_pair: SecondPair,
    now: datetime,
) -> Row:
    """Decide about what was flagged or held, with a statement of reasons for its author and who reported it.

    NONE and RESTORE publish what was held, and on appeal undo what the decision before did.

    Returns:
        {flag, decision}: ids.

    Raises:
        Invalid: facts or clause are missing, or the label is none.
        NotFound: no such flag.
        Forbidden: the moderator is a party.
        Conflict: another one works on it, it is decided, or the action does not fit what it is about.
        SecondPersonRequired: it is an appeal, and the moderator is no second pair of eyes to who decided.
    """
    reasons = {
        "facts": check_text(facts, field="facts", shortest=10, longest=domain.MAX_FACTS_LENGTH),
        "clause": check_text(clause, field="clause", shortest=2, longest=domain.MAX_CLAUSE_LENGTH),
    }
    if (action == LABEL) != (label is not None) or (label is not None and label not in domain.LABELS):
        raise Invalid("The action LABEL, and no other, needs one of " + ", ".join(domain.LABELS) + ".", field=["label"])
    if until is not None and (action != SUSPEND_MEMBER or until <= now):
        raise Invalid("Only SUSPEND_MEMBER ends at a time, and that in the future.", field=["until"])
    row, before = _taken(w, flag_id, me=me, second_pair=second_pair, now=now)
    content = w.discussions.lock(row["subject"], now=stamp(now))
    if content is None:
        raise Conflict("What it was about is gone.", field=["id"])
    _act(w, content, action, label=label, until=until, before=before, now=now)
    status = DISMISSED if action in {NONE, RESTORE} else UPHELD
    decision = {
        "id": new_id(), "flag": flag_id, "subject": row["subject"], "subject_kind": row["subject_kind"],
        "author": row["author"], "group": row.get("group"), "action": action, **reasons,
        "label": label, "automated_detection": row["origin"] == domain.SYSTEM, "automated_decision": False,
        "until": stamp(until) if until else None, "appeal_until": stamp(now + domain.APPEAL),
        "decided_at": stamp(now), "decided_by": me,
    }  # fmt: skip
    _record(w, row, decision, status, now)
    w.audit.note("flag.decide", actor=me, object=f"Flag:{flag_id}", reason=action, now=now)
    return {"flag": flag_id, "decision": decision["id"]}


def _record(w: Writing, row: Row, decision: Row, status: str, now: datetime) -> None:
    w.moderation.change_flag(
        row["id"],
        {
            "status": status, "decision": decision["id"], "taken_by": None, "lease_until": None,
            "decided_by": [*(row.get("decided_by") or []), decision["decided_by"]],
        },
    )  # fmt: skip
    reporters = w.moderation.close_flags(row["subject"], except_id=row["id"], decision=decision["id"], status=status)
    reporters = [person for person in (row.get("reporter"), *reporters) if person]
    w.moderation.add_decision(decision | {"reporters": reporters})
    told = [person for person in (row["author"], *reporters) if person]
    w.notifications.add(
        told, "MODERATION_DECIDED", actor=None, kind="ModerationDecision", subject=decision["id"], group=None, now=now
    )


def _act(
    w: Writing,
    content: Row,
    action: str,
    *,
    label: str | None,
    until: datetime | None,
    before: Row | None,
    now: datetime,
) -> None:
    state, labels = content["state"], list(content.get("labels") or [])
    if action in {NONE, RESTORE}:
        if before is not None and before["action"] == SUSPEND_MEMBER and before.get("group"):
            w.moderation.lift(before["group"], before["author"])
        if before is not None and before["action"] == LABEL and before["label"] in labels:
            labels.remove(before["label"])
            w.discussions.change(content["id"], {"labels": labels, "changed_at": stamp(now)})
        if state == HELD:
            publish_held(w, content, now=now)
        elif (
            state == HIDDEN
            and content.get("consent_withdrawn_at") is None
            and (action == RESTORE or before is not None)
        ):
            w.discussions.change(content["id"], {"state": PUBLISHED, "changed_at": stamp(now)})
        elif action == RESTORE and state == DELETED:
            raise Conflict("What is removed is gone and cannot be restored.", field=["action"])
    elif action == LABEL:
        if state != PUBLISHED:
            raise Conflict("Only what is shown can be labelled.", field=["action"])
        w.discussions.change(content["id"], {"labels": list(dict.fromkeys([*labels, label])), "changed_at": stamp(now)})
    elif action == REMOVE or (action == HIDE and state == HELD):
        erase_content(w, content, now=now)
    elif action == HIDE:
        if state == PUBLISHED:
            w.discussions.change(content["id"], {"state": HIDDEN, "changed_at": stamp(now)})
    elif action == SUSPEND_MEMBER:
        if content.get("group_id") is None:
            raise Conflict("It stands in no group whose member could be suspended.", field=["action"])
        w.moderation.suspend(content["group_id"], content["author_id"], until=stamp(until) if until else domain.FOREVER)
    if state == HELD and action in {domain.STRIKE, SUSPEND_MEMBER}:
        erase_content(w, content, now=now)


def _parties(decision: Row) -> set[str]:
    return {decision["author"], *(decision.get("reporters") or ())}


def appeal_decision(
    w: Writing, *, decision_id: str, decision: Row | None, statement: str, me: str, now: datetime
) -> Row:
    """Ask that another moderator decides again; for the author and who reported it, for six months, once.

    Args:
        decision: as read before.

    Raises:
        Invalid: there is no statement.
        NotFound: no such decision about the caller's text or report.
        Expired: the six months are over.
        Conflict: it was appealed already, or a later decision stands.
    """
    text = check_text(statement, field="statement", shortest=10, longest=domain.MAX_DETAIL_LENGTH)
    if decision is None or me not in _parties(decision):
        raise NotFound("No decision about what you wrote or reported has this id.", field=["decision"])
    if decision["appeal_until"] < stamp(now):
        raise Expired("Decisions can be appealed for six months.", field=["decision"])
    found = w.moderation.lock_flag(decision["flag"], now=stamp(now))
    assert found is not None
    row = found[0]
    if row["status"] not in {UPHELD, DISMISSED} or row.get("decision") != decision_id or len(row["decided_by"]) > 1:
        raise Conflict("This decision was appealed already.", field=["decision"])
    w.moderation.change_flag(row["id"], {"status": APPEALED, "appeal_statement": text, "appealed_by": me})
    w.moderation.change_decision(decision_id, {"appealed": True})
    w.audit.note("flag.appeal", actor=me, object=f"Flag:{row['id']}", now=now)
    return {"decision": decision_id}


def end_held(w: Writing, content_id: str, *, now: datetime) -> None:
    """Remove what was held for seven days without a decision; the author is told, and may appeal."""
    content = w.discussions.lock(content_id, now=stamp(now))
    if content is None or content["state"] != HELD:
        return
    erase_content(w, content, now=now)
    flag_id = flag_held(w, content, content["label"], now)
    found = w.moderation.lock_flag(flag_id, now=stamp(now))
    assert found is not None
    decision = {
        "id": new_id(), "flag": flag_id, "subject": content_id, "subject_kind": content["label"],
        "author": content["author_id"], "group": content.get("group_id"), "action": REMOVE,
        "facts": "The text was held because it may identify a patient, and nobody decided about it within seven days.",
        "clause": "Patients' privacy", "label": None, "automated_detection": True, "automated_decision": True,
        "until": None, "appeal_until": stamp(now + domain.APPEAL), "decided_at": stamp(now),
        "decided_by": "service:graph",
    }  # fmt: skip
    _record(w, found[0], decision, UPHELD, now)
    w.audit.note("content.held-removed", actor="service:graph", object=f"{content['label']}:{content_id}", now=now)


def reencrypt_held(w: Writing, row: Row, *, now: datetime) -> None:
    """Encrypt what is held again, under the present key."""
    content = w.discussions.lock(row["id"], now=stamp(now))
    if content is not None and content.get("held"):
        texts = unsealed(content["held"], w.cipher, owner=row["id"])
        w.discussions.change(row["id"], {"held": sealed(texts, w.cipher, owner=row["id"])})


# ------------------------------------------------------------------ context notes


def propose_note(w: Writing, *, subject: str, body: str, sources: Sequence[Row], author: Author, now: datetime) -> Row:
    """Propose a note that gives context to somebody else's text, with sources; readers rate it.

    Raises:
        Invalid: a field breaks its rule, or there is no source.
        NotFound: no such content.
        NotVerified: it needs the right to practise.
        Forbidden: it is one's own text.
    """
    text = check_text(body, field="body", shortest=10, longest=domain.MAX_NOTE_LENGTH)
    named = content_domain.checked_sources(sources)
    if not named:
        raise Invalid("A note needs a source.", field=["sources"])
    require_level(author.level, "proposeNote")
    content = _content(w, subject, me=author.id, now=now, field="subject")
    note = {
        "id": new_id(), "subject": subject, "subject_kind": content["label"], "group": content.get("group_id"),
        "author": author.id, "body": text, "sources": named, "status": domain.PROPOSED, "helpful_in": [],
        "created_at": stamp(now),
    }  # fmt: skip
    w.moderation.add_note(note)
    return {"id": note["id"]}


def rate_note(w: Writing, *, note_id: str, helpful: bool, author: Author, now: datetime) -> Row:
    """Say whether a note helps; one's rating can be changed. Only who is verified in the group's specialty counts.

    Raises:
        NotFound: no such note.
        NotVerified: it needs the right to practise.
        Forbidden: the note or the text is one's own, or one is not verified in the specialty.
    """
    require_level(author.level, "rateNote")
    note = w.moderation.lock_note(note_id, now=stamp(now))
    if note is None:
        raise NotFound.of("note", "note")
    _content(w, note["subject"], me=author.id, now=now, field="note")
    if note["author"] == author.id:
        raise Forbidden("It is your own.", field=["note"])
    snapshot = w.groups.snapshot(author.id) or Snapshot({"specialties": [], "regions": [], "licences": []})
    wanted = w.groups.remit_of(note["group"]) if note.get("group") else []
    codes = set().union(*(specialties.narrower(code) for code in wanted)) if wanted else set()
    if wanted and not verified_codes(snapshot, now.date()) & codes:
        raise Forbidden("Only who is verified in the group's specialty rates its notes.", field=["note"])
    ratings = w.moderation.rate_note(
        note_id, me=author.id, helpful=helpful, country=_country(snapshot, codes), now=stamp(now)
    )
    status, helpful_in = domain.note_status(ratings)
    w.moderation.change_note(note_id, status=status, helpful_in=helpful_in)
    return {"id": note_id}


def _country(snapshot: Row, codes: set[str]) -> str:
    """The one country for which a rater speaks: where they practise, if verified there; else where they are verified."""
    verified = [
        proof["country"]
        for item in snapshot["specialties"]
        if not codes or item["code"] in codes
        for proof in item["verified"]
    ]
    verified = verified or [str(regions.country_of(item["jurisdiction"])) for item in snapshot["licences"]]
    practises = [str(regions.country_of(code)) for code in snapshot["regions"]]
    return next((country for country in practises if country in verified), min(verified, default="ZZ"))


# ------------------------------------------------------------------ reading


def shown_flag(row: Row, *, viewer: str, admin: bool, now: datetime) -> Row:
    """A flag as a moderator or its reporter sees it; who reported it only as an admin."""
    lease = row.get("lease_until")
    held = lease is not None and lease > stamp(now)
    status = row["status"]
    if status == TAKEN and not held:
        status = APPEALED if row.get("appeal_statement") else domain.OPEN
    return {
        "id": row["id"],
        "subject": row["subject"],
        "subject_kind": row["subject_kind"],
        "reason": row["reason"],
        "detail": row.get("detail"),
        "origin": row["origin"],
        "flag_status": status,
        "taken_by": row.get("taken_by") if held else None,
        "lease_until": lease if held else None,
        "created_at": row["created_at"],
        "appeal_statement": row.get("appeal_statement"),
        "reporter": row.get("reporter") if admin else None,
    }


def shown_decision(row: Row) -> Row:
    """A decision as who it concerns sees it; never who decided."""
    return {
        name: row.get(name)
        for name in (
            "id", "subject", "subject_kind", "action", "facts", "clause", "label", "automated_detection",
            "automated_decision", "until", "appeal_until", "decided_at",
        )
    }  # fmt: skip


def may_see_flag(row: Row, *, viewer: str, moderates: bool) -> bool:
    """Whether the viewer may see a flag: moderators who are no party, and who reported it."""
    if row.get("reporter") == viewer:
        return True
    return moderates and row.get("author") != viewer


def may_see_decision(row: Row, *, viewer: str, moderates: bool) -> bool:
    """Whether the viewer may see a decision: its author, who reported, and moderators."""
    return moderates or viewer in _parties(row)


def moderators_view(
    discussions: DiscussionReader, ids: Sequence[str], *, viewer: Viewer
) -> tuple[dict[str, Row], list[str]]:
    """Discussions and posts by id with all their texts, held ones too, for who decides about them.

    Returns:
        the contents by id with `__typename`, and which of them are held: reading those is audited.
    """
    found: dict[str, Row] = {}
    held: list[str] = []
    if not ids:
        return found, held
    rows = [row | {"label": "Discussion"} for row in discussions.get(ids, viewer="")]
    rows += [row | {"label": "Post"} for row in discussions.get_posts(ids, viewer="")]
    for row in rows:
        if row["state"] == HELD:
            held.append(row["id"])
        author = Viewer(row["author_id"], viewer.cipher, viewer.read_level)
        if row["label"] == "Discussion":
            shown = shown_discussion(row, Access(member=True, moderates=True), author)
        else:
            shown = shown_post(row, {"state": PUBLISHED, "viewer_can": ["MODERATE"]}, author)
        if shown is not None:
            found[row["id"]] = shown | {"viewer_can": ["READ", "MODERATE"], "__typename": row["label"]}
    return found, held


def contexts_of(
    discussions: DiscussionReader, groups: GroupReader, posts: Sequence[Row], *, viewer: Viewer, now: datetime
) -> tuple[dict[str, Row], list[str]]:
    """The discussions in which posts stand that a moderator decides about, where they read them by that alone.

    A post is judged by what it answers, also in a group that the moderator may not know of. Discussions that they read like
    everybody else are left out.

    Returns:
        the discussions by id with `__typename`, and which of them are held. Reading any of them is audited.
    """
    parents = list(dict.fromkeys(post["discussion"] for post in posts))
    readable = read_discussions(discussions, groups, parents, viewer=viewer, now=now)
    return moderators_view(discussions, [own for own in parents if own not in readable], viewer=viewer)


def read_subjects(
    discussions: DiscussionReader, groups: GroupReader, ids: Sequence[str], *, viewer: Viewer, now: datetime
) -> dict[str, Row]:
    """Discussions and posts by id, as far as the viewer may read them, with `__typename`."""
    posts = discussions.get_posts(ids, viewer=viewer.id)
    parents = read_discussions(
        discussions, groups, [*ids, *(post["discussion_id"] for post in posts)], viewer=viewer, now=now
    )
    found = {own: parents[own] | {"__typename": "Discussion"} for own in ids if own in parents}
    for post in posts:
        parent = parents.get(post["discussion_id"])
        shown = shown_post(post, parent, viewer) if parent else None
        if shown is not None:
            found[post["id"]] = shown | {"__typename": "Post"}
    return found


def year_counts(moderation: ModerationReader, year: int) -> Row:
    """A year's flags by reason and origin, decisions by action, and how many were appealed."""
    return moderation.year(f"{year:04d}-", f"{year + 1:04d}-")
