"""Imports of registers, as operators and admins see them."""

from __future__ import annotations

from datetime import date, datetime

from contracts.messages import Message


class RegisterFileRow(Message, frozen=True, kw_only=True):
    """A refused or doubtful row of a file: its line, the column where one is meant, and the reason."""

    line: int
    column: str | None
    reason: str


class RegisterImport(Message, frozen=True, kw_only=True):
    """An import of a register, and what it would do or has done.

    Args:
        refusals: the first refused rows.
        doubts: the first rows that were taken and should be looked at.
        failure: why it ended; None while it goes on.
        objection: why it has to be confirmed; None where it has not.
        rechecked_at: when all validated credentials had been checked with it.
    """

    id: str
    authority: str
    as_of: date
    state: str
    imported_at: datetime
    activated_at: datetime | None
    entries: int
    rows_read: int
    rows_taken: int
    rows_refused: int
    duplicates: int
    zeros_restored: int
    refusals: list[RegisterFileRow]
    doubts: list[RegisterFileRow]
    encoding: str | None
    failure: str | None
    validated: int | None
    would_open: int | None
    would_stop: int | None
    zeros_lost: int | None
    objection: str | None = None
    checked: int
    opened: int
    rechecked_at: datetime | None
    restored: int


class RegisterImportRow(Message, frozen=True, kw_only=True):
    """A row of a list of imports."""

    register_import: RegisterImport
    cursor: str


class RegisterUpload(Message, frozen=True, kw_only=True):
    """An import that has begun, and where its file goes to."""

    upload_url: str
    expires_at: datetime
    register_import: RegisterImport


class AddedRows(Message, frozen=True, kw_only=True):
    """What became of rows of a register's copy."""

    taken: int
    refused: list[RegisterFileRow]
    doubtful: list[RegisterFileRow]


class UndoneImport(Message, frozen=True, kw_only=True):
    """The copy that was undone, and the day of the one that counts again; None where there is none."""

    id: str
    authority: str
    as_of: date
    back_to: date | None = None
