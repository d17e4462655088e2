"""What a change of one's profile may hold."""

from __future__ import annotations

from collections.abc import Callable

import marshmallow as ma

from kit.fields import Flag, Text, Texts, Whole
from kit.profile_fields import PLAIN, Kind
from profiles.people.contacts import CONTACT_SYSTEMS


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


_PLAIN: dict[Kind, Callable[[], ma.fields.Field]] = {
    Kind.LINE: lambda: Text(allow_none=True),
    Kind.TEXT: lambda: Text(allow_none=True),
    Kind.LINES: lambda: Texts(allow_none=True, longest=1000),
    Kind.LANGUAGES: lambda: Texts(allow_none=True),
}
_PlainChanges = ma.Schema.from_dict({field.name: _PLAIN[field.kind]() for field in PLAIN}, name="PlainChanges")


class ProfileChanges(_PlainChanges):  # type: ignore[misc,valid-type]
    """The fields to change; absent ones stay."""

    name = Text(allow_none=True)
    handle = Text(allow_none=True)
    profession = Text(allow_none=True)
    practice_status = Text(allow_none=True, longest=40)
    specialties = Texts(allow_none=True)
    primary_specialty = Text(allow_none=True)
    regions = Texts(allow_none=True)
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
