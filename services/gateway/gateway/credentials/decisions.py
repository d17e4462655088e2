"""What verifiers decided about credentials, why, and who did what; the types that credentials and the desk share."""

from __future__ import annotations

from typing import Any

import graphene

from catalogues import reasons
from contracts import credentials as messages
from gateway.batches import referred
from gateway.catalogue.types import Authority, CredentialKind, authority
from gateway.context import Context, of
from gateway.fields import enum
from gateway.ids import encode
from gateway.people.licences import LicenceStanding, VerificationMethod
from gateway.people.types import Professional, read_people
from gateway.roles.types import RoleGrant
from gateway.scalars import LANGUAGE, DateTime, RegionCode

PEOPLE = "Credential.people"  # what the ids of people are named under; see `gateway.batches.refer`
CredentialStatus = enum(
    "CredentialStatus",
    "Where a credential stands in its verification, in FHIR's words (VerificationResult.status).",
    {
        "ATTESTED": "The person says so; nobody has looked.",
        "IN_PROCESS": "A verifier is at it.",
        "VALIDATED": "A verifier found that it is true.",
        "REQ_REVALID": "It was true and must be looked at again; until then it does not count.",
        "VAL_FAIL": "It is not true.",
        "REVAL_FAIL": "It is not true any more.",
        "ENTERED_IN_ERROR": "The credential was withdrawn.",
    },
)
DecisionReason = enum(
    "DecisionReason",
    "Why a verifier decided so. To VALIDATE: CONFIRMED_AT_SOURCE, CONFIRMED_BY_DOCUMENT, OTHER. To REJECT: all others. To "
    "REQUEST_INFO: those of REJECT but SANCTIONED and FORGED_DOCUMENT. To suspend and revoke: those of REJECT but "
    "INSUFFICIENT_EVIDENCE. OTHER needs a note.",
    {
        "CONFIRMED_AT_SOURCE": "The authority says so.",
        "CONFIRMED_BY_DOCUMENT": "A document says so; the verifier has opened each document of the case.",
        "NUMBER_NOT_FOUND": "The register does not have the number.",
        "NAME_MISMATCH": "The register has another name under it.",
        "EXPIRED": "The credential has expired.",
        "SANCTIONED": "There is a sanction.",
        "FORGED_DOCUMENT": "A document is forged.",
        "DUPLICATE": "It is there twice.",
        "INSUFFICIENT_EVIDENCE": "What was given does not suffice.",
        "REGISTER_CHANGED": "The register has changed.",
        "ENTERED_IN_ERROR": "It was entered in error.",
        "OTHER": "Another reason; the note, which is required, says which.",
    },
)


def reason_text_field() -> graphene.String:
    """The field of a sentence that says a reason."""
    return graphene.String(
        language=LANGUAGE,
        description="A sentence that says the reason, in your language; null where there is none.",
    )


def reason_text(context: Context, reason: str | None, language: str | None) -> str | None:
    """A sentence that says a verifier's reason in the reader's language."""
    return reasons.reason_text(reason, context.language(language)) if reason is not None else None


class PendingDecision(graphene.ObjectType):
    """A decision that waits for a second verifier; confirmDecision answers it."""

    decision = graphene.String(required=True, description="SUSPEND, REVOKE or VALIDATE.")
    reason = DecisionReason(description="The reason that the first verifier gives; null for the owner.")
    note = graphene.String(description="What the first verifier noted; null for the owner.")
    standing = LicenceStanding(description="The standing that a validation would give; null for the owner.")
    method = VerificationMethod(description="How the first verifier verified it; null for the owner.")
    source_url = graphene.String(description="Where the first verifier looked; null for the owner.")
    reason_text = reason_text_field()
    by = graphene.Field(Professional, description="The verifier who made the decision.")
    by_name = graphene.String(description="The name of that verifier; null for the owner.")
    role_grant = graphene.Field(RoleGrant, description="How the first verifier got their role; null for the owner.")
    at = DateTime(required=True, description="The time at which this was done.")
    expires_at = DateTime(
        required=True, description="When it is over: a suspension lapses, the others go back to the desk."
    )

    @staticmethod
    def resolve_by(root: Any, info: Any) -> Any:
        return referred(of(info), PEOPLE, root["by"], read_people)

    @staticmethod
    def resolve_reason_text(root: dict[str, str | None], info: object, language: str | None = None) -> str | None:
        return reason_text(of(info), root["reason"], language)


class CredentialEvent(graphene.ObjectType):
    """A step in a credential's history."""

    at = DateTime(required=True, description="The time at which this was done.")
    actor = graphene.String(required=True, description="The id of the person who did it, or the name of a service.")
    person = graphene.Field(
        Professional,
        description="The person who did it; null for a service, for the owner, and where nobody sees them.",
    )
    person_name = graphene.String(
        description="The name of the person who did it; null for a service, for the owner, and once they are erased."
    )
    from_ = graphene.Field(CredentialStatus, name="from", description="From which status; null at the beginning.")
    to = CredentialStatus(required=True, description="The status after this step.")
    reason = DecisionReason(description="The reason of the verifier; null where none was given.")
    reason_text = reason_text_field()
    note = graphene.String(description="What the verifier noted.")
    role_grant = graphene.Field(
        RoleGrant,
        description="How the verifier who did this had got their role: who gave it, who confirmed it, and when. Null for what "
        "the owner or the clock did, and for the owner.",
    )

    @staticmethod
    def resolve_actor(root: messages.Event, _info: object) -> str:
        actor = str(root.actor)
        return actor if actor.startswith("service:") else encode("Professional", actor)

    @staticmethod
    def resolve_person(root: messages.Event, info: object) -> object:
        return referred(of(info), PEOPLE, root.actor, read_people) if root.actor_name is not None else None

    @staticmethod
    def resolve_person_name(root: messages.Event, _info: object) -> str | None:
        return root.actor_name

    @staticmethod
    def resolve_reason_text(root: messages.Event, info: object, language: str | None = None) -> str | None:
        return reason_text(of(info), root.reason, language)

    @staticmethod
    def resolve_from_(root: messages.Event, _info: object) -> object:
        return root.from_status

    @staticmethod
    def resolve_to(root: messages.Event, _info: object) -> object:
        return root.to_status


class EarlierDecision(graphene.ObjectType):
    """What verifiers decided before about the same number, person or document, also where it was withdrawn or erased since.

    It is kept for 2 years, by keyed digests and without names.
    """

    at = DateTime(required=True, description="The time at which this was done.")
    outcome = graphene.String(
        required=True,
        description="VALIDATED, REJECTED, CHANGE_DECLINED, SUSPENDED, SUSPENSION_UPHELD, RESTORED, REVOKED or "
        "REVOCATION_CONFIRMED.",
    )
    reason = DecisionReason(description="The reason of the decision; null for RESTORED.")
    reason_text = reason_text_field()
    by_two = graphene.Boolean(required=True, description="Whether two verifiers decided it together.")
    credential_kind = CredentialKind(required=True, description="What the credential said.")
    authority = graphene.Field(
        Authority, description="The authority that gave the credential; null where there is none."
    )
    jurisdiction = RegionCode(required=True, description="The country or region in which the credential held.")
    credential = graphene.ID(description="The credential, for `node`; null once it is deleted.")
    same_number = graphene.Boolean(required=True, description="Whether it was about this number.")
    same_person = graphene.Boolean(required=True, description="Whether it was about this person.")
    same_document = graphene.Boolean(
        required=True, description="Whether one of these documents was among its documents."
    )

    @staticmethod
    def resolve_credential_kind(root: messages.EarlierDecision, _info: object) -> object:
        return root.kind

    @staticmethod
    def resolve_authority(root: messages.EarlierDecision, info: object) -> object:
        return authority(root.authority, of(info))

    @staticmethod
    def resolve_credential(root: messages.EarlierDecision, _info: object) -> str | None:
        return encode("Credential", root.credential_id) if root.credential_id else None

    @staticmethod
    def resolve_reason_text(root: messages.EarlierDecision, info: object, language: str | None = None) -> str | None:
        return reason_text(of(info), root.reason, language)
