"""What requests about second factors may hold."""

from __future__ import annotations

import marshmallow as ma

from kit.fields import Text


class LostFactor(ma.Schema):
    """An address and its password."""

    email = Text(required=True, longest=254)
    password = Text(required=True, longest=1024)
