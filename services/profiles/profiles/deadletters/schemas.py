"""What requests about dead letters may hold."""

from __future__ import annotations

import marshmallow as ma

from kit.fields import PageSchema
from profiles.deadletters.domain import KINDS


class DeadLetterListing(PageSchema):
    """A page of dead letters, of one kind or of all."""

    kind = ma.fields.String(load_default=None, allow_none=True, validate=ma.validate.OneOf(KINDS))
