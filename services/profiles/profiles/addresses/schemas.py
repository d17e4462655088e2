"""What requests about a change of address may hold."""

from __future__ import annotations

import marshmallow as ma

from kit.fields import Text


class NewAddress(ma.Schema):
    """The address that is to be one's own, and the present password."""

    email = Text(required=True, longest=254)
    password = Text(required=True, longest=1024)
