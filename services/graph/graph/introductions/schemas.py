"""What requests about paths and introductions may hold."""

from __future__ import annotations

import marshmallow as ma

from kit.fields import Flag, PageSchema, Text, Texts, Whole


class Path(ma.Schema):
    """To whom, and how long at most."""

    to = Text(required=True, longest=100)
    max_length = Whole(-(2**31), 2**31 - 1, load_default=4)


class IntroductionAsk(ma.Schema):
    """A wish to be introduced."""

    to = Text(required=True, longest=100)
    via = Text(load_default=None, allow_none=True, longest=100)
    message = Text(required=True)


class IntroductionAnswer(ma.Schema):
    """What the broker does."""

    forward = Flag(required=True)
    message = Text(load_default=None, allow_none=True)


class IntroductionsById(ma.Schema):
    """Introductions by id."""

    ids = Texts(required=True, most=100)


class Introductions(PageSchema):
    """A page of introductions."""

    direction = ma.fields.String(load_default="RECEIVED", validate=ma.validate.OneOf(("RECEIVED", "SENT")))
