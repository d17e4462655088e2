"""Putting the gateway together."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import orjson
from flask import Flask, Response, request
from werkzeug.middleware.proxy_fix import ProxyFix

from gateway import account_page, console, limits, page, settings
from gateway.account_page import AccountPages
from gateway.context import Context, Services
from gateway.endpoint import TURNS_OF_ADDRESS, GraphQLEndpoint
from gateway.execution import Engine
from gateway.instance.types import read_instance
from gateway.origins import Origins, origin_of
from gateway.passthrough import PassThrough
from gateway.persisted import Documents, FileTexts, LocalTexts, SharedTexts, Texts
from gateway.personal_tokens.client import PersonalTokens
from gateway.rates.buckets import LocalBuckets, SharedBuckets
from gateway.rates.limiter import Limiter
from gateway.schema import schema
from gateway.session_cookie import CookiePolicy
from gateway.streams.changes import Changes
from gateway.streams.server import Streams
from gateway.trusted import TrustedDocuments
from gateway.unread import Unread
from kit import logs
from kit.addresses import address_key
from kit.errors import DomainError
from kit.http import CallContext, ServiceClient
from kit.services import Service, ServiceSession
from kit.settings import load_or_end
from kit.tokens import EndedTokens, KeySet, TokenVerifier
from kit.turns import InTurns
from kit.web import add_missing, configure_app
from kit.worker import PER_ADDRESS

SECURITY = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def create_app(config: settings.Settings | None = None) -> Flask:
    """The WSGI application."""
    logs.configure("gateway")
    config = config or load_or_end(settings.load)
    services = Services(
        ServiceClient("profiles", config.profiles_url, ca_file=config.ca_file),
        ServiceClient("graph", config.graph_url, ca_file=config.ca_file),
        app_url=config.app_url,
    )
    ended = EndedTokens.at(config.profiles_url, config.ca_file)
    keys = KeySet.at(config.profiles_url, config.ca_file)
    verifier = TokenVerifier(keys, issuer=config.issuer, ended=ended)
    engine = Engine.of(schema(), plans=config.plans)
    streams = Streams(
        engine, Changes(services.graph, ServiceSession(services.profiles, Service.GATEWAY, config.secret))
    )
    app = Flask("gateway", static_folder=None)
    app.extensions[PER_ADDRESS] = 0 if config.proxies else config.address_connections
    app.wsgi_app = InTurns(app.wsgi_app, TURNS_OF_ADDRESS)  # type: ignore[method-assign]
    if config.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.proxies, x_proto=config.proxies)  # type: ignore[method-assign]
    # Every endpoint is open here: the schema's resolvers and the services behind decide what a caller sees.
    configure_app(
        app,
        verifier=verifier,
        public=(
            "graphql",
            "stream",
            "pass_through",
            *page.ENDPOINTS,
            *account_page.ENDPOINTS,
            *console.ENDPOINTS,
        ),
        ready=lambda: _ready(services),
        details=lambda: _clock_skew(services),
        max_body=limits.MAX_BODY_BYTES,
        streaming=("stream",),
        read_first=("graphql", *account_page.READ_FIRST),
        internal=lambda: _internal(config),
    )

    origins = Origins(origin_of(config.issuer), config.cors_origins, loopback=not config.production)
    limiter = Limiter(
        SharedBuckets(config.valkey_url, config.ca_file) if config.valkey_url else LocalBuckets(), config.rates
    )
    endpoint = GraphQLEndpoint(
        engine, services, verifier,
        Documents(
            _texts(config), TrustedDocuments((*config.trusted_documents, console.DOCUMENTS)), config.trusted_mode,
        ),
        limiter, streams, config.introspection, CookiePolicy(config.issuer, origins),
        PersonalTokens(services.profiles),
    )  # fmt: skip
    app.add_url_rule("/graphql", "graphql", endpoint.graphql, methods=["GET", "POST"])
    app.add_url_rule("/graphql/stream", "stream", endpoint.stream, methods=["GET", "POST"])

    PassThrough(services, limiter, keys, config.issuer).add_to(app)
    AccountPages(services, limiter, config.mail_dir).add_to(app)

    @app.after_request
    def _secure(response: Response) -> Response:
        add_missing(response, SECURITY)
        if config.production:
            response.headers["Strict-Transport-Security"] = "max-age=63072000"
        return response

    origins.add_to(app)
    Unread().add_to(app)  # looked at first, so that a refusal gets all headers too
    if config.console:
        console.add_console(app)
    if not config.production:
        page.add_page(app)
    _warm(services)
    return app


def _texts(config: settings.Settings) -> Texts:
    """Where persisted operations are known to all workers that there are."""
    if config.valkey_url:
        return SharedTexts(config.valkey_url, config.ca_file)
    return FileTexts(config.shared_dir / "operations") if config.shared_dir else LocalTexts()


def _internal(config: settings.Settings) -> bool:
    """Whether a request may see metrics and parts: it came to the port for them, or in development from this machine."""
    if config.metrics_port is not None:
        return request.environ.get("SERVER_PORT") == str(config.metrics_port)
    forwarded = any(name in request.headers for name in ("Forwarded", "X-Forwarded-For"))
    return not config.production and not forwarded and address_key(request.remote_addr).startswith("127.")


def _ready(services: Services) -> dict[str, bool]:
    """Whether both services are ready; of one that is not, which of its parts are."""

    def parts(client: ServiceClient) -> dict[str, bool]:
        try:
            answer = client.exchange("GET", "/readyz", None, context=CallContext())
        except DomainError:
            return {client.name: False}
        if answer.status == 200:
            return {client.name: True}
        with suppress(orjson.JSONDecodeError, AttributeError):
            known = orjson.loads(answer.data).get("parts", {})
            return {client.name: False} | {f"{client.name}.{name}": bool(good) for name, good in known.items()}
        return {client.name: False}

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(parts, (services.profiles, services.graph)))
    return found[0] | found[1]


def _clock_skew(services: Services) -> dict[str, Any]:
    """How many seconds each service's clock is ahead of this machine's."""
    skews = {client.name: client.clock.skew for client in (services.profiles, services.graph)}
    return {"clockSkewSeconds": {name: round(skew, 2) for name, skew in skews.items() if skew is not None}}


def _warm(services: Services) -> None:
    """Read the instance once, so that it can be told even while the profiles service does not answer."""
    try:
        read_instance(Context(services, CallContext()))
    except DomainError as error:
        logs.log().warning("instance_unknown", code=error.code)
