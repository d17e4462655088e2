"""What imports of registers may hold."""

from __future__ import annotations

import marshmallow as ma

from kit.fields import Rows, Text

MAX_ROWS = 5000
MAX_SANCTIONS = 200_000


class Begin(ma.Schema):
    """A copy of a register."""

    id = Text(required=True, longest=36)
    authority = Text(required=True, longest=60)
    as_of = ma.fields.Date(required=True)


class Entries(ma.Schema):
    """Rows of a register: number, name, standing, specialty, expires_on."""

    rows = Rows(most=MAX_ROWS, required=True)


class Sanctions(ma.Schema):
    """A list of sanctions: name, and where known authority, number, country, imposed_on."""

    source = Text(required=True, longest=200)
    rows = Rows(most=MAX_SANCTIONS, required=True)
