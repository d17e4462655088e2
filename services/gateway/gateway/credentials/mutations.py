"""Submitting credentials and deciding about them."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.base import Date, RegionCode, enum, mutation
from gateway.catalogue.types import CredentialKind
from gateway.context import Context
from gateway.credentials.types import Credential, DecisionReason, mark_credentials
from gateway.ids import expect
from gateway.people.types import LicenceStanding, VerificationMethod

_ANSWER = {"credential": graphene.Field(Credential, description="The credential as it is now.")}
CredentialDecision = enum(
    "CredentialDecision",
    "What a verifier decides.",
    {
        "VALIDATE": "It is true.",
        "REJECT": "It is not.",
        "REQUEST_INFO": "The owner must give more; the note says what.",
    },
)


def _ask(context: Context, path: str, body: Any = None) -> dict[str, Any]:
    credential = context.profiles("POST", path, {} if body is None else body)
    mark_credentials([credential])
    return {"credential": credential}


def submit_credential(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Submit a credential."""
    given["kind"] = given.pop("credential_kind")
    for name, kind in (("authority", "Authority"), ("institution", "Institution")):
        if given.get(name) is not None:
            given[name] = expect(given[name], kind, name)
    return _ask(context, "/v1/me/credentials", given)


def withdraw_credential(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Take one's own back."""
    return _ask(context, f"/v1/me/credentials/{expect(given['id'], 'Credential', 'id', missing=True)}/withdraw")


def take_case(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Lease a case."""
    return _ask(
        context, f"/v1/credentials/{expect(given['credential'], 'Credential', 'credential', missing=True)}/take"
    )


def release_case(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Give a case back."""
    own = expect(given["credential"], "Credential", "credential", missing=True)
    return _ask(context, f"/v1/credentials/{own}/release")


def decide_credential(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Decide a case."""
    own = expect(given.pop("id"), "Credential", "id", missing=True)
    return _ask(context, f"/v1/credentials/{own}/decision", given)


MUTATIONS = {
    "submit_credential": mutation(
        "SubmitCredential",
        "Put a credential before the verifiers.",
        inputs={
            "credential_kind": CredentialKind(required=True, description="What it says."),
            "authority": graphene.ID(description="Who gave it; a licence needs one."),
            "institution": graphene.ID(description="Where, for degrees and employment."),
            "number": graphene.String(description="The number in the authority's register."),
            "jurisdiction": RegionCode(required=True, description="The country or part of one where it holds."),
            "specialty": graphene.String(description="A specialty's code."),
            "issued_on": Date(description="When it was given."),
            "expires_on": Date(description="The last day on which it holds."),
        },
        answers=_ANSWER,
        act=submit_credential,
    ),
    "withdraw_credential": mutation(
        "WithdrawCredential",
        "Take one's own credential back, as entered in error.",
        inputs={"id": graphene.ID(required=True, description="The credential.")},
        answers=_ANSWER,
        act=withdraw_credential,
    ),
    "take_case": mutation(
        "TakeCase",
        "Lease a case for 15 minutes; for verifiers.",
        inputs={"credential": graphene.ID(required=True, description="The case.")},
        answers=_ANSWER,
        act=take_case,
    ),
    "release_case": mutation(
        "ReleaseCase",
        "Give a leased case back to the queue.",
        inputs={"credential": graphene.ID(required=True, description="The case.")},
        answers=_ANSWER,
        act=release_case,
    ),
    "decide_credential": mutation(
        "DecideCredential",
        "Validate a credential, reject it, or ask for more; for verifiers, never on their own case.",
        inputs={
            "id": graphene.ID(required=True, description="The case."),
            "decision": CredentialDecision(required=True, description="What is decided."),
            "reason": DecisionReason(required=True, description="Why."),
            "standing": LicenceStanding(description="How the licence stands; GOOD by default."),
            "method": VerificationMethod(description="How it was verified; PRIMARY_SOURCE by default."),
            "source_url": graphene.String(description="Where you looked."),
            "note": graphene.String(description="At most 2,000 characters; the owner sees it."),
            "expected_version": graphene.Int(description="Fail if the case is not in this version any more."),
        },
        answers=_ANSWER,
        act=decide_credential,
    ),
}
