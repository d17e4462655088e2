"""Credentials, for their owners and for verifiers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import graphene

from gateway.base import Date, DateTime, Node, RegionCode, enum, resolve_global_id, texts
from gateway.batches import refer, referred
from gateway.catalogue.types import Authority, CredentialKind, Institution, Specialty, authority, specialty
from gateway.context import Context, of
from gateway.ids import encode
from gateway.paging import check_first, connection_type, page
from gateway.people.types import LicenceStanding, Professional, VerificationMethod, read_people

CredentialStatus = enum(
    "CredentialStatus",
    "Where a credential stands in its verification, in FHIR's words (VerificationResult.status).",
    {
        "ATTESTED": "The person says so; nobody has looked.",
        "IN_PROCESS": "A verifier is at it.",
        "VALIDATED": "It is true.",
        "REQ_REVALID": "It was true and must be looked at again; until then it does not count.",
        "VAL_FAIL": "It is not true.",
        "REVAL_FAIL": "It is not true any more.",
        "ENTERED_IN_ERROR": "It was withdrawn.",
    },
)
DecisionReason = enum(
    "DecisionReason",
    "Why a verifier decided so.",
    {
        "CONFIRMED_AT_SOURCE": "The authority says so.",
        "CONFIRMED_BY_DOCUMENT": "A document says so.",
        "NUMBER_NOT_FOUND": "The register does not have the number.",
        "NAME_MISMATCH": "The register has another name under it.",
        "EXPIRED": "It has expired.",
        "SANCTIONED": "There is a sanction.",
        "FORGED_DOCUMENT": "A document is forged.",
        "DUPLICATE": "It is there twice.",
        "INSUFFICIENT_EVIDENCE": "What was given does not suffice.",
        "REGISTER_CHANGED": "The register has changed.",
        "ENTERED_IN_ERROR": "It was entered in error.",
        "OTHER": "Another reason; see the note.",
    },
)


class CredentialEvent(graphene.ObjectType):
    """A step in a credential's history."""

    at = DateTime(required=True, description="When.")
    actor = graphene.String(required=True, description="Who, by id.")
    from_ = graphene.Field(CredentialStatus, name="from", description="From which status; null at the beginning.")
    to = CredentialStatus(required=True, description="To which status.")
    reason = DecisionReason(description="Why.")
    note = graphene.String(description="What the verifier noted.")

    @staticmethod
    def resolve_actor(root: Any, _info: Any) -> str:
        actor = str(root["actor"])
        return actor if actor.startswith("service:") else encode("Professional", actor)

    @staticmethod
    def resolve_from_(root: Any, _info: Any) -> Any:
        return root["from_status"]

    @staticmethod
    def resolve_to(root: Any, _info: Any) -> Any:
        return root["to_status"]


class Credential(graphene.ObjectType):
    """A credential, with all that its owner and verifiers may see."""

    class Meta:
        interfaces = (Node,)

    owner = graphene.Field(Professional, description="Whose it is.")
    credential_kind = CredentialKind(required=True, description="What it says.")
    authority = graphene.Field(Authority, description="Who gave it.")
    institution = graphene.Field(Institution, description="Where, for degrees and employment.")
    number = graphene.String(description="The register number; for the owner and verifiers only.")
    specialty = graphene.Field(Specialty, description="For which specialty.")
    jurisdiction = RegionCode(required=True, description="Where it holds.")
    verification_status = CredentialStatus(required=True, description="Where it stands in its verification.")
    standing = LicenceStanding(required=True, description="How it stands with its authority.")
    method = VerificationMethod(description="How it was verified.")
    source_url = graphene.String(description="Where a verifier looked.")
    issued_on = Date(description="When it was given.")
    expires_on = Date(description="The last day on which it holds.")
    submitted_at = DateTime(required=True, description="When it was submitted.")
    history = texts(CredentialEvent, description="What happened to it, oldest first; at most 200.")
    requested_info = graphene.String(description="What a verifier asks of the owner.")
    taken_by = graphene.Field(Professional, description="The verifier who works on it.")
    lease_until = DateTime(description="Until when that verifier has it alone.")
    version = graphene.Int(required=True, description="Counts its changes; send it as expectedVersion.")

    resolve_id = staticmethod(resolve_global_id("Credential"))

    @staticmethod
    def resolve_owner(root: Any, info: Any) -> Any:
        return referred(of(info), root, "person_id", read_people)

    @staticmethod
    def resolve_taken_by(root: Any, info: Any) -> Any:
        return (
            referred(of(info), root, "taken_by", read_people) if root["verification_status"] == "IN_PROCESS" else None
        )

    @staticmethod
    def resolve_authority(root: Any, _info: Any) -> Any:
        return authority(root["authority"])

    @staticmethod
    def resolve_institution(root: Any, info: Any) -> Any:
        own = root["institution_id"]
        if own is None:
            return None
        found = of(info).once(
            ("institution", own), lambda: of(info).profiles("POST", "/v1/institutions/search", {"ids": [own]})
        )
        return found[0] | {"__typename": "Institution"} if found else None

    @staticmethod
    def resolve_specialty(root: Any, _info: Any) -> Any:
        return specialty(root["specialty"]) if root["specialty"] else None


CredentialConnection: Any = connection_type("Credential", lambda: Credential, "credentials")


def mark_credentials(credentials: list[dict[str, Any]]) -> None:
    """Mark credentials; each knows the people named on any of them."""
    refer(credentials, "person_id", "taken_by")
    for credential in credentials:
        credential |= {
            "__typename": "Credential",
            "credential_kind": credential["kind"],
            "verification_status": credential["status"],
        }


@dataclass(frozen=True)
class CredentialPage:
    """Which page of credentials."""

    first: int
    after: str | None
    filter: dict[str, Any] = field(default_factory=dict)


def credentials_page(context: Context, path: str, wanted: CredentialPage) -> dict[str, Any]:
    """A page of credentials, oldest first."""
    context.require_caller()
    body = {"first": check_first(wanted.first), "after": wanted.after, **wanted.filter}
    answer = context.profiles("POST", path, body)
    mark_credentials(answer["rows"])
    rows = [{"cursor": row["cursor"], "credential": row} for row in answer["rows"]]
    return page({**answer, "rows": rows}, "credential", after=wanted.after)


def read_credential(context: Context, own: str) -> dict[str, Any] | None:
    """One credential, for its owner and verifiers."""
    context.require_caller()
    found = context.profiles("GET", f"/v1/credentials/{own}")
    mark_credentials(found)
    return found[0] if found else None
