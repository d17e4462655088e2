"""Finding people."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.catalogue.types import COUNTRY, LANGUAGE_CODE, SPECIALTY, code_name
from gateway.context import Context, of
from gateway.fields import enum, plain, texts
from gateway.ids import decode, expect
from gateway.paging import PageInfo, check_first, counts, page, page_arguments, total_count_precision
from gateway.people.facets import PeerFacets, shown_facets, wanted_facets
from gateway.people.types import Professional, VerificationLevel, link_people, read_by_handle, read_people
from gateway.scalars import LANGUAGE, LanguageTag, RegionCode
from gateway.states import PracticeStatus
from gateway.wording import REASONS, TEXTS, wording
from kit.errors import Invalid


class ProfessionalBy(graphene.InputObjectType):
    """Exactly one of these."""

    id = graphene.ID(description="The global id of the person, as `id` of a `Professional` has it.")
    handle = graphene.String(
        description="The person's handle, or one that they had before, for example `ada-lovelace`."
    )


class PeerFilter(graphene.InputObjectType):
    """Conditions on the people to find; all hold together, and within one list any."""

    professions = texts(
        graphene.String, required=False, max_items=50, description="Codes of professions (ISCO-08), for example `2212`."
    )
    specialties = texts(
        graphene.String, required=False, max_items=50, description="Codes of specialties, for example `cardiology`."
    )
    specialty_verified = graphene.Boolean(
        required=True, default_value=False, description="Only where a validated credential says so."
    )
    include_related = graphene.Boolean(
        required=True, default_value=True, description="Whether narrower specialties match too; `true` by default."
    )
    regions = texts(
        RegionCode,
        required=False,
        max_items=50,
        description="Regions of any kind in which the person practises, with everything inside them, for example `WHO:EURO`.",
    )
    languages = texts(
        LanguageTag,
        required=False,
        max_items=50,
        description="Only people who work in one of these languages, for example `pt-BR`.",
    )
    verification = VerificationLevel(
        description="Only people with at least this level, for example `RIGHT_TO_PRACTISE`."
    )
    licensed_in = texts(
        RegionCode,
        required=False,
        max_items=50,
        description="Only people licensed in one of these regions, for example `DE`.",
    )
    interests = texts(
        graphene.String,
        required=False,
        max_items=50,
        description="Interests of which the person has at least one, for example `heart failure`.",
    )
    institutions = texts(
        graphene.ID,
        required=False,
        max_items=50,
        description="Only people who work at one of these institutions and show it to all members, by their ids, for example "
        "`SW5zdGl0dXRpb246MDE5M2Y3YzItMDAwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDAy`; see `institutions`.",
    )
    text = graphene.String(
        description="Words, or their beginnings, of the name, other names, headline or institution, for example "
        "`müller charité`. Accents and "
        "case do not matter."
    )
    within_hops = graphene.Int(
        description="The number of connections between the viewer and the person at most, 1 to 3, for example `2`. At "
        "most 50,000 people are looked at."
    )
    exclude_connected = graphene.Boolean(
        required=True,
        default_value=False,
        description="Whether to leave out the viewer's connections; `false` by default.",
    )
    include_unclaimed = graphene.Boolean(
        required=True,
        default_value=False,
        description="Whether to include directory profiles that nobody has claimed; `false` by default.",
    )
    practice_status = texts(
        PracticeStatus,
        required=False,
        max_items=3,
        description="Only people of these statuses, for example `TRAINEE`: some of TRAINEE, PRACTISING and RETIRED. Where it is "
        "left out or empty, trainees, those who practise and those who have not said are found. Nobody finds who is DECEASED or "
        "NOT_PRACTISING.",
    )
    across_borders_from = RegionCode(description="Only people who practise outside this country, for example `DE`.")


PeerOrder = enum(
    "PeerOrder",
    "In which order peers come.",
    {
        "RELEVANCE": "By what the viewer and the person have in common, and what they would add; each edge has its reasons.",
        "MUTUAL_CONNECTIONS": "By mutual connections, then by name.",
        "NAME": "In the order of their names.",
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

    code = ReasonCode(required=True, description="The code of the reason, for a program.")
    text = graphene.String(required=True, language=LANGUAGE, description="The reason in words, to show to the viewer.")

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

    cursor = graphene.String(
        required=True, description="Opaque position in the list; send it as `after` to read what follows."
    )
    node = graphene.Field(Professional, required=True, description="The person who was found.")
    mutual_count = graphene.Int(description="Mutual connections, as far as the person shows them.")
    reasons = texts(Reason, max_items=9, description="What placed the person here, the weightiest kinds first.")


_NAMED = {"specialty": SPECIALTY, "country": COUNTRY, "language": LANGUAGE_CODE}


class PeerConnection(graphene.ObjectType):
    """A page of peers."""

    edges = texts(PeerEdge, description="The people of this page, each with a cursor.")
    nodes = texts(Professional, description="The people of this page, without cursors.")
    page_info = graphene.Field(PageInfo, required=True, description="The position of this page in the list.")
    total_count = graphene.Int(description="The number of people who match; null above 10,000.")
    total_count_precision = total_count_precision()
    facets = graphene.Field(
        PeerFacets, description="What else the filter could name, with counts; counted only when asked for."
    )


def peer_page(context: Context, answer: dict[str, Any], *, after: str | None) -> dict[str, Any]:
    """A page of peers from the graph service's."""
    link_people(context, [row["card"] for row in answer["rows"]])
    return page(answer, "card", after=after) | {"facets": shown_facets(answer["facets"])}


class PeopleQueries(graphene.ObjectType):
    """Root fields about people."""

    professional = graphene.Field(
        Professional,
        by=graphene.Argument(
            ProfessionalBy, required=True, description="The id or the handle of the person; exactly one of them."
        ),
        description="The person with this id or handle; null when nobody has it or the viewer may not see them.",
    )
    peers = graphene.Field(
        PeerConnection,
        filter=graphene.Argument(PeerFilter, required=True, description="The criteria that people must meet."),
        order_by=PeerOrder(
            required=True, default_value="RELEVANCE", description="The order of the list, for example `RELEVANCE`."
        ),
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
        if given.get("institutions"):
            given["institutions"] = [expect(one, "Institution", "institutions") for one in given["institutions"]]
        body = {
            "filter": {name: value for name, value in given.items() if value is not None},
            "order": order,
            "first": check_first(first),
            "after": after,
            "count": counts(info),
            "facets": wanted_facets(info),
            "mutual": of(info).selects("mutualCount"),
            "reasons": of(info).selects("reasons"),
        }
        context = of(info)
        return peer_page(context, context.graph("POST", "/v1/peers", body), after=after)
