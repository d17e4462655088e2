"""One's own personal access tokens."""

from __future__ import annotations

import graphene

from contracts.messages import Page
from contracts.personal_tokens import PersonalAccessTokenRow
from gateway.context import Context
from gateway.fields import enum, texts
from gateway.paging import check_first, connection_type, rows_page
from gateway.scalars import DateTime
from gateway.things import resolve_global_id

PersonalAccessScope = enum(
    "PersonalAccessScope",
    "What a personal access token may do.",
    {
        "READ": "Reads what its owner reads: profiles, groups, discussions, notifications, one's own credentials.",
        "WRITE": "Changes what its owner changes there too, and reads what became of it.",
    },
)


class PersonalAccessToken(graphene.ObjectType):
    """A token with which a program of one's own uses the API; the token itself is told once, by `createPersonalAccessToken`."""

    id = graphene.ID(required=True, description="To name the token in `revokePersonalAccessToken`.")
    name = graphene.String(required=True, description="The name that its owner has given the token.")
    scopes = texts(PersonalAccessScope, max_items=2, description="What the token may do, READ first.")
    created_at = DateTime(required=True, description="When the token was made.")
    expires_at = DateTime(required=True, description="When the token ends by itself.")
    last_used_at = DateTime(description="When it was last used, to ten minutes; null where it was never used.")

    resolve_id = staticmethod(resolve_global_id("PersonalAccessToken"))


PersonalAccessTokenConnection = connection_type(
    "PersonalAccessToken", lambda: PersonalAccessToken, "personal access tokens"
)


def personal_tokens_page(context: Context, *, first: int, after: str | None) -> object:
    """A page of one's personal access tokens."""
    answer = context.read_profiles(
        Page[PersonalAccessTokenRow], "POST", "/v1/me/personal-access-tokens/search",
        {"first": check_first(first), "after": after},
    )  # fmt: skip
    return rows_page(answer, lambda row: row.personal_access_token, after=after)
