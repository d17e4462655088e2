"""The API as pages of other origins use it, in a real browser."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.e2e.test_verification import NUMBERS, PDF, address, authority
from tests.support import node
from tests.support.stack import PASSWORD, Stack


def driven(stack: Stack, script: str, **given: Any) -> dict[str, Any]:
    """What a script of tests/node sees in Chromium."""
    folder = node.installed(node.ROOT / "tests" / "node")
    given |= {"publicUrl": "http://127.0.0.1:8000", "pdf": base64.b64encode(PDF).decode()}
    done = node.run("node", script, stack.url, str(node.browser()), json.dumps(given), cwd=folder, seconds=120)
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(json.loads(done.stdout))


@pytest.mark.chromium
def test_a_page_on_another_port_signs_in_searches_and_uploads_evidence(stack: Stack) -> None:
    """With the headers that Apollo Client and tracing add; no page of another origin reads the messages of development."""
    email = address()
    stack.sign_up("Auf Anderem Port", email, ["DE"])
    found = driven(
        stack, "frontend.mjs", email=email, password=PASSWORD, authority=authority(stack, "DE"), number=next(NUMBERS),
        fileName="Łukasz 证书.pdf",
    )  # fmt: skip
    problems = found.pop("problems")
    assert len(found.pop("requestId")) >= 16
    assert found == {
        "peers": 3, "uploaded": 201, "fileName": "Łukasz 证书.pdf", "same": True, "mails": "refused",
        "disposition": "attachment; filename*=UTF-8''%C5%81ukasz%20%E8%AF%81%E4%B9%A6.pdf",
    }  # fmt: skip
    assert [text for text in problems if "/mails" not in text and "net::ERR_FAILED" not in text] == []
