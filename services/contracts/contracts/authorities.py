"""Authorities that operators have added and changed."""

from __future__ import annotations

from contracts.messages import Message


class Authority(Message, frozen=True, kw_only=True):
    """An authority as operators have made it; `row` has a text for each column of the catalogue's file."""

    row: dict[str, str]
    version: int


class OwnAuthorities(Message, frozen=True, kw_only=True):
    """What operators have added and changed.

    Args:
        revision: another one after each change.
        authorities: all of them; None where who asks knows this revision.
    """

    revision: str
    authorities: list[Authority] | None = None


class RefusedRow(Message, frozen=True, kw_only=True):
    """A row that was not taken: its place in the request, the column, and why."""

    position: int
    column: str
    reason: str


class ImportedAuthorities(Message, frozen=True, kw_only=True):
    """What an import did, or would do: how many rows, and which were refused."""

    added: int
    changed: int
    unchanged: int
    refused: list[RefusedRow] = []
