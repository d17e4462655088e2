"""Who is suspended takes their data along, erases them and appeals, and reaches nobody: every operation and route is tried."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from gateway.fields import camel
from gateway.schema import _MUTATIONS
from kit.clock import new_id
from kit.tokens import SUSPENDED_AUDIENCE
from tests.contract.test_callers import ROWS, SIGNER, ask, routes
from tests.contract.test_callers import apps as apps  # noqa: PLC0414  # a fixture
from tests.contract.test_permissions import SUSPENDED, TABLE
from tests.contract.test_repetition import sent_by
from tests.contract.test_unconfirmed import (
    FIELDS_OF_OTHERS,
    asking,
    check_forbidden,
    for_people,
    forbidden,
    not_followed,
    sample,
)
from tests.support.operations import ABSENT
from tests.support.stack import Stack

SENTENCE = "Your account is suspended."
PASSWORD = "a long pass phrase"


@pytest.fixture(scope="module")
def token(stack: Stack) -> str:
    """Of somebody who is suspended, and has signed in since."""
    email = f"{new_id()}@people.example"
    before = stack.sign_up("Wird Gesperrt", email, ["DE"], password=PASSWORD)
    me = stack.data("{ viewer { professional { id } } }", before)["viewer"]["professional"]["id"]
    payload = stack.change("suspendAccount", "account { suspended }", stack.sign_in("admin"), account=me, reason="Spam")
    assert payload == {"account": {"suspended": True}, "userErrors": []}
    signed_in = stack.change("signIn", "session { accessToken }", None, email=email, password=PASSWORD)
    return str(signed_in["session"]["accessToken"])


def refused(answer: dict[str, Any]) -> bool:
    """Whether an answer says that the account is suspended."""
    return forbidden(answer, SENTENCE)


@pytest.mark.parametrize("name", sorted(camel(name) for name in _MUTATIONS))
def test_a_mutation_that_is_not_listed_is_refused(stack: Stack, token: str, name: str) -> None:
    """By one code and one sentence; a new one is refused until somebody lists it."""
    if name in SUSPENDED["Mutation"]:  # done below, and in tests/e2e/test_suspensions.py
        return
    payload = stack.change(name, "__typename", token, **sample(name))
    if TABLE["Mutation"][name] == "anyone":
        assert not refused(payload)
    else:
        check_forbidden(payload, SENTENCE)


@pytest.mark.parametrize("name", TABLE["Query"])
def test_a_query_that_is_not_listed_is_refused(stack: Stack, token: str, name: str) -> None:
    """What signed-out people may read is read."""
    answer = stack.run(asking("Query", name), token)
    open_to_all = TABLE["Query"][name] == "anyone" or name in SUSPENDED["Query"]
    assert refused(answer) == (not open_to_all), answer


@pytest.mark.parametrize("name", TABLE["Subscription"])
def test_nothing_can_be_followed(stack: Stack, token: str, name: str) -> None:
    """No stream is opened."""
    assert refused(not_followed(stack, token, name))


@pytest.mark.parametrize("field", [*FIELDS_OF_OTHERS, 'verificationProof(audience: "x")'])
def test_of_the_viewer_only_what_is_about_oneself_is_read(stack: Stack, token: str, field: str) -> None:
    """The rest is null, with the same code."""
    answer = stack.run(f"{{ viewer {{ email {field} {{ __typename }} }} }}", token)
    assert refused(answer)
    assert answer["data"]["viewer"]["email"].endswith("@people.example")


@pytest.mark.parametrize(
    ("service", "method", "rule"), [(service, method, rule) for service, method, rule, who in ROWS if who == "people"]
)
def test_a_route_of_a_service_that_is_not_listed_is_refused(
    apps: dict[str, Flask], monkeypatch: pytest.MonkeyPatch, service: str, method: str, rule: str
) -> None:
    """The gateway is not the only way in; roles in the token, which there are none in, would change nothing."""
    app = apps[service]
    monkeypatch.setattr(app.extensions["confirmation"], "_ask", lambda _caller: True)
    roles = ["MEMBER", "VERIFIER", "MODERATOR", "ADMIN"]
    answer = ask(app, method, rule, SIGNER.access_token(ABSENT, roles, aud=SUSPENDED_AUDIENCE, email_verified=True))
    listed = routes(app)[f"{method} {rule}"] in app.extensions["suspension"].allowed
    assert (SENTENCE in answer.text) == (not listed)
    assert listed or (answer.status_code, answer.json["code"]) == (403, "FORBIDDEN")


def test_what_a_service_lists_are_routes_for_people(apps: dict[str, Flask]) -> None:
    """Each name is that of a route, and no route for services or for everybody."""
    for service, app in apps.items():
        assert app.extensions["suspension"].allowed <= for_people(service, app)


@pytest.mark.parametrize("name", sorted(_MUTATIONS))
def test_the_table_of_mutations_is_that_of_the_routes(apps: dict[str, Flask], name: str) -> None:
    """`permissions.toml` says of each mutation what its service does."""
    service, method, path = sent_by(name)
    app = apps[service]
    endpoint, _ = app.url_map.bind("x").match(path, method=method)
    assert (endpoint in app.extensions["suspension"].allowed) == (camel(name) in SUSPENDED["Mutation"])
