"""What imports of registers may hold."""

from __future__ import annotations

import marshmallow as ma

from kit.delimited import MAX_CELL
from kit.fields import Flag, PageSchema, Rows, Text, Whole

MAX_ROWS = 5000
MAX_SANCTIONS = 200_000


class Begin(ma.Schema):
    """A copy of a register."""

    id = Text(required=True, longest=36)
    authority = Text(required=True, longest=60)
    as_of = ma.fields.Date(required=True)
    replace_newer = Flag(load_default=False)


class RefusedLine(ma.Schema):
    """A line of a file that is no row."""

    line = Whole(1, 2**31 - 1, required=True)
    column = Text(longest=MAX_CELL, load_default=None, allow_none=True)
    reason = Text(longest=500, required=True)


class Entries(ma.Schema):
    """Rows of a register: line, number, name, standing, specialty, expires_on; and lines that are no rows."""

    rows = Rows(most=MAX_ROWS, least=0, required=True)
    refused = ma.fields.List(
        ma.fields.Nested(RefusedLine), load_default=list, validate=ma.validate.Length(max=MAX_ROWS)
    )


class Activation(ma.Schema):
    """How many cases are expected to be opened, where somebody has looked."""

    expected_cases = Whole(0, 2**31 - 1, load_default=None, allow_none=True)


class Undo(ma.Schema):
    """Of which authority the copy that counts is undone."""

    authority = Text(required=True, longest=60)


class RegisterUploadRequest(ma.Schema):
    """A file that is announced."""

    authority = Text(required=True, longest=60)
    as_of = ma.fields.Date(required=True)
    bytes = Whole(0, 2**31 - 1, required=True)
    replace_newer = Flag(load_default=False, allow_none=True)


class ImportListing(PageSchema):
    """A page of imports, of one authority or of all."""

    authority = Text(load_default=None, allow_none=True, longest=60)


class Sanctions(ma.Schema):
    """A list of sanctions: name, and where known authority, number, country, imposed_on."""

    source = Text(required=True, longest=200)
    as_of = ma.fields.Date(required=True)
    replace_newer = Flag(load_default=False)
    rows = Rows(most=MAX_SANCTIONS, required=True)
