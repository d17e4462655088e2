"""Personal access tokens, as their owners see them."""

from __future__ import annotations

from datetime import datetime

from contracts.messages import Message


class PersonalAccessToken(Message, frozen=True, kw_only=True):
    """A token without the token itself."""

    id: str
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None


class PersonalAccessTokenRow(Message, frozen=True, kw_only=True):
    """A token in a list."""

    personal_access_token: PersonalAccessToken
    cursor: str


class NewPersonalAccessToken(Message, frozen=True, kw_only=True):
    """A token that was made, with the token itself, which is told this once."""

    token: str
    personal_access_token: PersonalAccessToken


class ExchangedToken(Message, frozen=True, kw_only=True):
    """An access token for a personal one."""

    access_token: str
    expires_in: int
