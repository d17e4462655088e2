"""Another name from its document to cards, searches and back, through GraphQL; each effect is read once, right after its cause."""

from __future__ import annotations

from typing import Any

from kit.clock import new_id
from tests.e2e.test_verification import PDF, address, http, verified
from tests.e2e.test_verified_statements import letters, proof, proves
from tests.support.casework import CREDENTIAL, confirm, decide
from tests.support.network import codes, group, join
from tests.support.stack import Stack

CARD = (
    "query($id: ID!) { professional(by: {id: $id}) { name nameHidden preferredName otherNames { text use } verification "
    "licences { holderName } } }"
)
PEERS = "query($t: String!) { peers(filter: {text: $t}, first: 5, orderBy: NAME) { nodes { name preferredName otherNames { text use } } } }"
MEMBERS = "query($id: ID!, $t: String!) { group(by: {id: $id}) { members(first: 5, text: $t) { nodes { professional { preferredName } } } } }"
CASE = (
    "query($id: ID!) { node(id: $id) { ... on Credential { version otherName { text use } verifiedName declaredName "
    "holder { name profession { code } } proposed { changes otherName { text use } } evidence { downloadUrl } } } }"
)


def submit_name(stack: Stack, token: str, text: str, use: str = "PREFERRED", **given: Any) -> Any:
    """The payload of another name's submission."""
    fields = {"credentialKind": "NAME", "jurisdiction": "DE", "otherName": {"text": text, "use": use}} | given
    return stack.change("submitCredential", CREDENTIAL, token, **fields)


def found(stack: Stack, viewer: str, text: str) -> list[Any]:
    """Who is found by a text."""
    return list(stack.data(PEERS, viewer, t=text)["peers"]["nodes"])


def test_a_preferred_name_goes_from_its_document_to_everybody_and_back(stack: Stack) -> None:
    """Owner, verifier, strangers and group members; the name, the licence and proofs stay what was verified."""
    name, other, script = f"Ada {letters()}", f"Countess {letters()}", f"Ада {letters()}"
    token, me, _ = verified(stack, name)
    maria, vera, vito = stack.sign_in("maria"), stack.sign_in("vera"), stack.sign_in("vito")
    before = proof(stack, token)
    own = submit_name(stack, token, other)["credential"]["id"]
    assert found(stack, maria, other) == []
    upload = stack.change(
        "requestEvidenceUpload", "uploadUrl", token, credential=own, mediaType="application/pdf", bytes=len(PDF)
    )["uploadUrl"]
    assert http(upload.replace("http://127.0.0.1:8000", stack.url), "PUT", PDF)[0] == 201
    stack.change("takeCase", CREDENTIAL, vera, credential=own)
    shown = stack.data(CASE, vera, id=own)["node"]
    assert shown["otherName"] == {"text": other, "use": "PREFERRED"}
    assert (shown["verifiedName"], shown["declaredName"], shown["holder"]["name"]) == (name, name, name)
    assert http(shown["evidence"][0]["downloadUrl"].replace("http://127.0.0.1:8000", stack.url))[0] == 200
    decided = stack.change(
        "decideCredential", CREDENTIAL, vera, id=own, decision="VALIDATE", reason="CONFIRMED_BY_DOCUMENT",
        expectedVersion=shown["version"],
    )  # fmt: skip
    assert codes(decided) == []

    names = [{"text": other, "use": "PREFERRED"}]
    card = {
        "name": name, "nameHidden": False, "preferredName": other, "otherNames": names, "verification": "RIGHT_TO_PRACTISE",
        "licences": [{"holderName": name}],
    }  # fmt: skip
    assert found(stack, maria, other) == [{"name": name, "preferredName": other, "otherNames": names}]
    assert stack.data(CARD, maria, id=me)["professional"] == stack.data(CARD, token, id=me)["professional"] == card
    assert found(stack, maria, name) == [{"name": name, "preferredName": other, "otherNames": names}]
    assert proves(stack, before)["status"] == "VALID"
    assert proves(stack, proof(stack, token))["name"] == name

    second = submit_name(stack, token, script, "TRANSLITERATED")["credential"]["id"]
    assert codes(decide(stack, vera, second)) == []
    assert found(stack, maria, script.upper()) == [
        {"name": name, "preferredName": other, "otherNames": [{"text": script, "use": "TRANSLITERATED"}, *names]}
    ]
    place = group(stack, maria)
    join(stack, token, place)
    members = stack.data(MEMBERS, maria, id=place, t=script)["group"]["members"]["nodes"]
    assert members == [{"professional": {"preferredName": other}}]

    stack.change("setVisibility", "viewer { email }", token, field="NAME", audience="NOBODY")
    assert [found(stack, maria, text) for text in (other, script)] == [[], []]
    hidden = stack.data(CARD, maria, id=me)["professional"]
    assert (hidden["nameHidden"], hidden["preferredName"], hidden["otherNames"]) == (True, None, [])
    assert stack.data(MEMBERS, maria, id=place, t=script)["group"]["members"]["nodes"] == []
    stack.change("setVisibility", "viewer { email }", token, field="NAME", audience="MEMBERS")
    assert found(stack, maria, script) != []

    stack.change("suspendCredential", CREDENTIAL, vera, id=second, reason="SANCTIONED")
    assert found(stack, maria, script) == []
    confirm(stack, vito, second, agree=False)
    assert found(stack, maria, script) != []
    stack.change("revokeCredential", CREDENTIAL, vito, id=second, reason="SANCTIONED")
    assert found(stack, maria, script) == []
    stack.change("withdrawCredential", CREDENTIAL, token, id=own)
    assert found(stack, maria, other) == []
    seen = stack.data(CARD, maria, id=me)["professional"]
    assert (seen["name"], seen["preferredName"], seen["otherNames"]) == (name, None, [])


def test_another_members_name_is_taken_by_nobody_without_a_document(stack: Stack) -> None:
    """Somebody who says that they are called María shows it to nobody, is not found by it, and cannot make it so."""
    name = f"Maria {letters()}"
    _, victim, _ = verified(stack, name)
    stranger, vera = stack.sign_in("jonas"), stack.sign_in("vera")
    token, me, _ = verified(stack, f"Eve {letters()}")
    own = submit_name(stack, token, name)["credential"]["id"]
    assert [one["name"] for one in found(stack, stranger, name)] == [name]
    assert stack.data(CARD, stranger, id=me)["professional"]["otherNames"] == []
    assert stack.data(CARD, token, id=me)["professional"]["preferredName"] is None
    bare = decide(stack, vera, own, reason="CONFIRMED_BY_DOCUMENT")
    assert [(one["code"], one["field"]) for one in bare["userErrors"]] == [("INVALID", ["reason"])]
    called = stack.change(
        "decideCredential", CREDENTIAL, vera, id=own, decision="VALIDATE", reason="CONFIRMED_AT_SOURCE", method="CALL", note="A call"
    )  # fmt: skip
    assert [(one["code"], one["field"]) for one in called["userErrors"]] == [("INVALID", ["method"])]
    assert [one["name"] for one in found(stack, stranger, name)] == [name]
    assert stack.data(CARD, stranger, id=victim)["professional"]["name"] == name

    unverified = stack.sign_up(f"Eve {letters()}", address(), ["DE"])
    own = submit_name(stack, unverified, name)["credential"]["id"]
    early = decide(stack, vera, own)
    assert codes(early) == ["CONFLICT"]
    assert [one["name"] for one in found(stack, stranger, name)] == [name]


def test_what_a_name_may_not_have_is_refused_with_its_field(stack: Stack) -> None:
    """By code, and nothing is stored."""
    token = stack.sign_up(f"Ada {letters()}", address(), ["DE"])
    for given, field in (
        ({"otherName": None}, ["otherName"]),
        ({"otherName": {"text": "x", "use": "FORMER"}}, ["otherName", "text"]),
        ({"otherName": {"text": "x" * 121, "use": "FORMER"}}, ["otherName", "text"]),
        ({"number": "123"}, ["number"]),
        ({"specialty": "cardiology"}, ["specialty"]),
        ({"credentialKind": "IDENTITY"}, ["otherName"]),
    ):
        refused = submit_name(stack, token, "Ada King", **given)
        assert [(one["code"], one["field"]) for one in refused["userErrors"]] == [("INVALID", field)], given
    own = "{ viewer { credentials(first: 5) { totalCount nodes { id } } } }"
    assert stack.data(own, token)["viewer"]["credentials"]["nodes"] == []
    assert codes(submit_name(stack, token, "Ada King", idempotency_key=new_id())) == []
    again = submit_name(stack, token, "ada king")
    assert [(one["code"], one["field"]) for one in again["userErrors"]] == [("CONFLICT", ["otherName", "text"])]


def test_a_changed_name_stands_beside_the_old_one_on_the_desk(stack: Stack) -> None:
    """And others see the old one until it is decided; the verifier reads what the profile says besides."""
    old, new = f"Countess {letters()}", f"Duchess {letters()}"
    token, me, _ = verified(stack, f"Ada {letters()}")
    vera, maria = stack.sign_in("vera"), stack.sign_in("maria")
    own = submit_name(stack, token, old)["credential"]["id"]
    assert codes(decide(stack, vera, own)) == []
    stack.change("updateCredential", CREDENTIAL, token, id=own, otherName={"text": new, "use": "MARRIED"})
    stack.change("updateProfile", "professional { id }", token, name="Declared Otherwise")
    case = stack.data(CASE, vera, id=own)["node"]
    assert case["otherName"] == {"text": old, "use": "PREFERRED"}
    assert case["proposed"] == {"changes": ["otherName"], "otherName": {"text": new, "use": "MARRIED"}}
    assert (case["declaredName"], case["verifiedName"]) == ("Declared Otherwise", case["holder"]["name"])
    assert (found(stack, maria, new), len(found(stack, maria, old))) == ([], 1)
    assert codes(decide(stack, vera, own)) == []
    assert (found(stack, maria, old), len(found(stack, maria, new))) == ([], 1)
    assert stack.data(CARD, maria, id=me)["professional"]["preferredName"] is None
