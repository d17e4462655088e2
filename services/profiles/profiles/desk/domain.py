"""What a verifier finds beside a case, and the figures of the desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

MAX_NOTES = 50  # between verifiers, about one case
MAX_SHOWN = 20  # other credentials of the applicant
MAX_CONFLICTS = 10
MAX_COUNTED = 10_000  # a list that is longer is not counted to its end
AGE_HOURS = (24, 48, 168)  # where the bands of waiting cases end
APPEAL_SHARE_DAYS = 90


@dataclass(frozen=True)
class DeskFilter:
    """Which cases of the desk; all conditions hold together, and None is none.

    Args:
        submitted_before: how long they are on the desk at least. So `submitted_after`.
        untaken_at: the time at which nobody works on them.
        name_words: folded words that all stand in the applicant's name.
        numbers: blind indexes, of which the case's number has one.
        check: a check's name, or None for any, and how it came out.
        awaiting_applicant: cases that are off the desk until the applicant answers, instead of those on it.
        working: a verifier to whom they are assigned, or who holds them at that time.
    """

    statuses: Sequence[str] | None = None
    authority: str | None = None
    jurisdictions: Sequence[str] | None = None
    submitted_before: datetime | None = None
    submitted_after: datetime | None = None
    untaken_at: datetime | None = None
    awaiting_second: bool = False
    kinds: Sequence[str] | None = None
    name_words: Sequence[str] = ()
    numbers: Sequence[bytes] | None = None
    check: tuple[str | None, str] | None = None
    appeals: bool = False
    awaiting_applicant: bool = False
    assignee: str | None = None
    working: tuple[str, datetime] | None = None


@dataclass(frozen=True)
class OtherCredential:
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


@dataclass(frozen=True)
class Conflict:
    """An open case of another person with the same number, or with the same directory profile."""

    credential_id: str
    person_id: str
    name: str | None
    jurisdiction: str
    status: str
    submitted_at: datetime
    same_number: bool
    same_profile: bool


@dataclass(frozen=True)
class RegisterRow:
    """What a copy of the authority's register says about a case's number; without a name the copy does not have it."""

    as_of: date
    name: str | None
    standing: str | None
    specialty: str | None
    expires_on: date | None


@dataclass(frozen=True)
class Claim:
    """The directory profile that a case claims.

    Args:
        by_number: whether it came from the case's number; None where it is not known from which number it came.
    """

    person_id: str
    name: str
    by_number: bool | None


@dataclass(frozen=True)
class CaseNote:
    """What a verifier wrote to the others about a case; `author` is None once they are erased."""

    id: str
    author: str | None
    at: datetime
    text: str


@dataclass(frozen=True)
class Facts:
    """What is found beside one case."""

    other_credentials: tuple[OtherCredential, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    register_row: RegisterRow | None = None
    claim: Claim | None = None
    notes: tuple[CaseNote, ...] = ()


@dataclass(frozen=True)
class Waiting:
    """How many cases there are in a jurisdiction, in a status or of an age; in one of the three, or in all together."""

    jurisdiction: str | None
    status: str | None
    band: int | None
    cases: int
    taken: int
    awaiting_second: int
    appeals: int
    mine: int
    oldest: datetime | None


@dataclass(frozen=True)
class DecidedOnDay:
    """How many decisions verifiers made on a day."""

    day: date
    decided: int
    validated: int
    rejected: int


@dataclass(frozen=True)
class Figures:
    """How much waits at the desk, how much was decided, and how much of it was appealed."""

    waiting: tuple[Waiting, ...]
    awaiting_applicant: int
    decided: tuple[DecidedOnDay, ...]
    adverse: int
    appealed: int
