"""Which codes a filter of places looks for."""

from __future__ import annotations

import pytest

from graph.people.domain import country_codes


@pytest.mark.parametrize("code", ["PR", "US-PR", "US", "M49:029", "M49:021"])
def test_a_territory_is_found_by_both_of_its_codes_and_by_what_is_around_them(code: str) -> None:
    """Whether its people wrote it as a state or as a country; all others of a country are found by the country's code."""
    assert {"PR", "US-PR"} & set(country_codes(code))
    assert "US-NY" not in country_codes(code)


@pytest.mark.parametrize(
    ("own", "named"),
    [
        ("ES-VA", "ES-CL"),
        ("US-PR", "PR"),
        ("PR", "US-PR"),
        ("GB-LND", "GB-ENG"),
        ("FR-69", "FR-ARA"),
        ("FR-75C", "FR-IDF"),
        ("BE-VAN", "BE-VLG"),
        ("IT-MI", "IT-25"),
        ("CN-HK", "HK"),
        ("NL-CW", "M49:029"),
        ("NO-21", "SJ"),
        ("DE-BY", "M49:150"),
    ],
)
def test_somebody_is_found_by_every_region_that_holds_their_place(own: str, named: str) -> None:
    """Their profile has its own code, and that of its country."""
    assert {own, own.split("-")[0]} & set(country_codes(named))


def test_a_part_of_a_country_names_the_parts_inside_it() -> None:
    """So that a province is found by its region."""
    assert {"ES-CL", "ES-VA", "ES-SO"} <= set(country_codes("ES-CL"))
    assert country_codes("ES-VA") == ["ES-VA"]
    assert country_codes("ES") == ["ES"]


def test_an_area_names_its_countries_and_the_territories_in_it_that_are_parts_of_others() -> None:
    """Not the parts of its own countries."""
    caribbean = country_codes("M49:029")
    assert {"CU", "PR", "US-PR", "US-VI", "FR-972"} <= set(caribbean)
    assert [code for code in caribbean if code.startswith("CU-")] == []
