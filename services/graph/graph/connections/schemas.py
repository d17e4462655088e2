"""What connection requests may hold."""

from __future__ import annotations

import marshmallow as ma

from kit.fields import Flag, PageSchema, Text, Texts


class Ask(ma.Schema):
    """A request to connect."""

    to = Text(required=True, longest=100)
    message = Text(load_default=None, allow_none=True)


class RespondInput(ma.Schema):
    """An answer to a request."""

    accept = Flag(required=True)


class Requests(PageSchema):
    """A page of requests."""

    direction = ma.fields.String(load_default="RECEIVED", validate=ma.validate.OneOf(("RECEIVED", "SENT")))


class RequestsById(ma.Schema):
    """Requests by id."""

    ids = Texts(required=True, most=100)
