"""What a request about a stream may hold."""

from __future__ import annotations

from typing import TypedDict

import marshmallow as ma

from contracts.streams import SourceKind
from kit.fields import Text, Whole

MAX_SOURCES = 10


class SourceSchema(ma.Schema):
    """One thing that is followed."""

    kind = ma.fields.Enum(SourceKind, by_value=True, required=True)
    of = Text(required=True, longest=100)


class PointSchema(ma.Schema):
    """Up to where the change feed can be read."""

    epoch = Text(required=True, longest=100)
    position = Whole(0, 2**53, required=True)


class ReadStream(ma.Schema):
    """What is followed, and after which position or node events are wanted; from now on where neither is given."""

    sources = ma.fields.List(ma.fields.Nested(SourceSchema), required=True, validate=ma.validate.Length(1, MAX_SOURCES))
    after = Text(load_default=None, allow_none=True, longest=1000)
    node = Text(load_default=None, allow_none=True, longest=100)
    point = ma.fields.Nested(PointSchema, load_default=None, allow_none=True)


class SourceBody(TypedDict):
    """See SourceSchema."""

    kind: SourceKind
    of: str


class PointBody(TypedDict):
    """See PointSchema."""

    epoch: str
    position: int


class ReadStreamBody(TypedDict):
    """See ReadStream."""

    sources: list[SourceBody]
    after: str | None
    node: str | None
    point: PointBody | None
