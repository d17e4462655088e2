"""Facets of a search hold what a person with a pencil would count, for random people and filters on the real Neo4j."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import neo4j
import pytest

from contracts.peers import Facet as Counted
from graph.connections.store import ConnectionWriter
from graph.db import Graph
from graph.peers.facets import FACETS, MAX_VALUES
from graph.peers.index import load
from graph.peers.network import Network
from graph.peers.store import PeerStore
from graph.peers.usecases import Wants, find_peers
from graph.people.store import PeopleWriter
from kit.clock import new_id
from kit.snapshots import Snapshot
from kit.verification import LEVELS
from tests.graph.integration.test_index import worker
from tests.graph.integration.test_races import NOW
from tests.graph.unit.test_cards import a_snapshot

WORD = f"facet{new_id().replace('-', '')}"
TODAY, YESTERDAY = "2026-11-21", "2026-11-20"
SPECIALTIES, COUNTRIES, TAGS = (
    ["cardiology", "neurology", "dermatology"],
    ["DE", "CH", "AT", "KE"],
    ["de", "fr", "en-GB"],
)
SHARED = [new_id() for _ in range(3)]
# The field of the filter that each facet takes its values from.
OWN = {
    "specialties": "specialties", "countries": "regions", "languages": "languages", "professions": "professions",
    "verification": "verification", "institutions": "institutions",
}  # fmt: skip


def a_person(chance: random.Random) -> Snapshot:
    """Somebody of whom everything that is counted is random."""
    own = new_id()
    ends = (None, TODAY, YESTERDAY, "2027-01-01")
    licence = a_snapshot()["licences"][0] | {
        "expires_on": chance.choice(ends),
        "jurisdiction": chance.choice(COUNTRIES),
    }
    # Some work at an institution of their own, so that there are more than are listed.
    works_at = chance.sample(SHARED, chance.randint(0, 2)) + [new_id()] * chance.choice((0, 1, 1))
    return a_snapshot(
        id=own, handle=own, name="Ada", headline=f"{WORD} {chance.choice(('senior', 'junior'))}",
        specialties=[
            {"code": code, "primary": False, "verified": [{"country": "DE", "until": chance.choice(ends)}]}
            for code in chance.sample(SPECIALTIES, chance.randint(0, 2))
        ],
        regions=chance.choice(([], ["DE"], ["DE-BY", "CH"], ["AT", "CH"], ["KE"])),
        languages=chance.sample(TAGS, chance.randint(0, 2)),
        profession=chance.choice(("2211", "2212", None)),
        practice_status=chance.choice((None, "PRACTISING", "TRAINEE")),
        interests=chance.sample(["ecg", "ai"], chance.randint(0, 2)),
        institutions=[
            {"id": one, "name": "Clinic [1]", "region": "DE", "role": "], \"institutions\":[", "verified": False}
            for one in works_at
        ],
        visibility={"INSTITUTIONS": chance.choice(("MEMBERS", "MEMBERS", "CONNECTIONS")), "LANGUAGES": "MEMBERS"},
        licences=chance.choice(([], [licence])),
        identity=chance.choice(([], [None], [YESTERDAY], [TODAY])),
    )  # fmt: skip


def values_of(person: Snapshot, facet: str) -> set[str]:
    """The values of a facet that a person has, read from what they say of themselves."""
    match facet:
        case "specialties":
            return {item["code"] for item in person["specialties"]}
        case "countries":
            return {place[:2] for place in person["regions"]}
        case "languages":
            return {tag[:2] for tag in person["languages"]}
        case "professions":
            return {person["profession"]} - {None}
        case "institutions":
            hidden = person["visibility"]["INSTITUTIONS"] != "MEMBERS"
            return set() if hidden else {place["id"] for place in person["institutions"]}
    holds = lambda until: until is None or until >= TODAY  # noqa: E731
    identity = any(holds(until) for until in person["identity"])
    licensed = identity and any(holds(licence["expires_on"]) for licence in person["licences"])
    return set(LEVELS[: 1 + identity + licensed])


def passes(person: Snapshot, given: dict[str, Any]) -> bool:
    """Whether somebody matches a filter."""
    for facet, field in OWN.items():
        wanted = given.get(field)
        if not wanted:
            continue
        own = values_of(person, facet)
        if facet == "specialties" and given["specialty_verified"]:
            own = {
                item["code"]
                for item in person["specialties"]
                if any((proof["until"] or "9999") >= TODAY for proof in item["verified"])
            }
        if not own & ({wanted} if isinstance(wanted, str) else set(wanted)):
            return False
    words = given["text"].split()[1:]
    return all(word in person["headline"] for word in words) and (
        not given.get("interests") or bool(set(given["interests"]) & set(person["interests"]))
    )


def a_filter(chance: random.Random) -> dict[str, Any]:
    """A random filter; about half of the conditions are there."""
    given: dict[str, Any] = {
        "specialties": chance.sample(SPECIALTIES, chance.randint(1, 2)),
        "regions": chance.sample(COUNTRIES, chance.randint(1, 2)),
        "languages": [chance.choice(("de", "fr", "en"))],
        "professions": [chance.choice(("2211", "2212"))],
        "verification": chance.choice(LEVELS),
        "institutions": chance.sample(SHARED, chance.randint(1, 2)),
        "interests": ["ecg"],
    }
    kept = {field: value for field, value in given.items() if chance.random() < 0.4}
    word = chance.choice(("", " senior"))
    return kept | {
        "specialty_verified": chance.random() < 0.5, "include_related": False, "text": WORD + word,
        "include_unclaimed": True,
    }  # fmt: skip


def facets_of(network: Network, peers: PeerStore, given: dict[str, Any], first: str) -> dict[str, Counted]:
    """What a search answers as facets."""
    found = find_peers(
        network, peers, given, lambda ids: {one: {} for one in ids}, viewer=first, order="NAME", first=1, after=None,
        wants=Wants(facets=tuple(FACETS), mutual=False, reasons=False), now=NOW,
    )  # fmt: skip
    answer: dict[str, Counted] = found["facets"]
    return answer


@pytest.fixture(scope="module")
def everybody(driver: neo4j.Driver) -> list[Snapshot]:
    """150 random people, stored as the relay brings them."""
    chance = random.Random(19)
    crowd = [a_person(chance) for _ in range(150)]
    Graph(driver, lambda: 30).write(lambda tx: PeopleWriter(tx).project(list(crowd)))
    return crowd


def check(network: Network, peers: PeerStore, everybody: list[Snapshot], given: dict[str, Any]) -> int:
    """Compare the facets of a filter with those counted by hand; how many values were compared."""
    viewer = everybody[0]["id"]
    told = facets_of(network, peers, given, viewer)
    compared = 0
    for facet, own in OWN.items():
        others = {field: value for field, value in given.items() if field != own}
        by_hand = Counter(
            value
            for person in everybody
            if person["id"] != viewer and passes(person, others)
            for value in values_of(person, facet)
        )
        listed = {row.value: row.count for row in told[facet].values}
        assert len(listed) == min(MAX_VALUES, len(by_hand))
        assert listed.items() <= by_hand.items(), (facet, given)
        assert told[facet].left_out == len(by_hand) - len(listed)
        if facet != "verification":
            assert [*listed.values()] == [count for _, count in by_hand.most_common(MAX_VALUES)]
        compared += len(listed)
    return compared


@pytest.mark.parametrize("full_text", [False, True])
def test_facets_are_those_counted_by_hand(
    driver: neo4j.Driver, graph: Graph, everybody: list[Snapshot], full_text: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each without its own filter and with all others; words are found in memory and by the full-text index."""
    if full_text:
        monkeypatch.setattr("graph.peers.usecases.MAX_PEOPLE_READ", 0)
    chance = random.Random(7)
    _, _, network = load(driver)
    filters = [a_filter(chance) for _ in range(40)]
    compared = [check(network, PeerStore(graph), everybody, given) for given in filters]
    assert sum(compared) > 300
    plain = facets_of(network, PeerStore(graph), {"text": WORD, "include_unclaimed": True}, everybody[0]["id"])
    assert plain["institutions"].left_out > 0


def test_people_who_were_projected_before_are_found_by_their_institutions(
    driver: neo4j.Driver, graph: Graph, everybody: list[Snapshot]
) -> None:
    """What an earlier version did not store as a property is read from the snapshot, also after a change of somebody."""
    with driver.session() as session:
        session.run(
            "MATCH (p:Professional) WHERE p.id IN $ids REMOVE p.institutions", ids=[one["id"] for one in everybody]
        ).consume()
    _, _, network = load(driver)
    given = {"text": WORD, "include_unclaimed": True, "specialty_verified": False, "institutions": SHARED[:1]}
    assert check(network, PeerStore(graph), everybody, given) > 0
    reader = worker(driver)
    one, other = everybody[0]["id"], everybody[1]["id"]
    graph.write(lambda tx: ConnectionWriter(tx).connect(one, other, since=TODAY))
    assert check(reader.network, PeerStore(graph), everybody, given) > 0
