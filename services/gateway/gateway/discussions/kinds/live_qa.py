"""The kind LIVE_QA: the types of the details of a live session."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.base import DateTime, texts
from gateway.batches import referred_list
from gateway.context import of
from gateway.discussions.kinds.kind import Details, Kind
from gateway.ids import expect
from gateway.people.types import Professional, read_people


class LiveDetails(graphene.ObjectType):
    """When a live session is."""

    starts_at = DateTime(required=True, description="When it begins.")
    ends_at = DateTime(description="When it ends.")
    join_url = graphene.String(description="Where one joins it.")
    hosts = texts(Professional, max_items=10, description="Who hosts it.")

    @staticmethod
    def resolve_hosts(root: Any, info: Any) -> Any:
        return referred_list(of(info), "live_details.hosts", root["hosts"], read_people)


class LiveInput(graphene.InputObjectType):
    """When a live session is."""

    starts_at = DateTime(required=True, description="When it begins.")
    ends_at = DateTime(description="When it ends.")
    join_url = graphene.String(description="Where one joins it; https.")
    hosts = texts(graphene.ID, required=False, max_items=10, description="Who hosts it; oneself when absent.")


def _decode(details: dict[str, Any]) -> dict[str, Any]:
    hosts = details.get("hosts") or []
    return {**details, "hosts": [expect(one, "Professional", "liveDetails", missing=True) for one in hosts]}


LIVE_QA = Kind(
    "LIVE_QA",
    "Questions for a live session; its posts come by how helpful they are.",
    Details(
        "live_details",
        graphene.Field(LiveDetails, description="Of a live session."),
        LiveInput(description="Of a live session."),
        decode=_decode,
        people="hosts",
    ),
)
