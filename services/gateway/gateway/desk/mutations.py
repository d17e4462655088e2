"""The desk: what verifiers do."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.base import Date, enum, mutation
from gateway.context import Context
from gateway.credentials.mutations import ANSWER, ask
from gateway.credentials.types import DecisionReason
from gateway.ids import expect
from gateway.people.types import LicenceStanding, VerificationMethod
from kit.paths import internal_path

CredentialDecision = enum(
    "CredentialDecision",
    "What a verifier decides.",
    {
        "VALIDATE": "It is true.",
        "REJECT": "It is not.",
        "REQUEST_INFO": "The owner must give more; the note says what.",
    },
)


def take_case(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Lease a case."""
    return ask(
        context,
        internal_path("credentials", expect(given["credential"], "Credential", "credential", missing=True), "take"),
    )


def release_case(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Give a case back."""
    own = expect(given["credential"], "Credential", "credential", missing=True)
    return ask(context, internal_path("credentials", own, "release"))


def decide_credential(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Decide a case."""
    own = expect(given.pop("id"), "Credential", "id", missing=True)
    return ask(context, internal_path("credentials", own, "decision"), given)


def suspend_credential(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Suspend."""
    own = expect(given.pop("id"), "Credential", "id", missing=True)
    return ask(context, internal_path("credentials", own, "suspension"), given)


def revoke_credential(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Revoke."""
    own = expect(given.pop("id"), "Credential", "id", missing=True)
    return ask(context, internal_path("credentials", own, "revocation"), given)


def confirm_decision(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Answer as the second verifier."""
    own = expect(given.pop("credential"), "Credential", "credential", missing=True)
    return ask(context, internal_path("credentials", own, "second"), given)


MUTATIONS = {
    "take_case": mutation(
        "TakeCase",
        "Lease a case for 15 minutes; for verifiers.",
        inputs={"credential": graphene.ID(required=True, description="The case.")},
        answers=ANSWER,
        act=take_case,
    ),
    "release_case": mutation(
        "ReleaseCase",
        "Give a leased case back to the queue.",
        inputs={"credential": graphene.ID(required=True, description="The case.")},
        answers=ANSWER,
        act=release_case,
    ),
    "decide_credential": mutation(
        "DecideCredential",
        "Validate a credential, reject it, or ask for more; for verifiers, never on their own case. Against a failed check "
        "a validation waits for a second verifier.",
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
        answers=ANSWER,
        act=decide_credential,
    ),
    "suspend_credential": mutation(
        "SuspendCredential",
        "Make a validated credential count no longer, at once; without a second verifier this lapses after 72 hours.",
        inputs={
            "id": graphene.ID(required=True, description="The credential."),
            "reason": DecisionReason(required=True, description="Why; the person is told."),
            "note": graphene.String(description="At most 2,000 characters; the person sees it."),
        },
        answers=ANSWER,
        act=suspend_credential,
    ),
    "revoke_credential": mutation(
        "RevokeCredential",
        "Revoke a credential: it counts no longer at once, and a second verifier makes it final or puts it back.",
        inputs={
            "id": graphene.ID(required=True, description="The credential."),
            "reason": DecisionReason(required=True, description="Why; the person is told."),
            "effective_on": Date(description="Since when the authority revoked it; not in the future."),
            "note": graphene.String(description="At most 2,000 characters; the person sees it."),
        },
        answers=ANSWER,
        act=revoke_credential,
    ),
    "confirm_decision": mutation(
        "ConfirmDecision",
        "Agree or disagree, as the second verifier, with a decision that waits.",
        inputs={
            "credential": graphene.ID(required=True, description="The case."),
            "agree": graphene.Boolean(required=True, description="False puts it back as it was."),
        },
        answers=ANSWER,
        act=confirm_decision,
    ),
}
