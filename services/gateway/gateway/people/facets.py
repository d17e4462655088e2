"""Facets of a search for peers: what a filter could be narrowed to, and how many people that would find."""

from __future__ import annotations

import graphene
import msgspec
from graphql import GraphQLResolveInfo

from contracts import peers as messages
from contracts.messages import Message
from gateway.catalogue.types import COUNTRY, LANGUAGE_CODE, PROFESSION, SPECIALTY, code_name, institution_names
from gateway.context import of
from gateway.fields import texts
from gateway.ids import encode
from gateway.paging import Below, selected, selected_all
from gateway.scalars import LANGUAGE
from gateway.wording import LEVELS, TEXTS, wording

LEVEL, INSTITUTION = "LEVEL", "INSTITUTION"
# Each facet with what its values are.
KINDS = {
    "specialties": SPECIALTY,
    "countries": COUNTRY,
    "languages": LANGUAGE_CODE,
    "professions": PROFESSION,
    "verification": LEVEL,
    "institutions": INSTITUTION,
}
MAX_VALUES = 50


class FacetCountShown(Message, frozen=True, kw_only=True):
    """A value of a facet.

    Args:
        kind: what the value is.
        label: its name, where it is no code.
    """

    value: str
    count: int
    kind: str
    label: str | None = None


class FacetCount(graphene.ObjectType):
    """How many of those who match have a value."""

    value = graphene.String(
        required=True, description="The value as the filter takes it: a code, or an institution's id."
    )
    label = graphene.String(
        required=True, language=LANGUAGE, description="The name of the value, to show to the viewer."
    )
    count = graphene.Int(required=True, description="The number of people with this value.")

    @staticmethod
    def resolve_label(root: FacetCountShown, info: GraphQLResolveInfo, language: str | None = None) -> str:
        if root.label is not None:
            return root.label
        tag = of(info).language(language)
        if root.kind == LEVEL:
            return TEXTS.text(wording(LEVELS, "VerificationLevel", root.value), tag)
        return code_name(root.kind, root.value, tag)


class PeerFacetsLeftOut(graphene.ObjectType):
    """How many values of each facet are not listed, because the 50 largest are."""

    specialties = graphene.Int(required=True, description="The number of specialties that are not listed.")
    countries = graphene.Int(required=True, description="The number of countries that are not listed.")
    languages = graphene.Int(required=True, description="The number of languages that are not listed.")
    professions = graphene.Int(required=True, description="The number of professions that are not listed.")
    verification = graphene.Int(required=True, description="The number of levels that are not listed: always 0.")
    institutions = graphene.Int(required=True, description="The number of institutions that are not listed.")


class PeerFacets(graphene.ObjectType):
    """What the search could be narrowed or widened to: the 50 largest values of each facet, over at most 10,000 people.

    Each facet is counted without its own filter, and with all others. So where `regions` names one country, `countries` still
    counts the others.
    """

    specialties = texts(
        FacetCount,
        max_items=MAX_VALUES,
        description="The number of people in each specialty; who practises a narrower one is counted there alone.",
    )
    countries = texts(FacetCount, max_items=MAX_VALUES, description="The number of people in each country.")
    languages = texts(FacetCount, max_items=MAX_VALUES, description="The number of people for each language.")
    professions = texts(FacetCount, max_items=MAX_VALUES, description="The number of people in each profession.")
    verification = texts(
        FacetCount,
        max_items=3,
        description="The number of people with at least each level, as the filter `verification` finds them.",
    )
    institutions = texts(
        FacetCount,
        max_items=MAX_VALUES,
        description="The number of people at each institution, as far as they show it to all members.",
    )
    left_out = graphene.Field(
        PeerFacetsLeftOut, required=True, description="The number of values that each facet has beside those listed."
    )

    @staticmethod
    def resolve_institutions(root: dict[str, list[FacetCountShown]], info: GraphQLResolveInfo) -> list[FacetCountShown]:
        values = root["institutions"]
        names = institution_names(of(info), [one.value for one in values])
        return [
            msgspec.structs.replace(one, value=encode("Institution", one.value), label=names[one.value])
            for one in values
            if one.value in names
        ]


def wanted_facets(info: GraphQLResolveInfo) -> list[str]:
    """The facets that the operation selects of the list being resolved."""
    places = (Below(selected(info, *path), info.fragments) for path in (("facets",), ("facets", "leftOut")))
    named = {node.name.value for place in places for node in selected_all(place)}
    return [name for name in KINDS if name in named]


def shown_facets(counted: object) -> dict[str, object] | None:
    """Facets as the service counted them, each value with its kind; None where none was asked for."""
    if not counted:
        return None
    facets = msgspec.convert(counted, dict[str, messages.Facet])
    shown: dict[str, object] = {
        name: [FacetCountShown(value=one.value, count=one.count, kind=KINDS[name]) for one in facet.values]
        for name, facet in facets.items()
    }
    return shown | {"left_out": {name: facet.left_out for name, facet in facets.items()}}
