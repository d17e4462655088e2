"""Ranking that explains itself, and suggestions, as people see them."""

from __future__ import annotations

from typing import Any

from tests.e2e.test_introductions import connect
from tests.support.network import codes, group, join, newcomer
from tests.support.stack import Stack

PEERS = """query($f: PeerFilter!, $first: Int = 20, $after: String) { peers(filter: $f, first: $first, after: $after) {
  totalCount pageInfo { hasNextPage endCursor } edges { cursor mutualCount reasons { code text(language: "en") german: text(language: "de") }
  node { id name } } } }"""
SUGGESTIONS = """query($first: Int = 10, $after: String) { viewer { suggestions(first: $first, after: $after) {
  totalCount pageInfo { hasNextPage endCursor } edges { cursor mutualCount reasons { code text } node { id connection } } } } }"""


def suggested(stack: Stack, token: str, first: int = 10) -> list[dict[str, Any]]:
    """All suggestions, page by page."""
    found: list[dict[str, Any]] = []
    after = None
    while True:
        page = stack.data(SUGGESTIONS, token, first=first, after=after)["viewer"]["suggestions"]
        found += page["edges"]
        if not page["pageInfo"]["hasNextPage"] or len(found) >= 3000:
            return found
        after = page["pageInfo"]["endCursor"]


def test_each_peer_comes_with_the_reasons_for_their_place(stack: Stack) -> None:
    """Mutual connections and groups are counted, and said in the reader's language."""
    (me, _), (friend, _), (target, their_id) = (newcomer(stack, f"Grund {n}", ("NO",)) for n in range(3))
    connect(stack, me, friend)
    connect(stack, friend, target)
    common = group(stack, stack.sign_in("maria"))
    join(stack, me, common)
    join(stack, target, common)
    answer = stack.data(PEERS, me, f={"regions": ["NO"], "excludeConnected": True}, first=100)["peers"]
    mine = next(edge for edge in answer["edges"] if edge["node"]["id"] == their_id)
    assert mine["mutualCount"] == 1
    told = {reason["code"]: reason for reason in mine["reasons"]}
    assert told["MUTUAL_CONNECTIONS"]["text"] == "1 mutual connection"
    assert told["SHARED_GROUPS"]["german"] == "1 gemeinsame Gruppe"
    assert told["SAME_REGION"]["german"] == "Praktiziert auch in: Norwegen"
    stack.data(
        "mutation { setVisibility(input: {field: CONNECTIONS, audience: NOBODY}) { userErrors { code } } }",
        target,
    )

    def hidden() -> bool:
        edges = stack.data(PEERS, me, f={"regions": ["NO"], "excludeConnected": True}, first=100)["peers"]["edges"]
        own = next(edge for edge in edges if edge["node"]["id"] == their_id)
        return own["mutualCount"] == 0 and "MUTUAL_CONNECTIONS" not in {r["code"] for r in own["reasons"]}

    assert hidden()


def test_the_demo_cardiologist_sees_why(stack: Stack) -> None:
    """Same specialty, languages and bridged countries of the demo people."""
    maria = stack.sign_in("maria")
    edges = stack.data(PEERS, maria, f={"specialties": ["cardiology"], "verification": "RIGHT_TO_PRACTISE"})["peers"][
        "edges"
    ]
    assert edges
    for edge in edges:
        assert "SAME_SPECIALTY" in {reason["code"] for reason in edge["reasons"]}
        assert all(reason["text"] for reason in edge["reasons"])


def test_suggestions_are_unknown_people_each_once_and_the_dismissed_stay_away(stack: Stack) -> None:
    """Pages do not overlap; asking or dismissing somebody takes them off the list, for good."""
    (me, my_id), (friend, friend_id), (other, other_id) = (newcomer(stack, f"Neu {n}", ("IS",)) for n in range(3))
    connect(stack, me, friend)
    connect(stack, friend, other)
    found = suggested(stack, me, first=7)
    ids = [edge["node"]["id"] for edge in found]
    assert len(ids) == len(set(ids)) > 14
    assert other_id in ids
    assert my_id not in ids
    assert friend_id not in ids
    assert {edge["node"]["connection"] for edge in found} == {"NONE"}
    mine = next(edge for edge in found if edge["node"]["id"] == other_id)
    assert mine["mutualCount"] == 1
    assert mine["reasons"][0]["code"] == "MUTUAL_CONNECTIONS"
    payload = stack.change("dismissSuggestion", "professional { id }", me, professional=other_id)
    assert codes(payload) == []
    assert payload["professional"]["id"] == other_id
    assert codes(stack.change("dismissSuggestion", "professional { id }", me, professional=other_id)) == []
    assert other_id not in [edge["node"]["id"] for edge in suggested(stack, me, first=100)]
    assert my_id in [
        edge["node"]["id"] for edge in suggested(stack, other, first=100)
    ]  # it says nothing of the other side
    for wrong in (my_id, "UHJvZmVzc2lvbmFsOm5vYm9keQ=="):
        assert codes(stack.change("dismissSuggestion", "professional { id }", me, professional=wrong)) == ["NOT_FOUND"]


def test_a_foreign_cursor_is_refused(stack: Stack) -> None:
    """Of another list, or somebody else's."""
    (me, _), (other, _) = (newcomer(stack) for _ in range(2))
    cursor = stack.data(SUGGESTIONS, other, first=1)["viewer"]["suggestions"]["pageInfo"]["endCursor"]
    answer = stack.run(SUGGESTIONS, me, {"after": cursor})
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
