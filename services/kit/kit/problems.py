"""Failures as RFC 9457 problem documents."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Flask, Response, g, request
from gunicorn.http.errors import NoMoreData, ParseException
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from kit.errors import DomainError, OutcomeUnknown, SeveralErrors, Unavailable
from kit.logs import log
from kit.sentences import Sentence
from kit.validation import Validated, answer_validated

PROBLEM_TYPE = "application/problem+json"


def problem(code: str, detail: str, status: int, **members: Any) -> Response:
    """An RFC 9457 problem document."""
    body = {
        "type": "about:blank",
        "title": code.replace("_", " ").capitalize(),
        "status": status,
        "code": code,
        "detail": detail,
        "requestId": g.get("request_id"),
        **{name: value for name, value in members.items() if value is not None},
    }
    return Response(orjson.dumps(body), status=status, mimetype=PROBLEM_TYPE)


def _sentence(message: str) -> object:
    """What the gateway needs to say a message in another language; None where it is English only."""
    return {"template": message.template, "values": message.values} if isinstance(message, Sentence) else None


def answer_domain_error(error: DomainError) -> Response:
    """The problem document for an expected failure.

    After a commit nothing can say that nothing was changed: what fails then is the reading back of what was written.
    """
    if isinstance(error, Unavailable) and g.get("committed_at") is not None:
        error = OutcomeUnknown("The change was made, and cannot be read back now.")
    several = None
    if isinstance(error, SeveralErrors):
        several = [
            {
                "code": one.code,
                "detail": one.message,
                "sentence": _sentence(one.message),
                "field": one.field,
                "currentVersion": one.current_version,
                **one.extra,
            }
            for one in error.errors
        ]
    response = problem(
        error.code,
        error.message,
        error.status,
        errors=several,
        sentence=_sentence(error.message),
        field=error.field,
        currentVersion=error.current_version,
        **error.extra,
    )
    if error.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if "retryAfter" in error.extra:
        response.headers["Retry-After"] = str(error.extra["retryAfter"])
    return response


def _answer_http_error(error: HTTPException) -> Response:
    if isinstance(error, RequestEntityTooLarge):
        return problem("INVALID", "The body is larger than this operation accepts.", 413)
    code = {404: "NOT_FOUND", 401: "UNAUTHENTICATED", 403: "FORBIDDEN"}.get(error.code or 500, "INVALID")
    response = problem(code, error.description or "The request cannot be answered.", error.code or 500)
    if error.code == 405 and getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]
    return response


def _answer_unreadable(_error: Exception) -> Response:
    return problem("INVALID", "The body is no HTTP, or ended early.", 400)


def _answer_bug(error: Exception) -> Response:
    log().error("request_failed", path=request.path, error=type(error).__name__, exc_info=error)
    return problem("INTERNAL", "Something went wrong here; it has been logged under this request id.", 500)


def answer_problems(app: Flask) -> None:
    """Answer every failure of an application with a problem document."""
    # Flask serves the most specific handler, so a bug never hides an expected failure.
    app.register_error_handler(DomainError, answer_domain_error)
    app.register_error_handler(Validated, answer_validated)
    app.register_error_handler(HTTPException, _answer_http_error)
    for unreadable in (ParseException, NoMoreData):  # a chunked body is looked at while it is read
        app.register_error_handler(unreadable, _answer_unreadable)
    app.register_error_handler(Exception, _answer_bug)
