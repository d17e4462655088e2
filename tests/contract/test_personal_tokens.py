"""What a personal access token may do: every route and every mutation is tried, with each scope."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from gateway.fields import camel
from gateway.schema import _MUTATIONS
from kit.tokens import PERSONAL_AUDIENCE
from tests.contract.test_callers import ROWS, SIGNER, ask, routes
from tests.contract.test_callers import apps as apps  # noqa: PLC0414  # a fixture
from tests.contract.test_permissions import TABLE
from tests.contract.test_repetition import sent_by
from tests.contract.test_unconfirmed import for_people
from tests.support.operations import ABSENT

FOR_A_PERSON_ALONE = {
    # signing in, and what somebody could keep an account by
    "changePassword", "resendConfirmation", "startTotp", "confirmTotp", "disableTotp", "newRecoveryCodes", "changeEmail",
    "endSession", "endOtherSessions", "createPersonalAccessToken", "revokePersonalAccessToken", "approveSecondFactorReset",
    # consent, rights, and statements about oneself
    "acceptPolicies", "exportMyData", "eraseMe", "appealCredential", "appealDecision", "appealSuspension", "claimProfile",
    "hideDirectoryProfile",
    # the desk, moderation and administration, which need a role that counts in no such token
    "takeCase", "releaseCase", "releaseCases", "assignCase", "addCaseNote", "decideCredential", "confirmDecision",
    "suspendCredential", "revokeCredential", "decideHiding", "restoreDirectoryProfile", "takeFlag", "decideFlag", "setRoles",
    "confirmRoles", "declineRoles", "suspendAccount", "confirmSuspension", "decideSuspensionAppeal", "retryDeadLetter",
    "requestRegisterUpload", "confirmRegisterImport", "undoRegisterImport", "addAuthority", "updateAuthority",
}  # fmt: skip
SENTENCES = ("This needs a sign-in", "This personal access token")
EVERY_ROLE = ["MEMBER", "VERIFIER", "MODERATOR", "ADMIN"]


def answered(app: Flask, method: str, rule: str, scope: str) -> Any:
    """What a token with a scope is answered; the roles in it would change nothing."""
    return ask(
        app,
        method,
        rule,
        SIGNER.access_token(ABSENT, EVERY_ROLE, aud=PERSONAL_AUDIENCE, scope=scope, email_verified=True),
    )


@pytest.mark.parametrize(
    ("service", "method", "rule"), [(service, method, rule) for service, method, rule, who in ROWS if who == "people"]
)
def test_a_route_lets_in_a_token_whose_scope_names_it(
    apps: dict[str, Flask], service: str, method: str, rule: str
) -> None:
    """What no table lists is refused with every scope: also what is new."""
    app = apps[service]
    gate, endpoint = app.extensions["personal"], routes(app)[f"{method} {rule}"]
    needed = {"WRITE"} if endpoint in gate.writing else {"READ"} if endpoint in gate.reading else {"nothing has it"}
    for scope in ("READ", "WRITE", "READ WRITE", "", "ADMIN"):
        answer = answered(app, method, rule, scope)
        refused = any(sentence in answer.text for sentence in SENTENCES)
        assert refused == (not needed & set(scope.split())), (scope, answer.text)
        assert not refused or (answer.status_code, answer.json["code"]) == (403, "FORBIDDEN")


def test_what_a_service_lists_are_routes_for_people(apps: dict[str, Flask]) -> None:
    """Each stands in one table, and is no route for services or for everybody."""
    for service, app in apps.items():
        gate = app.extensions["personal"]
        assert gate.reading | gate.writing <= for_people(service, app)
        assert not gate.reading & gate.writing


@pytest.mark.parametrize("name", sorted(_MUTATIONS))
def test_a_mutation_needs_the_scope_for_changes_or_a_person(apps: dict[str, Flask], name: str) -> None:
    """No mutation is for a token that only reads; a new one is for nobody's token until somebody decides otherwise."""
    if TABLE["Mutation"][camel(name)] == "anyone":
        return
    service, method, path = sent_by(name)
    app = apps[service]
    endpoint, _ = app.url_map.bind("x").match(path, method=method)
    gate = app.extensions["personal"]
    assert endpoint not in gate.reading
    assert (endpoint not in gate.writing) == (camel(name) in FOR_A_PERSON_ALONE)
