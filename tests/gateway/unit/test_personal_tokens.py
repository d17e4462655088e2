"""Personal access tokens at the gateway: exchanged once for many requests, again when that ends, and charged before anybody is asked."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest

from contracts.personal_tokens import ExchangedToken
from gateway.endpoint import EXCHANGE_POINTS
from gateway.personal_tokens import client as exchange_client
from gateway.personal_tokens.client import PersonalTokens, is_personal
from kit.http import CallContext
from tests.support.gateways import lonely_gateway

TOKEN = "consilium_pat_abc.def"


class Profiles:
    """Gives out access tokens, each another one."""

    def __init__(self, seconds: int = 600) -> None:
        self.asked: list[str] = []
        self.seconds = seconds

    def read(
        self, _into: object, _method: str, _path: str, body: dict[str, str], *, context: CallContext
    ) -> ExchangedToken:
        """Exchange a token."""
        self.asked.append(body["token"])
        return ExchangedToken(access_token=f"access {len(self.asked)}", expires_in=self.seconds)


def tokens(profiles: Profiles) -> PersonalTokens:
    """What exchanges them at a profiles service."""
    return PersonalTokens(profiles)  # type: ignore[arg-type]


def test_a_token_is_exchanged_once_for_as_long_as_its_access_token_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A minute less; each token has its own, and none stays in memory as it is."""
    now = [1_000.0]
    monkeypatch.setattr(exchange_client, "time", SimpleNamespace(monotonic=lambda: now[0]))
    profiles = Profiles()
    found = tokens(profiles)
    assert found.known(TOKEN) is None
    assert found.exchange(TOKEN, CallContext()) == found.known(TOKEN) == "access 1"
    assert found.known("consilium_pat_abc.deg") is None
    now[0] += 539
    assert found.known(TOKEN) == "access 1"
    now[0] += 2
    assert found.known(TOKEN) is None
    assert found.exchange(TOKEN, CallContext()) == "access 2"
    assert TOKEN not in str(vars(found._exchanged))


def test_near_its_own_end_a_token_is_exchanged_each_time() -> None:
    """Else a request would be made with an access token that ends under way."""
    found = tokens(Profiles(seconds=30))
    found.exchange(TOKEN, CallContext())
    assert found.known(TOKEN) is None


def test_no_more_than_a_token_may_have_is_sent_on() -> None:
    """A header may have 32 kB."""
    profiles = Profiles()
    tokens(profiles).exchange("consilium_pat_" + "x" * 10_000, CallContext())
    assert [len(one) for one in profiles.asked] == [200]


@pytest.mark.parametrize(
    ("text", "personal"), [(TOKEN, True), ("eyJhbGciOi.x.y", False), ("Consilium_pat_x", False), ("", False)]
)
def test_a_personal_token_is_known_by_its_prefix(text: str, personal: bool) -> None:  # noqa: FBT001
    """As programs that look for leaked secrets know it."""
    assert is_personal(text) is personal


def test_made_up_tokens_cost_their_network_address_points_before_anybody_is_asked() -> None:
    """An empty bucket answers 429; what only looks at the catalogue goes on without a token."""
    client = lonely_gateway(CONSILIUM_ADDRESS_POINTS=str(4 * EXCHANGE_POINTS))

    def send(number: int) -> Any:
        headers = {"Authorization": f"Bearer consilium_pat_{number}.x", "Accept": "application/graphql-response+json"}
        return client.post("/graphql", json={"query": "{ viewer { email } }"}, headers=headers)

    began = time.monotonic()
    answers = [send(number) for number in range(5)]
    assert [answer.status_code for answer in answers] == [200] * 3 + [429] * 2
    assert answers[0].get_json()["errors"][0]["extensions"]["code"] == "UPSTREAM_UNAVAILABLE"
    assert answers[-1].get_json()["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
    assert time.monotonic() - began < 60
