"""Rules that must hold when many act at once, on the real Neo4j."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import neo4j
import pytest

from graph.connections import usecases as connections
from graph.connections.store import ConnectionReader, ConnectionWriter
from graph.db import Graph, Transaction
from graph.discussions.domain import MAX_TRANSLATIONS
from graph.discussions.store import DiscussionReader
from graph.discussions.usecases import acting, authoring, holding
from graph.discussions.usecases.access import Author
from graph.groups import usecases as groups
from graph.groups.store import GroupReader, GroupWriter
from graph.idempotency.store import once
from graph.introductions import usecases as introductions
from graph.introductions.domain import MAX_OPEN_INTRODUCTIONS
from graph.introductions.store import IntroductionWriter
from graph.keys.store import HELD, KeyReader, KeyWriter, key_of
from graph.keys.usecases import retire
from graph.moderation import usecases as moderation
from graph.moderation.store import ModerationReader
from graph.notifications.store import NotificationWriter
from graph.people.store import PeopleStore, PeopleWriter
from graph.rights.store import RightsStore
from graph.writing import Writing
from kit.cipher import FieldCipher, KeyName
from kit.clock import new_id
from kit.errors import Conflict, LimitReached, Unavailable
from kit.levels import OPEN_REQUESTS
from tests.graph.unit.test_cards import a_snapshot
from tests.support.races import at_once, tally

CIPHER = FieldCipher(((1, b"k" * 32),), b"")
NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


def independent(_decisions: Any) -> bool:
    """What the profiles service says of moderators whom nobody made together."""
    return True


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
        lambda tx: authoring.create_discussion(Writing.of(tx, CIPHER), author=author, given=asked, now=NOW)
    )["id"]
    (row,) = DiscussionReader(graph).get([poll], viewer=owner)
    return group, poll, [option["id"] for option in row["poll"]]


def test_32_votes_of_one_person_at_once_are_one_vote(graph: Graph) -> None:
    """And reactions likewise: the content's lock is taken first."""
    owner, voter = people(graph, 2)
    _, poll, options = _poll(graph, owner, [voter])

    def act(number: int) -> Any:
        return graph.write(
            lambda tx: acting.vote(
                Writing.of(tx, CIPHER), discussion_id=poll, option=options[number % 2], me=voter, now=NOW
            )
        )

    assert not [r for r in at_once(32, act) if isinstance(r, Exception)]

    def like(number: int) -> Any:
        return graph.write(
            lambda tx: acting.react(
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
            lambda tx: moderation.take_flag(
                Writing.of(tx, CIPHER), flag_id=flag, me=moderators[number], second_pair=independent, now=NOW
            )
        )

    results = at_once(32, take)
    assert [type(r).__name__ for r in results].count("dict") == 1
    assert sum(isinstance(r, Conflict) for r in results) == 31
    winner = moderators[next(n for n, r in enumerate(results) if isinstance(r, dict))]

    def decide(_number: int) -> Any:
        return graph.write(
            lambda tx: moderation.decide_flag(
                Writing.of(tx, CIPHER), flag_id=flag, action="HIDE", facts="It is an advertisement.", clause="Guideline 4",
                label=None, until=None, me=winner, second_pair=independent, now=NOW,
            )
        )  # fmt: skip

    decided = at_once(32, decide)
    assert [type(r).__name__ for r in decided].count("dict") == 1


def group_of(graph: Graph, owner: str, **fields: Any) -> str:
    """A new group's id."""
    given = {
        "name": "Many",
        "purpose": "p",
        "visibility": "LISTED",
        "join_policy": "OPEN",
        "member_limit": 100,
    } | fields
    return str(
        graph.write(
            lambda tx: groups.create_group(GroupWriter(tx), owner=owner, owner_level="IDENTITY", given=given, now=NOW)
        )["id"]
    )


def discussion_of(graph: Graph, owner: str, group: str) -> str:
    """A new discussion's id."""
    asked = {
        "group": group, "kind": "DISCUSSION", "title": "t", "body": "b", "language": "en", "topics": None, "sources": None,
        "poll_options": None, "case_details": None, "alert_details": None, "live_details": None,
    }  # fmt: skip
    author = Author(owner, frozenset({"MEMBER"}), "RIGHT_TO_PRACTISE")
    return str(
        graph.write(
            lambda tx: authoring.create_discussion(Writing.of(tx, CIPHER), author=author, given=asked, now=NOW)
        )["id"]
    )


def race(graph: Graph, act: Callable[[Transaction, int], Any]) -> list[Any]:
    """What 32 get who act at once, each in a transaction of their own."""
    return at_once(32, lambda number: graph.write(lambda tx: act(tx, number)))


def test_a_person_has_at_most_their_open_requests(graph: Graph) -> None:
    """Who asks is locked before their requests are counted."""
    me, *others = people(graph, 33)
    graph.write(
        lambda tx: PeopleWriter(tx).project(
            [a_snapshot(id=me, handle=me, version=2, identity=[], licences=[], specialties=[])]
        )
    )
    results = race(
        graph,
        lambda tx, n: connections.request_connection(
            ConnectionWriter(tx), NotificationWriter(tx), me=me, other=others[n], message=None, now=NOW
        ),
    )
    most = OPEN_REQUESTS["UNVERIFIED"]
    assert tally(results) == {"done": most, "LimitReached": 32 - most}
    stored = graph.read("MATCH (:Professional {id: $me})-[r:ASKED]->() RETURN count(r) AS total", me=me)
    assert stored == [{"total": most}]


def test_a_person_has_at_most_their_open_introductions(graph: Graph) -> None:
    """Who asks is locked before their introductions are counted; one connection knows all others."""
    me, broker, *others = people(graph, 34)
    for other in (me, *others):
        graph.write(
            lambda tx, other=other: ConnectionWriter(tx).connect(broker, other, since="2026-01-01T00:00:00.000000Z")
        )
    results = race(
        graph,
        lambda tx, n: introductions.request_introduction(
            IntroductionWriter(tx), NotificationWriter(tx), me=me, my_level="IDENTITY", to=others[n], via=broker,
            message="Please.", now=NOW,
        ),
    )  # fmt: skip
    assert tally(results) == {"done": MAX_OPEN_INTRODUCTIONS, "LimitReached": 32 - MAX_OPEN_INTRODUCTIONS}


def test_moderators_who_admit_at_once_do_not_overfill_a_group(graph: Graph) -> None:
    """The group is locked before its members are counted; inviting who asks admits them too."""
    owner, *others = people(graph, 33)
    group = group_of(graph, owner, join_policy="REQUEST", member_limit=5)
    for person in others:
        graph.write(
            lambda tx, person=person: groups.join_group(
                GroupWriter(tx), NotificationWriter(tx), group_id=group, me=person, message=None, now=NOW
            )
        )

    def admit(tx: Transaction, n: int) -> Any:
        stores = (GroupWriter(tx), NotificationWriter(tx))
        if n % 2:
            return groups.invite_to_group(*stores, group_id=group, person=others[n], me=owner, now=NOW)
        return groups.respond_to_membership(*stores, group_id=group, person=others[n], accept=True, me=owner, now=NOW)

    assert tally(race(graph, admit)) == {"done": 4, "LimitReached": 28}
    assert GroupReader(graph).get([group], viewer=owner, now=NOW)[group].member_count == 5


def test_a_ban_stands_however_many_invite_at_once(graph: Graph) -> None:
    """Who comes after it is refused."""
    owner, person = people(graph, 2)
    group = group_of(graph, owner)

    def act(tx: Transaction, n: int) -> Any:
        stores = (GroupWriter(tx), NotificationWriter(tx))
        if n == 16:
            return groups.ban_from_group(*stores, group_id=group, person=person, reason="spam", me=owner, now=NOW)
        return groups.invite_to_group(*stores, group_id=group, person=person, me=owner, now=NOW)

    results = race(graph, act)
    assert set(tally(results)) <= {"done", "Conflict"}
    assert results[16]["state"] == "BANNED"
    states = {r["state"] for r in results if isinstance(r, dict)}
    assert states <= {"BANNED", "INVITED"}
    after = at_once(
        1,
        lambda _: graph.write(
            lambda tx: groups.invite_to_group(
                GroupWriter(tx), NotificationWriter(tx), group_id=group, person=person, me=owner, now=NOW
            )
        ),
    )
    assert tally(after) == {"Conflict": 1}


def join(graph: Graph, group: str, person: str) -> Any:
    """Join a group."""
    return graph.write(
        lambda tx: groups.join_group(
            GroupWriter(tx), NotificationWriter(tx), group_id=group, me=person, message=None, now=NOW
        )
    )


def test_two_owners_who_leave_at_once_leave_one(graph: Graph) -> None:
    """The last owner of others stays."""

    def leave(group: str, pair: tuple[str, str]) -> None:
        graph.write(
            lambda tx: groups.set_group_role(
                GroupWriter(tx),
                NotificationWriter(tx),
                group_id=group,
                person=pair[1],
                role="OWNER",
                me=pair[0],
                now=NOW,
            )
        )
        race(graph, lambda tx, n: groups.leave_group(GroupWriter(tx), group_id=group, me=pair[n % 2], now=NOW))

    for _ in range(4):
        ada, bob, member = people(graph, 3)
        group = group_of(graph, ada)
        for person in (bob, member):
            join(graph, group, person)
        leave(group, (ada, bob))
        roles = [GroupReader(graph).get([group], viewer=person, now=NOW)[group].role for person in (ada, bob)]
        assert sorted(str(role) for role in roles) == ["None", "OWNER"]


def test_a_group_is_changed_once_a_version_and_never_below_its_members(graph: Graph) -> None:
    """Owners who read the same version; and a limit that is lowered while people join."""
    owner, *others = people(graph, 33)
    group = group_of(graph, owner)
    version = GroupReader(graph).get([group], viewer=owner, now=NOW)[group].version
    results = race(
        graph,
        lambda tx, n: groups.update_group(
            GroupWriter(tx), group_id=group, given={"rules": f"r{n}"}, expected_version=version, me=owner, now=NOW
        ),
    )
    assert tally(results) == {"done": 1, "VersionConflict": 31}

    def act(tx: Transaction, n: int) -> Any:
        if n % 8 == 7:
            return groups.update_group(
                GroupWriter(tx),
                group_id=group,
                given={"member_limit": 2 + n % 5},
                expected_version=None,
                me=owner,
                now=NOW,
            )
        return groups.join_group(
            GroupWriter(tx), NotificationWriter(tx), group_id=group, me=others[n], message=None, now=NOW
        )

    race(graph, act)
    stored = GroupReader(graph).get([group], viewer=owner, now=NOW)[group]
    assert stored.member_count <= stored.member_limit


def test_a_text_is_changed_once_a_version(graph: Graph) -> None:
    """And each version that was replaced is kept once."""
    (owner,) = people(graph, 1)
    own = discussion_of(graph, owner, group_of(graph, owner))
    results = race(
        graph,
        lambda tx, n: authoring.edit_content(
            Writing.of(tx, CIPHER), content_id=own, label="Discussion", given={"title": f"t{n}"}, expected_version=1, me=owner,
            now=NOW,
        ),
    )  # fmt: skip
    assert tally(results) == {"done": 1, "VersionConflict": 31}
    assert len(DiscussionReader(graph).revisions(own)) == 1


def test_nothing_is_answered_in_a_discussion_that_is_deleted(graph: Graph) -> None:
    """Who comes after is refused; what is counted is what there is."""
    (owner,) = people(graph, 1)
    own = discussion_of(graph, owner, group_of(graph, owner))

    def act(tx: Transaction, n: int) -> Any:
        if n == 16:
            return authoring.delete_content(
                Writing.of(tx, CIPHER), content_id=own, label="Discussion", me=owner, now=NOW
            )
        return authoring.add_post(
            Writing.of(tx, CIPHER), author=owner, discussion_id=own, in_reply_to=None, body="b", language="en", sources=None,
            now=NOW,
        )  # fmt: skip

    results = race(graph, act)
    counted = tally(results)
    assert set(counted) <= {"done", "Conflict"}
    (row,) = DiscussionReader(graph).get([own], viewer=owner)
    (stored,) = graph.read("MATCH (:Discussion {id: $id})<-[:ON]-(p:Post) RETURN count(p) AS total", id=own)
    assert stored["total"] == counted["done"] - 1 == row["post_count"]


def test_a_discussion_counts_what_is_shown_of_it(graph: Graph) -> None:
    """However many write, are held, are released, delete and are erased at once."""
    owner, gone = people(graph, 2)
    group = group_of(graph, owner)
    own = discussion_of(graph, owner, group)
    graph.write(lambda tx: groups.join_group(GroupWriter(tx), NotificationWriter(tx), group_id=group, me=gone, message=None, now=NOW))  # fmt: skip
    doubtful = "Our form shows 9434765919 below."

    def add(author: str, body: str) -> str:
        return str(
            graph.write(
                lambda tx: authoring.add_post(
                    Writing.of(tx, CIPHER), author=author, discussion_id=own, in_reply_to=None, body=body, language="en",
                    sources=None, now=NOW,
                )
            )["id"]
        )  # fmt: skip

    posts = [add(owner, (doubtful, "Plain.")[n % 2]) for n in range(24)]
    add(gone, doubtful)
    (row,) = DiscussionReader(graph).get([own], viewer=owner)
    assert row["post_count"] == 12

    def act(number: int) -> Any:
        if number >= 24:
            return add(owner, (doubtful, "Plain.")[number % 2])
        post = posts[number]
        if number == 0:
            return RightsStore(graph).erase([gone], CIPHER)
        if number % 2:
            return graph.write(
                lambda tx: authoring.edit_content(
                    Writing.of(tx, CIPHER), content_id=post, label="Post", given={"body": doubtful}, expected_version=1,
                    me=owner, now=NOW,
                )
            )  # fmt: skip
        if number % 4:
            return graph.write(lambda tx: moderation.end_held(Writing.of(tx, CIPHER), post, now=NOW))

        def release(tx: Transaction) -> None:
            w = Writing.of(tx, CIPHER)
            content = w.discussions.lock(post, now="")
            assert content is not None
            holding.publish_held(w, content, now=NOW)

        return graph.write(release)

    results = at_once(32, act)
    assert tally(results) == {"done": 32}, results
    (stored,) = graph.read(
        "MATCH (:Discussion {id: $id})<-[:ON]-(p:Post) RETURN count(p) AS total, sum(toInteger(p.state <> 'HELD')) AS shown", id=own
    )  # fmt: skip
    (row,) = DiscussionReader(graph).get([own], viewer=owner)
    assert (stored["total"], stored["shown"]) == (33, 16)
    assert row["post_count"] == 16


def test_a_text_has_at_most_its_translations(graph: Graph) -> None:
    """The text is locked before they are counted."""
    (owner,) = people(graph, 1)
    own = discussion_of(graph, owner, group_of(graph, owner))
    tags = [
        "de",
        "fr",
        "es",
        "it",
        "pt",
        "nl",
        "sv",
        "da",
        "fi",
        "pl",
        "cs",
        "sk",
        "hu",
        "ro",
        "bg",
        "el",
        "tr",
        "ru",
        "uk",
        "ar",
        "he",
        "fa",
        "hi",
        "bn",
        "ta",
        "te",
        "th",
        "vi",
        "id",
        "ms",
        "ja",
        "ko",
    ]
    results = race(
        graph,
        lambda tx, n: authoring.add_translation(
            Writing.of(tx, CIPHER), content_id=own, language=tags[n], title="t", body="b", me=owner, now=NOW
        ),
    )
    assert tally(results) == {"done": MAX_TRANSLATIONS, "Conflict": 32 - MAX_TRANSLATIONS}
    (details,) = DiscussionReader(graph).details([own], viewer=owner)
    assert len(details["translations"]) == MAX_TRANSLATIONS


def test_a_decision_is_appealed_once(graph: Graph) -> None:
    """By its author or by who reported it, whoever is first."""
    owner, reporter, moderator = people(graph, 3)
    own = discussion_of(graph, owner, group_of(graph, owner))
    flag = graph.write(
        lambda tx: moderation.flag(
            Writing.of(tx, CIPHER), subject=own, reason="SPAM", detail=None, me=reporter, now=NOW
        )
    )["id"]
    decision = graph.write(
        lambda tx: moderation.decide_flag(
            Writing.of(tx, CIPHER), flag_id=flag, action="HIDE", facts="It is an advertisement.", clause="Guideline 4",
            label=None, until=None, me=moderator, second_pair=independent, now=NOW,
        )
    )["decision"]  # fmt: skip
    (stored,) = ModerationReader(graph).decisions([decision])
    results = race(
        graph,
        lambda tx, n: moderation.appeal_decision(
            Writing.of(tx, CIPHER), decision_id=decision, decision=stored, statement="It is not an advertisement.",
            me=(owner, reporter)[n % 2], now=NOW,
        ),
    )  # fmt: skip
    assert tally(results) == {"done": 1, "Conflict": 31}


def test_a_key_is_never_retired_while_something_is_held_with_it(
    graph: Graph, driver: neo4j.Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of those who store a held text with a key and one who retires it, either it is retired and they are refused, or not."""
    (owner,) = people(graph, 1)
    given = {"name": "Keys", "purpose": "p", "visibility": "LISTED", "join_policy": "OPEN"}
    group = graph.write(
        lambda tx: groups.create_group(GroupWriter(tx), owner=owner, owner_level="IDENTITY", given=given, now=NOW)
    )["id"]
    asked = {
        "group": group, "kind": "DISCUSSION", "title": "Astma", "body": "Pacjent ma 45 lat", "language": "pl", "topics": None,
        "sources": None, "poll_options": None, "case_details": None, "alert_details": None, "live_details": None,
    }  # fmt: skip
    author = Author(owner, frozenset({"MEMBER"}), "RIGHT_TO_PRACTISE")
    seen, ids = set(), range(60, 80)

    def forget() -> None:
        with driver.session() as session:
            session.run("MATCH (k:FieldKey) WHERE k.id IN $ids DELETE k", ids=list(ids)).consume()
            held = session.run("MATCH (d:Discussion) WHERE d.held_at > '' RETURN d.id AS id, d.held AS held").data()
            mine = [row["id"] for row in held if key_of(row["held"]) in ids]
            session.run("MATCH (d:Discussion) WHERE d.id IN $ids DETACH DELETE d", ids=mine).consume()

    forget()
    # The running system of other tests may use the same Neo4j, with a key of its own.
    monkeypatch.setattr(KeyWriter, "holders", lambda _self, now: [])
    try:
        for number in ids:
            before = FieldCipher(((number, b"o" * 32),), b"")
            current = FieldCipher(((number + 100, b"n" * 32),), b"").name

            def act(thread: int, number: int = number, before: FieldCipher = before, current: KeyName = current) -> str:
                if thread == 3:
                    time.sleep(0.01 * (number % 3))
                    graph.write(
                        lambda tx: retire(KeyWriter(tx), present=current, current=current, old=[before.name], now=NOW)
                    )
                    return "retired"
                time.sleep(0.01 * (number % 2))
                graph.write(
                    lambda tx: authoring.create_discussion(Writing.of(tx, before), author=author, given=asked, now=NOW)
                )
                return "stored"

            results = at_once(4, act)
            left = KeyReader(graph).counts([number])[HELD]
            assert left == results.count("stored")
            if results[3] == "retired":
                assert left == 0
                assert [type(one) for one in results[:3]] == [Unavailable] * 3
            else:
                assert isinstance(results[3], Conflict), results
                assert results[:3] == ["stored"] * 3
            seen.add(type(results[3]))
        assert seen == {str, Conflict}
    finally:
        forget()
