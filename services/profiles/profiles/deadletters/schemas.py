"""What requests about dead letters may hold."""

from __future__ import annotations

import marshmallow as ma

from kit.fields import PageOrOneSchema
from profiles.deadletters.domain import KINDS


class DeadLetterListing(PageOrOneSchema):
    """A page of dead letters, of one kind or of all, or one of them."""

    kind = ma.fields.String(load_default=None, allow_none=True, validate=ma.validate.OneOf(KINDS))
