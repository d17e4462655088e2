"""What verifiers find beside a case, and the figures of the desk."""

from __future__ import annotations

from urllib.parse import quote

import graphene

from catalogues import authorities
from contracts import desk as messages
from gateway.batches import refer, referred
from gateway.catalogue.types import Authority, CredentialKind, Specialty, authority, specialty
from gateway.context import Context, of
from gateway.credentials.decisions import PEOPLE, CredentialStatus, DecisionReason, reason_text, reason_text_field
from gateway.fields import cut, texts
from gateway.ids import encode
from gateway.paging import check_first
from gateway.people.licences import LicenceStanding
from gateway.people.types import Professional, read_people
from gateway.scalars import Date, DateTime, RegionCode
from gateway.things import Node, resolve_global_id, shown_as


class OtherCredential(graphene.ObjectType):
    """Another credential of the applicant, of any kind and also where it has ended."""

    credential = graphene.ID(required=True, description="The id of the credential, for `node`.")
    credential_kind = graphene.Field(
        CredentialKind, required=True, description="The kind of credential, for example `LICENCE`."
    )
    authority = graphene.Field(
        Authority, description="The authority that gave the credential; null where there is none."
    )
    jurisdiction = RegionCode(required=True, description="The country or region in which the credential holds.")
    verification_status = CredentialStatus(
        required=True, description="Where the credential stands in its verification."
    )
    standing = LicenceStanding(required=True, description="How the credential stands with its authority.")
    submitted_at = DateTime(required=True, description="When the credential was submitted.")
    decided_at = DateTime(description="When a verifier last decided about it; null where nobody has.")
    reason = DecisionReason(description="The last reason that is recorded for it; null where there is none.")
    reason_text = reason_text_field()

    @staticmethod
    def resolve_credential(root: messages.OtherCredential, _info: object) -> str:
        return encode("Credential", root.credential_id)

    @staticmethod
    def resolve_credential_kind(root: messages.OtherCredential, _info: object) -> str:
        return root.kind

    @staticmethod
    def resolve_authority(root: messages.OtherCredential, info: object) -> object:
        return authority(root.authority, of(info))

    @staticmethod
    def resolve_verification_status(root: messages.OtherCredential, _info: object) -> str:
        return root.status

    @staticmethod
    def resolve_reason_text(root: messages.OtherCredential, info: object, language: str | None = None) -> str | None:
        return reason_text(of(info), root.reason, language)


class CaseConflict(graphene.ObjectType):
    """An open case of another person with the same register number, or that claims the same directory profile."""

    credential = graphene.ID(
        description="The id of the other case, for `node`; null where it lies outside of your jurisdictions."
    )
    applicant = graphene.Field(
        Professional, description="The other applicant; null outside of your jurisdictions, and while nobody sees them."
    )
    applicant_name = graphene.String(
        description="The name of the other applicant in their case; null outside of your jurisdictions."
    )
    jurisdiction = RegionCode(required=True, description="The country or region in which the other credential holds.")
    verification_status = CredentialStatus(
        required=True, description="Where the other credential stands in its verification."
    )
    submitted_at = DateTime(required=True, description="When the other credential was submitted.")
    same_number = graphene.Boolean(required=True, description="Whether it has the same register number.")
    same_profile = graphene.Boolean(required=True, description="Whether it claims the same directory profile.")

    @staticmethod
    def resolve_credential(root: messages.CaseConflict, _info: object) -> str | None:
        return encode("Credential", root.credential_id) if root.credential_id else None

    @staticmethod
    def resolve_applicant(root: messages.CaseConflict, info: object) -> object:
        return referred(of(info), PEOPLE, root.person_id, read_people)

    @staticmethod
    def resolve_applicant_name(root: messages.CaseConflict, _info: object) -> str | None:
        return root.name

    @staticmethod
    def resolve_verification_status(root: messages.CaseConflict, _info: object) -> str:
        return root.status


class RegisterRow(graphene.ObjectType):
    """What this instance's copy of the register says about the number of a case."""

    as_of = Date(required=True, description="The day of the copy.")
    found = graphene.Boolean(
        required=True, description="Whether the copy has the number; the other fields are null where it does not."
    )
    name = graphene.String(description="The name of the person in the register.")
    standing = LicenceStanding(description="How the licence stands in the register.")
    specialty = graphene.Field(Specialty, description="The specialty in the register; null where it names none.")
    expires_on = Date(description="The last day of the licence in the register; null where it names none.")

    @staticmethod
    def resolve_found(root: messages.RegisterRow, _info: object) -> bool:
        return root.name is not None

    @staticmethod
    def resolve_specialty(root: messages.RegisterRow, _info: object) -> object:
        return specialty(root.specialty) if root.specialty else None


class ProfileClaim(graphene.ObjectType):
    """The directory profile that becomes the applicant's own when the case is validated."""

    profile = graphene.Field(Professional, description="The directory profile; null where nobody sees it any more.")
    name = graphene.String(required=True, description="The name on the directory profile.")
    same_number = graphene.Boolean(
        description="Whether it came from the number of this case; null where it is not known from which number it came."
    )

    @staticmethod
    def resolve_profile(root: messages.ProfileClaim, info: object) -> object:
        return referred(of(info), PEOPLE, root.person_id, read_people)

    @staticmethod
    def resolve_same_number(root: messages.ProfileClaim, _info: object) -> bool | None:
        return root.by_number


class CaseNote(graphene.ObjectType):
    """What a verifier wrote to the other verifiers about a case; its applicant does not see it."""

    class Meta:
        interfaces = (Node,)

    author = graphene.Field(Professional, description="The verifier who wrote it; null once they are erased.")
    author_name = graphene.String(description="The name of the verifier; null once they are erased.")
    at = DateTime(required=True, description="When it was written.")
    text = graphene.String(required=True, description="The text of the note, at most 2,000 characters.")

    resolve_id = staticmethod(resolve_global_id("CaseNote"))

    @staticmethod
    def resolve_author(root: messages.CaseNote, info: object) -> object:
        return referred(of(info), PEOPLE, root.author, read_people)


shown_as(CaseNote, messages.CaseNote)


class CaseFile(graphene.ObjectType):
    """What a verifier finds beside a case."""

    other_credentials = cut(
        OtherCredential, by="first", max_items=20, description="The applicant's other credentials, newest first."
    )
    conflicts = cut(
        CaseConflict,
        by="first",
        max_items=10,
        description="Open cases of other people with the same number or directory profile, oldest first.",
    )
    register_row = graphene.Field(
        RegisterRow, description="What the copy of the register says; null where there is no copy, or no number."
    )
    claim = graphene.Field(ProfileClaim, description="The directory profile that the case claims; null where none.")
    notes = cut(CaseNote, by="last", max_items=50, description="Notes between verifiers, oldest first.")
    assignee = graphene.Field(
        Professional, description="The verifier who is to look at the case; null where nobody in particular is."
    )
    assignee_name = graphene.String(description="The name of that verifier; null where there is none.")

    @staticmethod
    def resolve_other_credentials(root: messages.CaseFile, _info: object, first: int | None = None) -> object:
        return root.other_credentials[: check_first(first)] if first is not None else root.other_credentials

    @staticmethod
    def resolve_conflicts(root: messages.CaseFile, _info: object, first: int | None = None) -> object:
        return root.conflicts[: check_first(first)] if first is not None else root.conflicts

    @staticmethod
    def resolve_notes(root: messages.CaseFile, _info: object, last: int | None = None) -> object:
        return root.notes[-check_first(last, "last") :] if last is not None else root.notes

    @staticmethod
    def resolve_assignee(root: messages.CaseFile, info: object) -> object:
        return referred(of(info), PEOPLE, root.assigned_to, read_people)


class JurisdictionCount(graphene.ObjectType):
    """How many cases of a jurisdiction wait."""

    jurisdiction = RegionCode(required=True, description="The country or region in which the credentials hold.")
    cases = graphene.Int(required=True, description="The number of cases on the desk.")
    oldest = DateTime(description="Since when the oldest of them waits.")


class CaseStatusCount(graphene.ObjectType):
    """How many cases in a status wait."""

    verification_status = CredentialStatus(required=True, description="The status of the cases.")
    cases = graphene.Int(required=True, description="The number of cases in this status on the desk.")

    @staticmethod
    def resolve_verification_status(root: messages.StatusCount, _info: object) -> str:
        return root.status


class CaseAgeCount(graphene.ObjectType):
    """How many cases have waited for so many hours."""

    from_hours = graphene.Int(required=True, description="The hours that they have waited at least.")
    to_hours = graphene.Int(description="The hours that they have not waited yet; null for the oldest.")
    cases = graphene.Int(required=True, description="The number of cases of this age on the desk.")


class DecisionsOfDay(graphene.ObjectType):
    """How many decisions verifiers made on a day, by UTC."""

    day = Date(required=True, description="The day of the decisions.")
    decided = graphene.Int(required=True, description="The number of decisions of every kind.")
    validated = graphene.Int(required=True, description="The number of credentials that were validated.")
    rejected = graphene.Int(required=True, description="The number of credentials that were rejected.")


class DeskFigures(graphene.ObjectType):
    """How much waits at the desk, how much was decided, and how much of it was appealed."""

    waiting = graphene.Int(required=True, description="The number of all cases on the desk.")
    taken = graphene.Int(required=True, description="The number of them that a verifier holds.")
    awaiting_second = graphene.Int(required=True, description="The number that wait for a second verifier.")
    appeals = graphene.Int(required=True, description="The number of appeals on the desk.")
    awaiting_applicant = graphene.Int(
        required=True, description="The number of cases off the desk until their applicant answers."
    )
    mine = graphene.Int(required=True, description="The number that are assigned to you or that you hold.")
    oldest = DateTime(description="Since when the oldest case waits; null where none does.")
    by_jurisdiction = texts(
        JurisdictionCount, max_items=500, description="How many wait in each jurisdiction, most first."
    )
    by_status = texts(CaseStatusCount, max_items=7, description="How many wait in each status, most first.")
    by_age = texts(CaseAgeCount, max_items=4, description="How many have waited how long, newest first.")
    decided_per_day = texts(
        DecisionsOfDay, max_items=91, description="What was decided on each day that has decisions, oldest first."
    )
    share_appealed = graphene.Float(
        description="The share of the rejections, suspensions and revocations of the last 90 days that were appealed, 0 to 1; "
        "null where there were none."
    )

    @staticmethod
    def resolve_decided_per_day(root: messages.DeskFigures, _info: object) -> object:
        return root.decided

    @staticmethod
    def resolve_share_appealed(root: messages.DeskFigures, _info: object) -> float | None:
        return root.appealed / root.adverse if root.adverse else None


def register_link(authority_id: str | None, number: str | None) -> str | None:
    """The address of a number's entry in its register, where the authority has such addresses."""
    known = authorities.authorities().get(authority_id or "")
    if known is None or known.lookup is None or not number:
        return None
    return known.lookup.replace("{number}", quote(number, safe=""))


def link_case_files(context: Context, files: list[messages.CaseFile]) -> None:
    """Remember the people whom case files that came together name."""
    refer(
        context,
        PEOPLE,
        (
            own
            for one in files
            for own in (
                one.assigned_to,
                one.claim and one.claim.person_id,
                *(conflict.person_id for conflict in one.conflicts),
                *(note.author for note in one.notes),
            )
        ),
    )
