"""What requests about discussions may hold."""

from __future__ import annotations

import marshmallow as ma

from graph.discussions.domain import REACTIONS
from graph.discussions.kinds import DETAILS, KINDS
from kit.fields import Flag, PageSchema, Text, Texts, Whole

_WIDE = (-(2**31), 2**31 - 1)
_BODY = 60_000


def _one_of(values: tuple[str, ...], **kwargs: object) -> ma.fields.String:
    return ma.fields.String(validate=ma.validate.OneOf(values), **kwargs)  # type: ignore[arg-type]


class Source(ma.Schema):
    """A source."""

    url = Text(load_default=None, allow_none=True, longest=5000)
    doi = Text(load_default=None, allow_none=True, longest=1000)
    pmid = Text(load_default=None, allow_none=True, longest=100)
    title = Text(load_default=None, allow_none=True)


def _sources(**kwargs: object) -> ma.fields.List:
    return ma.fields.List(ma.fields.Nested(Source), validate=ma.validate.Length(max=100), **kwargs)  # type: ignore[arg-type]


class _NewDiscussion(ma.Schema):
    """A new discussion without the details of its kind."""

    group = Text(load_default=None, allow_none=True, longest=100)
    kind = _one_of(tuple(KINDS), load_default="DISCUSSION")
    title = Text(required=True)
    body = Text(required=True, longest=_BODY)
    language = Text(required=True)
    topics = Texts(load_default=None, allow_none=True, longest=20_000)
    sources = _sources(load_default=None, allow_none=True)


# A new discussion, with the details of any kind; `checked_details` refuses those of another kind.
CreateDiscussion = _NewDiscussion.from_dict({one.name: one.input for one in DETAILS}, name="CreateDiscussion")


class EditDiscussion(ma.Schema):
    """What changes of a discussion; absent fields stay."""

    title = Text()
    body = Text(longest=_BODY)
    topics = Texts(allow_none=True, longest=20_000)
    sources = _sources(allow_none=True)
    expected_version = Whole(*_WIDE, allow_none=True)


class AddPost(ma.Schema):
    """A new post."""

    in_reply_to = Text(load_default=None, allow_none=True, longest=100)
    body = Text(required=True, longest=_BODY)
    language = Text(required=True)
    sources = _sources(load_default=None, allow_none=True)


class EditPost(ma.Schema):
    """What changes of a post; absent fields stay."""

    body = Text(longest=_BODY)
    sources = _sources(allow_none=True)
    expected_version = Whole(*_WIDE, allow_none=True)


class Resolve(ma.Schema):
    """Which post answers a question."""

    post = Text(required=True, longest=100)


class Vote(ma.Schema):
    """Which option of a poll."""

    option = Text(required=True, longest=100)


class Translate(ma.Schema):
    """A translation of one's own text."""

    language = Text(required=True)
    title = Text(load_default=None, allow_none=True)
    body = Text(required=True, longest=_BODY)


class React(ma.Schema):
    """A reaction."""

    reaction = _one_of(REACTIONS, required=True)


class ContentsById(ma.Schema):
    """Things by id."""

    ids = Texts(required=True, most=500)


class DiscussionPage(PageSchema):
    """A page of a group's discussions."""

    kind = _one_of(tuple(KINDS), load_default=None, allow_none=True)
    topic = Text(load_default=None, allow_none=True)
    language = Text(load_default=None, allow_none=True)


class InGroups(DiscussionPage):
    """For several groups a page of their discussions."""

    groups = Texts(required=True, most=100)


class DiscussionSearch(PageSchema):
    """A page of discussions of all groups."""

    text = Text(load_default=None, allow_none=True)
    groups = Texts(load_default=None, allow_none=True, most=100)
    kinds = Texts(load_default=None, allow_none=True)
    topics = Texts(load_default=None, allow_none=True)
    languages = Texts(load_default=None, allow_none=True)
    specialties = Texts(load_default=None, allow_none=True, most=1000)
    regions = Texts(load_default=None, allow_none=True, most=1000)
    unresolved_only = Flag(load_default=None, allow_none=True)
    created_after = Text(load_default=None, allow_none=True, longest=64)
    author = Text(load_default=None, allow_none=True, longest=100)


class Posts(ma.Schema):
    """For several discussions a page of their posts, forward or backward."""

    discussions = Texts(required=True, most=500)
    first = Whole(1, 100, load_default=None, allow_none=True)
    after = Text(longest=1000, load_default=None, allow_none=True)
    last = Whole(1, 100, load_default=None, allow_none=True)
    before = Text(longest=1000, load_default=None, allow_none=True)
