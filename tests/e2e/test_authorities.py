"""Authorities that admins add and change over the API, and members name at once."""

from __future__ import annotations

import secrets
from typing import Any

from gateway.ids import encode
from tests.e2e.test_verification import codes
from tests.support.network import newcomer
from tests.support.stack import Stack

SHAPE = "authority { id name localName kind professions { code } pattern example url unverified active version }"
GIVEN: dict[str, Any] = {
    "name": "Nursing Council", "kind": "LICENSING_AUTHORITY", "jurisdictions": ["TV"], "professions": ["2221"], "kinds": ["LICENCE"],
}  # fmt: skip


def add(stack: Stack, **given: Any) -> dict[str, Any]:
    """What `addAuthority` answers an admin."""
    code = f"tv-{secrets.token_hex(6)}"
    return dict(stack.change("addAuthority", SHAPE, stack.sign_in("admin"), **GIVEN | {"code": code} | given))


def update(stack: Stack, own: str, **given: Any) -> dict[str, Any]:
    """What `updateAuthority` answers an admin."""
    return dict(stack.change("updateAuthority", SHAPE, stack.sign_in("admin"), id=own, **given))


def submit(stack: Stack, token: str, own: str, number: str) -> dict[str, Any]:
    """What a member who names the authority is answered."""
    return dict(stack.change(
        "submitCredential", "credential { number authority { name } checks { name outcome } }", token, credentialKind="LICENCE", authority=own, jurisdiction="TV",
        number=number,
    ))  # fmt: skip


def test_members_name_an_authority_as_soon_as_it_is_added(stack: Stack) -> None:
    """With the rule of its numbers, until it is no longer active; what it gave before stays."""
    added = add(stack, pattern=r"[A-Z]\d{4}", example="A0000", numberFormat="a letter and four digits")
    assert codes(added) == []
    one = added["authority"]
    assert (one["kind"], one["version"], one["localName"], one["url"]) == (
        "LICENSING_AUTHORITY", 1, "Nursing Council", None,
    )  # fmt: skip
    token, _ = newcomer(stack, "Tala Nurse")
    stack.change("updateProfile", "__typename", token, profession="2221")
    refused = submit(stack, token, one["id"], "12")["userErrors"]
    assert [(error["code"], error["field"]) for error in refused] == [("INVALID", ["number"])]
    taken = submit(stack, token, one["id"], "b 1234")["credential"]
    assert "PASS" in [check["outcome"] for check in taken["checks"] if check["name"] == "NUMBER_FORMAT"]
    assert (taken["number"], taken["authority"]) == ("B1234", {"name": "Nursing Council"})
    changed = update(stack, one["id"], name="Council of Nurses", active=False, expectedVersion=1)
    assert (changed["authority"]["name"], changed["authority"]["version"]) == ("Council of Nurses", 2)
    refused = submit(stack, token, one["id"], "C1234")
    assert "gives no credentials any more" in refused["userErrors"][0]["message"]
    mine = stack.data("{ viewer { credentials(first: 5) { nodes { authority { name active } } } } }", token)
    assert mine["viewer"]["credentials"]["nodes"] == [{"authority": {"name": "Council of Nurses", "active": False}}]


def test_what_is_wrong_names_its_field_and_changes_nothing(stack: Stack) -> None:
    """Also a pattern that would keep a service busy, and a change of what somebody else has changed."""
    own = add(stack)["authority"]["id"]
    for given, field in (
        ({"pattern": "(A+)+", "example": "A", "numberFormat": "x"}, ["pattern"]),
        ({"url": "http://council.example"}, ["url"]),
        ({"jurisdictions": ["XX"]}, ["jurisdictions"]),
        ({"name": None}, ["name"]),
        ({"kind": "IDENTIFIER", "kinds": None}, ["kind"]),
        ({"unverified": True, "url": "https://council.example"}, ["url"]),
        ({"lookup": "https://council.example"}, ["lookup"]),
        ({"reviewMonths": 0}, ["reviewMonths"]),
    ):
        answer = update(stack, own, **given)
        assert (codes(answer), [error["field"] for error in answer["userErrors"]]) == (["INVALID"], [field]), given
    assert codes(update(stack, own, expectedVersion=7, name="Other")) == ["VERSION_CONFLICT"]
    assert codes(update(stack, encode("Authority", "tv-none"), name="Other")) == ["NOT_FOUND"]
    assert codes(update(stack, encode("Authority", "other"), name="Other")) == ["INVALID"]
    same = update(stack, own, name="Nursing Council")["authority"]
    assert (same["name"], same["version"]) == ("Nursing Council", 1)
    assert codes(add(stack, code="de-baek", jurisdictions=["DE"])) == ["CONFLICT"]
    assert [error["field"] for error in add(stack, code="Kenya")["userErrors"]] == [["code"]]


def test_the_trail_says_who_changed_an_authority(stack: Stack) -> None:
    """And who was refused."""
    own = add(stack, code=(code := f"tv-{secrets.token_hex(6)}"))["authority"]["id"]
    update(stack, own, localName="Tuvalu e Tausi", localLanguage="tvl")
    assert codes(stack.change("updateAuthority", SHAPE, stack.sign_in("vera"), id=own, name="Mine")) == ["FORBIDDEN"]
    query = "query($o: String!) { auditLog(object: $o, first: 5) { nodes { action reason } } }"
    entries = stack.data(query, stack.sign_in("admin"), o=f"authority:{code}")["auditLog"]["nodes"]
    assert [(one["action"], one["reason"]) for one in entries] == [
        ("authority.change.refused", "FORBIDDEN"), ("authority.change", None), ("authority.add", None),
    ]  # fmt: skip
