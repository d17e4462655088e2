"""Copies of registers: what a row says, as registers write it, and when a copy counts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from catalogues.authorities import Authority, normalise_number, well_formed
from kit.errors import Conflict, DomainError
from kit.practice import DECEASED, RETIRED
from kit.texts import check_text, fold
from profiles.credentials.domain import STANDINGS

COLUMNS = ("number", "name", "standing", "specialty", "expires_on")
# The worse a standing, the later: of two rows with one number the worse counts.
SEVERITY = ("GOOD", "CONDITIONS", "UNKNOWN", "LAPSED", "SUSPENDED", "REVOKED")
_WORDS = {
    "GOOD": (
        "good, good standing, in good standing, active, current, valid, registered, licensed, licenced, practising, practicing, "
        "practicing physician, entitled to practise, fully registered, full registration, registered with a licence to practise, "
        "aktiv, actif, active, activo, activa, attivo, attiva, ativo, ativa"
    ),
    "CONDITIONS": (
        "conditions, conditional, registered with conditions, with conditions, restricted, restrictions, limited, probation, "
        "undertakings"
    ),
    "SUSPENDED": "suspended, interim suspension, temporarily suspended, suspendu, suspendido, suspendida, sospeso, suspenso",
    "REVOKED": (
        "revoked, erased, struck off, removed, cancelled, canceled, deregistered, de registered, expelled, disqualified, annulled"
    ),
    "LAPSED": (
        "lapsed, expired, inactive, retired, deceased, surrendered, resigned, relinquished, not practising, non practising, "
        "not practicing, non practicing, voluntarily removed, voluntary removal, administratively removed, "
        "registered without a licence to practise"
    ),
    "UNKNOWN": "unknown",
}
STANDING_WORDS = {word: standing for standing, words in _WORDS.items() for word in words.split(", ")}
# Words that say besides why somebody is in the register no longer, in the forms that `_standing_word` makes of them.
PRACTICE_WORDS = {"retired": RETIRED, "deceased": DECEASED}
assert PRACTICE_WORDS.keys() <= STANDING_WORDS.keys()
assert set(_WORDS) == set(STANDINGS) == set(SEVERITY)
# Where the month is written before the day.
MONTH_FIRST = frozenset({"US", "PR", "GU", "VI", "AS", "MP", "FM", "MH", "PW"})
_ISO = re.compile(r"(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?:[T ][\d:.+Z-]{1,30})?", re.ASCII)
_WRITTEN = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{4})(?:[T ][\d:. APM]{1,15})?", re.ASCII)
_OF_A_SPREADSHEET = re.compile(r"\d{1,20}\.0{1,5}|\d(?:[.,]\d{1,15})?E\+\d{1,3}", re.ASCII | re.IGNORECASE)
UPLOADING, READING, WAITING, ACTIVE = "UPLOADING", "READING", "WAITING", "ACTIVE"
FORMER, UNDONE, DISCARDED, FAILED = "FORMER", "UNDONE", "DISCARDED", "FAILED"
UNFINISHED = (UPLOADING, READING, WAITING)
PHASES = (*UNFINISHED, ACTIVE, FORMER, UNDONE, DISCARDED, FAILED)
MAX_NOTES = 100  # refused and doubtful rows that are kept of an import, the first ones
MAX_FORMER = 2  # copies that an undo can go back to


class Unreadable(Exception):
    """A cell that says nothing which can be stored; `column` names it."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.reason = column, reason


@dataclass(frozen=True)
class Entry:
    """A row that can be stored.

    Args:
        practice: RETIRED or DECEASED, where the register says so.
        zeros_restored: whether the number was given its first zeros back.
    """

    number: str
    name: str
    standing: str
    specialty: str | None
    expires_on: date | None
    zeros_restored: bool
    practice: str | None = None


def month_first(authority: Authority) -> bool:
    """Whether dates with slashes are month, day, year in an authority's country."""
    return all(place.split("-")[0] in MONTH_FIRST for place in authority.jurisdictions)


def read_date(text: str, *, month_before_day: bool) -> date:
    """Read a date as registers write it.

    >>> read_date("12/31/2027", month_before_day=True) == read_date("31.12.2027", month_before_day=False)
    True

    Raises:
        ValueError: it is none, with a sentence about how it is read.
    """
    if found := _ISO.fullmatch(text):
        year, month, day = found.groups()
    elif found := _WRITTEN.fullmatch(text):
        first, sign, second, year = found.groups()
        # A full stop stands between day and month everywhere.
        month, day = (first, second) if month_before_day and sign != "." else (second, first)
    else:
        raise ValueError("it is no date like 2027-12-31 or 31.12.2027")
    try:
        return date(int(year), int(month), int(day))
    except ValueError as error:
        order = "2027-12-31" if found.re is _ISO else "12/31/2027" if month_before_day else "31/12/2027"
        raise ValueError(f"it is no day; dates of this register are read like {order}") from error


def _standing_word(text: str) -> str:
    return re.sub(r"[\s_-]+", " ", fold(text)).strip(" .")


def standing_of(text: str) -> str:
    """The standing that a register's word means.

    >>> standing_of("Struck-off")
    'REVOKED'

    Raises:
        ValueError: the word is not known.
    """
    if not text:
        return "GOOD"
    found = STANDING_WORDS.get(_standing_word(text))
    if found is None:
        raise ValueError(
            f"{text[:40]!r} is no standing that is known; write one of {', '.join(STANDINGS)}, or a word like Active or Erased"
        )
    return found


def _number(text: str, authority: Authority) -> tuple[str, bool]:
    if not text:
        raise Unreadable("number", "it is empty")
    if _OF_A_SPREADSHEET.fullmatch(text):
        raise Unreadable("number", "a spreadsheet has changed it; save the column as text")
    number = normalise_number(text, authority)
    if not number:
        raise Unreadable("number", "it is empty")
    if len(number) > 60:
        raise Unreadable("number", "it is longer than 60 characters")
    if well_formed(authority, number):
        typed = re.sub(r"\D", "", text)
        return number, len(number) > len(typed) > 0 and number == typed.rjust(len(number), "0")
    raise Unreadable("number", f"it has not the register's format: {authority.number_format}")


def _text(text: str, column: str, *, shortest: int) -> str:
    try:
        return check_text(text, field=column, shortest=shortest, longest=200, one_line=True, guarded=False)
    except DomainError as error:
        raise Unreadable(column, error.message) from error


def read_entry(row: dict[str, object], authority: Authority) -> Entry:
    """Read a row.

    Args:
        row: cells by column.

    Raises:
        Unreadable: it cannot be stored.
    """
    cells = {name: str(row.get(name) or "").strip() for name in COLUMNS}
    number, restored = _number(cells["number"], authority)
    name = _text(cells["name"], "name", shortest=1)
    try:
        standing = standing_of(cells["standing"])
    except ValueError as error:
        raise Unreadable("standing", str(error)) from error
    try:
        given = cells["expires_on"]
        expires = read_date(given, month_before_day=month_first(authority)) if given else None
    except ValueError as error:
        raise Unreadable("expires_on", str(error)) from error
    specialty = _text(cells["specialty"], "specialty", shortest=0) or None
    return Entry(
        number, name, standing, specialty, expires, restored, PRACTICE_WORDS.get(_standing_word(cells["standing"]))
    )


def worse(first: str, second: str) -> bool:
    """Whether a standing is worse than another one."""
    return SEVERITY.index(first) > SEVERITY.index(second)


@dataclass(frozen=True)
class Snapshot:
    """A copy of a register, and its import.

    Args:
        replaces_newer: whether it may take the place of a newer copy, because somebody has asked for that.
        phase: what it is when it does not count; None of a copy that an earlier version brought in.
        read_to: the last line of the file that was read.
        notes: the first refused and doubtful rows, as {line, column, reason, taken}.
        validated: how many credentials of the authority were validated when the copy was compared with them.
        would_open: how many of them it would put on the desk.
        would_stop: how many of these would not count meanwhile.
        zeros_lost: how many of them it has with more or fewer zeros only.
        replaced: the copy that counted before it; None where there was none.
        recheck_after: the last credential that was checked again with it.
        rechecked_at: when all had been.
        restored: how many of the cases that it opened were closed again after it was undone.
    """

    id: str
    authority: str
    as_of: date
    replaces_newer: bool
    imported_at: datetime
    active: bool
    phase: str | None
    entries: int
    rows_read: int
    rows_taken: int
    rows_refused: int
    duplicates: int
    zeros_restored: int
    read_to: int
    notes: list[dict[str, object]]
    encoding: str | None
    failure: str | None
    validated: int | None
    would_open: int | None
    would_stop: int | None
    zeros_lost: int | None
    replaced: str | None
    activated_at: datetime | None
    recheck_after: str | None
    rechecked_at: datetime | None
    checked: int
    opened: int
    restored: int

    @property
    def state(self) -> str:
        """What the copy is now."""
        return ACTIVE if self.active else self.phase or READING

    @property
    def refusals(self) -> list[dict[str, object]]:
        """The first refused rows."""
        return [note for note in self.notes if not note["taken"]]

    @property
    def doubts(self) -> list[dict[str, object]]:
        """The first rows that were taken and should be looked at."""
        return [note for note in self.notes if note["taken"]]


def refuse_older(kind: str, as_of: date, counting: date | None, *, replaces_newer: bool) -> None:
    """Refuse what is older than what counts, unless somebody has asked for that.

    Args:
        kind: what it is: copy or list.
        counting: of which day the one that counts is; None where there is none, or nobody knows its day.

    Raises:
        Conflict: it is older.
    """
    if counting is not None and as_of < counting and not replaces_newer:
        raise Conflict(
            f"This {kind} is of {as_of}, and the {kind} that counts is of {counting}. Nothing was changed. An older one takes "
            "its place only where that is asked for.",
            field=["asOf"],
        )


@dataclass(frozen=True)
class OpenedCase:
    """A case that a copy of a register put on the desk.

    Args:
        reason: why it is there: REGISTER_CHANGED or LOST_ELSEWHERE.
        stopped: whether the credential stopped counting.
        before: what the credential said before, by field.
    """

    credential_id: str
    reason: str
    stopped: bool
    before: dict[str, Any]


@dataclass(frozen=True)
class Threshold:
    """When an import stops and asks: it would open so many cases, or the copy is so much shorter than the one before.

    Args:
        percent: of the authority's validated credentials.
        cases: fewer never stop an import.
        shorter_percent: by how much the copy may be shorter.
    """

    percent: int = 10
    cases: int = 5
    shorter_percent: int = 50


@dataclass(frozen=True)
class Preview:
    """What a copy would do if it counted now.

    Args:
        validated: the authority's credentials that are validated.
        would_open: how many of them would come to the desk.
        would_stop: how many of these would not count until a verifier has looked at them.
        zeros_lost: how many of them the copy has with more or fewer zeros only.
        entries: how many numbers the copy has.
        before: how many the copy has that counts now; None without one.
    """

    validated: int
    would_open: int
    would_stop: int
    zeros_lost: int
    entries: int
    before: int | None

    def objection(self, threshold: Threshold) -> str | None:
        """Why the import needs a confirmation; None where it needs none."""
        if self.would_open >= threshold.cases and self.would_open * 100 > self.validated * threshold.percent:
            return (
                f"It would open {self.would_open} of {self.validated} validated credentials, which is more than "
                f"{threshold.percent} %."
            )
        if self.before and self.entries * 100 < self.before * (100 - threshold.shorter_percent):
            return (
                f"It has {self.entries:,} numbers and the copy that counts has {self.before:,}: it is more than "
                f"{threshold.shorter_percent} % shorter. It would open {self.would_open} of {self.validated} validated "
                "credentials."
            )
        return None
