"""Two admins give a role together, and decisions say so, end to end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.test_verification import address, submit
from tests.support.casework import decide
from tests.support.network import codes
from tests.support.roles import Protected, made_by_operator, protected, the_only_admin
from tests.support.stack import Stack

RULE = "{ instance { rolesAreGivenBy secondFactorResetHours } }"
ONE_ADMIN = {"instance": {"rolesAreGivenBy": "ONE_ADMIN", "secondFactorResetHours": 72}}
TWO_ADMINS = {"instance": {"rolesAreGivenBy": "TWO_ADMINS", "secondFactorResetHours": None}}
PROPOSALS = """{ roleProposals(first: 10) { nodes {
    id account professional { name } roles jurisdictions proposedBy { name } proposedAt expiresAt } } }"""
GRANT = "role rule givenBy { name } confirmedBy { name } at"
HISTORY = f"query($id: ID!) {{ node(id: $id) {{ ... on Credential {{ history {{ to roleGrant {{ {GRANT} }} }} }} }} }}"


@pytest.fixture
def second(stack: Stack) -> Iterator[Protected]:
    """A second admin, besides the demo's, whom the operator made."""
    if not stack.environment:
        pytest.skip("the operator's command needs the machine that the system runs on")
    the_only_admin(stack)
    assert stack.data(RULE) == ONE_ADMIN
    person = made_by_operator(stack, "Second Admin", "admin")
    yield person
    person.resign()
    assert stack.data(RULE) == ONE_ADMIN


def test_a_verifier_is_made_by_two_admins_and_their_decisions_say_so(stack: Stack, second: Protected) -> None:
    """One proposes, the other confirms; verifiers read it beside what the verifier decided, and the applicant does not."""
    admin, other, person = stack.sign_in("admin"), second.sign_in(), protected(stack, "New Verifier")
    assert stack.data(RULE) == TWO_ADMINS
    given = stack.change(
        "setRoles", "account { id roles roleProposal { id } } proposal { id roles jurisdictions }", admin,
        account=person.id, roles=["VERIFIER"], jurisdictions=["DE"],
    )  # fmt: skip
    proposal = given["proposal"]["id"]
    assert given["proposal"] == {"id": proposal, "roles": ["VERIFIER"], "jurisdictions": ["DE"]}
    assert (given["account"]["roles"], given["account"]["roleProposal"]) == (["MEMBER"], {"id": proposal})
    (listed,) = stack.data(PROPOSALS, other)["roleProposals"]["nodes"]
    assert {name: listed[name] for name in ("id", "account", "professional", "roles", "jurisdictions", "proposedBy")} == {
        "id": proposal, "account": given["account"]["id"], "professional": {"name": "New Verifier"}, "roles": ["VERIFIER"],
        "jurisdictions": ["DE"], "proposedBy": {"name": "Ada Holloway"},
    }  # fmt: skip
    for token, code in (
        (admin, "SECOND_PERSON_REQUIRED"), (person.token, "FORBIDDEN"), (stack.sign_in("vera"), "FORBIDDEN"),
    ):  # fmt: skip
        assert codes(stack.change("confirmRoles", "account { id }", token, id=proposal)) == [code]
    confirmed = stack.change(
        "confirmRoles", f"account {{ roles jurisdictions roleProposal {{ id }} roleGrants {{ {GRANT} }} }}", other,
        id=proposal,
    )["account"]  # fmt: skip
    (grant,) = confirmed.pop("roleGrants")
    assert confirmed == {"roles": ["MEMBER", "VERIFIER"], "jurisdictions": ["DE"], "roleProposal": None}
    assert {name: grant[name] for name in ("role", "rule", "givenBy", "confirmedBy")} == {
        "role": "VERIFIER", "rule": "TWO_ADMINS", "givenBy": {"name": "Ada Holloway"},
        "confirmedBy": {"name": "Second Admin"},
    }  # fmt: skip
    assert codes(stack.change("confirmRoles", "account { id }", other, id=proposal)) == ["NOT_FOUND"]

    applicant = stack.sign_up("Applicant", address(), ["DE"])
    case = submit(stack, applicant)["id"]
    decide(stack, person.sign_in(), case)
    seen = stack.data(HISTORY, stack.sign_in("vera"), id=case)["node"]["history"]
    assert [(event["to"], event["roleGrant"]) for event in seen] == [
        ("ATTESTED", None), ("IN_PROCESS", grant), ("VALIDATED", grant)
    ]  # fmt: skip
    own = stack.data(HISTORY, applicant, id=case)["node"]["history"]
    assert [event["roleGrant"] for event in own] == [None] * 3


def test_a_proposal_is_declined(stack: Stack, second: Protected) -> None:
    """By the other admin; the account stays as it was."""
    admin, other, person = stack.sign_in("admin"), second.sign_in(), protected(stack, "No Moderator")
    given = stack.change("setRoles", "proposal { id }", other, account=person.id, roles=["MODERATOR"])
    own = stack.change("setRoles", "account { id }", other, account=second.id, roles=["ADMIN", "VERIFIER"])
    assert codes(own) == ["FORBIDDEN"]
    declined = stack.change("declineRoles", "account { roles roleProposal { id } }", admin, id=given["proposal"]["id"])
    assert declined == {"account": {"roles": ["MEMBER"], "roleProposal": None}, "userErrors": []}
    assert stack.data(PROPOSALS, admin)["roleProposals"]["nodes"] == []
