"""Bringing in copies of registers, and taking them back."""

from __future__ import annotations

from datetime import datetime

import graphene

from contracts.registers import RegisterImport as RegisterImportMessage
from contracts.registers import RegisterUpload
from gateway.context import Context, Repetition
from gateway.mutation import mutation
from gateway.registers.types import RegisterImport, own_id
from gateway.scalars import Date, DateTime
from gateway.uploads import UPLOAD, Upload, upload_request
from kit.paths import internal_path

_IMPORT = graphene.ID(required=True, description="The id of the import, from `registerImports`.")
_ANSWER = {
    "register_import": graphene.Field(RegisterImport, description="The import after the change; null on failure.")
}


def request_register_upload(
    context: Context, given: dict[str, str]
) -> dict[str, str | datetime | RegisterImportMessage | Upload]:
    """Begin an import and ask for an address to upload to."""
    given["authority"] = own_id(given["authority"], "Authority")
    answer = context.read_profiles(RegisterUpload, "POST", "/v1/register-imports", given)
    return {
        "upload_url": answer.upload_url, "expires_at": answer.expires_at, "register_import": answer.register_import,
        "upload": upload_request(answer.upload_url, answer.expires_at, "text/csv"),
    }  # fmt: skip


def confirm_register_import(context: Context, given: dict[str, str]) -> dict[str, RegisterImportMessage]:
    """Let a copy count."""
    path = internal_path("register-imports", own_id(given["id"], "RegisterImport"), "activation")
    body = {"expected_cases": given.get("expected_cases")}
    return {"register_import": context.read_profiles(RegisterImportMessage, "POST", path, body)}


def undo_register_import(context: Context, given: dict[str, str]) -> dict[str, RegisterImportMessage]:
    """Go back to the copy before."""
    path = internal_path("register-imports", own_id(given["id"], "RegisterImport"), "undo")
    return {"register_import": context.read_profiles(RegisterImportMessage, "POST", path, {})}


MUTATIONS = {
    "request_register_upload": mutation(
        "RequestRegisterUpload",
        "Begin an import of an authority's register, and get an address for its file, to be sent there by PUT within 15 minutes. "
        "The file is read as it comes; `registerImport` says how far it is. Nothing counts before `confirmRegisterImport`. An "
        "import of the same register that is not finished ends, unless it is of a later day. CONFLICT where the copy that counts "
        "is of a later day. For admins.",
        inputs={
            "authority": graphene.ID(
                required=True,
                description="The authority whose register it is, by its code, for example `ie-imc`, or its id.",
            ),
            "as_of": Date(
                required=True, description="The day of the copy, not in the future, for example `2026-11-20`."
            ),
            "bytes": graphene.Int(
                required=True,
                description="The exact length of the file in bytes, for example `48213`; at most 20,000,000.",
            ),
            "replace_newer": graphene.Boolean(
                description="Whether the copy may take the place of one of a later day, for example `true` after an import of a "
                "wrong file; false by default."
            ),
        },
        answers={
            "upload_url": graphene.String(description="The address to PUT the file to; null on failure."),
            "expires_at": DateTime(description="The time until which the file can be uploaded; null on failure."),
            "upload": UPLOAD,
            "register_import": graphene.Field(
                RegisterImport, description="The import, whose file is awaited; null on failure."
            ),
        },
        act=request_register_upload,
        repetition=Repetition.HARMLESS,
    ),
    "confirm_register_import": mutation(
        "ConfirmRegisterImport",
        "Let the copy of a register count that an import has read, in the place of the one before, and check the authority's "
        "validated credentials again. CONFLICT, and nothing is changed, where it would open more cases than the operator allows "
        "and `expectedCases` is absent, where it would open another number, where no row was taken, or where a copy of a later day "
        "counts by now. For admins.",
        inputs={
            "id": _IMPORT,
            "expected_cases": graphene.Int(
                description="The number of cases that may be opened, from `wouldOpen`, for example `14`; needed where there is an "
                "`objection`."
            ),
        },
        answers=_ANSWER,
        act=confirm_register_import,
    ),
    "undo_register_import": mutation(
        "UndoRegisterImport",
        "Take back the copy of a register that counts: the one before counts again, or none where it was the first. "
        "The cases that it had opened and nobody has decided are closed within seconds, and the owners who were told that their "
        "credential does not count are told that it does. CONFLICT where it does not count, or the one before is not kept any "
        "more. For admins.",
        inputs={"id": _IMPORT},
        answers=_ANSWER,
        act=undo_register_import,
    ),
}
