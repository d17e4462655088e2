"""What is asked about proofs."""

from __future__ import annotations

import marshmallow as ma

from kit.fields import Text


class Audience(ma.Schema):
    """For whom a proof is made."""

    audience = Text(required=True, longest=1000)


class Check(ma.Schema):
    """A proof, and for whom it should be."""

    token = Text(required=True, longest=5000)
    audience = Text(load_default=None, allow_none=True, longest=1000)
