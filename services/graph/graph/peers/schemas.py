"""What requests about peers may hold."""

from __future__ import annotations

import marshmallow as ma

from graph.peers.facets import FACETS
from graph.peers.usecases import ORDERS
from kit.fields import Flag, PageSchema, Text, Texts, Whole
from kit.verification import LEVELS


class Filter(ma.Schema):
    """The filter of `peers`, in the gateway's names."""

    professions = Texts(load_default=None, allow_none=True, most=1000)
    specialties = Texts(load_default=None, allow_none=True, most=1000)
    specialty_verified = Flag(load_default=False)
    include_related = Flag(load_default=True)
    regions = Texts(load_default=None, allow_none=True, most=1000)
    languages = Texts(load_default=None, allow_none=True, most=1000)
    verification = ma.fields.String(load_default=None, allow_none=True, validate=ma.validate.OneOf(LEVELS))
    licensed_in = Texts(load_default=None, allow_none=True, most=1000)
    interests = Texts(load_default=None, allow_none=True, most=1000)
    institutions = Texts(load_default=None, allow_none=True, most=1000)
    text = Text(load_default=None, allow_none=True, longest=10_000)
    exclude_connected = Flag(load_default=False)
    include_unclaimed = Flag(load_default=False)
    practice_status = Texts(load_default=None, allow_none=True, most=1000)
    within_hops = Whole(-(2**31), 2**31 - 1, load_default=None, allow_none=True)
    across_borders_from = Text(load_default=None, allow_none=True)


class Suggestions(PageSchema):
    """A page of suggestions."""

    facets = ma.fields.List(ma.fields.String(validate=ma.validate.OneOf(FACETS)), load_default=list)


class Peers(Suggestions):
    """A page of peers."""

    filter = ma.fields.Nested(Filter, required=True)
    mutual = Flag(load_default=True)
    reasons = Flag(load_default=True)
    order = ma.fields.String(load_default="RELEVANCE", validate=ma.validate.OneOf(ORDERS))
