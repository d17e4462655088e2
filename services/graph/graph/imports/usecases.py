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

import orjson

from graph.discussions import domain as discussions_domain
from graph.discussions.kinds import KINDS, checked_details
from graph.discussions.kinds.poll import MAX_OPTIONS
from graph.discussions.store import stored
from graph.groups import domain as groups_domain
from graph.groups.usecases import group_properties
from graph.imports.store import ImportStore
from graph.moderation import domain as moderation_domain
from graph.timestamps import stamp
from kit import ids
from kit.clock import read_time
from kit.errors import DomainError, Invalid
from kit.privacy import Identifier, PatientIdentifier, written_in
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
        timestamp = datetime.fromisoformat(text)
        return stamp(read_time(text) if timestamp.tzinfo else timestamp.replace(tzinfo=UTC))
    except ValueError as error:
        raise Invalid(f"{name} must be a date or time as ISO 8601 writes it") from error


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
            "credential_policy": row.get("credential_policy"),
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
    """Open discussions {id, group, author, title, body, language, kind, topics, sources, created_at, …}.

    A kind brings what the contract's input for it has, such as `poll_options` or `case_details`.
    A text that may identify a patient is refused: there is nobody whom a moderator could ask.
    """

    def check(row: Row) -> tuple[Row, list[tuple[str, str]]]:
        author = _id(row, "author")
        kind = KINDS.get(str(row.get("kind") or "DISCUSSION"))
        if kind is None:
            raise Invalid("kind must be one of " + ", ".join(KINDS))
        group = _id(row, "group") if row.get("group") or not kind.by_moderators else None
        language = discussions_domain.checked_language(row.get("language") or "en")
        doubts: list[Identifier] = []
        with written_in(language):
            topics = discussions_domain.checked_topics(row.get("topics"))
            texts = {
                "title": discussions_domain.checked_title(_text(row, "title")),
                "body": discussions_domain.checked_body(_text(row, "body")),
                "sources": discussions_domain.checked_sources(row.get("sources")),
                **checked_details(kind, row, author=author, now=now, doubts=doubts),
            }
        created = _when(row, "created_at", now)
        discussion = {
            "id": _id(row, "id"),
            "group_id": group,
            "author_id": author,
            "kind": kind.name,
            "state": discussions_domain.PUBLISHED,
            "language": language,
            "topics": topics,
            "topic_keys": [fold(topic) for topic in topics],
            "post_count": 0,
            "created_at": created,
            "changed_at": created,
            "version": 1,
            **texts,
        }
        if doubts:
            raise PatientIdentifier(doubts)
        discussion["search_text"] = discussions_domain.search_text(discussion)
        needs = [("people", author), *([("groups", group)] if group else [])]
        return {"author": author, "discussion": stored(discussion)}, needs

    return _import(rows, check, store, store.discussions)


def import_posts(store: ImportStore, rows: Sequence[Row], *, now: datetime) -> Outcome:
    """Add posts {id, discussion, author, in_reply_to, body, language, sources, created_at, answers}.

    A reply comes after its post; `answers` says that it resolves the question.
    """
    in_batch: set[str] = set()

    def check(row: Row) -> tuple[Row, list[tuple[str, str]]]:
        discussion, author, post_id = _id(row, "discussion"), _id(row, "author"), _id(row, "id")
        needs = [("discussions", discussion), ("people", author)]
        in_reply_to = _id(row, "in_reply_to") if row.get("in_reply_to") else None
        if in_reply_to and in_reply_to not in in_batch:
            needs.append(("posts", in_reply_to))
        language = discussions_domain.checked_language(row.get("language") or "en")
        with written_in(language):
            body = discussions_domain.checked_body(_text(row, "body"))
            sources = discussions_domain.checked_sources(row.get("sources"))
        post = {
            "id": post_id,
            "discussion_id": discussion,
            "author_id": author,
            "state": discussions_domain.PUBLISHED,
            "body": body,
            "language": language,
            "in_reply_to": in_reply_to,
            "sources": sources,
            "created_at": _when(row, "created_at", now),
            "changed_at": _when(row, "created_at", now),
            "version": 1,
        }
        in_batch.add(post_id)
        return {"author": author, "post": stored(post) | {"answers": bool(row.get("answers"))}}, needs

    return _import(rows, check, store, store.posts)


def _content(row: Row, name: str = "subject") -> tuple[str, tuple[str, str]]:
    """The discussion or post that a row is about, and what must exist for it."""
    own = _id(row, name)
    return own, ("posts" if row.get("kind") == "Post" else "discussions", own)


def import_reactions(store: ImportStore, rows: Sequence[Row], *, now: datetime) -> Outcome:
    """Add reactions {subject, kind: Discussion or Post, person, reaction}."""

    def check(row: Row) -> tuple[Row, list[tuple[str, str]]]:
        if row.get("reaction") not in discussions_domain.REACTIONS:
            raise Invalid("reaction must be one of " + ", ".join(discussions_domain.REACTIONS))
        (subject, need), person = _content(row), _id(row, "person")
        checked = {"subject": subject, "person": person, "reaction": row["reaction"], "at": _when(row, "at", now)}
        return checked, [need, ("people", person)]

    return _import(rows, check, store, store.reactions)


def import_votes(store: ImportStore, rows: Sequence[Row], *, now: datetime) -> Outcome:
    """Add votes {discussion, person, option: its place in the poll, from 0}."""

    def check(row: Row) -> tuple[Row, list[tuple[str, str]]]:
        discussion, person, option = _id(row, "discussion"), _id(row, "person"), row.get("option")
        if not isinstance(option, int) or not 0 <= option < MAX_OPTIONS:
            raise Invalid("option must be its place in the poll, from 0")
        checked = {"discussion": discussion, "person": person, "option": option, "at": _when(row, "at", now)}
        return checked, [("discussions", discussion), ("people", person)]

    return _import(rows, check, store, store.votes)


def import_translations(store: ImportStore, rows: Sequence[Row], *, now: datetime) -> Outcome:
    """Add translations {subject, kind: Discussion or Post, author, language, title, body}."""

    def check(row: Row) -> tuple[Row, list[tuple[str, str]]]:
        (subject, need), author = _content(row), _id(row, "author")
        language = discussions_domain.checked_language(_text(row, "language"))
        with written_in(language):
            title = discussions_domain.checked_title(row["title"]) if row.get("title") else None
            body = discussions_domain.checked_body(_text(row, "body"))
        translation = {
            "id": _id(row, "id"),
            "language": language,
            "title": title,
            "body": body,
            "author_id": author,
            "at": _when(row, "at", now),
        }
        return {"subject": subject, "translation": translation}, [need, ("people", author)]

    return _import(rows, check, store, store.translations)


def import_notes(store: ImportStore, rows: Sequence[Row], *, now: datetime) -> Outcome:
    """Add context notes {id, subject, kind, group, author, body, sources, ratings: [{person, country, helpful}]}."""

    def check(row: Row) -> tuple[Row, list[tuple[str, str]]]:
        (subject, need), author = _content(row), _id(row, "author")
        ratings = [
            {"person": _id(one, "person"), "country": _text(one, "country"), "helpful": bool(one.get("helpful"))}
            for one in row.get("ratings") or ()
        ]
        status, helpful_in = moderation_domain.note_status([one | {"total": 1} for one in ratings])
        note = {
            "id": _id(row, "id"),
            "subject": subject,
            "subject_kind": row.get("kind") or "Discussion",
            "group": row.get("group"),
            "author": author,
            "body": check_text(
                _text(row, "body"), field="body", shortest=10, longest=moderation_domain.MAX_NOTE_LENGTH
            ),
            "sources": discussions_domain.checked_sources(row.get("sources")),
            "status": status,
            "helpful_in": helpful_in,
            "created_at": _when(row, "created_at", now),
        }
        people = [("people", str(person)) for person in (author, *(one["person"] for one in ratings))]
        return {"note": note | {"sources": orjson.dumps(note["sources"]).decode()}, "ratings": ratings}, [need, *people]

    return _import(rows, check, store, store.notes)


def import_flags(store: ImportStore, rows: Sequence[Row], *, now: datetime) -> Outcome:
    """Add reports {id, subject, kind, author, group, reporter, reason, detail} that wait for a moderator."""

    def check(row: Row) -> tuple[Row, list[tuple[str, str]]]:
        if row.get("reason") not in moderation_domain.REASONS:
            raise Invalid("reason must be one of " + ", ".join(moderation_domain.REASONS))
        (subject, need), author, reporter = _content(row), _id(row, "author"), _id(row, "reporter")
        detail = check_text(row.get("detail") or "", field="detail", longest=moderation_domain.MAX_DETAIL_LENGTH)
        flag = {
            "id": _id(row, "id"),
            "subject": subject,
            "subject_kind": row.get("kind") or "Discussion",
            "reason": row["reason"],
            "detail": detail or None,
            "origin": moderation_domain.MEMBER,
            "status": moderation_domain.OPEN,
            "author": author,
            "reporter": reporter,
            "group": row.get("group"),
            "created_at": _when(row, "created_at", now),
        }
        return {"flag": flag}, [need, ("people", author), ("people", reporter)]

    return _import(rows, check, store, store.flags)
