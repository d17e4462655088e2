"""Rules that must hold when many act at once, on the real Neo4j."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from graph.connections import usecases as connections
from graph.connections.store import ConnectionReader, ConnectionWriter
from graph.db import Graph
from graph.discussions import usecases as discussions
from graph.discussions.store import DiscussionReader
from graph.discussions.usecases import Author
from graph.groups import usecases as groups
from graph.groups.store import GroupReader, GroupWriter
from graph.idempotency.store import once
from graph.moderation import usecases as moderation
from graph.notifications.store import NotificationWriter
from graph.people.store import PeopleStore, PeopleWriter
from graph.writing import Writing
from kit.cipher import FieldCipher
from kit.clock import new_id
from kit.errors import Conflict, LimitReached
from tests.graph.unit.test_cards import a_snapshot

CIPHER = FieldCipher(((1, b"k" * 32),), b"")
NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


def at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """What `count` threads get that start together: results, or the errors raised."""
    results: list[Any] = [None] * count
    gate = threading.Barrier(count)

    def run(number: int) -> None:
        gate.wait()
        try:
            results[number] = act(number)
        except Exception as error:
            results[number] = error

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def people(graph: Graph, count: int) -> list[str]:
    """The ids of new people whom the relay has brought."""
    ids = [new_id() for _ in range(count)]
    graph.write(lambda tx: PeopleWriter(tx).project([a_snapshot(id=i, handle=i, name=i) for i in ids]))
    return ids


def test_32_join_a_group_of_5_and_exactly_5_are_in(graph: Graph) -> None:
    """The group's lock is taken before its members are counted."""
    owner, *others = people(graph, 33)
    given = {"name": "Small", "purpose": "p", "visibility": "LISTED", "join_policy": "OPEN", "member_limit": 5}
    group = graph.write(
        lambda tx: groups.create_group(GroupWriter(tx), owner=owner, owner_level="IDENTITY", given=given, now=NOW)
    )["id"]

    def join(number: int) -> Any:
        return graph.write(
            lambda tx: groups.join_group(
                GroupWriter(tx), NotificationWriter(tx), group_id=group, me=others[number], message=None, now=NOW
            )
        )

    results = at_once(32, join)
    assert [type(r) for r in results].count(dict) == 4
    assert sum(isinstance(r, LimitReached) for r in results) == 28
    assert GroupReader(graph).get([group], viewer=owner, now=NOW)[group].member_count == 5


def test_crossing_requests_connect_once(graph: Graph) -> None:
    """Whoever comes second finds the other's request; no request is left over."""
    for _ in range(8):
        ada, bob = people(graph, 2)

        def ask(number: int, ada: str = ada, bob: str = bob) -> Any:
            me, other = (ada, bob) if number % 2 else (bob, ada)
            return graph.write(
                lambda tx: connections.request_connection(
                    ConnectionWriter(tx), NotificationWriter(tx), me=me, other=other, message=None, now=NOW
                )
            )

        results = at_once(8, ask)
        assert not [r for r in results if isinstance(r, Exception)]
        reader = ConnectionReader(graph)
        links = "MATCH (:Professional {id: $me})-[:CONNECTED_TO]-(p) RETURN p.id AS id"
        assert graph.read(links, me=ada) == [{"id": bob}]
        assert graph.read(links, me=bob) == [{"id": ada}]
        for me in (ada, bob):
            assert reader.requests(me, received=True, now="", after=("9999", ""), first=10) == []


def test_32_repetitions_at_once_have_one_effect(graph: Graph) -> None:
    """The key's node is locked until the first has committed its answer."""
    effects: list[int] = []
    actor = new_id()

    def ask(_number: int) -> Any:
        def act() -> dict[str, int]:
            effects.append(1)
            return {"n": 1}

        return graph.write(lambda tx: once(tx, actor=actor, key="k", request=1, now="", act=act))

    assert at_once(32, ask) == [{"n": 1}] * 32
    assert effects == [1]


def test_of_many_snapshots_of_one_person_the_newest_stays(graph: Graph) -> None:
    """Delivered in any order and more than once."""
    person = new_id()

    def project(number: int) -> int:
        version = (number * 7) % 32 + 1
        snapshot = a_snapshot(id=person, handle=person, version=version, name=f"v{version}")
        return graph.write(lambda tx: PeopleWriter(tx).project([snapshot]))

    at_once(32, project)
    (row,) = PeopleStore(graph).cards([person], viewer=person, now="")
    assert (row["snapshot"]["version"], row["snapshot"]["name"]) == (32, "v32")


def _poll(graph: Graph, owner: str, voters: list[str]) -> tuple[str, str, list[str]]:
    """A group, its poll, and the poll's options."""
    given = {"name": "Many", "purpose": "p", "visibility": "LISTED", "join_policy": "OPEN", "member_limit": 100}
    group = graph.write(
        lambda tx: groups.create_group(GroupWriter(tx), owner=owner, owner_level="IDENTITY", given=given, now=NOW)
    )["id"]
    for person in voters:
        graph.write(
            lambda tx, one=person: groups.join_group(
                GroupWriter(tx), NotificationWriter(tx), group_id=group, me=one, message=None, now=NOW
            )
        )
    asked = {
        "group": group, "kind": "POLL", "title": "t", "body": "b", "language": "en", "topics": None, "sources": None,
        "poll_options": ["Yes", "No"], "case_details": None, "alert_details": None, "live_details": None,
    }  # fmt: skip
    author = Author(owner, frozenset({"MEMBER"}), "RIGHT_TO_PRACTISE")
    poll = graph.write(
        lambda tx: discussions.create_discussion(Writing.of(tx, CIPHER), author=author, given=asked, now=NOW)
    )["id"]
    (row,) = DiscussionReader(graph).get([poll], viewer=owner)
    return group, poll, [option["id"] for option in row["poll"]]


def test_32_votes_of_one_person_at_once_are_one_vote(graph: Graph) -> None:
    """And reactions likewise: the content's lock is taken first."""
    owner, voter = people(graph, 2)
    _, poll, options = _poll(graph, owner, [voter])

    def act(number: int) -> Any:
        return graph.write(
            lambda tx: discussions.vote(
                Writing.of(tx, CIPHER), discussion_id=poll, option=options[number % 2], me=voter, now=NOW
            )
        )

    assert not [r for r in at_once(32, act) if isinstance(r, Exception)]

    def like(number: int) -> Any:
        return graph.write(
            lambda tx: discussions.react(
                Writing.of(tx, CIPHER), content_id=poll, reaction="AGREE", there=True, me=voter, now=NOW
            )
        )

    assert not [r for r in at_once(32, like) if isinstance(r, Exception)]
    (details,) = DiscussionReader(graph).details([poll], viewer=voter)
    assert sum(one["total"] for one in details["votes"]) == 1
    assert details["reactions"] == [{"kind": "AGREE", "total": 1, "own": True}]


def test_two_owners_who_step_down_at_once_leave_one(graph: Graph) -> None:
    """Whoever comes second is the last owner, and is refused."""
    for _ in range(8):
        ada, bob = people(graph, 2)
        group, _, _ = _poll(graph, ada, [bob])

        def role(me: str, person: str, wanted: str, group: str = group) -> Any:
            return graph.write(
                lambda tx: groups.set_group_role(
                    GroupWriter(tx), NotificationWriter(tx), group_id=group, person=person, role=wanted, me=me, now=NOW
                )
            )

        role(ada, bob, "OWNER")
        pair = (ada, bob)
        results = at_once(32, lambda n, role=role, pair=pair: role(pair[n % 2], pair[n % 2], "MEMBER"))
        assert [type(r).__name__ for r in results].count("dict") == 1
        roles = {person: GroupReader(graph).get([group], viewer=person, now=NOW)[group].role for person in pair}
        assert sorted(str(one) for one in roles.values()) == ["MEMBER", "OWNER"]


def test_of_32_moderators_who_take_a_flag_at_once_one_has_it(graph: Graph) -> None:
    """The lease is taken under the flag's lock; and one decision stands."""
    owner, reporter, *moderators = people(graph, 34)
    _, poll, _ = _poll(graph, owner, [reporter])
    flag = graph.write(
        lambda tx: moderation.flag(
            Writing.of(tx, CIPHER), subject=poll, reason="SPAM", detail=None, me=reporter, now=NOW
        )
    )["id"]

    def take(number: int) -> Any:
        return graph.write(
            lambda tx: moderation.take_flag(Writing.of(tx, CIPHER), flag_id=flag, me=moderators[number], now=NOW)
        )

    results = at_once(32, take)
    assert [type(r).__name__ for r in results].count("dict") == 1
    assert sum(isinstance(r, Conflict) for r in results) == 31
    winner = moderators[next(n for n, r in enumerate(results) if isinstance(r, dict))]

    def decide(_number: int) -> Any:
        return graph.write(
            lambda tx: moderation.decide_flag(
                Writing.of(tx, CIPHER), flag_id=flag, action="HIDE", facts="It is an advertisement.", clause="Guideline 4",
                label=None, until=None, me=winner, now=NOW,
            )
        )  # fmt: skip

    decided = at_once(32, decide)
    assert [type(r).__name__ for r in decided].count("dict") == 1
