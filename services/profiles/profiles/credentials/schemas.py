"""What credential requests may hold."""

from __future__ import annotations

import marshmallow as ma

from kit.fields import PageSchema, Text, Texts, Whole
from profiles.credentials import domain


def _one_of(values: tuple[str, ...], **kwargs: object) -> ma.fields.String:
    return ma.fields.String(validate=ma.validate.OneOf(values), **kwargs)  # type: ignore[arg-type]


class Submission(ma.Schema):
    """A credential to put before the verifiers."""

    kind = _one_of(domain.KINDS, required=True)
    authority = Text(load_default=None, allow_none=True)
    institution = Text(load_default=None, allow_none=True)
    number = Text(load_default=None, allow_none=True, longest=200)
    jurisdiction = Text(required=True, longest=20)
    specialty = Text(load_default=None, allow_none=True)
    issued_on = ma.fields.Date(load_default=None, allow_none=True)
    expires_on = ma.fields.Date(load_default=None, allow_none=True)


class Decision(ma.Schema):
    """A verifier's decision."""

    decision = _one_of(domain.DECISIONS, required=True)
    reason = _one_of(domain.REASONS, required=True)
    standing = _one_of(domain.STANDINGS, load_default=None, allow_none=True)
    method = _one_of(domain.METHODS, load_default=None, allow_none=True)
    source_url = Text(load_default=None, allow_none=True, longest=500)
    note = Text(load_default=None, allow_none=True)
    expected_version = Whole(1, 2**31 - 1, load_default=None, allow_none=True)


class Question(ma.Schema):
    """A verifier's act on a validated credential."""

    act = _one_of(("SUSPEND", "REVOKE", "CONFIRM", "RESTORE"), required=True)
    reason = _one_of(domain.REASONS, required=True)
    note = Text(load_default=None, allow_none=True)


class Listing(PageSchema):
    """A page of one's own credentials, or of the desk."""

    statuses = ma.fields.List(_one_of(domain.STATUSES), load_default=None, allow_none=True)
    authority = Text(load_default=None, allow_none=True)
    jurisdictions = Texts(load_default=None, allow_none=True)
