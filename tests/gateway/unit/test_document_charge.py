"""Parsing and validating are charged before they are done."""

from __future__ import annotations

import json
from typing import Any

import pytest
from werkzeug.test import Client

from gateway.endpoint import CHARACTERS_A_POINT, FREE_CHARACTERS, REGISTER_POINTS
from gateway.execution import Engine
from gateway.limits import MAX_SOURCE_CHARACTERS
from gateway.persisted import digest_of
from tests.support.gateways import lonely_gateway

MAX_DOCUMENT_CHARGE = (MAX_SOURCE_CHARACTERS - FREE_CHARACTERS) // CHARACTERS_A_POINT


def post(client: Client, text: str, **members: object) -> int:
    """The status of an operation's answer."""
    headers = {"Content-Type": "application/json", "Accept": "application/graphql-response+json"}
    return client.post("/graphql", data=json.dumps({"query": text, **members}), headers=headers).status_code


def test_long_texts_that_nobody_sent_before_empty_the_bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three of the largest size, valid or not; the next is refused without being parsed, and known ones go on."""
    parsed: list[str] = []
    validate = Engine._validated
    monkeypatch.setattr(Engine, "_validated", lambda *given: parsed.append(given[1]) or validate(*given))
    client = lonely_gateway(CONSILIUM_ADDRESS_POINTS=str(3 * MAX_DOCUMENT_CHARGE + 10))
    texts = [f"{{ __typename nope{n} }}".ljust(MAX_SOURCE_CHARACTERS) for n in range(4)]
    assert [post(client, text) for text in texts] == [400, 400, 400, 429]
    assert parsed == texts[:3]
    assert post(client, texts[0]) == 400
    assert parsed == texts[:3]


def test_ordinary_texts_are_not_charged_for_their_length() -> None:
    """Up to 1,000 characters, as often as they are new."""
    client = lonely_gateway(CONSILIUM_ADDRESS_POINTS="11")
    assert [post(client, f"{{ __typename }} # {n}".ljust(FREE_CHARACTERS)) for n in range(10)] == [200] * 10


def test_registering_operations_is_charged_to_the_address() -> None:
    """Three new ones; what is known costs what it costs."""
    client = lonely_gateway(CONSILIUM_ADDRESS_POINTS=str(3 * REGISTER_POINTS + 20))

    def register(number: int) -> int:
        text = f"{{ __typename }} # {number}"
        return post(client, text, extensions={"persistedQuery": {"version": 1, "sha256Hash": digest_of(text)}})

    assert [register(number) for number in (1, 2, 3, 1, 2, 3, 4)] == [200] * 6 + [429]
    assert register(1) == 200


def test_long_variables_are_charged_for_their_length() -> None:
    """However they are sent: a text of 20,000 signs costs what it takes to look through; an ordinary one nothing."""
    client = lonely_gateway(CONSILIUM_ADDRESS_POINTS="2000")

    def cost(length: int, **options: object) -> int:
        body = json.dumps(
            {"query": "query($t: String) { rateLimit { cost } specialties(text: $t, first: 1) { code } }",
             "variables": {"t": "é" * length}}, ensure_ascii=False,
        ).encode()  # fmt: skip
        answer = client.post("/graphql", data=body, headers={"Content-Type": "application/json"}, **options)  # type: ignore[arg-type]
        return int(answer.json["data"]["rateLimit"]["cost"])  # type: ignore[index]

    assert cost(10) == cost(490) == 2
    assert cost(5_000) == 2 + (10_000 + len('{"t":""}') - FREE_CHARACTERS) // CHARACTERS_A_POINT


@pytest.mark.parametrize("query", ["{ __typename }", "{ __schema { queryType { name } } }"])
@pytest.mark.parametrize("levels", [300, 1_000, 20_000])
def test_variables_that_nest_deeply_are_refused(query: str, levels: int) -> None:
    """With a coded answer, however deep."""
    body = b'{"query": "' + query.encode() + b'", "variables": {"a": ' + b"[" * levels + b"]" * levels + b"}}"
    answer = lonely_gateway().post("/graphql", data=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json["errors"][0]["extensions"]["code"]) == (400, "BAD_REQUEST")  # type: ignore[index]


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"data": b"{"}, 400),
        ({"data": b'{"query": 1}'}, 400),
        ({"data": b"x" * 200_000}, 413),
        ({"headers": {"Accept": "text/html"}}, 406),
        ({"headers": {"Accept": "application/json," * 100}}, 400),
        ({"headers": {"Content-Type": "text/plain"}}, 415),
        ({"path": "/graphql/stream"}, 406),
        ({"data": json.dumps({"documentId": "0" * 64}).encode()}, 200),
    ],
    ids=["no JSON", "no text", "too long", "another type", "long Accept", "text", "no stream", "unknown document"],
)
def test_what_is_no_operation_costs_a_point_too(options: dict[str, Any], status: int) -> None:
    """Three of them, whatever is wrong; then the bucket is empty."""
    client = lonely_gateway(CONSILIUM_ADDRESS_POINTS="3")
    given = {"path": "/graphql", "method": "POST", "data": b'{"query": "{ __typename }"}'} | options
    given["headers"] = {"Content-Type": "application/json"} | options.get("headers", {})
    statuses = [client.open(**given).status_code for _ in range(4)]
    assert statuses == [status] * 3 + [429]


def test_mutations_are_counted_by_their_root_fields() -> None:
    """Ten under aliases are ten, in a fragment too; what only reads goes on."""
    client = lonely_gateway(CONSILIUM_ADDRESS_CHANGES="12")

    def sign_out(count: int) -> int:
        fields = " ".join(f'a{n}: signOut(input: {{refreshToken: "x"}}) {{ signedOut }}' for n in range(count))
        return post(client, f"mutation {{ ...F }} fragment F on Mutation {{ {fields} }}")

    assert [sign_out(10), sign_out(3), sign_out(2), sign_out(1)] == [200, 429, 200, 429]
    assert post(client, "{ __typename }") == 200
