"""Sessions, as their owners are given them."""

from __future__ import annotations

from datetime import datetime

from contracts.messages import Message


class OpenedSession(Message, frozen=True, kw_only=True):
    """An open session with its tokens.

    Args:
        expires_at: when the access token ends.
        refresh_expires_at: when the refresh token ends where it is not used; None from a release before this was told.
    """

    access_token: str
    refresh_token: str
    expires_at: datetime
    person_id: str
    refresh_expires_at: datetime | None = None


class MaybeOpened(Message, frozen=True, kw_only=True):
    """A session, where one was opened: none is where signing in asks for a one-time password."""

    session: OpenedSession | None
