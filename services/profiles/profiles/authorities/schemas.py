"""What operators and admins send about authorities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

import marshmallow as ma

from catalogues.authority_rows import MAX_CODES, MAX_REVIEW_MONTHS, cell
from kit.fields import Flag, Rows, Text, Texts, Whole

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


class Columns(ma.Schema):
    """The columns that an admin sets; null empties one, and absent ones stay. Their rules are `catalogues.authority_rows`'s."""

    name = Text(allow_none=True, longest=MAX_CELL)
    local_name = Text(allow_none=True, longest=MAX_CELL)
    local_language = Text(allow_none=True, longest=40)
    kind = Text(allow_none=True, longest=40)
    jurisdictions = Texts(allow_none=True, most=MAX_CODES, longest=20)
    professions = Texts(allow_none=True, most=MAX_CODES, longest=20)
    kinds = Texts(allow_none=True, most=10, longest=40)
    register = Text(allow_none=True, longest=MAX_CELL)
    number_format = Text(allow_none=True, longest=MAX_CELL)
    pattern = Text(allow_none=True, longest=MAX_CELL)
    example = Text(allow_none=True, longest=MAX_CELL)
    prefix = Text(allow_none=True, longest=MAX_CELL)
    written = Text(allow_none=True, longest=MAX_CELL)
    canonical = Text(allow_none=True, longest=MAX_CELL)
    written_example = Text(allow_none=True, longest=MAX_CELL)
    check_rule = Text(allow_none=True, longest=40)
    check_failure = Text(allow_none=True, longest=40)
    url = Text(allow_none=True, longest=MAX_CELL)
    lookup = Text(allow_none=True, longest=MAX_CELL)
    review_months = Whole(1, MAX_REVIEW_MONTHS, allow_none=True)
    evidence = Text(allow_none=True, longest=MAX_CELL)
    unverified = Flag(allow_none=True)
    active = Flag(allow_none=True)


class Changes(Columns):
    """What an admin changes of an authority."""

    expected_version = Whole(1, 2**31 - 1, load_default=None, allow_none=True)


class Addition(Columns):
    """An authority that an admin adds."""

    code = Text(required=True, longest=100)


def cells(given: Mapping[str, object]) -> dict[str, str]:
    """The cells of a row of the catalogue's file that say the same."""
    return {column: cell(value) for column, value in given.items()}
