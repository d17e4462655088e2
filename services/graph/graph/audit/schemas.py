"""What the relay of audit events sends."""

from __future__ import annotations

import marshmallow as ma

from kit.fields import Texts


class Done(ma.Schema):
    """Events that were taken."""

    ids = Texts(required=True, most=1000)
