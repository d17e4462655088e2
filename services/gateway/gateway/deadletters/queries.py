"""Finding what the worker has given up."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.context import of
from gateway.deadletters.types import DeadLetterConnection, DeadLetterKind
from gateway.fields import plain
from gateway.paging import check_first, counts, page, page_arguments
from kit.paths import internal_path


class DeadLetterQueries(graphene.ObjectType):
    """Root fields about work in the background."""

    dead_letters = graphene.Field(
        DeadLetterConnection,
        kind=DeadLetterKind(description="Only of this kind."),
        **page_arguments(None),
        description="Work in the background that was given up, the last one first; for admins.",
    )

    @staticmethod
    def resolve_dead_letters(_root: Any, info: Any, first: int, kind: Any = None, after: str | None = None) -> Any:
        context = of(info)
        context.require_caller()
        body = {"kind": plain(kind), "first": check_first(first), "after": after, "count": counts(info)}
        return page(context.profiles("POST", internal_path("dead-letters", "search"), body), "dead_letter", after=after)
