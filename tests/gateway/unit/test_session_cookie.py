"""The session's cookie: which requests may have it, which may not, and how it is set."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Request
from werkzeug.test import EnvironBuilder

from gateway.origins import Origins
from gateway.session_cookie import CookiePolicy, SessionCookie
from kit import clock
from kit.errors import Forbidden, Invalid

API, APP = "https://api.consilium.example", "https://app.consilium.example"
POLICY = CookiePolicy(API, Origins(API, frozenset({APP}), loopback=False))
LOCAL = CookiePolicy("http://127.0.0.1:8000", Origins("http://127.0.0.1:8000", frozenset(), loopback=True))
NAME = "__Host-consilium-session"
ASKS = {"Consilium-Session": "cookie", "Origin": APP, "Sec-Fetch-Site": "same-site"}


def read(headers: dict[str, str], policy: CookiePolicy = POLICY) -> SessionCookie | None:
    """The cookie of a request with these headers."""
    return policy.read(Request(EnvironBuilder(path="/graphql", method="POST", headers=headers).get_environ()))


def refused(headers: dict[str, Any], policy: CookiePolicy = POLICY) -> type[Exception] | None:
    """What a request is refused with."""
    found = read({name: value for name, value in headers.items() if value is not None}, policy)
    assert found is not None
    try:
        found.require()
    except (Forbidden, Invalid) as error:
        assert found.header is None
        return type(error)
    return None


def test_a_request_without_the_header_has_no_cookie() -> None:
    """Whatever cookies the browser sends along: a form or an image of a stranger cannot set the header."""
    assert read({"Cookie": f"{NAME}=secret", "Origin": APP, "Sec-Fetch-Site": "same-origin"}) is None


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({}, None),
        ({"Origin": API, "Sec-Fetch-Site": "same-origin"}, None),
        ({"Sec-Fetch-Site": None}, None),  # browsers from before 2023
        ({"Sec-Fetch-Site": "cross-site"}, Forbidden),
        ({"Sec-Fetch-Site": "none"}, Forbidden),
        ({"Origin": None}, Forbidden),
        ({"Origin": "null"}, Forbidden),
        ({"Origin": "https://evil.consilium.example"}, Forbidden),  # a sister domain, of the same site
        ({"Origin": "https://consilium.example"}, Forbidden),
        ({"Origin": "http://app.consilium.example"}, Forbidden),
        ({"Origin": "https://app.consilium.example.evil.example"}, Forbidden),
        ({"Origin": "http://localhost:5173"}, Forbidden),
        ({"Consilium-Session": "yes"}, Invalid),
        ({"Consilium-Session": ""}, Invalid),
    ],
)
def test_only_pages_of_the_same_site_that_the_operator_allows_have_a_cookie(
    changed: dict[str, Any], error: type[Exception] | None
) -> None:
    """Each condition by itself."""
    assert refused(ASKS | changed) is error


def test_in_development_pages_of_this_machine_have_one_under_the_same_host_name() -> None:
    """On whatever port; the browser says where the host name differs."""
    page = {"Consilium-Session": "cookie", "Origin": "http://127.0.0.1:5173"}
    assert refused(page | {"Sec-Fetch-Site": "same-site"}, LOCAL) is None
    assert refused(page | {"Origin": "http://localhost:5173", "Sec-Fetch-Site": "cross-site"}, LOCAL) is Forbidden
    assert refused(page | {"Origin": "http://evil.example:8000", "Sec-Fetch-Site": "same-origin"}, LOCAL) is Forbidden


@pytest.mark.parametrize(
    ("header", "token"),
    [
        (f"{NAME}=abc.DEF-1_2", "abc.DEF-1_2"),
        (f"a=b; {NAME}=abc; c=d", "abc"),
        (f"{NAME}=abc; {NAME}=def", None),
        (f"{NAME}=abc;{NAME}=", None),
        (f"={NAME}=abc", None),
        (f"x{NAME}=abc", None),
        ("__host-consilium-session=abc", None),
        ("consilium-session-8000=abc", None),
        (f'{NAME}="abc"', None),
        (f"{NAME}=abc def", None),
        (f"{NAME}={'a' * 201}", None),
        (f"{NAME}=", None),
        (NAME, None),
        ("", None),
    ],
)
def test_a_token_is_read_where_nobody_else_can_have_set_it(header: str, token: str | None) -> None:
    """One that came twice, under another name or in another form is none."""
    found = read(ASKS | {"Cookie": header})
    assert found is not None
    assert found.require() == token


def test_the_cookie_is_for_this_host_over_tls_and_for_no_script() -> None:
    """`__Host-` needs `Secure`, `Path=/` and no `Domain`; without TLS, in development, there is neither."""
    found, local = read(ASKS), read(ASKS | {"Origin": "http://127.0.0.1:1"}, LOCAL)
    assert found is not None
    assert local is not None
    found.keep("abc", clock.now() + timedelta(seconds=100.5))
    assert found.header == f"{NAME}=abc; Path=/; Max-Age=100; HttpOnly; SameSite=Strict; Secure"
    found.forget()
    assert found.header == f"{NAME}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict; Secure"
    local.keep("abc", clock.now() - timedelta(seconds=1))
    assert local.header == "consilium-session-8000=abc; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"
