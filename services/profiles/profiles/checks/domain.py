"""The automatic checks. No check validates by itself: a person decides, with these in front of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from catalogues.authorities import (
    GENERIC,
    Authority,
    check_digit_holds,
    licenses_in,
    registers_profession,
    well_formed,
)
from catalogues.specialties import profession_label
from kit.names import Likeness, compare
from profiles.credentials.domain import Check, Credential, with_proposed

SNAPSHOT_DAYS = 30  # older copies of a register are an alarm
EXPIRES_SOON_DAYS = 60
OUTCOMES = PASS, WARN, FAIL, SKIPPED = "PASS", "WARN", "FAIL", "SKIPPED"
OPEN = "OPEN"  # what the owner of a credential sees of a check whose outcome is for verifiers
NAMES = (
    "AUTHORITY_FITS", "NUMBER_FORMAT", "CHECK_DIGIT", "REGISTER_MATCH", "NAME_MATCH", "EXPIRY", "NUMBER_UNIQUE", "SANCTIONS",
)  # fmt: skip


@dataclass(frozen=True)
class RegisterEntry:
    """What a copy of a register says about a number.

    Args:
        practice: RETIRED or DECEASED, where the register says so.
        other_zeros: whether the copy has the number with more or fewer zeros before it, as spreadsheets leave them.
    """

    name: str
    standing: str
    specialty: str | None
    expires_on: date | None
    other_zeros: bool = False
    practice: str | None = None


@dataclass(frozen=True)
class ClaimedProfile:
    """A directory profile that would become the applicant's own with the credential.

    Args:
        by_number: whether it came from the credential's number; None where it is not known from which number it came.
    """

    name: str
    by_number: bool | None


@dataclass(frozen=True)
class Facts:
    """What the checks go by.

    Args:
        snapshot_as_of: how old the copy of the authority's register is; None when there is none.
        entry: what it says about the number; None when the number is not in it.
        claimed_by: how many other people have this number on file.
        claims: the directory profile that the credential claims.
        profile_claimed_by: how many other people claim the same directory profile.
        sanctioned_numbers: names of lists in which the number stands.
        sanctioned_names: entries of lists whose name is the same or similar, as '"Ana Novak" in list'.
        lists: how many lists of sanctions there are.
    """

    credential: Credential
    authority: Authority | None
    name: str
    searched_name: str
    today: date
    snapshot_as_of: date | None = None
    entry: RegisterEntry | None = None
    claimed_by: int = 0
    claims: ClaimedProfile | None = None
    profile_claimed_by: int = 0
    sanctioned_numbers: tuple[str, ...] = ()
    sanctioned_names: tuple[str, ...] = ()
    lists: int = 0


Outcome = tuple[str, str, str]


def _authority(facts: Facts) -> Iterator[Outcome]:
    """Whether the authority registers the applicant's profession, in the place where the credential is to hold."""
    authority, place = facts.authority, facts.credential.jurisdiction
    holder = facts.credential.holder
    profession = holder.profession if holder else None
    if authority is None:
        yield "AUTHORITY_FITS", SKIPPED, "No authority is named."
    elif authority.id == GENERIC:
        named = facts.credential.other_authority
        said = f"The applicant names {named.name}" if named else "The applicant does not say which authority it is"
        yield "AUTHORITY_FITS", WARN, f"{said}; find out whether it licenses in {place}."
    elif not licenses_in(authority, place):
        yield "AUTHORITY_FITS", FAIL, f"{authority.name} does not license in {place}."
    elif profession is None:
        yield (
            "AUTHORITY_FITS",
            WARN,
            f"The profile names no profession; find out whether {authority.name} registers it.",
        )
    elif registers_profession(authority, profession):
        yield "AUTHORITY_FITS", PASS, f"{authority.name} registers {profession_label(profession)}."
    elif authority.unverified:
        yield "AUTHORITY_FITS", WARN, (
            f"As far as is known, {authority.name} does not register {profession_label(profession)}; look it up."
        )  # fmt: skip
    else:
        yield "AUTHORITY_FITS", FAIL, f"{authority.name} does not register {profession_label(profession)}."


def _number(facts: Facts) -> Iterator[Outcome]:
    authority, number = facts.authority, facts.credential.number
    if authority is None or not number:
        yield "NUMBER_FORMAT", SKIPPED, "There is no register number to look at."
        yield "CHECK_DIGIT", SKIPPED, "There is no register number to look at."
        return
    if authority.pattern is None:
        yield (
            "NUMBER_FORMAT",
            SKIPPED,
            f"The format of the numbers of {authority.name} is not known; look at its register.",
        )
    elif well_formed(authority, number):
        yield "NUMBER_FORMAT", PASS, f"It has the format of {authority.register}: {authority.number_format}."
    else:
        yield "NUMBER_FORMAT", FAIL, f"It has not the format of {authority.register}: {authority.number_format}."
    holds = check_digit_holds(authority, number) if well_formed(authority, number) else None
    if holds is None:
        yield "CHECK_DIGIT", SKIPPED, f"{authority.register} has no public check rule."
    elif not holds:
        loose = authority.check_failure == WARN
        yield "CHECK_DIGIT", WARN if loose else FAIL, (
            "The check digit does not hold; the register has published numbers that fail it too."
            if loose else "The check digit does not hold: look for a slip of the pen."
        )  # fmt: skip
    elif len(set(number[:-1])) == 1 and len(number) > 6:
        yield (
            "CHECK_DIGIT",
            WARN,
            "The check digit holds, but the number looks made up: all its digits are the same.",
        )
    else:
        yield "CHECK_DIGIT", PASS, "The check digit holds. That alone proves nothing."


def _register(facts: Facts) -> Iterator[Outcome]:
    as_of, entry = facts.snapshot_as_of, facts.entry
    if as_of is None or not facts.credential.number:
        yield "REGISTER_MATCH", SKIPPED, "There is no copy of this register here; look at the register itself."
        yield "NAME_MATCH", SKIPPED, "There is no entry to compare the name with."
        return
    old = (facts.today - as_of).days > SNAPSHOT_DAYS
    age = f"the copy of {as_of.isoformat()}" + (" (which is old)" if old else "")
    if entry is None:
        yield "REGISTER_MATCH", FAIL, f"The number is not in {age}."
        yield "NAME_MATCH", SKIPPED, "There is no entry to compare the name with."
        return
    if entry.standing not in {"GOOD", "CONDITIONS"}:
        yield "REGISTER_MATCH", FAIL, f"The number is in {age}, as {entry.standing}."
    elif entry.other_zeros:
        yield (
            "REGISTER_MATCH",
            WARN,
            f"The number is in {age} with more or fewer zeros before it, as {entry.standing}: the register's file may have "
            "lost them. Compare the numbers.",
        )
    elif old or entry.standing == "CONDITIONS":
        yield "REGISTER_MATCH", WARN, f"The number is in {age}, as {entry.standing}."
    else:
        yield "REGISTER_MATCH", PASS, f"The number is in {age}, in good standing."
    yield _name_match(facts.name, entry.name)


_NAMES_ARE = {
    Likeness.EQUAL: (PASS, "the same name"),
    Likeness.SIMILAR: (WARN, "similar names; look whether it is the same person"),
    Likeness.DIFFERENT: (FAIL, "different names"),
    Likeness.UNKNOWN: (SKIPPED, "these cannot be compared automatically; compare them"),
}


def compare_names(registered: str, name: str) -> tuple[str, str]:
    """What NAME_MATCH says of a name in a register and a person's: outcome and words."""
    return _NAMES_ARE[compare(name, registered)]


def _name_match(name: str, registered: str) -> Outcome:
    outcome, words = compare_names(registered, name)
    return "NAME_MATCH", outcome, f'The register has "{registered}", the applicant is "{name}": {words}.'


def _register_and_claim(facts: Facts) -> Iterator[Outcome]:
    """What the register says, and whether the directory profile that is claimed came from the same number.

    Else somebody would get another person's directory profile with a licence of their own that is true.
    """
    claims = facts.claims
    for name, outcome, detail in _register(facts):
        if claims is None or claims.by_number:
            yield name, outcome, detail
        elif name == "REGISTER_MATCH" and claims.by_number is False:
            yield name, FAIL, f"It claims the directory profile of {claims.name}, which came from another number."
        elif name == "REGISTER_MATCH" and outcome in {PASS, SKIPPED}:
            yield name, WARN, f"It claims the directory profile of {claims.name}; compare them. {detail}"
        elif name == "NAME_MATCH" and outcome in {PASS, SKIPPED} and compare(facts.name, claims.name) != Likeness.EQUAL:
            yield name, FAIL, f"It claims the directory profile of {claims.name}."
        else:
            yield name, outcome, detail


def _expiry(facts: Facts) -> Iterator[Outcome]:
    end = facts.credential.expires_on
    registered = facts.entry.expires_on if facts.entry else None
    if end is None and registered is None:
        yield "EXPIRY", SKIPPED, "No last day is given."
    elif end is not None and registered is not None and end != registered:
        yield "EXPIRY", WARN, f"The register says {registered.isoformat()}, the applicant {end.isoformat()}."
    else:
        last = end or registered
        assert last is not None
        days = (last - facts.today).days
        if days < 0:
            yield "EXPIRY", FAIL, f"It ended on {last.isoformat()}."
        elif days <= EXPIRES_SOON_DAYS:
            yield "EXPIRY", WARN, f"It ends on {last.isoformat()}, in {days} days."
        else:
            yield "EXPIRY", PASS, f"It holds until {last.isoformat()}."


# Outcome and sentence of the check NUMBER_UNIQUE; `store` sets it again where somebody else's case changes.
PROFILE_TAKEN = (FAIL, "Somebody else claims the same directory profile.")
NUMBER_TAKEN = (FAIL, "Somebody else has submitted the same number.")
NUMBER_FREE = (PASS, "Nobody else has submitted this number.")
NO_NUMBER = (SKIPPED, "There is no register number to look for.")


def _unique(facts: Facts) -> Iterator[Outcome]:
    if facts.profile_claimed_by:
        outcome = PROFILE_TAKEN
    elif not facts.credential.number:
        outcome = NO_NUMBER
    else:
        outcome = NUMBER_TAKEN if facts.claimed_by else NUMBER_FREE
    yield "NUMBER_UNIQUE", *outcome


def _sanctions(facts: Facts) -> Iterator[Outcome]:
    if not facts.lists:
        yield "SANCTIONS", SKIPPED, "No list of sanctions has been imported."
    elif facts.sanctioned_numbers:
        yield "SANCTIONS", FAIL, f"The number is in {', '.join(facts.sanctioned_numbers)}."
    elif facts.sanctioned_names:
        yield (
            "SANCTIONS",
            WARN,
            f'The applicant is "{facts.searched_name}"; the same or a similar name is in the lists: '
            f"{', '.join(facts.sanctioned_names)}. Look whether it is the same person.",
        )
    else:
        yield "SANCTIONS", PASS, f"Neither the number nor a similar name is in the {facts.lists} imported lists."


# Checks that go by what a person has said alone; of all others their outcome tells something about others or a register.
_OF_OWN_WORDS = frozenset({"AUTHORITY_FITS", "NUMBER_FORMAT", "CHECK_DIGIT"})


def for_owner(credential: Credential) -> tuple[Check, ...]:
    """A credential's checks as its owner sees them: what they say about the owner's own words, and OPEN for the others.

    Whether somebody else has submitted a number, what a register says under it and who is on a list of sanctions would
    otherwise be had for any number by submitting it.
    """
    shown = []
    for check in credential.checks:
        if check.name == "EXPIRY":
            own = Facts(with_proposed(credential), None, "", "", check.at.date())
            (_, outcome, detail) = next(_expiry(own))
            shown.append(replace(check, outcome=outcome, detail=detail))
        elif check.name in _OF_OWN_WORDS:
            shown.append(check)
        else:
            shown.append(replace(check, outcome=OPEN, detail="A verifier looks at this."))
    return tuple(shown)


def run(facts: Facts, now: datetime) -> list[Check]:
    """The outcome of every check, in a fixed order."""
    outcomes = [
        o for part in (_authority, _number, _register_and_claim, _expiry, _unique, _sanctions) for o in part(facts)
    ]
    return [Check(name, outcome, detail, now) for name, outcome, detail in outcomes]
