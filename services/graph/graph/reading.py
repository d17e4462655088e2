"""What several features read in one way: people, groups and texts as the caller sees them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from flask import current_app, request

from graph.discussions.domain import checked_language
from graph.discussions.store import DiscussionReader, in_page
from graph.discussions.usecases import Author, Viewer, accesses, shown_rows
from graph.groups.domain import Group
from graph.groups.store import GroupReader
from graph.groups.usecases import read_groups
from graph.moderation.usecases import read_subjects
from graph.moments import END_OF_TIME
from graph.notifications.usecases import visible
from graph.peers.cards import plain_cards
from graph.people.store import PeopleStore
from graph.people.usecases import read_cards, viewer_level
from graph.wiring import graph, index, pages
from kit import clock, cursors
from kit.web import caller

Row = dict[str, Any]


def viewer() -> Viewer:
    """Who reads."""
    me = caller().subject
    people_store = PeopleStore(graph())
    return Viewer(me, current_app.extensions["cipher"], cache(lambda: viewer_level(people_store, me, clock.now())))


def author() -> Author:
    """Who writes."""
    me = caller().subject
    return Author(me, caller().roles, viewer_level(PeopleStore(graph()), me, clock.now()))


def full_people(ids: Sequence[str | None]) -> dict[str, Row]:
    """People as the caller sees them, with the requests between them."""
    return read_cards(PeopleStore(graph()), [own for own in ids if own], viewer=caller().subject, now=clock.now())


def people(ids: Sequence[str | None]) -> dict[str, Any]:
    """People as the caller sees them, to be passed on as they are: from memory where nothing is asked about requests."""
    wanted = request.headers.get("X-Cards", "").split(",")
    if wanted[0] != "plain":
        return full_people(ids)
    named = [own for own in ids if own]
    if not named:
        return {}
    return plain_cards(
        index().current(graph()), PeopleStore(graph()), named, frozenset(wanted[1:]), viewer=caller().subject,
        now=clock.now(),
    )  # fmt: skip


def with_authors(rows: list[Row]) -> list[Row]:
    """Texts with their authors' cards."""
    cards = people([row["author"] for row in rows])
    return [row | {"author": cards.get(row["author"])} for row in rows]


def groups_with_discussions(reader: GroupReader, ids: Sequence[str], body: Row) -> tuple[dict[str, Group], Row]:
    """Groups by id, and a page of the discussions of each that the caller may read; first pages from what is kept.

    Args:
        body: {first, after, kind, topic, language, count}.
    """
    me, now = caller().subject, clock.now()
    if not ids:
        return {}, {}
    if not any(body[name] for name in ("after", "kind", "topic", "language", "count")):
        kept = reader.first_pages(
            pages(), ids, viewer=me, blocked=index().current(graph()).apart_from(me), now=now, first=body["first"] + 1
        )
        if kept is not None:
            return kept[0], discussion_pages(kept[0], body, kept[1])
    groups = reader.get(ids, viewer=me, now=now)
    return groups, discussion_pages(groups, body)


def discussion_pages(groups: dict[str, Group], body: Row, found_before: dict[str, list[Row]] | None = None) -> Row:
    """For several groups, as the caller stands to them, a page of their discussions; only where these may be read.

    Args:
        body: {first, after, kind, topic, language, count}.
        found_before: the discussions, where they were read with the groups.
    """
    language = checked_language(body["language"]) if body["language"] else None
    me, now = viewer(), clock.now()
    allowed = accesses(groups.values())
    mark = cursors.fingerprint("discussions", body["kind"], body["topic"], language)
    found: Row = {
        group: {"rows": in_page(rows), "total": None}
        for group, rows in (found_before or {}).items()
        if group in allowed
    }
    if found_before is None and allowed:
        found = DiscussionReader(graph()).in_groups(
            list(allowed), viewer=me.id, kind=body["kind"], topic=body["topic"], language=language,
            after=cursors.position(body["after"], mark, (END_OF_TIME, "")), first=body["first"] + 1, count=body["count"],
        )  # fmt: skip
    rows = [row for page in found.values() for row in page["rows"][: body["first"]]]
    readable = shown_rows(rows, GroupReader(graph()), viewer=me, now=now, known=allowed)
    shown = {row["id"]: row for row in with_authors(list(readable.values()))}
    return {
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


def notified(rows: Sequence[Row]) -> list[Row]:
    """Notifications that the caller may still see, with actor and subject."""
    if not rows:
        return []

    def named(*kinds: str) -> list[str]:
        return [row["subject"] for row in rows if row["subject_kind"] in kinds]

    cards = full_people([*(row["actor"] for row in rows), *named("Professional")])
    reader = GroupReader(graph())
    groups = read_groups(reader, named("Group"), viewer=caller().subject, countries=False, now=clock.now())
    texts = named("Discussion", "Post")
    contents = (
        read_subjects(DiscussionReader(graph()), reader, texts, viewer=viewer(), now=clock.now()) if texts else {}
    )
    shown = visible(rows, cards=cards, groups=groups, contents=contents)
    authors = full_people(
        [row["subject_shown"]["author"] for row in shown if (row["subject_shown"] or {}).get("author")]
    )
    for row in shown:
        thing = row["subject_shown"]
        if thing is not None and row["subject_kind"] in {"Discussion", "Post"}:
            row["subject_shown"] = thing | {"author": authors.get(thing["author"])}
    return shown
