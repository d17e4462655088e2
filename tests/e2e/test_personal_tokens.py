"""Personal access tokens over the whole way: made, used at /graphql and in a stream, and ended."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from kit.clock import new_id
from tests.support.network import answer, codes, discuss, group, me
from tests.support.sse import Follower
from tests.support.stack import DEMO_PASSWORD, PASSWORD, SIGN_IN, Stack

PROMISED_SECONDS = 5
LIST = "{ viewer { personalAccessTokens(first: 10) { nodes { id name scopes lastUsedAt } } } }"


@pytest.fixture
def owner(stack: Stack) -> tuple[str, str]:
    """Somebody new, who has given the password a moment ago: token and address."""
    email = f"{new_id()}@programs.example"
    return stack.sign_up("Pro Grammierer", email, ["DE"]), email


def make(stack: Stack, session: str, *scopes: str, **given: Any) -> dict[str, Any]:
    """A new token and its id."""
    fields = {"name": "ward calendar", "scopes": list(scopes), "expiresInDays": 30, "password": PASSWORD} | given
    return dict(stack.change("createPersonalAccessToken", "token personalAccessToken { id scopes }", session, **fields))


def test_a_token_reads_and_writes_as_far_as_its_scopes_say(stack: Stack, owner: tuple[str, str]) -> None:
    """It is its owner to everybody; what is about the account is for the owner alone."""
    session, email = owner
    reading, writing = (make(stack, session, scope)["token"] for scope in ("READ", "WRITE"))
    assert stack.data("{ viewer { email } }", reading)["viewer"]["email"] == email
    assert stack.data('{ peers(filter: {text: "a"}, first: 1) { nodes { id } } }', reading)
    assert codes(stack.change("updateProfile", "professional { headline }", reading, headline="Reads only")) == [
        "FORBIDDEN"
    ]
    payload = stack.change("updateProfile", "professional { headline }", writing, headline="Writes too")
    assert payload == {"professional": {"headline": "Writes too"}, "userErrors": []}
    noel = me(stack, stack.sign_in("noel"))
    for token, found in ((reading, ["FORBIDDEN"]), (writing, [])):
        assert codes(stack.change("blockProfessional", "__typename", token, professional=noel)) == found
    for name, given in (
        ("changePassword", {"current": PASSWORD, "password": "another long pass phrase"}),
        ("changeEmail", {"newEmail": f"{new_id()}@programs.example", "password": PASSWORD}),
        ("startTotp", {"password": PASSWORD}), ("exportMyData", {}), ("endOtherSessions", {}),
        ("createPersonalAccessToken", {"name": "x", "scopes": ["WRITE"], "expiresInDays": 365, "password": PASSWORD}),
    ):  # fmt: skip
        assert codes(stack.change(name, "__typename", writing, **given)) == ["FORBIDDEN"], name
    answer = stack.run(LIST, writing)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]
    shown = stack.data(LIST, session)["viewer"]["personalAccessTokens"]["nodes"]
    assert [(one["scopes"], one["lastUsedAt"] is not None) for one in shown] == [
        (["READ", "WRITE"], True),
        (["READ"], True),
    ]


def test_a_token_needs_the_password_and_is_told_once(stack: Stack, owner: tuple[str, str]) -> None:
    """It stands in no list and no log; whoever finds an open page makes none."""
    session, _ = owner
    assert codes(make(stack, session, "READ", password="a wrong pass phrase")) == ["INVALID_CREDENTIALS"]
    token = make(stack, session, "READ")["token"]
    assert stack.data("{ viewer { email } }", token)
    secret = token.removeprefix("consilium_pat_").partition(".")[0]
    assert secret not in json.dumps(stack.data(LIST, session))
    for file in (stack.home / "log").glob("*.log"):
        assert secret not in file.read_text(encoding="utf-8", errors="replace"), file
    for wrong in (f"{token}x", "consilium_pat_x.y", token[:-1]):
        answer = stack.run("{ viewer { email } }", wrong)
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"], wrong


def ended(stack: Stack, token: str) -> list[str]:
    """The codes that a token is answered by either service, once the promised time is over."""
    time.sleep(PROMISED_SECONDS)
    queries = ("{ viewer { email } }", "{ viewer { connections(first: 1) { nodes { id } } } }")
    return [stack.run(query, token)["errors"][0]["extensions"]["code"] for query in queries]


def test_a_token_that_is_revoked_or_outlived_by_a_password_ends_everywhere(
    stack: Stack, owner: tuple[str, str]
) -> None:
    """In the promised time, also one that was used a moment ago."""
    session, email = owner
    first, second = make(stack, session, "READ"), make(stack, session, "WRITE")
    for one in (first, second):
        assert stack.data("{ viewer { email connections(first: 1) { nodes { id } } } }", one["token"])
    own = first["personalAccessToken"]["id"]
    assert codes(
        stack.change("revokePersonalAccessToken", "viewer { email }", stack.sign_in("noel"), personalAccessToken=own)
    ) == ["NOT_FOUND"]
    assert codes(stack.change("revokePersonalAccessToken", "viewer { email }", session, personalAccessToken=own)) == []
    assert ended(stack, first["token"]) == ["UNAUTHENTICATED"] * 2
    assert stack.data("{ viewer { email } }", second["token"])["viewer"]["email"] == email
    changed = stack.change(
        "changePassword", "viewer { email }", session, current=PASSWORD, password="a much newer pass phrase"
    )
    assert codes(changed) == []
    assert ended(stack, second["token"]) == ["UNAUTHENTICATED"] * 2


def test_a_token_of_somebody_who_is_suspended_does_nothing_until_they_are_not(
    stack: Stack, owner: tuple[str, str]
) -> None:
    """Less than their session, which reads why."""
    session, email = owner
    token, person, admin = make(stack, session, "WRITE")["token"], me(stack, session), stack.sign_in("admin")
    assert stack.data("{ viewer { email } }", token)
    assert codes(stack.change("suspendAccount", "account { suspended }", admin, account=person, reason="Spam")) == []
    assert ended(stack, token) == ["FORBIDDEN"] * 2
    again = stack.data(SIGN_IN, email=email, password=PASSWORD)["signIn"]["session"]["accessToken"]
    assert stack.data("{ viewer { suspension { reason } } }", again)["viewer"]["suspension"]["reason"] == "Spam"


def test_a_stream_goes_on_as_long_as_its_token_does(stack: Stack) -> None:
    """Events come, and end with the token, with a code."""
    maria, noel = stack.sign_in("maria"), stack.sign_in("noel")
    discussion = discuss(stack, maria, group(stack, maria))["id"]
    made = make(stack, noel, "READ", password=DEMO_PASSWORD)
    follower = Follower(
        stack, made["token"], "subscription($d: ID!) { postAdded(discussion: $d) { body } }", d=discussion
    )
    assert follower.status == 200
    answer(stack, maria, discussion, "Heard.")
    assert follower.data()["postAdded"]["body"] == "Heard."
    own = made["personalAccessToken"]["id"]
    assert codes(stack.change("revokePersonalAccessToken", "viewer { email }", noel, personalAccessToken=own)) == []
    time.sleep(PROMISED_SECONDS)
    answer(stack, maria, discussion, "Not for who has left.")
    kind, payload = follower.next(15)
    assert (kind, payload["errors"][0]["extensions"]["code"]) == ("next", "UNAUTHENTICATED")
    assert follower.next()[0] == "complete"
