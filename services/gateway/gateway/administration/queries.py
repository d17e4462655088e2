"""Finding accounts."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.administration.types import AccountConnection, accounts_page
from gateway.context import of
from gateway.fields import plain
from gateway.paging import check_first, counts, page_arguments
from gateway.roles.types import Role


class AdministrationQueries(graphene.ObjectType):
    """Root fields for admins."""

    accounts = graphene.Field(
        AccountConnection,
        text=graphene.String(
            description="The beginning of an e-mail address, or a part of a name (of the profile, verified, or "
            "another one), for example `byron`."
        ),
        role=Role(description="Only accounts with this role, for example `VERIFIER`."),
        **page_arguments(None),
        description="Accounts, newest first; for admins.",
    )

    @staticmethod
    def resolve_accounts(
        _root: Any, info: Any, first: int, text: str | None = None, role: Any = None, after: str | None = None
    ) -> Any:
        body = {"text": text, "role": plain(role), "first": check_first(first), "count": counts(info)}
        return accounts_page(of(info), "/v1/accounts/search", body, after=after)
