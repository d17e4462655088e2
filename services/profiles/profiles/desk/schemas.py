"""What verifiers send."""

from __future__ import annotations

import marshmallow as ma

from kit.fields import Flag, PageSchema, Text, Texts, Whole
from profiles.credentials import domain
from profiles.credentials.schemas import one_of


class Queue(PageSchema):
    """A page of the desk."""

    statuses = ma.fields.List(one_of(domain.STATUSES), load_default=None, allow_none=True)
    authority = Text(load_default=None, allow_none=True)
    jurisdictions = Texts(load_default=None, allow_none=True)
    older_than_hours = Whole(0, 1_000_000, load_default=None, allow_none=True)
    untaken_only = Flag(load_default=False, allow_none=True)
    awaiting_second_only = Flag(load_default=False, allow_none=True)


class Decision(ma.Schema):
    """A verifier's decision."""

    decision = one_of(domain.DECISIONS, required=True)
    reason = one_of(domain.REASONS, required=True)
    standing = one_of(domain.STANDINGS, load_default=None, allow_none=True)
    method = one_of(domain.METHODS, load_default=None, allow_none=True)
    source_url = Text(load_default=None, allow_none=True, longest=500)
    name_confirmed = Flag(load_default=None, allow_none=True)
    note = Text(load_default=None, allow_none=True)
    expected_version = Whole(1, 2**31 - 1, load_default=None, allow_none=True)


class CredentialSuspension(ma.Schema):
    """Why a credential is suspended."""

    reason = one_of(domain.REASONS, required=True)
    note = Text(load_default=None, allow_none=True)
    expected_version = Whole(1, 2**31 - 1, load_default=None, allow_none=True)


class Revocation(CredentialSuspension):
    """Why a credential is revoked, and since when."""

    effective_on = ma.fields.Date(load_default=None, allow_none=True)


class Second(ma.Schema):
    """Whether the second verifier agrees."""

    agree = Flag(required=True)
    expected_version = Whole(1, 2**31 - 1, load_default=None, allow_none=True)
