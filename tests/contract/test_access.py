"""Role × operation × own or other's, for every field and mutation about verified people."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from gateway.accounts.mutations import MUTATIONS as ACCOUNTS
from gateway.addresses.mutations import MUTATIONS as ADDRESSES
from gateway.credentials.mutations import MUTATIONS as CREDENTIALS
from gateway.desk.mutations import MUTATIONS as DESK
from gateway.directory.mutations import MUTATIONS as DIRECTORY
from gateway.fields import camel
from gateway.ids import decode, encode
from gateway.people.mutations import MUTATIONS as PEOPLE
from gateway.personal_tokens.mutations import MUTATIONS as PERSONAL_TOKENS
from gateway.rights.mutations import MUTATIONS as RIGHTS
from gateway.roles.mutations import MUTATIONS as ROLE_ACTS
from gateway.schema import schema
from gateway.second_factor.mutations import MUTATIONS as SECOND_FACTOR
from gateway.sessions.mutations import MUTATIONS as SESSIONS
from gateway.suspensions.mutations import MUTATIONS as SUSPENSIONS
from kit.levels import NEEDS
from kit.verification import LEVELS, at_least
from tests.e2e.test_verification import address, submit, verified
from tests.support.casework import decide
from tests.support.operations import ABSENT
from tests.support.stack import Stack

TABLE = tomllib.loads((Path(__file__).parent / "access.toml").read_text(encoding="utf-8"))
ROLES = {"anonymous": None, "member": "noel", "verifier": "vera", "moderator": "mod", "admin": "admin"}
REFUSED = {"FORBIDDEN", "NOT_FOUND", "UNAUTHENTICATED"}
# Arguments that get past permission and no further: the credentials in these tests are withdrawn.
GIVEN: dict[str, dict[str, Any]] = {
    "updateCredential": {"message": "x"},
    "withdrawCredential": {},
    "appealCredential": {"statement": "It is not as you say."},
    "requestEvidenceUpload": {"mediaType": "application/pdf", "bytes": 10},
    "takeCase": {}, "releaseCase": {}, "confirmDecision": {"agree": True}, "assignCase": {}, "addCaseNote": {"text": "The patient with MRN 1234567 got better."},
    "decideCredential": {"decision": "REJECT", "reason": "OTHER"},
    "suspendCredential": {"reason": "OTHER"}, "revokeCredential": {"reason": "OTHER"},
    "setRoles": {"roles": [], "jurisdictions": ["M49:001"]},
    "suspendAccount": {"reason": "x"}, "confirmSuspension": {}, "decideSuspensionAppeal": {"uphold": True}, "approveSecondFactorReset": {},
}  # fmt: skip
BY_CREDENTIAL = {"takeCase", "releaseCase", "assignCase", "addCaseNote", "confirmDecision", "requestEvidenceUpload"}


@pytest.fixture(scope="module")
def things(stack: Stack) -> dict[str, dict[str, str]]:
    """For each role a withdrawn credential of its own, and its account; `other` is somebody else's."""
    found = {}
    for role, who in {**ROLES, "other": None}.items():
        token = stack.sign_in(who) if who else stack.sign_up("Jemand", address(), ["DE"])
        case = submit(stack, token, specialty=None)["id"]
        stack.change("withdrawCredential", "credential { id }", token, id=case)
        me = stack.data("{ viewer { professional { id } } }", token)["viewer"]["professional"]["id"]
        own = decode(me)
        assert own is not None
        found[role] = {"Credential": case, "Account": encode("Account", own[1])}
    return found


def test_the_table_lists_every_mutation_and_field() -> None:
    """A new one is listed before it is served."""
    served = {
        camel(n)
        for m in (
            ACCOUNTS,
            SUSPENSIONS,
            CREDENTIALS,
            DESK,
            DIRECTORY,
            PEOPLE,
            RIGHTS,
            ROLE_ACTS,
            SESSIONS,
            PERSONAL_TOKENS,
            ADDRESSES,
            SECOND_FACTOR,
        )
        for n in m
    }
    listed = [
        *TABLE["credential"],
        *TABLE["account"],
        *TABLE["proposal"],
        *TABLE["hiding"],
        *TABLE["self"]["signed_in"],
        *TABLE["self"]["anyone"],
    ]
    assert sorted(listed) == sorted(served)
    rows = {name: row["fields"] for name, row in TABLE["types"].items()} | TABLE["inside"]
    for name, fields in rows.items():
        assert sorted(fields) == sorted(schema().type_map[name].fields), name  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", [*TABLE["credential"], *TABLE["account"]])
def test_a_mutation_lets_through_whom_the_table_names(
    stack: Stack, things: dict[str, dict[str, str]], name: str
) -> None:
    """Everybody else gets a code that says no more than they may know."""
    kind = "credential" if name in TABLE["credential"] else "account"
    for role, who in ROLES.items():
        token = stack.sign_in(who) if who else None
        for relation, owner in (("own", role), ("other", "other")):
            thing = things[owner][kind.capitalize()]
            argument = {"account" if kind == "account" else "credential" if name in BY_CREDENTIAL else "id": thing}
            payload = stack.change(name, "__typename", token, **argument, **GIVEN[name])
            codes = {error["code"] for error in payload["userErrors"]}
            assert codes, (name, role, relation)  # nothing here may succeed
            assert (not codes & REFUSED) == (role in TABLE[kind][name][relation]), (name, role, relation, codes)


@pytest.mark.parametrize("name", TABLE["proposal"])
def test_what_waits_for_a_second_admin_is_for_admins(stack: Stack, name: str) -> None:
    """Everybody else learns only that they may not."""
    proposal = encode("RoleProposal", ABSENT)
    for role, who in ROLES.items():
        payload = stack.change(name, "__typename", stack.sign_in(who) if who else None, id=proposal)
        expected = TABLE["proposal"][name]["admin" if role == "admin" else "others"] if who else "UNAUTHENTICATED"
        assert [error["code"] for error in payload["userErrors"]] == [expected], (name, role)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("decideHiding", {"id": encode("HidingRequest", ABSENT), "outcome": "HIDDEN"}),
        ("restoreDirectoryProfile", {"professional": encode("Professional", ABSENT), "reason": "A mistake"}),
    ],
)
def test_directory_profiles_are_hidden_and_restored_by_verifiers(
    stack: Stack, name: str, given: dict[str, str]
) -> None:
    """Admins do not decide about them either."""
    for role, who in ROLES.items():
        payload = stack.change(name, "__typename", stack.sign_in(who) if who else None, **given)
        expected = TABLE["hiding"][name]["verifier" if role == "verifier" else "others"] if who else "UNAUTHENTICATED"
        assert [error["code"] for error in payload["userErrors"]] == [expected], (name, role)


@pytest.mark.parametrize("name", TABLE["self"]["signed_in"])
def test_what_is_about_oneself_needs_a_token(stack: Stack, name: str) -> None:
    """And names nobody else, so that no other's thing can be meant."""
    arguments = schema().type_map[f"{name[0].upper()}{name[1:]}Input"].fields  # type: ignore[attr-defined]
    assert not {"account", "professional", "id", "credential"} & set(arguments)


PATHS = {
    "Credential": 'node(id: "{Credential}") {{ ... on Credential {{ {field} }} }}',
    "Account": 'node(id: "{Account}") {{ ... on Account {{ {field} }} }}',
    "AuditEntry": "auditLog(first: 1) {{ nodes {{ {field} }} }}",
    "SecondFactorReset": "secondFactorResets(first: 1) {{ nodes {{ {field} }} }}",
    "HidingRequest": "hidingRequests(first: 1) {{ nodes {{ {field} }} }}",
    "DeadLetter": "deadLetters(first: 1) {{ nodes {{ {field} }} }}",
    "RegisterImport": "registerImports(first: 1) {{ nodes {{ {field} }} }}",
    "Viewer": "viewer {{ {field} }}",
    "ProofCheck": 'checkProof(token: "x") {{ {field} }}',
}


def _selection(kind: str, name: str) -> str:
    field = schema().type_map[kind].fields[name]  # type: ignore[attr-defined]
    inner = field.type
    while hasattr(inner, "of_type"):
        inner = inner.of_type
    arguments = '(audience: "x")' if "audience" in field.args else ""
    return f"{name}{arguments} {{ __typename }}" if hasattr(inner, "fields") else name


@pytest.mark.parametrize("kind", TABLE["types"])
def test_a_type_shows_itself_to_whom_the_table_names(
    stack: Stack, things: dict[str, dict[str, str]], kind: str
) -> None:
    """Field by field; for everybody else the whole is null, or refused."""
    row = TABLE["types"][kind]
    for role, who in ROLES.items():
        token = stack.sign_in(who) if who else None
        for relation, owner in (("own", role), ("other", "other")):
            if kind == "Viewer" and relation == "other":
                continue  # there is no way to name another's
            for start in range(0, len(row["fields"]), 8):
                chosen = [_selection(kind, field) for field in row["fields"][start : start + 8]]
                answer = stack.run("{ " + PATHS[kind].format(field=" ".join(chosen), **things[owner]) + " }", token)
                root = next(iter((answer.get("data") or {"": None}).values()))
                reached = root is not None and root != {}
                assert reached == (role in row[relation]), (kind, role, relation, answer)


# Each operation that needs a level, with arguments that get past the level's check and no further.
ASKED: dict[str, tuple[str, dict[str, Any]]] = {
    "createGroup": ("createGroup", {"name": "Level", "purpose": "p"}),
    "postCase": (
        "createDiscussion",
        {
            "group": encode("Group", ABSENT), "kind": "CASE", "title": "t", "body": "b", "language": "en",
            "caseDetails": {"question": "q", "ageBand": "60-69", "consentScope": "NOT_NEEDED"},
        },
    ),
    "proposeNote": (
        "proposeNote",
        {"subject": encode("Post", ABSENT), "body": "A note of some length.", "sources": [{"pmid": "12345678"}]},
    ),
    "requestIntroduction": ("requestIntroduction", {"to": encode("Professional", ABSENT), "message": "Please"}),
    "rateNote": ("rateNote", {"note": encode("ContextNote", ABSENT), "helpful": True}),
}  # fmt: skip


@pytest.mark.parametrize("operation", NEEDS)
def test_a_level_may_do_what_the_table_says(stack: Stack, operation: str) -> None:
    """NOT_VERIFIED below the level, and something else from it on."""
    unverified = stack.sign_up("Ohne", address(), ["DE"])
    identified = stack.sign_up("Mit Ausweis", address(), ["DE"])
    case = submit(stack, identified, credentialKind="IDENTITY", authority=None, number=None, specialty=None)["id"]
    decide(stack, stack.sign_in("vera"), case)
    practising, _, _ = verified(stack, "Mit Approbation")

    def refused(token: str) -> bool:
        if operation in ASKED:
            name, given = ASKED[operation]
            payload = stack.change(name, "__typename", token, **given)
            return [error["code"] for error in payload["userErrors"]] == ["NOT_VERIFIED"]
        answer = stack.run(f'{{ viewer {{ {operation}(audience: "x") {{ token }} }} }}', token)
        return [error["extensions"]["code"] for error in answer.get("errors", [])] == ["NOT_VERIFIED"]

    for token, level in zip((unverified, identified, practising), LEVELS, strict=True):
        expected = not at_least(level, NEEDS[operation])
        assert refused(token) == expected
