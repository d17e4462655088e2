"""Registers that admins bring in over the API: upload, what it would do, the stop, the confirmation, and the way back."""

from __future__ import annotations

import json
from typing import Any

from gateway.ids import encode
from tests.e2e.test_verification import codes, http
from tests.support.stack import Stack, eventually

AUTHORITY = encode("Authority", "no-hpr")
PROGRESS = (
    "id state rowsRead rowsTaken rowsRefused refusals { line column reason } doubts { line column } wouldOpen wouldStop "
    "validated objection failure encoding opened rechecked: recheckedAt restored authority { id }"
)
COUNT = (
    '{ peers(filter: {licensedIn: ["NO"], verification: RIGHT_TO_PRACTISE}, first: 1, orderBy: NAME) { totalCount } }'
)
FILE = (
    'NUMBER;Name;standing\r\n9001235;Ana Díaz;Active\r\n9001236;"Eva\r\nRuiz";great\r\n9001235;Ana Díaz;Erased\r\n'
).encode("cp1252")


def show(stack: Stack, own: str) -> dict[str, Any]:
    """How far an import is."""
    query = f"query($id: ID!) {{ registerImport(id: $id) {{ {PROGRESS} }} }}"
    return dict(stack.data(query, stack.sign_in("admin"), id=own)["registerImport"])


def upload(stack: Stack, content: bytes) -> tuple[str, int, dict[str, Any]]:
    """Begin an import and send its file; returns the import's id, and how the file was answered."""
    payload = stack.change(
        "requestRegisterUpload", f"uploadUrl registerImport {{ {PROGRESS} }}", stack.sign_in("admin"), authority=AUTHORITY,
        asOf="2026-11-20", bytes=len(content),
    )  # fmt: skip
    assert codes(payload) == []
    assert payload["registerImport"]["state"] == "UPLOADING"
    url = payload["uploadUrl"].replace("http://127.0.0.1:8000", stack.url)
    status, _, body = http(url, "PUT", content)
    assert http(url, "PUT", content)[0] == 409
    return payload["registerImport"]["id"], status, json.loads(body)


def practising(stack: Stack) -> int:
    """How many have the right to practise in Norway."""
    return int(stack.data(COUNT, stack.sign_in("maria"))["peers"]["totalCount"])


def test_a_register_comes_in_by_the_api_and_goes_back(stack: Stack) -> None:
    """Nothing counts before it is confirmed with the right number; undone, all is as it was."""
    admin, before = stack.sign_in("admin"), practising(stack)
    own, status, _ = upload(stack, FILE)
    assert status == 201
    found = show(stack, own)
    cases = found["wouldOpen"]
    assert (found["state"], found["encoding"], found["authority"]["id"]) == ("WAITING", "cp1252", AUTHORITY)
    assert (found["rowsRead"], found["rowsTaken"], found["rowsRefused"]) == (3, 2, 1)
    assert [(row["line"], row["column"]) for row in found["refusals"]] == [(3, "standing")]
    assert [(row["line"], row["column"]) for row in found["doubts"]] == [(5, "number")]
    assert 5 <= cases == found["validated"]
    assert f"{cases} of {cases} validated credentials" in found["objection"]

    def confirm(**given: Any) -> dict[str, Any]:
        return dict(stack.change("confirmRegisterImport", "registerImport { id state }", admin, id=own, **given))

    for given in ({}, {"expectedCases": cases - 1}):
        payload = confirm(**given)
        assert codes(payload) == ["CONFLICT"]
        assert payload["userErrors"][0]["message"].count("Nothing was changed") == 1
    assert (show(stack, own)["state"], practising(stack)) == ("WAITING", before)
    assert confirm(expectedCases=cases)["registerImport"] == {"id": own, "state": "ACTIVE"}
    done = eventually(lambda: (found := show(stack, own))["rechecked"] and found)
    assert done["opened"] == cases
    eventually(lambda: practising(stack) < before)
    listed = stack.data(
        "query($a: ID) { registerImports(authority: $a, first: 5) { nodes { id state } } }", admin, a=AUTHORITY
    )["registerImports"]["nodes"]
    assert listed[0] == {"id": own, "state": "ACTIVE"}
    older = {"authority": AUTHORITY, "asOf": "2026-11-19", "bytes": 9}
    payload = stack.change("requestRegisterUpload", "uploadUrl", admin, **older)
    assert codes(payload) == ["CONFLICT"]
    assert "is of 2026-11-19, and the copy that counts is of 2026-11-20" in payload["userErrors"][0]["message"]
    assert codes(stack.change("requestRegisterUpload", "uploadUrl", admin, **older, replaceNewer=True)) == []
    payload = stack.change("undoRegisterImport", "registerImport { state }", admin, id=own)
    assert payload["registerImport"] == {"state": "UNDONE"}
    eventually(lambda: show(stack, own)["restored"] >= cases)
    eventually(lambda: practising(stack) == before)
    assert codes(stack.change("undoRegisterImport", "registerImport { id }", admin, id=own)) == ["NOT_FOUND"]
    entries = stack.data('{ auditLog(object: "authority:no-hpr", first: 5) { nodes { action reason } } }', admin)
    assert [one["action"] for one in entries["auditLog"]["nodes"]] == [
        "register.undo",
        "register.upload",
        "register.upload.refused",
        "register.import",
        "register.upload",
    ]


def test_a_file_that_cannot_be_read_says_why(stack: Stack) -> None:
    """To who sends it, and to who looks at the import afterwards; a file that is too large gets no address."""
    for content, reason in (
        (b'number,name\n9001235,"Ana\n9001236,Eva\n', "Line 2: a quote"),
        (b"a,b\n1,2\n", "It has no column 'number'"),
    ):
        own, status, body = upload(stack, content)
        assert (status, body["code"], reason in body["detail"]) == (422, "INVALID", True)
        found = show(stack, own)
        assert (found["state"], found["failure"][: len(reason)]) == ("FAILED", reason)
    own, status, _ = upload(stack, b"number,name\nx,y\n")
    assert (status, show(stack, own)["rowsRefused"], show(stack, own)["wouldOpen"]) == (
        201,
        1,
        show(stack, own)["validated"],
    )
    payload = stack.change(
        "confirmRegisterImport", "registerImport { id }", stack.sign_in("admin"), id=own, expectedCases=0
    )
    assert "No row of this file" in payload["userErrors"][0]["message"]
    for given, code in (({"bytes": 20_000_001}, "INVALID"), ({"asOf": "2099-01-01"}, "INVALID")):
        arguments = {"authority": AUTHORITY, "asOf": "2026-11-20", "bytes": 10} | given
        payload = stack.change("requestRegisterUpload", "uploadUrl", stack.sign_in("admin"), **arguments)
        assert codes(payload) == [code]
