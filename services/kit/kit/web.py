"""What makes a Flask application one of Consilium's services: tokens, deadlines, health, request ids."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import structlog
from flask import Flask, Response, g, has_request_context, request
from flask_smorest import Api, Blueprint
from prometheus_client.core import Metric
from werkzeug.exceptions import HTTPException

from kit.caches import Refreshed
from kit.clock import new_id
from kit.confirmation import ConfirmationGate
from kit.errors import Forbidden, NotFound, Unauthenticated, Unavailable
from kit.http import READ_BACK_SECONDS
from kit.metrics import RequestMetrics
from kit.personal_tokens import PersonalTokenGate
from kit.privacy import own_numbers
from kit.problems import answer_problems, problem
from kit.resilience import Bound
from kit.services import Callers, check_caller
from kit.settings import Environment, process_settings
from kit.skew import DEADLINE_HEADER, TIME_HEADER, TIMEOUT_HEADER, remaining_of, stated_time
from kit.strict_json import StrictJson, StrictParser
from kit.suspension import SuspensionGate
from kit.tokens import Caller, TokenVerifier, bearer
from kit.version import version

_REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{1,64}$")
READY_SECONDS = 1.0  # that what `/readyz` says may be old
DEFAULT_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
HEALTH_ENDPOINTS = frozenset({"healthz", "readyz", "metrics"})


def recognise_own_numbers(app: Flask, own: Callable[[list[str]], set[str]]) -> None:
    """Let the privacy guard ask, during each request and no longer, which texts are its sender's register numbers.

    A request without a token has a sender whom nobody knows, and so no numbers.
    """

    @app.before_request
    def _begin() -> None:
        g.own_numbers = own_numbers.set(lambda texts: own(texts) if "caller" in g else set())

    @app.teardown_request
    def _end(_error: BaseException | None) -> None:
        if (before := g.pop("own_numbers", None)) is not None:
            own_numbers.reset(before)


class ServiceBlueprint(Blueprint):
    """A flask-smorest blueprint that parses strictly."""

    ARGUMENTS_PARSER = StrictParser()

    def arguments(self, schema: Any, **options: Any) -> Any:
        """Parse a request; the schema is made once and not for each request."""
        return super().arguments(schema() if isinstance(schema, type) else schema, **options)


def add_missing(response: Response, headers: dict[str, str]) -> None:
    """Give a response the headers that it does not have yet."""
    present = {name.lower() for name, _ in response.headers}
    response.headers.extend((name, value) for name, value in headers.items() if name.lower() not in present)


def caller() -> Caller:
    """The person or service whose token came with this request."""
    return g.caller  # type: ignore[no-any-return]


def require_role(*roles: str) -> Caller:
    """The caller, if they hold one of the roles.

    Raises:
        Forbidden: they hold none.
    """
    if not caller().roles & set(roles):
        raise Forbidden("This needs the role " + " or ".join(sorted(roles)) + ".")
    return caller()


def require_service() -> Caller:
    """The service that calls. Which ones may call this route is said by the table of callers that `configure_app` is given.

    Raises:
        Forbidden: a person calls, because the table does not declare the route.
    """
    if not caller().is_service:
        raise Forbidden("Only another part of the system may do this.")
    return caller()


def remaining_seconds(default: float = 2.0) -> float:
    """Return how long the caller still waits for the answer, at most 600 s; see `kit.skew`.

    Where the request has committed a change, there is time to read it back for the answer, whatever the change took.
    """
    left = remaining_of(
        request.headers.get(DEADLINE_HEADER),
        request.headers.get(TIMEOUT_HEADER),
        elapsed=time.monotonic() - g.get("started", time.monotonic()),
    )
    left = default if left is None else min(left, 600.0)
    committed_at = g.get("committed_at")
    return left if committed_at is None else max(left, committed_at + READ_BACK_SECONDS - time.monotonic())


def note_commit() -> None:
    """Note that this request has changed something, so that its failure cannot be told as if nothing had been changed."""
    if has_request_context():
        g.committed_at = time.monotonic()


def configure_app(
    app: Flask,
    *,
    verifier: TokenVerifier,
    public: Iterable[str] = (),
    callers: Callers | None = None,
    confirmation: ConfirmationGate | None = None,
    suspension: SuspensionGate = SuspensionGate(),
    personal: PersonalTokenGate = PersonalTokenGate(),
    ready: Callable[[], dict[str, bool]],
    details: Callable[[], dict[str, Any]] = dict,
    gauges: Callable[[], Iterable[Metric]] | None = None,
    max_body: int = 1_000_000,
    streaming: Iterable[str] = (),
    read_first: Iterable[str] = (),
    internal: Callable[[], bool] = lambda: True,
) -> None:
    """Give a Flask application what every service has.

    Args:
        verifier: checks the caller's token before any route runs.
        public: endpoints that need no token; everything else does.
        callers: endpoints that services may call, with those that may; no service may call any other.
        confirmation: holds people who have not confirmed their address to what they may do.
        suspension: holds people who are suspended to what they may do; without it they may do nothing.
        personal: holds personal access tokens to what they may do; without it they may do nothing.
        ready: says for each dependency whether it answers; asked once in `READY_SECONDS`, however often `/readyz` is.
        details: more members of the answer of `/readyz`, which do not decide; asked as often.
        gauges: makes more metrics whenever `/metrics` is asked.
        max_body: the largest request body, in bytes; a route may set its own.
        streaming: endpoints whose requests stay, and are bounded by themselves.
        read_first: endpoints whose body is taken in before the request counts as in flight, so that clients who send slowly
            do not keep others out.
        internal: whether the request may see metrics, and what of the service is not ready. Anybody may where the service is
            not published.
    """
    app.json = StrictJson(app)
    app.ensure_sync = lambda view: view  # type: ignore[method-assign,assignment]  # no view is a coroutine, and asking each costs
    app.config["MAX_CONTENT_LENGTH"] = max_body
    # A path is what it is: werkzeug would redirect to another spelling, at whatever host the request names.
    app.url_map.strict_slashes = app.url_map.merge_slashes = app.url_map.redirect_defaults = False
    open_endpoints = HEALTH_ENDPOINTS | frozenset(public)
    app.extensions["public_endpoints"] = open_endpoints
    allowed = app.extensions["callers"] = callers or {}
    app.extensions["confirmation"], app.extensions["suspension"] = confirmation, suspension
    app.extensions["personal"] = personal
    metrics = RequestMetrics(gauges)

    @app.before_request
    def _begin() -> None:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if _REQUEST_ID.match(given) else new_id()
        g.started = time.monotonic()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    bound = Bound(process_settings(Environment()).most_in_flight)
    unbounded, slow = HEALTH_ENDPOINTS | frozenset(streaming), frozenset(read_first)

    @app.before_request
    def _refuse_too_many() -> Response | None:
        if request.endpoint in unbounded:
            return None
        if request.endpoint in slow:
            with suppress(HTTPException):  # the endpoint meets it again, and words it
                request.get_data()
        g.counted = bound.enter()
        if g.counted:
            return None
        refused = problem("UNAVAILABLE", "Too much is asked at once; try again in a moment.", 503)
        refused.headers["Retry-After"] = "1"
        return refused

    @app.teardown_request
    def _leave(_error: BaseException | None) -> None:
        if g.pop("counted", False):
            bound.leave()

    @app.before_request
    def _refuse_late() -> None:
        if remaining_seconds() <= 0:
            raise Unavailable("The time for this request was over before it was begun; nothing was changed.")

    @app.before_request
    def _authenticate() -> None:
        if request.endpoint is None or request.endpoint in open_endpoints:
            return
        token = bearer(request.headers.get("Authorization"))
        if token is None:
            raise Unauthenticated("Sign in first: this needs an access token.")
        g.caller = verifier.verify(token)
        check_caller(g.caller, request.endpoint, allowed)
        suspension.check(g.caller, request.endpoint)
        personal.check(g.caller, request.endpoint)
        if confirmation is not None:
            confirmation.check(g.caller, request.endpoint)

    @app.after_request
    def _finish(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id", "")
        if TIMEOUT_HEADER in request.headers:  # another service asks, which then states deadlines on this clock
            response.headers[TIME_HEADER] = stated_time()
        add_missing(response, DEFAULT_HEADERS)
        endpoint = request.endpoint or "none"
        metrics.note(
            request.method,
            endpoint,
            seconds=time.monotonic() - g.get("started", time.monotonic()),
            status=response.status_code,
        )
        return response

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok", "version": version()}

    readiness = Refreshed(lambda: (ready(), details()), READY_SECONDS)

    @app.get("/readyz")
    def readyz() -> tuple[dict[str, Any], int]:
        parts, more = readiness.get()
        good = all(parts.values())
        shown = {"parts": parts, **more} if internal() else {}
        return {"status": "ready" if good else "not ready", **shown}, 200 if good else 503

    @app.get("/metrics", endpoint="metrics")
    def show_metrics() -> Response:
        if not internal():
            raise NotFound("Metrics are not served here.")
        return metrics.answer()

    answer_problems(app)


def document(app: Flask, *, title: str) -> Api:
    """Give an application its OpenAPI 3.1 document at `/openapi.json`."""
    app.config.update(
        API_TITLE=title,
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/",
        OPENAPI_JSON_PATH="openapi.json",
    )
    api = Api(app)
    api.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})
    api.spec.options["security"] = [{"bearer": []}]
    return api
