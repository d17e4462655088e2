"""What requests about groups may hold."""

from __future__ import annotations

import marshmallow as ma

from graph.groups.domain import JOIN_POLICIES, MEMBER_LIMIT, ROLES, VISIBILITIES
from kit.fields import Flag, PageSchema, Text, Texts, Whole


class CreateGroup(ma.Schema):
    """A new group."""

    name = Text(required=True)
    purpose = Text(required=True)
    rules = Text(load_default=None, allow_none=True)
    specialties = Texts(load_default=list, allow_none=True)
    regions = Texts(load_default=list, allow_none=True)
    languages = Texts(load_default=list, allow_none=True)
    member_limit = Whole(-(2**31), 2**31 - 1, load_default=MEMBER_LIMIT, allow_none=True)
    visibility = ma.fields.String(load_default="LISTED", validate=ma.validate.OneOf(VISIBILITIES))
    join_policy = ma.fields.String(load_default="OPEN", validate=ma.validate.OneOf(JOIN_POLICIES))


class Join(ma.Schema):
    """A wish to join."""

    message = Text(load_default=None, allow_none=True)


class Respond(ma.Schema):
    """A decision about who asks to join."""

    professional = Text(required=True, longest=100)
    accept = Flag(required=True)


class GroupsWanted(ma.Schema):
    """Groups by id or handle."""

    ids = Texts(load_default=list, most=500)
    handles = Texts(load_default=list, most=100)
    countries = Flag(load_default=False)


class Search(PageSchema):
    """A page of groups."""

    text = Text(load_default=None, allow_none=True)
    specialties = Texts(load_default=None, allow_none=True)
    regions = Texts(load_default=None, allow_none=True)
    languages = Texts(load_default=None, allow_none=True)
    countries = Flag(load_default=False)


class OfPeople(PageSchema):
    """For several people a page of their groups."""

    ids = Texts(required=True, most=500)
    countries = Flag(load_default=False)


class Members(PageSchema):
    """For several groups a page of their members."""

    ids = Texts(required=True, most=100)
    role = ma.fields.String(load_default=None, allow_none=True, validate=ma.validate.OneOf(ROLES))
    state = ma.fields.String(
        load_default="ACTIVE", allow_none=True, validate=ma.validate.OneOf(("ACTIVE", "REQUESTED"))
    )
