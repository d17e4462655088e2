"""What a claim may hold."""

from __future__ import annotations

import marshmallow as ma

from kit.fields import Text


class Claim(ma.Schema):
    """A directory profile, and the register number that it came from."""

    handle = Text(required=True, longest=200)
    authority = Text(required=True, longest=60)
    number = Text(required=True, longest=100)
