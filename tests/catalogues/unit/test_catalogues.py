"""The catalogues: every code is well-formed, every rule fits its example, every search finds."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from catalogues import authorities, languages, regions, specialties

NUMBERS = Path(__file__).parents[2] / "data" / "registers" / "register_numbers.csv"
REGISTERS = {
    "NPI": "us-npi", "LANR": "de-kbv", "BIG": "nl-big", "RPPS": "fr-rpps", "ORCID": "orcid", "GMC": "gb-gmc",
    "AHPRA": "au-ahpra", "NMC": "gb-nmc", "GPHC": "gb-gphc",
}  # fmt: skip


def _numbers() -> list[tuple[str, str, str]]:
    with NUMBERS.open(encoding="utf-8", newline="") as file:
        return [(r["scheme"], r["value"], r["expected"]) for r in csv.DictReader(file) if r["scheme"] in REGISTERS]


@pytest.mark.parametrize(("scheme", "value", "expected"), _numbers())
def test_a_register_number_is_judged_as_its_register_says(scheme: str, value: str, expected: str) -> None:
    """A check digit that fails in a published example is a reason to look, not an error of format."""
    authority = authorities.authorities()[REGISTERS[scheme]]
    number = authorities.normalise_number(value, authority)
    formed = authorities.well_formed(authority, number)
    holds = authorities.check_digit_holds(authority, number) if formed else False
    if expected in {"valid", "computed-valid"}:
        assert holds is True
    elif expected in {"format", "format-only"}:
        assert formed
    elif expected == "example-fails-luhn":
        assert formed
        assert holds is False
    elif expected in {"invalid", "computed-invalid"}:
        assert not holds


def test_a_number_is_the_same_with_and_without_what_some_write_before_it() -> None:
    """The NHS's C before a GMC number, and the 8 of a French IDNPS before an RPPS number."""
    known = authorities.authorities()
    assert authorities.normalise_number("c 6150129", known["gb-gmc"]) == "6150129"
    assert authorities.normalise_number("810102727017", known["fr-rpps"]) == "10102727017"
    assert authorities.normalise_number("10102727017", known["fr-rpps"]) == "10102727017"


@pytest.mark.parametrize(
    ("authority", "number", "spellings"),
    [
        ("in-nmc", "012345", ["12345", "012345", "0012345"]),
        ("ie-imc", "0123", ["0123", "00123", "000123"]),
        ("ke-kmpdc", "A01234", ["A1234", "A01234", "A001234"]),
        ("at-oeak", "001234-02", ["1234-02", "01234-02", "001234-02"]),
        ("br-cfm", "SP-01234", ["SP-1234", "SP-01234", "SP-001234"]),
        ("gb-gmc", "0012345", ["0012345"]),
        ("dk-stps", "0A0B1", ["0A0B1"]),
        ("orcid", "0000-0002-1825-0097", ["0000-0002-1825-0097"]),
    ],
)
def test_zeros_before_a_number_make_no_other_number_where_a_register_is_lax(
    authority: str, number: str, spellings: list[str]
) -> None:
    """Each spelling has the same ones; where all numbers are equally long, zeros belong to them."""
    known = authorities.authorities()[authority]
    for spelling in spellings:
        assert authorities.spellings(spelling, known) == spellings
    assert number in spellings


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("KE-NCK4711/20", ["KE-NCK4711/20", "KENCK471120", "KE\u2013NCK\uff14711_20", "KE-NCK47/1120"]),
        ("\u0661\u0662", ["\u0661\u0662"]),
        ("-/-", ["-/-"]),
    ],
)
def test_a_number_of_an_authority_without_a_row_is_its_letters_and_digits(written: str, same: list[str]) -> None:
    """Whatever stands between them; a number of nothing but signs stays as it is."""
    other = authorities.authorities()[authorities.GENERIC]
    assert {authorities.spellings(one, other)[0] for one in same} == {authorities.spellings(written, other)[0]}
    assert authorities.spellings(written, other)[-1] == written
    assert authorities.spellings("KE-NCK4711/21", other)[0] != authorities.spellings("KE-NCK4711/20", other)[0]


@pytest.mark.parametrize("code", ["US", "US-PR", "PR", "M49:029", "M49:021", "M49:019", "WHO:AMRO"])
def test_a_place_with_two_codes_is_one_place(code: str) -> None:
    """Puerto Rico is inside wherever one of its codes is."""
    assert {"PR", "US-PR"} <= regions.expand(code)


@pytest.mark.parametrize(
    ("country", "code", "part"), [("CN", "HK", "CN-HK"), ("NL", "CW", "NL-CW"), ("CN", "TW", "CN-TW")]
)
def test_a_place_whose_licences_are_its_own_is_one_place_and_not_inside_the_other_country(
    country: str, code: str, part: str
) -> None:
    """Only the code that ISO 3166-2 gives it there is."""
    assert regions.expand(code) == regions.expand(part)
    assert {code, part} <= regions.expand(code)
    assert part in regions.expand(country)
    assert code not in regions.expand(country)


def test_a_place_with_two_codes_is_not_all_of_its_country() -> None:
    """And its second code is told from the first, for every pair in the file."""
    assert regions.expand("PR") == regions.expand("US-PR") == {"PR", "US-PR"}
    assert (regions.other_code("GU"), regions.other_code("FR-974"), regions.other_code("US-NY")) == (
        "US-GU",
        "RE",
        None,
    )
    assert {"BQ", "BQ-BO", "NL-BQ1", "NL-BQ2", "NL-BQ3"} == regions.expand("BQ") - {"BQ-SA", "BQ-SE"}
    assert regions.expand("NL-BQ1") == {"NL-BQ1"}
    assert {"SJ", "NO-21"} <= regions.expand("NO")
    kinds = {
        (regions.all_regions()[code].kind, regions.all_regions()[regions.other_code(code) or ""].kind)
        for code in regions.all_regions()
        if regions.other_code(code)
    }
    assert kinds == {("COUNTRY", "SUBDIVISION"), ("SUBDIVISION", "COUNTRY")}


def test_a_region_expands_to_all_countries_and_subdivisions_inside() -> None:
    """Of every kind; each country is in exactly one UN area of the world."""
    europe = regions.expand("M49:150")
    assert {"DE", "DE-BY", "ES", "IS"} <= europe
    assert "TR" not in europe
    assert {"TR", "KZ", "DE"} <= regions.expand("WHO:EURO")
    assert regions.expand("DE-BY") == {"DE-BY"}
    assert regions.expand("XX") == frozenset()
    world = regions.expand("M49:001")
    countries = [r.code for r in regions.all_regions().values() if r.kind == regions.COUNTRY]
    assert len(countries) == 249
    assert set(countries) - world == set()


def test_indonesia_is_in_the_western_pacific_since_may_2025() -> None:
    """Many lists still have it in South-East Asia."""
    assert "ID" in regions.expand("WHO:WPRO")
    assert "ID" not in regions.expand("WHO:SEARO")
    assert regions.all_regions()["ID"].since == date(2025, 5, 27)


def test_every_specialty_has_a_known_parent_and_profession() -> None:
    """And the hierarchy has no cycle."""
    for specialty in specialties.specialties().values():
        assert specialty.profession in specialties.professions()
        assert specialty.parent is None or specialty.parent in specialties.specialties()
        assert specialty.code in specialties.narrower(specialty.code)
    assert {"cardiology", "interventional-cardiology"} <= specialties.narrower("internal-medicine")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Innere Medizin", "internal-medicine"),
        ("médecine interne", "internal-medicine"),
        ("MEDICINA INTERNA", "internal-medicine"),
        ("kardiolo", "cardiology"),
        ("Καρδι", "cardiology"),
        ("infect", "infectious-diseases"),
        ("hjerte", "cardiology"),
    ],
)
def test_a_specialty_is_found_by_its_title_in_any_country(typed: str, code: str) -> None:
    """Accents, case and the rest of the word do not matter."""
    found = specialties.search_specialties(text=typed, under=None, country=None, first=3)
    assert code in [specialty.code for specialty in found]


def test_names_are_in_the_readers_language_where_there_is_one() -> None:
    """Else in English."""
    assert specialties.specialty_name("cardiology", "de-AT") == "Kardiologie"
    assert specialties.specialty_name("cardiology", "ja") == "Cardiology"
    assert regions.region_name("DE", "fr") == "Allemagne"
    assert regions.region_name("M49:150", "es") == "Europa"


@pytest.mark.parametrize(
    ("header", "tag"),
    [
        ("de-AT,de;q=0.9,en;q=0.1", "de-AT"), ("en;q=0.1, fr", "fr"), ("*", None), ("", None), (None, None),
        ("xx,qq;q=0.5", None), ("de;q=abc,fr;q=0.2", "fr"), (",,;;", None),
    ],
)  # fmt: skip
def test_the_language_is_the_best_that_the_reader_accepts(header: str | None, tag: str | None) -> None:
    """A malformed header is no error."""
    assert languages.preferred(header) == tag
