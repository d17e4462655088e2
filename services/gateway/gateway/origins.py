"""Which pages of other origins may use the API, and what their browsers are answered before they send (CORS).

A browser asks with OPTIONS before it sends anything but the simplest request. Every endpoint of the API answers that from one
table, so that no path is forgotten. Pages of the gateway itself (GraphiQL, forms behind links in messages, messages in
development) are for no other origin.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask, Response, request

from gateway.serving import PREFLIGHT_HEADERS
from kit.settings import Environment, SettingsError

ENDPOINTS = frozenset({"graphql", "stream", "pass_through"})
WITH_COOKIE = frozenset(
    {"graphql", "stream"}
)  # where pages of the same site may send the cookie of `gateway.session_cookie`
# What a page may send: what the API reads, and what Apollo Client and tracing (W3C Trace Context, Baggage) add to each request.
SENT = (
    "Content-Type", "Content-Disposition", "Accept-Language", "Idempotency-Key", "Last-Event-ID", "X-Request-Id",
    "Consilium-Session", *PREFLIGHT_HEADERS,
    "apollographql-client-name", "apollographql-client-version", "traceparent", "tracestate", "baggage",
)  # fmt: skip
# What a page may read.
READ = ("X-Request-Id", "Retry-After", "RateLimit", "RateLimit-Policy", "Content-Disposition", "Last-Event-ID")
MAX_AGE_SECONDS = 7_200  # as long as Chromium keeps an answer at most
_LOOPBACK = re.compile(r"https?://(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?")
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]{0,30}://(?:[a-z0-9._-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?")


@dataclass(frozen=True)
class Origins:
    """The origins whose pages may use the API.

    Args:
        own: the gateway's own.
        exact: those that the operator names.
        loopback: whether pages of this machine may, on whatever port; in development only.
    """

    own: str
    exact: frozenset[str]
    loopback: bool

    def allows(self, origin: str | None) -> bool:
        """Whether a page of an origin may use the API; one without an origin of its own (`null`) never may."""
        return origin is not None and (
            origin in (self.own, *self.exact) or (self.loopback and _LOOPBACK.fullmatch(origin) is not None)
        )

    def add_to(self, app: Flask) -> None:
        """Answer what browsers ask before they send, and let allowed pages read answers."""
        app.before_request(self._preflight)
        app.after_request(self._allow)

    def _preflight(self) -> Response | None:
        asked = "Origin" in request.headers and "Access-Control-Request-Method" in request.headers
        if request.method != "OPTIONS" or request.endpoint not in ENDPOINTS or not asked:
            return None
        response = Response(status=204)
        response.vary.update(("Access-Control-Request-Method", "Access-Control-Request-Headers"))
        if self.allows(request.headers.get("Origin")):
            methods = (request.url_rule.methods or set()) if request.url_rule else set()
            response.headers["Access-Control-Allow-Methods"] = ", ".join(sorted(methods - {"HEAD", "OPTIONS"}))
            response.headers["Access-Control-Allow-Headers"] = ", ".join(SENT)
            response.headers["Access-Control-Max-Age"] = str(MAX_AGE_SECONDS)
        return response

    def _allow(self, response: Response) -> Response:
        if request.endpoint in ENDPOINTS:
            response.vary.add("Origin")
            origin = request.headers.get("Origin")
            if origin is not None and self.allows(origin):
                response.headers["Access-Control-Allow-Origin"] = origin
                if request.endpoint in WITH_COOKIE:
                    response.headers["Access-Control-Allow-Credentials"] = "true"
                response.headers["Access-Control-Expose-Headers"] = ", ".join(READ)
        return response


def origin_of(url: str) -> str:
    """The origin of an address, as browsers write it: without the port that its scheme has anyway."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if parts.hostname and ":" in parts.hostname else parts.hostname
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port not in (None, usual) else "")


def read_origins(env: Environment) -> frozenset[str]:
    """The origins that the operator names.

    Raises:
        SettingsError: one is no origin as browsers send it.
    """

    def parse(text: str) -> frozenset[str]:
        for one in text.split():
            if not _ORIGIN.fullmatch(one):
                raise SettingsError(
                    "CONSILIUM_CORS_ORIGINS must list origins as browsers send them, in small letters and without a path, "
                    f"like https://app.example.org, not {one!r}."
                )
        return frozenset(text.split())

    return env.parsed("CONSILIUM_CORS_ORIGINS", parse, "")
