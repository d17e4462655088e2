"""Bringing in an existing community's connections, groups and discussions.

Each row carries ids that the importer made from its own references, so that a repeated import finds what it stored.
A bad row is refused with its reason and does not stop the others.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from graph.discussions import domain as discussions_domain
from graph.groups import domain as groups_domain
from graph.groups.usecases import group_properties
from graph.imports.store import ImportStore
from graph.moments import stamp
from kit import ids
from kit.errors import DomainError, Invalid
from kit.texts import check_text, fold, slug

Row = dict[str, Any]


@dataclass
class Outcome:
    """What became of a batch."""

    stored: int = 0
    unchanged: int = 0
    rejected: list[dict[str, str]] = field(default_factory=list)


def _when(row: Row, name: str, now: datetime) -> str:
    text = row.get(name)
    if not text:
        return stamp(now)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid(f"{name} must be a date or time as ISO 8601 writes it") from error
    return stamp(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value.strip():
        raise Invalid(f"{name} is missing")
    return value


def _id(row: Row, name: str) -> str:
    value = ids.valid(_text(row, name))
    if value is None:
        raise Invalid(f"{name} is no id")
    return value


def _import(
    rows: Sequence[Row], check: Callable[[Row], tuple[Row, list[tuple[str, str]]] | None], store: ImportStore,
    write: Callable[[Sequence[Row]], int],
) -> Outcome:  # fmt: skip
    """Check each row, refuse those that name somebody or something unknown, and write the rest in one statement."""
    outcome = Outcome()
    ready: list[tuple[Row, Row, list[tuple[str, str]]]] = []
    for row in rows:
        try:
            checked = check(row)
            if checked is None:
                outcome.unchanged += 1
            else:
                ready.append((row, *checked))
        except DomainError as error:
            outcome.rejected.append({"ref": str(row.get("ref", ""))[:200], "reason": error.message})
    needed: dict[str, set[str]] = {}
    for kind, wanted in itertools.chain.from_iterable(needs for _, _, needs in ready):
        needed.setdefault(kind, set()).add(wanted)
    known = store.known(**{kind: sorted(found) for kind, found in needed.items()})
    writable = []
    for row, fields, needs in ready:
        missing = [kind for kind, wanted in needs if wanted not in known[kind]]
        if missing:
            names = {"people": "person", "groups": "group", "discussions": "discussion", "posts": "post"}
            reason = f"names a {names[missing[0]]} that does not exist"
            outcome.rejected.append({"ref": str(row.get("ref", ""))[:200], "reason": reason})
        else:
            writable.append(fields)
    outcome.stored = write(writable)
    outcome.unchanged += len(writable) - outcome.stored
    return outcome


def import_connections(store: ImportStore, rows: Sequence[Row], *, now: datetime) -> Outcome:
    """Connect pairs {a, b, since}; each undirected pair once."""
    seen: set[tuple[str, str]] = set()

    def check(row: Row) -> tuple[Row, list[tuple[str, str]]] | None:
        low, high = sorted((_id(row, "a"), _id(row, "b")))
        if low == high:
            raise Invalid("connects a person with themselves")
        if (low, high) in seen:
            return None
        seen.add((low, high))
        return {"low": low, "high": high, "since": _when(row, "since", now)}, [("people", low), ("people", high)]

    return _import(rows, check, store, store.connections)


def import_groups(store: ImportStore, rows: Sequence[Row], *, now: datetime) -> Outcome:
    """Create groups {id, name, purpose, owner, language(s), visibility, join_policy, created_at, …}."""

    def check(row: Row) -> tuple[Row, list[tuple[str, str]]]:
        group_id, owner = _id(row, "id"), _id(row, "owner")
        given: Row = {
            "name": _text(row, "name"),
            "purpose": row.get("purpose") or row["name"],
            "rules": row.get("rules"),
            "languages": row.get("languages") or [],
            "specialties": row.get("specialties") or [],
            "regions": row.get("regions") or [],
            "member_limit": row.get("member_limit"),
            "visibility": (row.get("visibility") or "LISTED").upper(),
            "join_policy": (row.get("join_policy") or "OPEN").upper(),
        }
        if given["visibility"] not in groups_domain.VISIBILITIES:
            raise Invalid("visibility must be one of " + ", ".join(groups_domain.VISIBILITIES))
        if given["join_policy"] not in groups_domain.JOIN_POLICIES:
            raise Invalid("join_policy must be one of " + ", ".join(groups_domain.JOIN_POLICIES))
        fields = groups_domain.checked_fields(given)
        handle = row.get("handle") or f"{slug(fields['name']) or 'group'}-{group_id[:8]}"
        group = group_properties(fields) | {
            "id": group_id, "handle": handle, "created_at": _when(row, "created_at", now), "version": 1,
        }  # fmt: skip
        return {"owner": owner, "group": group}, [("people", owner)]

    return _import(rows, check, store, store.groups)


def import_memberships(store: ImportStore, rows: Sequence[Row], *, now: datetime) -> Outcome:
    """Make people members {group, person, role, joined_at}."""

    def check(row: Row) -> tuple[Row, list[tuple[str, str]]]:
        role = (row.get("role") or "MEMBER").upper()
        if role not in groups_domain.ROLES:
            raise Invalid("role must be one of " + ", ".join(groups_domain.ROLES))
        group, person = _id(row, "group"), _id(row, "person")
        checked = {"group": group, "person": person, "role": role, "joined_at": _when(row, "joined_at", now)}
        return checked, [("groups", group), ("people", person)]

    return _import(rows, check, store, store.memberships)


def import_discussions(store: ImportStore, rows: Sequence[Row], *, now: datetime) -> Outcome:
    """Open discussions {id, group, author, title, body, language, kind, topics, created_at}."""

    def check(row: Row) -> tuple[Row, list[tuple[str, str]]]:
        group, author = _id(row, "group"), _id(row, "author")
        kind = row.get("kind") or "DISCUSSION"
        if kind not in discussions_domain.KINDS:
            raise Invalid("kind must be one of " + ", ".join(discussions_domain.KINDS))
        topics = discussions_domain.checked_topics(row.get("topics"))
        discussion = {
            "id": _id(row, "id"),
            "group_id": group,
            "kind": kind,
            "state": discussions_domain.PUBLISHED,
            "title": check_text(
                _text(row, "title"), field="title", shortest=1, longest=discussions_domain.TITLE_LONGEST, one_line=True
            ),
            "body": discussions_domain.checked_body(_text(row, "body")),
            "language": discussions_domain.checked_language(row.get("language") or "en"),
            "topics": topics,
            "topic_keys": [fold(topic) for topic in topics],
            "post_count": 0,
            "created_at": _when(row, "created_at", now),
            "version": 1,
        }
        return {"author": author, "discussion": discussion}, [("groups", group), ("people", author)]

    return _import(rows, check, store, store.discussions)


def import_posts(store: ImportStore, rows: Sequence[Row], *, now: datetime) -> Outcome:
    """Add posts {id, discussion, author, in_reply_to, body, language, created_at}; a reply comes after its post."""
    in_batch: set[str] = set()

    def check(row: Row) -> tuple[Row, list[tuple[str, str]]]:
        discussion, author, post_id = _id(row, "discussion"), _id(row, "author"), _id(row, "id")
        needs = [("discussions", discussion), ("people", author)]
        in_reply_to = _id(row, "in_reply_to") if row.get("in_reply_to") else None
        if in_reply_to and in_reply_to not in in_batch:
            needs.append(("posts", in_reply_to))
        post = {
            "id": post_id,
            "discussion_id": discussion,
            "state": discussions_domain.PUBLISHED,
            "body": discussions_domain.checked_body(_text(row, "body")),
            "language": discussions_domain.checked_language(row.get("language") or "en"),
            "in_reply_to": in_reply_to,
            "created_at": _when(row, "created_at", now),
            "version": 1,
        }
        in_batch.add(post_id)
        return {"author": author, "post": post}, needs

    return _import(rows, check, store, store.posts)
