"""What a verified statement says was on a verifier's screen: through GraphQL, as owner, impostor, verifiers and others."""

from __future__ import annotations

import time
from typing import Any

import pytest

from gateway.ids import encode
from kit.clock import new_id
from tests.e2e.test_verification import NUMBERS, PDF, address, authority, http, submit, verified
from tests.support.casework import CREDENTIAL, SOURCE, confirm, decide, read
from tests.support.network import codes
from tests.support.roles import protected, the_only_admin
from tests.support.stack import SIGN_IN, Stack

PERSON = (
    "query($id: ID!) { professional(by: {id: $id}) { name verification profession { code } "
    "practisedSpecialties { specialty { code } } licences { holderName profession { code } specialty { code } } "
    "underReview { name } } }"
)
OWN = (
    "{ viewer { professional { name profession { code } underReview { name profession { code } "
    "practisedSpecialties { code } } } } }"
)
CASE = (
    "query($id: ID!) { node(id: $id) { ... on Credential { verificationStatus version reviewReason specialty { code } expiresOn "
    "holder { name profession { code } practisedSpecialties { code } } "
    "proposed { changes holder { name profession { code } practisedSpecialties { code } } specialty { code } expiresOn } "
    "pendingDecision { decision reason note method sourceUrl } checks { name outcome detail } "
    "earlierDecisions { outcome reason byTwo sameNumber samePerson sameDocument credential } } } }"
)


def case(stack: Stack, token: str, own: str) -> Any:
    """A case as somebody sees it."""
    return stack.data(CASE, token, id=own)["node"]


def proof(stack: Stack, token: str) -> str:
    """A proof for one audience."""
    query = '{ viewer { verificationProof(audience: "clinic.example") { token } } }'
    return str(stack.data(query, token)["viewer"]["verificationProof"]["token"])


def proves(stack: Stack, token: str) -> Any:
    """What a proof says now, to whoever asks."""
    query = (
        "query($t: String!) { checkProof(token: $t) { status name level profession { code } specialties { code } } }"
    )
    return stack.data(query, t=token)["checkProof"]


def letters() -> str:
    """A word that nobody has in their name."""
    return new_id()[-12:].translate(str.maketrans("0123456789", "ghijklmnop")).capitalize()


def test_a_verified_person_cannot_become_somebody_else(stack: Stack) -> None:
    """Others, licences and proofs say what was verified until a verifier agrees; the owner and the verifier see both."""
    old, new = f"Ada {letters()}", f"Eugenia {letters()}"
    token, me, licence = verified(stack, old)
    maria, vera = stack.sign_in("maria"), stack.sign_in("vera")
    given = proof(stack, token)
    payload = stack.change(
        "updateProfile", "professional { name underReview { name profession { code } practisedSpecialties { code } } }", token,
        name=new, profession="2212", specialties=["neurosurgery"],
    )  # fmt: skip
    assert payload["professional"] == {
        "name": old,
        "underReview": {
            "name": new,
            "profession": {"code": "2212"},
            "practisedSpecialties": [{"code": "neurosurgery"}],
        },
    }
    assert stack.data(OWN, token)["viewer"]["professional"]["underReview"]["name"] == new
    seen = stack.data(PERSON, maria, id=me)["professional"]
    assert seen == {
        "name": old, "verification": "RIGHT_TO_PRACTISE", "profession": None, "underReview": None,
        "practisedSpecialties": [{"specialty": {"code": "cardiology"}}],
        "licences": [{"holderName": old, "profession": None, "specialty": {"code": "cardiology"}}],
    }  # fmt: skip
    peers = "query($f: PeerFilter!) { peers(filter: $f, first: 5, orderBy: NAME) { nodes { name } } }"
    for wanted in (
        {"text": new},
        {"text": old, "professions": ["2212"]},
        {"text": old, "specialties": ["neurosurgery"]},
    ):
        assert stack.data(peers, maria, f=wanted)["peers"]["nodes"] == [], wanted
    assert stack.data(peers, maria, f={"text": old})["peers"]["nodes"] == [{"name": old}]
    holds = {
        "status": "VALID", "name": old, "level": "RIGHT_TO_PRACTISE", "profession": None, "specialties": [{"code": "cardiology"}]
    }  # fmt: skip
    assert proves(stack, given) == proves(stack, proof(stack, token)) == holds

    found = case(stack, vera, licence["id"])
    assert (found["verificationStatus"], found["reviewReason"]) == ("VALIDATED", "PROFILE_CHANGED")
    assert found["holder"] == {"name": old, "profession": None, "practisedSpecialties": []}
    assert found["proposed"] == {
        "changes": ["holder"], "specialty": None, "expiresOn": None,
        "holder": {"name": new, "profession": {"code": "2212"}, "practisedSpecialties": [{"code": "neurosurgery"}]},
    }  # fmt: skip

    assert codes(decide(stack, vera, licence["id"])) == []
    seen = stack.data(PERSON, maria, id=me)["professional"]
    assert (seen["name"], seen["profession"], seen["licences"][0]["holderName"]) == (new, {"code": "2212"}, new)
    assert {one["specialty"]["code"] for one in seen["practisedSpecialties"]} == {"neurosurgery", "cardiology"}
    assert stack.data(peers, maria, f={"text": new})["peers"]["nodes"] == [{"name": new}]
    assert proves(stack, given)["status"] == "REVOKED"
    assert proves(stack, proof(stack, token))["name"] == new


def test_a_declined_name_goes_and_the_licence_stays(stack: Stack) -> None:
    """Declining a change takes nothing away from who was verified."""
    old = f"Ada {letters()}"
    token, me, licence = verified(stack, old)
    stack.change("updateProfile", "professional { id }", token, name="Jonas Lindner")
    declined = decide(stack, stack.sign_in("vera"), licence["id"], "REJECT", reason="NAME_MISMATCH")
    assert (declined["credential"]["verificationStatus"], declined["credential"]["standing"]) == ("VALIDATED", "GOOD")
    seen = stack.data(PERSON, stack.sign_in("maria"), id=me)["professional"]
    assert (seen["name"], seen["verification"]) == (old, "RIGHT_TO_PRACTISE")
    assert stack.data(OWN, token)["viewer"]["professional"] == {"name": old, "profession": None, "underReview": None}


def test_a_hidden_name_is_not_told_by_a_licence(stack: Stack) -> None:
    """`holderName` follows the name's audience."""
    token, me, _ = verified(stack, f"Ada {letters()}")
    stack.change("setVisibility", "viewer { email }", token, field="NAME", audience="NOBODY")
    seen = stack.data(PERSON, stack.sign_in("maria"), id=me)["professional"]
    assert seen["licences"][0]["holderName"] is None


def test_a_renewal_is_read_before_it_is_decided_and_stays_while_it_waits(stack: Stack) -> None:
    """The verifier sees old and new; between two verifiers its owner changes nothing."""
    token, _, licence = verified(stack, "Ruth Renewal")
    vera, vito, own = stack.sign_in("vera"), stack.sign_in("vito"), licence["id"]
    stack.change("updateCredential", CREDENTIAL, token, id=own, specialty="nephrology", expiresOn="2030-01-01")
    found = case(stack, vera, own)
    assert (found["specialty"], found["expiresOn"]) == ({"code": "cardiology"}, None)
    assert found["proposed"] == {
        "changes": ["expiresOn", "specialty"],
        "holder": None,
        "specialty": {"code": "nephrology"},
        "expiresOn": "2030-01-01",
    }
    number = stack.data("query($id: ID!) { node(id: $id) { ... on Credential { number } } }", vera, id=own)["node"][
        "number"
    ]
    submit(stack, stack.sign_up("Eve", address(), ["DE"]), number=number)
    stack.change("updateCredential", CREDENTIAL, token, id=own, message="Look again")  # which checks the number again
    waiting = decide(
        stack, vera, own, note="I have seen the entry.",
        shape="credential { version pendingDecision { decision reason note method sourceUrl } }",
    )["credential"]  # fmt: skip
    assert waiting["pendingDecision"] == {
        "decision": "VALIDATE", "reason": "CONFIRMED_AT_SOURCE", "note": "I have seen the entry.",
        "method": "PRIMARY_SOURCE", "sourceUrl": SOURCE,
    }  # fmt: skip
    for refused in (
        stack.change("updateCredential", CREDENTIAL, token, id=own, expiresOn="2099-12-31", specialty="neurosurgery"),
        stack.change("updateProfile", "professional { id }", token, name="Somebody Else"),
        stack.change("requestEvidenceUpload", "uploadUrl", token, credential=own, mediaType="application/pdf", bytes=9),
    ):
        assert codes(refused) == ["CONFLICT"]
    stale = stack.change(
        "confirmDecision", CREDENTIAL, vito, credential=own, agree=True, expectedVersion=waiting["version"] - 1
    )
    assert codes(stale) == ["VERSION_CONFLICT"]
    final = stack.change(
        "confirmDecision", "credential { verificationStatus specialty { code } expiresOn proposed { changes } }", vito,
        credential=own, agree=True, expectedVersion=waiting["version"],
    )["credential"]  # fmt: skip
    assert final == {
        "verificationStatus": "VALIDATED", "specialty": {"code": "nephrology"}, "expiresOn": "2030-01-01", "proposed": None
    }  # fmt: skip


def test_an_upload_address_dies_with_the_state_that_it_was_made_for(stack: Stack) -> None:
    """A verifier who takes the case has all of its documents on the screen."""
    token, vera = stack.sign_up("Late Document", address(), ["DE"]), stack.sign_in("vera")
    own = submit(stack, token)["id"]

    def ask() -> str:
        payload = stack.change(
            "requestEvidenceUpload", "uploadUrl", token, credential=own, mediaType="application/pdf", bytes=len(PDF)
        )
        assert codes(payload) == [], payload
        return str(payload["uploadUrl"]).replace("http://127.0.0.1:8000", stack.url)

    early, late = ask(), ask()
    assert http(early, "PUT", PDF)[0] == 201
    stack.change("takeCase", CREDENTIAL, vera, credential=own)
    assert http(late, "PUT", PDF)[0] == 409
    stack.change("releaseCase", CREDENTIAL, vera, credential=own)
    assert http(late, "PUT", PDF)[0] == 409
    taken = stack.change("takeCase", "credential { version evidence { deleteAt downloadUrl } }", vera, credential=own)
    by_document = {"id": own, "decision": "VALIDATE", "reason": "CONFIRMED_BY_DOCUMENT"}
    unread = stack.change("decideCredential", CREDENTIAL, vera, **by_document)
    assert [(error["code"], error["field"]) for error in unread["userErrors"]] == [("INVALID", ["reason"])]
    (document,) = taken["credential"]["evidence"]
    assert document["deleteAt"] is None
    assert http(document["downloadUrl"].replace("http://127.0.0.1:8000", stack.url))[0] == 200
    read = stack.change("decideCredential", "credential { method evidence { deleteAt } }", vera, **by_document)
    assert read["credential"]["method"] == "DOCUMENT"
    assert read["credential"]["evidence"][0]["deleteAt"] is not None
    refused = stack.change(
        "requestEvidenceUpload", "uploadUrl", token, credential=own, mediaType="application/pdf", bytes=len(PDF)
    )
    assert codes(refused) == ["CONFLICT"]


CONTRADICTIONS = [
    ({"decision": "VALIDATE", "reason": "FORGED_DOCUMENT"}, "reason"),
    ({"decision": "REJECT", "reason": "CONFIRMED_AT_SOURCE"}, "reason"),
    ({"decision": "REJECT", "reason": "OTHER"}, "note"),
    ({"decision": "VALIDATE", "reason": "CONFIRMED_BY_DOCUMENT"}, "reason"),
    ({"decision": "VALIDATE", "reason": "CONFIRMED_AT_SOURCE"}, "sourceUrl"),
    ({"decision": "VALIDATE", "reason": "CONFIRMED_AT_SOURCE", "method": "CALL"}, "note"),
    ({"decision": "VALIDATE", "reason": "CONFIRMED_AT_SOURCE", "method": "SELF_ASSERTED"}, "method"),
    ({"decision": "REQUEST_INFO", "reason": "FORGED_DOCUMENT", "note": "Why?"}, "reason"),
]


def test_the_desk_accepts_no_contradictions(stack: Stack) -> None:
    """Each names the field; the case stays with its verifier."""
    vera = stack.sign_in("vera")
    token = stack.sign_up("Ida Identity", address(), ["DE"])
    own = submit(stack, token, credentialKind="IDENTITY", authority=None, number=None, specialty=None)["id"]
    stack.change("takeCase", CREDENTIAL, vera, credential=own)
    for given, field in CONTRADICTIONS:
        payload = stack.change("decideCredential", CREDENTIAL, vera, id=own, **given)
        assert [(error["code"], error["field"]) for error in payload["userErrors"]] == [("INVALID", [field])], given
    assert case(stack, vera, own)["verificationStatus"] == "IN_PROCESS"


def test_many_cases_are_not_decided_unseen_in_one_request(stack: Stack) -> None:
    """Nobody has taken them."""
    token, vera = stack.sign_up("Ten Cases", address(), ["DE"]), stack.sign_in("vera")
    cases = [submit(stack, token)["id"] for _ in range(10)]
    acts = " ".join(
        f'a{n}: decideCredential(input: {{id: "{own}", decision: VALIDATE, reason: CONFIRMED_AT_SOURCE}}) '
        "{ userErrors { code } }"
        for n, own in enumerate(cases)
    )
    answer = stack.data(f"mutation {{ {acts} }}", vera)
    assert [one["userErrors"][0]["code"] for one in answer.values()] == ["CONFLICT"] * 10
    assert {case(stack, vera, own)["verificationStatus"] for own in cases} == {"ATTESTED"}


def test_a_confirmation_is_about_what_its_verifier_has_read(stack: Stack) -> None:
    """Through the queue or by id; what has changed since is read again, also where no version is sent."""
    vera, vito = stack.sign_in("vera"), stack.sign_in("vito")
    token, _, found = verified(stack, "Read First")
    licence = found["id"]
    answer = {"credential": licence, "agree": True}
    stack.change("suspendCredential", CREDENTIAL, vera, id=licence, reason="SANCTIONED")
    unread = stack.change("confirmDecision", CREDENTIAL, vito, **answer)
    assert codes(unread) == ["CONFLICT"]
    assert read(stack, vito, licence)["pendingDecision"] == {"decision": "SUSPEND"}
    revoked = stack.change("revokeCredential", CREDENTIAL, vera, id=licence, reason="SANCTIONED")["credential"]
    stale = stack.change("confirmDecision", CREDENTIAL, vito, **answer)
    assert [(one["code"], one["currentVersion"]) for one in stale["userErrors"]] == [
        ("VERSION_CONFLICT", revoked["version"])
    ]
    assert case(stack, token, licence)["pendingDecision"]["decision"] == "REVOKE"
    queue = (
        '{ verificationQueue(filter: {jurisdictions: ["DE"], awaitingSecondOnly: true}, first: 100) { nodes { id } } }'
    )
    assert licence in {one["id"] for one in stack.data(queue, vito)["verificationQueue"]["nodes"]}
    final = stack.change("confirmDecision", CREDENTIAL, vito, **answer)
    assert final["credential"]["verificationStatus"] == "REVAL_FAIL"


def test_a_suspension_is_not_washed_off(stack: Stack) -> None:
    """Withdrawn and submitted again, verifiers see it, and one alone cannot validate; the owner sees nothing of it."""
    vera, vito = stack.sign_in("vera"), stack.sign_in("vito")
    token = stack.sign_up("Wash Off", address(), ["DE"])
    number = next(NUMBERS)
    own = submit(stack, token, number=number)["id"]
    assert codes(decide(stack, vera, own)) == []
    stack.change("suspendCredential", CREDENTIAL, vera, id=own, reason="SANCTIONED")
    confirm(stack, vito, own, agree=True)
    stack.change("withdrawCredential", CREDENTIAL, token, id=own)
    again = submit(stack, token, number=number)["id"]
    shown = case(stack, vera, again)["earlierDecisions"]
    assert {
        "outcome": "SUSPENSION_UPHELD", "reason": "SANCTIONED", "byTwo": True, "sameNumber": True, "samePerson": True,
        "sameDocument": False, "credential": own,
    } in shown  # fmt: skip
    assert case(stack, token, again)["earlierDecisions"] == []
    waiting = decide(stack, vera, again, shape="credential { verificationStatus pendingDecision { decision } }")
    assert waiting["credential"] == {"verificationStatus": "IN_PROCESS", "pendingDecision": {"decision": "VALIDATE"}}


def test_an_applicant_learns_nothing_about_others_from_checks(stack: Stack) -> None:
    """The second claim of a number looks to its owner like the first; the verifier sees the conflict."""
    number, vera = next(NUMBERS), stack.sign_in("vera")
    tokens = [stack.sign_up(name, address(), ["DE"]) for name in ("First Claim", "Second Claim")]
    given = {"credentialKind": "IDENTIFIER", "authority": encode("Authority", "de-kbv"), "specialty": None}
    cases = [submit(stack, token, number=number, **given)["id"] for token in tokens]
    seen = [case(stack, token, own)["checks"] for token, own in zip(tokens, cases, strict=True)]
    assert seen[0] == seen[1]
    outcomes = {one["name"]: (one["outcome"], one["detail"]) for one in seen[1]}
    assert outcomes["NUMBER_UNIQUE"] == ("OPEN", "A verifier looks at this.")
    assert outcomes["NUMBER_FORMAT"][0] == "PASS"
    shown = {one["name"]: one["outcome"] for one in case(stack, vera, cases[1])["checks"]}
    assert shown["NUMBER_UNIQUE"] == "FAIL"


def privileged(stack: Stack, role: str, jurisdictions: list[str]) -> tuple[str, str]:
    """Somebody new with a role and one-time passwords: token and id."""
    person = protected(stack, "Limited Verifier")
    given = stack.change(
        "setRoles",
        "account { id }",
        the_only_admin(stack),
        account=person.id,
        roles=[role],
        jurisdictions=jurisdictions,
    )
    assert given["userErrors"] == []
    return person.sign_in(), person.id


def log_of(stack: Stack, **about: str) -> list[tuple[str, str | None]]:
    """What the trail says about an object or of an actor, newest first."""
    found = stack.data(
        "query($object: String, $actor: String) { auditLog(object: $object, actor: $actor, first: 50) { nodes { action reason } } }",
        stack.sign_in("admin"), **about,
    )  # fmt: skip
    return [(one["action"], one["reason"]) for one in found["auditLog"]["nodes"]]


@pytest.fixture(scope="module")
def limited(stack: Stack) -> tuple[str, str]:
    """A verifier for Germany alone."""
    return privileged(stack, "VERIFIER", ["DE"])


def test_a_verifier_reads_only_their_jurisdictions(stack: Stack, limited: tuple[str, str]) -> None:
    """By every way to a case: its id, several ids, the queue and the acts of the desk."""
    verifier, _ = limited
    irish = submit(
        stack, stack.sign_up("Irish Case", address(), ["IE"]), authority=authority(stack, "IE"), number=f"{int(new_id()[-6:], 16) % 900_000 + 100_000}",
        jurisdiction="IE", specialty=None,
    )["id"]  # fmt: skip
    german = submit(stack, stack.sign_up("German Case", address(), ["DE"]))["id"]
    assert case(stack, verifier, irish) is None
    assert case(stack, verifier, german)["verificationStatus"] == "ATTESTED"
    nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    assert stack.data(nodes, verifier, ids=[irish, german])["nodes"] == [None, {"id": german}]
    queue = '{ verificationQueue(filter: {jurisdictions: ["IE", "DE"]}, first: 100) { nodes { jurisdiction } } }'
    assert {one["jurisdiction"][:2] for one in stack.data(queue, verifier)["verificationQueue"]["nodes"]} == {"DE"}
    for name, given in (
        ("takeCase", {"credential": irish}), ("releaseCase", {"credential": irish}),
        ("confirmDecision", {"credential": irish, "agree": True}),
        ("decideCredential", {"id": irish, "decision": "REJECT", "reason": "EXPIRED"}),
        ("suspendCredential", {"id": irish, "reason": "EXPIRED"}), ("revokeCredential", {"id": irish, "reason": "EXPIRED"}),
    ):  # fmt: skip
        payload = stack.change(name, "credential { number }", verifier, **given)
        assert (codes(payload), payload["credential"]) == (["FORBIDDEN"], None), name


def test_what_people_with_a_role_read_is_audited(stack: Stack, limited: tuple[str, str]) -> None:
    """Numbers, the desk and accounts; the first time in an hour by itself."""
    verifier, me = limited
    own = submit(stack, stack.sign_up("Read Case", address(), ["DE"]))["id"]
    for _ in range(3):
        case(stack, verifier, own)
    assert log_of(stack, object=own).count(("credential.read", None)) == 1
    stack.data("{ verificationQueue(first: 2) { nodes { number } } }", verifier)
    assert [action for action, _ in log_of(stack, actor=me)].count("desk.read") == 1

    mail = address()
    admin, person = privileged(stack, "ADMIN", []), stack.sign_up("Read Account", mail, ["DE"])
    subject = stack.data("{ viewer { professional { id } } }", person)["viewer"]["professional"]["id"]
    stack.data("{ accounts(first: 2) { nodes { email } } }", admin[0])
    found = "query($t: String) { accounts(text: $t, first: 1) { nodes { id } } }"
    account = stack.data(found, admin[0], t=mail)["accounts"]["nodes"]
    stack.data("query($id: ID!) { node(id: $id) { ... on Account { email } } }", admin[0], id=account[0]["id"])
    done = [action for action, _ in log_of(stack, actor=admin[1])]
    assert (done.count("account.list"), done.count("account.read")) == (1, 1)
    assert ("account.read", None) in log_of(stack, object=subject)


def test_a_failed_sign_in_to_an_account_with_a_role_is_audited(stack: Stack, limited: tuple[str, str]) -> None:
    """With who it was tried on; to a member's account it is not."""
    verifier, me = limited
    email = stack.data("{ viewer { email } }", verifier)["viewer"]["email"]
    stack.data(SIGN_IN, email=email, password="wrong wrong wrong")
    deadline = time.monotonic() + 15
    while ("session.open.refused", "INVALID_CREDENTIALS") not in log_of(stack, object=me):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    mail = address()
    member = stack.sign_up("Only Member", mail, ["DE"])
    own = stack.data("{ viewer { professional { id } } }", member)["viewer"]["professional"]["id"]
    stack.data(SIGN_IN, email=mail, password="wrong wrong wrong")
    assert "session.open.refused" not in [action for action, _ in log_of(stack, object=own)]
