"""What several features read in one way: people, groups and texts as the caller sees them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from flask import current_app

from graph.discussions.store import DiscussionReader
from graph.discussions.usecases import Author, Viewer
from graph.groups.store import GroupReader
from graph.groups.usecases import read_groups
from graph.moderation.usecases import read_subjects
from graph.notifications.usecases import visible
from graph.people.store import PeopleStore
from graph.people.usecases import read_cards, viewer_level
from graph.wiring import graph
from kit import clock
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


def people(ids: Sequence[str | None]) -> dict[str, Row]:
    """People as the caller sees them."""
    return read_cards(PeopleStore(graph()), [own for own in ids if own], viewer=caller().subject, now=clock.now())


def with_authors(rows: list[Row]) -> list[Row]:
    """Texts with their authors' cards."""
    cards = people([row["author"] for row in rows])
    return [row | {"author": cards.get(row["author"])} for row in rows]


def notified(rows: Sequence[Row]) -> list[Row]:
    """Notifications that the caller may still see, with actor and subject."""
    if not rows:
        return []

    def named(*kinds: str) -> list[str]:
        return [row["subject"] for row in rows if row["subject_kind"] in kinds]

    cards = people([*(row["actor"] for row in rows), *named("Professional")])
    reader = GroupReader(graph())
    groups = read_groups(reader, named("Group"), viewer=caller().subject, countries=False, now=clock.now())
    texts = named("Discussion", "Post")
    contents = (
        read_subjects(DiscussionReader(graph()), reader, texts, viewer=viewer(), now=clock.now()) if texts else {}
    )
    shown = visible(rows, cards=cards, groups=groups, contents=contents)
    authors = people([row["subject_shown"]["author"] for row in shown if (row["subject_shown"] or {}).get("author")])
    for row in shown:
        thing = row["subject_shown"]
        if thing is not None and row["subject_kind"] in {"Discussion", "Post"}:
            row["subject_shown"] = thing | {"author": authors.get(thing["author"])}
    return shown
