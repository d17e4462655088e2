"""Signing up, in and out."""

from __future__ import annotations

from typing import Any

import graphene
import msgspec

from contracts.sessions import MaybeOpened, OpenedSession
from gateway.accounts.types import AuthSession, Viewer, viewer_after
from gateway.context import Context, Repetition
from gateway.fields import texts
from gateway.ids import expect_each
from gateway.mutation import mutation
from gateway.scalars import RegionCode
from gateway.states import PracticeStatus
from kit.errors import InvalidCredentials

_SESSION = {"session": graphene.Field(AuthSession, description="The open session; null on failure.")}
_VIEWER = {
    "viewer": graphene.Field(
        Viewer, resolver=viewer_after, description="The signed-in person after the change; null on failure."
    )
}
_NEW_PASSWORD = graphene.String(
    required=True,
    description="The new password: 12 to 128 characters, not a common one.",
)
_EMAIL = graphene.String(
    required=True, description="The e-mail address of the account, for example `ada@hospital.example`."
)


def _require_cookie(context: Context) -> str | None:
    """The refresh token of the session's cookie; None where the page asks for no cookie, or none came.

    Raises:
        DomainError: the page asks for one and may not have it; nothing was done.
    """
    return context.session_cookie.require() if context.session_cookie is not None else None


def _refresh_token(context: Context, given: str | None) -> str | None:
    """The refresh token of the input, or else that of the cookie."""
    known = _require_cookie(context)
    return given or known


def _opened(context: Context, session: OpenedSession | None) -> OpenedSession | None:
    """A session as the client is told; where the page asks for a cookie, that has the refresh token, and the answer does not."""
    if session is None or context.session_cookie is None:
        return session
    context.session_cookie.keep(session.refresh_token, session.refresh_expires_at or session.expires_at)
    return msgspec.structs.replace(session, refresh_token="")


def sign_up(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Make an account."""
    given["accepted_policies"] = expect_each(given["accepted_policies"], "Policy", "acceptedPolicies")
    _require_cookie(context)
    return {
        "session": _opened(context, context.read_profiles(OpenedSession, "POST", "/v1/accounts", given)),
        "confirmation_sent": True,
    }


def sign_in(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Open a session."""
    known = _require_cookie(context)
    given["refresh_token"] = given.get("refresh_token") or known
    return {"session": _opened(context, context.read_profiles(OpenedSession, "POST", "/v1/sessions", given))}


def confirm_email(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Confirm an address."""
    _require_cookie(context)
    answer = context.read_profiles(MaybeOpened, "POST", "/v1/accounts/confirmation", given)
    return {"session": _opened(context, answer.session)}


def resend_confirmation(context: Context, _given: dict[str, Any]) -> dict[str, Any]:
    """Have the message that asks to confirm sent again."""
    context.profiles("POST", "/v1/me/confirmation")
    return {"confirmation_sent": True}


def request_password_reset(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Ask for a new password."""
    context.profiles("POST", "/v1/password-resets", given)
    return {"accepted": True}


def reset_password(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Set a new password with a token."""
    _require_cookie(context)
    answer = context.read_profiles(MaybeOpened, "POST", "/v1/password-resets/use", given)
    return {"session": _opened(context, answer.session)}


def change_password(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Change one's password."""
    context.profiles("PUT", "/v1/me/password", given)
    return {}


def start_totp(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Ask for a secret."""
    return context.profiles("POST", "/v1/me/totp", given)  # type: ignore[no-any-return]


def confirm_totp(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Turn one-time passwords on."""
    return context.profiles("POST", "/v1/me/totp/confirmation", given)  # type: ignore[no-any-return]


def refresh_session(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Rotate the refresh token."""
    token = _refresh_token(context, given.get("refresh_token"))
    if token is None:
        raise InvalidCredentials("No refresh token came; sign in.", field=["refreshToken"])
    answer = context.read_profiles(OpenedSession, "POST", "/v1/sessions/refresh", {"refresh_token": token})
    return {"session": _opened(context, answer)}


def sign_out(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """End a session."""
    token = _refresh_token(context, given.get("refresh_token"))
    if token is not None:
        ended = {"refresh_token": token, "everywhere": bool(given.get("everywhere"))}
        context.profiles("POST", "/v1/sessions/end", ended)
    if context.session_cookie is not None:
        context.session_cookie.forget()
    return {"signed_out": True}


def accept_policies(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Accept policies."""
    keys = expect_each(given["policies"], "Policy", "policies")
    context.profiles("PUT", "/v1/me/policies", {"policies": keys})
    return {}


MUTATIONS = {
    "sign_up": mutation(
        "SignUp",
        "Make an account, open a session, and have a token sent to confirm the address. Where the address has an account, "
        "only its owner learns of it.",
        inputs={
            "email": _EMAIL,
            "password": _NEW_PASSWORD,
            "name": graphene.String(
                required=True, description="The person's name, 2 to 120 characters, for example `Ada Example`."
            ),
            "regions": texts(
                RegionCode,
                description="Countries, or parts of them, in which the person practises, 1 to 10, for example `DE-BY`.",
            ),
            "profession": graphene.String(description="The code of a profession (ISCO-08), for example `2212`."),
            "practice_status": PracticeStatus(
                description="Whether the person practises, for example `TRAINEE` for a student of the profession: one of TRAINEE, "
                "PRACTISING and RETIRED."
            ),
            "accepted_policies": texts(
                graphene.ID,
                description="The ids of the policies that one accepts, from `instance { policies { id } }`.",
            ),
        },
        answers={
            "confirmation_sent": graphene.Boolean(
                required=True, description="Whether a message was sent to confirm the address."
            ),
            **_SESSION,
        },
        defaults={"confirmation_sent": False},
        act=sign_up,
        repetition=Repetition.NEVER,
        signed_in=False,
    ),
    "sign_in": mutation(
        "SignIn",
        "Open a session with an address and its password.",
        inputs={
            "email": _EMAIL,
            "password": graphene.String(required=True, description="The password of the account."),
            "otp": graphene.String(
                description="A one-time password, for example `492039`, or a recovery code, for accounts that ask for one."
            ),
            "refresh_token": graphene.String(
                description="The last refresh token that this device was given, also when its session has ended. It shows "
                "that the device is known to the account, so that the failed tries of others do not slow it down."
            ),
        },
        answers=_SESSION,
        act=sign_in,
        validates=False,
        repetition=Repetition.NEVER,
        signed_in=False,
    ),
    "confirm_email": mutation(
        "ConfirmEmail",
        "Confirm one's address with the token that came by mail and the password that one chose, and open a session. The "
        "session is null where signing in asks for a one-time password.",
        inputs={
            "token": graphene.String(required=True, description="The token; holds 48 hours."),
            "password": graphene.String(
                description="The password of the sign-up that the message is about. It must be given, so that nobody confirms "
                "an account that somebody else has made with their address; without it the answer is INVALID. Who does not "
                "know it calls requestPasswordReset, which confirms the address too."
            ),
        },
        answers=_SESSION,
        act=confirm_email,
        repetition=Repetition.NEVER,
        signed_in=False,
    ),
    "resend_confirmation": mutation(
        "ResendConfirmation",
        "Have the message that asks to confirm one's address sent again; the token of the one before ends. At most once a minute, "
        "and five times until a day has passed since the last: RATE_LIMITED then, with `retryAfter`. CONFLICT where the address "
        "is confirmed.",
        inputs={},
        answers={
            "confirmation_sent": graphene.Boolean(
                required=True, description="Whether a message was sent to confirm the address."
            )
        },
        defaults={"confirmation_sent": False},
        act=resend_confirmation,
        repetition=Repetition.NEVER,
    ),
    "request_password_reset": mutation(
        "RequestPasswordReset",
        "Have a token for a new password sent; the answer is the same whether the address has an account or not.",
        inputs={"email": _EMAIL},
        answers={"accepted": graphene.Boolean(required=True, description="Whether the request was taken.")},
        defaults={"accepted": False},
        act=request_password_reset,
        repetition=Repetition.NEVER,
        signed_in=False,
    ),
    "reset_password": mutation(
        "ResetPassword",
        "Set a new password with the token that came by mail; all sessions end. An address that was not confirmed yet is "
        "confirmed by it, and one-time passwords that were set up before are off then. The session is null where signing in "
        "asks for a one-time password.",
        inputs={
            "token": graphene.String(required=True, description="The token; holds one hour."),
            "password": _NEW_PASSWORD,
        },
        answers=_SESSION,
        act=reset_password,
        repetition=Repetition.NEVER,
        signed_in=False,
    ),
    "change_password": mutation(
        "ChangePassword",
        "Change one's password; all other sessions end.",
        inputs={
            "current": graphene.String(required=True, description="The password that the account has now."),
            "password": _NEW_PASSWORD,
        },
        answers=_VIEWER,
        act=change_password,
        repetition=Repetition.NEVER,
    ),
    "start_totp": mutation(
        "StartTotp",
        "Ask for a secret for one-time passwords (RFC 6238); confirmTotp turns them on.",
        inputs={"password": graphene.String(required=True, description="The account's present password.")},
        answers={
            "secret": graphene.String(description="The secret in base 32, to type into an app."),
            "otpauth_uri": graphene.String(description="The same as an address, to show as a picture."),
        },
        act=start_totp,
        repetition=Repetition.NEVER,
    ),
    "confirm_totp": mutation(
        "ConfirmTotp",
        "Turn one-time passwords on, by the first one. Refresh the session to use the roles that need them.",
        inputs={
            "otp": graphene.String(
                required=True, description="The one-time password that the app shows, for example `492039`."
            )
        },
        answers={
            **_VIEWER,
            "recovery_codes": texts(
                graphene.String,
                required=False,
                max_items=10,
                description="Codes to keep; each is good for one sign-in without the app.",
            ),
        },
        act=confirm_totp,
        repetition=Repetition.NEVER,
    ),
    "refresh_session": mutation(
        "RefreshSession",
        "Get a new access token and a new refresh token. For ten seconds after its first use the same refresh token may come "
        "again from the same network address, from another tab or after a lost answer; later it ends the session.",
        inputs={
            "refresh_token": graphene.String(
                description="The last refresh token that `signIn` or `refreshSession` returned. Left out where a cookie holds it, "
                "with the header `Consilium-Session: cookie`."
            )
        },
        answers=_SESSION,
        act=refresh_session,
        validates=False,
        repetition=Repetition.NEVER,
        signed_in=False,
    ),
    "sign_out": mutation(
        "SignOut",
        "End a session, or all of one's sessions.",
        inputs={
            "refresh_token": graphene.String(
                description="The refresh token of the session. Left out where a cookie holds it, with the header "
                "`Consilium-Session: cookie`; the cookie is deleted then."
            ),
            "everywhere": graphene.Boolean(
                default_value=False, description="Whether to end all sessions of the account; `false` by default."
            ),
        },
        answers={"signed_out": graphene.Boolean(description="True when done; also when there was nothing to end.")},
        act=sign_out,
        validates=False,
        repetition=Repetition.HARMLESS,
        signed_in=False,
    ),
    "accept_policies": mutation(
        "AcceptPolicies",
        "Accept policies in their present edition.",
        inputs={
            "policies": texts(
                graphene.ID, description="The ids of the policies to accept, from `instance { policies { id } }`."
            )
        },
        answers=_VIEWER,
        act=accept_policies,
        repetition=Repetition.HARMLESS,
    ),
}
