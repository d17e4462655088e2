"""The catalogues as Relay connections; open to everybody.

They stand beside the lists of the same names, which are deprecated. `...Connection` is what GraphQL servers call a connection
where a list has the plain name. They are root fields, because caches of clients merge what stands in an object without an id,
such as one that only groups them, by rules that each client would have to be told.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

import graphene

from catalogues import authorities, languages, regions, specialties
from contracts.institutions import InstitutionRow
from contracts.messages import Page
from gateway.catalogue.known_authorities import sync_authorities
from gateway.catalogue.languages import LanguageConnection
from gateway.catalogue.pages import MAX_CATALOGUE_PAGE, PageArguments, catalogue_page, connection_of
from gateway.catalogue.queries import checked_region, checked_text, text_argument
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
from gateway.paging import MAX_PAGE_SIZE, connection_type, counts, page
from gateway.scalars import CountryCode, RegionCode
from kit.errors import Invalid

ProfessionConnection = connection_type("Profession", lambda: Profession, "professions")
SpecialtyConnection = connection_type("Specialty", lambda: Specialty, "specialties")
RegionConnection = connection_type("Region", lambda: Region, "regions")
InstitutionConnection = connection_type("Institution", lambda: Institution, "institutions")
AuthorityConnection = connection_type("Authority", lambda: Authority, "authorities")


def _paged(resolve: Callable[..., object]) -> Callable[..., object]:
    """A resolver that is given the four arguments of a page as one."""

    def resolve_page(
        root: object,
        info: object,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        **more: object,
    ) -> object:
        return resolve(root, info, PageArguments(first, after, last, before), **more)

    return resolve_page


class CatalogueConnections(graphene.ObjectType):
    """Root fields of the catalogues, by pages."""

    professions_connection = catalogue_page(
        ProfessionConnection,
        entries=len(specialties.professions()),
        text=text_argument(),
        description="The professions, by code; with `text` those with a word that begins with it, best match first.",
    )
    specialties_connection = catalogue_page(
        SpecialtyConnection,
        entries=len(specialties.specialties()),
        text=text_argument(),
        under=graphene.String(description="Only specialties inside this one, by its code, for example `cardiology`."),
        country=CountryCode(description="Only specialties with a title in this country's law, for example `DE`."),
        description="The specialties, by name; with `text` those with a word of a name or national title that begins with it, "
        "best match first.",
    )
    regions_connection = catalogue_page(
        RegionConnection,
        entries=len(regions.all_regions()),
        kind=RegionKind(description="Only regions of this kind, for example `COUNTRY`."),
        within=RegionCode(description="Only regions inside this one, for example `WHO:EURO`."),
        text=text_argument(),
        description="The regions, countries first, by their name in the reader's language; with `text` those with a word of a name "
        "that begins with it, or with this code, best match first.",
    )
    languages = catalogue_page(
        LanguageConnection,
        entries=len(languages.tags()),
        text=text_argument(),
        description="The languages and their usual variants, by their name in the reader's; with `text` those with a word of a "
        "name that begins with it, best match first. Inputs take each of these tags, and others with a region or script.",
    )
    institutions_connection = catalogue_page(
        InstitutionConnection,
        entries=MAX_PAGE_SIZE,
        most=MAX_PAGE_SIZE,
        text=graphene.String(
            description="The beginning of a word of the name, for example `char`; at most 200 characters."
        ),
        region=RegionCode(description="Only institutions inside this region, for example `DE-BY`."),
        description="The institutions at which people work, by name. `totalCount` counts up to 1,000.",
    )
    authorities_connection = catalogue_page(
        AuthorityConnection,
        entries=MAX_CATALOGUE_PAGE,
        jurisdiction=RegionCode(description="Only authorities that license in this region, for example `DE-BY`."),
        profession=graphene.String(
            description="Only authorities that register this profession, by its ISCO-08 code, for example `2221`."
        ),
        text=graphene.String(
            description="Words of the authority's name in English or its own language, or of its code, for example `nursing`; at "
            "most 200 characters."
        ),
        description="The authorities that give credentials; those that license come before those that give identifiers, and those "
        "of physicians before others.",
    )

    @staticmethod
    @_paged
    def resolve_professions_connection(
        _root: object, info: object, wanted: PageArguments, text: str | None = None
    ) -> object:
        found = specialties.search_professions(text=checked_text(text), language=of(info).language(None))
        return connection_of([one.code for one in found], str, wanted)

    @staticmethod
    @_paged
    def resolve_specialties_connection(
        _root: object,
        info: object,
        wanted: PageArguments,
        text: str | None = None,
        under: str | None = None,
        country: str | None = None,
    ) -> object:
        if under is not None and under not in specialties.specialties():
            raise Invalid(f"{under!r} is no specialty.", field=["under"])
        found = specialties.search_specialties(
            text=checked_text(text),
            under=under,
            country=checked_region(country, "country"),
            language=of(info).language(None),
        )
        return connection_of([specialty(one.code) for one in found], lambda one: one["id"], wanted)

    @staticmethod
    @_paged
    def resolve_regions_connection(
        _root: object,
        info: object,
        wanted: PageArguments,
        kind: Enum | None = None,
        within: str | None = None,
        text: str | None = None,
    ) -> object:
        found = regions.search(
            text=checked_text(text),
            kind=kind.value if kind is not None else None,
            within=checked_region(within, "within"),
            language=of(info).language(None),
        )
        return connection_of([one.code for one in found], str, wanted)

    @staticmethod
    @_paged
    def resolve_languages(_root: object, info: object, wanted: PageArguments, text: str | None = None) -> object:
        found = languages.search(text=checked_text(text), language=of(info).language(None))
        return connection_of(found, str, wanted)

    @staticmethod
    @_paged
    def resolve_institutions_connection(
        _root: object, info: object, wanted: PageArguments, text: str | None = None, region: str | None = None
    ) -> object:
        wanted.checked(MAX_PAGE_SIZE)
        backward = wanted.last is not None
        body = vars(wanted) | {
            "text": checked_text(text), "region": checked_region(region, "region"), "first": wanted.first or 1,
            "count": counts(info),
        }  # fmt: skip
        found = of(info).read_profiles(Page[InstitutionRow], "POST", "/v1/institutions/page", body)
        answer = {
            "rows": [{"cursor": row.cursor, "institution": row.institution} for row in found.rows],
            "has_next": wanted.before is not None if backward else found.has_next,
            "has_previous": found.has_next if backward else wanted.after is not None,
            "total": found.total,
            "at_least": found.at_least,
        }
        return page(answer, "institution", after=wanted.after)

    @staticmethod
    @_paged
    def resolve_authorities_connection(
        _root: object,
        info: object,
        wanted: PageArguments,
        jurisdiction: str | None = None,
        profession: str | None = None,
        text: str | None = None,
    ) -> object:
        place = checked_region(jurisdiction, "jurisdiction")
        if profession is not None and profession not in specialties.professions():
            raise Invalid(f"{profession!r} is no profession.", field=["profession"])
        sync_authorities(of(info))
        found = authorities.search(jurisdiction=place, profession=profession, text=checked_text(text))
        return connection_of([shown(one) for one in found], lambda one: str(one["id"]), wanted)
