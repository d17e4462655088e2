"""Finding imports of registers."""

from __future__ import annotations

import graphene

from contracts.messages import Page
from contracts.registers import RegisterImport as RegisterImportMessage
from contracts.registers import RegisterImportRow
from gateway.context import of
from gateway.paging import check_first, counts, page_arguments, rows_page
from gateway.registers.types import RegisterImport, RegisterImportConnection, own_id, read_register_import


class RegisterQueries(graphene.ObjectType):
    """Root fields about imports of registers."""

    register_imports = graphene.Field(
        RegisterImportConnection,
        authority=graphene.ID(
            description="Only imports of this authority's register, by its code, for example `ie-imc`, or its id."
        ),
        **page_arguments(None),
        description="Imports of registers, the newest first; for admins.",
    )
    register_import = graphene.Field(
        RegisterImport,
        id=graphene.ID(required=True, description="The id of the import, from `requestRegisterUpload`."),
        description="An import of a register, to see how far it is and what it would do; for admins.",
    )

    @staticmethod
    def resolve_register_imports(
        _root: object, info: object, first: int, authority: str | None = None, after: str | None = None
    ) -> object:
        context = of(info)
        context.require_caller()
        own = own_id(authority, "Authority") if authority else None
        body = {"authority": own, "first": check_first(first), "after": after, "count": counts(info)}
        found = context.read_profiles(Page[RegisterImportRow], "POST", "/v1/register-imports/search", body)
        return rows_page(found, lambda row: row.register_import, after=after)

    @staticmethod
    def resolve_register_import(_root: object, info: object, id: str) -> RegisterImportMessage:
        return read_register_import(of(info), own_id(id, "RegisterImport"))
