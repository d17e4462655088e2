"""Making and revoking one's personal access tokens."""

from __future__ import annotations

import graphene

from contracts import personal_tokens as messages
from gateway.accounts.types import Viewer, viewer_after
from gateway.context import Context, Repetition
from gateway.fields import texts
from gateway.ids import expect
from gateway.mutation import mutation
from gateway.personal_tokens.types import PersonalAccessScope, PersonalAccessToken
from kit.paths import internal_path


def create_token(context: Context, given: dict[str, object]) -> dict[str, str | messages.PersonalAccessToken]:
    """Make a token."""
    body = given | {"days": given.pop("expires_in_days")}
    made = context.read_profiles(messages.NewPersonalAccessToken, "POST", "/v1/me/personal-access-tokens", body)
    return {"token": made.token, "personal_access_token": made.personal_access_token}


def revoke_token(context: Context, given: dict[str, object]) -> dict[str, None]:
    """Revoke a token."""
    own = expect(str(given["personal_access_token"]), "PersonalAccessToken", "personalAccessToken", missing=True)
    context.profiles("POST", internal_path("me", "personal-access-tokens", own, "end"))
    return {}


MUTATIONS = {
    "create_personal_access_token": mutation(
        "CreatePersonalAccessToken",
        "Make a token with which a program of one's own uses the API, for at most a year. It needs a sign-in within the last five "
        "minutes and the password; a person may have 20.",
        inputs={
            "name": graphene.String(
                required=True,
                description="What the token is for, 1 to 60 characters, for example `calendar of the ward`.",
            ),
            "scopes": texts(PersonalAccessScope, description="What the token may do, for example `[READ]`."),
            "expires_in_days": graphene.Int(
                required=True, description="After how many days the token ends, 1 to 365, for example `90`."
            ),
            "password": graphene.String(required=True, description="The account's present password."),
        },
        answers={
            "token": graphene.String(
                description="The token, which is shown this once; send it as `Authorization: Bearer …`. Null on failure."
            ),
            "personal_access_token": graphene.Field(
                PersonalAccessToken, description="The token as it is listed from now on; null on failure."
            ),
        },
        act=create_token,
        repetition=Repetition.NEVER,
    ),
    "revoke_personal_access_token": mutation(
        "RevokePersonalAccessToken",
        "Revoke one of one's personal access tokens; within 5 seconds it can do nothing any more.",
        inputs={
            "personal_access_token": graphene.ID(
                required=True, description="The id of one of `viewer.personalAccessTokens`."
            )
        },
        answers={
            "viewer": graphene.Field(
                Viewer, resolver=viewer_after, description="The signed-in person after the change; null on failure."
            )
        },
        act=revoke_token,
        repetition=Repetition.HARMLESS,
    ),
}
