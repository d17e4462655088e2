"""Somebody is suspended, takes their data along, appeals and erases themselves: through the gateway, on the running system."""

from __future__ import annotations

import io
import json
import zipfile

import jwt

from kit.clock import new_id
from tests.e2e.test_verification import http
from tests.support.network import codes
from tests.support.roles import PASSWORD, made_by_operator, the_only_admin
from tests.support.stack import Stack, eventually

OWN = """{ viewer { email suspension {
    reason until waitsForSecondAdmin proposedUntil suspendedBy { id } confirmedBy { id } appeal { statement outcome } } } }"""
LISTED = "{ suspensions(first: 100) { nodes { email suspension { waitsForSecondAdmin appeal { statement } } } } }"


def test_a_suspended_person_has_their_rights_and_nothing_else(stack: Stack) -> None:
    """With what two admins see of it at each step."""
    email = f"{new_id()}@suspended.example"
    before = stack.sign_up("Rechte Bleiben", email, ["DE"], password=PASSWORD)
    me = stack.data("{ viewer { professional { id } } }", before)["viewer"]["professional"]["id"]
    admin = the_only_admin(stack)
    second = made_by_operator(stack, "Zweite Meinung", "admin")
    try:
        given = stack.change(
            "suspendAccount", "account { suspension { waitsForSecondAdmin until suspendedBy { name } } }", admin,
            account=me, reason="Several people were insulted.",
        )["account"]["suspension"]  # fmt: skip
        assert (given["waitsForSecondAdmin"], given["suspendedBy"] is not None) == (True, True)
        session = stack.change(
            "signIn",
            "session { accessToken refreshToken viewer { suspension { reason } } }",
            None,
            email=email,
            password=PASSWORD,
        )["session"]
        assert session["viewer"]["suspension"] == {"reason": "Several people were insulted."}
        token = session["accessToken"]
        other = second.sign_in()
        assert codes(stack.change("confirmSuspension", "account { id }", admin, account=me)) == [
            "SECOND_PERSON_REQUIRED"
        ]
        assert codes(stack.change("confirmSuspension", "account { id }", other, account=me)) == []
        told = stack.data(OWN, token)["viewer"]["suspension"]
        assert told == {
            "reason": "Several people were insulted.", "until": None, "waitsForSecondAdmin": False, "proposedUntil": None,
            "suspendedBy": None, "confirmedBy": None, "appeal": None,
        }  # fmt: skip
        assert codes(stack.change("updateProfile", "__typename", token, headline="Still here")) == ["FORBIDDEN"]
        sent = stack.change(
            "appealSuspension", "viewer { suspension { appeal { outcome } } }", token, statement="It was somebody else."
        )
        assert sent == {"viewer": {"suspension": {"appeal": {"outcome": None}}}, "userErrors": []}
        waiting = {one["email"]: one["suspension"] for one in stack.data(LISTED, other)["suspensions"]["nodes"]}
        assert waiting[email] == {"waitsForSecondAdmin": False, "appeal": {"statement": "It was somebody else."}}
        archive = stack.change("exportMyData", "url", token)
        assert codes(archive) == []
        address = archive["url"].replace("http://127.0.0.1:8000", stack.url)
        status, _, content = http(address, "GET", None, Authorization=f"Bearer {token}")
        assert status == 200
        with zipfile.ZipFile(io.BytesIO(content)) as files:
            (kept,) = json.loads(files.read("suspensions.json"))
            assert (kept["reason"], kept["appeal_statement"]) == (
                "Several people were insulted.", "It was somebody else.",
            )  # fmt: skip
            assert "graph/memberships.json" in files.namelist()
        erased = stack.change("eraseMe", "receipt", token, confirm="ERASE")
        assert codes(erased) == []
        receipt = jwt.decode(erased["receipt"], options={"verify_signature": False})
        status = receipt["status"].replace("http://127.0.0.1:8000", stack.url)
        eventually(lambda: json.loads(http(status, "GET", None)[2])["graph"] is not None, 30)
        assert email not in str(stack.data(LISTED, other))
    finally:
        second.resign()
