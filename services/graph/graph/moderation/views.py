"""HTTP: flags, decisions, appeals and context notes."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Response, jsonify

from graph.audit.store import AuditWriter
from graph.db import Transaction
from graph.discussions.store import DiscussionReader
from graph.discussions.usecases.access import SITE_MODERATORS
from graph.feed.store import FeedWriter
from graph.groups.store import GroupReader
from graph.idempotency.store import delete_old
from graph.moderation import domain, schemas, usecases
from graph.moderation.store import FlagCriteria, ModerationReader
from graph.notifications.store import NotificationWriter
from graph.notifications.usecases import KEPT
from graph.reading import author, people, viewer, with_authors
from graph.timestamps import END_OF_TIME, stamp
from graph.wiring import graph, second_pair, write_once, writing
from kit import clock, cursors
from kit.errors import Invalid, OutcomeUnknown, Unavailable
from kit.fields import PageSchema
from kit.idempotency import ANSWERS_LIFETIME
from kit.logs import log
from kit.verification import RIGHT_TO_PRACTISE
from kit.web import ServiceBlueprint, caller, require_role, require_service

blueprint = ServiceBlueprint("moderation", __name__, description="Flags, decisions and context notes")
Row = dict[str, Any]
MAX_DELETED = 5000  # in one go; the rest with the next


def _moderates() -> bool:
    return bool(caller().roles & SITE_MODERATORS)


def _flags(ids: list[str], *, subjects: bool = False, contexts: bool = False) -> list[Row]:
    """Flags that the caller may see, in order; with what they are about, whose held texts are audited.

    Args:
        contexts: whether posts come with their discussions where the caller reads these as a moderator only; audited too.
    """
    me, now, reader = caller().subject, clock.now(), ModerationReader(graph())
    found = {
        row["id"]: (row, decision)
        for row, decision in reader.flags(ids)
        if usecases.may_see_flag(row, viewer=me, moderates=_moderates())
    }
    shown = [
        usecases.shown_flag(found[own][0], viewer=me, admin="ADMIN" in caller().roles, now=now)
        | {"decision": found[own][1] and usecases.shown_decision(found[own][1] or {})}
        for own in ids
        if own in found
    ]
    reported = [f"Flag:{row['id']}" for row in shown if row["reporter"] not in {None, me}]
    if reported:  # told to admins only
        graph().write(lambda tx: _note_reporters(AuditWriter(tx), reported))
    cards = people([one for row in shown for one in (row["taken_by"], row["reporter"])])
    contents = _contents([row["subject"] for row in shown], contexts=contexts) if subjects else {}
    return [
        row
        | {
            "taken_by": cards.get(row["taken_by"]),
            "reporter": cards.get(row["reporter"]),
            "subject_shown": contents.get(row["subject"]),
        }
        for row in shown
    ]


def _note_reporters(audit: AuditWriter, flags: list[str]) -> None:
    """Audit that an admin sees who reported: one flag by its id, a page as a number."""
    one = len(flags) == 1
    audit.note(
        "flag.view-reporter", actor=caller().subject, object=flags[0] if one else "flags",
        reason=None if one else str(len(flags)), now=clock.now(),
    )  # fmt: skip


def _note_views(audit: AuditWriter, held: list[str], contexts: list[str]) -> None:
    for one in held:
        audit.note("content.view-held", actor=caller().subject, object=one, now=clock.now())
    for one in contexts:
        audit.note("content.view-context", actor=caller().subject, object=one, now=clock.now())


def _contents(ids: list[str], *, contexts: bool) -> dict[str, Row]:
    reader, groups = DiscussionReader(graph()), GroupReader(graph())
    if not _moderates():
        found = usecases.read_subjects(reader, groups, ids, viewer=viewer(), now=clock.now())
        return {row["id"]: row for row in with_authors(list(found.values()))}
    found, held = usecases.moderators_view(reader, ids, viewer=viewer())
    around: dict[str, Row] = {}
    held_around: list[str] = []
    posts = [row for row in found.values() if row["__typename"] == "Post"]
    if contexts and posts:
        around, held_around = usecases.contexts_of(reader, groups, posts, viewer=viewer(), now=clock.now())
    secret = [f"{found[own]['__typename']}:{own}" for own in held] + [f"Discussion:{own}" for own in held_around]
    beside = [f"Discussion:{own}" for own in around if own not in held_around and own not in found]
    if secret or beside:
        # Written before anything is shown: without the entry, nobody reads it.
        graph().write(lambda tx: _note_views(AuditWriter(tx), list(dict.fromkeys(secret)), beside))
    shown = {row["id"]: row for row in with_authors([*found.values(), *around.values()])}
    return {
        own: shown[own] | ({"discussion": shown[row["discussion"]]} if row.get("discussion") in around else {})
        for own, row in found.items()
    }


@blueprint.post("/v1/flags")
@blueprint.arguments(schemas.Flag)
def flag(body: Row) -> tuple[Response, int]:
    """Report something to the moderators."""
    answer = write_once(lambda tx: usecases.flag(writing(tx), me=caller().subject, now=clock.now(), **body))
    return jsonify(_flags([answer["id"]])[0]), 201


@blueprint.post("/v1/flags/search")
@blueprint.arguments(schemas.Queue)
def queue(body: Row) -> Response:
    """Flags that wait, the oldest first."""
    require_role(*SITE_MODERATORS)
    me = caller().subject
    criteria = FlagCriteria(
        me, body["statuses"] or domain.WAITING, body["reasons"] or (), body["origin"] or "", body["group"] or ""
    )
    mark = cursors.fingerprint("flags", me, body["statuses"], body["reasons"], body["origin"], body["group"])
    position = cursors.position(body["after"], mark, ("", ""))
    reader = ModerationReader(graph())
    found = reader.queue(criteria, after=position, first=body["first"] + 1)
    total = cursors.count(body["count"], lambda most: reader.queue(criteria, after=("", ""), first=most))
    ids = [row["id"] for row in found[: body["first"]]]
    flags = {row["id"]: row for row in _flags(ids, subjects=body["subjects"], contexts=body["contexts"])}
    return jsonify(
        cursors.page(
            mark,
            found,
            body["first"],
            sort=("created_at", "id"),
            name="flag",
            show=lambda row: flags.get(row["id"]),
            total=total,
        )
    )


@blueprint.post("/v1/flags/read")
@blueprint.arguments(schemas.FlagsById)
def read_flags(body: Row) -> Response:
    """Flags by id that the caller may see."""
    return jsonify(_flags(body["ids"], subjects=body["subjects"], contexts=body["contexts"]))


@blueprint.post("/v1/flags/<flag_id>/lease")
def take(flag_id: str) -> Response:
    """Take a flag for a quarter of an hour."""
    require_role(*SITE_MODERATORS)
    write_once(
        lambda tx: usecases.take_flag(
            writing(tx), flag_id=flag_id, me=caller().subject, second_pair=second_pair, now=clock.now()
        )
    )
    return jsonify(_flags([flag_id])[0])


@blueprint.post("/v1/flags/<flag_id>/decision")
@blueprint.arguments(schemas.Decide)
def decide(body: Row, flag_id: str) -> Response:
    """Decide about what was flagged or held."""
    require_role(*SITE_MODERATORS)
    answer = write_once(
        lambda tx: usecases.decide_flag(
            writing(tx), flag_id=flag_id, me=caller().subject, second_pair=second_pair, now=clock.now(), **body
        )
    )
    (shown,) = _flags([flag_id])
    return jsonify(flag=shown, decision=usecases.shown_decision(_decisions([answer["decision"]])[0]))


def _decisions(ids: list[str]) -> list[Row]:
    return [
        row
        for row in ModerationReader(graph()).decisions(ids)
        if usecases.may_see_decision(row, viewer=caller().subject, moderates=_moderates())
    ]


@blueprint.post("/v1/decisions/read")
@blueprint.arguments(schemas.ById)
def read_decisions(body: Row) -> Response:
    """Decisions by id that the caller may see."""
    return jsonify([usecases.shown_decision(row) for row in _decisions(body["ids"])])


@blueprint.post("/v1/decisions/<decision_id>/appeal")
@blueprint.arguments(schemas.Appeal)
def appeal(body: Row, decision_id: str) -> Response:
    """Ask that another moderator decides again."""
    found = ModerationReader(graph()).decisions([decision_id])
    write_once(
        lambda tx: usecases.appeal_decision(
            writing(tx), decision_id=decision_id, decision=found[0] if found else None, statement=body["statement"],
            me=caller().subject, now=clock.now(),
        )
    )  # fmt: skip
    return jsonify(usecases.shown_decision(_decisions([decision_id])[0]))


@blueprint.post("/v1/me/decisions/search")
@blueprint.arguments(PageSchema)
def decisions(body: Row) -> Response:
    """The decisions about what one wrote, newest first."""
    me = caller().subject
    mark = cursors.fingerprint("decisions", me)
    position = cursors.position(body["after"], mark, (END_OF_TIME, ""))
    reader = ModerationReader(graph())
    found = reader.decisions_about(me, after=position, first=body["first"] + 1)
    total = cursors.count(body["count"], lambda most: reader.decisions_about(me, after=(END_OF_TIME, ""), first=most))
    return jsonify(
        cursors.page(
            mark,
            found,
            body["first"],
            sort=("decided_at", "id"),
            name="decision",
            show=usecases.shown_decision,
            total=total,
        )
    )


@blueprint.post("/v1/contents/read")
@blueprint.arguments(schemas.ById)
def read_contents(body: Row) -> Response:
    """Discussions and posts by id that the caller may read, of both kinds together."""
    found = usecases.read_subjects(
        DiscussionReader(graph()), GroupReader(graph()), body["ids"], viewer=viewer(), now=clock.now()
    )
    return jsonify(with_authors([found[own] for own in body["ids"] if own in found]))


@blueprint.get("/v1/transparency/<year>")
def transparency(year: str) -> Response:
    """A year's counts, for the transparency report."""
    if not re.fullmatch(r"[2-8]\d{3}", year):
        raise Invalid("A year has four digits.", field=["year"])
    return jsonify(usecases.year_counts(ModerationReader(graph()), int(year)))


# ------------------------------------------------------------------ context notes


@blueprint.post("/v1/notes")
@blueprint.arguments(schemas.Propose)
def propose(body: Row) -> tuple[Response, int]:
    """Propose a context note."""
    me = author()
    answer = write_once(lambda tx: usecases.propose_note(writing(tx), author=me, now=clock.now(), **body))
    return jsonify(_notes([answer["id"]])[0]), 201


@blueprint.put("/v1/notes/<note_id>/rating")
@blueprint.arguments(schemas.Rate)
def rate(body: Row, note_id: str) -> Response:
    """Say whether a note helps."""
    me = author()
    graph().write(
        lambda tx: usecases.rate_note(writing(tx), note_id=note_id, helpful=body["helpful"], author=me, now=clock.now())
    )
    return jsonify(_notes([note_id])[0])


def _shown_notes(rows: list[Row]) -> list[Row]:
    cards = people([row["author"] for row in rows])
    return [
        {
            "id": row["id"], "subject": row["subject"], "author": cards.get(row["author"]), "body": row["body"],
            "sources": row["sources"], "note_status": row["status"], "helpful_in": row["helpful_in"],
        }
        for row in rows
    ]  # fmt: skip


def _notes(ids: list[str]) -> list[Row]:
    rows = ModerationReader(graph()).notes(ids)
    readable = usecases.read_subjects(
        DiscussionReader(graph()), GroupReader(graph()), [row["subject"] for row in rows], viewer=viewer(),
        now=clock.now(),
    )  # fmt: skip
    return _shown_notes([row for row in rows if row["subject"] in readable])


@blueprint.post("/v1/notes/read")
@blueprint.arguments(schemas.ById)
def read_notes(body: Row) -> Response:
    """Context notes by id, on what the caller may read."""
    return jsonify(_notes(body["ids"]))


@blueprint.post("/v1/notes/on")
@blueprint.arguments(schemas.ById)
def notes_on(body: Row) -> Response:
    """The context notes on texts: those shown, one's own, and to who rates them those proposed."""
    me = viewer()
    readable = usecases.read_subjects(
        DiscussionReader(graph()), GroupReader(graph()), body["ids"], viewer=me, now=clock.now()
    )
    rows = ModerationReader(graph()).notes_on(
        [own for own, row in readable.items() if row["state"] == "PUBLISHED"], viewer=me.id,
        rates=me.read_level() == RIGHT_TO_PRACTISE,
    )  # fmt: skip
    found: dict[str, list[Row]] = {own: [] for own in body["ids"]}
    for note in _shown_notes(rows):
        found[note["subject"]].append(note)
    return jsonify(found)


# ------------------------------------------------------------------ what comes due


def _end_held(content_id: str, tx: Transaction) -> None:
    usecases.end_held(writing(tx), content_id, now=clock.now())


@blueprint.post("/v1/duties")
@blueprint.arguments(schemas.ScheduledJobs)
def duties(body: Row) -> Response:
    """Remove texts held for seven days, notifications of half a year ago, old answers under keys and old feed entries.

    The relay asks for it regularly. Each item has a transaction of its own; the answer names those that failed, and the relay
    leaves them out until they are to be tried again.
    """
    require_service()
    now, without = clock.now(), set(body["except_ids"])
    reader = ModerationReader(graph())
    overdue = reader.overdue_held(stamp(now - domain.HELD_LIFETIME), except_ids=sorted(without))
    old, answered = stamp(now - KEPT), stamp(now - ANSWERS_LIFETIME)
    steps: dict[str, Callable[[Transaction], object]] = {
        **{content_id: partial(_end_held, content_id) for content_id in overdue},
        "notifications": lambda tx: NotificationWriter(tx).delete_old(old, most=MAX_DELETED),
        "feed": lambda tx: FeedWriter(tx).delete_old(limit=MAX_DELETED),
        "keys": lambda tx: delete_old(tx, before=answered, most=MAX_DELETED),
    }
    counts: dict[str, object] = {}
    failed = []
    for item, step in steps.items():
        if item in without:
            continue
        try:
            counts[item] = graph().write(step)
        except (Unavailable, OutcomeUnknown):
            raise  # of the engine, and no item's fault
        except Exception as error:
            log().error("duty_failed", item=item, error=type(error).__name__, exc_info=error)
            failed.append({"item": item, "error": type(error).__name__})
    return jsonify(
        held=len(overdue), notifications=counts.get("notifications"), feed_entries=counts.get("feed"),
        keys=counts.get("keys"), done=list(counts), failed=failed,
    )  # fmt: skip
