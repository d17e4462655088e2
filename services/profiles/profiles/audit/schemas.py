"""What a reading of the trail may ask for."""

from __future__ import annotations

from kit.fields import PageSchema, Text


class Listing(PageSchema):
    """A page of entries."""

    object = Text(load_default=None, allow_none=True)
    actor = Text(load_default=None, allow_none=True)
