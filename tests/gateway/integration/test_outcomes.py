"""What a client learns of a change whose answer was lost or late, through GraphQL, with a proxy before each service."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from werkzeug.test import Client

from kit.clock import new_id
from tests.support.faults import Proxy, proxy
from tests.support.network import discuss, group, newcomer
from tests.support.stack import Stack

Make = Callable[..., Client]
ADD = (
    'mutation($d: ID!, $b: String!) { addPost(input: {discussion: $d, body: $b, language: "en"}) '
    "{ post { id body } userErrors { code message requestId } } }"
)


@pytest.fixture(scope="module")
def graph(stack: Stack) -> Iterator[Proxy]:
    """The way to the graph service."""
    with proxy(int(stack.environment["CONSILIUM_GRAPH_PORT"])) as found:
        yield found


@pytest.fixture(scope="module")
def profiles(stack: Stack) -> Iterator[Proxy]:
    """The way to the profiles service."""
    with proxy(int(stack.environment["CONSILIUM_PROFILES_PORT"])) as found:
        yield found


@pytest.fixture(scope="module")
def client(gateway: Make, graph: Proxy, profiles: Proxy) -> Client:
    """A gateway behind which both ways can be disturbed."""
    return gateway(CONSILIUM_GRAPH_URL=graph.url, CONSILIUM_PROFILES_URL=profiles.url)


def run(client: Client, query: str, token: str, key: str | None = None, **variables: Any) -> dict[str, Any]:
    """The answer to an operation."""
    headers = {"Authorization": f"Bearer {token}"} | ({"Idempotency-Key": key} if key else {})
    answer = client.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
    assert answer.json is not None
    return dict(answer.json)


@pytest.fixture
def place(stack: Stack) -> tuple[str, str]:
    """Somebody's token, and their new discussion."""
    owner = stack.sign_in("maria")
    return owner, discuss(stack, owner, group(stack, owner))["id"]


def bodies(stack: Stack, token: str, discussion: str) -> list[str]:
    """The posts of a discussion."""
    query = "query($d: ID!) { node(id: $d) { ... on Discussion { posts(first: 50) { nodes { body } } } } }"
    found = stack.data(query, token, d=discussion)["node"]["posts"]["nodes"]
    return [post["body"] for post in found]


POSTS = r"POST /v1/discussions/[^/]+/posts"


def test_one_lost_answer_is_repaired_by_the_gateway_itself(
    stack: Stack, client: Client, graph: Proxy, place: tuple[str, str]
) -> None:
    """Under a key of its own, where the client sent none: one post."""
    token, discussion = place
    graph.plan(POSTS, "lose")
    answer = run(client, ADD, token, d=discussion, b="Once")
    assert answer["data"]["addPost"]["userErrors"] == []
    assert answer["data"]["addPost"]["post"]["body"] == "Once"
    assert len(graph.seen) == 2
    assert graph.seen[0] == graph.seen[1] is not None
    assert bodies(stack, token, discussion) == ["Once"]


@pytest.mark.parametrize("own_key", [True, False])
def test_an_unknown_outcome_says_so_and_the_key_settles_it(
    stack: Stack, client: Client, graph: Proxy, place: tuple[str, str], own_key: bool
) -> None:
    """Retried with the same key, the client's or the one that the message names, there is exactly one post."""
    token, discussion = place
    key = new_id() if own_key else None
    graph.plan(POSTS, "lose", "lose", "lose")
    answer = run(client, ADD, token, key, d=discussion, b="Twice?")
    (error,) = answer["data"]["addPost"]["userErrors"]
    assert (error["code"], answer["data"]["addPost"]["post"]) == ("OUTCOME_UNKNOWN", None)
    assert error["requestId"]
    named = re.search(r"Idempotency-Key: ([^`]+)`", error["message"])
    assert named is not None
    assert key in {None, named[1]}
    for _ in range(3):
        again = run(client, ADD, token, named[1], d=discussion, b="Twice?")["data"]["addPost"]
        assert (again["userErrors"], again["post"]["body"]) == ([], "Twice?")
    assert bodies(stack, token, discussion) == ["Twice?"]


def test_a_change_has_its_whole_deadline(stack: Stack, client: Client, graph: Proxy, place: tuple[str, str]) -> None:
    """An answer after three seconds is an answer; the read limit of two seconds is for reads."""
    token, discussion = place
    graph.plan(POSTS, 3.0)
    answer = run(client, ADD, token, d=discussion, b="Late")
    assert answer["data"]["addPost"]["userErrors"] == []
    assert bodies(stack, token, discussion) == ["Late"]


def test_what_comes_after_the_deadline_is_unknown_and_not_unavailable(
    stack: Stack, client: Client, graph: Proxy, place: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was written; a retry under the key shows it."""
    monkeypatch.setattr("gateway.endpoint.DEADLINE_SECONDS", 1.0)
    monkeypatch.setattr("kit.http.READ_BACK_SECONDS", 0.5)
    token, discussion = place
    key = new_id()
    graph.plan(POSTS, 3.0)
    answer = run(client, ADD, token, key, d=discussion, b="Too late")
    assert [error["code"] for error in answer["data"]["addPost"]["userErrors"]] == ["OUTCOME_UNKNOWN"]
    assert bodies(stack, token, discussion) == ["Too late"]
    monkeypatch.undo()
    assert run(client, ADD, token, key, d=discussion, b="Too late")["data"]["addPost"]["userErrors"] == []
    assert bodies(stack, token, discussion) == ["Too late"]


def test_what_was_not_sent_is_unavailable_and_was_not_done(
    stack: Stack, gateway: Make, profiles: Proxy, place: tuple[str, str]
) -> None:
    """Nothing listens where the graph service should be."""
    token, discussion = place
    away = gateway(CONSILIUM_GRAPH_URL="http://127.0.0.1:1", CONSILIUM_PROFILES_URL=profiles.url)
    answer = run(away, ADD, token, d=discussion, b="Never")
    (error,) = answer["data"]["addPost"]["userErrors"]
    assert error["code"] == "UNAVAILABLE"
    assert "nothing was changed" in error["message"]
    assert error["requestId"]
    assert bodies(stack, token, discussion) == []


def test_two_changes_of_one_request_under_one_key_are_both_made_and_both_repeated(
    stack: Stack, client: Client, place: tuple[str, str]
) -> None:
    """The key of each includes where its answer stands."""
    token, discussion = place
    query = (
        'mutation($d: ID!) { a: addPost(input: {discussion: $d, body: "A", language: "en"}) { post { id } userErrors { code } } '
        'b: addPost(input: {discussion: $d, body: "B", language: "en"}) { post { id } userErrors { code } } }'
    )
    key = new_id()
    first, second = (run(client, query, token, key, d=discussion)["data"] for _ in range(2))
    assert first == second
    assert [first[name]["userErrors"] for name in "ab"] == [[], []]
    assert first["a"]["post"]["id"] != first["b"]["post"]["id"]
    assert sorted(bodies(stack, token, discussion)) == ["A", "B"]


def test_a_key_that_cannot_be_one_is_refused_and_a_long_one_is_kept(client: Client, place: tuple[str, str]) -> None:
    """200 characters and a long name for the answer make a key that the service takes."""
    token, discussion = place
    query = ADD.replace("addPost(", f"{'x' * 150}: addPost(")
    for length, codes in ((200, []), (201, ["INVALID"])):
        payload = run(client, query, token, "k" * length, d=discussion, b="Key")["data"]["x" * 150]
        assert [error["code"] for error in payload["userErrors"]] == codes


def test_a_payload_that_cannot_be_read_does_not_hide_that_the_change_was_made(
    stack: Stack, client: Client, profiles: Proxy
) -> None:
    """`viewer` is an error of its field; `userErrors` stay empty, for it was done."""
    token, _ = newcomer(stack)
    profiles.plan("GET /v1/me", "drop", "drop", "drop")
    query = "mutation { setPathOptIn(input: {value: true}) { viewer { pathOptIn } userErrors { code } } }"
    answer = run(client, query, token)
    assert answer["data"]["setPathOptIn"] == {"viewer": None, "userErrors": []}
    assert [(e["path"], e["extensions"]["code"]) for e in answer["errors"]] == [
        (["setPathOptIn", "viewer"], "UPSTREAM_UNAVAILABLE")
    ]
    assert stack.data("{ viewer { pathOptIn } }", token) == {"viewer": {"pathOptIn": True}}


@pytest.mark.parametrize("fault", ["lose", "drop"])
def test_what_is_harmless_to_repeat_is_repeated(stack: Stack, client: Client, profiles: Proxy, fault: str) -> None:
    """Without a key, whether the first call came through or not."""
    token, _ = newcomer(stack)
    profiles.plan("PUT /v1/me/path-opt-in", fault)
    answer = run(client, "mutation { setPathOptIn(input: {value: true}) { userErrors { code } } }", token)
    assert answer["data"]["setPathOptIn"]["userErrors"] == []
    assert profiles.seen == [None, None]


def test_what_must_not_be_repeated_is_not(stack: Stack, client: Client, profiles: Proxy) -> None:
    """A second factor that was asked for: the client looks, and asks again."""
    token, _ = newcomer(stack)
    profiles.plan("POST /v1/me/totp", "lose")
    query = 'mutation { startTotp(input: {password: "a long pass phrase"}) { secret userErrors { code message } } }'
    payload = run(client, query, token)["data"]["startTotp"]
    assert [error["code"] for error in payload["userErrors"]] == ["OUTCOME_UNKNOWN"]
    assert profiles.seen == [None]


def test_a_profile_that_was_changed_is_not_in_conflict_with_itself(
    stack: Stack, client: Client, profiles: Proxy
) -> None:
    """The expected version was right the first time, and the repetition has the first one's answer."""
    token, _ = newcomer(stack)
    version = stack.data("{ viewer { professional { version } } }", token)["viewer"]["professional"]["version"]
    profiles.plan("PATCH /v1/me/profile", "lose")
    query = (
        'mutation($v: Int!) { updateProfile(input: {headline: "New", expectedVersion: $v}) '
        "{ professional { headline version } userErrors { code } } }"
    )
    payload = run(client, query, token, v=version)["data"]["updateProfile"]
    assert payload == {"professional": {"headline": "New", "version": version + 1}, "userErrors": []}
