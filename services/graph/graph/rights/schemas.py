"""What an erasure may name."""

from __future__ import annotations

import marshmallow as ma

from kit.fields import Texts


class Erasure(ma.Schema):
    """Who was erased."""

    ids = Texts(most=1000, required=True)
