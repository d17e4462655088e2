"""What requests about people may hold."""

from __future__ import annotations

import marshmallow as ma

from kit.fields import PageSchema, Rows, Text, Texts, Whole


class Delivery(ma.Schema):
    """Where in an installation's outbox a delivery stands: the epoch, and the highest position with its row."""

    installation = Text(required=True)
    epoch = Whole(0, 2**53, required=True)
    position = Whole(0, 2**53, required=True)
    row = Text(load_default=None, allow_none=True)


class Projection(ma.Schema):
    """Snapshots from the profiles service, whose shape its `people.domain.snapshot` gives."""

    people = Rows(most=1000, least=0, required=True)  # none asks whether deliveries are taken now
    position = ma.fields.Nested(Delivery, load_default=None)


class Ids(ma.Schema):
    """A page of the ids that an installation has projected, or whose erasure it has asked for."""

    installation = Text(required=True)
    after = Text(load_default="")
    kind = ma.fields.String(load_default="PROJECTED", validate=ma.validate.OneOf(["PROJECTED", "ERASED"]))


class PeopleById(ma.Schema):
    """People by id or by handle."""

    ids = Texts(load_default=list, most=500)
    handles = Texts(load_default=list, most=100)


class Mutual(PageSchema):
    """For several people a page of shared connections."""

    ids = Texts(required=True, most=100)
