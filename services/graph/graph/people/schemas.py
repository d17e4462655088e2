"""What requests about people may hold."""

from __future__ import annotations

import marshmallow as ma

from kit.fields import PageSchema, Rows, Texts


class Projection(ma.Schema):
    """Snapshots from the profiles service, whose shape its `people.domain.snapshot` gives."""

    people = Rows(most=1000, least=0, required=True)  # none asks whether deliveries are taken now


class PeopleWanted(ma.Schema):
    """People by id or by handle."""

    ids = Texts(load_default=list, most=500)
    handles = Texts(load_default=list, most=100)


class Mutual(PageSchema):
    """For several people a page of shared connections."""

    ids = Texts(required=True, most=100)
