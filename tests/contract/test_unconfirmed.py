"""Who has not confirmed their e-mail address reaches nobody else: every mutation, every query and every route is tried."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from graphql import is_required_input_field

from gateway.fields import camel
from gateway.ids import encode
from gateway.schema import _MUTATIONS, schema
from kit.clock import new_id
from tests.contract.test_callers import ROWS, SIGNER, ask, routes
from tests.contract.test_callers import apps as apps  # noqa: PLC0414  # a fixture
from tests.contract.test_permissions import TABLE, UNCONFIRMED, operation
from tests.contract.test_repetition import _sample, sent_by
from tests.support.operations import ABSENT
from tests.support.stack import Stack

SENTENCE = "Confirm your e-mail address first"
MUTATIONS = sorted(camel(name) for name in _MUTATIONS)


@pytest.fixture(scope="module")
def token(stack: Stack) -> str:
    """Of somebody who has just signed up."""
    return stack.sign_up_only("Noch Niemand", f"{new_id()}@people.example", ["DE"])


def sample(name: str) -> dict[str, Any]:
    """An input with ids of the right kinds, of things that do not exist."""
    kind = schema().mutation_type.fields[name].args["input"].type.of_type  # type: ignore[union-attr]
    return {key: _sample(name, key, one.type) for key, one in kind.fields.items() if is_required_input_field(one)}


def forbidden(answer: dict[str, Any], sentence: str) -> bool:
    """Whether an answer is FORBIDDEN with a sentence."""
    text = json.dumps(answer)
    return '"FORBIDDEN"' in text and sentence in text


def refused(answer: dict[str, Any]) -> bool:
    """Whether an answer says to confirm first."""
    return forbidden(answer, SENTENCE)


def check_forbidden(payload: dict[str, Any], sentence: str) -> None:
    """A mutation's payload holds this refusal, of no field, and no other error."""
    (error,) = payload["userErrors"]
    assert (error["code"], error["field"]) == ("FORBIDDEN", None)
    assert error["message"].startswith(sentence)


def not_followed(stack: Stack, token: str, name: str) -> dict[str, Any]:
    """The answer to a subscription for which no stream is opened."""
    body = json.dumps({"query": asking("Subscription", name)}).encode()
    status, headers, answer = stack.raw(
        body, path="/graphql/stream", Accept="text/event-stream", Authorization=f"Bearer {token}"
    )
    assert (status, headers["Content-Type"].split(";")[0]) == (403, "application/graphql-response+json")
    found: dict[str, Any] = json.loads(answer)
    return found


def asking(kind: str, name: str) -> str:
    """The shortest operation on a root field, with an id of the right kind."""
    of = {"professional": "Professional", "group": "Group", "discussionAdded": "Group"} | dict.fromkeys(
        ("discussionChanged", "postAdded", "postChanged"), "Discussion"
    )
    if name == "events":  # which refuses to follow nothing
        return "subscription { events(notifications: true) { __typename } }"
    return operation(kind, name).replace(encode("Credential", ABSENT), encode(of.get(name, "Credential"), ABSENT))


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mutation_that_is_not_listed_is_refused(stack: Stack, token: str, name: str) -> None:
    """By one code and one sentence; a new one is refused until somebody lists it."""
    if name in {"eraseMe", "changePassword"}:  # they end the session; tests/e2e/test_confirmation.py does them
        assert name in UNCONFIRMED["Mutation"]
        return
    payload = stack.change(name, "__typename", token, **sample(name))
    open_to_all = TABLE["Mutation"][name] == "anyone" or name in UNCONFIRMED["Mutation"]
    if open_to_all:
        assert not refused(payload)
    else:
        check_forbidden(payload, SENTENCE)


@pytest.mark.parametrize("name", TABLE["Query"])
def test_a_query_that_is_not_listed_is_refused(stack: Stack, token: str, name: str) -> None:
    """What signed-out people may read is read; a token of such an account opens its own things and nothing else."""
    answer = stack.run(asking("Query", name), token)
    open_to_all = TABLE["Query"][name] == "anyone" or name in UNCONFIRMED["Query"]
    assert refused(answer) == (not open_to_all), answer


@pytest.mark.parametrize("name", TABLE["Subscription"])
def test_nothing_can_be_followed(stack: Stack, token: str, name: str) -> None:
    """No stream is opened, so that such accounts hold no connections."""
    assert refused(not_followed(stack, token, name))


FIELDS_OF_OTHERS = (
    "connections", "connectionRequests(direction: SENT)", "groups", "introductions", "blocked", "suggestions", "invitations", "feed",
    "notifications", "decisions",
)  # fmt: skip


@pytest.mark.parametrize("field", FIELDS_OF_OTHERS)
def test_of_the_viewer_only_what_is_about_oneself_is_read(stack: Stack, token: str, field: str) -> None:
    """The rest is null, with the same code."""
    answer = stack.run(f"{{ viewer {{ email {field} {{ __typename }} }} }}", token)
    assert refused(answer)
    assert answer["data"]["viewer"]["email"].endswith("@people.example")


def for_people(service: str, app: Flask) -> set[str]:
    """The endpoints of a service's routes for people."""
    return {routes(app)[f"{method} {rule}"] for of, method, rule, who in ROWS if of == service and who == "people"}


@pytest.fixture
def held(apps: dict[str, Flask], monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Flask]]:
    """Both services, which know nobody who has confirmed anything."""
    for app in apps.values():
        monkeypatch.setattr(app.extensions["confirmation"], "_ask", lambda _caller: False)
    return apps  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("service", "method", "rule"), [(service, method, rule) for service, method, rule, who in ROWS if who == "people"]
)
def test_a_route_of_a_service_that_is_not_listed_is_refused(
    held: dict[str, Flask], service: str, method: str, rule: str
) -> None:
    """The gateway is not the only way in. A token that does not say anything counts as one of an unconfirmed address."""
    app = held[service]
    endpoint = routes(app)[f"{method} {rule}"]
    roles = ["MEMBER", "VERIFIER", "MODERATOR", "ADMIN"]
    for claims in ({}, {"email_verified": False}, {"email_verified": "true"}):
        answer = ask(app, method, rule, SIGNER.access_token(ABSENT, roles, **claims))
        assert (SENTENCE in answer.text) == (endpoint not in app.extensions["confirmation"].allowed)
        assert SENTENCE not in answer.text or (answer.status_code, answer.json["code"]) == (403, "FORBIDDEN")
    assert SENTENCE not in ask(app, method, rule, SIGNER.access_token(ABSENT, roles, email_verified=True)).text


def test_what_a_service_lists_are_routes_for_people(held: dict[str, Flask]) -> None:
    """Each name is that of a route, and no route for services or for everybody."""
    for service, app in held.items():
        assert app.extensions["confirmation"].allowed <= for_people(service, app)


@pytest.mark.parametrize("name", sorted(_MUTATIONS))
def test_the_table_of_mutations_is_that_of_the_routes(held: dict[str, Flask], name: str) -> None:
    """`permissions.toml` says of each mutation what its service does."""
    service, method, path = sent_by(name)
    app = held[service]
    endpoint, _ = app.url_map.bind("x").match(path, method=method)
    public = TABLE["Mutation"][camel(name)] == "anyone"
    allowed = endpoint in app.extensions["confirmation"].allowed
    assert (allowed, public) == (camel(name) in UNCONFIRMED["Mutation"], endpoint in app.extensions["public_endpoints"])


def test_a_good_answer_is_kept_and_a_bad_one_is_not(held: dict[str, Flask], monkeypatch: pytest.MonkeyPatch) -> None:
    """So the tokens that somebody has go on from the moment in which the address is confirmed."""
    app, asked = held["profiles"], []
    answers = [False, True]

    def tell(caller: Any) -> bool:
        asked.append(caller.subject)
        return answers.pop(0)

    monkeypatch.setattr(app.extensions["confirmation"], "_ask", tell)
    own = SIGNER.access_token(ABSENT, ["MEMBER"])
    seen = [SENTENCE in ask(app, "POST", "/v1/me/credentials", own).text for _ in range(4)]
    assert (seen, asked) == ([True, False, False, False], [ABSENT] * 2)
