"""Imports of registers, as admins see them."""

from __future__ import annotations

import graphene

from contracts.registers import RegisterImport as RegisterImportMessage
from gateway.catalogue.types import Authority, authority
from gateway.context import Context, of
from gateway.fields import enum, texts
from gateway.ids import decode_as
from gateway.paging import connection_type
from gateway.scalars import Date, DateTime
from gateway.things import Node, resolve_global_id, shown_as
from kit.paths import internal_path

MAX_ROWS = 100
NONE = "none"  # in the place of an own id; what is no such thing's id is none for admins, and others learn only that they may not
RegisterImportState = enum(
    "RegisterImportState",
    "States of an import of a register.",
    {
        "UPLOADING": "The file is awaited.",
        "READING": "The file is being read.",
        "WAITING": "The file is read and nothing has changed yet; `confirmRegisterImport` lets it count.",
        "ACTIVE": "This copy counts now.",
        "FORMER": "A newer copy counts; an undo goes back to this one.",
        "UNDONE": "It counted and was undone.",
        "DISCARDED": "It was given up, or a newer import began before it was confirmed.",
        "FAILED": "The file cannot be read; `failure` says why.",
    },
)


def own_id(named: str, kind: str) -> str:
    """The own id of a thing, or what no thing has."""
    return decode_as(named, kind) or NONE


class RegisterFileRow(graphene.ObjectType):
    """A refused or doubtful row of a register's file, without what it says."""

    line = graphene.Int(required=True, description="The line of the file where the row begins, from 1.")
    column = graphene.String(description="The column that is meant, for example `standing`; null for the whole row.")
    reason = graphene.String(required=True, description="The reason in one sentence, in English.")


class RegisterImport(graphene.ObjectType):
    """An import of a copy of a register: how far it is, what it would do, and what it has done. For admins."""

    class Meta:
        interfaces = (Node,)

    authority = graphene.Field(Authority, required=True, description="The authority whose register it is.")
    as_of = Date(required=True, description="The day of the copy.")
    state = RegisterImportState(required=True, description="The state of the import, for example `WAITING`.")
    imported_at = DateTime(required=True, description="The time at which the import began.")
    activated_at = DateTime(description="The time at which the copy began to count; null until then.")
    entries = graphene.Int(
        required=True, description="The number of different numbers in the copy; 0 until it is read."
    )
    rows_read = graphene.Int(required=True, description="The number of rows that were read so far.")
    rows_taken = graphene.Int(required=True, description="The number of rows that were taken so far.")
    rows_refused = graphene.Int(required=True, description="The number of rows that were refused so far.")
    refusals = texts(RegisterFileRow, max_items=MAX_ROWS, description="The first refused rows with their reasons.")
    doubts = texts(
        RegisterFileRow,
        max_items=MAX_ROWS,
        description="The first rows that were taken and should be looked at: numbers that stand twice or have lost zeros.",
    )
    duplicates = graphene.Int(
        required=True,
        description="The number of rows whose number stands in another row too; the worse standing counts.",
    )
    zeros_restored = graphene.Int(
        required=True, description="The number of rows whose number was given lost zeros back."
    )
    encoding = graphene.String(description="The encoding that the file was read in, for example `utf-8`; null before.")
    failure = graphene.String(description="The reason why the import ended; null while it goes on or counts.")
    validated = graphene.Int(
        description="The number of validated credentials that the copy was compared with; null before it is read."
    )
    would_open = graphene.Int(
        description="The number of these that come to the desk when the copy counts; null before it is read."
    )
    would_stop = graphene.Int(
        description="The number of these that do not count until a verifier has looked at them; null before it is read."
    )
    zeros_lost = graphene.Int(
        description="The number of these that the file has with more or fewer zeros before the number; null before it is read."
    )
    objection = graphene.String(
        description="Why the import must be confirmed with the number of cases; null where it need not be."
    )
    checked = graphene.Int(required=True, description="The number of credentials that were checked again so far.")
    opened = graphene.Int(required=True, description="The number of cases that were opened so far.")
    rechecked_at = DateTime(description="The time at which all had been checked again; null until then.")
    restored = graphene.Int(
        required=True, description="The number of cases that were closed again after an undo so far."
    )

    resolve_id = staticmethod(resolve_global_id("RegisterImport"))

    @staticmethod
    def resolve_authority(root: RegisterImportMessage, info: object) -> object:
        return authority(root.authority, of(info))


shown_as(RegisterImport, RegisterImportMessage)
RegisterImportConnection = connection_type("RegisterImport", lambda: RegisterImport, "imports")


def read_register_import(context: Context, own: str) -> RegisterImportMessage:
    """One import, for admins."""
    context.require_caller()
    return context.read_profiles(RegisterImportMessage, "GET", internal_path("register-imports", own))
