"""One's own profile is what one has just written, whatever the graph service knows of it yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import Client

from kit.clock import new_id
from kit.http import ServiceClient
from tests.gateway.integration.test_outcomes import run
from tests.support.faults import proxy
from tests.support.network import newcomer
from tests.support.operations import own_id
from tests.support.stack import Stack

Make = Callable[..., Client]
# Everything that a profile says of itself; lists that others may have a part in are asked for elsewhere.
OWN = """id handle name nameHidden claimed provenance { field } headline about profession { code }
practisedSpecialties { specialty { code } primary verifiedIn } regions { code } languages interests
institutions { institution { id name } role current verified } contacts { system value audience } verification
licences { id jurisdiction standing checkedOn } connection incomingRequest { id } outgoingRequest { id } joinedAt version"""


@pytest.fixture
def held_back(gateway: Make) -> Client:
    """A gateway that the graph service does not answer."""
    return gateway(CONSILIUM_GRAPH_URL="http://127.0.0.1:1")


@pytest.fixture
def people_of_graph(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[list[Any]], list[Any]]], None]:
    """Changes what the graph service answers about people."""
    call = ServiceClient.call

    def install(change: Callable[[list[Any]], list[Any]]) -> None:
        def answering(self: ServiceClient, method: str, path: str, body: Any = None, **given: Any) -> Any:
            found = call(self, method, path, body, **given)
            return change(found) if path == "/v1/people" else found

        monkeypatch.setattr(ServiceClient, "call", answering)

    return install


def test_ones_own_profile_does_not_ask_the_graph(stack: Stack, held_back: Client) -> None:
    """Written once and read once, in each way that names it by its id."""
    token, me = newcomer(stack)
    for number in range(3):
        headline = f"Headline {number} {new_id()[:4]}"
        changed = run(
            held_back, "mutation($h: String!) { updateProfile(input: {headline: $h}) { professional { headline } "
            "userErrors { code } } }", token, h=headline,
        )  # fmt: skip
        assert changed["data"]["updateProfile"] == {"professional": {"headline": headline}, "userErrors": []}
        seen = run(
            held_back,
            "query($id: ID!) { professional(by: {id: $id}) { headline } node(id: $id) { ... on Professional { headline } } "
            "nodes(ids: [$id, $id]) { ... on Professional { headline } } viewer { professional { headline } } }",
            token, id=me,
        )["data"]  # fmt: skip
        own = {"headline": headline}
        assert seen == {
            "professional": own, "node": own, "nodes": [own, own], "viewer": {"professional": own}
        }  # fmt: skip


def handle_of(stack: Stack, token: str) -> str:
    """One's own handle."""
    return str(stack.data("{ viewer { professional { handle } } }", token)["viewer"]["professional"]["handle"])


def test_ones_own_profile_is_new_while_the_graph_has_the_old_one(
    stack: Stack, gateway: Make, people_of_graph: Callable[..., None]
) -> None:
    """By handle too, which the graph looks up; others' profiles come from there."""
    token, me = newcomer(stack)
    client, mine, theirs = gateway(), handle_of(stack, token), handle_of(stack, stack.sign_in("maria"))
    people_of_graph(lambda cards: [card | {"headline": "old"} if card["id"] == own_id(me) else card for card in cards])
    query = (
        "query($id: ID!, $h: String!, $o: String!) { a: professional(by: {id: $id}) { headline } "
        "b: professional(by: {handle: $h}) { headline } c: professional(by: {handle: $o}) { handle } "
        'd: professional(by: {handle: "nobody-at-all"}) { handle } }'
    )
    change = "mutation($h: String!) { updateProfile(input: {headline: $h}) { userErrors { code } } }"
    for number in range(3):
        headline = f"New {number}"
        run(client, change, token, h=headline)
        seen = run(client, query, token, id=me, h=mine, o=theirs)["data"]
        assert seen == {"a": {"headline": headline}, "b": {"headline": headline}, "c": {"handle": theirs}, "d": None}


def test_a_newcomer_finds_themselves_by_handle_before_the_graph_does(
    stack: Stack, gateway: Make, people_of_graph: Callable[..., None]
) -> None:
    """The graph does not know of them yet."""
    token, _ = newcomer(stack)
    mine = handle_of(stack, token)
    people_of_graph(lambda _cards: [])
    seen = run(gateway(), "query($h: String!) { professional(by: {handle: $h}) { handle } }", token, h=mine)
    assert seen["data"] == {"professional": {"handle": mine}}


def test_ones_own_profile_is_the_same_as_the_graph_shows_it(stack: Stack, gateway: Make) -> None:
    """Field by field; where the profiles service does not answer, the graph's copy is shown."""
    token = stack.sign_in("maria")
    me = stack.data("{ viewer { professional { id } } }", token)["viewer"]["professional"]["id"]
    query = f"query($id: ID!) {{ professional(by: {{id: $id}}) {{ {OWN} }} }}"
    with proxy(int(stack.environment["CONSILIUM_PROFILES_PORT"])) as way:
        client = gateway(CONSILIUM_PROFILES_URL=way.url)
        mine = run(client, query, token, id=me)["data"]["professional"]
        way.plan("GET /v1/me", "drop")
        copied = run(client, query, token, id=me)["data"]["professional"]
        assert way.faults == []
    assert mine == copied
    assert mine["connection"] == "SELF"
    assert mine["contacts"] is not None
