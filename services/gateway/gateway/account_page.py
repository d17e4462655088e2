"""Pages that links in messages open, where no app has pages of its own; and in development a page that shows the messages.

A link carries its token behind the `#`, which browsers send nowhere: it is in no log and no Referer. Opening a page uses
nothing up, because programs that check mail open every link; the token and the password go in the body of a POST.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
from flask import Flask, Response, g, request, send_from_directory
from jinja2 import Environment, FileSystemLoader

from catalogues import languages
from gateway.account_texts import error_texts, page_texts
from gateway.context import Context, Services
from gateway.endpoint import DEADLINE_SECONDS
from gateway.instance.types import read_instance
from gateway.rates.limiter import Limiter
from gateway.wording import TEXTS
from kit.addresses import address_key
from kit.errors import DomainError, Invalid, NotFound, RateLimited
from kit.http import CallContext
from kit.turns import end_turn
from kit.urls import is_loopback

FOLDER = Path(__file__).parent / "account_page"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
ROUTES = {
    "confirm": "/v1/accounts/confirmation",
    "reset": "/v1/password-resets/use",
    "change-email": "/v1/email-changes/confirmation",
    "keep-email": "/v1/email-changes/refusal",
    "keep-second-factor": "/v1/second-factor-resets/refusal",
}
WITH_PASSWORD = {"confirm": "current-password", "reset": "new-password"}  # and how browsers are to fill it in
_RULE = "/<any('confirm', 'reset', 'change-email', 'keep-email', 'keep-second-factor'):page>"
ENDPOINTS = ("account_form", "account_act", "account_asset", "mails")
READ_FIRST = ("account_act",)
POINTS = 2  # of the address's bucket, for a page or what its form does
MAX_MAILS, MAX_MAIL_BYTES = 50, 100_000
_LINK = re.compile(r"https?://[^\s<>\"']{1,2000}")
_TEMPLATES = Environment(loader=FileSystemLoader(FOLDER), autoescape=True)


@dataclass(frozen=True)
class AccountPages:
    """Serves the pages.

    Args:
        mail_dir: where messages are written as files, in development; None in production and where there is a mail server.
    """

    services: Services
    limiter: Limiter
    mail_dir: Path | None

    def add_to(self, app: Flask) -> None:
        """Add the routes."""
        app.add_url_rule(_RULE, "account_form", self.form, methods=["GET"])
        app.add_url_rule(_RULE, "account_act", self.act, methods=["POST"])
        app.add_url_rule("/account/<any('page.js', 'page.css'):name>", "account_asset", _asset, methods=["GET"])
        if self.mail_dir is not None:
            app.add_url_rule("/mails", "mails", self.mails, methods=["GET"])

    def form(self, page: str) -> Response:
        """The page with its form; the address has no token that this side could see."""
        self.limiter.charge(None, request.remote_addr, POINTS).require()
        language = TEXTS.nearest(languages.preferred(request.headers.get("Accept-Language"))) or "en"
        body = _TEMPLATES.get_template("form.html").render(
            page=page, language=language, instance=self._instance_name(),
            texts=page_texts(page, language), errors=error_texts(language), autocomplete=WITH_PASSWORD.get(page),
        )  # fmt: skip
        response = _html(body)
        response.headers["Vary"] = "Accept-Language"
        return response

    def act(self, page: str) -> Response:
        """Do what the form asks for. The session that it opens is ended: a page keeps none, and people sign in next.

        Raises:
            DomainError: what the profiles service refuses, or too much is asked for.
        """
        self.limiter.charge(None, request.remote_addr, POINTS).require()
        if not self.limiter.charge_changes(None, request.remote_addr, 1).taken.allowed:
            raise RateLimited("Too much was changed in a short time; try again in a moment.", extra={"retryAfter": 60})
        body = _read_form(with_password=page in WITH_PASSWORD)
        call = CallContext(
            request_id=g.request_id, deadline=time.monotonic() + DEADLINE_SECONDS, client=request.remote_addr,
            language=request.headers.get("Accept-Language"), changes=True,
        )  # fmt: skip
        route = ROUTES[page]
        end_turn()
        answer = self.services.profiles.call("POST", route, body, context=call)
        if page in WITH_PASSWORD and answer["session"] is not None:
            given = {"refresh_token": answer["session"]["refresh_token"]}
            self.services.profiles.call("POST", "/v1/sessions/end", given, context=call)
        return Response(b"{}", mimetype="application/json")

    def mails(self) -> Response:
        """The messages that were written into files, newest first. They hold tokens, so that only this machine reads them.

        Raises:
            NotFound: the request comes from elsewhere, through a proxy, or under another name: a page of a stranger, opened
                in a browser of this machine, can have its own name resolved to this machine.
        """
        forwarded = any(name in request.headers for name in ("Forwarded", "X-Forwarded-For"))
        local = address_key(request.remote_addr).startswith("127.") and is_loopback(
            urlsplit(f"http://{request.host}").hostname
        )
        if self.mail_dir is None or forwarded or not local:
            raise NotFound("Messages are not shown here.")
        body = _TEMPLATES.get_template("mails.html").render(
            instance=self._instance_name(), folder=str(self.mail_dir), mails=list(_mails(self.mail_dir))
        )
        return _html(body)

    def _instance_name(self) -> str:
        try:
            return str(read_instance(Context(self.services, CallContext(deadline=time.monotonic() + 1)))["name"])
        except DomainError:
            return "Consilium"


def _html(body: str) -> Response:
    response = Response(body, mimetype="text/html")
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "no-store"
    return response


def _asset(name: str) -> Response:
    return send_from_directory(FOLDER, name, max_age=0)


def _read_form(*, with_password: bool) -> dict[str, str]:
    """The token, and the password where the page asks for one.

    Raises:
        Invalid: the body is something else. Nothing but JSON is taken, which pages of other origins cannot send.
    """
    if request.mimetype != "application/json":
        raise Invalid("Send JSON, with the Content-Type application/json.")
    try:
        body: Any = orjson.loads(request.get_data())
    except orjson.JSONDecodeError as error:
        raise Invalid("The body is no JSON.") from error
    found = {}
    for name, longest in (("token", 500), ("password", 1024))[: 2 if with_password else 1]:
        value = body.get(name) if isinstance(body, dict) else None
        if not isinstance(value, str) or not 0 < len(value) <= longest:
            raise Invalid(f"{name} must be a text of 1 to {longest} characters.", field=[name])
        found[name] = value
    return found


def _mails(folder: Path) -> Iterator[dict[str, Any]]:
    """The newest messages as the page shows them; names of files begin with the time."""
    for file in sorted(folder.glob("*.eml"), reverse=True)[:MAX_MAILS]:
        try:
            with file.open("rb") as stream:
                message = BytesParser(EmailMessage, policy=policy.default).parsebytes(stream.read(MAX_MAIL_BYTES))
        except OSError:  # it was deleted meanwhile
            continue
        yield {
            "subject": message["Subject"], "to": message["To"], "date": message["Date"], "parts": _parts(message.get_content()),
        }  # fmt: skip


def _parts(text: str) -> list[dict[str, Any]]:
    """A text as pieces, of which some are links."""
    found, end = [], 0
    for match in _LINK.finditer(text):
        found += [{"text": text[end : match.start()], "link": False}, {"text": match[0], "link": True}]
        end = match.end()
    return [*found, {"text": text[end:], "link": False}]
