"""Bad input: a stable code and a sentence that helps, never a 500, and nothing stored."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from tests.support.stack import Stack


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b"null", 400),
        (b'{"query": NaN}', 400),
        (b'{"query": 1}', 400),
        (b'{"query": ""}', 400),
        (b'{"query": "{ __typename }", "variables": []}', 400),
        (b'{"query": "{ __typename }", "variables": "x"}', 400),
        (b'{"query": "{ __typename }", "operationName": 1}', 400),
        (b'{"query": "{ __typename }", "extensions": 1}', 400),
        (b"[" * 90_000, 400),
        (b'{"query": "\xff"}', 400),
        (b'{"query": "' + b"x" * 110_000 + b'"}', 413),
    ],
    ids=lambda value: repr(value[:40]) if isinstance(value, bytes) else str(value),
)
def test_a_malformed_request_is_refused_with_a_code(stack: Stack, body: bytes, status: int) -> None:
    """Quickly, and as JSON."""
    began = time.perf_counter()
    answered, headers, content = stack.raw(body)
    assert time.perf_counter() - began < 0.5
    assert answered == status
    assert "json" in headers["Content-Type"]
    (error,) = json.loads(content)["errors"]
    assert error["extensions"]["code"]
    assert error["extensions"]["requestId"] == headers["X-Request-Id"]


def test_the_wrong_media_type_or_method_is_refused(stack: Stack) -> None:
    """415, 406, and 405 with Allow."""
    query = b'{"query": "{ __typename }"}'
    assert stack.raw(query, Content_Type="text/plain")[0] == 415
    assert stack.raw(query, Accept="text/html")[0] == 406
    status, headers, _ = stack.raw(
        None, method="GET", path="/graphql?query=mutation%7BsignOut(input:%7BrefreshToken:%22x%22%7D)%7BsignedOut%7D%7D"
    )
    assert (status, headers["Allow"]) == (405, "POST")
    status, headers, _ = stack.raw(query, method="DELETE")
    assert status == 405
    assert "POST" in headers["Allow"]
    status, headers, body = stack.raw(
        None, method="GET", path="/graphql?query=%7B__typename%7D", Accept="application/graphql-response+json"
    )
    assert (status, json.loads(body)) == (200, {"data": {"__typename": "Query"}, "extensions": {"cost": 1}})
    assert headers["Content-Type"].startswith("application/graphql-response+json")
    status, _, body = stack.raw(b'{"query": "{ nope }"}', Accept="application/graphql-response+json")
    assert status == 400
    assert json.loads(body)["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


CASES: list[tuple[str, str]] = [
    ("{ peers(filter: {}, first: 0) { nodes { id } } }", "BAD_USER_INPUT"),
    ("{ peers(filter: {}, first: 101) { nodes { id } } }", "BAD_USER_INPUT"),
    ('{ peers(filter: {specialties: ["astrology"]}, first: 1) { nodes { id } } }', "BAD_USER_INPUT"),
    ('{ peers(filter: {regions: ["XX"]}, first: 1) { nodes { id } } }', "BAD_USER_INPUT"),
    ('{ peers(filter: {languages: ["klingonish"]}, first: 1) { nodes { id } } }', "BAD_USER_INPUT"),
    ('{ peers(filter: {}, first: 1, after: "forged") { nodes { id } } }', "BAD_USER_INPUT"),
    ('{ groups(first: 1, after: "WyJ4Il0") { nodes { id } } }', "BAD_USER_INPUT"),
    ("{ verificationQueue(first: 1) { nodes { id } } }", "FORBIDDEN"),
    ('{ specialties(under: "astrology") { code } }', "BAD_USER_INPUT"),
    ('{ regions(within: "XX") { code } }', "BAD_USER_INPUT"),
    ("{ viewer { connections(first: 1000) { nodes { id } } } }", "BAD_USER_INPUT"),
]


@pytest.mark.parametrize(("query", "code"), CASES)
def test_a_wrong_argument_empties_its_field_and_says_why(stack: Stack, query: str, code: str) -> None:
    """The rest of the answer stands."""
    answer = stack.run(query, stack.sign_in("noel"))
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == code
    assert len(error["message"]) > 10
    assert "Traceback" not in json.dumps(answer)
    assert answer["data"] is not None


@pytest.mark.parametrize(
    "query",
    [
        "{ nope }",
        "{ peers { nodes { id } } }",
        "{ professional(by: {}) { id } }",
        '{ professional(by: {id: "x", handle: "y"}) { id } }',
        "{ professional(by: {handle: null}) { id } }",
        "{ peers(filter: {nope: 1}, first: 1) { nodes { id } } }",
        '{ peers(filter: {}, first: "1") { nodes { id } } }',
        "{ peers(filter: {}, first: 1.5) { nodes { id } } }",
        "{ peers(filter: {verification: EXPERT}, first: 1) { nodes { id } } }",
        "query { __typename } query { __typename }",
        "subscription { x }",
        "{",
    ],
)
def test_an_invalid_operation_is_not_run(stack: Stack, query: str) -> None:
    """No data at all, and a code for each error."""
    answer = stack.run(query, stack.sign_in("noel"))
    assert "data" not in answer
    assert all(
        error["extensions"]["code"]
        in {"GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED", "OPERATION_RESOLUTION_FAILURE"}
        for error in answer["errors"]
    )


def test_an_id_that_is_none_finds_nothing(stack: Stack) -> None:
    """Foreign, forged and overlong ids are answered like those of things that do not exist."""
    noel = stack.sign_in("noel")
    for wrong in ("", "x", "🙂", "UHJvZmVzc2lvbmFsOng=", "R3JvdXA6Jw==", "A" * 5000, "Tm9wZTox"):
        found = stack.data(
            "query($id: ID!) { node(id: $id) { id } professional(by: {id: $id}) { id } }", noel, id=wrong
        )
        assert found == {"node": None, "professional": None}


BAD_CHANGES: list[tuple[str, str, dict[str, Any], str, str | None]] = [
    ("updateProfile", "professional { id }", {"headline": "a\x00b"}, "INVALID", "headline"),
    ("updateProfile", "professional { id }", {"about": "x" * 4001}, "INVALID", "about"),
    ("updateProfile", "professional { id }", {"regions": ["M49:150"]}, "INVALID", "regions"),
    ("updateProfile", "professional { id }", {"name": ""}, "INVALID", "name"),
    ("updateProfile", "professional { id }", {"contacts": [{"system": "URL", "value": "javascript:x"}]}, "INVALID", "contacts"),
    ("updateProfile", "professional { id }", {"institutions": [{"role": "x"}]}, "INVALID", "institutions"),
    ("createGroup", "group { id }", {"name": "ab", "purpose": "p"}, "INVALID", "name"),
    ("createGroup", "group { id }", {"name": "abc", "purpose": "p", "memberLimit": 1}, "INVALID", "memberLimit"),
    ("createGroup", "group { id }", {"name": "abc", "purpose": "p", "languages": ["xx"]}, "INVALID", "languages"),
    ("createGroup", "group { id }", {"name": "Noel's", "purpose": "p"}, "NOT_VERIFIED", None),
    ("joinGroup", "group { id }", {"group": "nonsense"}, "NOT_FOUND", "group"),
    ("addPost", "post { id }", {"discussion": "x", "body": "b", "language": "en"}, "NOT_FOUND", "discussion"),
    ("requestConnection", "professional { id }", {"to": "x"}, "NOT_FOUND", "to"),
    ("submitCredential", "credential { id }", {"credentialKind": "LICENCE", "jurisdiction": "DE"}, "INVALID", "authority"),
    ("decideCredential", "credential { id }", {"id": "x", "decision": "REJECT", "reason": "OTHER"}, "NOT_FOUND", "id"),
    ("refreshSession", "session { accessToken }", {"refreshToken": "x"}, "INVALID_CREDENTIALS", "refreshToken"),
    ("acceptPolicies", "viewer { email }", {"policies": ["x"]}, "INVALID", "policies"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "shape", "given", "code", "field"), BAD_CHANGES)
def test_a_wrong_change_is_a_user_error_and_changes_nothing(
    stack: Stack, name: str, shape: str, given: dict[str, Any], code: str, field: str | None
) -> None:
    """Never a top-level error."""
    noel = stack.sign_in("noel")
    before = stack.data("{ viewer { professional { version } groups { totalCount } } }", noel)
    payload = stack.change(name, shape, noel, **given)
    (error,) = payload["userErrors"]
    assert (error["code"], error["field"]) == (code, [field] if field else None)
    assert payload[shape.split(" ")[0]] is None
    assert stack.data("{ viewer { professional { version } groups { totalCount } } }", noel) == before


@pytest.mark.parametrize("token", ["x", "a.b.c", "eyJhbGciOiJub25lIn0.e30."])
def test_a_bad_token_is_unauthenticated_and_the_catalogues_stay_open(stack: Stack, token: str) -> None:
    """`viewer` is null without an error only when no token was sent."""
    query = "{ viewer { email } professions(first: 1) { code } }"
    answer = stack.run(query, token)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"]
    assert answer["data"]["viewer"] is None
    assert len(answer["data"]["professions"]) == 1
    assert stack.run(query)["data"]["viewer"] is None
    assert "errors" not in stack.run(query)
