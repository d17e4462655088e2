"""National titles: each leads to its specialty, and what is not mapped is said to be so."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from catalogues import regions, specialties
from kit.texts import fold

with (Path(__file__).parents[2] / "data" / "specialties" / "golden_titles.csv").open(encoding="utf-8") as FILE:
    GOLDEN = [(row["title"], row["language"], row["code"]) for row in csv.DictReader(FILE)]


@pytest.mark.parametrize(("title", "language", "code"), GOLDEN)
def test_a_title_leads_to_its_specialty_and_to_no_other(title: str, language: str, code: str) -> None:
    """Also in search, where it comes first; one that is not mapped is not guessed."""
    found = specialties.by_title().get(fold(title), frozenset())
    assert found == ({code} if code else frozenset()), language
    first = specialties.search_specialties(text=title, under=None, country=None, first=1)
    assert [one.code for one in first] == ([code] if code else [])


def test_the_golden_file_is_broad_enough() -> None:
    """150 titles in 15 languages."""
    assert len(GOLDEN) >= 150
    assert len({language for _, language, _ in GOLDEN}) >= 15


def test_no_title_holds_several_or_a_date() -> None:
    """They were split; each has a language, a known country and a source."""
    countries = set()
    for code in specialties.specialties():
        for title in specialties.titles(code):
            assert "/" not in title.title
            assert not any(sign.isdigit() for sign in title.title), title
            assert title.language
            assert title.source
            assert title.country in regions.all_regions()
            assert title.valid_from is None or title.valid_until is None or title.valid_from <= title.valid_until
            countries.add(title.country)
    assert {"FR", "CH", "DE"} <= countries


def test_relations_are_mutual_and_have_a_source() -> None:
    """What is broader than another has it among its narrower ones; an overlap goes both ways."""
    opposite = {"BROADER": "NARROWER", "NARROWER": "BROADER", "OVERLAPS": "OVERLAPS", "EXACT": "EXACT"}
    overlaps = 0
    for code in specialties.specialties():
        for one in specialties.related(code):
            assert one.source
            assert (code, opposite[one.relation]) in {(r.code, r.relation) for r in specialties.related(one.code)}
            overlaps += one.relation == "OVERLAPS"
    assert overlaps >= 40
    cardiology = {(one.code, one.relation) for one in specialties.related("cardiology")}
    assert {
        ("internal-medicine", "BROADER"),
        ("interventional-cardiology", "NARROWER"),
        ("paediatric-cardiology", "OVERLAPS"),
    } <= cardiology
