"""Claiming a directory profile, having one hidden, and what verifiers decide about that."""

from __future__ import annotations

from typing import Any

import graphene

from contracts import directory as messages
from gateway.context import Context, Repetition
from gateway.credentials.mutations import ask
from gateway.credentials.types import Credential
from gateway.directory.types import HidingOutcome, HidingRequest, link_requests
from gateway.ids import expect
from gateway.mutation import mutation
from kit.paths import internal_path

_INPUTS = {
    "handle": graphene.String(
        required=True, description="The handle of the directory profile, for example `ada-example`."
    ),
    "authority": graphene.ID(
        required=True,
        description="The authority in whose register it stands, by its code, for example `us-npi`, or its id.",
    ),
    "number": graphene.String(
        required=True, description="The person's number in that register, for example `1234567893`."
    ),
}


def _body(given: dict[str, Any]) -> dict[str, Any]:
    return given | {"authority": expect(given["authority"], "Authority", "authority")}


def claim_profile(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Claim a directory profile."""
    return ask(context, "/v1/directory/claims", _body(given))


def hide_directory_profile(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Hide a directory profile."""
    return context.profiles("POST", "/v1/directory/hidden", _body(given))  # type: ignore[no-any-return]


def request_hiding(context: Context, given: dict[str, str]) -> dict[str, bool]:
    """Ask to have a directory profile hidden."""
    if given.get("authority") is not None:
        given["authority"] = expect(given["authority"], "Authority", "authority")
    context.profiles("POST", "/v1/hiding-requests", given)
    return {"received": True}


def decide_hiding(context: Context, given: dict[str, str]) -> dict[str, messages.HidingRequest]:
    """Decide about a request to hide a directory profile."""
    own = expect(given.pop("id"), "HidingRequest", "id", missing=True)
    request = context.read_profiles(
        messages.HidingRequest, "POST", internal_path("hiding-requests", own, "decision"), given
    )
    link_requests(context, [request])
    return {"hiding_request": request}


def restore_directory_profile(context: Context, given: dict[str, str]) -> dict[str, bool]:
    """Show a directory profile again."""
    own = expect(given.pop("professional"), "Professional", "professional", missing=True)
    return {
        "restored": bool(context.profiles("POST", internal_path("directory", own, "restoration"), given)["restored"])
    }


MUTATIONS = {
    "claim_profile": mutation(
        "ClaimProfile",
        "Say that a directory profile is one's own. A verifier looks at the licence; then it is.",
        inputs=dict(_INPUTS),
        answers={"credential": graphene.Field(Credential, description="The licence that proves it.")},
        act=claim_profile,
    ),
    "hide_directory_profile": mutation(
        "HideDirectoryProfile",
        "Hide the directory profile of a register number of one's own. It needs a validated credential of the number: "
        "NOT_VERIFIED without one, and UNAUTHENTICATED without an account. Whoever has none asks with `requestHiding`. Later "
        "imports leave the profile hidden.",
        inputs=dict(_INPUTS),
        answers={"hidden": graphene.Boolean(description="True when it is hidden now.")},
        act=hide_directory_profile,
        repetition=Repetition.HARMLESS,
    ),
    "request_hiding": mutation(
        "RequestHiding",
        "Ask to have a directory profile about oneself shown to nobody; needs no account. A verifier decides, and the answer "
        "goes to the address. Asking again from the same address changes nothing while the request waits.",
        inputs={
            "handle": _INPUTS["handle"],
            "contact": graphene.String(
                required=True, description="The e-mail address for the answer, for example `ada@hospital.example`."
            ),
            "note": graphene.String(
                required=True,
                description="Words on who asks, and by what a verifier can see that the profile is about them, 10 to 2,000 "
                "characters, for "
                "example `I am the person; call my practice, whose number is on its web page`.",
            ),
            "authority": graphene.ID(
                description="The authority in whose register the person stands, by its code, for example `us-npi`, or its id."
            ),
            "number": graphene.String(
                description="The person's number in that register, for example `1234567893`. It helps the verifier, and "
                "proves nothing alone."
            ),
        },
        answers={
            "received": graphene.Boolean(description="True when the request waits for a verifier; null on failure.")
        },
        act=request_hiding,
        repetition=Repetition.HARMLESS,
        signed_in=False,
    ),
    "decide_hiding": mutation(
        "DecideHiding",
        "Hide a directory profile as somebody asked, or decline; the answer is sent to the address that was given. Hiding answers "
        "all requests about the profile, and later imports leave it hidden. For verifiers, of profiles in their jurisdictions; "
        "CONFLICT where the request is decided already.",
        inputs={
            "id": graphene.ID(required=True, description="The id of the request, from `hidingRequests`."),
            "outcome": HidingOutcome(
                required=True,
                description="Either `HIDDEN` or `DECLINED`; INVALID for RESTORED, see restoreDirectoryProfile.",
            ),
            "note": graphene.String(
                description="Reason for the decision, at most 2,000 characters, for example `Please send a document with your "
                "name`; sent with "
                "the answer where the request is declined, and needed then."
            ),
        },
        answers={"hiding_request": graphene.Field(HidingRequest, description="The request as it is now.")},
        act=decide_hiding,
    ),
    "restore_directory_profile": mutation(
        "RestoreDirectoryProfile",
        "Show a directory profile again that was hidden by mistake; later imports keep it up to date again. For verifiers, of "
        "profiles in their jurisdictions; CONFLICT where it has become somebody's own.",
        inputs={
            "professional": graphene.ID(
                required=True, description="The id of the directory profile, from `hidingRequests`."
            ),
            "reason": graphene.String(
                required=True,
                description="Reason for the audit trail, for example `Hidden for somebody of the same name`.",
            ),
        },
        answers={"restored": graphene.Boolean(description="True when it is shown again; null on failure.")},
        act=restore_directory_profile,
    ),
}
