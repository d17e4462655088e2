"""Suspensions that an admin must decide about."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.administration.types import AccountConnection, accounts_page
from gateway.context import of
from gateway.paging import check_first, counts, page_arguments


class SuspensionQueries(graphene.ObjectType):
    """Root fields about suspensions."""

    suspensions = graphene.Field(
        AccountConnection,
        **page_arguments(None),
        description="Accounts whose suspension waits for a second admin, or whose owner has appealed and waits for a decision; "
        "the oldest suspension first. For admins.",
    )

    @staticmethod
    def resolve_suspensions(_root: Any, info: Any, first: int, after: str | None = None) -> Any:
        return accounts_page(
            of(info), "/v1/suspensions/search", {"first": check_first(first), "count": counts(info)}, after=after
        )
