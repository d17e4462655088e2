"""People are found, mentioned and erased by the handles that they had before, on the real Neo4j."""

from __future__ import annotations

from typing import Any

import neo4j

from graph.db import Graph
from graph.discussions.store import DiscussionWriter
from graph.people.store import PeopleStore, PeopleWriter
from graph.people.usecases import read_cards
from kit.clock import new_id
from tests.graph.integration.test_races import CIPHER, NOW, people
from tests.graph.unit.test_cards import a_snapshot


def project(graph: Graph, person: str, version: int, handle: str, *former: str, **fields: Any) -> int:
    """Take in a snapshot of somebody with another handle."""
    snapshot = a_snapshot(id=person, handle=handle, former_handles=list(former), name="Ada", version=version, **fields)
    return int(graph.write(lambda tx: PeopleWriter(tx).project([snapshot])))


def test_a_former_handle_leads_to_the_person(graph: Graph, driver: neo4j.Driver) -> None:
    """Until they have it again; an older snapshot that comes late changes nothing. No card says it."""
    viewer, ada = people(graph, 2)
    old, new = new_id(), new_id()
    store = PeopleStore(graph)
    assert project(graph, ada, 2, old) == 1
    assert project(graph, ada, 4, new, old, ada) == 1
    assert project(graph, ada, 3, "late", old) == 0
    assert store.by_handle([old, new, ada, "late"]) == {old: ada, new: ada, ada: ada}
    card = read_cards(store, [ada], viewer=viewer, now=NOW)[ada]
    assert card["handle"] == new
    assert old not in str(card)
    assert project(graph, ada, 5, old, new) == 1
    assert store.by_handle([old, new, ada]) == {old: ada, new: ada}


def test_who_writes_a_former_handle_mentions_the_person(graph: Graph) -> None:
    """Both together are one mention; somebody who is suspended is not mentioned."""
    viewer, ada = people(graph, 2)
    old, new = new_id(), new_id()
    project(graph, ada, 2, new, old)

    def mentioned(*handles: str) -> list[str]:
        return list(graph.write(lambda tx: DiscussionWriter(tx, CIPHER).mentioned(handles, me=viewer, group=None)))

    assert mentioned(old) == mentioned(new) == mentioned(old, new) == [ada]
    project(graph, ada, 3, new, old, suspended=True)
    assert mentioned(old, new) == []


def test_a_snapshot_of_the_version_before_has_none(graph: Graph) -> None:
    """It is taken in as it is, and nothing leads to the person but the handle."""
    _, ada = people(graph, 2)
    snapshot = dict(a_snapshot(id=ada, handle=ada, name="Ada", version=2))
    del snapshot["former_handles"]
    assert graph.write(lambda tx: PeopleWriter(tx).project([snapshot])) == 1
    assert PeopleStore(graph).by_handle([ada]) == {ada: ada}
