"""Documents that harm who opens them, shown through the gateway: a coded answer in time, and nothing left running."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path

import pytest
from PIL import Image

from gateway.passthrough import PREVIEW_SECONDS
from profiles.evidence import rendering as renderer
from profiles.evidence.rendering import MAX_AT_ONCE, MAX_PAGES, MEMORY_BYTES, SECONDS, WAIT_SECONDS
from tests.e2e.test_verification import address, http, submit
from tests.support import documents
from tests.support.documents import PDF, PNG
from tests.support.races import at_once
from tests.support.stack import Stack

ALERT = b"Unsichtbar"
RENDERING = renderer.__file__
DOCUMENTS = {
    "many pages": (PDF, documents.a_pdf(pages=MAX_PAGES + 10)),
    "says more pages": (PDF, documents.a_pdf(said=2_000_000_000)),
    "script": (PDF, documents.with_script(ALERT)),
    "broken": (PDF, b"%PDF-1.7\n1 0 obj << >> endobj\n%%EOF\n"),
    "endless": (PDF, documents.with_nested_forms()),
    "wide": (PNG, documents.greedy_png(60_000, 60_000)),
    "cut off": (PNG, documents.greedy_png(4_000, 4_000)),
}


@pytest.fixture(scope="module")
def previews(stack: Stack) -> dict[str, str]:
    """Where a verifier sees each document."""
    vera, token = stack.sign_in("vera"), stack.sign_up("Schickt Schaden", address(), ["DE"])
    own = submit(stack, token)["id"]
    sent = DOCUMENTS | {"greedy PDF": (PDF, documents.greedy_pdf(MEMORY_BYTES // 1_000_000 + 100))}
    for media_type, content in sent.values():
        url = stack.change(
            "requestEvidenceUpload", "uploadUrl", token, credential=own, mediaType=media_type, bytes=len(content)
        )["uploadUrl"]
        assert http(url.replace("http://127.0.0.1:8000", stack.url), "PUT", content, Content_Type=media_type)[0] == 201
    query = "query($id: ID!) { node(id: $id) { ... on Credential { evidence { previewUrl } } } }"
    found = stack.data(query, vera, id=own)["node"]["evidence"]
    return {
        name: one["previewUrl"].replace("http://127.0.0.1:8000", stack.url)
        for name, one in zip(sent, found, strict=True)
    }


def shown(url: str) -> tuple[int, str, bytes]:
    """How a preview is answered: status, code where it is refused, and the body; the gateway lets nobody wait for longer."""
    began = time.monotonic()
    status, _, body = http(url, "GET")
    assert time.monotonic() - began < PREVIEW_SECONDS + 5
    return status, "" if status == 200 else json.loads(body)["code"], body


def rendering() -> list[str]:
    """The processes that render now."""
    lines = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(file.read_bytes().decode(errors="replace"))
        except OSError:  # it has ended
            continue
    return [line for line in lines if RENDERING in line]


def test_the_gateway_waits_for_a_page_longer_than_one_takes() -> None:
    """Whoever waits for a place too is told by the service, and not by a deadline."""
    assert PREVIEW_SECONDS > SECONDS + WAIT_SECONDS


@pytest.mark.parametrize(
    ("name", "page", "status"),
    [
        ("many pages", MAX_PAGES, 200),
        ("many pages", MAX_PAGES + 1, 422),
        ("says more pages", 1, 200),
        ("says more pages", 2, 422),
        ("script", 1, 200),
        ("broken", 1, 422),
        ("greedy PDF", 1, 422),
        ("wide", 1, 422),
        ("cut off", 1, 422),
    ],
)
def test_a_document_is_shown_or_the_verifier_is_told(
    previews: dict[str, str], name: str, page: int, status: int
) -> None:
    """As pixels, without what a document does when it is opened."""
    found = shown(f"{previews[name]}?page={page}")
    assert found[:2] == (status, "" if status == 200 else "INVALID")
    if status == 200:
        assert Image.open(io.BytesIO(found[2])).size == (600, 800)
        assert ALERT not in found[2]
    assert rendering() == []


def test_documents_that_take_for_ever_end_and_keep_nobody_else_waiting(previews: dict[str, str]) -> None:
    """Each is ended, whoever finds no place is told to try again, and the next document is shown."""
    found = at_once(2 * MAX_AT_ONCE, lambda _: shown(previews["endless"])[:2])
    assert set(found) <= {(422, "INVALID"), (503, "UNAVAILABLE")}
    assert found.count((422, "INVALID")) >= MAX_AT_ONCE
    assert rendering() == []
    assert shown(previews["script"])[0] == 200
