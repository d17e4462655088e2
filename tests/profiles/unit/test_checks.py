"""The automatic checks, and how names are compared."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from catalogues.authorities import authorities, normalise_number
from profiles.checks.domain import FAIL, NAMES, OPEN, PASS, SKIPPED, WARN, Facts, RegisterEntry, for_owner, run
from profiles.credentials.domain import OtherAuthority
from profiles.people.domain import Holder
from tests.profiles.unit.test_credential_states import a_credential

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
TODAY = NOW.date()
NUMBERS = Path(__file__).parents[2] / "data" / "registers" / "register_numbers.csv"
REGISTERS = {
    "NPI": "us-npi", "LANR": "de-kbv", "RPPS": "fr-rpps", "IDNPS": "fr-rpps", "BIG": "nl-big", "ORCID": "orcid",
    "GMC": "gb-gmc", "NMC": "gb-nmc", "GPHC": "gb-gphc", "AHPRA": "au-ahpra",
}  # fmt: skip


def facts(**given: object) -> Facts:
    """A German licence against which nothing speaks."""
    base = Facts(
        credential=a_credential(),
        authority=authorities()["de-kbv"],
        name="Jürgen Müller",
        searched_name="",
        today=TODAY,
    )
    return replace(base, **given)  # type: ignore[arg-type]


def outcomes(given: Facts) -> dict[str, str]:
    """Outcome by check."""
    found = run(given, NOW)
    assert sorted(check.name for check in found) == sorted(NAMES)
    assert all(check.detail.endswith(".") and "123456601" not in check.detail for check in found)
    return {check.name: check.outcome for check in found}


def sample() -> list[tuple[str, str, str]]:
    """Register numbers with what their register says of them."""
    with NUMBERS.open(encoding="utf-8", newline="") as file:
        return [(r["scheme"], r["value"], r["expected"]) for r in csv.DictReader(file)]


def test_a_number_whose_format_is_not_known_is_left_to_a_verifier() -> None:
    """It neither passes nor fails, and the verifier is told why."""
    council = authorities()["ke-nck"]
    credential = replace(a_credential(), authority=council.id, number="AB 12/7")
    found = run(facts(credential=credential, authority=council), NOW)
    assert {check.name: (check.outcome, check.detail) for check in found[1:3]} == {
        "NUMBER_FORMAT": (
            SKIPPED,
            "The format of the numbers of Nursing Council of Kenya is not known; look at its register.",
        ),
        "CHECK_DIGIT": (SKIPPED, "Register of Nursing Council of Kenya has no public check rule."),
    }


@pytest.mark.parametrize(("scheme", "value", "expected"), sample())
def test_a_number_is_judged_as_its_register_says(scheme: str, value: str, expected: str) -> None:
    """What is known to be wrong fails; what fails although the register published it is a warning, never a rejection."""
    register = authorities()[REGISTERS[scheme]]
    credential = replace(a_credential(), authority=register.id, number=normalise_number(value, register))
    found = outcomes(facts(credential=credential, authority=register))
    judged = {found["NUMBER_FORMAT"], found["CHECK_DIGIT"]}
    if expected in {"valid", "computed-valid"}:
        assert judged == {PASS}
    elif expected in {"invalid", "computed-invalid"}:
        assert FAIL in judged
    elif expected == "example-fails-luhn":
        assert found["CHECK_DIGIT"] == WARN
    elif expected.startswith("format"):
        assert FAIL not in judged
    else:  # made up by its looks, though the digit holds
        assert found["CHECK_DIGIT"] == WARN


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Müller, Jürgen", "Juergen Mueller"),
        ("Dr. med. María Arribas Núñez", "MARIA ARRIBAS NUNEZ"),
        ("Иван Петров", "Ivan Petrov"),
        ("Γιώργος Παπαδόπουλος", "Giorgos Papadopoulos"),
        ("Łukasz Żółkiewski", "Lukasz Zolkiewski"),
        ("Søren Ødegård", "Soren Odegard"),
        ("Jean-Pierre Dupont", "Dupont Jean Pierre"),
        ("O'Brien, Sinéad", "Sinead OBrien"),
        ("田中 花子", "田中 花子"),
    ],
)
def test_the_same_name_is_alike_in_every_writing(first: str, second: str) -> None:
    """Whatever script, order, accents and titles."""
    assert outcomes(_named(first, second))["NAME_MATCH"] == PASS


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Anna Schmidt", "Boris Petrov"),
        ("Jonas Lindner", "María Arribas"),
        ("Wei Zhang", "Fatima Hassan"),
        ("Anna", "Boris"),
    ],
)
def test_another_name_fails(first: str, second: str) -> None:
    """Somebody else's number."""
    assert outcomes(_named(first, second))["NAME_MATCH"] == FAIL


@pytest.mark.parametrize(("first", "second"), [("A. Schmidt", "Anna Schmidt"), ("Anna Schmidt", "Anna Schneider")])
def test_a_similar_name_is_to_be_compared(first: str, second: str) -> None:
    """An initial, or another surname that begins alike."""
    assert outcomes(_named(first, second))["NAME_MATCH"] == WARN


def _named(mine: str, registered: str) -> Facts:
    return facts(name=mine, snapshot_as_of=TODAY, entry=RegisterEntry(registered, "GOOD", None, None))


@pytest.mark.parametrize(
    ("authority", "jurisdiction", "profession", "outcome", "detail"),
    [
        ("gb-gmc", "GB", "2212", PASS, "General Medical Council registers Specialist medical practitioners (2212)."),
        ("gb-gmc", "GB-ENG", "2211", PASS, "General Medical Council registers Generalist medical practitioners (2211)."),
        ("gb-gmc", "JE", "2211", PASS, "General Medical Council registers Generalist medical practitioners (2211)."),
        ("gb-gmc", "GB", "2221", FAIL, "General Medical Council does not register Nursing professionals (2221)."),
        ("gb-gmc", "GB", "2250", FAIL, "General Medical Council does not register Veterinarians (2250)."),
        ("gb-gmc", "FR", "2211", FAIL, "General Medical Council does not license in FR."),
        ("ke-radiation", "KE", "2211", WARN, "As far as is known, Society of Radiography in Kenya does not register Generalist medical "
         "practitioners (2211); look it up."),
        ("gb-gmc", "GB", None, WARN, "The profile names no profession; find out whether General Medical Council registers it."),
        ("other", "TV", "2221", WARN, "The applicant names Health Board; find out whether it licenses in TV."),
        (None, "DE", "2221", SKIPPED, "No authority is named."),
    ],
)  # fmt: skip
def test_the_authority_must_register_the_profession(
    authority: str | None, jurisdiction: str, profession: str | None, outcome: str, detail: str
) -> None:
    """Where nobody has looked up what it registers, the verifier is warned; the owner sees the same."""
    credential = replace(
        a_credential(), authority=authority, jurisdiction=jurisdiction, holder=Holder("Jo", profession),
        other_authority=OtherAuthority("Health Board") if authority == "other" else None,
    )  # fmt: skip
    known = authorities()[authority] if authority else None
    found = run(facts(credential=credential, authority=known), NOW)
    assert (found[0].name, found[0].outcome, found[0].detail) == ("AUTHORITY_FITS", outcome, detail)
    assert for_owner(replace(credential, checks=tuple(found)))[0] == found[0]


def test_the_register_speaks_for_and_against() -> None:
    """Absent or suspended fails, conditions and an old copy warn, no copy is skipped."""
    good = RegisterEntry("Jürgen Müller", "GOOD", None, None)
    for given, outcome in (
        ({"snapshot_as_of": None}, SKIPPED),
        ({"snapshot_as_of": TODAY, "entry": None}, FAIL),
        ({"snapshot_as_of": TODAY, "entry": good}, PASS),
        ({"snapshot_as_of": date(2026, 10, 1), "entry": good}, WARN),
        ({"snapshot_as_of": TODAY, "entry": replace(good, standing="CONDITIONS")}, WARN),
        ({"snapshot_as_of": TODAY, "entry": replace(good, standing="SUSPENDED")}, FAIL),
    ):
        assert outcomes(facts(**given))["REGISTER_MATCH"] == outcome, given


def test_expiry_uniqueness_and_sanctions() -> None:
    """Each by itself, with nothing else changed."""
    for end, outcome in (
        (None, SKIPPED),
        (date(2027, 11, 1), PASS),
        (date(2026, 12, 1), WARN),
        (date(2026, 11, 20), FAIL),
    ):
        assert outcomes(facts(credential=a_credential(expires_on=end)))["EXPIRY"] == outcome
    assert outcomes(facts())["NUMBER_UNIQUE"] == PASS
    assert outcomes(facts(claimed_by=1))["NUMBER_UNIQUE"] == FAIL
    assert outcomes(facts(profile_claimed_by=1))["NUMBER_UNIQUE"] == FAIL
    assert outcomes(facts(lists=0))["SANCTIONS"] == SKIPPED
    assert outcomes(facts(lists=2))["SANCTIONS"] == PASS
    assert outcomes(facts(lists=2, sanctioned_names=("OIG",)))["SANCTIONS"] == WARN
    assert outcomes(facts(lists=2, sanctioned_numbers=("OIG",), sanctioned_names=("OIG",)))["SANCTIONS"] == FAIL


@pytest.mark.parametrize("claimed_by", [0, 1])
@pytest.mark.parametrize(
    "entry",
    [None, RegisterEntry("Jürgen Müller", "GOOD", None, date(2027, 1, 1)), RegisterEntry("Eve", "REVOKED", None, None)],
)
@pytest.mark.parametrize("sanctioned", [(), ("OIG",)])
def test_an_owner_learns_nothing_about_others(
    claimed_by: int, entry: RegisterEntry | None, sanctioned: tuple[str, ...]
) -> None:
    """Whatever a register, a list or somebody else's submission says: what the owner sees is the same to the letter."""
    credential = replace(a_credential(), expires_on=date(2027, 6, 1))
    found = facts(
        credential=credential,
        entry=entry,
        snapshot_as_of=TODAY,
        claimed_by=claimed_by,
        sanctioned_numbers=sanctioned,
        lists=1,
    )
    shown = for_owner(replace(credential, checks=tuple(run(found, NOW))))
    assert [(check.name, check.outcome, check.detail) for check in shown] == [
        ("AUTHORITY_FITS", WARN, shown[0].detail),
        ("NUMBER_FORMAT", PASS, shown[1].detail), ("CHECK_DIGIT", PASS, shown[2].detail),
        ("REGISTER_MATCH", OPEN, "A verifier looks at this."), ("NAME_MATCH", OPEN, "A verifier looks at this."),
        ("EXPIRY", PASS, "It holds until 2027-06-01."), ("NUMBER_UNIQUE", OPEN, "A verifier looks at this."),
        ("SANCTIONS", OPEN, "A verifier looks at this."),
    ]  # fmt: skip
    assert "2027-01-01" not in str(shown)
