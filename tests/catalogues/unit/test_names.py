"""Names in the languages of the network: everything has one, and is found by each, whatever the reader's language."""

from __future__ import annotations

import csv
from dataclasses import replace
from importlib.resources import files

import pytest
from babel import Locale, UnknownLocaleError

from catalogues import authorities, languages, regions, specialties
from catalogues.load import rows
from catalogues.names import LANGUAGES, fit, words

TRANSLATED = [tag for tag in LANGUAGES if tag != "en"]


def test_every_specialty_has_a_name_in_six_languages() -> None:
    """Of a law of that language, or of the file; a row of the file says nothing that a law says."""
    named = {row["code"]: row for row in rows("specialty_names.csv")}
    assert set(named) <= set(specialties.specialties())
    for code in specialties.specialties():
        in_law = {title.language for title in specialties.titles(code)}
        in_file = {tag for tag in TRANSLATED if named.get(code, {}).get(tag)}
        assert in_law | in_file >= set(TRANSLATED), code
        assert not in_law & in_file, code


@pytest.mark.parametrize("file", ["professions.csv", "who_regions.csv", "specialty_names.csv"])
def test_files_of_names_are_complete_and_clean(file: str) -> None:
    """No cell is missing or has white space around it, and professions have names of their own."""
    with (files("catalogues") / "data" / file).open(encoding="utf-8") as stream:
        found = list(csv.DictReader(stream, restkey="more"))
    for row in found:
        assert "more" not in row
        assert set(row) >= {"code", *TRANSLATED}
        assert all(cell is not None and cell == cell.strip() for cell in row.values())
        assert file == "specialty_names.csv" or all(row.values())
    for tag in TRANSLATED:
        names = [row[tag] for row in found if row[tag]]
        assert len(names) == len(set(names))


def test_every_country_and_area_has_a_name_in_six_languages() -> None:
    """CLDR's, and the file's of regions of the World Health Organization; parts of countries have the one that ISO writes."""
    for region in regions.all_regions().values():
        if region.kind in {regions.COUNTRY, regions.M49_AREA}:
            key = region.code.removeprefix("M49:")
            assert all(languages.locale(tag).territories.get(key) for tag in LANGUAGES), region.code
    assert regions.region_name("WHO:EURO", "de-CH") == "Europäische Region"
    assert regions.region_name("WHO:EURO", "ja") == "European Region"
    assert regions.region_name("DE-BY", "es") == "Bayern"


@pytest.mark.parametrize(
    ("text", "reader", "code"),
    [
        ("Deutschland", "es", "DE"), ("Alemania", "de", "DE"), ("lemania", "de", None), ("ÖSTERR", "it", "AT"),
        ("ivoire", "en", "CI"), ("united k", "de", "GB"), ("日本", "ja", "JP"), ("sudoriental", "en", "WHO:SEARO"),
        ("Georgia", "en", "GE"), ("de", "en", "DE"), ("m49:150", "fr", "M49:150"), ("europa", "de", "M49:150"),
        ("niger", "en", "NE"), ("!!!", "en", None), ("germany d", "en", None),
    ],
)  # fmt: skip
def test_a_region_is_found_in_any_language(text: str, reader: str, code: str | None) -> None:
    """By the beginning of a word, whole names first, and of these the reader's own."""
    found = regions.search(text=text, kind=None, within=None, language=reader)
    assert next((one.code for one in found), None) == code


def test_a_menu_is_in_the_order_of_the_readers_language() -> None:
    """Accents do not come behind all letters; the number of countries is that of ISO 3166."""
    menus = {
        reader: regions.search(text=None, kind=regions.COUNTRY, within=None, language=reader) for reader in ("es", "de")
    }
    assert {len(menu) for menu in menus.values()} == {249}
    spanish = [regions.region_name(one.code, "es") for one in menus["es"]]
    assert spanish[:3] == ["Afganistán", "Albania", "Alemania"]
    german = [one.code for one in menus["de"]]
    assert german.index("EG") < german.index("AL") < german.index("OM") < german.index("AT") < german.index("PK")


@pytest.mark.parametrize(
    ("text", "reader", "code"),
    [
        ("medicina familiar", "de", "family-medicine"), ("Hausarzt", "es", "family-medicine"),
        ("médecine d'urg", "en", "emergency-medicine"), ("cardio", "de", "cardiology"), ("enfermagem", "fr", "nursing"),
    ],
)  # fmt: skip
def test_a_specialty_is_found_by_the_name_of_the_file(text: str, reader: str, code: str) -> None:
    """In any language; a name that the reader sees comes before one of another language."""
    found = specialties.search_specialties(text=text, under=None, country=None, language=reader)
    assert found[0].code == code


def test_the_name_of_a_specialty_is_the_law_s_before_the_file_s() -> None:
    """And English in a language that the network does not have."""
    names = [specialties.specialty_name("family-medicine", tag) for tag in ("es", "de-AT", "ja", None)]
    english = "General practice / family medicine"
    assert names == ["Medicina familiar y comunitaria", "Allgemeinmedizin / Hausarztmedizin", english, english]
    assert specialties.specialty_name("geriatrics", "de") == "Geriatrie"


@pytest.mark.parametrize(
    ("text", "code"), [("enfermer", "2221"), ("Hebamme", "2222"), ("pharmac", "2262"), ("3256", "3256")]
)
def test_a_profession_is_found_in_any_language(text: str, code: str) -> None:
    """And by its code."""
    assert specialties.search_professions(text=text, language="it")[0].code == code


@pytest.mark.parametrize(
    ("text", "reader", "tag"),
    [
        ("deutsch", "es", "de"),
        ("portug", "de", "pt"),
        ("aleman", "fr", "de"),
        ("日本", "en", "ja"),
        ("pt-br", "en", "pt-BR"),
    ],
)
def test_a_language_is_found_in_any_language(text: str, reader: str, tag: str) -> None:
    """And by what it calls itself, and by its tag."""
    assert languages.search(text=text, language=reader)[0] == tag


def test_each_listed_language_is_accepted_and_has_a_name() -> None:
    """In English; 656 of them, none of which is no language."""
    listed = languages.search(text=None, language="en")
    assert sorted(listed) == list(languages.tags())
    assert len(listed) > 600
    for tag in listed:
        assert languages.canonical(tag) == tag
        assert languages.name(tag, "en") != tag
    assert languages.name("akk", "es") == "acadio"
    assert not {"und", "mul", "zxx"} & set(listed)


def test_languages_call_themselves_what_cldr_says() -> None:
    """The file has the name of each language of which CLDR has one; reading them from CLDR is slow."""
    some = languages.tags()[::15]
    expected = {}
    for tag in some:
        try:
            known = tag.split("-")[0] in Locale.parse(tag, sep="-").languages
            expected[tag] = languages.name(tag, tag) if known else None
        except UnknownLocaleError:
            expected[tag] = None
    assert {tag: languages.local_name(tag) for tag in some} == expected
    assert languages.local_name("de") == "Deutsch"


def test_a_text_fits_names_by_their_words() -> None:
    """The whole name, its beginning, then a later word; of names that fit alike, one's own come first."""
    assert words("Côte d’Ivoire") == "cote d ivoire"
    fits = [fit("gin", own, others) for own, others in (
        (["gin"], []), (["x"], ["gin"]), (["gin tonic"], []), ([], ["ginger"]), (["pink gin"], []), ([], ["pink ginger"]),
        (["begin"], ["origin"]), ([], []),
    )]  # fmt: skip
    assert fits == [0, 1, 2, 3, 4, 5, None, None]


@pytest.mark.parametrize(
    ("code", "reader", "name"),
    [
        ("de-kbv", "de-AT", "Kassenärztliche Bundesvereinigung"), ("de-kbv", "es", "National Association of Statutory Health Insurance Physicians"),
        ("be-ordomedic", "nl-BE", "Orde der artsen"), ("be-ordomedic", "fr", "Ordre des médecins"),
        ("fi-valvira", "sv", "Tillstånds- och tillsynsverket för social- och hälsovården (Valvira)"),
        ("ie-imc", "fr", "Medical Council of Ireland"), ("de-kbv", None, "National Association of Statutory Health Insurance Physicians"),
    ],
)  # fmt: skip
def test_an_authority_has_its_own_name_for_readers_of_its_language(code: str, reader: str | None, name: str) -> None:
    """And the one in English for others; nothing is translated."""
    assert authorities.authority_name(authorities.authorities()[code], reader) == name


def test_names_of_authorities_are_of_authorities_and_languages() -> None:
    """Each is found by them, and one that an operator has renamed has only what the operator says."""
    known = authorities.authorities()
    for row in rows("authority_names.csv"):
        assert languages.canonical(row["language"]) == row["language"]
        assert authorities.names(known[row["authority"]])[row["language"]] == row["name"]
        assert row["language"] != "en"
    assert "be-ordpharm" in {one.id for one in authorities.search(jurisdiction=None, text="orde apothekers")}
    renamed = replace(known["be-ordomedic"], name="Board of Physicians")
    assert set(authorities.names(renamed)) == {"en", "fr"}
    assert authorities.authority_name(renamed, "nl") == "Board of Physicians"
