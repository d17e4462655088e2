"""Parsing and validating are charged before they are done."""

from __future__ import annotations

import json

import pytest
from werkzeug.test import Client

from gateway.edge import CHARACTERS_A_POINT, FREE_CHARACTERS
from gateway.execution import Engine
from gateway.limits import MAX_SOURCE_CHARACTERS
from tests.support.gateways import lonely_gateway

LARGEST = (MAX_SOURCE_CHARACTERS - FREE_CHARACTERS) // CHARACTERS_A_POINT


def post(client: Client, text: str) -> int:
    """The status of an operation's answer."""
    headers = {"Content-Type": "application/json", "Accept": "application/graphql-response+json"}
    return client.post("/graphql", data=json.dumps({"query": text}), headers=headers).status_code


def test_long_texts_that_nobody_sent_before_empty_the_bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three of the largest size, valid or not; the next is refused without being parsed, and known ones go on."""
    parsed: list[str] = []
    validate = Engine._validated
    monkeypatch.setattr(Engine, "_validated", lambda *given: parsed.append(given[1]) or validate(*given))
    client = lonely_gateway(CONSILIUM_ADDRESS_POINTS=str(3 * LARGEST + 10))
    texts = [f"{{ __typename nope{n} }}".ljust(MAX_SOURCE_CHARACTERS) for n in range(4)]
    assert [post(client, text) for text in texts] == [400, 400, 400, 429]
    assert parsed == texts[:3]
    assert post(client, texts[0]) == 400
    assert parsed == texts[:3]


def test_ordinary_texts_are_not_charged_for_their_length() -> None:
    """Up to 1,000 characters, as often as they are new."""
    client = lonely_gateway(CONSILIUM_ADDRESS_POINTS="11")
    assert [post(client, f"{{ __typename }} # {n}".ljust(FREE_CHARACTERS)) for n in range(10)] == [200] * 10
