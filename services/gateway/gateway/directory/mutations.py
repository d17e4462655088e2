"""Claiming a directory profile, and having one hidden."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.context import Context, Repetition
from gateway.credentials.mutations import ask
from gateway.credentials.types import Credential
from gateway.ids import expect
from gateway.mutation import mutation

_INPUTS = {
    "handle": graphene.String(
        required=True, description="The handle of the directory profile, for example `ada-example`."
    ),
    "authority": graphene.ID(required=True, description="The id of the authority in whose register it stands."),
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
        "Have a directory profile about oneself hidden, by its register number; needs no account.",
        inputs=dict(_INPUTS),
        answers={"hidden": graphene.Boolean(description="True when it is hidden now.")},
        act=hide_directory_profile,
        repetition=Repetition.NEVER,
        signed_in=False,
    ),
}
