"""The desk: what verifiers do."""

from __future__ import annotations

from functools import partial
from typing import Any

import graphene

from contracts import credentials as messages
from gateway.context import Context
from gateway.credentials.decisions import DecisionReason
from gateway.credentials.mutations import ANSWER, ask
from gateway.credentials.types import Credential, link_credentials
from gateway.fields import enum, texts
from gateway.ids import expect
from gateway.mutation import mutation
from gateway.people.licences import LicenceStanding, VerificationMethod
from gateway.scalars import Date
from kit.paths import internal_path

CredentialDecision = enum(
    "CredentialDecision",
    "What a verifier decides.",
    {
        "VALIDATE": "The credential is true.",
        "REJECT": "The credential is not true.",
        "REQUEST_INFO": "The owner must give more; the note says what.",
    },
)

ABOUT_READ = (
    " It applies to the version in `expectedVersion`, or else to the version that you were shown last: CONFLICT when you have "
    "never read the case, VERSION_CONFLICT when it has changed since."
)
_WITH_CASE_FILE = {
    "credential": graphene.Field(Credential, description="The credential, with what stands beside its case now.")
}
_CASE = graphene.ID(required=True, description="The id of the credential whose case it is.")
READ_VERSION = partial(
    graphene.Int,
    description="The version that you have read; VERSION_CONFLICT if the credential is in another one. By default the one that "
    "you have read last; send it where you may have read a later one elsewhere, for example in another window.",
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


def release_cases(context: Context, _given: dict[str, Any]) -> dict[str, Any]:
    """Give all cases back that the verifier holds."""
    released = context.read_profiles(list[messages.Credential], "POST", "/v1/credentials/release")
    link_credentials(context, released)
    return {"credentials": released}


def assign_case(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Say which verifier is to look at a case."""
    own = expect(given["credential"], "Credential", "credential", missing=True)
    assignee = given.get("assignee")
    body = {"assignee": expect(assignee, "Professional", "assignee") if assignee is not None else None}
    return ask(context, internal_path("credentials", own, "assignee"), body, method="PUT")


def add_case_note(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Write to the other verifiers."""
    own = expect(given.pop("credential"), "Credential", "credential", missing=True)
    return ask(context, internal_path("credentials", own, "notes"), given)


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
        "Lease a case for 15 minutes, which comes before deciding it; for verifiers. Its owner can change nothing meanwhile.",
        inputs={"credential": _CASE},
        answers=ANSWER,
        act=take_case,
    ),
    "release_case": mutation(
        "ReleaseCase",
        "Give a leased case back to the queue.",
        inputs={"credential": _CASE},
        answers=ANSWER,
        act=release_case,
    ),
    "release_cases": mutation(
        "ReleaseCases",
        "Give all cases back to the queue that you hold and have not decided, 100 at once; for verifiers.",
        inputs={},
        answers={
            "credentials": texts(
                Credential,
                required=False,
                max_items=100,
                description="The credentials whose cases were given back; null on failure.",
            )
        },
        act=release_cases,
    ),
    "assign_case": mutation(
        "AssignCase",
        "Say which verifier is to look at a case. Any other verifier may take it all the same; for verifiers.",
        inputs={
            "credential": _CASE,
            "assignee": graphene.ID(
                description="The id of the verifier, as a `Professional`, who must be allowed to decide the case. Null or absent "
                "leaves it to nobody in particular."
            ),
        },
        answers=_WITH_CASE_FILE,
        act=assign_case,
    ),
    "add_case_note": mutation(
        "AddCaseNote",
        "Write to the other verifiers about a case, which its applicant does not see; at most 50 a case. For verifiers.",
        inputs={
            "credential": _CASE,
            "text": graphene.String(
                required=True,
                description="The text of the note, 1 to 2,000 characters, for example `I called the chamber, they call back on "
                "Monday`.",
            ),
        },
        answers=_WITH_CASE_FILE,
        act=add_case_note,
    ),
    "decide_credential": mutation(
        "DecideCredential",
        "Validate a credential that one has taken, reject it, or ask for more; for verifiers, never on their own case. It is "
        "about the version that takeCase answered: VERSION_CONFLICT when the case has changed since. Against a failed check "
        "a validation waits for a second verifier. Rejecting what the owner of a validated credential proposes declines the "
        "change, and the credential stays as it was.",
        inputs={
            "id": graphene.ID(required=True, description="The id of the credential that the decision is about."),
            "decision": CredentialDecision(required=True, description="The decision, for example `VALIDATE`."),
            "reason": DecisionReason(
                required=True, description="The reason of the decision, which must fit it; see DecisionReason."
            ),
            "standing": LicenceStanding(description="How the licence stands; GOOD by default."),
            "method": VerificationMethod(
                description="How it was verified. CONFIRMED_AT_SOURCE: PRIMARY_SOURCE (the default), REGISTER_SNAPSHOT, CALL or "
                "EMPLOYER; CONFIRMED_BY_DOCUMENT: DOCUMENT; OTHER: any of these. CALL and EMPLOYER need a note."
            ),
            "source_url": graphene.String(
                description="The page where you looked, for example `https://www.gmc-uk.org/doctors/1234567`. For "
                "PRIMARY_SOURCE the authority's page by default; required where there is no authority."
            ),
            "name_confirmed": graphene.Boolean(
                description="Whether you have found the case's name in its documents, each of which you have opened. A licence "
                "validated for CONFIRMED_AT_SOURCE or CONFIRMED_BY_DOCUMENT proves the identity too, unless a check fails. "
                "By default it does where NAME_MATCH is PASS; `false` says that it does not."
            ),
            "note": graphene.String(
                description="A note that the owner sees, at most 2,000 characters, for example `Please add the second "
                "page`. Required with OTHER, "
                "CALL, EMPLOYER and REQUEST_INFO."
            ),
            "expected_version": graphene.Int(
                description="The version that you have read, for example `3`; VERSION_CONFLICT if the case is in another one."
            ),
        },
        answers=ANSWER,
        act=decide_credential,
    ),
    "suspend_credential": mutation(
        "SuspendCredential",
        "Make a validated credential count no longer, at once; without a second verifier this lapses after 72 hours."
        + ABOUT_READ,
        inputs={
            "id": graphene.ID(required=True, description="The id of the credential."),
            "reason": DecisionReason(
                required=True, description="The reason of the decision, which the person is told; see DecisionReason."
            ),
            "note": graphene.String(
                description="A note that the person sees, at most 2,000 characters, for example `The council reports "
                "a suspension`. Required with "
                "OTHER."
            ),
            "expected_version": READ_VERSION(),
        },
        answers=ANSWER,
        act=suspend_credential,
    ),
    "revoke_credential": mutation(
        "RevokeCredential",
        "Revoke a credential: it counts no longer at once, and a second verifier makes it final or puts it back."
        + ABOUT_READ,
        inputs={
            "id": graphene.ID(required=True, description="The id of the credential."),
            "reason": DecisionReason(
                required=True, description="The reason of the decision, which the person is told; see DecisionReason."
            ),
            "effective_on": Date(
                description="The day on which the authority revoked it, for example `2026-11-01`; not in the future."
            ),
            "note": graphene.String(
                description="A note that the person sees, at most 2,000 characters, for example `The council reports "
                "a suspension`. Required with "
                "OTHER."
            ),
            "expected_version": READ_VERSION(),
        },
        answers=ANSWER,
        act=revoke_credential,
    ),
    "confirm_decision": mutation(
        "ConfirmDecision",
        "Agree or disagree, as the second verifier, with a decision that waits; nothing in the case can be changed meanwhile."
        + ABOUT_READ,
        inputs={
            "credential": _CASE,
            "agree": graphene.Boolean(required=True, description="False puts it back as it was."),
            "expected_version": READ_VERSION(),
        },
        answers=ANSWER,
        act=confirm_decision,
    ),
}
