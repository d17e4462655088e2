"""Operations of one person or address that cost much wait for each other, and nobody else waits for them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from werkzeug.test import Client

from gateway import endpoint
from gateway.execution import Engine
from kit.tokens import Caller, TokenVerifier
from tests.support.gateways import lonely_gateway


def post(client: Client, query: str, address: str, token: str | None = None) -> Any:
    """The answer to somebody's operation."""
    headers = {"Content-Type": "application/json", "Accept": "application/graphql-response+json"}
    headers |= {"Authorization": f"Bearer {token}"} if token else {}
    return client.post("/graphql", json={"query": query}, headers=headers, environ_overrides={"REMOTE_ADDR": address})


def test_an_address_waits_for_itself_and_for_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """At most so many operations of one are run at a time; those of another go on meanwhile."""
    monkeypatch.setattr(endpoint, "MAX_COST_OF_ADDRESS", 3 * endpoint.MIN_COST)
    client, running, most, go_on = lonely_gateway(), [0], [0], threading.Event()
    lock, run = threading.Lock(), Engine.run

    def slow(*given: Any, **options: Any) -> Any:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        go_on.wait(10)
        with lock:
            running[0] -= 1
        return run(*given, **options)

    monkeypatch.setattr(Engine, "run", slow)
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda: answers.append(post(client, "{ __typename }", "192.0.2.1").status_code))
        for _ in range(10)
    ]
    for thread in threads:
        thread.start()
    while running[0] < 3:
        go_on.wait(0.001)
    monkeypatch.setattr(Engine, "run", run)
    assert post(client, "{ __typename }", "192.0.2.2").status_code == 200
    go_on.set()
    for thread in threads:
        thread.join()
    assert answers == [200] * 10
    assert most == [3]


@contextmanager
def held_up(monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """A gateway where one operation of an address that is not signed in is under way, and more than one is too much."""
    monkeypatch.setattr(endpoint, "TURN_SECONDS", 0.05)
    monkeypatch.setattr(endpoint, "MAX_COST_OF_ADDRESS", endpoint.MIN_COST)
    client, began, go_on, run = lonely_gateway(), threading.Event(), threading.Event(), Engine.run

    def slow(*given: Any, **options: Any) -> Any:
        began.set()
        go_on.wait(10)
        return run(*given, **options)

    monkeypatch.setattr(Engine, "run", slow)
    thread = threading.Thread(target=post, args=(client, "{ __typename }", "192.0.2.1"))
    thread.start()
    assert began.wait(10)
    monkeypatch.setattr(Engine, "run", run)
    try:
        yield client
    finally:
        go_on.set()
        thread.join()


def test_who_waits_too_long_is_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """With nothing done, and the place given back when the others have ended."""
    with held_up(monkeypatch) as client:
        refused = post(client, "{ __typename }", "192.0.2.1")
    assert [error["extensions"]["code"] for error in refused.json["errors"]] == ["RATE_LIMITED"]
    assert refused.json["errors"][0]["extensions"]["retryAfter"] == 1
    assert post(client, "{ __typename }", "192.0.2.1").status_code == 200


def test_people_wait_for_no_stranger_of_their_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is signed in has room where those who are not have taken all of theirs."""
    monkeypatch.setattr(TokenVerifier, "verify", lambda _self, token: Caller(token, token=token, confirmed=True))
    with held_up(monkeypatch) as client:
        assert post(client, "{ __typename }", "192.0.2.1").json["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
        assert post(client, "{ __typename }", "192.0.2.1", "ada").json["data"] == {"__typename": "Query"}
