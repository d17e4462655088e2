"""Reading the schema takes long: it is charged, remembered, and done beside other requests, one at a time."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from graphql import get_introspection_query, parse

from gateway import execution
from gateway.context import Context, Services
from gateway.cost import introspections, root_fields
from gateway.endpoint import SCHEMA_POINTS
from gateway.execution import Engine, RequestRejected
from gateway.schema import schema
from kit.errors import Unavailable
from kit.http import CallContext, ServiceClient
from tests.support.gateways import lonely_gateway

SCHEMA = schema()
AWAY = ServiceClient("away", "http://127.0.0.1:1")


def read(engine: Engine, text: str, variables: dict[str, Any] | None = None) -> Any:
    """The data of an answer about the schema."""
    context = Context(Services(AWAY, AWAY), CallContext())
    result = engine.run(engine.prepare(text, introspection=True), variables=variables, operation=None, context=context)
    assert result.errors is None
    return result.data


@pytest.fixture
def engine() -> Engine:
    """One that has read nothing yet."""
    return Engine.of(SCHEMA)


def test_an_answer_about_the_schema_is_made_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """For each text, operation and variables; and it is made in a thread."""
    made: list[tuple[str, bool]] = []
    execute = execution.execute

    def noted(*given: Any, **options: Any) -> Any:
        made.append((str(options["variable_values"]), threading.current_thread() is threading.main_thread()))
        return execute(*given, **options)

    monkeypatch.setattr(execution, "execute", noted)
    standard = get_introspection_query()
    assert read(engine, standard)["__schema"]["queryType"]["name"] == "Query"
    assert read(engine, standard) is read(engine, standard)
    one = "query($n: String!) { __type(name: $n) { name } }"
    for name in ("Query", "Group", "Query", "Nothing"):
        assert read(engine, one, {"n": name})["__type"] == (None if name == "Nothing" else {"name": name})
    assert len(made) == 4
    assert [on_main for _, on_main in made] == [False] * 4


def test_what_is_remembered_of_the_schema_is_bounded(engine: Engine) -> None:
    """However the texts of strangers differ."""
    for number in range(3 * execution.MAX_SCHEMA_ANSWERS):
        read(engine, f'{{ __type(name: "Query") {{ name }} }} # {number}')
    assert len(engine.schema_answers) <= execution.MAX_SCHEMA_ANSWERS
    assert engine.schema_answers.bytes <= execution.MAX_SCHEMA_BYTES


def test_who_waits_too_long_for_others_is_told_to_come_again(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the place is given back afterwards."""
    monkeypatch.setattr(execution, "SCHEMA_WAIT_SECONDS", 0.05)
    with engine.reading_schema, pytest.raises(Unavailable):
        read(engine, '{ __type(name: "Query") { name } }')
    assert read(engine, '{ __type(name: "Query") { name } }')["__type"] == {"name": "Query"}


@pytest.mark.parametrize(
    "text",
    [
        "{ __schema { queryType { name } } regions { code } }",
        '{ ...F regions { code } } fragment F on Query { ... { __type(name: "Query") { name } } }',
    ],
)
def test_the_schema_stands_in_an_operation_of_its_own(engine: Engine, text: str) -> None:
    """Also where a fragment hides it."""
    prepared = engine.prepare(text, introspection=True)
    with pytest.raises(RequestRejected) as caught:
        engine.cost(prepared, engine.operation(prepared, None), {})
    assert [error.extensions["code"] for error in caught.value.errors if error.extensions] == ["QUERY_TOO_COMPLEX"]


def test_every_reading_of_the_schema_is_counted() -> None:
    """Under any alias, and in fragments; `__typename` is none."""
    document = parse(
        '{ __typename a: __schema { __typename } ...F } fragment F on Query { b: __type(name: "X") { name } }'
    )
    assert introspections(root_fields(document, document.definitions[0])) == 2  # type: ignore[arg-type]


def test_reading_the_schema_empties_the_bucket() -> None:
    """Three times, whatever stands behind the sign for a comment."""
    client = lonely_gateway(CONSILIUM_ADDRESS_POINTS=str(3 * SCHEMA_POINTS + 100))
    headers = {"Content-Type": "application/json", "Accept": "application/graphql-response+json"}
    statuses = [
        client.post(
            "/graphql",
            data=json.dumps({"query": f"{{ __schema {{ queryType {{ name }} }} }} # {number}"}),
            headers=headers,
        ).status_code
        for number in (1, 1, 2, 3)
    ]
    assert statuses == [200, 200, 200, 429]
