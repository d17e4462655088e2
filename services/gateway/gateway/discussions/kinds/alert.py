"""The kind ALERT: the types of the details of an alert."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.base import DateTime, RegionCode, texts
from gateway.catalogue.types import Region, Specialty, specialty
from gateway.context import of
from gateway.discussions.extras import extras
from gateway.discussions.kinds.kind import Details, Kind


class AlertDetails(graphene.ObjectType):
    """Whom an alert concerns."""

    regions = texts(Region, max_items=50, description="Where.")
    specialties = texts(Specialty, max_items=50, description="Which specialties; none means all.")
    issuer = graphene.String(description="Who issued it.")
    expires_at = DateTime(required=True, description="Until when it holds.")
    viewer_acknowledged_at = DateTime(description="When the viewer noted having read it.")

    @staticmethod
    def resolve_specialties(root: Any, _info: Any) -> Any:
        return [specialty(code) for code in root["specialties"]]

    @staticmethod
    def resolve_viewer_acknowledged_at(root: Any, info: Any) -> Any:
        return (extras(of(info), {"id": root["discussion"]}) or {}).get("acknowledged_at")


class AlertInput(graphene.InputObjectType):
    """Whom an alert concerns."""

    regions = texts(RegionCode, description="Where, of any kind; 1 to 50.")
    specialties = texts(graphene.String, required=False, description="Which specialties; all when absent.")
    issuer = graphene.String(description="Who issued it; at most 200 characters.")
    expires_at = DateTime(required=True, description="Until when it holds; within a year.")


ALERT = Kind(
    "ALERT",
    "A public-health notice; from moderators and admins.",
    Details(
        "alert_details",
        graphene.Field(AlertDetails, description="Of an alert."),
        AlertInput(description="Of an alert."),
    ),
)
