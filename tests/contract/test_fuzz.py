"""Schemathesis against the GraphQL schema and both OpenAPI documents: whatever is sent, nothing breaks inside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.graphql import nodes

from tests.support.network import newcomer
from tests.support.stack import Stack

few = settings(
    max_examples=6, deadline=None, phases=[Phase.explicit, Phase.generate], derandomize=True,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


for name, samples in {
    "RegionCode": ("DE", "DE-BY", "M49:150", "XX", ""), "CountryCode": ("DE", "XX", ""), "LanguageTag": ("de", "pt-BR", "?"),
    "Date": ("2026-11-21", "2026-02-30"), "DateTime": ("2026-11-21T08:30:00Z", "2026-11-21"),
}.items():  # fmt: skip
    schemathesis.graphql.scalar(name, st.sampled_from(samples).map(nodes.String))


def openapi(stack: Stack, service: str) -> Any:
    """A service's document, as it serves it."""
    if not stack.environment:
        pytest.skip("the services' ports are not known")
    address = f"http://127.0.0.1:{stack.environment[f'CONSILIUM_{service}_PORT']}"
    return schemathesis.openapi.from_url(f"{address}/openapi.json")


def each(document: Any, check: Callable[[Any], None]) -> int:
    """Send a few requests to each operation; returns how many operations there are."""
    total = 0
    for found in document.get_all_operations():
        operation = found.ok()

        @few
        @given(case=operation.as_strategy())
        def run(case: Any) -> None:
            check(case)

        run()
        total += 1
    return total


def answered(case: Any, token: str) -> Any:
    """What a request is answered; one that a busy machine had no time for is sent again, twice at most."""
    for _ in range(3):
        answer = case.call(headers={"Authorization": f"Bearer {token}"})
        if answer.status_code != 503:
            break
    return answer


@pytest.mark.parametrize("service", ["PROFILES", "GRAPH"])
def test_a_service_answers_anything(stack: Stack, service: str) -> None:
    """Never with a server error, and always with a code."""
    token = newcomer(stack)[0]

    def check(case: Any) -> None:
        answer = answered(case, token)
        told = (case.method, case.path, answer.status_code, answer.text[:500], case.body)
        assert answer.status_code < 500, told
        assert answer.status_code < 400 or answer.json()["code"], told

    assert each(openapi(stack, service), check) > 50


def test_the_gateway_answers_anything(stack: Stack) -> None:
    """Every root field with any arguments: coded errors only, none of them a failure of ours."""
    token = newcomer(stack)[0]

    def check(case: Any) -> None:
        answer = answered(case, token)
        assert answer.status_code < 500, answer.text[:500]
        for error in answer.json().get("errors", []):
            assert error["extensions"]["code"] not in {"INTERNAL_SERVER_ERROR", "UPSTREAM_UNAVAILABLE"}, (
                error,
                case.body,
            )

    assert each(schemathesis.graphql.from_url(f"{stack.url}/graphql"), check) > 80
