"""Credentials, as their owner and verifiers see them."""

from __future__ import annotations

from datetime import date, datetime

from contracts.accounts import RoleGrant
from contracts.desk import CaseFile
from contracts.messages import Message


class Holder(Message, frozen=True, kw_only=True):
    """The person as a case names them; `specialties` are codes."""

    name: str
    profession: str | None = None
    specialties: list[str] = []


class OtherName(Message, frozen=True, kw_only=True):
    """A name beside the verified one."""

    text: str
    use: str


class Proposal(Message, frozen=True, kw_only=True):
    """What the owner of a validated credential would change.

    Args:
        changes: the fields' names; what stands in a field that is not named says nothing.
    """

    changes: list[str]
    holder: Holder | None = None
    other_name: OtherName | None = None
    specialty: str | None = None
    issued_on: date | None = None
    expires_on: date | None = None


class Check(Message, frozen=True, kw_only=True):
    """The outcome of one automatic check, with a sentence."""

    name: str
    outcome: str
    detail: str
    at: datetime


class Evidence(Message, frozen=True, kw_only=True):
    """A document; `bytes` is its length, and `pages` how many of its pages can be shown as images."""

    id: str
    file_name: str
    media_type: str
    bytes: int
    added_at: datetime
    delete_at: datetime | None = None
    pages: int | None = None
    download_url: str | None = None


class EarlierDecision(Message, frozen=True, kw_only=True):
    """What verifiers decided before about the same number, person or document."""

    at: datetime
    outcome: str
    reason: str | None
    by_two: bool
    kind: str
    authority: str | None
    jurisdiction: str
    credential_id: str | None
    same_number: bool
    same_person: bool
    same_document: bool


class Event(Message, frozen=True, kw_only=True):
    """A step in a credential's history; `actor` is a person's id or `service:<name>`.

    Args:
        actor_name: what the person is called; None for the credential's owner, who is not told who the verifiers are.
    """

    at: datetime
    actor: str
    actor_name: str | None = None
    from_status: str | None
    to_status: str
    reason: str | None = None
    note: str | None = None
    role_grant: RoleGrant | None = None


class PendingFields(Message, frozen=True, kw_only=True):
    """What the first verifier would decide; other decisions leave out what they do not set."""

    reason: str | None = None
    note: str | None = None
    standing: str | None = None
    method: str | None = None
    source_url: str | None = None


class Credential(Message, frozen=True, kw_only=True):
    """A credential.

    Args:
        number: in clear, for its owner and verifiers.
        pending_decision: what waits for a second verifier; None where nothing does, and so the other `pending_` fields.
        pending_fields: None for the owner. So `pending_by_name`, `taken_by_name` and `case_file`.
        declared_name: what the person's profile says now.
        verified_name: under which name they are verified now, by whichever credential.
        proves_identity: whether it proves who its owner is while it counts.
    """

    id: str
    person_id: str
    kind: str
    authority: str | None
    institution_id: str | None
    number: str | None
    specialty: str | None
    jurisdiction: str
    status: str
    standing: str
    method: str | None
    source_url: str | None
    issued_on: date | None
    expires_on: date | None
    checked_on: date | None
    submitted_at: datetime
    requested_info: str | None
    taken_by: str | None
    lease_until: datetime | None
    version: int
    review_reason: str | None = None
    source_as_of: date | None = None
    next_review_on: date | None = None
    pending_decision: str | None = None
    pending_by: str | None = None
    pending_at: datetime | None = None
    pending_expires_at: datetime | None = None
    pending_fields: PendingFields | None = None
    pending_role_grant: RoleGrant | None = None
    pending_by_name: str | None = None
    taken_by_name: str | None = None
    decided_at: datetime | None = None
    appeal_until: datetime | None = None
    appeal_statement: str | None = None
    message: str | None = None
    holder: Holder | None = None
    other_name: OtherName | None = None
    declared_name: str | None = None
    verified_name: str | None = None
    proposed: Proposal | None = None
    checks: list[Check] = []
    history: list[Event] = []
    evidence: list[Evidence] = []
    earlier_decisions: list[EarlierDecision] = []
    proves_identity: bool = False
    case_file: CaseFile | None = None


class CredentialRow(Credential, frozen=True, kw_only=True):
    """A credential in a list, with its place."""

    cursor: str = ""


class EvidenceUpload(Message, frozen=True, kw_only=True):
    """Where a document is uploaded to, and the id that it has then; None from a release before this was told."""

    upload_url: str
    expires_at: datetime
    evidence_id: str | None = None


class UploadedEvidence(Message, frozen=True, kw_only=True):
    """A document that was uploaded."""

    id: str
    file_name: str
    media_type: str
    bytes: int
