"""Specialties, professions, regions, institutions and authorities, from the catalogue files."""

from __future__ import annotations

from typing import Any

import graphene

from catalogues import authorities, languages, regions, specialties
from gateway.catalogue.entries import Entry, code_of
from gateway.catalogue.known_authorities import is_old, sync_authorities
from gateway.context import Context, of
from gateway.fields import enum, texts
from gateway.scalars import LANGUAGE, CountryCode, Date, LanguageTag, RegionCode
from gateway.things import Node, resolve_global_id

RegionKind = enum(
    "RegionKind",
    "What kind of region a code names.",
    {
        "SUBDIVISION": "A part of a country (ISO 3166-2).",
        "COUNTRY": "A country (ISO 3166-1).",
        "M49_AREA": "An area of several countries (UN M49).",
        "WHO_REGION": "A region of the World Health Organization.",
    },
)
CredentialKind = enum(
    "CredentialKind",
    "What a credential says.",
    {
        "LICENCE": "The person may practise a profession.",
        "SPECIALIST_CERTIFICATE": "The person is a specialist.",
        "DEGREE": "The person has a degree.",
        "EMPLOYMENT": "The person works at an institution.",
        "IDENTITY": "The person is who they say they are.",
        "IDENTIFIER": "The person has a number of a directory or an insurer, like a National Provider Identifier. It "
        "supports other credentials, and gives no right to practise.",
        "NAME": "Has another name, as a document shows it. It verifies nothing else, and is shown beside a verified name only.",
    },
)


class Profession(graphene.ObjectType):
    """A profession: an ISCO-08 unit group."""

    class Meta:
        interfaces = (Node,)

    code = graphene.String(required=True, description="The ISCO-08 code of the unit group, for example `2212`.")
    name = graphene.String(
        required=True,
        language=LANGUAGE,
        description="The name of the profession. In English, German, Spanish, French, Italian or Portuguese; in English for "
        "readers of others.",
    )

    resolve_id = staticmethod(resolve_global_id("Profession"))

    @staticmethod
    def resolve_code(root: Entry, _info: object) -> str:
        return code_of(root)

    @staticmethod
    def resolve_name(root: Entry, info: object, language: str | None = None) -> str:
        return specialties.profession_name(code_of(root), of(info).language(language))


class NationalTitle(graphene.ObjectType):
    """What a specialty is called in a country's law."""

    country = CountryCode(required=True, description="The country whose law has the title.")
    title = graphene.String(required=True, description="The title, as the law writes it.")
    language = LanguageTag(description="The language of the title; null where it is not known.")
    source = graphene.String(required=True, description="The law or list in which the title stands.")
    valid_from = Date(description="The first day on which it held, if it began later than the law.")
    valid_until = Date(description="The last day on which it held, if it ended.")


SpecialtyRelation = enum(
    "SpecialtyRelation",
    "What one specialty has to do with another.",
    {
        "EXACT": "The same under another code.",
        "BROADER": "It holds this one.",
        "NARROWER": "It is inside this one.",
        "OVERLAPS": "They have a part in common; in some country one title covers both.",
    },
)


class RelatedSpecialty(graphene.ObjectType):
    """A specialty that has to do with another."""

    specialty = graphene.Field(
        lambda: Specialty, required=True, description="The specialty at the other end of the relation."
    )
    relation = SpecialtyRelation(required=True, description="The relation of that specialty to this one.")
    source = graphene.String(required=True, description="The source of the relation.")

    @staticmethod
    def resolve_specialty(root: Any, _info: Any) -> Any:
        return specialty(root.code)


class Specialty(graphene.ObjectType):
    """A specialty; the titles cover physicians, in the countries of Directive 2005/36/EC and in Switzerland."""

    class Meta:
        interfaces = (Node,)

    code = graphene.String(required=True, description="The stable code of the specialty, for example `cardiology`.")
    name = graphene.String(
        required=True,
        language=LANGUAGE,
        description="The name of the specialty: the national title where there is one. In English, German, Spanish, French, "
        "Italian or Portuguese, or in a language whose law has a title; in English for readers of others.",
    )
    parent = graphene.Field(
        lambda: Specialty, description="The broader specialty that holds this one; null at the top."
    )
    related = texts(
        RelatedSpecialty, max_items=40, description="Related specialties, each with its relation to this one."
    )
    titles = texts(
        NationalTitle,
        max_items=100,
        country=CountryCode(description="Only titles in this country's law, for example `DE`."),
        description="What the specialty is called on certificates, by country.",
    )

    resolve_id = staticmethod(resolve_global_id("Specialty"))

    @staticmethod
    def resolve_code(root: Any, _info: Any) -> str:
        return str(root["id"])

    @staticmethod
    def resolve_name(root: Any, info: Any, language: str | None = None) -> str:
        return specialties.specialty_name(root["id"], of(info).language(language))

    @staticmethod
    def resolve_parent(root: Any, _info: Any) -> Any:
        parent = specialties.specialties()[root["id"]].parent
        return specialty(parent) if parent else None

    @staticmethod
    def resolve_related(root: Any, _info: Any) -> Any:
        return specialties.related(root["id"])

    @staticmethod
    def resolve_titles(root: Any, _info: Any, country: str | None = None) -> Any:
        return [title for title in specialties.titles(root["id"]) if country is None or title.country == country]


COUNTRY, SPECIALTY, LANGUAGE_CODE, PROFESSION = "COUNTRY", "SPECIALTY", "LANGUAGE", "PROFESSION"


def code_name(kind: str, code: str, tag: str | None) -> str:
    """What a country, specialty, language or profession is called; the code itself where it is none of those.

    Args:
        tag: the reader's language.
    """
    if kind == COUNTRY and regions.region(code) is not None:
        return regions.region_name(code, tag)
    if kind == SPECIALTY and code in specialties.specialties():
        return specialties.specialty_name(code, tag)
    if kind == PROFESSION and code in specialties.professions():
        return specialties.profession_name(code, tag)
    return languages.name(code, tag) if kind == LANGUAGE_CODE else code


def specialty(code: str) -> dict[str, Any]:
    """The thing that resolves as a Specialty."""
    return {"__typename": "Specialty", "id": code}


class Region(graphene.ObjectType):
    """A country, a part of one, or an area of several."""

    class Meta:
        interfaces = (Node,)

    code = RegionCode(required=True, description="The code of the region, for example `DE-BY`.")
    name = graphene.String(
        required=True,
        language=LANGUAGE,
        description="The name of the region: of countries and areas in the reader's language, "
        "of regions of the WHO in English, German, Spanish, French, Italian or Portuguese, of parts of countries as ISO 3166-2 "
        "writes it.",
    )
    kind = RegionKind(required=True, description="The kind of region that the code names.")
    parents = texts(lambda: Region, max_items=3, description="The regions directly around it.")

    resolve_id = staticmethod(resolve_global_id("Region"))

    @staticmethod
    def resolve_code(root: Entry, _info: object) -> str:
        return code_of(root)

    @staticmethod
    def resolve_name(root: Entry, info: object, language: str | None = None) -> str:
        return regions.region_name(code_of(root), of(info).language(language))

    @staticmethod
    def resolve_kind(root: Entry, _info: object) -> str:
        return regions.all_regions()[code_of(root)].kind

    @staticmethod
    def resolve_parents(root: Entry, _info: object) -> list[str]:
        return list(regions.all_regions()[code_of(root)].parents)


class Institution(graphene.ObjectType):
    """A place of work."""

    class Meta:
        interfaces = (Node,)

    name = graphene.String(required=True, description="The name of the institution.")
    region = graphene.Field(Region, description="The region in which the institution is; null where it is not known.")

    resolve_id = staticmethod(resolve_global_id("Institution"))


def institution_names(context: Context, ids: list[str]) -> dict[str, str]:
    """The names of institutions by id."""
    found = context.profiles("POST", "/v1/institutions/search", {"ids": ids}) if ids else []
    return {one["id"]: one["name"] for one in found}


AuthorityKind = enum(
    "AuthorityKind",
    "What an authority is, and what its numbers mean.",
    {
        authorities.LICENSING_AUTHORITY: "It licenses the members of a profession.",
        authorities.CHAMBER: "Professionals must be its members to practise.",
        authorities.INSURER_IDENTIFIER: "It gives numbers of an insurer, which prove no licence.",
        authorities.IDENTIFIER: "It gives numbers that say who somebody is, and prove no licence.",
    },
)


class AuthorityName(graphene.ObjectType):
    """What an authority is called in a language."""

    language = LanguageTag(required=True, description="The language of the name, for example `fr`.")
    name = graphene.String(required=True, description="The name in that language, as the authority writes it itself.")


class Authority(graphene.ObjectType):
    """An authority that gives credentials and keeps a register."""

    class Meta:
        interfaces = (Node,)

    code = graphene.String(
        required=True, description="The stable code of the authority, which inputs take, for example `ie-imc`."
    )
    name = graphene.String(
        required=True,
        language=LANGUAGE,
        description="The name of the authority: its own in the reader's language where it has one, else the one in English. Ask "
        'for `language: "en"` to edit it.',
    )
    names = texts(
        AuthorityName,
        max_items=10,
        description="Every known name: in English, and those that the authority gives itself. None is a translation by others.",
    )
    local_name = graphene.String(language=LANGUAGE, description="Its name in its own language; null for another one.")
    jurisdictions = texts(RegionCode, max_items=60, description="The regions in which its credentials hold.")
    kinds = texts(CredentialKind, max_items=5, description="The kinds of credential that it gives.")
    register = graphene.String(required=True, description="The name of the authority's register.")
    number_format = graphene.String(required=True, description="The format of a register number, in words.")
    example = graphene.String(
        description="An example of a register number that is published as one or never issued; null where there is none."
    )
    url = graphene.String(description="The web page of the authority; null where none is known.")
    kind = AuthorityKind(required=True, description="The kind of authority, which says what its numbers mean.")
    local_language = LanguageTag(required=True, description="The language of its own name.")
    professions = texts(
        Profession, max_items=60, description="The professions that it registers; empty where it is bound to none."
    )
    pattern = graphene.String(
        description="A regular expression for the whole number without spaces, for example `[A-Z]\\d{4}`; null where the "
        "format is not known."
    )
    prefix = graphene.String(
        description="A regular expression for what some write before the number and is no part of it; null without one."
    )
    written = graphene.String(
        description="A regular expression for another way in which people write the number; null without one."
    )
    canonical = graphene.String(
        description="The template that makes a number of what `written` finds, for example `\\1-\\2`; null without one."
    )
    written_example = graphene.String(description="An example for `written`; null without one.")
    check_rule = graphene.String(
        description="The name of the rule for check digits, for example `luhn`; null without one."
    )
    check_failure = graphene.String(
        required=True, description="FAIL, or WARN where the register has numbers that fail its own rule."
    )
    lookup = graphene.String(
        description="The address of one number's entry in the register, with `{number}` for the number; null where none is known."
    )
    review_months = graphene.Int(
        required=True, description="After how many months a validated credential is looked at again."
    )
    evidence = graphene.String(
        required=True, description="The document that usually proves a registration, in English."
    )
    source = graphene.String(required=True, description="The title of the source in which the authority was found.")
    unverified = graphene.Boolean(
        required=True,
        description="Whether nobody has looked it up in its source yet. Such an authority has neither a format nor a link.",
    )
    active = graphene.Boolean(
        required=True, description="Whether it gives credentials still; what it gave before stays."
    )
    version = graphene.Int(
        required=True, description="The version of the authority, for `expectedVersion`; it grows with each change."
    )
    snapshot_as_of = Date(description="As of when this instance's copy of the register is; null without one.")
    waiting_hours_p50 = graphene.Int(
        name="waitingHoursP50", description="How long half of its cases waited, in hours; null where there were few."
    )
    waiting_hours_p90 = graphene.Int(
        name="waitingHoursP90", description="How long nine of ten of its cases waited at most, in hours."
    )

    resolve_id = staticmethod(resolve_global_id("Authority"))

    @staticmethod
    def resolve_professions(root: dict[str, tuple[str, ...]], _info: object) -> list[str]:
        return list(root["professions"])

    @staticmethod
    def resolve_code(root: dict[str, str], _info: object) -> str:
        return root["id"]

    @staticmethod
    def resolve_name(root: dict[str, authorities.Authority], info: object, language: str | None = None) -> str:
        return authorities.authority_name(root["entry"], of(info).language(language))

    @staticmethod
    def resolve_names(root: dict[str, authorities.Authority], _info: object) -> list[dict[str, str]]:
        found = authorities.names(root["entry"])
        return [{"language": tag, "name": name} for tag, name in found.items()]

    @staticmethod
    def resolve_source(root: dict[str, str], _info: object) -> str:
        return authorities.sources()[root["source"]]

    @staticmethod
    def resolve_snapshot_as_of(root: Any, info: Any) -> Any:
        return _statistics(of(info), root["id"]).get("snapshot_as_of")

    @staticmethod
    def resolve_waiting_hours_p50(root: Any, info: Any) -> Any:
        return _statistics(of(info), root["id"]).get("waiting_hours_p50")

    @staticmethod
    def resolve_waiting_hours_p90(root: Any, info: Any) -> Any:
        return _statistics(of(info), root["id"]).get("waiting_hours_p90")

    @staticmethod
    def resolve_local_name(root: Any, _info: Any, language: str | None = None) -> str | None:
        if language is None or languages.canonical(language) == root["local_language"]:
            return str(root["local_name"])
        return None


def _statistics(context: Context, own_id: str) -> dict[str, Any]:
    """What the profiles service knows of an authority; read once a request for all of them."""
    found = context.once("authorities", lambda: context.profiles("GET", "/v1/authorities/statistics"))
    return found.get(own_id) or {}


def authority(own_id: str | None, context: Context) -> dict[str, Any] | None:
    """The thing that resolves as an Authority, as it was a second ago at most; one that this process does not know is asked for."""
    if own_id is not None and (is_old() or own_id not in authorities.authorities()):
        sync_authorities(context)
    found = authorities.authorities().get(own_id or "")
    return shown(found) if found else None


def shown(found: authorities.Authority) -> dict[str, Any]:
    """An authority as it resolves."""
    return {**vars(found), "__typename": "Authority", "entry": found}
