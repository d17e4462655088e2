"""What verifiers send."""

from __future__ import annotations

import marshmallow as ma

from kit.fields import Flag, PageSchema, Text, Texts, Whole
from profiles.checks.domain import NAMES, OUTCOMES
from profiles.credentials import domain
from profiles.credentials.kinds import KINDS
from profiles.credentials.schemas import one_of


class CheckFilter(ma.Schema):
    """A check's name, or None for any, and how it came out."""

    name = one_of(NAMES, load_default=None, allow_none=True)
    outcome = one_of(OUTCOMES, required=True)


class Queue(PageSchema):
    """A page of the desk."""

    statuses = ma.fields.List(one_of(domain.STATUSES), load_default=None, allow_none=True)
    authority = Text(load_default=None, allow_none=True)
    jurisdictions = Texts(load_default=None, allow_none=True)
    older_than_hours = Whole(0, 1_000_000, load_default=None, allow_none=True)
    untaken_only = Flag(load_default=False, allow_none=True)
    awaiting_second_only = Flag(load_default=False, allow_none=True)
    awaiting_applicant_only = Flag(load_default=False, allow_none=True)
    appeals_only = Flag(load_default=False, allow_none=True)
    mine_only = Flag(load_default=False, allow_none=True)
    newer_than_hours = Whole(0, 1_000_000, load_default=None, allow_none=True)
    assignee = Text(load_default=None, allow_none=True, longest=40)
    kinds = ma.fields.List(one_of(tuple(KINDS)), load_default=None, allow_none=True)
    name = Text(load_default=None, allow_none=True, longest=200)
    number = Text(load_default=None, allow_none=True, longest=64)
    check = ma.fields.Nested(CheckFilter, load_default=None, allow_none=True)


class FigureRequest(ma.Schema):
    """Of which jurisdictions, and of how many days."""

    jurisdictions = Texts(load_default=None, allow_none=True)
    days = Whole(1, 90, load_default=30)


class Assignment(ma.Schema):
    """Who is to look at a case; None for nobody in particular."""

    assignee = Text(load_default=None, allow_none=True, longest=40)


class Note(ma.Schema):
    """What a verifier writes to the others."""

    text = Text(required=True)


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
