"""Pages of catalogues: each entry once in either direction, whole menus in one page, and what a page costs."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import graphql_sync
from hypothesis import given
from hypothesis import strategies as st

from catalogues import languages, regions, specialties
from gateway.catalogue.pages import MAX_CATALOGUE_PAGE, PageArguments, connection_of
from gateway.ids import encode
from gateway.schema import schema
from kit.errors import Invalid
from tests.gateway.unit.test_cost import cost_of


class Reader:
    """The part of a request that catalogues need: the language; they ask no service."""

    caller = None

    def __init__(self, tag: str) -> None:
        self.tag = tag

    def language(self, asked: str | None) -> str | None:
        """The language of the reader, or that of an argument."""
        return asked or self.tag


def read(text: str, tag: str = "en") -> dict[str, Any]:
    """What an operation on catalogues answers, without errors."""
    found = graphql_sync(schema(), text, context_value=Reader(tag))
    assert found.errors is None, found.errors
    assert found.data is not None
    return found.data


def walk(entries: list[str], size: int, *, backward: bool) -> list[str]:
    """Every entry of a list, read page by page."""
    seen: list[str] = []
    cursor = None
    for _ in range(len(entries) + 1):
        wanted = PageArguments(None, None, size, cursor) if backward else PageArguments(size, cursor, None, None)
        found = connection_of(entries, str, wanted)
        position = found["page_info"]
        seen = [*found["nodes"], *seen] if backward else [*seen, *found["nodes"]]
        if not position["has_previous_page" if backward else "has_next_page"]:
            return seen
        cursor = position["start_cursor" if backward else "end_cursor"]
    raise AssertionError("the list has no end")


@given(st.lists(st.text(min_size=1), unique=True, max_size=30), st.integers(1, 12), st.booleans())
def test_pages_hold_each_entry_once_and_in_order(entries: list[str], size: int, backward: bool) -> None:
    """Forward and backward; the number of entries is exact on each page."""
    assert walk(entries, size, backward=backward) == entries
    first = connection_of(entries, str, PageArguments(size, None, None, None))
    assert (first["total_count"], first["total_count_precision"]) == (len(entries), "EXACT")


def test_a_page_lies_between_two_cursors() -> None:
    """And tells what is on both sides of it."""
    entries = list("abcdef")
    whole = connection_of(entries, str, PageArguments(6, None, None, None))
    cursors = [edge["cursor"] for edge in whole["edges"]]
    found = connection_of(entries, str, PageArguments(2, cursors[0], None, cursors[5]))
    assert found["nodes"] == ["b", "c"]
    assert (found["page_info"]["has_previous_page"], found["page_info"]["has_next_page"]) == (True, True)
    found = connection_of(entries, str, PageArguments(20, cursors[3], 5, None))
    assert found["nodes"] == ["e", "f"]
    assert connection_of(entries, str, PageArguments(3, cursors[4], None, cursors[1]))["nodes"] == []


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (PageArguments(0, None, None, None), "first"), (PageArguments(MAX_CATALOGUE_PAGE + 1, None, None, None), "first"),
        (PageArguments(20, None, 0, None), "last"), (PageArguments(None, None, None, None), "first"),
        (PageArguments(20, "Zg", None, None), "after"), (PageArguments(20, "é", None, None), "after"),
        (PageArguments(20, None, None, "*"), "before"),
    ],
)  # fmt: skip
def test_what_is_no_page_of_the_list_is_refused(wanted: PageArguments, field: str) -> None:
    """With the argument that is wrong."""
    with pytest.raises(Invalid) as caught:
        connection_of(["a", "b"], str, wanted)
    assert caught.value.field == [field]


def test_a_menu_of_all_countries_is_one_page_in_the_readers_order() -> None:
    """249 of them."""
    text = "{ regionsConnection(kind: COUNTRY, first: 300) { totalCount totalCountPrecision pageInfo { hasNextPage } nodes { code name } } }"
    found = read(text, "es")["regionsConnection"]
    assert (found["totalCount"], found["totalCountPrecision"], found["pageInfo"]["hasNextPage"]) == (
        249,
        "EXACT",
        False,
    )
    assert len(found["nodes"]) == 249
    assert found["nodes"][2] == {"code": "DE", "name": "Alemania"}


def test_menus_of_a_form_are_one_operation() -> None:
    """Of countries, specialties, professions and languages, within the limit of cost."""
    text = (
        "{ regionsConnection(kind: COUNTRY, first: 300) { nodes { id name } } specialtiesConnection(first: 300) { nodes { id name } } "
        "professionsConnection(first: 300) { nodes { id name } } languages(first: 1000) { totalCount nodes { tag name localName } } }"
    )
    found = read(text, "de")
    assert len(found["specialtiesConnection"]["nodes"]) == len(specialties.specialties())
    assert len(found["professionsConnection"]["nodes"]) == len(specialties.professions())
    assert found["languages"]["totalCount"] == len(found["languages"]["nodes"]) == len(languages.tags())
    assert {"tag": "es", "name": "Spanisch", "localName": "español"} in found["languages"]["nodes"]
    entries = 300 + len(specialties.specialties()) + len(specialties.professions()) + len(languages.tags())
    assert cost_of(text).cost == 4 + entries  # of a page that is longer than its catalogue, the catalogue


@pytest.mark.parametrize(
    ("text", "reader", "code"), [("Deutschland", "es", "DE"), ("Alemania", "de", "DE"), ("ägypt", "fr", "EG")]
)
def test_a_text_in_any_language_finds_a_region(text: str, reader: str, code: str) -> None:
    """In the list, too, that has no pages."""
    query = f'{{ regions(text: "{text}", first: 3) {{ code }} regionsConnection(text: "{text}", first: 3) {{ nodes {{ code }} }} }}'
    found = read(query, reader)
    assert found == {"regions": [{"code": code}], "regionsConnection": {"nodes": [{"code": code}]}}


@pytest.mark.parametrize(("kind", "code"), [("Region", "DE-BY"), ("Region", "WHO:EURO"), ("Profession", "2212")])
def test_an_entry_has_one_id(kind: str, code: str) -> None:
    """By which `node` finds it."""
    own = encode(kind, code)
    found = read(f'{{ node(id: "{own}") {{ __typename id ... on {kind} {{ code name }} }} }}')["node"]
    assert (found["__typename"], found["id"], found["code"]) == (kind, own, code)
    parents = read(f'{{ node(id: "{encode("Region", "DE-BY")}") {{ ... on Region {{ parents {{ id }} }} }} }}')
    assert parents == {"node": {"parents": [{"id": encode("Region", "DE")}]}}


def test_an_entry_that_does_not_exist_is_null() -> None:
    """Whatever the form of its code."""
    for kind, code in (("Region", "ZZ"), ("Profession", "0000"), ("Language", "qq"), ("Language", "DE")):
        assert read(f'{{ node(id: "{encode(kind, code)}") {{ id }} }}') == {"node": None}
    own = encode("Language", "pt-BR")
    found = read(f'{{ node(id: "{own}") {{ id ... on Language {{ tag name localName }} }} }}', "de")["node"]
    assert found == {"id": own, "tag": "pt-BR", "name": "Portugiesisch (Brasilien)", "localName": "português (Brasil)"}


def test_a_long_list_is_read_from_its_end() -> None:
    """A thousand entries at a time."""
    assert len(regions.all_regions()) > 5_000  # more than a page: these are read by pages as well
    text = "{ regionsConnection(kind: SUBDIVISION, last: 1000) { pageInfo { hasPreviousPage hasNextPage } nodes { code } } }"
    found = read(text)["regionsConnection"]
    assert len(found["nodes"]) == 1_000
    assert found["pageInfo"] == {"hasPreviousPage": True, "hasNextPage": False}
