"""What requests about moderation may hold."""

from __future__ import annotations

import marshmallow as ma

from graph.discussions.schemas import Source
from graph.moderation.domain import ACTIONS, ORIGINS, REASONS, STATUSES
from kit.fields import Flag as Bool
from kit.fields import PageSchema, Text, Texts, Time


def _one_of(values: tuple[str, ...], **kwargs: object) -> ma.fields.String:
    return ma.fields.String(validate=ma.validate.OneOf(values), **kwargs)  # type: ignore[arg-type]


class Flag(ma.Schema):
    """A report to the moderators."""

    subject = Text(required=True, longest=100)
    reason = _one_of(REASONS, required=True)
    detail = Text(load_default=None, allow_none=True)


class Decide(ma.Schema):
    """A decision with its reasons."""

    action = _one_of(ACTIONS, required=True)
    facts = Text(required=True)
    clause = Text(required=True)
    label = Text(load_default=None, allow_none=True, longest=100)
    until = Time(load_default=None, allow_none=True)


class Appeal(ma.Schema):
    """Why a decision should be made again."""

    statement = Text(required=True)


class Propose(ma.Schema):
    """A context note."""

    subject = Text(required=True, longest=100)
    body = Text(required=True)
    sources = ma.fields.List(ma.fields.Nested(Source), required=True, validate=ma.validate.Length(max=100))


class Rate(ma.Schema):
    """Whether a note helps."""

    helpful = Bool(required=True)


class ScheduledJobs(ma.Schema):
    """Items that are left out, because they failed a moment ago."""

    except_ids = Texts(data_key="except", load_default=list, most=1000)


class Queue(PageSchema):
    """A page of flags."""

    statuses = ma.fields.List(_one_of(STATUSES), load_default=None, allow_none=True)
    reasons = ma.fields.List(_one_of(REASONS), load_default=None, allow_none=True)
    origin = _one_of(ORIGINS, load_default=None, allow_none=True)
    group = Text(load_default=None, allow_none=True, longest=100)
    subjects = Bool(load_default=False)
    contexts = Bool(load_default=False)


class ById(ma.Schema):
    """Things by id."""

    ids = Texts(required=True, most=500)


class FlagsById(ById):
    """Flags by id; `subjects` asks for what they are about as well, `contexts` for the discussions in which that stands."""

    subjects = Bool(load_default=False)
    contexts = Bool(load_default=False)
