"""What the graph holds of a person: all of it is exported, and none of it stays after an erasure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import neo4j
import pytest

from graph.db import Graph
from graph.discussions.usecases import acting, authoring, holding
from graph.discussions.usecases.access import Author
from graph.groups import usecases as groups
from graph.groups.store import GroupWriter
from graph.moderation import usecases as moderation
from graph.notifications.store import NotificationWriter
from graph.peers.store import PeerWriter
from graph.rights.store import RightsStore
from graph.writing import Writing
from kit.cipher import FieldCipher
from kit.errors import Unauthenticated
from tests.graph.integration.test_races import CIPHER, people
from tests.support.races import at_once

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
WORDS = "Walrus watercolours"


def test_an_erased_person_is_nowhere_and_what_others_wrote_stays(graph: Graph, driver: neo4j.Driver) -> None:
    """Texts in every state, revisions, translations, reports, ratings, notifications."""
    ada, bob = people(graph, 2)
    given: dict[str, Any] = {
        "name": "Art",
        "purpose": "p",
        "visibility": "LISTED",
        "join_policy": "OPEN",
        "member_limit": 9,
    }
    group = graph.write(
        lambda tx: groups.create_group(GroupWriter(tx), owner=bob, owner_level="IDENTITY", given=given, now=NOW)
    )["id"]
    graph.write(
        lambda tx: groups.join_group(
            GroupWriter(tx), NotificationWriter(tx), group_id=group, me=ada, message=None, now=NOW
        )
    )

    def opened(author: str, **more: Any) -> str:
        asked = {
            "group": group, "kind": "DISCUSSION", "title": WORDS, "body": WORDS, "language": "en", "topics": [WORDS],
            "sources": None, "poll_options": None, "case_details": None, "alert_details": None, "live_details": None,
        } | more  # fmt: skip
        who = Author(author, frozenset({"MEMBER"}), "RIGHT_TO_PRACTISE")
        answer = graph.write(
            lambda tx: authoring.create_discussion(Writing.of(tx, CIPHER), author=who, given=asked, now=NOW)
        )
        return str(answer["id"])

    hers, his = opened(ada), opened(bob, title="His", body="His own", topics=None)
    held = opened(ada, body=f"{WORDS}: our form shows 9434765919 below.")
    graph.write(
        lambda tx: authoring.edit_content(
            Writing.of(tx, CIPHER), content_id=hers, label="Discussion", given={"body": f"{WORDS} again"},
            expected_version=None, me=ada, now=NOW,
        )
    )  # fmt: skip
    graph.write(
        lambda tx: authoring.add_translation(
            Writing.of(tx, CIPHER), content_id=hers, language="de", title=WORDS, body=WORDS, me=ada, now=NOW
        )
    )
    graph.write(
        lambda tx: acting.react(Writing.of(tx, CIPHER), content_id=his, reaction="HELPFUL", there=True, me=ada, now=NOW)
    )
    graph.write(
        lambda tx: moderation.flag(Writing.of(tx, CIPHER), subject=his, reason="OTHER", detail=WORDS, me=ada, now=NOW)
    )
    exported = RightsStore(graph).export(ada, CIPHER)
    assert {one["id"] for one in exported["discussions"]} == {hers, held}
    assert next(one for one in exported["discussions"] if one["id"] == hers)["before"][0]["body"] == WORDS
    assert exported["reports"][0]["detail"] == WORDS
    assert exported["reactions"][0]["subject"] == his
    assert exported["notifications"]  # of his discussion

    assert RightsStore(graph).erase([ada], CIPHER) == 1
    assert RightsStore(graph).export(ada, CIPHER) == {}
    with driver.session() as session:
        stores = session.run(
            "MATCH (n) WHERE any(key IN keys(n) WHERE toStringOrNull(n[key]) CONTAINS $words OR any(one IN CASE WHEN valueType(n[key]) STARTS WITH 'LIST' THEN n[key] ELSE [] END WHERE toStringOrNull(one) CONTAINS $words)) "
            "RETURN labels(n) AS labels, properties(n) AS found", words=WORDS,
        ).data()  # fmt: skip
        assert stores == []
        named = session.run(
            "MATCH (n) WHERE NOT n:ErasedProfessional AND any(key IN keys(n) WHERE n[key] = $id) RETURN n", id=ada
        ).data()
        assert named == []
        assert session.run("MATCH (d:Discussion {id: $id}) RETURN d.helpful AS n, d.body AS body", id=his).data() == [
            {"n": 0, "body": "His own"}
        ]
        assert session.run("MATCH (d:Discussion {id: $id}) RETURN d.state AS s, d.held AS held", id=held).data() == [
            {"s": "DELETED", "held": None}
        ]


def test_nothing_of_a_person_is_written_while_they_are_erased(graph: Graph, driver: neo4j.Driver) -> None:
    """What was committed before goes, and what comes later is refused: also where a query would make the person again."""
    ada, bob = people(graph, 2)
    given = {"name": "Race", "purpose": "p", "visibility": "LISTED", "join_policy": "OPEN", "member_limit": 9}
    group = graph.write(
        lambda tx: groups.create_group(GroupWriter(tx), owner=bob, owner_level="IDENTITY", given=given, now=NOW)
    )["id"]
    graph.write(
        lambda tx: groups.join_group(
            GroupWriter(tx), NotificationWriter(tx), group_id=group, me=ada, message=None, now=NOW
        )
    )
    asked = {
        "group": group, "kind": "DISCUSSION", "title": "Racing walrus", "body": "Racing walrus", "language": "en", "topics": None,
        "sources": None, "poll_options": None, "case_details": None, "alert_details": None, "live_details": None,
    }  # fmt: skip
    hers = Graph(driver, lambda: 30, actor=lambda: ada)

    def write(number: int) -> object:
        if number == 4:
            return RightsStore(graph).erase([ada], CIPHER)
        if number % 2:
            who = Author(ada, frozenset({"MEMBER"}), "RIGHT_TO_PRACTISE")
            return hers.write(
                lambda tx: authoring.create_discussion(Writing.of(tx, CIPHER), author=who, given=asked, now=NOW)
            )
        return hers.write(lambda tx: PeerWriter(tx).dismiss(ada, bob, now="2026-11-21"))

    results = at_once(9, write)
    assert results[4] == 1
    with pytest.raises(Unauthenticated):
        write(0)
    with driver.session() as session:
        found = session.run(
            "MATCH (n) WHERE n:Professional AND n.id = $id OR n.author_id = $id OR n.body CONTAINS 'Racing' RETURN n",
            id=ada,
        ).data()
    assert found == []


def a_group_of(graph: Graph, owner: str) -> str:
    """A group of somebody, open to all."""
    given = {"name": "Walruses", "purpose": "p", "visibility": "LISTED", "join_policy": "OPEN", "member_limit": 9}
    made = graph.write(
        lambda tx: groups.create_group(GroupWriter(tx), owner=owner, owner_level="IDENTITY", given=given, now=NOW)
    )
    return str(made["id"])


def says(graph: Graph, author: str, group: str, **texts: Any) -> str:
    """The id of a discussion that somebody opens."""
    asked = {
        "group": group, "kind": "DISCUSSION", "title": "T", "body": "B", "language": "en", "topics": None, "sources": None,
        "poll_options": None, "case_details": None, "alert_details": None, "live_details": None,
    } | texts  # fmt: skip
    who = Author(author, frozenset({"MEMBER"}), "RIGHT_TO_PRACTISE")
    return str(
        graph.write(lambda tx: authoring.create_discussion(Writing.of(tx, CIPHER), author=who, given=asked, now=NOW))[
            "id"
        ]
    )


def edit(graph: Graph, own: str, author: str, body: str) -> Any:
    """Change what a discussion says."""
    return graph.write(
        lambda tx: authoring.edit_content(
            Writing.of(tx, CIPHER), content_id=own, label="Discussion", given={"body": body}, expected_version=None,
            me=author, now=NOW,
        )
    )  # fmt: skip


def publish(graph: Graph, own: str) -> None:
    """Publish what is held, as the decision about it does."""

    def act(tx: Any) -> None:
        w = Writing.of(tx, CIPHER)
        content = w.discussions.lock(own, now="2026-11-21")
        assert content is not None
        if content["state"] == "HELD":
            holding.publish_held(w, content, now=NOW)

    graph.write(act)


def stored(driver: neo4j.Driver, own: str) -> dict[str, Any]:
    """The properties of a discussion."""
    with driver.session() as session:
        found = session.run("MATCH (d:Discussion {id: $id}) RETURN properties(d) AS p", id=own).single(strict=True)
    return dict(found["p"])


HELD_WORDS = "Our form shows 9434765919 below."


def test_a_text_that_is_held_names_nobody_who_was_erased_when_it_is_published(
    graph: Graph, driver: neo4j.Driver
) -> None:
    """Held from the beginning or since an edit; the handle in its title, body, sources and options."""
    ada, bob, eva = people(graph, 3)
    group = a_group_of(graph, bob)
    poll = says(
        graph, bob, group, kind="POLL", title=f"For @{ada}", body=f"@{ada} and @{eva}. {HELD_WORDS}",
        poll_options=[f"as @{ada}", "No"], sources=[{"pmid": "12345678", "title": f"By @{ada}"}],
    )  # fmt: skip
    edited = says(graph, bob, group)
    edit(graph, edited, bob, f"What does @{ada} say? {HELD_WORDS}")
    other = says(graph, bob, group, body=f"@{eva}. {HELD_WORDS}")
    before = stored(driver, other)["held"]
    assert [stored(driver, one)["state"] for one in (poll, edited, other)] == ["HELD"] * 3
    RightsStore(graph).erase([ada], CIPHER)
    assert stored(driver, other)["held"] == before
    for one in (poll, edited, other):
        publish(graph, one)
    shown = stored(driver, poll)
    assert (shown["title"], shown["body"]) == ("For @[erased]", f"@[erased] and @{eva}. {HELD_WORDS}")
    assert ada not in str(shown)
    assert "as @[erased]" in shown["poll"]
    assert "By @[erased]" in shown["sources"]
    assert stored(driver, edited)["body"] == f"What does @[erased] say? {HELD_WORDS}"
    assert stored(driver, other)["body"] == f"@{eva}. {HELD_WORDS}"
    assert stored(driver, other)["mentions"] == [eva]


def test_a_held_text_under_a_key_that_nobody_has_stops_no_erasure(graph: Graph, driver: neo4j.Driver) -> None:
    """Nobody can read it any more, and it is deleted within a week."""
    ada, bob = people(graph, 2)
    held = says(graph, bob, a_group_of(graph, bob), body=f"@{ada}. {HELD_WORDS}")
    assert RightsStore(graph).erase([ada], FieldCipher(((1, b"o" * 32),), b"")) == 1
    with driver.session() as session:
        assert session.run("MATCH (p:Professional {id: $id}) RETURN p", id=ada).data() == []
    assert stored(driver, held)["state"] == "HELD"
    with driver.session() as session:  # no other test finds a text that cannot be read
        session.run("MATCH (f:Flag {subject: $id}) DETACH DELETE f", id=held)
        session.run("MATCH (d:Discussion {id: $id}) DETACH DELETE d", id=held)


def test_a_text_that_is_edited_or_published_while_somebody_is_erased_keeps_its_words(
    graph: Graph, driver: neo4j.Driver
) -> None:
    """Whoever comes first: the author's last words stay, without the handle, and nothing is held any more."""
    ada, bob = people(graph, 2)
    group = a_group_of(graph, bob)
    held = [says(graph, bob, group, body=f"Held, @{ada}. {HELD_WORDS}") for _ in range(6)]
    shown = [says(graph, bob, group, body=f"First, @{ada}.") for _ in range(6)]

    def act(number: int) -> object:
        if number == 6:
            return RightsStore(graph).erase([ada], CIPHER)
        if number < 6:
            publish(graph, held[number])
            return None
        return edit(graph, shown[number - 7], bob, f"Last, @{ada}.")

    results = at_once(13, act)
    assert [one for one in results if isinstance(one, Exception)] == []
    for own in held:
        found = stored(driver, own)
        assert (found["state"], found.get("held")) == ("PUBLISHED", None)
        assert found["body"] == f"Held, @[erased]. {HELD_WORDS}"
    # An edit after the erasure may name the handle again: it is nobody's then, and the text is its author's.
    assert {stored(driver, own)["body"] for own in shown} <= {"Last, @[erased].", f"Last, @{ada}."}
