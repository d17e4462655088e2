"""What people send about their own credentials."""

from __future__ import annotations

import marshmallow as ma

from kit.fields import Text, Texts, Whole
from profiles.credentials.kinds import KINDS
from profiles.people.domain import NAME_USES


def one_of(values: tuple[str, ...], **kwargs: object) -> ma.fields.String:
    """A text that must be one of some values."""
    return ma.fields.String(validate=ma.validate.OneOf(values), **kwargs)  # type: ignore[arg-type]


class OtherName(ma.Schema):
    """A name beside the verified one."""

    text = Text(required=True, longest=2000)
    use = one_of(NAME_USES, required=True)


class OtherAuthority(ma.Schema):
    """An authority that the catalogue does not have."""

    name = Text(required=True, longest=2000)
    url = Text(load_default=None, allow_none=True, longest=2000)


class Submission(ma.Schema):
    """A credential to put before the verifiers."""

    kind = one_of(tuple(KINDS), required=True)
    authority = Text(load_default=None, allow_none=True)
    institution = Text(load_default=None, allow_none=True)
    number = Text(load_default=None, allow_none=True, longest=200)
    jurisdiction = Text(required=True, longest=20)
    specialty = Text(load_default=None, allow_none=True)
    issued_on = ma.fields.Date(load_default=None, allow_none=True)
    expires_on = ma.fields.Date(load_default=None, allow_none=True)
    other_name = ma.fields.Nested(OtherName, load_default=None, allow_none=True)
    other_authority = ma.fields.Nested(OtherAuthority, load_default=None, allow_none=True)


class Update(ma.Schema):
    """What changes of a credential; absent fields stay."""

    number = Text(allow_none=True, longest=200)
    specialty = Text(allow_none=True)
    issued_on = ma.fields.Date(allow_none=True)
    expires_on = ma.fields.Date(allow_none=True)
    other_name = ma.fields.Nested(OtherName, allow_none=True)
    message = Text(load_default=None, allow_none=True)
    expected_version = Whole(1, 2**31 - 1, load_default=None, allow_none=True)


class Appeal(ma.Schema):
    """Why a decision is wrong."""

    statement = Text(required=True)


class Numbers(ma.Schema):
    """Texts among which the caller's own register numbers are looked for."""

    texts = Texts(required=True, most=100, longest=2000)
