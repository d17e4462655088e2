"""The kind ALERT: the types of the details of an alert."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.catalogue.types import Region, Specialty, specialty
from gateway.context import of
from gateway.discussions.extras import extras
from gateway.discussions.kinds.kind import Details, Kind
from gateway.fields import texts
from gateway.scalars import DateTime, RegionCode


class AlertDetails(graphene.ObjectType):
    """Audience, issuer and end of a public-health alert."""

    regions = texts(Region, max_items=50, description="Regions that the alert concerns, with everything inside them.")
    specialties = texts(
        Specialty,
        max_items=50,
        description="Specialties that the alert concerns, with narrower ones. Empty means every specialty.",
    )
    issuer = graphene.String(description="Authority or person who issued the alert. Null when the author named none.")
    expires_at = DateTime(
        required=True, description="End of the alert. It leaves the feeds of the people concerned then."
    )
    viewer_acknowledged_at = DateTime(
        description="Time at which the viewer first acknowledged the alert. Null when the viewer has not, see "
        "`acknowledgeAlert`."
    )

    @staticmethod
    def resolve_specialties(root: Any, _info: Any) -> Any:
        return [specialty(code) for code in root["specialties"]]

    @staticmethod
    def resolve_viewer_acknowledged_at(root: Any, info: Any) -> Any:
        return (extras(of(info), {"id": root["discussion"]}) or {}).get("acknowledged_at")


class AlertInput(graphene.InputObjectType):
    """Audience, issuer and end of a new public-health alert."""

    regions = texts(
        RegionCode,
        max_items=50,
        description='Regions that the alert concerns, at least one, for example `["DE-BY", "WHO:EURO"]`. Everything inside '
        "them is included.",
    )
    specialties = texts(
        graphene.String,
        required=False,
        max_items=50,
        description='Codes of specialties that the alert concerns, for example `["cardiology"]`. Narrower ones are included. '
        "Leave it out to reach every specialty.",
    )
    issuer = graphene.String(
        description="Authority or person who issued the alert, at most 200 characters, for example `Regional health authority`."
    )
    expires_at = DateTime(
        required=True,
        description="End of the alert, RFC 3339 with a zone, for example `2026-12-31T23:00:00Z`. It is in the future and at most "
        "366 days from now.",
    )


ALERT = Kind(
    "ALERT",
    "Public-health notice. Moderators of a group open it there; moderators and admins of the instance open it "
    "in any group that they see, or outside of groups.",
    Details(
        "alert_details",
        graphene.Field(
            AlertDetails, description="Details of an alert. Null for the other kinds, and when the alert is deleted."
        ),
        AlertInput(description="Details of an alert. Required for the kind `ALERT`, not allowed for others."),
    ),
)
