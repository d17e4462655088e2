"""Licences, as others may see them."""

from __future__ import annotations

import graphene

from gateway.batches import Thing
from gateway.catalogue.types import Authority, Profession, Specialty, authority, specialty
from gateway.context import of
from gateway.fields import enum
from gateway.ids import encode
from gateway.scalars import Date, RegionCode
from gateway.things import Node

LicenceStanding = enum(
    "LicenceStanding",
    "How a licence stands with its authority.",
    {
        "GOOD": "The licence is in good standing.",
        "CONDITIONS": "The licence is valid, with conditions.",
        "SUSPENDED": "The authority has suspended the licence.",
        "REVOKED": "The authority has revoked the licence.",
        "LAPSED": "The licence was not renewed.",
        "UNKNOWN": "The standing of the licence is not known.",
    },
)
VerificationMethod = enum(
    "VerificationMethod",
    "How something was verified.",
    {
        "PRIMARY_SOURCE": "At the authority itself; sourceUrl says where.",
        "REGISTER_SNAPSHOT": "Against a copy of the register that has the number.",
        "DOCUMENT": "By a document that the verifier has opened.",
        "EMPLOYER": "The employer has confirmed it.",
        "CALL": "By a call, on a number that did not come from the applicant; the note says whom.",
        "SELF_ASSERTED": "Not at all; the person says so.",
    },
)


class Licence(graphene.ObjectType):
    """A licence as others may see it; never with its number."""

    class Meta:
        interfaces = (Node,)

    credential = graphene.ID(
        required=True,
        description="The id of the credential that was validated, for `node`, which shows it to its owner and verifiers alone.",
    )
    holder_name = graphene.String(
        description="The holder's name as it was verified with this licence; null where the person hides their name."
    )
    jurisdiction = RegionCode(required=True, description="The country or region in which the licence holds.")
    authority = graphene.Field(Authority, required=True, description="The authority that gave the licence.")
    profession = graphene.Field(
        Profession,
        description="The profession that was verified with this licence, for example `2212`; null if none was.",
    )
    specialty = graphene.Field(
        Specialty, description="The specialty that was verified with this licence; null if none was."
    )
    standing = LicenceStanding(required=True, description="The licence's standing with its authority.")
    method = VerificationMethod(required=True, description="The method by which the licence was verified.")
    source_as_of = Date(description="The date of the source that was checked; null where it is not known.")
    checked_on = Date(description="The day on which the licence was checked last; null where it is not known.")
    expires_on = Date(description="The last day on which the licence holds; null where none is given.")

    @staticmethod
    def resolve_id(root: Thing, _info: object) -> str:
        return encode("Licence", f"{root['person']}.{root['id']}")

    @staticmethod
    def resolve_credential(root: Thing, _info: object) -> str:
        return encode("Credential", root["id"])

    @staticmethod
    def resolve_authority(root: Thing, info: object) -> object:
        return authority(root["authority"], of(info))

    @staticmethod
    def resolve_specialty(root: Thing, _info: object) -> object:
        return specialty(root["specialty"]) if root["specialty"] else None


def licences_of(card: Thing) -> list[Thing] | None:
    """The licences of a person, each with whose it is; None where the viewer may not see them."""
    found = card.get("licences")
    return None if found is None else [{**one, "person": card["id"]} for one in found]
