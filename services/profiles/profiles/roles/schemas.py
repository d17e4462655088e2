"""What admins send about roles."""

from __future__ import annotations

import marshmallow as ma

from kit.fields import Text, Texts, Time


class Roles(ma.Schema):
    """The roles that an account is to have, and the jurisdictions that a verifier is limited to."""

    roles = Texts(required=True)
    jurisdictions = Texts(load_default=None, allow_none=True)


class Deed(ma.Schema):
    """Who decided as a moderator, and when."""

    by = Text(required=True, longest=100)
    at = Time(required=True)


class Deeds(ma.Schema):
    """What others have decided before."""

    decisions = ma.fields.List(ma.fields.Nested(Deed), required=True, validate=ma.validate.Length(max=20))
