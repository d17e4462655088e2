"""What asking for erasure may hold."""

from __future__ import annotations

import marshmallow as ma

from kit.fields import Text


class Erasure(ma.Schema):
    """The person's handle, address, or ERASE."""

    confirm = Text(required=True, longest=300)
