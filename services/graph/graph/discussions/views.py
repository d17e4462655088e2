"""HTTP: discussions and posts."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from graph.discussions import domain, schemas, usecases
from graph.discussions.store import DiscussionReader, DiscussionWriter
from graph.groups.store import GroupReader, GroupWriter
from graph.moments import END_OF_TIME
from graph.people.store import PeopleStore
from graph.people.usecases import read_cards
from graph.wiring import graph, write_once
from kit import clock, cursors
from kit.web import ServiceBlueprint, caller

blueprint = ServiceBlueprint("discussions", __name__, description="Discussions and posts")


def _with_authors(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    cards = read_cards(
        PeopleStore(graph()), [row["author"] for row in rows if row["author"]], viewer=caller().subject, now=clock.now()
    )
    return [row | {"author": cards.get(row["author"])} for row in rows]


def _discussions(ids: list[str]) -> list[dict[str, Any]]:
    found = usecases.read_discussions(DiscussionReader(graph()), GroupReader(graph()), ids, viewer=caller().subject)
    return _with_authors([found[i] for i in ids if i in found])


def _posts(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Posts that the caller may read, with their authors."""
    reader = DiscussionReader(graph())
    parents = usecases.read_discussions(
        reader, GroupReader(graph()), [row["discussion_id"] for row in rows], viewer=caller().subject
    )
    return _with_authors(
        [
            usecases.shown_post(row, parents[row["discussion_id"]]["viewer_can"])
            for row in rows
            if row["discussion_id"] in parents
        ]
    )


@blueprint.post("/v1/discussions")
@blueprint.arguments(schemas.CreateDiscussion)
def create(body: dict[str, Any]) -> tuple[Response, int]:
    """Open a discussion."""
    given = dict(body)
    answer = write_once(
        body,
        lambda tx: usecases.create_discussion(
            DiscussionWriter(tx),
            GroupWriter(tx),
            author=caller().subject,
            group_id=given["group"],
            kind=given["kind"],
            title=given["title"],
            body=given["body"],
            language=given["language"],
            topics=given["topics"],
            now=clock.now(),
        ),
    )
    return jsonify(_discussions([answer["id"]])[0]), 201


@blueprint.post("/v1/discussions/<discussion_id>/posts")
@blueprint.arguments(schemas.AddPost)
def add_post(body: dict[str, Any], discussion_id: str) -> tuple[Response, int]:
    """Answer in a discussion."""
    answer = write_once(
        body,
        lambda tx: usecases.add_post(
            DiscussionWriter(tx),
            GroupWriter(tx),
            author=caller().subject,
            discussion_id=discussion_id,
            now=clock.now(),
            **body,
        ),
    )
    return jsonify(_posts(DiscussionReader(graph()).get_posts([answer["id"]]))[0]), 201


@blueprint.post("/v1/discussions/read")
@blueprint.arguments(schemas.ContentWanted)
def read(body: dict[str, Any]) -> Response:
    """Discussions by id, as far as the caller may read their groups."""
    return jsonify(_discussions(body["ids"]))


@blueprint.post("/v1/posts/read")
@blueprint.arguments(schemas.ContentWanted)
def read_posts(body: dict[str, Any]) -> Response:
    """Posts by id, as far as the caller may read their groups."""
    return jsonify(_posts(DiscussionReader(graph()).get_posts(body["ids"])))


@blueprint.post("/v1/discussions/in-groups")
@blueprint.arguments(schemas.InGroups)
def in_groups(body: dict[str, Any]) -> Response:
    """For several groups their discussions, newest first; only of groups that the caller may read."""
    language = domain.checked_language(body["language"]) if body["language"] else None
    allowed = usecases.readable_groups(GroupReader(graph()), body["groups"], viewer=caller().subject)
    mark = cursors.fingerprint("discussions", body["kind"], body["topic"], language)
    position = cursors.position(body["after"], mark, (END_OF_TIME, ""))
    reader = DiscussionReader(graph())
    found = reader.in_groups(
        list(allowed),
        kind=body["kind"],
        topic=body["topic"],
        language=language,
        after=position,
        first=body["first"] + 1,
    )
    ids = [row["id"] for page in found.values() for row in page["rows"][: body["first"]]]
    shown = {
        row["id"]: row
        for row in _with_authors(
            [usecases.shown_discussion(row, allowed[row["group_id"]]) for row in reader.get(ids)] if ids else []
        )
    }
    return jsonify(
        {
            group: {
                "rows": [
                    {"cursor": cursors.encode(mark, [row["created_at"], row["id"]]), "discussion": shown[row["id"]]}
                    for row in page["rows"][: body["first"]]
                    if row["id"] in shown
                ],
                "has_next": len(page["rows"]) > body["first"],
                "total": page["total"],
            }
            for group, page in found.items()
        }
    )


@blueprint.post("/v1/discussions/posts")
@blueprint.arguments(schemas.Posts)
def posts(body: dict[str, Any]) -> Response:
    """For several discussions their posts, oldest first; `last` and `before` read from the end."""
    backward = body["last"] is not None
    count = body["last"] if backward else (body["first"] or 20)
    mark = cursors.fingerprint("posts")
    given = body["before"] if backward else body["after"]
    position = cursors.position(given, mark, (END_OF_TIME, "") if backward else ("", ""))
    reader = DiscussionReader(graph())
    parents = usecases.read_discussions(reader, GroupReader(graph()), body["discussions"], viewer=caller().subject)
    found = reader.posts(list(parents), backward=backward, position=position, first=count + 1) if parents else {}
    wanted = {key: rows[:count][::-1] if backward else rows[:count] for key, rows in found.items()}
    authors = {
        row["id"]: row
        for row in _with_authors(
            [usecases.shown_post(row, parents[key]["viewer_can"]) for key, rows in wanted.items() for row in rows]
        )
    }
    return jsonify(
        {
            key: {
                "rows": [
                    {"cursor": cursors.encode(mark, [row["created_at"], row["id"]]), "post": authors[row["id"]]}
                    for row in rows
                ],
                "has_next": (given is not None) if backward else len(found[key]) > count,
                "has_previous": len(found[key]) > count if backward else (given is not None),
                "total": parents[key]["post_count"],
            }
            for key, rows in wanted.items()
        }
    )
