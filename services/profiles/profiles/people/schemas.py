"""What a change of one's profile may hold."""

from __future__ import annotations

import marshmallow as ma

from kit.fields import Flag, Text, Texts, Whole
from profiles.people.domain import CONTACT_SYSTEMS


class Affiliation(ma.Schema):
    """An institution by id or by name."""

    institution = Text(load_default=None, allow_none=True)
    name = Text(load_default=None, allow_none=True)
    role = Text(load_default=None, allow_none=True)
    current = Flag(load_default=True, allow_none=True)


class ContactPoint(ma.Schema):
    """A way to reach somebody."""

    system = ma.fields.String(required=True, validate=ma.validate.OneOf(CONTACT_SYSTEMS))
    value = Text(required=True, longest=500)


class ProfileChanges(ma.Schema):
    """The fields to change; absent ones stay."""

    name = Text(allow_none=True)
    handle = Text(allow_none=True)
    headline = Text(allow_none=True)
    about = Text(allow_none=True)
    profession = Text(allow_none=True)
    specialties = Texts(allow_none=True)
    primary_specialty = Text(allow_none=True)
    regions = Texts(allow_none=True)
    languages = Texts(allow_none=True)
    interests = Texts(allow_none=True, longest=1000)
    institutions = ma.fields.List(ma.fields.Nested(Affiliation), allow_none=True)
    contacts = ma.fields.List(ma.fields.Nested(ContactPoint), allow_none=True)
    expected_version = Whole(1, 2**31 - 1, allow_none=True, load_default=None)


class Visibility(ma.Schema):
    """Who sees a field."""

    field = Text(required=True, longest=40)
    audience = Text(required=True, longest=40)


class PathOptIn(ma.Schema):
    """Whether one may be named on the paths that others see."""

    value = Flag(required=True)
