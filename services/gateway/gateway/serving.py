"""GraphQL over HTTP: which requests are well-formed, and how their answers look."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
from flask import Request, Response, g
from graphql import ExecutionResult, GraphQLError
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

GRAPHQL_JSON = "application/graphql-response+json"
JSON = "application/json"
EVENT_STREAM = "text/event-stream"
# A page of another origin cannot send these without asking first.
PREFLIGHT_HEADERS = (
    "GraphQL-Require-Preflight",
    "Apollo-Require-Preflight",
    "X-Apollo-Operation-Name",
    "Authorization",
)
MAX_ACCEPT = 1_000  # characters; reading 8,000 takes 20 ms
_SHA256 = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class Parameters:
    """What a GraphQL request carries.

    Args:
        document_id: names a trusted operation instead of its text.
        digest: the sha256 of automatic persisted queries.
    """

    query: str | None
    document_id: str | None
    digest: str | None
    operation: str | None
    variables: dict[str, Any] | None


class Malformed(Exception):
    """The HTTP request is not a GraphQL request."""

    def __init__(self, message: str, status: int = 400, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.headers = headers or {}


def answer_type(request: Request) -> str:
    """The media type of the answer.

    Raises:
        Malformed: the client accepts neither.
    """
    accept = request.headers.get("Accept", "")
    if len(accept) > MAX_ACCEPT:
        raise Malformed(f"The header Accept may have at most {MAX_ACCEPT:,} characters.")
    found = _preferred(accept)
    if found is None:
        raise Malformed(f"This endpoint answers {GRAPHQL_JSON} or {JSON}.", 406)
    return found


@lru_cache(200)
def _preferred(accept: str) -> str | None:
    if not accept:
        return JSON
    types = parse_accept_header(accept, MIMEAccept)
    best = types.best_match([JSON, GRAPHQL_JSON])
    # A client that names the new type as gladly as any other gets it.
    named = any(value == GRAPHQL_JSON for value, _ in types)
    return GRAPHQL_JSON if named and types.quality(GRAPHQL_JSON) >= types.quality(JSON) else best


def read_parameters(request: Request) -> Parameters:
    """The parameters of a GET or POST request.

    Raises:
        Malformed: with what is wrong.
    """
    if request.method == "GET":
        _require_preflight(request)
        given: Any = {
            name: request.args[name] for name in ("query", "operationName", "documentId") if name in request.args
        }
        for name in ("variables", "extensions"):
            if request.args.get(name):
                given[name] = _json(request.args[name].encode(), name)
    else:
        if request.mimetype != JSON:
            raise Malformed(f"Send the request as {JSON}.", 415)
        charset = request.mimetype_params.get("charset", "utf-8")
        if charset.lower() not in {"utf-8", "utf8"}:
            raise Malformed("Send the request in UTF-8.", 415)
        given = _json(request.get_data(), "the body")
    if isinstance(given, list):
        raise Malformed("Batched requests are not supported; send one operation a request.")
    if not isinstance(given, dict):
        raise Malformed("The body must be a JSON object.")
    query, operation = given.get("query"), given.get("operationName")
    variables, extensions = given.get("variables"), given.get("extensions")
    document_id, digest = given.get("documentId"), _digest(extensions)
    for name, value in (("query", query), ("documentId", document_id)):
        if value is not None and (not isinstance(value, str) or not value):
            raise Malformed(f"`{name}` must be a text.")
    if query is None and document_id is None and digest is None:
        raise Malformed("`query` must be a text.")
    if operation is not None and not isinstance(operation, str):
        raise Malformed("`operationName` must be a text.")
    if variables is not None and not isinstance(variables, dict):
        raise Malformed("`variables` must be an object.")
    if extensions is not None and not isinstance(extensions, dict):
        raise Malformed("`extensions` must be an object.")
    return Parameters(query, document_id, digest, operation or None, variables)


def _digest(extensions: Any) -> str | None:
    found = extensions.get("persistedQuery") if isinstance(extensions, dict) else None
    if found is None:
        return None
    digest = found.get("sha256Hash") if isinstance(found, dict) else None
    if not isinstance(digest, str) or found.get("version") != 1 or not _SHA256.fullmatch(digest):
        raise Malformed("`extensions.persistedQuery` must be {version: 1, sha256Hash} with 64 hexadecimal digits.")
    return digest


def _require_preflight(request: Request) -> None:
    """Refuse a GET that any page could make a browser send unasked: a link, an image, a form.

    Raises:
        Malformed: nothing shows that a GraphQL client sent it.
    """
    named = {value for value, _ in request.accept_mimetypes}
    if (
        not any(header in request.headers for header in PREFLIGHT_HEADERS)
        and not named & {JSON, GRAPHQL_JSON, EVENT_STREAM}
        and request.mimetype != JSON
    ):
        raise Malformed(
            f"Send `Accept: {GRAPHQL_JSON}`, or one of the headers {', '.join(PREFLIGHT_HEADERS)}, with a GET request."
        )


def _json(data: bytes, what: str) -> Any:
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise Malformed(f"{what.capitalize()} is not JSON: {error}.") from error


def errors_of(errors: Sequence[GraphQLError], request_id: str | None) -> list[dict[str, Any]]:
    """Errors as the client reads them."""
    return [
        {**error.formatted, "extensions": {**(error.extensions or {}), "requestId": request_id}} for error in errors
    ]


def respond(media_type: str, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    """A JSON answer."""
    response = Response(orjson.dumps(body), status=status, content_type=f"{media_type}; charset=utf-8")
    response.headers.update(headers or {})
    response.headers["Vary"] = "Accept, Accept-Language, Authorization, Origin"
    return response


def refused(
    media_type: str, errors: list[GraphQLError], status: int = 400, headers: dict[str, str] | None = None
) -> Response:
    """The answer for an operation that was not run: plain JSON keeps status 200, as older clients expect."""
    body = {"errors": errors_of(errors, g.get("request_id"))}
    return respond(media_type, 200 if media_type == JSON and status == 400 else status, body, headers)


def malformed(error: Malformed) -> Response:
    """The answer for a request that is no GraphQL request."""
    told = GraphQLError(error.message, extensions={"code": "BAD_REQUEST"})
    return respond(JSON, error.status, {"errors": errors_of([told], g.get("request_id"))}, error.headers)


def answered(media_type: str, result: ExecutionResult, cost: int, headers: dict[str, str]) -> Response:
    """The answer for an operation that was run."""
    return respond(media_type, 200, body_of(result, g.get("request_id")) | {"extensions": {"cost": cost}}, headers)


def event(kind: str, payload: dict[str, Any] | None, position: str | None = None) -> bytes:
    """A server-sent event.

    Args:
        position: its id, with which a client resumes after it; None keeps the id of the one before.
    """
    data = orjson.dumps(payload).decode() if payload is not None else ""
    own = f"id: {position}\n" if position is not None else ""
    return f"event: {kind}\n{own}data: {data}\n\n".encode()


COMPLETE = event("complete", None)


def body_of(result: ExecutionResult, request_id: str | None) -> dict[str, Any]:
    """What an operation's answer holds."""
    body: dict[str, Any] = {"data": result.data}
    if result.errors:
        body["errors"] = errors_of(result.errors, request_id)
    return body


def streamed(events: Iterator[bytes], position: str | None = None) -> Response:
    """A stream of server-sent events.

    Args:
        position: after which it begins, for clients that do not read the ids of events.
    """
    response = Response(events, content_type="text/event-stream; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    if position is not None:
        response.headers["Last-Event-ID"] = position
    response.headers["X-Accel-Buffering"] = "no"  # proxies pass each event on at once
    return response
