"""What requests about groups may hold."""

from __future__ import annotations

import marshmallow as ma

from graph.discussions.schemas import DiscussionPage
from graph.groups.domain import JOIN_POLICIES, MEMBER_LIMIT, ROLES, STATES, VISIBILITIES
from graph.groups.order import NAME, ORDERS
from kit.fields import Flag, PageSchema, Text, Texts, Whole
from kit.verification import LEVELS

_WIDE = (-(2**31), 2**31 - 1)  # what GraphQL's Int holds; the rules say what is allowed


class Policy(ma.Schema):
    """A credential policy."""

    level = ma.fields.String(load_default=None, allow_none=True, validate=ma.validate.OneOf(LEVELS))
    licensed_in = Texts(load_default=list, allow_none=True, most=1000)
    specialties = Texts(load_default=list, allow_none=True, most=1000)
    checked_within_days = Whole(*_WIDE, load_default=None, allow_none=True)


class CreateGroup(ma.Schema):
    """A new group."""

    name = Text(required=True)
    purpose = Text(required=True)
    rules = Text(load_default=None, allow_none=True)
    specialties = Texts(load_default=list, allow_none=True)
    regions = Texts(load_default=list, allow_none=True)
    languages = Texts(load_default=list, allow_none=True)
    member_limit = Whole(*_WIDE, load_default=MEMBER_LIMIT, allow_none=True)
    visibility = ma.fields.String(load_default="LISTED", validate=ma.validate.OneOf(VISIBILITIES))
    join_policy = ma.fields.String(load_default="OPEN", validate=ma.validate.OneOf(JOIN_POLICIES))
    credential_policy = ma.fields.Nested(Policy, load_default=None, allow_none=True)


class UpdateGroup(ma.Schema):
    """What changes of a group; absent fields stay."""

    name = Text()
    purpose = Text()
    rules = Text(allow_none=True)
    specialties = Texts(allow_none=True)
    regions = Texts(allow_none=True)
    languages = Texts(allow_none=True)
    member_limit = Whole(*_WIDE, allow_none=True)
    visibility = ma.fields.String(allow_none=True, validate=ma.validate.OneOf(VISIBILITIES))
    join_policy = ma.fields.String(allow_none=True, validate=ma.validate.OneOf(JOIN_POLICIES))
    credential_policy = ma.fields.Nested(Policy, allow_none=True)
    expected_version = Whole(*_WIDE, allow_none=True)


class Join(ma.Schema):
    """A wish to join."""

    message = Text(load_default=None, allow_none=True)


class Person(ma.Schema):
    """Whom it is about."""

    professional = Text(required=True, longest=100)


class Respond(Person):
    """A decision about who asks to join."""

    accept = Flag(required=True)


class SetRole(Person):
    """A member's new role."""

    role = ma.fields.String(required=True, validate=ma.validate.OneOf(ROLES))


class Ban(Person):
    """A ban, with its reason."""

    reason = Text(required=True)


class GroupsById(ma.Schema):
    """Groups by id or handle."""

    ids = Texts(load_default=list, most=500)
    handles = Texts(load_default=list, most=100)
    countries = Flag(load_default=False)
    discussions = ma.fields.Nested(DiscussionPage, load_default=None, allow_none=True)


class GroupSearch(PageSchema):
    """A page of groups."""

    order = ma.fields.String(load_default=NAME, validate=ma.validate.OneOf(tuple(ORDERS)))
    text = Text(load_default=None, allow_none=True)
    specialties = Texts(load_default=None, allow_none=True)
    regions = Texts(load_default=None, allow_none=True)
    languages = Texts(load_default=None, allow_none=True)
    minimum_countries = Whole(*_WIDE, load_default=None, allow_none=True)
    open_to_me = Flag(load_default=None, allow_none=True)
    countries = Flag(load_default=False)


class OfPeople(PageSchema):
    """For several people a page of their groups."""

    ids = Texts(required=True, most=500)
    countries = Flag(load_default=False)
    discussions = ma.fields.Nested(DiscussionPage, load_default=None, allow_none=True)


class Invitations(PageSchema):
    """A page of one's invitations."""

    countries = Flag(load_default=False)


class Members(PageSchema):
    """For several groups a page of their members."""

    ids = Texts(required=True, most=100)
    role = ma.fields.String(load_default=None, allow_none=True, validate=ma.validate.OneOf(ROLES))
    state = ma.fields.String(load_default=None, allow_none=True, validate=ma.validate.OneOf(STATES))
    text = Text(load_default=None, allow_none=True)


class MembershipsById(ma.Schema):
    """Memberships, each by the group and the person."""

    ids = Texts(required=True, most=500)


class Gap(ma.Schema):
    """Who would close a gap."""

    dimension = ma.fields.String(required=True, validate=ma.validate.OneOf(("COUNTRY", "LANGUAGE", "SPECIALTY")))
    value = Text(required=True, longest=200)
    first = Whole(1, 100, load_default=5)
