"""HTTP: discussions and posts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Response, jsonify

from graph.discussions import domain, schemas
from graph.discussions.domain import PUBLISHED
from graph.discussions.kinds import KINDS
from graph.discussions.store import DiscussionReader
from graph.discussions.usecases import acting, authoring, presenting, searching
from graph.groups.store import GroupReader
from graph.moderation.usecases import read_subjects
from graph.reading import author, discussion_pages, people, viewer, with_authors
from graph.timestamps import END_OF_TIME, stamp
from graph.wiring import graph, write_once, writing
from graph.writing import Writing
from kit import clock, cursors
from kit.errors import Invalid
from kit.fields import PageSchema
from kit.web import ServiceBlueprint, caller

blueprint = ServiceBlueprint("discussions", __name__, description="Discussions and posts")
Row = dict[str, Any]
Read = Callable[[list[str]], list[Row]]  # texts by id, as the caller sees them
SORT = ("created_at", "id")


def _discussions(ids: list[str]) -> list[Row]:
    found = presenting.read_discussions(
        DiscussionReader(graph()), GroupReader(graph()), ids, viewer=viewer(), now=clock.now()
    )
    return with_authors([found[i] for i in ids if i in found])


def _subjects(ids: list[str]) -> list[Row]:
    found = read_subjects(DiscussionReader(graph()), GroupReader(graph()), ids, viewer=viewer(), now=clock.now())
    return with_authors([found[i] for i in ids if i in found])


def _posts(ids: list[str]) -> list[Row]:
    return [row for row in _subjects(ids) if row["__typename"] == "Post"]


def _written(answer: Row, read: Read) -> Row:
    """What was written, and what it is held for."""
    found = read([answer["id"]])
    return {"content": found[0] if found else None, "doubts": answer.get("doubts") or []}


def _changed(act: Callable[[Writing], Row], read: Read) -> Response:
    """Make a change in one transaction, once for the request's key, and answer what it is now."""
    return jsonify(_written(write_once(lambda tx: act(writing(tx))), read))


def _repeated(act: Callable[[Writing], Row], read: Read) -> Response:
    """Make a change that is harmless to repeat in one transaction, and answer what it is now."""
    return jsonify(_written(graph().write(lambda tx: act(writing(tx))), read))


# ------------------------------------------------------------------ writing


@blueprint.post("/v1/discussions")
@blueprint.arguments(schemas.CreateDiscussion)
def create(body: Row) -> tuple[Response, int]:
    """Open a discussion."""
    me = author()
    answer = write_once(lambda tx: authoring.create_discussion(writing(tx), author=me, given=body, now=clock.now()))
    return jsonify(_written(answer, _discussions)), 201


@blueprint.patch("/v1/discussions/<discussion_id>")
@blueprint.arguments(schemas.EditDiscussion)
def edit(body: Row, discussion_id: str) -> Response:
    """Change a discussion."""
    return _edited(body, discussion_id, "Discussion", _discussions)


@blueprint.patch("/v1/posts/<post_id>")
@blueprint.arguments(schemas.EditPost)
def edit_post(body: Row, post_id: str) -> Response:
    """Change a post."""
    return _edited(body, post_id, "Post", _posts)


def _edited(body: Row, content_id: str, label: str, read: Read) -> Response:
    expected = body.pop("expected_version", None)
    return _changed(
        lambda w: authoring.edit_content(
            w, content_id=content_id, label=label, given=body, expected_version=expected, me=caller().subject,
            now=clock.now(),
        ),
        read,
    )  # fmt: skip


@blueprint.delete("/v1/discussions/<discussion_id>")
def delete(discussion_id: str) -> Response:
    """Delete a discussion; a stub stays."""
    return _deleted(discussion_id, "Discussion", _discussions)


@blueprint.delete("/v1/posts/<post_id>")
def delete_post(post_id: str) -> Response:
    """Delete a post; a stub stays."""
    return _deleted(post_id, "Post", _posts)


def _deleted(content_id: str, label: str, read: Read) -> Response:
    return _changed(
        lambda w: authoring.delete_content(w, content_id=content_id, label=label, me=caller().subject, now=clock.now()),
        read,
    )


@blueprint.post("/v1/discussions/<discussion_id>/posts")
@blueprint.arguments(schemas.AddPost)
def add_post(body: Row, discussion_id: str) -> tuple[Response, int]:
    """Answer in a discussion."""
    answer = write_once(
        lambda tx: authoring.add_post(
            writing(tx), author=caller().subject, discussion_id=discussion_id, now=clock.now(), **body
        ),
    )
    return jsonify(_written(answer, _posts)), 201


@blueprint.post("/v1/discussions/<discussion_id>/resolution")
@blueprint.arguments(schemas.Resolve)
def resolve(body: Row, discussion_id: str) -> Response:
    """Name the post that answers a question."""
    return _changed(
        lambda w: acting.resolve_discussion(
            w, discussion_id=discussion_id, post_id=body["post"], me=caller().subject, now=clock.now()
        ),
        _discussions,
    )


@blueprint.post("/v1/discussions/<discussion_id>/consent-withdrawal")
def withdraw_consent(discussion_id: str) -> Response:
    """Hide a case whose patient withdrew consent."""
    return _changed(
        lambda w: acting.withdraw_case_consent(w, discussion_id=discussion_id, me=caller().subject, now=clock.now()),
        _discussions,
    )


@blueprint.put("/v1/discussions/<discussion_id>/vote")
@blueprint.arguments(schemas.Vote)
def vote(body: Row, discussion_id: str) -> Response:
    """Give or move one's vote in a poll."""
    return _repeated(
        lambda w: acting.vote(
            w, discussion_id=discussion_id, option=body["option"], me=caller().subject, now=clock.now()
        ),
        _discussions,
    )


@blueprint.put("/v1/discussions/<discussion_id>/acknowledgement")
def acknowledge(discussion_id: str) -> Response:
    """Note that one has read an alert."""
    return _repeated(
        lambda w: acting.acknowledge_alert(w, discussion_id=discussion_id, me=caller().subject, now=clock.now()),
        _discussions,
    )


@blueprint.put("/v1/contents/<content_id>/reactions")
@blueprint.arguments(schemas.React)
def react(body: Row, content_id: str) -> Response:
    """Add a reaction."""
    return _reacted(content_id, body["reaction"], there=True)


@blueprint.delete("/v1/contents/<content_id>/reactions/<reaction>")
def unreact(content_id: str, reaction: str) -> Response:
    """Take a reaction away."""
    if reaction not in domain.REACTIONS:
        raise Invalid(f"{reaction!r} is no reaction.", field=["reaction"])
    return _reacted(content_id, reaction, there=False)


def _reacted(content_id: str, reaction: str, *, there: bool) -> Response:
    return _repeated(
        lambda w: acting.react(
            w, content_id=content_id, reaction=reaction, there=there, me=caller().subject, now=clock.now()
        ),
        _subjects,
    )


@blueprint.post("/v1/contents/<content_id>/translations")
@blueprint.arguments(schemas.Translate)
def translate(body: Row, content_id: str) -> Response:
    """Add a translation of what one wrote."""
    answer = write_once(
        lambda tx: authoring.add_translation(
            writing(tx), content_id=content_id, me=caller().subject, now=clock.now(), **body
        ),
    )
    return jsonify(_written(answer, _subjects))


# ------------------------------------------------------------------ reading


@blueprint.post("/v1/discussions/read")
@blueprint.arguments(schemas.ContentsById)
def read(body: Row) -> Response:
    """Discussions by id, as far as the caller may read them."""
    return jsonify(_discussions(body["ids"]))


@blueprint.post("/v1/posts/read")
@blueprint.arguments(schemas.ContentsById)
def read_posts(body: Row) -> Response:
    """Posts by id, as far as the caller may read them."""
    return jsonify(_posts(body["ids"]))


@blueprint.get("/v1/contents/<content_id>/revisions")
def revisions(content_id: str) -> Response:
    """What a text said before, newest first, at most 20; for its author and the group's moderators."""
    found = _subjects([content_id])
    if not found or not {"EDIT", "MODERATE"} & set(found[0]["viewer_can"]):
        return jsonify(revisions=[])
    return jsonify(revisions=DiscussionReader(graph()).revisions(content_id))


@blueprint.post("/v1/contents/details")
@blueprint.arguments(schemas.ContentsById)
def details(body: Row) -> Response:
    """Translations, reactions and votes of texts that the caller has read already."""
    allowed = {row["id"]: row for row in _subjects(body["ids"])}
    shown = [own for own, row in allowed.items() if row["state"] in {"PUBLISHED", "HELD"}]
    found = DiscussionReader(graph()).details(shown, viewer=caller().subject) if shown else []
    cards = people([one["author_id"] for row in found for one in row["translations"]])
    return jsonify(
        {
            row["id"]: row
            | {"translations": [one | {"author": cards.get(one["author_id"])} for one in row["translations"]]}
            for row in found
        }
    )


@blueprint.post("/v1/discussions/unread")
@blueprint.arguments(schemas.ContentsById)
def unread(body: Row) -> Response:
    """How many posts the caller has not seen."""
    allowed = [row["id"] for row in _discussions(body["ids"])]
    return jsonify(DiscussionReader(graph()).unread(allowed, viewer=caller().subject) if allowed else {})


@blueprint.post("/v1/discussions/in-groups")
@blueprint.arguments(schemas.InGroups)
def in_groups(body: Row) -> Response:
    """For several groups their discussions, newest first; only of groups that the caller may read."""
    me = caller().subject
    known = GroupReader(graph()).get(body["groups"], viewer=me, now=clock.now()) if body["groups"] else {}
    pages, authors = discussion_pages(known, body)
    return jsonify(groups=pages, authors=people(authors))


def _newest(mark: str, body: Row, load: Callable[[tuple[str, str], int], list[Row]]) -> Response:
    """A page of discussions of many groups, newest first, as far as the caller may read them.

    A service that is asked for many groups looks through more than a page, because whether one may read is known only then.
    """
    me, groups, reader, now = viewer(), GroupReader(graph()), DiscussionReader(graph()), clock.now()

    def readable(rows: Sequence[Row]) -> list[Row]:
        stored = reader.get([row["id"] for row in rows], viewer=me.id) if rows else []
        shown = presenting.shown_rows(stored, groups, viewer=me, now=now)
        return [shown[row["id"]] for row in rows if row["id"] in shown and shown[row["id"]]["state"] == PUBLISHED]

    looked = cursors.look_through(
        load,
        readable,
        start=cursors.position(body["after"], mark, (END_OF_TIME, "")),
        wanted=body["first"] + 1,
        sort=SORT,
    )
    authors = {row["id"]: row for row in with_authors(looked.rows[: body["first"]])}
    return jsonify(
        cursors.page(mark, looked, body["first"], sort=SORT, name="discussion", show=lambda row: authors[row["id"]])
    )


@blueprint.post("/v1/discussions/search")
@blueprint.arguments(schemas.DiscussionSearch)
def search(body: Row) -> Response:
    """Discussions of all groups that the caller may read, newest first."""
    me = caller().subject
    criteria = searching.discussion_criteria(body, viewer=me, cards_of=people)
    given = {name: value for name, value in body.items() if name not in {"first", "after", "count"}}
    return _newest(
        cursors.fingerprint("discussions-search", me, given),
        body,
        lambda position, first: DiscussionReader(graph()).search(criteria, after=position, first=first),
    )


@blueprint.post("/v1/me/feed")
@blueprint.arguments(PageSchema)
def feed(body: Row) -> Response:
    """What one's groups and connections have opened, newest first."""
    me, now = caller().subject, stamp(clock.now())
    return _newest(
        cursors.fingerprint("feed", me),
        body,
        lambda position, first: DiscussionReader(graph()).feed(me, now=now, after=position, first=first),
    )


@blueprint.post("/v1/discussions/posts")
@blueprint.arguments(schemas.Posts)
def posts(body: Row) -> Response:
    """For several discussions their posts, oldest first; `last` and `before` read from the end.

    Those of a live session come by how helpful they are, and only forward.
    """
    backward = body["last"] is not None
    count = body["last"] if backward else (body["first"] or 20)
    reader, me = DiscussionReader(graph()), viewer()
    parents = presenting.read_discussions(reader, GroupReader(graph()), body["discussions"], viewer=me, now=clock.now())
    helpful_first = [own for own, row in parents.items() if KINDS[row["kind"]].helpful_first]
    by_time = [own for own in parents if own not in helpful_first]
    found: dict[str, list[Row]] = {}
    marks: dict[str, str] = {}
    given = body["before"] if backward else body["after"]
    for ids, helpful in ((by_time, False), (helpful_first, True)):
        if not ids:
            continue
        from_end = backward and not helpful
        mark = cursors.fingerprint("posts", "helpful") if helpful else cursors.fingerprint("posts")
        position = cursors.position(given, mark, (END_OF_TIME, "") if from_end else ("", ""))
        rows = reader.posts(ids, viewer=me.id, backward=from_end, helpful=helpful, position=position, first=count + 1)
        found |= rows
        marks |= dict.fromkeys(rows, mark)
    wanted = {
        key: rows[:count][::-1] if backward and key not in helpful_first else rows[:count]
        for key, rows in found.items()
    }
    seen = [presenting.shown_post(row, parents[key], me) for key, rows in wanted.items() for row in rows]
    shown = {row["id"]: row for row in with_authors([post for post in seen if post is not None])}
    return jsonify(
        {
            key: {
                "rows": [
                    {"cursor": cursors.encode(marks[key], [row["key"], row["id"]]), "post": shown[row["id"]]}
                    for row in rows
                    if row["id"] in shown
                ],
                "has_next": (given is not None) if backward else len(found[key]) > count,
                "has_previous": len(found[key]) > count if backward else (given is not None),
                "total": parents[key]["post_count"],
            }
            for key, rows in wanted.items()
        }
    )
