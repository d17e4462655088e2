"""People are found by their other names in every list that searches by words, on the real Neo4j."""

from __future__ import annotations

from datetime import date
from typing import Any

import neo4j
import pytest

from graph.db import Graph
from graph.groups import usecases as groups
from graph.groups.domain import BANNED, INVITED, MEMBER, REQUESTED
from graph.groups.store import GroupReader, GroupWriter
from graph.notifications.store import NotificationWriter
from graph.peers.index import load
from graph.peers.network import Network, PeerCriteria
from graph.peers.store import PeerStore
from graph.people.domain import search_words
from graph.people.store import PeopleStore, PeopleWriter
from graph.people.usecases import read_cards
from kit.clock import new_id
from tests.graph.integration.test_races import NOW, people
from tests.graph.unit.test_cards import a_snapshot

WORD = new_id().replace("-", "")
BEFORE, AFTER = "2026-11-20", "2026-11-21"  # the last day is over, or is that of NOW
NAMES = [
    {"text": f"Countess {WORD}", "use": "PREFERRED", "until": None},
    {"text": f"Ада {WORD}", "use": "TRANSLITERATED", "until": None},
    {"text": f"Byron {WORD}", "use": "FORMER", "until": AFTER},
    {"text": f"Milbanke {WORD}", "use": "FORMER", "until": BEFORE},
]
FOUND = {"countess": True, "ада": True, "byron": True, "milbanke": False}


def named(graph: Graph, person: str, version: int, names: list[dict[str, Any]], **fields: Any) -> None:
    """Take in a snapshot of somebody with other names."""
    snapshot = a_snapshot(id=person, handle=person, name="Ada", other_names=names, version=version, **fields)
    assert graph.write(lambda tx: PeopleWriter(tx).project([snapshot])) == 1


def in_index(network: Network, peers: PeerStore, person: str, text: str) -> tuple[bool, bool]:
    """Whether the search finds somebody, by texts in memory and by the full-text index."""
    words = search_words(f"{text} {WORD}")
    criteria = PeerCriteria("somebody", NOW.date().isoformat(), words=words)
    slot = network.slot_of[person]
    return slot in network.select(criteria), slot in network.select(criteria, matching=peers.matching(words))


def test_every_list_finds_people_by_their_other_names(graph: Graph, driver: neo4j.Driver) -> None:
    """The search, and members, requests, invitations and bans of groups; each day by the names that hold."""
    owner, ada = people(graph, 2)
    named(graph, ada, 2, NAMES)
    _, _, network = load(driver)
    peers = PeerStore(graph)
    for text, finds in FOUND.items():
        assert in_index(network, peers, ada, text) == (finds, finds), text
    card = read_cards(PeopleStore(graph), [ada], viewer=owner, now=NOW)[ada]
    assert (card["name"], card["preferred_name"]) == ("Ada", NAMES[0]["text"])
    assert [one["text"] for one in card["other_names"]] == [one["text"] for one in NAMES[:3]]

    given = {"name": "Small", "purpose": "p", "visibility": "LISTED", "join_policy": "REQUEST", "member_limit": 5}
    group = graph.write(
        lambda tx: groups.create_group(GroupWriter(tx), owner=owner, owner_level="IDENTITY", given=given, now=NOW)
    )["id"]

    def listed(relation: str) -> dict[str, bool]:
        found = {}
        for text in FOUND:
            rows = GroupReader(graph).members(
                [group], relation=relation, role=None, words=search_words(f"{text} {WORD}"), viewer=owner, now=NOW
            )[group]
            found[text] = [row["person"] for row in rows] == [ada]
        return found

    def join() -> None:
        graph.write(
            lambda tx: groups.join_group(GroupWriter(tx), NotificationWriter(tx), group_id=group, me=ada, message=None, now=NOW)
        )  # fmt: skip

    join()
    assert listed(REQUESTED) == FOUND
    graph.write(
        lambda tx: groups.respond_to_membership(
            GroupWriter(tx), NotificationWriter(tx), group_id=group, me=owner, person=ada, accept=True, now=NOW
        )
    )
    assert listed(MEMBER) == FOUND
    graph.write(
        lambda tx: groups.ban_from_group(
            GroupWriter(tx), NotificationWriter(tx), group_id=group, me=owner, person=ada, reason="A test", now=NOW
        )
    )
    assert listed(BANNED) == FOUND
    graph.write(lambda tx: groups.unban_from_group(GroupWriter(tx), group_id=group, me=owner, person=ada, now=NOW))
    graph.write(
        lambda tx: groups.invite_to_group(
            GroupWriter(tx), NotificationWriter(tx), group_id=group, me=owner, person=ada, now=NOW
        )
    )
    assert listed(INVITED) == FOUND


@pytest.mark.parametrize("fields", [{"visibility": {"NAME": "CONNECTIONS"}}, {"names": []}, {"suspended": True}])
def test_a_name_that_is_hidden_or_gone_finds_nobody_from_the_next_snapshot_on(
    graph: Graph, driver: neo4j.Driver, fields: dict[str, Any]
) -> None:
    """In both ways of searching, and nothing of it is left in what is stored for searching."""
    (ada,) = people(graph, 1)
    named(graph, ada, 2, NAMES)
    names = fields.pop("names", NAMES)
    named(graph, ada, 3, names, **fields)
    _, _, network = load(driver)
    for text in FOUND:
        assert in_index(network, PeerStore(graph), ada, text) == (False, False), text
    stored = graph.read(
        "MATCH (p:Professional {id: $id}) RETURN p.search_text AS text, p.dated_names AS dated", id=ada
    )[0]
    if "suspended" not in fields:
        assert WORD not in stored["text"]
        assert stored["dated"] == []


def test_the_day_after_its_last_a_name_is_on_no_card(graph: Graph) -> None:
    """Without any event."""
    ada, bob = people(graph, 2)
    named(graph, ada, 2, NAMES)
    for day, shown in ((date(2026, 11, 20), 4), (date(2026, 11, 21), 3), (date(2026, 11, 22), 2)):
        now = NOW.replace(day=day.day)
        assert len(read_cards(PeopleStore(graph), [ada], viewer=bob, now=now)[ada]["other_names"]) == shown
