"""Finding peers near in the network, and what those who match have."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.e2e.test_introductions import connect
from tests.support.network import newcomer
from tests.support.stack import Stack

FOUND = "query($f: PeerFilter!, $after: String) { peers(filter: $f, first: 100, after: $after, orderBy: NAME) { totalCount pageInfo { hasNextPage endCursor } nodes { id regions { code } languages practisedSpecialties { specialty { code } } } } }"
SUGGESTED = """query($after: String) { viewer { suggestions(first: 100, after: $after) { totalCount pageInfo { hasNextPage endCursor }
  facets { countries { value count } verification { value count } } nodes { regions { code } } } } }"""
FACETS = """query($f: PeerFilter!) { peers(filter: $f, first: 1) { facets { specialties { value count label(language: "de") }
  countries { value count label(language: "de") } languages { value count label(language: "de") }
  verification { value count label(language: "de") } institutions { value count label } leftOut { countries institutions } } } }"""


def all_pages(ask: Callable[[str | None], dict[str, Any]]) -> list[dict[str, Any]]:
    """Everybody in a list, page by page.

    Args:
        ask: returns the page after a cursor.
    """
    nodes, page = [], ask(None)
    while page["pageInfo"]["hasNextPage"]:
        nodes += page["nodes"]
        page = ask(page["pageInfo"]["endCursor"])
    return nodes + page["nodes"]


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


def test_facets_count_those_who_match_without_their_own_filter(stack: Stack) -> None:
    """As counted by hand over the whole list; the largest first."""
    maria = stack.sign_in("maria")
    wanted = {"specialties": ["cardiology"], "regions": ["M49:150"], "verification": "RIGHT_TO_PRACTISE"}
    facets = stack.data(FACETS, maria, f=wanted)["peers"]["facets"]

    def matching(*without: str) -> list[dict[str, Any]]:
        others = {name: value for name, value in wanted.items() if name not in without}
        return all_pages(lambda after: stack.data(FOUND, maria, f=others, after=after)["peers"])

    countries = Counter(
        code for one in matching("regions") for code in {region["code"].split("-")[0] for region in one["regions"]}
    )
    assert {cell["value"]: cell["count"] for cell in facets["countries"]} == dict(countries)
    languages = Counter(tag for one in matching() for tag in {tag.split("-")[0] for tag in one["languages"]})
    assert {cell["value"]: cell["count"] for cell in facets["languages"]} == dict(languages)
    assert [cell["count"] for cell in facets["languages"]] == sorted(languages.values(), reverse=True)
    specialties = Counter(
        item["specialty"]["code"] for one in matching("specialties") for item in one["practisedSpecialties"]
    )
    assert {cell["value"]: cell["count"] for cell in facets["specialties"]} == dict(specialties)
    assert {cell["value"]: cell["label"] for cell in facets["specialties"]}["cardiology"] == "Kardiologie"
    levels = {cell["value"]: cell["count"] for cell in facets["verification"]}
    assert (levels["UNVERIFIED"], levels["RIGHT_TO_PRACTISE"]) == (len(matching("verification")), len(matching()))
    assert facets["leftOut"] == {"countries": 0, "institutions": 0}


def test_people_are_found_by_their_institution_and_the_facet_names_it(stack: Stack) -> None:
    """The value of the facet is what the filter takes, its label the name; whoever hides the institution is not found."""
    maria = stack.sign_in("maria")
    ada, ada_id = newcomer(stack, "Institution Ada", ("FI",))
    bo, bo_id = newcomer(stack, "Institution Bo", ("FI",))
    name = f"Clinic {ada_id}"
    for person in (ada, bo):
        stack.change("updateProfile", "professional { id }", person, institutions=[{"name": name}])
    facet = {"regions": ["FI"], "text": "Institution"}
    [cell] = [
        one for one in stack.data(FACETS, maria, f=facet)["peers"]["facets"]["institutions"] if one["label"] == name
    ]
    assert cell["count"] == 2
    wanted = {"institutions": [cell["value"]]}
    assert {one["id"] for one in stack.data(FOUND, maria, f=wanted)["peers"]["nodes"]} == {ada_id, bo_id}
    stack.change("setVisibility", "viewer { id }", bo, field="INSTITUTIONS", audience="NOBODY")
    assert {one["id"] for one in stack.data(FOUND, maria, f=wanted)["peers"]["nodes"]} == {ada_id}
    answer = stack.run(FOUND, maria, {"f": {"institutions": [ada_id]}})
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_suggestions_have_facets(stack: Stack) -> None:
    """Counted over all who are suggested."""
    maria = stack.sign_in("maria")
    ask = lambda after: stack.data(SUGGESTED, maria, after=after)["viewer"]["suggestions"]  # noqa: E731
    found, nodes = ask(None), all_pages(ask)
    facets = found["facets"]
    assert found["totalCount"] == len(nodes)
    countries = Counter(code for one in nodes for code in {region["code"][:2] for region in one["regions"]})
    assert {cell["value"]: cell["count"] for cell in facets["countries"]} == dict(countries)
    assert facets["verification"][0] == {"value": "UNVERIFIED", "count": len(nodes)}
