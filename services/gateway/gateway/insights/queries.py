"""Counts over the whole network, for admins."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.catalogue.types import code_name
from gateway.context import of
from gateway.fields import enum, plain, texts
from gateway.scalars import LANGUAGE
from kit.paths import internal_path

InsightDimension = enum(
    "InsightDimension",
    "The dimensions that can be counted.",
    {
        "COUNTRY": "Professionals by the country where they practise.",
        "SPECIALTY": "The number of professionals by specialty.",
        "PROFESSION": "The number of professionals by profession.",
        "LEVEL": "Professionals by verification level.",
        "LANGUAGE": "The number of professionals by language.",
        "CROSS_BORDER_CONNECTIONS": "Connections within a country and across borders, among 200,000 of them.",
        "CROSS_BORDER_GROUPS": "Groups with members of one country and of several.",
        "FIRST_REPLY_HOURS": "The 20,000 newest discussions by the hours until somebody answered, at most.",
    },
)


class InsightCell(graphene.ObjectType):
    """A count; cells under 10 are left out."""

    value = graphene.String(required=True, description="The code of what is counted.")
    label = graphene.String(
        required=True, language=LANGUAGE, description="The name of what is counted, to show to the admin."
    )
    count = graphene.Int(required=True, description="The number that was counted; at least 10.")

    @staticmethod
    def resolve_label(root: Any, info: Any, language: str | None = None) -> str:
        return code_name(root["dimension"], root["value"], of(info).language(language))


class InsightQueries(graphene.ObjectType):
    """Root fields that count."""

    insights = texts(
        InsightCell,
        required=False,
        by=InsightDimension(required=True, description="The dimension to count by, for example `SPECIALTY`."),
        max_items=300,
        description="Counts over the network, the largest first, for admins.",
    )

    @staticmethod
    def resolve_insights(_root: Any, info: Any, by: Any) -> Any:
        dimension = plain(by)
        cells = of(info).graph("GET", internal_path("insights", dimension))["cells"]
        return [{**cell, "dimension": dimension} for cell in cells[:300]]
