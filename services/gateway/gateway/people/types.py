"""Professionals as others see them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import graphene

from gateway.batches import Thing, for_siblings, together
from gateway.catalogue.types import Institution, Profession, Region, Specialty, specialty
from gateway.context import Context, of
from gateway.fields import enum, texts
from gateway.links import by_handle, linked
from gateway.paging import EMPTY, check_first, connection_type, page, page_arguments
from gateway.people.licences import Licence, licences_of
from gateway.scalars import CountryCode, Date, DateTime, LanguageTag
from gateway.states import ConnectionState, PracticeStatus
from gateway.things import Node, resolve_global_id
from kit.errors import DomainError
from kit.profile_fields import LISTS, PLAIN, SETTINGS, TEXTS, Kind

VerificationLevel = enum(
    "VerificationLevel",
    "How far a person is verified; computed from credentials, never set by hand.",
    {
        "UNVERIFIED": "Nothing about the person is verified.",
        "IDENTITY": "The identity is verified.",
        "RIGHT_TO_PRACTISE": "The identity and at least one licence are verified, and the licence holds today.",
    },
)
NameUse = enum(
    "NameUse",
    "What another name of a person is. In FHIR (HumanName.use) PREFERRED is `usual` and FORMER is `old` or `maiden`; MARRIED and "
    "TRANSLITERATED have no use of their own there.",
    {
        "FORMER": "A name that the person had before, for example before a marriage.",
        "MARRIED": "A name that the person has by marriage, beside the one under which they are licensed.",
        "TRANSLITERATED": "The name in another script or spelling, as a document writes it.",
        "PREFERRED": "The name that the person wants to be called by; it is shown beside the verified one.",
    },
)
ContactSystem = enum(
    "ContactSystem",
    "What kind of contact it is.",
    {
        "EMAIL": "The value is an e-mail address.",
        "PHONE": "The value is a telephone number.",
        "URL": "The value is the address of a page.",
        "OTHER": "The value is something else.",
    },
)
Audience = enum(
    "Audience",
    "The people who see a part of a profile.",
    {
        "NOBODY": "Only the person whose profile it is.",
        "CONNECTIONS": "Only the person's own connections.",
        "GROUPS": "Connections and fellow members of a group.",
        "VERIFIED": "Connections and everybody with the right to practise.",
        "MEMBERS": "Everybody who is signed in.",
    },
)


ProfileFieldName = enum(
    "ProfileField",
    "A field of the profile whose visibility can be set.",
    {setting.name: setting.description for setting in SETTINGS},
)


class OtherName(graphene.ObjectType):
    """A name of a person beside the verified one."""

    text = graphene.String(required=True, description="The name, as the document shows it.")
    use = NameUse(required=True, description="The kind of name that it is.")


class FieldVisibility(graphene.ObjectType):
    """Who sees a field."""

    field = ProfileFieldName(required=True, description="The name of the field.")
    audience = Audience(required=True, description="The people who see the field.")


class FieldSource(graphene.ObjectType):
    """Where a field of a directory profile came from."""

    field = graphene.String(required=True, description="The name of the field.")
    source = graphene.String(required=True, description="The register from which the field came.")
    as_of = Date(description="The date of the register's copy; null where it is not known.")


class PractisedSpecialty(graphene.ObjectType):
    """A specialty that a person practises."""

    specialty = graphene.Field(Specialty, required=True, description="The specialty, as the person declares it.")
    primary = graphene.Boolean(required=True, description="Whether it is the person's main specialty.")
    verified_in = texts(CountryCode, max_items=60, description="The countries in which a validated credential says so.")

    @staticmethod
    def resolve_specialty(root: Any, _info: Any) -> Any:
        return specialty(root["specialty"])


class Affiliation(graphene.ObjectType):
    """A place of work of a person."""

    institution = graphene.Field(Institution, required=True, description="The institution where the person works.")
    role = graphene.String(description="As what, in the person's own words, which nobody verifies.")
    current = graphene.Boolean(required=True, description="Whether the person still works there, as they say.")
    verified = graphene.Boolean(
        required=True,
        description="Whether a validated credential says that the person works at this institution; it says nothing about `role`.",
    )

    @staticmethod
    def resolve_institution(root: Any, _info: Any) -> Any:
        return {"__typename": "Institution", **{key: root[key] for key in ("id", "name", "region")}}


class ContactPoint(graphene.ObjectType):
    """A way to reach a person."""

    system = ContactSystem(required=True, description="The kind of contact that it is.")
    value = graphene.String(required=True, description="The address or number.")
    audience = Audience(description="The people who see the contact; null for everybody but its owner.")


class ProfileReview(graphene.ObjectType):
    """What a verified person has changed in their profile and no verifier has agreed to yet.

    Others see what was verified until a verifier agrees; a verifier who declines it puts the profile back.
    """

    name = graphene.String(description="The new name; null where it is not changed.")
    profession = graphene.Field(
        Profession, description="The new profession; null where it is not changed or taken out."
    )
    practised_specialties = texts(Specialty, max_items=10, description="Specialties that were added.")

    @staticmethod
    def resolve_practised_specialties(root: Any, _info: Any) -> Any:
        return [specialty(code) for code in root["specialties"]]


def _group_connection() -> Any:
    from gateway.groups.types import GroupConnection

    return GroupConnection


def _connection_request() -> Any:
    from gateway.connections.types import ConnectionRequest

    return ConnectionRequest


def _introduction_path() -> Any:
    from gateway.introductions.types import IntroductionPath

    return IntroductionPath


ITEMS = {Kind.LINES: graphene.String, Kind.LANGUAGES: LanguageTag}  # of the plain lists


def _plain_fields(kinds: tuple[Kind, ...]) -> dict[str, graphene.String | graphene.List]:
    """Return the plain fields of some kinds by name; a service of the version before does not answer those that are new."""
    return {
        field.name: texts(ITEMS[field.kind], max_items=field.max_items, description=field.description, default_value=())
        if field.kind in LISTS
        else graphene.String(description=field.description)
        for field in PLAIN
        if field.kind in kinds
    }


class Professional(linked("people", by_handle), graphene.ObjectType):  # type: ignore[misc]
    """A person, as the viewer may see them: what its owner hides is null or empty."""

    class Meta:
        interfaces = (Node,)

    handle = graphene.String(
        required=True,
        description="A short name, unique; its owner can change it (`updateProfile`), so refer to them by `id`.",
    )
    name = graphene.String(
        required=True,
        description="The name; of a verified person, the name that was verified. The handle where the owner hides the name.",
    )
    name_hidden = graphene.Boolean(required=True, description="Whether the name is hidden.")
    preferred_name = graphene.String(
        description="The name that the person wants to be called by, to be shown beside `name`: the PREFERRED one that was "
        "verified last. Null where there is none, and where the name is hidden."
    )
    other_names = texts(
        OtherName,
        max_items=10,
        description="Verified names beside `name`: former, married, transliterated and preferred ones, the one that was verified "
        "last first. Empty where the name is hidden.",
    )
    claimed = graphene.Boolean(required=True, description="False: known only from a register, see provenance.")
    provenance = texts(FieldSource, max_items=20, description="Where each field came from, for directory profiles.")
    vars().update(_plain_fields(TEXTS))
    under_review = graphene.Field(
        ProfileReview,
        description="What the viewer has changed in their own profile and no verifier has agreed to yet; null for others.",
    )
    profession = graphene.Field(
        Profession,
        description="The profession; of a person with a validated licence, the one that was verified with it.",
    )
    practice_status = PracticeStatus(
        description="Whether the person practises, as they or a register say: PRACTISING where neither says otherwise and there "
        "is a profession; null without both. Whoever is RETIRED, NOT_PRACTISING or DECEASED has no RIGHT_TO_PRACTISE."
    )
    practised_specialties = texts(
        PractisedSpecialty,
        max_items=40,
        description="What the person practises. Of a person with a validated licence, those that a verifier has seen.",
    )
    regions = texts(Region, max_items=10, description="Where the person practises.")
    vars().update(_plain_fields(LISTS))
    institutions = texts(Affiliation, required=False, max_items=10, description="Where the person works.")
    contacts = texts(
        ContactPoint, required=False, max_items=10, description="How to reach the person; for connections by default."
    )
    verification = VerificationLevel(required=True, description="How far the person is verified.")
    licences = texts(
        Licence, required=False, max_items=30, description="Validated ones in good standing or with conditions."
    )
    connection = ConnectionState(description="Between the viewer and this person.")
    incoming_request = graphene.Field(_connection_request, description="Their open request to the viewer.")
    outgoing_request = graphene.Field(_connection_request, description="The viewer's open request to them.")
    mutual_connections = graphene.Field(
        lambda: ProfessionalConnection, **page_arguments(10), description="Connections that both have, by name."
    )
    groups = graphene.Field(
        _group_connection, **page_arguments(10), description="Groups; unlisted and secret ones only to fellow members."
    )
    path = graphene.Field(
        _introduction_path,
        max_length=graphene.Int(
            required=True,
            default_value=4,
            description="The length of the longest path to look for, 1 to 4 connections, for example `3`.",
        ),
        description="A shortest way to the person; null where there is none that may be shown.",
    )
    joined_at = DateTime(description="Since when the profile exists.")
    version = graphene.Int(required=True, description="Counts the profile's changes; send it as expectedVersion.")

    resolve_id = staticmethod(resolve_global_id("Professional"))

    @staticmethod
    def resolve_licences(root: Thing, _info: object) -> list[Thing] | None:
        return licences_of(root)

    @staticmethod
    def resolve_under_review(root: Any, _info: Any) -> Any:
        return root.get("under_review")

    @staticmethod
    def resolve_other_names(root: Any, _info: Any) -> Any:
        return root.get("other_names") or []  # a service of the version before answers none

    @staticmethod
    def resolve_mutual_connections(root: Any, info: Any, first: int, after: str | None = None) -> Any:
        context = of(info)
        check_first(first)

        def load(ids: list[str]) -> Any:
            body = {"ids": ids, "first": first, "after": after}
            answers = context.graph("POST", "/v1/people/mutual", body)
            link_people(context, [row["card"] for answer in answers.values() for row in answer["rows"]])
            return {person: page(answer, "card", after=after) for person, answer in answers.items()}

        found = for_siblings(context, root, ("mutual", first, after), load)
        return found or page(EMPTY, "card", after=after)

    @staticmethod
    def resolve_path(root: Any, info: Any, max_length: int) -> Any:
        from gateway.introductions.types import path_to

        return path_to(of(info), root["id"], max_length)

    @staticmethod
    def resolve_groups(root: Any, info: Any, first: int, after: str | None = None) -> Any:
        from gateway.groups.types import groups_of

        return groups_of(info, root, first=first, after=after)


ProfessionalConnection: Any = connection_type("Professional", lambda: Professional, "professionals")


def link_people(context: Context, cards: Iterable[dict[str, Any] | None]) -> None:
    """Mark cards as people, and as siblings of each other."""
    together(context, "Professional", cards)


def read_people(context: Context, ids: list[str]) -> dict[str, Any]:
    """People by id, as the viewer sees them; the viewer themselves as the profiles service has them now."""
    viewer = context.require_caller().subject
    own = read_own(context) if viewer in ids else None
    others = [one for one in ids if one != viewer or own is None]
    cards = context.graph("POST", "/v1/people", {"ids": others}) if others else []
    link_people(context, cards)
    return {card["id"]: card for card in cards} | ({viewer: own} if own else {})


def read_by_handle(context: Context, handle: str) -> dict[str, Any] | None:
    """The person with a handle, as the viewer sees them; the viewer themselves as the profiles service has them now."""
    viewer = context.require_caller().subject
    cards: list[dict[str, Any]] = context.graph("POST", "/v1/people", {"handles": [handle]})
    link_people(context, cards)
    if cards and cards[0]["id"] != viewer:
        return cards[0]
    own = read_own(context)  # nobody has this handle as far as the graph knows, or the viewer has it
    return own if own and own["handle"] == handle else next(iter(cards), None)


def read_own(context: Context) -> dict[str, Any] | None:
    """Read the viewer's own profile from where it is written, so that a change shows at once.

    Returns:
        the profile; None where the profiles service does not answer, and the graph's copy is better than nothing.
    """
    try:
        return read_me(context)["professional"]  # type: ignore[no-any-return]
    except DomainError as error:
        if error.code not in {"NOT_FOUND", "UNAVAILABLE"}:
            raise
        return None


def read_me(context: Context) -> dict[str, Any]:
    """The caller's account and profile, as the profiles service has them now."""

    def load() -> dict[str, Any]:
        me: dict[str, Any] = context.profiles("GET", "/v1/me")
        link_people(context, [me["professional"]])
        return me

    return context.once("me", load)
