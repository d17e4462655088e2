"""Bad input: a stable code and a sentence that helps, never a 500, and nothing stored."""

from __future__ import annotations

import base64
import json
from typing import Any

import orjson
import pytest
from graphql import GraphQLObjectType, get_named_type, is_object_type, is_required_argument

from gateway.schema import schema
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
    """As JSON; tests/gateway/integration/test_edge.py counts what it costs."""
    answered, headers, content = stack.raw(body)
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


def _forged(kind: str, own: str) -> str:
    return base64.b64encode(f"{kind}:{own}".encode()).decode()


def _pages() -> list[tuple[str, str]]:
    """Every field of the query and of the viewer that takes a cursor, with the query that asks for a page after $after."""
    found = []
    query = schema().query_type
    assert query is not None
    viewer = query.fields["viewer"].type
    assert isinstance(viewer, GraphQLObjectType)
    for kind, wrapped in ((query, "{}"), (viewer, "viewer {{ {} }}")):
        for name, field in kind.fields.items():
            if "after" not in field.args:
                continue
            given = ", ".join(
                f"{own}: {{}}"
                for own, argument in field.args.items()
                if is_required_argument(argument) and own not in {"first", "after"}
            )
            page = get_named_type(field.type)
            assert is_object_type(page), name
            inside = f"{name}(first: 1, after: $after{', ' + given if given else ''}) {{ edges {{ cursor }} }}"
            found.append((f"{kind.name}.{name}", f"query($after: String) {{ {wrapped.format(inside)} }}"))
    return found


FORGED = [
    "2026-11-21T08:30:00.000000Z",
    "not-a-uuid",
    "9999-12-31T23:59:59-14:00",
    "\x00",
    "",
    "a" * 300,
    2**64 - 1,
    -(2**63),
    0,
]


# Catalogues are there as a whole, so that a cursor holds an entry's code and nothing that goes into a query.
OF_ENTRIES = {
    f"Query.{name}"
    for name in (
        "professionsConnection",
        "specialtiesConnection",
        "regionsConnection",
        "languages",
        "authoritiesConnection",
    )
}


@pytest.mark.parametrize(("name", "query"), _pages())
def test_a_forged_cursor_is_bad_user_input(stack: Stack, name: str, query: str) -> None:
    """Of each list: whatever somebody writes into one, also into a genuine one of that list."""
    admin = stack.sign_in("admin")
    made = [[f"{0:012d}", one, other] for one in FORGED for other in FORGED[1:4]]
    genuine = stack.run(query, admin)["data"]
    for part in ("viewer", name.partition(".")[2]):
        genuine = (genuine or {}).get(part, genuine) if isinstance(genuine, dict) else genuine
    if name in OF_ENTRIES:
        cursors = [base64.urlsafe_b64encode(str(other).encode()).decode().rstrip("=") for other in FORGED]
    elif isinstance(genuine, dict) and genuine.get("edges"):
        cursor = genuine["edges"][0]["cursor"]
        content = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        values = orjson.loads(content[12:])
        cursors = [
            base64.urlsafe_b64encode(content[:12] + orjson.dumps([*values[:-1], other])).decode().rstrip("=")
            for other in FORGED
            if other != values[-1]
        ]
    else:
        cursors = []
    cursors += [base64.urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=") for values in made[:9]]
    for cursor in cursors:
        answer = stack.run(query, admin, {"after": cursor})
        (error,) = answer["errors"]
        assert error["extensions"]["code"] in {"BAD_USER_INPUT", "FORBIDDEN"}, (cursor, error)
        if error["extensions"]["code"] == "BAD_USER_INPUT":
            assert error["extensions"]["field"] == ["after"]


@pytest.mark.parametrize("time", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_a_date_at_the_end_of_time_is_bad_user_input(stack: Stack, time: str) -> None:
    """As a filter and as an input; the last second that there is in UTC passes."""
    noel = stack.sign_in("noel")
    query = "query($at: DateTime) { discussions(filter: {createdAfter: $at}, first: 1) { nodes { id } } }"
    (error,) = stack.run(query, noel, {"at": time})["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert stack.data(query, noel, at="9999-12-31T23:59:59Z") == {"discussions": {"nodes": []}}
    assert stack.data(query, noel, at="0001-01-01T00:00:00Z")["discussions"]["nodes"]


@pytest.mark.parametrize("own", ["../me", "x/decision?", "..", "me", "x?a=b", "%2e%2e%2fme"])
def test_an_id_does_not_lead_to_another_endpoint(stack: Stack, own: str) -> None:
    """By node, and by a mutation of the desk whose path it would stand in."""
    vera = stack.sign_in("vera")
    for kind in ("Account", "Credential", "Professional", "Group", "Institution"):
        assert stack.data("query($id: ID!) { node(id: $id) { id } }", vera, id=_forged(kind, own)) == {"node": None}
    payload = stack.change("takeCase", "credential { id }", vera, credential=_forged("Credential", own))
    assert [(error["code"], error["field"]) for error in payload["userErrors"]] == [("NOT_FOUND", ["credential"])]


BAD_CHANGES: list[tuple[str, str, dict[str, Any], str, str | list[str] | None]] = [
    ("updateProfile", "professional { id }", {"headline": "a\x00b"}, "INVALID", "headline"),
    ("updateProfile", "professional { id }", {"about": "x" * 4001}, "INVALID", "about"),
    ("updateProfile", "professional { id }", {"regions": ["M49:150"]}, "INVALID", ["regions", "0"]),
    ("updateProfile", "professional { id }", {"name": ""}, "INVALID", "name"),
    ("updateProfile", "professional { id }", {"contacts": [{"system": "URL", "value": "javascript:x"}]}, "INVALID",
     ["contacts", "0", "value"]),
    ("updateProfile", "professional { id }", {"institutions": [{"role": "x"}]}, "INVALID", ["institutions", "0"]),
    ("createGroup", "group { id }", {"name": "ab", "purpose": "p"}, "INVALID", "name"),
    ("createGroup", "group { id }", {"name": "abc", "purpose": "p", "memberLimit": 1}, "INVALID", "memberLimit"),
    ("createGroup", "group { id }", {"name": "abc", "purpose": "p", "languages": ["xx"]}, "INVALID", ["languages", "0"]),
    ("createGroup", "group { id }", {"name": "Noel's", "purpose": "p"}, "NOT_VERIFIED", None),
    ("joinGroup", "group { id }", {"group": "nonsense"}, "NOT_FOUND", "group"),
    ("addPost", "post { id }", {"discussion": "x", "body": "b", "language": "en"}, "NOT_FOUND", "discussion"),
    ("requestConnection", "professional { id }", {"to": "x"}, "NOT_FOUND", "to"),
    ("submitCredential", "credential { id }", {"credentialKind": "LICENCE", "jurisdiction": "DE"}, "INVALID", "authority"),
    ("decideCredential", "credential { id }", {"id": "x", "decision": "REJECT", "reason": "OTHER"}, "NOT_FOUND", "id"),
    ("refreshSession", "session { accessToken }", {"refreshToken": "x"}, "INVALID_CREDENTIALS", "refreshToken"),
    ("acceptPolicies", "viewer { email }", {"policies": ["x"]}, "INVALID", ["policies", "0"]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "shape", "given", "code", "field"), BAD_CHANGES)
def test_a_wrong_change_is_a_user_error_and_changes_nothing(
    stack: Stack, name: str, shape: str, given: dict[str, Any], code: str, field: str | list[str] | None
) -> None:
    """Never a top-level error."""
    noel = stack.sign_in("noel")
    before = stack.data("{ viewer { professional { version } groups { totalCount } } }", noel)
    payload = stack.change(name, shape, noel, **given)
    (error,) = payload["userErrors"]
    assert (error["code"], error["field"]) == (code, [field] if isinstance(field, str) else field)
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
