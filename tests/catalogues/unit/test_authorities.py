"""The catalogue of authorities: every row keeps the rules of the file, and every country reaches an authority."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from catalogues import authorities, authority_page, languages, regions, specialties
from catalogues.authorities import CHAMBER, GENERIC, IDENTIFIER, LICENSING_AUTHORITY
from catalogues.load import rows

ROOT = Path(__file__).parents[3]
ALL = authorities.authorities()
CREDENTIAL_KINDS = {"LICENCE", "SPECIALIST_CERTIFICATE", "IDENTITY", "IDENTIFIER"}
# The countries with most people, and what each licenses at least; a row that is lost is noticed here.
COUNTRIES_BY_POPULATION = """
    IN CN US ID PK NG BR BD RU ET MX JP EG PH CD VN IR TR DE TH GB TZ FR ZA IT KE MM CO KR SD UG ES DZ IQ AR AF YE CA
    PL MA UA AO UZ MY MZ GH PE SA MG CI NP CM VE NE AU KP SY ML BF TW LK MW ZM TD KZ CL RO SN SO GT NL EC KH ZW GN BJ
    RW BI BO TN SS HT BE JO DO AE CU HN AT CH CZ SE PG TJ PT AZ GR HU TG IL
"""


def test_ids_are_unique_and_sorted() -> None:
    """A credential stores the id, and a reader of the file finds a country by it; those of the world are at the end."""
    ids = [row["id"] for row in rows("authorities.csv")]
    own, world = ids[:-2], ids[-2:]
    assert Counter(ids).most_common(1)[0][1] == 1
    assert own == sorted(own)
    assert world == ["orcid", "other"]


def test_places_professions_and_languages_are_in_the_catalogues() -> None:
    """Its id begins with the country where it is."""
    for authority in ALL.values():
        assert authority.jurisdictions, authority.id
        assert set(authority.jurisdictions) <= set(regions.all_regions()), authority.id
        assert set(authority.professions) <= set(specialties.professions()), authority.id
        assert languages.canonical(authority.local_language) == authority.local_language, authority.id
        if authority.id not in {"orcid", GENERIC}:
            assert authority.professions, authority.id
            assert authority.id[:2].upper() in {place[:2] for place in authority.jurisdictions}, authority.id


def test_kinds_sources_and_evidence_are_known() -> None:
    """What gives no more than a number gives an identifier, and no licence."""
    for authority in ALL.values():
        assert authority.kind in authorities.EVIDENCE, authority.id
        assert authority.source in authorities.sources(), authority.id
        assert authority.evidence, authority.id
        assert set(authority.kinds) <= CREDENTIAL_KINDS, authority.id
        gives_licences = authority.kind in {LICENSING_AUTHORITY, CHAMBER}
        assert ("LICENCE" in authority.kinds) == gives_licences, authority.id
        assert gives_licences or authority.id == "orcid" or authority.kinds == ("IDENTIFIER",), authority.id


def test_links_are_https_and_those_of_a_number_name_the_number_once() -> None:
    """A verifier follows them."""
    for authority in ALL.values():
        for link in (authority.url, authority.lookup):
            if link is not None:
                parts = urlsplit(link)
                assert (parts.scheme, parts.username, parts.port) == ("https", None, None), authority.id
                assert "." in (parts.hostname or ""), authority.id
        assert authority.lookup is None or authority.lookup.count("{number}") == 1, authority.id


def test_what_is_unverified_has_neither_link_nor_format() -> None:
    """A wrong link or rule is worse than none."""
    for authority in ALL.values():
        if authority.unverified:
            found = (authority.url, authority.lookup, authority.pattern, authority.example, authority.prefix)
            assert not any(found), authority.id
        if authority.pattern is None:
            assert not any((authority.example, authority.check_rule, authority.written)), authority.id


def test_examples_are_numbers_of_their_register() -> None:
    """As the register writes them, and as people do: with what stands before them, and in their own order."""
    for authority in ALL.values():
        assert authority.check_rule is None or authority.check_rule in authorities.CHECK_RULES, authority.id
        if authority.pattern is None:
            assert authorities.spellings("00-1b", authority)[0] == "1B", authority.id
            continue
        assert authority.example is not None, authority.id
        assert authorities.well_formed(authority, authorities.normalise_number(authority.example, authority)), (
            authority.id
        )
        assert (authority.written is None) == (authority.canonical is None) == (authority.written_example is None), (
            authority.id
        )
        if authority.written_example is not None:
            number = authorities.normalise_number(authority.written_example, authority)
            assert authorities.well_formed(authority, number), authority.id
            assert authorities.normalise_number(number, authority) == number, authority.id
            plain = re.sub(r"[\s.]", "", authority.written_example).upper()
            assert not authorities.well_formed(authority, plain), authority.id


@pytest.mark.parametrize(
    ("authority", "typed", "number"),
    [
        ("be-inami", "1-48203-13-004", "14820313004"),
        ("be-inami", "1/48203/13/004", "14820313004"),
        ("be-inami", "1-48203-13", "1-48203-13"),
        ("es-cgcom", "28/28/12345", "282812345"),
        ("nl-big", "6906-5432-101", "69065432101"),
        ("ie-imc", "IMC 123456", "123456"),
        ("ie-imc", "123456", "123456"),
        ("fr-rpps", "1000 3461 034", "10003461034"),
        ("br-cfm", "CRM/SP 123456", "SP-123456"),
        ("br-cfm", "CRM-SP 123456", "SP-123456"),
        ("br-cfm", "123456/SP", "SP-123456"),
        ("br-cfm", "SP-123456", "SP-123456"),
        ("pt-om", "OM54321", "54321"),
        ("za-hpcsa", "MP123456", "MP0123456"),
        ("za-hpcsa", "MP 0123456", "MP0123456"),
        ("it-fnomceo", "MI 12345", "MI-12345"),
        ("it-fnomceo", "12345", "12345"),
        ("in-dl-medical", "DMC/R/12345", "12345"),
        ("gb-goc", "GOC 01-12345", "01-12345"),
        ("ie-coru", "PT012345", "PT012345"),
        ("sg-smc", "MCR M12345A", "M12345A"),
        ("ph-prc", "0123456", "0123456"),
        ("ar-msal", "M.N. 12345", "12345"),
        ("pt-oe", "5-E-12345", "5-E-12345"),
        ("de-baek-efn", "802760500123456", "802760500123456"),
        ("us-fl-bom", "ME12345", "ME12345"),
        ("other", "dha-p-0123456", "DHA-P-0123456"),
    ],
)
def test_a_number_is_read_as_people_write_it(authority: str, typed: str, number: str) -> None:
    """What is not in a known order stays as it is, and is refused where the register has a format."""
    assert authorities.normalise_number(typed, ALL[authority]) == number


@pytest.mark.parametrize(
    ("authority", "number"),
    [
        ("be-inami", "1-48203-13"), ("za-hpcsa", "MP12"), ("in-nmc", "2012-1234"), ("gb-gmc", "NMC 6150129"), ("gb-gmc", "615"),
        ("us-npi", "1234567892 0"), ("de-kbv", "1234"),
    ],
)  # fmt: skip
def test_what_is_no_number_of_the_register_is_not_made_one(authority: str, number: str) -> None:
    """Letters of another body, a part of a number, and a number that a few zeros would make one whose check digit fails."""
    known = ALL[authority]
    assert not authorities.well_formed(known, authorities.normalise_number(number, known))


def test_every_country_reaches_an_authority_for_every_profession(capsys: pytest.CaptureFixture[str]) -> None:
    """Its own, its parent's or the generic one; `pytest -rP` prints the matrix."""
    cells = authority_page.matrix()
    places = sorted({place for place, _ in cells})
    assert (len(places), len(cells)) == (249, 249 * len(specialties.professions()))
    codes = list(specialties.professions())
    print("   ", *codes)
    for place in places:
        counts = [0 if authority_page.is_generic(cells[place, code]) else len(cells[place, code]) for code in codes]
        print(place, *(f"{count or '-':>4}" for count in counts))
    for (place, code), found in cells.items():
        assert found, (place, code)
        if not authority_page.is_generic(found):
            assert GENERIC not in {one.id for one in found}
            assert all(code in one.professions and one.kind != IDENTIFIER for one in found), (place, code)


def test_the_largest_countries_have_authorities_of_physicians_and_nurses() -> None:
    """Of a hundred, those that are unverified among them."""
    countries = COUNTRIES_BY_POPULATION.split()
    assert len(set(countries)) == 100
    for code in ("2211", "2221"):
        without = [place for place in countries if authority_page.is_generic(authorities.authorities_for(place, code))]
        assert without == [], code


def test_every_state_and_territory_of_the_united_states_has_a_board_of_nursing_and_of_medicine() -> None:
    """By the codes of ISO 3166-2, in which a territory is both a part of the country and a country."""
    states = [r.code for r in regions.all_regions().values() if r.parents == ("US",) and r.code != "US-UM"]
    assert len(states) == 56
    for state in states:
        for code in ("2211", "2221"):
            found = authorities.authorities_for(state, code)
            assert [one.id for one in found if one.id.startswith("us-")], (state, code)


@pytest.mark.parametrize(
    ("place", "profession", "ids"),
    [
        ("GB", "2267", ["gb-goc"]),
        ("GB-NIR", "2262", ["gb-gphc", "gb-nir-psni"]),
        ("GG", "2267", ["gb-goc"]),
        ("US-FL", "2211", ["us-fl-bom", "us-fl-osteo"]),
        ("PR", "2211", ["us-pr-jldm"]),
        ("MQ", "2222", ["fr-cnosf", "fr-rpps"]),
        ("HK", "2211", ["hk-mchk"]),
        ("AQ", "2211", ["other"]),
        ("FR", "3252", ["other"]),
        ("DE-BY", "2211", ["de-baek", "de-by-blaek", "de-by-rob", "de-by-ruf"]),
    ],
)
def test_authorities_of_a_place(place: str, profession: str, ids: list[str]) -> None:
    """Those of the place, of its country and of its parts; else of the country it belongs to; else the generic one."""
    assert [one.id for one in authorities.authorities_for(place, profession)] == ids


def test_the_first_authority_of_a_place_is_the_one_it_was() -> None:
    """Clients that take the first one get the one they got when the catalogue was small, where that one licenses."""
    first = {
        place: authorities.search(jurisdiction=place, first=1)[0].id
        for place in (
            "AT",
            "BE",
            "CH",
            "DE",
            "DK",
            "ES",
            "FI",
            "FR",
            "GB",
            "IE",
            "IN",
            "IT",
            "JP",
            "KE",
            "NL",
            "PT",
            "ZA",
        )
    }
    assert first == {
        "AT": "at-oeak", "BE": "be-ordomedic", "CH": "ch-medreg", "DE": "de-baek", "DK": "dk-stps", "ES": "es-cgcom",
        "FI": "fi-valvira", "FR": "fr-rpps", "GB": "gb-gmc", "IE": "ie-imc", "IN": "in-nmc", "IT": "it-fnomceo",
        "JP": "jp-mhlw", "KE": "ke-kmpdc", "NL": "nl-big", "PT": "pt-om", "ZA": "za-hpcsa",
    }  # fmt: skip
    last = authorities.search(jurisdiction="SY", first=100)
    assert [one.id for one in last][-2:] == ["other", "orcid"]


def test_the_page_of_authorities_is_current() -> None:
    """docs/authorities.md is what `make schema` writes."""
    assert (ROOT / "docs" / "authorities.md").read_text(encoding="utf-8") == authority_page.as_page()
