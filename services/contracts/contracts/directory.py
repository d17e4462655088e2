"""Requests to hide directory profiles, as the desk sees them."""

from __future__ import annotations

from datetime import datetime

from contracts.messages import Message


class HidingRequest(Message, frozen=True, kw_only=True):
    """A request to show a directory profile to nobody.

    Args:
        person_id: the profile; handle, name and regions are its own.
    """

    id: str
    person_id: str
    handle: str
    name: str
    regions: list[str]
    requested_at: datetime
    contact: str | None = None
    note: str | None = None
    number_matches: bool | None = None
    outcome: str | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None
    decision_note: str | None = None


class HidingRequestRow(Message, frozen=True, kw_only=True):
    """A request, with its place in a list."""

    cursor: str
    request: HidingRequest
