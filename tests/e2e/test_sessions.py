"""Sessions over the whole way: what every service does with a token whose session was ended from elsewhere."""

from __future__ import annotations

import time
from typing import Any

from tests.support.stack import SIGN_IN, Stack

SESSIONS = "{ viewer { sessions(first: 100) { nodes { id current client } } } }"
PROMISED_SECONDS = 5  # README.md, and the description of `endSession`


def opened(stack: Stack, agent: str) -> str:
    """A session of Noel's, opened by a program."""
    answer: Any = stack.run(
        SIGN_IN, None, {"email": "noel@demo.example", "password": "consilium-demo"}, User_Agent=agent
    )
    return str(answer["data"]["signIn"]["session"]["accessToken"])


def test_a_session_that_is_ended_from_elsewhere_ends_everywhere_in_the_promised_time(stack: Stack) -> None:
    """In the gateway and in both services; the one that ended it goes on. Each is asked once."""
    lost = opened(stack, "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0")
    kept = opened(stack, "curl/8")
    mine = [one for one in stack.data(SESSIONS, lost)["viewer"]["sessions"]["nodes"] if one["current"]]
    assert [one["client"] for one in mine] == ["Firefox on Linux"]
    payload = stack.change("endSession", "viewer { email }", kept, session=mine[0]["id"])
    assert payload == {"viewer": {"email": "noel@demo.example"}, "userErrors": []}
    assert mine[0]["id"] not in str(stack.data(SESSIONS, kept))
    time.sleep(PROMISED_SECONDS)
    for query in ("{ viewer { email } }", "{ viewer { connections(first: 1) { nodes { id } } } }"):
        answer = stack.run(query, lost)
        assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED", answer
        assert "errors" not in stack.run(query, kept)


def test_a_session_of_somebody_else_is_not_found(stack: Stack) -> None:
    """As an id that never was."""
    maria, noel = stack.sign_in("maria"), stack.sign_in("noel")
    own = stack.data(SESSIONS, maria)["viewer"]["sessions"]["nodes"][0]["id"]
    payload = stack.change("endSession", "viewer { email }", noel, session=own)
    assert [(error["code"], error["field"]) for error in payload["userErrors"]] == [("NOT_FOUND", ["session"])]
    assert payload["viewer"] is None
    assert own in str(stack.data(SESSIONS, maria))
