"""What a request to rebuild the projection may hold."""

from __future__ import annotations

import marshmallow as ma

from kit.fields import Flag


class Rebuild(ma.Schema):
    """Whether the operator states that an older backup of PostgreSQL was restored."""

    restored = Flag(load_default=False)
