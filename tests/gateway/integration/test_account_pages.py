"""The pages that links in messages open, over HTTP and in a browser, and the messages that a developer reads."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import Client

from gateway.account_page import ROUTES, WITH_PASSWORD
from gateway.account_texts import error_texts, page_texts
from gateway.wording import TEXTS
from kit.clock import new_id
from tests.support import node
from tests.support.network import codes, newcomer
from tests.support.stack import PASSWORD, SIGN_IN, Stack

NEW = "a quite new pass phrase"
SAFE = {
    "Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff",
}  # fmt: skip


def address() -> str:
    """An address that nobody has."""
    return f"{new_id()}@pages.example"


# What a wrong token is answered: all tests try them from one network address, and after the twentieth it waits between two.
REFUSED = {"INVALID_CREDENTIALS", "RATE_LIMITED"}


def form(stack: Stack, page: str, body: Any, **headers: str) -> tuple[int, dict[str, Any]]:
    """What a form's POST is answered."""
    status, found, answer = stack.raw(json.dumps(body).encode(), path=f"/{page}", **headers)
    assert found["Cache-Control"] == "no-store"
    return status, json.loads(answer)


def confirmed(stack: Stack, email: str, password: str = PASSWORD) -> bool:
    """Whether an address is confirmed, as whoever signs in sees it."""
    token = stack.data(SIGN_IN, email=email, password=password)["signIn"]["session"]["accessToken"]
    return bool(stack.data("{ viewer { emailConfirmed } }", token)["viewer"]["emailConfirmed"])


@pytest.mark.parametrize("page", ROUTES)
def test_a_page_has_a_strict_policy_and_is_kept_nowhere(stack: Stack, page: str) -> None:
    """Its own script and style and nothing else; no inline script, no frame, no Referer."""
    status, headers, body = stack.raw(None, method="GET", path=f"/{page}")
    assert status == 200
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy == {
        "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "img-src": "data:", "connect-src": "'self'",
        "base-uri": "'none'", "form-action": "'self'", "frame-ancestors": "'none'",
    }  # fmt: skip
    assert {name: headers[name] for name in SAFE} == SAFE
    text = body.decode()
    assert not re.search(r"<script>|style=| on\w+=", text)
    assert 'name="viewport"' in text
    for kind in ("js", "css"):
        assert f"/account/page.{kind}" in text
        assert stack.raw(None, method="GET", path=f"/account/page.{kind}")[0] == 200
    assert stack.raw(None, method="GET", path="/account/page.py")[0] == 404
    assert stack.raw(None, method="GET", path="/account/form.html")[0] == 404


@pytest.mark.parametrize("language", TEXTS.languages)
def test_a_page_speaks_the_readers_language(stack: Stack, language: str) -> None:
    """That of the browser."""
    _, headers, body = stack.raw(None, method="GET", path="/confirm", Accept_Language=f"{language}-XX,xx;q=0.5")
    assert "Accept-Language" in headers["Vary"]
    text = body.decode()
    assert f'<html lang="{language}">' in text
    assert f"<h1>{page_texts('confirm', language)['title']}</h1>" in text


def test_a_link_in_a_message_confirms_an_address_by_its_page(stack: Stack) -> None:
    """The token stands where no server sees it; opening the page, however often, uses nothing up."""
    email = address()
    stack.sign_up_only("Bestätigt Per Seite", email, ["DE"])
    link = stack.mailed_link(email, "confirm-address")
    page, _, token = link.partition("#token=")
    assert page == f"{stack.url}/confirm"
    for method in ("GET", "HEAD"):
        for path in (
            "/confirm",
            f"/confirm?token={token}",
        ):  # as a program that checks mail would, whatever it makes of the link
            assert stack.raw(None, method=method, path=path)[0] == 200
    assert not confirmed(stack, email)
    status, answer = form(stack, "confirm", {"token": token, "password": "not the password"})
    assert (status, answer["code"], answer["field"]) == (401, "INVALID_CREDENTIALS", ["password"])
    assert form(stack, "confirm", {"token": token, "password": PASSWORD}) == (200, {})
    assert confirmed(stack, email)
    assert form(stack, "confirm", {"token": token, "password": PASSWORD})[1]["code"] in REFUSED


def test_a_link_in_a_message_sets_a_new_password_by_its_page(stack: Stack) -> None:
    """Also where nobody has confirmed the address; the page opens no session that nobody holds."""
    email = address()
    stack.sign_up_only("Neu Per Seite", email, ["DE"])
    assert stack.change("requestPasswordReset", "accepted", None, email=email)["accepted"]
    page, _, token = stack.mailed_link(email, "password-reset").partition("#token=")
    assert page == f"{stack.url}/reset"
    status, answer = form(stack, "reset", {"token": token, "password": "password1234"})
    assert (status, answer["code"], answer["field"]) == (422, "INVALID", ["password"])
    status, answer = form(stack, "reset", {"token": token, "password": NEW})
    assert (status, answer) == (200, {})
    assert codes(stack.data(SIGN_IN, email=email, password=PASSWORD)["signIn"]) == ["INVALID_CREDENTIALS"]
    assert confirmed(stack, email, NEW)


def test_links_in_messages_change_an_address_or_keep_it_by_their_pages(stack: Stack) -> None:
    """One button and no password; the old mailbox gets a page for each answer."""
    assert set(ROUTES) - set(WITH_PASSWORD) == {"change-email", "keep-email", "keep-second-factor"}
    for keep in (False, True):
        token = newcomer(stack)[0]
        old, new = stack.data("{ viewer { email } }", token)["viewer"]["email"], address()
        asked = stack.change("changeEmail", "viewer { email }", token, newEmail=new, password=PASSWORD)
        assert codes(asked) == []
        page, _, at_new = stack.mailed_link(new, "email-change-new").partition("#token=")
        assert page == f"{stack.url}/change-email"
        at_old = stack.mailed(old, "email-change-old")
        assert form(stack, "keep-email", {"token": at_new})[1]["code"] in REFUSED
        assert form(stack, "change-email", {"token": at_new}) == (200, {})
        assert form(stack, "keep-email" if keep else "change-email", {"token": at_old}) == (200, {})
        for email, own in ((old, keep), (new, not keep)):
            assert (codes(stack.data(SIGN_IN, email=email, password=PASSWORD)["signIn"]) == []) == own
    assert form(stack, "keep-second-factor", {"token": at_old})[1]["code"] in REFUSED


@pytest.mark.parametrize(
    ("body", "headers", "field"),
    [
        (b"{", {}, None), (b"[]", {}, ["token"]), (b'{"token": 1, "password": "x"}', {}, ["token"]),
        (b'{"token": "x"}', {}, ["password"]), (json.dumps({"token": "x" * 501, "password": "x"}).encode(), {}, ["token"]),
        (b"token=x&password=y", {"Content-Type": "application/x-www-form-urlencoded"}, None),
        (b'{"token": "x", "password": "y"}', {"Content-Type": "text/plain"}, None),
    ],
)  # fmt: skip
def test_a_form_takes_nothing_else(stack: Stack, body: bytes, headers: dict[str, str], field: list[str] | None) -> None:
    """Not what a page of another origin could send without asking, either."""
    status, _, answer = stack.raw(body, path="/confirm", **headers)
    found = json.loads(answer)
    assert (status, found["code"], found.get("field")) == (422, "INVALID", field)


def test_nothing_of_a_token_or_password_is_logged(stack: Stack) -> None:
    """In no log of any service."""
    token, password = f"LOGGED{new_id()}", f"a secret {new_id()}"
    form(stack, "confirm", {"token": token, "password": password})
    form(stack, "reset", {"token": token, "password": password})
    logs = {file.stem: file.read_bytes() for file in (stack.home / "log").glob("*.log")}
    assert {"gateway", "profiles"} <= logs.keys()
    for content in logs.values():
        assert token.encode() not in content
        assert password.encode() not in content


def test_messages_are_shown_to_a_developer(stack: Stack) -> None:
    """Newest first, with their links; to nobody through a proxy or under another name."""
    email = address()
    stack.sign_up_only("Liest <Post>", email, ["DE"])
    link = stack.mailed_link(email, "confirm-address")
    status, headers, body = stack.raw(None, method="GET", path="/mails")
    assert status == 200
    text = body.decode()
    assert f'<a href="{link}" rel="noreferrer">{link}</a>' in text
    assert text.index(email) < text.index("<article>") + 1_500  # the first of all
    assert "script" not in headers["Content-Security-Policy"].replace("script-src 'self'", "")
    assert headers["Cache-Control"] == "no-store"
    for name, value in (("X_Forwarded_For", "192.0.2.1"), ("Forwarded", "for=192.0.2.1"), ("Host", "evil.example")):
        assert stack.raw(None, method="GET", path="/mails", **{name: value})[0] == 404


def test_production_shows_no_messages_and_has_the_pages(stack: Stack, gateway: Callable[..., Client]) -> None:
    """Whatever the folder holds."""
    variables = {"CONSILIUM_MAIL_DIR": str(stack.home / "mail")}
    development = gateway(**variables)
    production = gateway(CONSILIUM_ENV="production", CONSILIUM_PUBLIC_URL="https://consilium.example", **variables)
    near = {"REMOTE_ADDR": "127.0.0.1"}
    assert development.get("/mails", environ_overrides=near).status_code == 200
    assert development.get("/mails", environ_overrides={"REMOTE_ADDR": "192.0.2.1"}).status_code == 404
    assert gateway().get("/mails", environ_overrides=near).status_code == 404  # no folder is set
    assert production.get("/mails", environ_overrides=near).status_code == 404
    for page in ("/confirm", "/reset"):
        answer = production.get(page)
        assert answer.status_code == 200
        assert "Strict-Transport-Security" in answer.headers


@pytest.mark.chromium
def test_the_pages_work_on_a_phone(stack: Stack) -> None:
    """A wrong password is told beside its field; the token leaves the address; nothing but the gateway is asked."""
    email = address()
    stack.sign_up_only("Vom Telefon", email, ["DE"])
    folder = node.installed(node.ROOT / "tests" / "node")
    link = stack.mailed_link(email, "confirm-address")
    done = node.run(
        "node", "account.mjs", link, str(node.browser()), "not the password", PASSWORD, cwd=folder, seconds=90
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert found == {
        "url": f"{stack.url}/confirm", "tokenHidden": True, "wrong": error_texts("de")["wrong"], "invalid": "true",
        "focused": "password", "done": page_texts("confirm", "de")["done"], "overflows": False, "blocked": [], "problems": [],
        "paths": ["/account/page.css", "/account/page.js", "/confirm"],
    }  # fmt: skip
    assert confirmed(stack, email)
