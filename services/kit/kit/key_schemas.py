"""What requests about keys may hold, at every service that encrypts."""

from __future__ import annotations

import marshmallow as ma


class Key(ma.Schema):
    """The name of a key."""

    id = ma.fields.Integer(required=True, strict=True, validate=ma.validate.Range(1, 255))
    fingerprint = ma.fields.String(required=True, validate=ma.validate.Length(1, 64))


class Reencrypt(ma.Schema):
    """The key that everything is to be encrypted with."""

    current = ma.fields.Nested(Key, required=True)


class Retire(ma.Schema):
    """The key that encrypts, and those that are to go."""

    current = ma.fields.Nested(Key, required=True)
    old = ma.fields.List(ma.fields.Nested(Key), required=True, validate=ma.validate.Length(1, 254))
