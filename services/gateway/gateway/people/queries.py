"""Finding people."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.base import LANGUAGE, LanguageTag, RegionCode, enum, plain, texts
from gateway.catalogue.types import COUNTRY, LANGUAGE_CODE, SPECIALTY, code_name
from gateway.context import Context, of
from gateway.ids import decode
from gateway.paging import PageInfo, check_first, page, page_arguments, selects
from gateway.people.types import Professional, VerificationLevel, people_of, read_by_handle, read_people
from gateway.wording import REASONS, TEXTS, wording
from kit.errors import Invalid


class ProfessionalBy(graphene.InputObjectType):
    """Exactly one of these."""

    id = graphene.ID(description="The id.")
    handle = graphene.String(description="The handle, or one that the person had before.")


class PeerFilter(graphene.InputObjectType):
    """Whom to find; all conditions hold together, and within one list any."""

    professions = texts(graphene.String, required=False, max_items=50, description="Codes of professions.")
    specialties = texts(graphene.String, required=False, max_items=50, description="Codes of specialties.")
    specialty_verified = graphene.Boolean(
        required=True, default_value=False, description="Only where a validated credential says so."
    )
    include_related = graphene.Boolean(required=True, default_value=True, description="Narrower specialties too.")
    regions = texts(RegionCode, required=False, max_items=50, description="Of any kind; expanded to what is inside.")
    languages = texts(LanguageTag, required=False, max_items=50, description="Speaks one of these.")
    verification = VerificationLevel(description="At least this level.")
    licensed_in = texts(RegionCode, required=False, max_items=50, description="Licensed in one of these.")
    interests = texts(graphene.String, required=False, max_items=50, description="Has one of these.")
    text = graphene.String(
        description="Name, other names, headline, institution; accents and case do not matter; prefixes match."
    )
    within_hops = graphene.Int(description="1 to 3 connections away; at most 50,000 people are looked at.")
    exclude_connected = graphene.Boolean(required=True, default_value=False, description="Nobody already connected.")
    include_unclaimed = graphene.Boolean(required=True, default_value=False, description="Directory profiles too.")
    across_borders_from = RegionCode(description="Only people who practise outside this country.")


PeerOrder = enum(
    "PeerOrder",
    "In which order peers come.",
    {
        "RELEVANCE": "By what the viewer and the person have in common, and what they would add; each edge has its reasons.",
        "MUTUAL_CONNECTIONS": "By mutual connections, then by name.",
        "NAME": "By name.",
        "NEWEST": "Who joined last first.",
    },
)


ReasonCode = enum(
    "ReasonCode",
    "Why somebody is ranked or suggested.",
    {
        "SAME_SPECIALTY": "Practises a specialty of the viewer's.",
        "RELATED_SPECIALTY": "Practises a broader, narrower or overlapping specialty.",
        "SAME_REGION": "Practises in a country of the viewer's.",
        "SHARED_LANGUAGE": "Speaks a language of the viewer's.",
        "MUTUAL_CONNECTIONS": "Has connections in common with the viewer.",
        "SHARED_GROUPS": "Is in groups of the viewer's.",
        "SHARED_INTERESTS": "Has interests of the viewer's.",
        "BRIDGES_COUNTRY": "Practises in a country in which the viewer knows nobody.",
        "NEWCOMER": "Is verified, and joined in the last 90 days.",
    },
)


class Reason(graphene.ObjectType):
    """One of the things that placed somebody where they stand."""

    code = ReasonCode(required=True, description="Which.")
    text = graphene.String(required=True, language=LANGUAGE, description="The same in words.")

    @staticmethod
    def resolve_text(root: Any, info: Any, language: str | None = None) -> str:
        tag = of(info).language(language)
        reason = wording(REASONS, "ReasonCode", root["code"])
        if reason.many:
            return TEXTS.plural(reason, root["count"], tag)
        names = ", ".join(code_name(_NAMED[root["kind"]], code, tag) for code in root["values"])
        return TEXTS.text(reason, tag, values=names)


class PeerEdge(graphene.ObjectType):
    """A peer, with their place in the list."""

    cursor = graphene.String(required=True, description="Where this stands in the list.")
    node = graphene.Field(Professional, required=True, description="The person.")
    mutual_count = graphene.Int(description="Mutual connections, as far as the person shows them.")
    reasons = texts(Reason, max_items=9, description="What placed the person here, the weightiest kinds first.")


class FacetCount(graphene.ObjectType):
    """How many of those who match have a value."""

    value = graphene.String(required=True, description="The code.")
    label = graphene.String(required=True, language=LANGUAGE, description="Its name.")
    count = graphene.Int(required=True, description="How many.")

    @staticmethod
    def resolve_label(root: Any, info: Any, language: str | None = None) -> str:
        return code_name(root["kind"], root["value"], of(info).language(language))


_NAMED = {"specialty": SPECIALTY, "country": COUNTRY, "language": LANGUAGE_CODE}
_FACETS = {"specialties": SPECIALTY, "countries": COUNTRY, "languages": LANGUAGE_CODE}


class PeerFacets(graphene.ObjectType):
    """Counts over at most 10,000 of those who match; the 50 largest of each."""

    specialties = texts(FacetCount, max_items=50, description="By specialty.")
    countries = texts(FacetCount, max_items=50, description="By country.")
    languages = texts(FacetCount, max_items=50, description="By language.")


class PeerConnection(graphene.ObjectType):
    """A page of peers."""

    edges = texts(PeerEdge, description="The page, with cursors.")
    nodes = texts(Professional, description="The page, without cursors.")
    page_info = graphene.Field(PageInfo, required=True, description="Where the page stands.")
    total_count = graphene.Int(description="How many match; null above 10,000.")
    facets = graphene.Field(PeerFacets, description="What those who match have; counted only when asked for.")


def peer_page(context: Context, answer: dict[str, Any], *, after: str | None) -> dict[str, Any]:
    """A page of peers from the graph service's."""
    people_of(context, [row["card"] for row in answer["rows"]])
    return page(answer, "card", after=after)


class PeopleQueries(graphene.ObjectType):
    """Root fields about people."""

    professional = graphene.Field(
        Professional,
        by=graphene.Argument(ProfessionalBy, required=True, description="Which one."),
        description="One person, or null.",
    )
    peers = graphene.Field(
        PeerConnection,
        filter=graphene.Argument(PeerFilter, required=True, description="Whom to find."),
        order_by=PeerOrder(required=True, default_value="RELEVANCE", description="In which order."),
        **page_arguments(None),
        description="People who match, never the viewer.",
    )

    @staticmethod
    def resolve_professional(_root: Any, info: Any, by: Any) -> Any:
        context = of(info)
        context.require_caller()
        if by.get("id") is None:
            return read_by_handle(context, by["handle"][:200])
        own = decode(by["id"])
        if own is None or own[0] != "Professional":
            return None
        return read_people(context, [own[1]]).get(own[1])

    @staticmethod
    def resolve_peers(_root: Any, info: Any, filter: Any, order_by: Any, first: int, after: str | None = None) -> Any:
        order = plain(order_by)
        given = plain(dict(filter))
        if given.get("text") and len(given["text"]) > 200:
            raise Invalid("text may have at most 200 characters.", field=["filter", "text"])
        body = {
            "filter": {name: value for name, value in given.items() if value is not None},
            "order": order,
            "first": check_first(first),
            "after": after,
            "count": selects(info, "totalCount"),
            "facets": selects(info, "facets"),
            "mutual": of(info).mentions("mutualCount"),
            "reasons": of(info).mentions("reasons"),
        }
        context = of(info)
        answer = context.graph("POST", "/v1/peers", body)
        found = peer_page(context, answer, after=after)
        facets = answer["facets"]
        found["facets"] = facets and {
            name: [{**row, "kind": kind} for row in facets[name]] for name, kind in _FACETS.items()
        }
        return found
