"""Signing up, in and out."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.accounts.types import AuthSession, Viewer, read_me
from gateway.base import RegionCode, mutation, texts
from gateway.context import Context
from gateway.ids import expect

_SESSION = {"session": graphene.Field(AuthSession, description="The open session; null on failure.")}
_EMAIL = graphene.String(required=True, description="An e-mail address.")


def sign_up(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Make an account."""
    given["accepted_policies"] = [expect(own, "Policy", "acceptedPolicies") for own in given["accepted_policies"]]
    return {"session": context.profiles("POST", "/v1/accounts", given), "confirmation_sent": False}


def sign_in(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Open a session."""
    given.pop("otp", None)
    return {"session": context.profiles("POST", "/v1/sessions", given)}


def refresh_session(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Rotate the refresh token."""
    return {"session": context.profiles("POST", "/v1/sessions/refresh", given)}


def sign_out(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """End a session."""
    given["everywhere"] = bool(given.get("everywhere"))
    context.profiles("POST", "/v1/sessions/end", given)
    return {"signed_out": True}


def accept_policies(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Accept policies."""
    keys = [expect(own, "Policy", "policies") for own in given["policies"]]
    context.profiles("PUT", "/v1/me/policies", {"policies": keys})
    context.cache.clear()
    return {"viewer": read_me(context)}


MUTATIONS = {
    "sign_up": mutation(
        "SignUp",
        "Make an account, and open a session.",
        inputs={
            "email": _EMAIL,
            "password": graphene.String(required=True, description="12 to 128 characters, not a common one."),
            "name": graphene.String(required=True, description="2 to 120 characters."),
            "regions": texts(RegionCode, description="Where one practises: countries or parts of them; 1 to 10."),
            "profession": graphene.String(description="A profession's code."),
            "accepted_policies": texts(graphene.ID, description="The policies of `instance` that one accepts."),
        },
        answers={
            "confirmation_sent": graphene.Boolean(
                required=True, description="Whether a message was sent to confirm the address."
            ),
            **_SESSION,
        },
        defaults={"confirmation_sent": False},
        act=sign_up,
        signed_in=False,
    ),
    "sign_in": mutation(
        "SignIn",
        "Open a session with an address and its password.",
        inputs={
            "email": _EMAIL,
            "password": graphene.String(required=True, description="The password."),
            "otp": graphene.String(description="A one-time password, for accounts that ask for one."),
        },
        answers=_SESSION,
        act=sign_in,
        signed_in=False,
    ),
    "refresh_session": mutation(
        "RefreshSession",
        "Get a new access token and a new refresh token; using a refresh token twice ends the session.",
        inputs={"refresh_token": graphene.String(required=True, description="The last one given.")},
        answers=_SESSION,
        act=refresh_session,
        signed_in=False,
    ),
    "sign_out": mutation(
        "SignOut",
        "End a session, or all of one's sessions.",
        inputs={
            "refresh_token": graphene.String(required=True, description="The session's."),
            "everywhere": graphene.Boolean(default_value=False, description="All sessions of the account."),
        },
        answers={"signed_out": graphene.Boolean(description="True when done; also when there was nothing to end.")},
        act=sign_out,
        signed_in=False,
    ),
    "accept_policies": mutation(
        "AcceptPolicies",
        "Accept policies in their present edition.",
        inputs={"policies": texts(graphene.ID, description="Policies of `instance`.")},
        answers={"viewer": graphene.Field(Viewer, description="The signed-in person.")},
        act=accept_policies,
    ),
}
