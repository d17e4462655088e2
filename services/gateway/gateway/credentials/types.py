"""Credentials, for their owners and for verifiers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import graphene

from contracts import credentials as messages
from contracts.messages import Page
from gateway.batches import refer, referred
from gateway.catalogue.known_authorities import sync_authorities
from gateway.catalogue.types import (
    Authority,
    CredentialKind,
    Institution,
    Profession,
    Specialty,
    authority,
    specialty,
)
from gateway.context import Context, of
from gateway.credentials.decisions import (
    PEOPLE,
    CredentialEvent,
    CredentialStatus,
    EarlierDecision,
    PendingDecision,
)
from gateway.desk.types import CaseFile, link_case_files, register_link
from gateway.fields import camel, cut, enum, texts
from gateway.links import by_id, linked
from gateway.paging import check_first, connection_type, rows_page
from gateway.people.licences import LicenceStanding, VerificationMethod
from gateway.people.types import OtherName, Professional, read_people
from gateway.roles.types import link_grants
from gateway.scalars import Date, DateTime, RegionCode
from gateway.things import Node, resolve_global_id, shown_as
from kit.paths import internal_path

CheckOutcome = enum(
    "CheckOutcome",
    "How an automatic check came out.",
    {
        "PASS": "Nothing speaks against it.",
        "WARN": "The verifier should look twice.",
        "FAIL": "It speaks against it; validating all the same needs two verifiers.",
        "SKIPPED": "There was nothing to check.",
        "OPEN": "A verifier looks at it; how it came out is for verifiers. What the owner of a credential sees of most checks.",
    },
)


class CredentialCheck(graphene.ObjectType):
    """What was checked automatically; no check decides by itself."""

    name = graphene.String(required=True, description="The check, like CHECK_DIGIT or REGISTER_MATCH.")
    outcome = CheckOutcome(required=True, description="How it came out.")
    detail = graphene.String(required=True, description="A sentence about it.")
    at = DateTime(required=True, description="When it was made.")


class Evidence(graphene.ObjectType):
    """A document that the owner added."""

    class Meta:
        interfaces = (Node,)

    file_name = graphene.String(required=True, description="The file name of the document.")
    media_type = graphene.String(required=True, description="PDF, PNG or JPEG, by its content.")
    bytes = graphene.Int(required=True, description="The size of the document in bytes.")
    added_at = DateTime(required=True, description="When it was added.")
    delete_at = DateTime(
        description="When it is deleted: 30 days after the decision, or 14 days after the last day of an appeal; null while a "
        "verifier has to look at it."
    )
    download_url = graphene.String(description="Where to download it, for 5 minutes; each download is audited.")

    page_count = graphene.Int(
        description="The number of pages that `previewUrl` shows, at most 50; null until somebody was shown one, and where the "
        "document cannot be shown."
    )
    preview_url = graphene.String(
        description="Where the first page is shown as a JPEG, for an `<img>` and for 5 minutes; add `?page=2` for the second. It "
        "counts as opening the document, and each view is audited."
    )

    resolve_id = staticmethod(resolve_global_id("Evidence"))

    @staticmethod
    def resolve_page_count(root: messages.Evidence, _info: object) -> int | None:
        return root.pages

    @staticmethod
    def resolve_preview_url(root: messages.Evidence, _info: object) -> str | None:
        return f"{root.download_url}/preview" if root.download_url is not None else None


class CredentialHolder(graphene.ObjectType):
    """The person as a case names them; a verifier decides about them under this name."""

    name = graphene.String(required=True, description="The name of the person.")
    profession = graphene.Field(Profession, description="The profession; null where the person names none.")
    practised_specialties = texts(Specialty, max_items=10, description="Specialties that the person declares.")

    @staticmethod
    def resolve_practised_specialties(root: messages.Holder, _info: object) -> object:
        return [specialty(code) for code in root.specialties]


class CredentialProposal(graphene.ObjectType):
    """What the owner of a validated credential would change; the credential's own fields are what it was before.

    VALIDATE agrees to all of it and REJECT declines all of it, after which the credential stays as it was.
    """

    changes = texts(
        graphene.String,
        max_items=5,
        description="The names of the fields that change: `holder`, `specialty`, `issuedOn`, `expiresOn`, `otherName`.",
    )
    holder = graphene.Field(CredentialHolder, description="How the person would be named; null where that stays.")
    other_name = graphene.Field(OtherName, description="What a NAME would say; null where that stays.")
    specialty = graphene.Field(Specialty, description="The new specialty; null where it stays or is taken out.")
    issued_on = Date(description="The new day; null where it stays or is taken out.")
    expires_on = Date(description="The new last day; null where it stays or is taken out.")

    @staticmethod
    def resolve_changes(root: messages.Proposal, _info: object) -> object:
        return [camel(name) for name in root.changes]

    @staticmethod
    def resolve_specialty(root: messages.Proposal, _info: object) -> object:
        return specialty(root.specialty) if root.specialty else None


class OtherAuthority(graphene.ObjectType):
    """An authority that the catalogue does not have, as the owner of a credential names it."""

    name = graphene.String(required=True, description="The name of the authority, as its owner wrote it.")
    url = graphene.String(description="The web page of the authority; null where none is given.")


class Credential(linked("credentials", by_id("Credential")), graphene.ObjectType):  # type: ignore[misc]
    """A credential, with all that its owner and verifiers may see."""

    class Meta:
        interfaces = (Node,)

    owner = graphene.Field(Professional, description="The person whose credential it is.")
    holder = graphene.Field(
        CredentialHolder,
        description="The person as this credential names them: as it was validated for, or, before that, as the profile says. Of a "
        "NAME, the name beside which the other one is shown, and nothing else.",
    )
    other_name = graphene.Field(OtherName, description="What a NAME says; null of other kinds.")
    verified_name = graphene.String(
        description="Under which name the person is verified now, by whichever credential; null where nobody has verified one."
    )
    declared_name = graphene.String(description="What the person's profile says now; others see the verified name.")
    proves_identity = graphene.Boolean(
        required=True,
        description="Whether this licence proves the owner's identity too: its verifier has seen the name in a document. It does "
        "while it counts and the person is verified under that name.",
    )
    proposed = graphene.Field(
        CredentialProposal, description="What the owner of a validated credential would change; null when nothing."
    )
    credential_kind = CredentialKind(required=True, description="The kind of credential that it is.")
    authority = graphene.Field(
        Authority, description="The authority that gave the credential; null where there is none."
    )
    institution = graphene.Field(
        Institution, description="The institution of a degree or an employment; null for the other kinds."
    )
    other_authority = graphene.Field(
        OtherAuthority,
        description="The authority where the catalogue has none (`other`); null where the owner names none.",
    )
    number = graphene.String(
        description="The number as the register writes it; for the owner and verifiers only. Null where there is none."
    )
    number_as_typed = graphene.String(
        description="The same number as its owner typed it; for the owner and verifiers only. Null where there is none."
    )
    specialty = graphene.Field(
        Specialty, description="For which specialty; of licences and specialist certificates, null of other kinds."
    )
    jurisdiction = RegionCode(required=True, description="The country or region in which the credential holds.")
    verification_status = CredentialStatus(required=True, description="Where it stands in its verification.")
    standing = LicenceStanding(required=True, description="How it stands with its authority.")
    method = VerificationMethod(description="How it was verified.")
    source_url = graphene.String(description="Where a verifier looked.")
    source_as_of = Date(description="As of when that was.")
    issued_on = Date(description="When it was given.")
    expires_on = Date(description="The last day on which it holds.")
    next_review_on = Date(description="When it must be looked at again.")
    submitted_at = DateTime(required=True, description="When it was submitted.")
    checks = texts(CredentialCheck, max_items=20, description="What was checked automatically.")
    evidence = texts(Evidence, max_items=10, description="The documents that the owner added.")
    earlier_decisions = cut(
        EarlierDecision,
        by="first",
        max_items=20,
        description="What was decided before about the same number, person or document, newest first. For "
        "verifiers; empty for the owner.",
    )
    message = graphene.String(description="What the owner wrote to the verifiers last.")
    review_reason = graphene.String(description="Why it is on the desk again.")
    history = cut(CredentialEvent, by="last", max_items=200, description="What happened to it, oldest first.")
    requested_info = graphene.String(description="What a verifier asks of the owner.")
    taken_by = graphene.Field(Professional, description="The verifier who works on it.")
    taken_by_name = graphene.String(
        description="The name of that verifier; null for the owner, and where there is none."
    )
    case_file = graphene.Field(
        CaseFile,
        description="What a verifier finds beside the case: other credentials, conflicts, the register, notes; null for the owner.",
    )
    register_link = graphene.String(
        description="The page of this number in the authority's register; null where the register has none, or it is not known."
    )
    lease_until = DateTime(description="Until when that verifier has it alone.")
    pending_decision = graphene.Field(PendingDecision, description="What waits for a second verifier.")
    appeal_until = DateTime(description="Until when the owner can appeal against the last decision.")
    appeal_statement = graphene.String(description="What the owner says against it.")
    version = graphene.Int(required=True, description="Counts its changes; send it as expectedVersion.")

    resolve_id = staticmethod(resolve_global_id("Credential"))

    @staticmethod
    def resolve_credential_kind(root: messages.Credential, _info: object) -> object:
        return root.kind

    @staticmethod
    def resolve_number_as_typed(root: messages.Credential, _info: object) -> str | None:
        return root.number_typed or root.number

    @staticmethod
    def resolve_verification_status(root: messages.Credential, _info: object) -> object:
        return root.status

    @staticmethod
    def resolve_owner(root: messages.Credential, info: object) -> object:
        return referred(of(info), PEOPLE, root.person_id, read_people)

    @staticmethod
    def resolve_taken_by(root: messages.Credential, info: object) -> object:
        return referred(of(info), PEOPLE, root.taken_by, read_people)

    @staticmethod
    def resolve_pending_decision(root: messages.Credential, _info: object) -> object:
        if root.pending_decision is None:
            return None
        names = {
            "decision": "pending_decision", "at": "pending_at", "expires_at": "pending_expires_at",
            "by_name": "pending_by_name",
        }  # fmt: skip
        fields = root.pending_fields or messages.PendingFields()
        shown = {name: getattr(fields, name) for name in ("reason", "note", "standing", "method", "source_url")}
        return {own: getattr(root, name) for own, name in names.items()} | shown | {
            "by": root.pending_by, "role_grant": root.pending_role_grant,
        }  # fmt: skip

    @staticmethod
    def resolve_history(root: messages.Credential, _info: object, last: int | None = None) -> object:
        return root.history[-check_first(last, "last") :] if last is not None else root.history

    @staticmethod
    def resolve_earlier_decisions(root: messages.Credential, _info: object, first: int | None = None) -> object:
        return root.earlier_decisions[: check_first(first)] if first is not None else root.earlier_decisions

    @staticmethod
    def resolve_register_link(root: messages.Credential, _info: object) -> str | None:
        return register_link(root.authority, root.number)

    @staticmethod
    def resolve_authority(root: messages.Credential, info: object) -> object:
        return authority(root.authority, of(info))

    @staticmethod
    def resolve_institution(root: messages.Credential, info: object) -> object:
        own = root.institution_id
        if own is None:
            return None
        found = of(info).once(
            ("institution", own), lambda: of(info).profiles("POST", "/v1/institutions/search", {"ids": [own]})
        )
        return found[0] | {"__typename": "Institution"} if found else None

    @staticmethod
    def resolve_specialty(root: messages.Credential, _info: object) -> object:
        return specialty(root.specialty) if root.specialty else None


shown_as(Evidence, messages.Evidence)
shown_as(Credential, messages.Credential, messages.CredentialRow)
CredentialConnection: Any = connection_type("Credential", lambda: Credential, "credentials")


def link_credentials(context: Context, credentials: Sequence[messages.Credential]) -> None:
    """Remember the people whom credentials that came together name."""
    if any(one.authority is not None for one in credentials):
        sync_authorities(context)
    refer(context, PEOPLE, (own for one in credentials for own in (one.person_id, one.taken_by, one.pending_by)))
    refer(
        context, PEOPLE, (event.actor for one in credentials for event in one.history if event.actor_name is not None)
    )
    link_case_files(context, [one.case_file for one in credentials if one.case_file is not None])
    link_grants(context, [one.pending_role_grant for one in credentials])
    link_grants(context, [event.role_grant for one in credentials for event in one.history])


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
    answer = context.read_profiles(Page[messages.CredentialRow], "POST", path, body)
    link_credentials(context, answer.rows)
    return rows_page(answer, lambda row: row, after=wanted.after)


def read_credential(context: Context, own: str) -> messages.Credential | None:
    """One credential, for its owner and verifiers."""
    context.require_caller()
    found = context.read_profiles(list[messages.Credential], "GET", internal_path("credentials", own))
    link_credentials(context, found)
    return found[0] if found else None
