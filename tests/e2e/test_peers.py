"""Finding peers near in the network, and what those who match have."""

from __future__ import annotations

import itertools
from collections import Counter

from tests.e2e.test_introductions import connect
from tests.support.network import newcomer
from tests.support.stack import Stack

FOUND = "query($f: PeerFilter!) { peers(filter: $f, first: 100, orderBy: NAME) { totalCount nodes { id regions { code } languages practisedSpecialties { specialty { code } } } } }"
FACETS = """query($f: PeerFilter!) { peers(filter: $f, first: 1) { facets { specialties { value count label(language: "de") }
  countries { value count label(language: "de") } languages { value count label(language: "de") } } } }"""


def test_peers_within_some_connections(stack: Stack) -> None:
    """One, two or three away, and together with any other condition."""
    people = [newcomer(stack, f"Nahe {n}", ("FI",)) for n in range(5)]
    for (one, _), (other, _) in itertools.pairwise(people):
        connect(stack, one, other)
    first = people[0][0]
    for hops in (1, 2, 3):
        found = stack.data(FOUND, first, f={"withinHops": hops})["peers"]
        assert {one["id"] for one in found["nodes"]} == {own for _, own in people[1 : hops + 1]}
        assert found["totalCount"] == hops
    assert stack.data(FOUND, first, f={"withinHops": 3, "excludeConnected": True})["peers"]["totalCount"] == 2
    assert stack.data(FOUND, first, f={"withinHops": 3, "specialties": ["cardiology"]})["peers"]["totalCount"] == 0
    for wrong in (0, 4):
        answer = stack.run(FOUND, first, {"f": {"withinHops": wrong}})
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    stack.change("blockProfessional", "professional { id }", people[1][0], professional=people[0][1])
    assert stack.data(FOUND, first, f={"withinHops": 1})["peers"]["totalCount"] == 0


def test_facets_count_those_who_match(stack: Stack) -> None:
    """As counted by hand over the whole list; the largest first."""
    maria = stack.sign_in("maria")
    wanted = {"specialties": ["cardiology"], "regions": ["M49:150"], "verification": "RIGHT_TO_PRACTISE"}
    people = stack.data(FOUND, maria, f=wanted)["peers"]["nodes"]
    facets = stack.data(FACETS, maria, f=wanted)["peers"]["facets"]
    countries = Counter(code for one in people for code in {region["code"].split("-")[0] for region in one["regions"]})
    assert {cell["value"]: cell["count"] for cell in facets["countries"]} == dict(countries)
    languages = Counter(tag for one in people for tag in {tag.split("-")[0] for tag in one["languages"]})
    assert {cell["value"]: cell["count"] for cell in facets["languages"]} == dict(languages)
    specialties = Counter(item["specialty"]["code"] for one in people for item in one["practisedSpecialties"])
    assert {cell["value"]: cell["count"] for cell in facets["specialties"]} == dict(specialties)
    assert facets["specialties"][0] == {"value": "cardiology", "count": len(people), "label": "Kardiologie"}
    assert [cell["count"] for cell in facets["languages"]] == sorted(languages.values(), reverse=True)
