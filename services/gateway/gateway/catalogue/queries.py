"""Catalogues in one answer each, as they were before they had pages; open to everybody."""

from __future__ import annotations

from typing import Any

import graphene

from catalogues import authorities, regions, specialties
from gateway.catalogue.known_authorities import sync_authorities
from gateway.catalogue.types import (
    Authority,
    Institution,
    Profession,
    Region,
    RegionKind,
    Specialty,
    shown,
    specialty,
)
from gateway.context import of
from gateway.fields import texts
from gateway.paging import MAX_PAGE_SIZE, check_first
from gateway.scalars import CountryCode, RegionCode
from kit.errors import Invalid

MAX_TEXT_LENGTH = 200


def _first() -> graphene.Int:
    return graphene.Int(
        required=True, default_value=20, description="The number of items to return, 1 to 100, for example `20`."
    )


def text_argument() -> graphene.String:
    """The argument by which entries are searched."""
    return graphene.String(
        description="The beginning of a word, for example `card`, in any language that the catalogue has; at most 200 characters."
    )


def checked_text(text: str | None) -> str | None:
    """What was typed, if it is not too long."""
    if text is not None and len(text) > MAX_TEXT_LENGTH:
        raise Invalid(f"text may have at most {MAX_TEXT_LENGTH} characters.", field=["text"])
    return text


def checked_region(code: str | None, field: str) -> str | None:
    """The code of a region that exists, in its own case."""
    if code is None:
        return None
    found = regions.region(code)
    if found is None:
        raise Invalid(f"{code!r} is no region code.", field=[field])
    return found.code


class CatalogueQueries(graphene.ObjectType):
    """Root fields of the catalogues."""

    professions = texts(
        Profession,
        required=False,
        deprecation_reason="Since 2026-11-28; use `professionsConnection`.",
        max_items=MAX_PAGE_SIZE,
        text=text_argument(),
        first=_first(),
        description="The professions that match, by a word of their name.",
    )
    specialties = texts(
        Specialty,
        required=False,
        deprecation_reason="Since 2026-11-28; use `specialtiesConnection`.",
        max_items=MAX_PAGE_SIZE,
        text=text_argument(),
        under=graphene.String(description="Only specialties inside this one, by its code, for example `cardiology`."),
        country=CountryCode(description="Only specialties with a title in this country's law, for example `DE`."),
        first=_first(),
        description="The specialties that match, by a word of their name or of a national title.",
    )
    regions = texts(
        Region,
        required=False,
        deprecation_reason="Since 2026-11-28; use `regionsConnection`.",
        max_items=MAX_PAGE_SIZE,
        kind=RegionKind(description="Only regions of this kind, for example `COUNTRY`."),
        within=RegionCode(description="Only regions inside this one, for example `WHO:EURO`."),
        text=text_argument(),
        first=_first(),
        description="The regions that match by name, countries first.",
    )
    institutions = texts(
        Institution,
        required=False,
        deprecation_reason="Since 2026-11-28; use `institutionsConnection`.",
        max_items=MAX_PAGE_SIZE,
        text=text_argument(),
        region=RegionCode(description="Only institutions inside this region, for example `DE-BY`."),
        first=_first(),
        description="The institutions that match, by a word of their name.",
    )
    authorities = texts(
        Authority,
        required=False,
        deprecation_reason="Since 2026-11-28; use `authoritiesConnection`.",
        max_items=MAX_PAGE_SIZE,
        jurisdiction=RegionCode(description="Only authorities that license in this region, for example `DE-BY`."),
        profession=graphene.String(
            description="Only authorities that register this profession, by its ISCO-08 code, for example `2221`."
        ),
        text=graphene.String(
            description="Words of the authority's name in English or its own language, or of its code, for example `nursing`; at "
            "most 200 characters."
        ),
        first=_first(),
        description="Authorities that give credentials.",
    )

    @staticmethod
    def resolve_professions(_root: Any, info: Any, first: int, text: str | None = None) -> Any:
        language = of(info).language(None)
        found = specialties.search_professions(text=checked_text(text), language=language, first=check_first(first))
        return [profession.code for profession in found]

    @staticmethod
    def resolve_specialties(
        _root: Any,
        info: Any,
        first: int,
        text: str | None = None,
        under: str | None = None,
        country: str | None = None,
    ) -> Any:
        if under is not None and under not in specialties.specialties():
            raise Invalid(f"{under!r} is no specialty.", field=["under"])
        place = checked_region(country, "country")
        language = of(info).language(None)
        found = specialties.search_specialties(
            text=checked_text(text), under=under, country=place, language=language, first=check_first(first)
        )
        return [specialty(hit.code) for hit in found]

    @staticmethod
    def resolve_regions(
        _root: Any, info: Any, first: int, kind: Any = None, within: str | None = None, text: str | None = None
    ) -> Any:
        found = regions.search(
            text=checked_text(text),
            kind=kind.value if kind is not None else None,
            within=checked_region(within, "within"),
            language=of(info).language(None),
            first=check_first(first),
        )
        return [hit.code for hit in found]

    @staticmethod
    def resolve_institutions(
        _root: Any, info: Any, first: int, text: str | None = None, region: str | None = None
    ) -> Any:
        body = {"text": checked_text(text), "region": checked_region(region, "region"), "first": check_first(first)}
        return of(info).profiles("POST", "/v1/institutions/search", body)

    @staticmethod
    def resolve_authorities(
        _root: Any,
        info: Any,
        first: int,
        jurisdiction: str | None = None,
        profession: str | None = None,
        text: str | None = None,
    ) -> Any:
        place = checked_region(jurisdiction, "jurisdiction")
        if profession is not None and profession not in specialties.professions():
            raise Invalid(f"{profession!r} is no profession.", field=["profession"])
        sync_authorities(of(info))
        found = authorities.search(
            jurisdiction=place, profession=profession, text=checked_text(text), first=check_first(first)
        )
        return [shown(hit) for hit in found]
