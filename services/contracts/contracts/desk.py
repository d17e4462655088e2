"""What verifiers find beside a case, and the figures of the desk."""

from __future__ import annotations

from datetime import date, datetime

from contracts.messages import Message


class OtherCredential(Message, frozen=True, kw_only=True):
    """Another credential of the applicant; `reason` is of the last step that has one."""

    credential_id: str
    kind: str
    authority: str | None
    jurisdiction: str
    status: str
    standing: str
    submitted_at: datetime
    decided_at: datetime | None
    reason: str | None


class CaseConflict(Message, frozen=True, kw_only=True):
    """An open case of another person with the same number or directory profile.

    Args:
        credential_id: None where the case is outside of the verifier's jurisdictions, and so `person_id` and `name`.
    """

    credential_id: str | None
    person_id: str | None
    name: str | None
    jurisdiction: str
    status: str
    submitted_at: datetime
    same_number: bool
    same_profile: bool


class RegisterRow(Message, frozen=True, kw_only=True):
    """What a copy of the register says about a number; without a name the copy does not have it."""

    as_of: date
    name: str | None
    standing: str | None
    specialty: str | None
    expires_on: date | None


class ProfileClaim(Message, frozen=True, kw_only=True):
    """The directory profile that a case claims; `by_number` is None where it is not known from which number it came."""

    person_id: str
    name: str
    by_number: bool | None


class CaseNote(Message, frozen=True, kw_only=True):
    """What a verifier wrote to the others; `author` is None once they are erased."""

    id: str
    author: str | None
    author_name: str | None
    at: datetime
    text: str


class CaseFile(Message, frozen=True, kw_only=True):
    """What is found beside a case."""

    other_credentials: list[OtherCredential] = []
    conflicts: list[CaseConflict] = []
    register_row: RegisterRow | None = None
    claim: ProfileClaim | None = None
    notes: list[CaseNote] = []
    assigned_to: str | None = None
    assignee_name: str | None = None


class PlaceCount(Message, frozen=True, kw_only=True):
    """How many cases of a jurisdiction wait."""

    jurisdiction: str
    cases: int
    oldest: datetime | None


class StatusCount(Message, frozen=True, kw_only=True):
    """How many cases in a status wait."""

    status: str
    cases: int


class AgeCount(Message, frozen=True, kw_only=True):
    """How many cases have waited for so long; `to_hours` is None for those that have waited longest."""

    from_hours: int
    to_hours: int | None
    cases: int


class DecidedOnDay(Message, frozen=True, kw_only=True):
    """How many decisions verifiers made on a day."""

    day: date
    decided: int
    validated: int
    rejected: int


class DeskFigures(Message, frozen=True, kw_only=True):
    """How much waits at the desk, how much was decided, and how much of it was appealed."""

    waiting: int
    taken: int
    awaiting_second: int
    appeals: int
    awaiting_applicant: int
    mine: int
    oldest: datetime | None
    by_jurisdiction: list[PlaceCount]
    by_status: list[StatusCount]
    by_age: list[AgeCount]
    decided: list[DecidedOnDay]
    adverse: int
    appealed: int
