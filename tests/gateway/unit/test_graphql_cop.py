"""The checks of graphql-cop 1.15, by their names: each sends what its check sends, and judges as it does."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import Client

from tests.support.gateways import PRODUCTION, lonely_gateway


def ask(client: Client, query: str, *, batch: bool = False) -> Any:
    """The answer to a query as graphql-cop posts it."""
    one = {"query": query}
    body: Any = [one] * 10 if batch else {**one, "operationName": "cop"}
    answer = client.post(
        "/graphql", data=json.dumps(body), headers={"Content-Type": "application/json", "Accept": "*/*"}
    )
    return json.loads(answer.get_data())


def get(client: Client, query: str) -> Any:
    """The answer to a query as graphql-cop sends it by GET."""
    return client.get("/graphql", query_string={"query": query}, headers={"Accept": "*/*"}).get_json(silent=True)


def field(found: Any, *path: str | int) -> Any:
    """What stands at a path in an answer; None where nothing does."""
    for part in path:
        try:
            found = found[part]
        except (KeyError, IndexError, TypeError):
            return None
    return found


def _ide(client: Client) -> bool:
    page = client.get("/graphql", headers={"Accept": "text/html"}).get_data(as_text=True)
    return any(word in page for word in ("graphiql.min.css", "GraphQL Playground", "GraphiQL", "graphql-playground"))


CHECKS: dict[str, Callable[[Client], Any]] = {
    "Alias Overloading": lambda c: field(
        ask(c, "query cop { " + "".join(f"alias{n}:__typename \n" for n in range(101)) + " }"), "data", "alias100"
    ),
    "Array-based Query Batching": lambda c: len(ask(c, "query cop { __typename }", batch=True)) >= 10,
    "Directive Overloading": lambda c: len(ask(c, "query cop { __typename " + "@aa" * 10 + " }")["errors"]) == 10,
    "Field Duplication": lambda c: field(ask(c, "query cop { " + "__typename \n" * 500 + "} "), "data", "__typename"),
    "Introspection-based Circular Query": lambda c: field(
        ask(c, "query cop { __schema { types { fields { type { fields { type { fields { type { fields { type { name } } } } } "
            "} } } } } }"), "data", "__schema", "types",
    ),
    "Introspection": lambda c: field(
        ask(c, "query cop { __schema { types { name fields { name } } } }"), "data", "__schema", "types"
    ),
    "Field Suggestions": lambda c: "Did you mean" in str(
        field(ask(c, "query cop { __schema { directive } }"), "errors", 0, "message")
    ),
    "GET Method Query Support": lambda c: field(get(c, "query cop {__typename}"), "data", "__typename"),
    "Mutation is allowed over GET (possible CSRF)": lambda c: field(
        get(c, "mutation cop {__typename}"), "data", "__typename"
    ),
    "POST based url-encoded query (possible CSRF)": lambda c: field(
        c.post("/graphql", data={"query": "query cop { __typename }"}).get_json(silent=True), "data", "__typename"
    ),
    "Trace Mode": lambda c: "tracing" in json.dumps(ask(c, "query cop { __typename }")).lower(),
    "Unhandled Errors Detection": lambda c: "exception" in json.dumps(ask(c, "qwerty cop { abc }")).lower(),
    "GraphQL IDE": _ide,
}  # fmt: skip
# What a developer needs is on in development, and nothing else.
IN_DEVELOPMENT = {"Introspection", "Field Suggestions"}


@pytest.fixture(scope="module")
def production() -> Client:
    """As the gateway runs in production."""
    return lonely_gateway(**PRODUCTION)


@pytest.fixture(scope="module")
def development() -> Client:
    """As `make up` runs it."""
    return lonely_gateway()


@pytest.mark.parametrize("name", CHECKS)
def test_nothing_is_found_in_production(production: Client, name: str) -> None:
    """Each check by its name."""
    assert not CHECKS[name](production)


@pytest.mark.parametrize("name", CHECKS)
def test_in_development_only_the_schema_can_be_read(development: Client, name: str) -> None:
    """Introspection and suggestions; which also shows that the checks find what they look for."""
    assert bool(CHECKS[name](development)) is (name in IN_DEVELOPMENT)


def test_no_page_for_queries_is_served_in_production(production: Client, development: Client) -> None:
    """Under any of the addresses that such tools try."""
    for path in ("/graphiql", "/playground", "/console"):
        assert production.get(path, headers={"Accept": "text/html"}).status_code == 404
    assert development.get("/graphiql", headers={"Accept": "text/html"}).status_code == 200


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("{ __typename " + " ".join(f"@a{n}" for n in range(10)) + " }", None),
        ("{ " + " ".join(f"field{n}" for n in range(10)) + " }", None),
        ("query(" + ", ".join(f"$a{n}: Int!" for n in range(50)) + ") { __typename @skip(if: false) }", None),
        ("query($f: PeerFilter!) { peers(filter: $f, first: 1) { nodes { id } } }",
         {"f": {f"wrong{n}": n for n in range(100)}}),
    ],
    ids=["directives", "fields", "unused variables", "variables"],
)  # fmt: skip
def test_a_few_errors_are_answered_and_no_more(production: Client, query: str, variables: Any) -> None:
    """Five, and one that says that there are more, whatever is wrong."""
    body = {"query": query, "variables": variables}
    answer = production.post("/graphql", data=json.dumps(body), headers={"Content-Type": "application/json"})
    errors = json.loads(answer.get_data())["errors"]
    assert 1 <= len(errors) <= 6
    assert "Too many" in errors[-1]["message"]


def test_a_directive_stands_once_at_a_place(production: Client) -> None:
    """A second one is refused."""
    errors = ask(production, "query cop { __typename @skip(if: false) @skip(if: false) }")["errors"]
    assert [error["message"] for error in errors] == ["The directive '@skip' can only be used once at this location."]
