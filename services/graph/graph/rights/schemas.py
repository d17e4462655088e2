"""What an erasure may name."""

from __future__ import annotations

import marshmallow as ma

from graph.people.schemas import Delivery
from kit.fields import Flag, Texts


class Erasure(ma.Schema):
    """Who was erased."""

    ids = Texts(most=1000, required=True)
    ghosts = Flag(load_default=False)
    position = ma.fields.Nested(Delivery, load_default=None)
