"""What operators send about authorities."""

from __future__ import annotations

from typing import TypedDict

import marshmallow as ma

from kit.fields import Flag, Rows

MAX_ROWS = 5_000
MAX_CELL = 2_000


class ImportBody(TypedDict):
    """What `Import` reads."""

    rows: list[dict[str, object]]
    dry_run: bool


class Import(ma.Schema):
    """The rows of a file."""

    rows = Rows(most=MAX_ROWS, required=True)
    dry_run = Flag(load_default=False)
