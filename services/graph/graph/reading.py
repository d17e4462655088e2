"""What several features read in one way: people, groups and texts as the caller sees them."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

import orjson
from flask import current_app, request

from graph.discussions.domain import checked_language
from graph.discussions.kinds import DETAILS
from graph.discussions.store import DiscussionReader
from graph.discussions.usecases.access import Access, Author, Viewer, accesses
from graph.discussions.usecases.presenting import shown_discussion, shown_rows
from graph.groups.domain import Group
from graph.groups.pages import OUTSIDE, Page
from graph.groups.store import GroupReader, group_of
from graph.groups.usecases import read_groups, shown_group
from graph.moderation.usecases import read_subjects
from graph.notifications.usecases import visible
from graph.peers.cards import plain_cards
from graph.peers.index import View
from graph.people.store import PeopleStore
from graph.people.usecases import read_cards, viewer_level
from graph.timestamps import END_OF_TIME
from graph.wiring import graph, view
from kit import clock, cursors, requested_fields
from kit.cards import OPTIONAL
from kit.web import caller

Row = dict[str, Any]
NOTHING: frozenset[str] = frozenset()
CARD = frozenset(OPTIONAL)
OF_DISCUSSIONS = requested_fields.DISCUSSION | {one.name for one in DETAILS}
SORT = ("created_at", "id")  # of discussions
_NEWEST = cursors.fingerprint("discussions", None, None, None)  # the list of all of a group's discussions


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
    named, parts = [own for own in ids if own], requested_fields.parse(request.headers.get("X-Fields"))
    if parts is None:
        return full_people(ids)
    if not named:
        return {}
    current = view()
    return plain_cards(
        current.network, current.cards, PeopleStore(graph()), named, parts & CARD, viewer=caller().subject,
        now=clock.now(),
    )  # fmt: skip


def mentions(part: str) -> bool:
    """Whether an optional part can be wanted by the operation behind this request."""
    parts = requested_fields.parse(request.headers.get("X-Fields"))
    return parts is None or part in parts


def with_authors(rows: list[Row]) -> list[Row]:
    """Texts with their authors' cards."""
    cards = people([row["author"] for row in rows])
    return [row | {"author": cards.get(row["author"])} for row in rows]


def groups_with_discussions(reader: GroupReader, ids: Sequence[str], body: Row) -> tuple[Row, list[str | None]]:
    """Groups that the caller may know of, each with a page of its discussions where one is wanted and may be read.

    First pages come from what is kept, unless a text in them is held, which others than its author may not count.

    Args:
        body: {countries, discussions: None or {first, after, kind, topic, language, count}}.

    Returns:
        {id: {group, discussions}}, and who wrote the discussions; those name their authors by id.
    """
    me, now, page = caller().subject, clock.now(), body["discussions"]
    if not ids:
        return {}, []
    if page is not None and not any(page[name] for name in ("after", "kind", "topic", "language", "count")):
        first = page["first"]
        current = view()
        kept = current.groups.read(graph(), ids, first + 1)
        if not any(one.held(first + 1) for one in kept.values()):
            where = reader.countries(list(kept)) if body["countries"] else None
            return _first_pages(current, {own: kept[own] for own in ids if own in kept}, first, where)
    known = reader.get(ids, viewer=me, now=now)
    pages, authors = discussion_pages(known, page) if page is not None else ({}, [])
    groups = read_groups(reader, ids, viewer=me, countries=body["countries"], now=now, known=known)
    return {own: {"group": group, "discussions": pages.get(own)} for own, group in groups.items()}, authors


def _first_pages(
    current: View, kept: dict[str, Page], first: int, where: dict[str, list[str]] | None
) -> tuple[Row, list[str | None]]:
    """Groups with their newest discussions as the caller sees them, as JSON where others see the same.

    Args:
        where: the countries where members practise, where somebody asked.
    """
    me, now, network = viewer(), clock.now(), current.network
    parts = requested_fields.parse(request.headers.get("X-Fields"))
    of_group, of_text = (
        (NOTHING, NOTHING) if parts is None else (requested_fields.GROUP - parts, OF_DISCUSSIONS - parts)
    )  # left out
    policies = any(page.policy is not None for page in kept.values())
    memberships = current.groups.memberships(graph(), me.id, snapshot=policies)
    snapshot = GroupReader.loaded(memberships.snapshot) if policies else None
    blocked = network.blocked_pair_with(me.id)
    found: Row = {}
    authors: set[str | None] = set()
    for own, page in kept.items():
        standing = memberships.links.get(own)
        if standing is None and page.policy is None and where is None:
            shown, access = page.once(of_group, _as_outsiders_see, now, of_group)
        else:
            group = group_of(page.group, page.policy, memberships.to(own), snapshot, now)
            countries = None if where is None else where.get(own)
            shown = without(shown_group(group, me.id, countries), of_group) if group.known_to_viewer else None
            access = accesses([group]).get(own)
        if shown is None:
            continue
        texts = None
        if access is not None:
            wrote, texts = page.once(
                (first, access.writes, access.moderates, of_text), _first_page_for_all, first, access, me, of_text
            )
            if wrote is None or me.id in wrote or (blocked and wrote & blocked):
                texts = _first_page(page, first, access, me, blocked, NOTHING)
                wrote = {row["discussion"]["author"] for row in texts["rows"]}
            authors |= wrote
        found[own] = {"group": shown, "discussions": texts}
    return found, list(authors) if parts is None or "author" in parts else []


def without(thing: Row, names: Set[str]) -> Row:
    """A thing without some of its parts."""
    return {name: value for name, value in thing.items() if name not in names}


def _as_outsiders_see(page: Page, now: datetime, left_out: Set[str]) -> tuple[orjson.Fragment | None, Access | None]:
    """What everybody sees who does not stand to the group in any way, and what they may do in it."""
    group = group_of(page.group, None, OUTSIDE, None, now)
    if not group.known_to_viewer:
        return None, None
    # It names the viewer only where they stand to it somehow.
    return _json(without(shown_group(group, ""), left_out)), accesses([group]).get(group.id)


def _first_page_for_all(
    page: Page, first: int, access: Access, me: Viewer, left_out: Set[str]
) -> tuple[frozenset[str] | None, orjson.Fragment | None]:
    """Who wrote the first discussions, and these as all others see them; None where that depends on who reads."""
    wrote = page.alike(first)
    if wrote is None:
        return None, None
    somebody = replace(me, id="")  # who asks first may have written something here
    return wrote, _json(_first_page(page, first, access, somebody, NOTHING, left_out))


def _json(value: Any) -> orjson.Fragment:
    return orjson.Fragment(orjson.dumps(value))


def _first_page(page: Page, first: int, access: Access, me: Viewer, blocked: Set[str], left_out: Set[str]) -> Row:
    shown = [
        without(discussion, left_out)
        for row in page.rows[:first]
        if (discussion := shown_discussion(row | {"blocked": row["author_id"] in blocked}, access, me)) is not None
    ]
    return {
        "rows": _in_page(shown, _NEWEST), "has_next": len(page.rows) > first, "total": None,
        "end": cursors.end(_NEWEST, page.rows[:first], SORT),
    }  # fmt: skip


def _in_page(shown: Sequence[Row], mark: str) -> list[Row]:
    return [{"cursor": cursors.encode(mark, [row["created_at"], row["id"]]), "discussion": row} for row in shown]


def discussion_pages(groups: dict[str, Group], body: Row) -> tuple[Row, list[str | None]]:
    """For several groups, as the caller stands to them, a page of their discussions; only where these may be read.

    Args:
        body: {first, after, kind, topic, language, count}.

    Returns:
        {id: {rows, has_next, total}}, and who wrote the discussions; those name their authors by id.
    """
    language = checked_language(body["language"]) if body["language"] else None
    me, now = viewer(), clock.now()
    allowed = accesses(groups.values())
    if not allowed:
        return {}, []
    mark = cursors.fingerprint("discussions", body["kind"], body["topic"], language)
    found = DiscussionReader(graph()).in_groups(
        list(allowed), viewer=me.id, kind=body["kind"], topic=body["topic"], language=language,
        after=cursors.position(body["after"], mark, (END_OF_TIME, "")), first=body["first"] + 1, count=body["count"],
    )  # fmt: skip
    rows = [row for page in found.values() for row in page["rows"][: body["first"]]]
    shown = shown_rows(rows, GroupReader(graph()), viewer=me, now=now, known=allowed)
    return {
        group: {
            "rows": _in_page([shown[row["id"]] for row in page["rows"][: body["first"]] if row["id"] in shown], mark),
            "has_next": len(page["rows"]) > body["first"],
            "total": page["total"],
            "end": cursors.end(mark, page["rows"][: body["first"]], SORT),
        }
        for group, page in found.items()
    }, [row["author"] for row in shown.values()]


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
