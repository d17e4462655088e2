"""What the gateway refuses and how: limits at their figures, production's silence, hashes, caches and buckets."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from gateway import limits
from gateway.settings import ADDRESS_POINTS, PERSON_POINTS
from tests.support.stack import Stack
from tests.support.work import counted

Make = Callable[..., Client]
GRAPHQL_JSON = "application/graphql-response+json"


def post(client: Client, body: Any, **headers: str) -> TestResponse:
    """Send a POST."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {"Content-Type": "application/json", "Accept": GRAPHQL_JSON} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    return client.post("/graphql", data=data, headers=given)


def code(answer: TestResponse) -> str:
    """The first error's code."""
    assert answer.json is not None
    return str(answer.json["errors"][0]["extensions"]["code"])


@pytest.fixture(scope="module")
def open_gateway(gateway: Make) -> Client:
    """As `make up` runs it."""
    return gateway()


@pytest.fixture(scope="module")
def closed_gateway(gateway: Make) -> Client:
    """As it runs in production."""
    return gateway(CONSILIUM_ENV="production", CONSILIUM_PUBLIC_URL="https://consilium.example")


def sized(characters: int) -> str:
    """A query of so many characters."""
    return "{ __typename }".ljust(characters)


def test_the_body_and_the_source_have_their_figures(open_gateway: Client) -> None:
    """100 KB and 10,000 characters pass; one more does not."""
    body = json.dumps({"query": "{ __typename }", "variables": {}})
    assert post(open_gateway, body.ljust(limits.MAX_BODY_BYTES).encode()).status_code == 200
    assert post(open_gateway, body.ljust(limits.MAX_BODY_BYTES + 1).encode()).status_code == 413
    assert post(open_gateway, {"query": sized(limits.MAX_SOURCE_CHARACTERS)}).status_code == 200
    refused = post(open_gateway, {"query": sized(limits.MAX_SOURCE_CHARACTERS + 1)})
    assert (refused.status_code, code(refused)) == (400, "QUERY_TOO_COMPLEX")


def test_tokens_have_their_figure(open_gateway: Client) -> None:
    """1,000 pass; one more does not."""

    def tokens(count: int) -> str:
        return "{ node(id: [" + "1 " * (count - 9) + "]) { id } }"  # noqa: E501

    def parsed(count: int) -> bool:
        return code(post(open_gateway, {"query": tokens(count)})) != "GRAPHQL_PARSE_FAILED"

    most = max(count for count in range(limits.MAX_TOKENS - 8, limits.MAX_TOKENS + 9) if parsed(count))
    assert parsed(most)
    assert not parsed(most + 1)
    assert most + 3 == limits.MAX_TOKENS  # what stands around the numbers


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 90_000, b'{"query":' * 9000, b'{"query": "{ __typename }", "variables": ' + b'{"a":' * 900 + b"1" + b"}" * 901,
        b"[]", b"null", b'"x"', b"{}", b'{"query": 1}', b'{"query": "{ __typename }", "variables": []}', b"\xff\xfe",
        b'[{"query": "{ __typename }"}]', b'{"query": "{ __typename }", "extensions": {"persistedQuery": 1}}',
    ],
)  # fmt: skip
def test_what_is_no_request_gets_a_coded_answer_at_once(open_gateway: Client, body: bytes) -> None:
    """Deep, malformed or of another type: JSON with a code, for little work."""
    with counted() as work:
        answer = post(open_gateway, body)
    assert work.calls < 100_000
    assert answer.status_code in {200, 400}
    assert answer.is_json
    if answer.status_code == 400:
        assert code(answer) == "BAD_REQUEST"
        assert answer.json is not None
        assert answer.json["errors"][0]["extensions"]["requestId"]


def test_the_cost_is_told_and_the_bucket_shrinks(open_gateway: Client, stack: Stack) -> None:
    """In extensions, in the headers and in rateLimit alike."""
    token = stack.sign_in("jonas")
    query = "{ rateLimit { limit remaining cost resetAt } peers(filter: {}, first: 20) { nodes { id } } }"
    answer = post(open_gateway, {"query": query}, Authorization=f"Bearer {token}")
    assert answer.json is not None
    limit = answer.json["data"]["rateLimit"]
    assert answer.json["extensions"] == {"cost": 22}
    assert (limit["limit"], limit["cost"]) == (PERSON_POINTS, 22)
    assert answer.headers["RateLimit-Policy"] == f'"person";q={PERSON_POINTS};w=60'
    assert answer.headers["RateLimit"].startswith(f'"person";r={limit["remaining"]};t=')
    signed_out = post(open_gateway, {"query": "{ rateLimit { limit cost } }"})
    assert signed_out.json is not None
    assert signed_out.json["data"] == {"rateLimit": {"limit": ADDRESS_POINTS, "cost": 1}}
    assert "address" in signed_out.headers["RateLimit-Policy"]


def test_an_empty_bucket_answers_429_and_when_to_come_back(gateway: Make, stack: Stack) -> None:
    """The figures that are set are those that are enforced; others go on."""
    small = gateway(CONSILIUM_PERSON_POINTS="100", CONSILIUM_ADDRESS_POINTS="1000")
    maria, jonas = stack.sign_in("maria"), stack.sign_in("jonas")
    body = {"query": "{ peers(filter: {}, first: 9) { nodes { id } } }"}
    statuses = [post(small, body, Authorization=f"Bearer {maria}").status_code for _ in range(11)]
    assert statuses == [200] * 10 + [429]
    refused = post(small, body, Authorization=f"Bearer {maria}")
    assert code(refused) == "RATE_LIMITED"
    assert 1 <= int(refused.headers["Retry-After"]) <= 6
    assert refused.headers["RateLimit"].startswith('"person";r=')
    assert post(small, body, Authorization=f"Bearer {jonas}").status_code == 200


def test_proxies_are_believed_only_when_told_to(gateway: Make) -> None:
    """Whoever writes X-Forwarded-For does not get a bucket of their own."""
    for proxies, expected in (("0", [200, 429]), ("1", [200, 200])):
        client = gateway(CONSILIUM_ADDRESS_POINTS="1", CONSILIUM_PROXIES=proxies)
        found = [
            post(client, {"query": "{ __typename }"}, X_Forwarded_For=f"192.0.2.{n}").status_code for n in range(2)
        ]
        assert found == expected


def _json(answer: TestResponse) -> Any:
    return json.loads(answer.get_data() or b"{}")


def test_in_production_the_schema_is_read_by_members_only(closed_gateway: Client, gateway: Make, stack: Stack) -> None:
    """`__typename` works always; a misspelt name is not answered with a right one, nor in a variable's value."""
    query = {"query": "{ __schema { queryType { name } } }"}
    assert code(post(closed_gateway, query)) == "GRAPHQL_VALIDATION_FAILED"
    assert _json(post(closed_gateway, {"query": "{ __typename }"})) == {
        "data": {"__typename": "Query"}, "extensions": {"cost": 1}
    }  # fmt: skip
    wrong = {
        "query": "query($f: PeerFilter!) { peers(filter: $f, first: 1) { nodes { id } } }",
        "variables": {"f": {"specialtie": ["x"]}},
    }
    assert "Did you mean" not in post(closed_gateway, wrong).get_data(as_text=True)
    members = gateway(CONSILIUM_INTROSPECTION="members")
    token = stack.sign_in("maria")
    assert post(members, query).status_code == 400
    assert post(members, query, Authorization=f"Bearer {token}").status_code == 200
    nobody = gateway(CONSILIUM_INTROSPECTION="nobody")
    assert post(nobody, query, Authorization=f"Bearer {token}").status_code == 400


def test_a_page_of_another_origin_cannot_send_a_request_unasked(open_gateway: Client) -> None:
    """Forms, images and links; whoever can set a header has asked first."""
    get = {"query": "{ __typename }"}
    assert open_gateway.get("/graphql", query_string=get, headers={"Accept": "*/*"}).status_code == 400
    for header in ("GraphQL-Require-Preflight", "Apollo-Require-Preflight", "X-Apollo-Operation-Name"):
        assert open_gateway.get("/graphql", query_string=get, headers={header: "1"}).status_code == 200
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = open_gateway.post("/graphql", data=b'{"query": "{ __typename }"}', headers={"Content-Type": kind})
        assert answer.status_code == 415
        assert code(answer) == "BAD_REQUEST"


def test_answers_carry_security_headers_and_private_ones_are_not_kept(open_gateway: Client, stack: Stack) -> None:
    """no-store is the rule; what is the same for everybody may be kept when it was asked for by GET."""
    token = stack.sign_in("maria")
    private = post(open_gateway, {"query": "{ viewer { email } }"}, Authorization=f"Bearer {token}")
    assert private.headers["Cache-Control"] == "no-store"
    assert private.headers["X-Content-Type-Options"] == "nosniff"
    assert private.headers["X-Frame-Options"] == "DENY"
    assert "default-src 'none'" in private.headers["Content-Security-Policy"]

    def kept(query: str, **headers: str) -> str:
        given = {"Accept": GRAPHQL_JSON} | headers
        return open_gateway.get("/graphql", query_string={"query": query}, headers=given).headers["Cache-Control"]

    assert kept("{ specialties(first: 3) { code } }") == "public, max-age=3600"
    assert kept("{ specialties(first: 3) { code } instance { name } }") == "public, max-age=30"
    assert kept("{ specialties(first: 3) { code } rateLimit { cost } }") == "no-store"
    assert kept("{ specialties(first: 3) { code } }", Authorization=f"Bearer {token}") == "no-store"
    assert kept("{ specialties(first: 1000) { code } }") == "no-store"  # an error


def test_automatic_persisted_queries(open_gateway: Client) -> None:
    """Asked by hash, registered with its text, then asked by hash again, by GET too."""
    query = f"{{ instance {{ name }} }} # {time.time()}"
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": hashlib.sha256(query.encode()).hexdigest()}}
    assert code(post(open_gateway, {"extensions": extensions})) == "PERSISTED_QUERY_NOT_FOUND"
    wrong = {"query": "{ __typename }", "extensions": extensions}
    assert code(post(open_gateway, wrong)) == "BAD_REQUEST"
    assert "data" in _json(post(open_gateway, {"query": query, "extensions": extensions}))
    assert "data" in _json(post(open_gateway, {"extensions": extensions}))
    got = open_gateway.get(
        "/graphql", query_string={"extensions": json.dumps(extensions)}, headers={"Accept": GRAPHQL_JSON}
    )
    assert "data" in _json(got)
    assert got.headers["Cache-Control"] == "public, max-age=30"
    invalid = "{ nothing }"
    digest = {"persistedQuery": {"version": 1, "sha256Hash": hashlib.sha256(invalid.encode()).hexdigest()}}
    post(open_gateway, {"query": invalid, "extensions": digest})
    assert code(post(open_gateway, {"extensions": digest})) == "PERSISTED_QUERY_NOT_FOUND"  # only valid ones are kept


def test_enforced_documents_are_all_that_is_run(gateway: Make, tmp_path: Path) -> None:
    """By id or by their text; anything else is refused."""
    manifest = tmp_path / "persisted-documents.json"
    text = "{ instance { name } }"
    manifest.write_text(json.dumps({"abc": text}), encoding="utf-8")
    client = gateway(CONSILIUM_TRUSTED_DOCUMENTS=str(manifest), CONSILIUM_TRUSTED_MODE="enforce")
    assert "data" in _json(post(client, {"documentId": "abc"}))
    assert "data" in _json(post(client, {"query": text}))
    refused = post(client, {"query": "{ __typename }"})
    assert (refused.status_code, code(refused)) == (403, "FORBIDDEN")
    assert code(post(client, {"documentId": "abd"})) == "PERSISTED_QUERY_NOT_IN_LIST"


def test_a_mutation_by_get_is_refused_with_what_is_allowed(open_gateway: Client) -> None:
    """405, Allow, and JSON."""
    answer = open_gateway.get(
        "/graphql", query_string={"query": "mutation { __typename }"}, headers={"Accept": GRAPHQL_JSON}
    )
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert code(answer) == "BAD_REQUEST"
