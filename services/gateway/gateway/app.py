"""Putting the gateway together."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from flask import Flask, Response, g, request
from graphql import OperationType
from werkzeug.exceptions import RequestEntityTooLarge

from gateway import limits, serving, settings
from gateway.base import graphql_error
from gateway.context import Context, Services
from gateway.execution import Engine, Refused
from gateway.instance.types import read_instance
from gateway.schema import schema
from gateway.serving import Malformed
from gateway.streams.changes import Changes
from gateway.streams.server import Streams, prepared
from kit import logs
from kit.errors import DomainError
from kit.http import CallContext, ServiceClient
from kit.tokens import EndedTokens, KeySet, TokenVerifier, bearer
from kit.web import equip, problem

DEADLINE_SECONDS = 5.0
# Answered by the profiles service under the public address.
PASSED_THROUGH = ("/.well-known/<path:rest>", "/evidence/<path:rest>", "/status-list/<path:rest>")
MAX_EVIDENCE_BYTES = 10_000_000
MOST_READ_AWAY = 64_000_000


def create_app(config: settings.Settings | None = None) -> Flask:
    """The WSGI application."""
    logs.configure("gateway")
    config = config or settings.load()
    services = Services(ServiceClient("profiles", config.profiles_url), ServiceClient("graph", config.graph_url))

    def keys() -> dict[str, Any]:
        return services.profiles.call("GET", "/.well-known/jwks.json")  # type: ignore[no-any-return]

    ended = EndedTokens.at(config.profiles_url)
    verifier = TokenVerifier(KeySet(keys), issuer=config.issuer, ended=ended)
    engine = Engine.of(schema())
    streams = Streams(engine, Changes(services.graph, services.profiles, config.service_secret))
    app = Flask("gateway", static_folder=None)
    # Every endpoint is open here: the schema's resolvers and the services behind decide what a caller sees.
    equip(
        app,
        verifier=verifier,
        public=("graphql", "stream", "pass_through", "preflight", "stream_preflight"),
        ready=lambda: _ready(services),
        max_body=limits.MAX_BODY_BYTES,
    )

    @app.route("/graphql", methods=["GET", "POST"])
    def graphql() -> Response:
        try:
            media_type = serving.answer_type(request)
            parameters = serving.read_parameters(request)
        except Malformed as error:
            return serving.malformed(error)
        except RequestEntityTooLarge:
            return serving.malformed(Malformed(f"The body may have at most {limits.MAX_BODY_BYTES} bytes.", 413))
        try:
            document = engine.prepare(parameters.query, introspection=config.introspection)
            if request.method == "GET":
                kind = engine.operation_type(document, parameters.operation)
                if kind is not OperationType.QUERY:
                    raise Malformed("Send mutations by POST.", 405, {"Allow": "POST"})
            elif engine.operation_type(document, parameters.operation) is OperationType.SUBSCRIPTION:
                raise Malformed("Subscribe at /graphql/stream.", 400)
            result = engine.run(
                document,
                variables=parameters.variables,
                operation=parameters.operation,
                context=_context(services, verifier, parameters.query),
            )
        except Refused as refusal:
            return serving.refused(media_type, refusal.errors)
        except Malformed as error:
            return serving.malformed(error)
        return serving.answered(media_type, result)

    @app.route("/graphql/stream", methods=["GET", "POST"])
    def stream() -> Response:
        """graphql-sse, distinct connections mode."""
        try:
            if "text/event-stream" not in request.headers.get("Accept", ""):
                raise Malformed("This endpoint answers text/event-stream; use /graphql for single answers.", 406)
            parameters = serving.read_parameters(request)
        except Malformed as error:
            return serving.malformed(error)
        except RequestEntityTooLarge:
            return serving.malformed(Malformed(f"The body may have at most {limits.MAX_BODY_BYTES} bytes.", 413))
        try:
            document = engine.prepare(parameters.query, introspection=config.introspection)
            kind = engine.operation_type(document, parameters.operation)
            if kind is OperationType.MUTATION and request.method == "GET":
                raise Malformed("Send mutations by POST.", 405, {"Allow": "POST"})
            if kind is not OperationType.SUBSCRIPTION:
                result = engine.run(
                    document, variables=parameters.variables, operation=parameters.operation,
                    context=_context(services, verifier, parameters.query),
                )  # fmt: skip
                return serving.streamed(iter([serving.event("next", serving.body_of(result)), serving.COMPLETE]))
            operation = prepared(engine, document, variables=parameters.variables, name=parameters.operation)
            return serving.streamed(streams.events(operation, _context_maker(services, verifier, parameters.query)))
        except Refused as refusal:
            return serving.refused(serving.GRAPHQL_JSON, refusal.errors)
        except DomainError as error:
            status = error.status if error.status in {401, 403, 404, 503} else 400
            return serving.refused(serving.GRAPHQL_JSON, [graphql_error(error)], status)
        except Malformed as error:
            return serving.malformed(error)

    def pass_through(rest: str) -> Response:  # the path is passed on as it came
        if request.path.startswith("/evidence/"):
            request.max_content_length = MAX_EVIDENCE_BYTES
        return _pass_through(services)

    for rule in PASSED_THROUGH:
        app.add_url_rule(rule, "pass_through", pass_through, methods=["GET", "PUT", "POST"])

    @app.after_request
    def _allow_origin(response: Response) -> Response:
        origin = request.headers.get("Origin")
        if origin in config.cors_origins:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers.add("Vary", "Origin")
            response.headers["Access-Control-Expose-Headers"] = "X-Request-Id, Retry-After"
        return response

    @app.route("/graphql/stream", methods=["OPTIONS"])
    def stream_preflight() -> Response:
        return preflight()

    @app.route("/graphql", methods=["OPTIONS"])
    def preflight() -> Response:
        response = Response(status=204)
        if request.headers.get("Origin") in config.cors_origins:
            response.headers["Access-Control-Allow-Methods"] = "GET, POST"
            response.headers["Access-Control-Allow-Headers"] = (
                "Authorization, Content-Type, Idempotency-Key, X-Request-Id"
            )
            response.headers["Access-Control-Max-Age"] = "600"
        return response

    _warm(services)
    return app


def _ready(services: Services) -> dict[str, bool]:
    def answers(client: ServiceClient) -> bool:
        try:
            return client.exchange("GET", "/readyz", None, context=CallContext()).status == 200
        except DomainError:
            return False

    with ThreadPoolExecutor(2) as pool:
        names = ("profiles", "graph")
        return dict(zip(names, pool.map(answers, (services.profiles, services.graph)), strict=True))


def _warm(services: Services) -> None:
    """Read the instance once, so that it can be told even while the profiles service does not answer."""
    try:
        read_instance(Context(services, CallContext()))
    except DomainError as error:
        logs.log().warning("instance_unknown", code=error.code)


def _context_maker(services: Services, verifier: TokenVerifier, query: str) -> Callable[[], Context]:
    """Makes contexts for the events of a stream, after the request itself is over; each checks the token again."""
    first = _context(services, verifier, query)
    token = first.caller.token if first.caller else None

    def make() -> Context:
        call = replace(first.call, deadline=time.monotonic() + DEADLINE_SECONDS)
        context = Context(services, call, accept_language=first.accept_language, query=query)
        context.token_error = first.token_error
        try:
            if token is not None:
                context.become(verifier.verify(token).subject, token)
        except DomainError as error:
            context.token_error = error
        return context

    return make


def _context(services: Services, verifier: TokenVerifier, query: str) -> Context:
    call = CallContext(
        request_id=g.request_id,
        deadline=time.monotonic() + DEADLINE_SECONDS,
        idempotency_key=request.headers.get("Idempotency-Key"),
        language=request.headers.get("Accept-Language"),
        client=request.remote_addr,
    )
    context = Context(services, call, accept_language=call.language, query=query)
    try:
        token = bearer(request.headers.get("Authorization"))
        if token is not None:
            caller = verifier.verify(token)
            context.become(caller.subject, token)
    except DomainError as error:
        context.token_error = error
    return context


def _read_away() -> None:
    """Take in what a client still sends, up to a limit: else it sees its connection reset, and not our answer."""
    left = min(request.content_length or 0, MOST_READ_AWAY)
    while left > 0 and (piece := request.environ["wsgi.input"].read(min(left, 65_536))):
        left -= len(piece)


def _pass_through(services: Services) -> Response:
    kept = {
        name: value
        for name in ("Content-Type", "Accept", "Content-Disposition")
        if (value := request.headers.get(name))
    }
    context = CallContext(
        token=bearer(request.headers.get("Authorization")), request_id=g.request_id, client=request.remote_addr
    )
    try:
        body = request.get_data() or None
    except RequestEntityTooLarge:
        _read_away()
        return problem("INVALID", f"A file may have at most {MAX_EVIDENCE_BYTES:,} bytes.", 413)
    target = request.full_path.rstrip("?")
    answer = services.profiles.exchange(request.method, target, body, context=context, headers=kept)
    response = Response(answer.data, status=answer.status)
    for name in (
        "Content-Type",
        "Cache-Control",
        "Content-Disposition",
        "ETag",
        "X-Content-Type-Options",
        "Content-Security-Policy",
        "Retry-After",
    ):
        if name in answer.headers:
            response.headers[name] = answer.headers[name]
    return response
