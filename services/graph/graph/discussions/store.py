"""Discussions and posts in Neo4j."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from graph.db import Graph, Row, Transaction, query
from graph.discussions import domain, properties
from graph.keys.store import FencedCipher
from graph.peers.store import lucene
from kit.cipher import FieldCipher
from kit.texts import fold

FEED_CONNECTIONS = 500  # the newest connections, whose discussions the feed looks at


def stored(fields: dict[str, Any]) -> dict[str, Any]:
    """Fields of a discussion or post as properties.

    Raises:
        UndeclaredProperty: one is not declared.
    """
    properties.require_declared(fields)
    return {
        name: orjson.dumps(value).decode() if name in properties.NESTED and value is not None else value
        for name, value in fields.items()
    }


def loaded(row: dict[str, Any]) -> dict[str, Any]:
    """Properties as fields."""
    return {
        name: orjson.loads(value) if name in properties.NESTED and isinstance(value, str) else value
        for name, value in row.items()
    }


def loaded_discussion(values: Sequence[Any]) -> Row:
    """A discussion from the values that a query reads of `READ_OF_DISCUSSIONS`."""
    return loaded(dict(zip(properties.READ_OF_DISCUSSIONS, values, strict=True)))


def _loaded_post(row: Row) -> Row:
    """A post from what a query reads of it: its values of `READ_OF_POSTS`, and what stands beside them."""
    post = loaded(dict(zip(properties.READ_OF_POSTS, row["values"], strict=True)))
    return post | {name: value for name, value in row.items() if name != "values"}


def sealed(texts: dict[str, Any], cipher: FencedCipher, *, owner: str) -> str:
    """Texts, encrypted for as long as they are held."""
    return base64.b64encode(cipher.encrypt(orjson.dumps(texts), owner=owner)).decode()


def unsealed(held: str, cipher: FieldCipher | FencedCipher, *, owner: str) -> dict[str, Any]:
    """The texts that are held."""
    return orjson.loads(cipher.decrypt_bytes(base64.b64decode(held), owner=owner))  # type: ignore[no-any-return]


@dataclass(frozen=True)
class DiscussionCriteria:
    """What a search of discussions asks for; empty means no condition. Codes are expanded already."""

    viewer: str
    words: Sequence[str] = ()
    groups: Sequence[str] = ()
    kinds: Sequence[str] = ()
    topics: Sequence[str] = ()
    languages: Sequence[str] = ()
    codes: Sequence[str] = ()
    places: Sequence[str] = ()
    unresolved: bool = False
    created_after: str = ""
    author: str = ""


def naming(content_id: str, fields: dict[str, Any]) -> list[dict[str, Any]]:
    """Whom a content names, for `discussions/name_people`; empty where that is nobody."""
    handles = domain.handles_in([fields.get(name) for name in properties.TEXTS])
    people = list(dict.fromkeys(person for name in properties.PEOPLE for person in fields.get(name) or ()))
    return [{"id": content_id, "handles": handles, "people": people}] if handles or people else []


class DiscussionWriter:
    """Writes discussions and posts in one transaction.

    Args:
        cipher: opens a text that is stored encrypted, because it waits for a moderator, to link it to whom it names.
    """

    def __init__(self, tx: Transaction, cipher: FencedCipher) -> None:
        self._tx, self._cipher = tx, cipher

    def create(self, *, author: str, group: str | None, discussion: dict[str, Any]) -> None:
        """Open a discussion."""
        self._tx.rows(query("discussions/create_discussion"), author=author, group=group, discussion=stored(discussion))
        self._name(discussion["id"], discussion)

    def _name(self, content_id: str, fields: dict[str, Any]) -> None:
        """Link a content to whom it names, so that their erasure finds it; also one whose texts are held."""
        held = unsealed(fields["held"], self._cipher, owner=content_id) if fields.get("held") else {}
        rows = naming(content_id, fields | held)
        if rows:
            self._tx.rows(query("discussions/name_people"), rows=rows)

    def lock(self, content_id: str, *, now: str, lock_discussion: bool = True) -> Row | None:
        """Lock a discussion or post and read it; `label` says which it is.

        Args:
            lock_discussion: whether to lock a post's discussion first, which counts its posts. Without it the post must be
                neither held nor released; then two posts of a discussion can be changed at the same time.
        """
        row = self._tx.row(query("discussions/lock_content"), id=content_id, now=now, lock_discussion=lock_discussion)
        return loaded(row["content"]) if row else None

    def change(self, content_id: str, fields: dict[str, Any]) -> None:
        """Set fields of a discussion or post."""
        self._tx.rows(query("discussions/change_content"), id=content_id, fields=stored(fields))
        self._name(content_id, fields)

    def add_revision(self, content_id: str, revision: dict[str, Any]) -> None:
        """Keep what a discussion or post said."""
        self._tx.rows(query("discussions/add_revision"), id=content_id, revision=revision)

    def leave_stub(self, content_id: str, *, now: str) -> None:
        """Delete what a discussion or post says, said before and says in other languages; what its answers need stays."""
        self.change(content_id, {"state": domain.DELETED, "changed_at": now})  # its discussion counts it from now on
        self._tx.rows(query("discussions/leave_stub"), id=content_id, now=now, stub=properties.STUB)
        self._tx.rows(query("discussions/purge_content"), id=content_id)

    def find_post(self, discussion_id: str, post_id: str) -> Row | None:
        """A post of the discussion: {id, author, state}."""
        return self._tx.row(query("discussions/find_post"), discussion=discussion_id, post=post_id)

    def add_post(self, *, author: str, discussion: str, post: dict[str, Any]) -> None:
        """Add a post."""
        self._tx.rows(query("discussions/add_post"), author=author, discussion=discussion, post=stored(post))
        self._name(post["id"], post)

    def mentioned(self, handles: Sequence[str], *, me: str, group: str | None) -> list[str]:
        """Ids of people who can be mentioned; with a group, only its members."""
        if not handles:
            return []
        rows = self._tx.rows(query("discussions/find_handles"), handles=list(handles), me=me, group=group)
        return [row["id"] for row in rows]

    def known_people(self, ids: Sequence[str]) -> set[str]:
        """Which of these people are there."""
        return {row["id"] for row in self._tx.rows(query("discussions/find_people"), ids=list(ids))}

    def co_members(self, group: str, *, most: int) -> list[str]:
        """A group's members, where there are not more than so many."""
        return [row["id"] for row in self._tx.rows(query("discussions/list_co_members"), group=group, most=most)]

    def concerned(self, *, places: Sequence[str], codes: Sequence[str], group: str | None, most: int) -> list[str]:
        """People whom an alert concerns."""
        rows = self._tx.rows(
            query("discussions/list_concerned"), places=list(places), codes=list(codes), group=group, most=most
        )
        return [row["id"] for row in rows]

    def vote(self, discussion: str, *, me: str, option: str, now: str) -> None:
        """Give or move one's vote."""
        self._tx.rows(query("discussions/vote"), discussion=discussion, me=me, option=option, now=now)

    def react(self, content_id: str, *, me: str, reaction: str, now: str, there: bool) -> None:
        """Add or take away a reaction."""
        text = query("discussions/react" if there else "discussions/unreact")
        self._tx.rows(text, id=content_id, me=me, reaction=reaction, now=now)

    def translate(self, content_id: str, translation: dict[str, Any]) -> int:
        """Add or replace a translation.

        Returns:
            how many there are.
        """
        row = self._tx.row(query("discussions/set_translation"), id=content_id, translation=translation)
        assert row is not None
        self._name(content_id, translation)
        return int(row["total"])

    def acknowledge(self, discussion: str, *, me: str, now: str) -> None:
        """Note that a person has read an alert."""
        self._tx.rows(query("discussions/acknowledge"), discussion=discussion, me=me, now=now)


def in_page(rows: Sequence[Row]) -> list[Row]:
    """Discussions of a page as values: {discussion, blocked} as the queries return them."""
    return [loaded_discussion(one["discussion"]) | {"blocked": one["blocked"]} for one in rows]


class DiscussionReader:
    """Reads discussions and posts."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def get(self, ids: Sequence[str], *, viewer: str) -> list[Row]:
        """Discussions by id."""
        return in_page(
            self._graph.read(
                query("discussions/read_discussions"), ids=list(dict.fromkeys(ids)), viewer=viewer,
                properties=properties.READ_OF_DISCUSSIONS,
            )
        )  # fmt: skip

    def in_groups(
        self,
        groups: Sequence[str],
        *,
        viewer: str,
        kind: str | None,
        topic: str | None,
        language: str | None,
        after: tuple[str, str],
        first: int,
        count: bool,
    ) -> dict[str, Row]:
        """For each group a page of its discussions, newest first: {rows, total}; the total where it is counted."""
        given: dict[str, Any] = {
            "groups": list(groups), "before": after[0], "last": after[1], "first": first, "viewer": viewer,
            "properties": properties.READ_OF_DISCUSSIONS,
        }  # fmt: skip
        if kind or topic or language:
            rows = self._graph.read(
                query("discussions/list_in_groups_filtered"),
                **given, kind=kind, topic=fold(topic) if topic else None, language=language,
            )  # fmt: skip
        else:
            rows = self._graph.read(query("discussions/list_in_groups"), **given)
            totals: dict[str, int] = {}
            if count:
                counted = self._graph.read(query("discussions/count_in_groups"), groups=list(groups))
                totals = {row["group"]: row["total"] for row in counted}
            rows = [row | {"total": totals.get(row["group"])} for row in rows]
        return {row["group"]: {"rows": in_page(row["rows"]), "total": row["total"]} for row in rows}

    def search(self, criteria: DiscussionCriteria, *, after: tuple[str, str], first: int) -> list[Row]:
        """A page of discussions of all groups, newest first."""
        given: dict[str, Any] = {
            "before": after[0], "last": after[1], "after": criteria.created_after, "viewer": criteria.viewer,
            "groups": list(criteria.groups), "kinds": list(criteria.kinds), "topics": list(criteria.topics),
            "languages": list(criteria.languages), "codes": list(criteria.codes), "places": list(criteria.places),
            "unresolved": criteria.unresolved, "first": first,
        }  # fmt: skip
        if criteria.words:
            text = query("discussions/search_text")
            return self._graph.read(text, **given, author=criteria.author, lucene=lucene(criteria.words))
        if criteria.author:
            return self._graph.read(query("discussions/search_author"), **given, author=criteria.author)
        return self._graph.read(query("discussions/search_newest"), **given)

    def feed(self, me: str, *, now: str, after: tuple[str, str], first: int) -> list[Row]:
        """A page of what a person's groups and connections have opened, newest first."""
        return self._graph.read(
            query("discussions/list_feed"), me=me, now=now, before=after[0], last=after[1], first=first,
            most=FEED_CONNECTIONS,
        )  # fmt: skip

    def posts(
        self,
        discussions: Sequence[str],
        *,
        viewer: str,
        backward: bool,
        helpful: bool,
        position: tuple[str, str],
        first: int,
    ) -> dict[str, list[Row]]:
        """For each discussion a page of posts: the oldest after a position, or the newest before it.

        Args:
            helpful: the most helpful first instead.
        """
        given: dict[str, Any] = {
            "discussions": list(discussions), "last": position[1], "first": first, "viewer": viewer,
            "properties": properties.READ_OF_POSTS,
        }  # fmt: skip
        if helpful:
            rows = self._graph.read(query("discussions/list_helpful_posts"), **given, since=position[0])
        elif backward:
            rows = self._graph.read(query("discussions/list_last_posts"), **given, before=position[0])
        else:
            rows = self._graph.read(query("discussions/list_posts"), **given, since=position[0])
        return {row["discussion"]: [_loaded_post(post) for post in row["rows"]] for row in rows}

    def get_posts(self, ids: Sequence[str], *, viewer: str) -> list[Row]:
        """Posts by id."""
        rows = self._graph.read(
            query("discussions/read_posts"), ids=list(dict.fromkeys(ids)), viewer=viewer,
            properties=properties.READ_OF_POSTS,
        )  # fmt: skip
        return [_loaded_post(row["post"]) for row in rows]

    def details(self, ids: Sequence[str], *, viewer: str) -> list[Row]:
        """What stands beside discussions or posts."""
        return self._graph.read(query("discussions/read_details"), ids=list(dict.fromkeys(ids)), viewer=viewer)

    def unread(self, ids: Sequence[str], *, viewer: str) -> dict[str, int]:
        """How many posts of discussions the viewer has not seen."""
        rows = self._graph.read(query("discussions/count_unread"), ids=list(dict.fromkeys(ids)), viewer=viewer)
        return {row["id"]: row["unread"] for row in rows}

    def revisions(self, content_id: str) -> list[Row]:
        """What a discussion or post said before, newest first, at most 20."""
        return [row["revision"] for row in self._graph.read(query("discussions/list_revisions"), id=content_id)]
