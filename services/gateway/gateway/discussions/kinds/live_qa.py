"""The kind LIVE_QA: the types of the details of a live session."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.batches import referred_list
from gateway.context import of
from gateway.discussions.kinds.kind import Details, Kind
from gateway.fields import texts
from gateway.ids import expect_each
from gateway.people.types import Professional, read_people
from gateway.scalars import DateTime


class LiveDetails(graphene.ObjectType):
    """Time, address and hosts of a live session."""

    starts_at = DateTime(required=True, description="Start of the live session.")
    ends_at = DateTime(description="End of the live session. Null when the author gave none.")
    join_url = graphene.String(
        description="Web address at which people join the session. Null when the author gave none."
    )
    hosts = texts(Professional, max_items=10, description="Hosts of the session, as far as the viewer may see them.")

    @staticmethod
    def resolve_hosts(root: Any, info: Any) -> Any:
        return referred_list(of(info), "live_details.hosts", root["hosts"], read_people)


class LiveInput(graphene.InputObjectType):
    """Time, address and hosts of a new live session."""

    starts_at = DateTime(
        required=True,
        description="Start of the live session, RFC 3339 with a zone, for example `2026-12-01T17:00:00Z`.",
    )
    ends_at = DateTime(description="End of the live session, after `startsAt`, for example `2026-12-01T18:00:00Z`.")
    join_url = graphene.String(
        description="Web address at which people join, at most 2,000 characters, for example "
        "`https://meet.example.org/heart-failure`."
    )
    hosts = texts(
        graphene.ID,
        required=False,
        max_items=10,
        description="Ids of the professionals who host the session. You are the host when it is left out or empty.",
    )


def _decode(details: dict[str, Any]) -> dict[str, Any]:
    hosts = details.get("hosts") or []
    return {**details, "hosts": expect_each(hosts, "Professional", "liveDetails", "hosts", missing=True)}


LIVE_QA = Kind(
    "LIVE_QA",
    "Questions for a live session. The posts with the most `HELPFUL` reactions come first.",
    Details(
        "live_details",
        graphene.Field(
            LiveDetails,
            description="Details of a live session. Null for the other kinds, and when the session is deleted or hidden from the "
            "viewer.",
        ),
        LiveInput(description="Details of a live session. Required for the kind `LIVE_QA`, not allowed for others."),
        decode=_decode,
        people="hosts",
    ),
)
