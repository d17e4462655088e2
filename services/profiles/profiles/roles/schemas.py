"""What admins send about roles."""

from __future__ import annotations

import marshmallow as ma

from kit.fields import Texts


class Roles(ma.Schema):
    """The roles that an account is to have, and the jurisdictions that a verifier is limited to."""

    roles = Texts(required=True)
    jurisdictions = Texts(load_default=None, allow_none=True)
