"""The desk's queue."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.context import of
from gateway.credentials.types import CredentialConnection, CredentialPage, CredentialStatus, credentials_page
from gateway.fields import plain, texts
from gateway.ids import expect
from gateway.paging import page_arguments
from gateway.scalars import RegionCode
from kit.errors import Invalid


class VerificationQueueFilter(graphene.InputObjectType):
    """Conditions on the cases; all hold together."""

    statuses = texts(CredentialStatus, required=False, description="In one of these statuses.")
    jurisdictions = texts(
        RegionCode,
        required=False,
        description="Cases of these regions, of any kind, with everything inside them, for example `WHO:EURO`.",
    )
    authority = graphene.ID(description="Only credentials of this authority, by its id.")
    older_than_hours = graphene.Int(
        description="Cases that have been on the desk for at least so many hours, for example `48`."
    )
    untaken_only = graphene.Boolean(description="Only those that nobody works on.")
    awaiting_second_only = graphene.Boolean(description="Only those that wait for a second verifier.")


class CredentialQueries(graphene.ObjectType):
    """Root fields for verifiers."""

    verification_queue = graphene.Field(
        CredentialConnection,
        filter=graphene.Argument(
            VerificationQueueFilter, description="Conditions on the cases; all open ones when absent."
        ),
        **page_arguments(None),
        description="Cases on the desk, oldest first, in one's own jurisdictions; for verifiers and admins.",
    )

    @staticmethod
    def resolve_verification_queue(
        _root: Any, info: Any, first: int, filter: Any = None, after: str | None = None
    ) -> Any:
        given = {name: value for name, value in plain(dict(filter or {})).items() if value is not None}
        if "authority" in given:
            given["authority"] = expect(given["authority"], "Authority", "authority")
        if not 0 <= given.get("older_than_hours", 0) <= 1_000_000:
            raise Invalid("olderThanHours must be 0 to 1,000,000.", field=["filter", "olderThanHours"])
        return credentials_page(of(info), "/v1/credentials/search", CredentialPage(first, after, given))
