"""What requests about discussions may hold."""

from __future__ import annotations

import marshmallow as ma

from graph.discussions.domain import KINDS
from kit.fields import PageSchema, Text, Texts, Whole


class CreateDiscussion(ma.Schema):
    """A new discussion."""

    group = Text(required=True, longest=100)
    kind = ma.fields.String(load_default="DISCUSSION", validate=ma.validate.OneOf(KINDS))
    title = Text(required=True)
    body = Text(required=True, longest=60_000)
    language = Text(required=True)
    topics = Texts(load_default=None, allow_none=True)


class AddPost(ma.Schema):
    """A new post."""

    in_reply_to = Text(load_default=None, allow_none=True, longest=100)
    body = Text(required=True, longest=60_000)
    language = Text(required=True)


class ContentWanted(ma.Schema):
    """Things by id."""

    ids = Texts(required=True, most=500)


class InGroups(PageSchema):
    """For several groups a page of their discussions."""

    groups = Texts(required=True, most=100)
    kind = ma.fields.String(load_default=None, allow_none=True, validate=ma.validate.OneOf(KINDS))
    topic = Text(load_default=None, allow_none=True)
    language = Text(load_default=None, allow_none=True)


class Posts(ma.Schema):
    """For several discussions a page of their posts, forward or backward."""

    discussions = Texts(required=True, most=500)
    first = Whole(1, 100, load_default=None, allow_none=True)
    after = Text(longest=1000, load_default=None, allow_none=True)
    last = Whole(1, 100, load_default=None, allow_none=True)
    before = Text(longest=1000, load_default=None, allow_none=True)
