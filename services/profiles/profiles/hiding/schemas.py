"""What requests about hiding directory profiles may hold."""

from __future__ import annotations

from typing import TypedDict
from uuid import UUID

import marshmallow as ma

from kit.fields import Flag, PageOrOneSchema, Text


class Request(ma.Schema):
    """A request to hide a directory profile."""

    handle = Text(required=True, longest=200)
    contact = Text(required=True, longest=254)
    note = Text(required=True)
    authority = Text(load_default=None, allow_none=True, longest=60)
    number = Text(load_default=None, allow_none=True, longest=100)


class RequestBody(TypedDict):
    """What a checked request holds."""

    handle: str
    contact: str
    note: str
    authority: str | None
    number: str | None


class Requests(PageOrOneSchema):
    """A page of requests, or one of them."""

    open_only = Flag(load_default=True)


class RequestsBody(TypedDict):
    """What a checked page holds."""

    first: int
    after: str | None
    count: bool
    id: UUID | None
    open_only: bool


class Decision(ma.Schema):
    """What a verifier decides about a request."""

    outcome = Text(required=True, longest=40)
    note = Text(load_default=None, allow_none=True)


class DecisionBody(TypedDict):
    """What a checked decision holds."""

    outcome: str
    note: str | None


class Restoration(ma.Schema):
    """Why a directory profile is shown again."""

    reason = Text(required=True)
