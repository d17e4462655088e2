"""The API as pages of other origins use it, in a real browser."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import pytest
from PIL import Image

from tests.e2e.test_verification import NUMBERS, address, authority
from tests.support import node
from tests.support.stack import PASSWORD, Stack


def png(width: int, height: int) -> bytes:
    """A picture."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(file, "PNG")
    return file.getvalue()


def driven(stack: Stack, script: str, **given: Any) -> dict[str, Any]:
    """What a script of tests/node sees in Chromium."""
    folder = node.installed(node.ROOT / "tests" / "node")
    given |= {"publicUrl": "http://127.0.0.1:8000"}
    done = node.run("node", script, stack.url, str(node.browser()), json.dumps(given), cwd=folder, seconds=120)
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(json.loads(done.stdout))


@pytest.mark.chromium
def test_a_page_on_another_port_signs_in_searches_and_uploads_evidence(stack: Stack) -> None:
    """With the headers that Apollo Client and tracing add. An upload is sent as the API says it, and shown in the page; no page of
    another origin reads the messages of development."""
    email = address()
    stack.sign_up("Auf Anderem Port", email, ["DE"])
    found = driven(
        stack, "frontend.mjs", email=email, password=PASSWORD, authority=authority(stack, "DE"), number=next(NUMBERS),
        fileName="../Łukasz 证书.exe", png=base64.b64encode(png(200, 100)).decode(),
    )  # fmt: skip
    problems = found.pop("problems")
    assert len(found.pop("requestId")) >= 16
    assert found == {
        "peers": 3, "uploaded": 201, "fileName": "Łukasz 证书.png", "same": True, "mails": "refused", "ids": 1, "before": 0,
        "names": ["bytes", "fileName", "file_name", "id", "mediaType", "media_type"],
        "answered": ["Łukasz 证书.png", "image/png", True], "shown": [200, 100, None, 1], "named": False,
        "disposition": "attachment; filename*=UTF-8''%C5%81ukasz%20%E8%AF%81%E4%B9%A6.png",
    }  # fmt: skip
    assert [text for text in problems if "/mails" not in text and "net::ERR_FAILED" not in text] == []


@pytest.mark.chromium
def test_several_tabs_share_a_session_in_a_cookie_until_they_sign_out_everywhere(stack: Stack) -> None:
    """No script reads it, a page of another site cannot use it, and all tabs renew at once."""
    email = address()
    stack.sign_up("Viele Fenster", email, ["DE"])
    found = driven(stack, "tabs.mjs", email=email, password=PASSWORD)
    port = stack.url.rpartition(":")[2]
    (cookie,) = found.pop("cookies")
    assert cookie.pop("name") in {f"consilium-session-{port}", "consilium-session-8000"}  # that of the public address
    assert cookie == {"httpOnly": True, "sameSite": "Strict", "path": "/", "domain": "127.0.0.1"}
    assert found == {
        "signedOut": ["INVALID_CREDENTIALS"], "refreshToken": "", "days": 30, "readByScript": "", "tabs": [email] * 4,
        "tokensInAnswers": "", "afterReload": [], "withoutHeader": ["INVALID_CREDENTIALS"],
        "otherSite": [["FORBIDDEN"]] * 3, "stillThere": [], "out": {"signedOut": True, "userErrors": []}, "afterwards": 0,
        "ended": [["INVALID_CREDENTIALS"], ["EXPIRED"]],
    }  # fmt: skip


OPENED = "session { accessToken refreshToken refreshExpiresAt } userErrors { code field }"
PAGE = {"Origin": "http://127.0.0.1:5173", "Sec-Fetch-Site": "same-site", "Consilium-Session": "cookie"}


def asked(stack: Stack, name: str, given: dict[str, Any], **headers: str) -> tuple[dict[str, Any], str | None]:
    """The payload of a mutation about sessions, and the cookie that its answer sets."""
    shape = "signedOut userErrors { code field }" if name == "signOut" else OPENED
    query = f"mutation($i: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $i) {{ {shape} }} }}"
    body = json.dumps({"query": query, "variables": {"i": given}}).encode()
    status, found, answer = stack.raw(body, **headers)
    assert status == 200, answer
    return json.loads(answer)["data"][name], found.get("Set-Cookie")


def test_a_token_is_moved_into_a_cookie_and_stands_in_no_answer_and_no_log(stack: Stack) -> None:
    """Whoever sends the token as before is answered as before, and gets no cookie."""
    email = address()
    stack.sign_up("Ohne Spur", email, ["DE"])
    opened, cookie = asked(stack, "signIn", {"email": email, "password": PASSWORD})
    assert cookie is None
    first = opened["session"]["refreshToken"]
    moved, cookie = asked(stack, "refreshSession", {"refreshToken": first}, **PAGE)
    assert cookie is not None
    assert (moved["session"]["refreshToken"], moved["userErrors"]) == ("", [])
    pair = cookie.split(";")[0]
    second = pair.partition("=")[2]
    assert second not in {"", first}
    renewed, cookie = asked(stack, "refreshSession", {}, **PAGE, Cookie=pair)
    assert (renewed["userErrors"], cookie is not None and pair not in cookie) == ([], True)
    assert asked(stack, "refreshSession", {}, **PAGE) == (
        {"session": None, "userErrors": [{"code": "INVALID_CREDENTIALS", "field": ["refreshToken"]}]}, None,
    )  # fmt: skip
    refused, cookie = asked(stack, "refreshSession", {}, **PAGE | {"Origin": "https://evil.example"}, Cookie=pair)
    assert (refused["userErrors"][0]["code"], cookie) == ("FORBIDDEN", None)
    gone, cookie = asked(stack, "signOut", {}, **PAGE, Cookie=pair)
    assert (gone["signedOut"], cookie is not None and "Max-Age=0" in cookie) == (True, True)
    for file in (stack.home / "log").glob("*.log"):
        text = file.read_text(encoding="utf-8", errors="replace")
        assert [token for token in (first, second) if token in text] == [], file
