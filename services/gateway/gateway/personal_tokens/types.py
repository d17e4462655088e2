"""One's own personal access tokens."""

from __future__ import annotations

import graphene

from contracts import personal_tokens as messages
from contracts.messages import Page
from contracts.personal_tokens import PersonalAccessTokenRow
from gateway.context import Context
from gateway.fields import enum, texts
from gateway.paging import MAX_PAGE_SIZE, check_first, connection_type, rows_page
from gateway.scalars import DateTime
from gateway.things import Node, resolve_global_id, shown_as

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

    class Meta:
        interfaces = (Node,)

    name = graphene.String(required=True, description="The name that its owner has given the token.")
    scopes = texts(PersonalAccessScope, max_items=2, description="What the token may do, READ first.")
    created_at = DateTime(required=True, description="When the token was made.")
    expires_at = DateTime(required=True, description="When the token ends by itself.")
    last_used_at = DateTime(description="When it was last used, to ten minutes; null where it was never used.")

    resolve_id = staticmethod(resolve_global_id("PersonalAccessToken"))


shown_as(PersonalAccessToken, messages.PersonalAccessToken)
PersonalAccessTokenConnection = connection_type(
    "PersonalAccessToken", lambda: PersonalAccessToken, "personal access tokens"
)


def read_personal_token(context: Context, own: str) -> messages.PersonalAccessToken | None:
    """One of one's personal access tokens."""
    context.require_caller()
    found = _search(context, first=MAX_PAGE_SIZE, after=None)  # all of them: nobody may have as many
    return next((row.personal_access_token for row in found.rows if row.personal_access_token.id == own), None)


def personal_tokens_page(context: Context, *, first: int, after: str | None) -> object:
    """A page of one's personal access tokens."""
    return rows_page(
        _search(context, first=check_first(first), after=after), lambda row: row.personal_access_token, after=after
    )


def _search(context: Context, *, first: int, after: str | None) -> Page[PersonalAccessTokenRow]:
    return context.read_profiles(
        Page[PersonalAccessTokenRow], "POST", "/v1/me/personal-access-tokens/search", {"first": first, "after": after}
    )
