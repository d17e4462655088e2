"""What a client may still ask for."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.context import of
from gateway.scalars import DateTime


class RateLimit(graphene.ObjectType):
    """The bucket that this request was charged to: the person's, or signed out the address's."""

    limit = graphene.Int(required=True, description="Points when full; as many come back in a minute, evenly.")
    remaining = graphene.Int(required=True, description="Points left after this request.")
    cost = graphene.Int(required=True, description="Points that this request cost; at least 1.")
    reset_at = DateTime(required=True, description="When the bucket is full again, if nothing more is asked.")


class RateQueries(graphene.ObjectType):
    """Root fields about limits."""

    rate_limit = graphene.Field(
        RateLimit, description="What may still be asked for; docs/guide/limits.md has the figures."
    )

    @staticmethod
    def resolve_rate_limit(_root: Any, info: Any) -> Any:
        charge = of(info).charge
        return charge and {
            "limit": charge.limit,
            "remaining": charge.taken.remaining,
            "cost": charge.points,
            "reset_at": charge.reset_at,
        }
