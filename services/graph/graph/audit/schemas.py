"""What the relay of audit events sends."""

from __future__ import annotations

import marshmallow as ma

from kit.fields import Text, Texts


class Waiting(ma.Schema):
    """Acts that are not asked for."""

    except_ids = Texts(data_key="except", load_default=list, most=1000)


class Place(ma.Schema):
    """A checkpoint of the audit trail: its number, and the digest of all up to it in hexadecimal."""

    number = ma.fields.Integer(required=True, strict=True, validate=ma.validate.Range(min=1, max=2**53))
    digest = Text(required=True, longest=64)


class Checkpoint(Place):
    """The last checkpoint, and the one that is remembered now."""

    expected = ma.fields.Nested(Place, required=True, allow_none=True)


class Done(ma.Schema):
    """Events that were taken."""

    ids = Texts(required=True, most=1000)
