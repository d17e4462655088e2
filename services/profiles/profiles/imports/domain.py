"""What an import knows of a row before it is written: from which day it is, and what is stored under its reference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from kit.errors import Invalid
from kit.practice import CHOSEN, NOT_PRACTISING, STATUSES
from profiles.people.domain import Person


@dataclass(frozen=True)
class Age:
    """From which day a row is.

    Args:
        row: the day that the row names; None where it names none.
        file: the day of the file; None where nobody said.
    """

    row: date | None
    file: date | None

    def before(self, other: Age) -> bool:
        """Whether this is older in one of the two that both have."""
        pairs = ((self.row, other.row), (self.file, other.file))
        return any(mine is not None and theirs is not None and mine < theirs for mine, theirs in pairs)


@dataclass(frozen=True)
class Known:
    """What is stored under a reference.

    Args:
        content: digest of the row that was stored last.
        kept: whether the profile stays as it is: its owner signs in, or it is hidden.
    """

    person_id: str
    content: bytes
    kept: bool
    version: int
    handle: str
    age: Age


@dataclass(frozen=True)
class Imported:
    """A row to write.

    Args:
        content: digest of the row.
        person: the profile; None where the row says only that its number is not in use.
        holder: who has a validated credential of the number, so that the profile is theirs from the start.
        deactivated_on: since when the register says that the number is not in use.
        status: the practice status of a profile whose number is not in use.
    """

    ref: str
    content: bytes
    age: Age
    person: Person | None = None
    holder: str | None = None
    deactivated_on: date | None = None
    status: str | None = None


@dataclass
class Outcome:
    """What became of a batch: ids by reference, counts, and the rows that were refused with the reason.

    Args:
        older: how many of the unchanged are older than what is stored.
        deactivated: references whose number is not in use any more, as this batch says first.
        skipped: how many rows say of a number that is not here that it is not in use.
        held: references of new profiles that belong to who has a validated credential of the number.
    """

    ids: dict[str, str] = field(default_factory=dict)
    stored: int = 0
    unchanged: int = 0
    older: int = 0
    skipped: int = 0
    deactivated: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    rejected: list[dict[str, str]] = field(default_factory=list)


def day(value: object, *, of: str) -> date | None:
    """Return the day that a text in ISO 8601 names; None where there is none.

    Raises:
        Invalid: it is no day.
    """
    if value is None or value == "":
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise Invalid(f"{of} is no date like 2027-12-31") from error


def age_of(row: Mapping[str, object], file: date | None) -> Age:
    """Return from which day a row is: the newest day of its provenance.

    A row that says only since when its number is not in use is from the day of its file, because that day may lie before
    the last change of the entry.

    Raises:
        Invalid: one of its days is none.
    """
    ended = day(row.get("deactivated_on"), of="deactivated_on")
    if ended is not None:
        return Age(file or ended, file)
    given = row.get("provenance")
    sources = [source for source in given if isinstance(source, dict)] if isinstance(given, list) else []
    days = [found for source in sources if (found := day(source.get("as_of"), of="as_of")) is not None]
    return Age(max(days, default=None), file)


def status_of(row: Mapping[str, object]) -> str | None:
    """Return the practice status that a row gives; None where it gives none.

    Raises:
        Invalid: it is none, or one that only a directory profile may have.
    """
    status = str(row.get("practice_status") or (NOT_PRACTISING if row.get("deactivated_on") else "")) or None
    known = CHOSEN if row.get("claimed", True) and not row.get("deactivated_on") else STATUSES
    if status is not None and status not in known:
        raise Invalid(f"practice_status must be one of {', '.join(known)}")
    return status
