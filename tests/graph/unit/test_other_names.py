"""Who sees and finds a person's other names, and until when."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from graph.peers.network import Network, PeerCriteria
from graph.people.domain import projection, search_words
from kit.cards import Relation, card
from tests.graph.unit.test_cards import STRANGER, a_snapshot

TODAY = date(2026, 11, 26)
CONNECTED = Relation(self=False, connected=True, co_member=False, viewer_verified=False)
NAMES = [
    {"text": "Countess Lovelace", "use": "PREFERRED", "until": None},
    {"text": "Ада Лавлейс", "use": "TRANSLITERATED", "until": None},
    {"text": "Ada Byron", "use": "FORMER", "until": "2026-11-30"},
    {"text": "Ada King", "use": "PREFERRED", "until": None},
]


def projected(**fields: Any) -> dict[str, Any]:
    """What the graph stores of Ada with her names."""
    snapshot = a_snapshot(other_names=NAMES, **fields)
    stored: dict[str, Any] = projection(snapshot)["properties"]
    return stored


def found(text: str, on: date, *, by_index: bool, **fields: Any) -> bool:
    """Whether somebody finds Ada by a text on a day, where texts are read here or looked up in the full-text index."""
    stored, network = projected(**fields), Network()
    network.apply(
        {"id": "ada", "properties": stored | {"version": 1}, "practised": [], "licensed": [], "connections": [], "groups": [],
         "blocks": []}, 1,
    )  # fmt: skip
    words = search_words(text)
    indexed = f" {stored['search_text']}"
    matching = (["ada"] if all(f" {word}" in indexed for word in words) else []) if by_index else None
    return len(network.select(PeerCriteria("bob", on.isoformat(), words=words), matching=matching)) == 1


def test_other_names_stand_beside_the_name_and_the_newest_preferred_one_is_named() -> None:
    """The name itself stays the verified one."""
    shown = card(a_snapshot(other_names=NAMES), STRANGER, TODAY)
    assert (shown["name"], shown["preferred_name"]) == ("Ada", "Countess Lovelace")
    assert shown["other_names"] == [{"text": one["text"], "use": one["use"]} for one in NAMES]
    assert [one["text"] for one in card(a_snapshot(other_names=NAMES), STRANGER, date(2026, 12, 1))["other_names"]] == [
        "Countess Lovelace", "Ада Лавлейс", "Ada King",
    ]  # fmt: skip
    assert card(a_snapshot(other_names=NAMES[1:3]), STRANGER, TODAY)["preferred_name"] is None


def test_a_snapshot_of_the_version_before_has_no_other_names() -> None:
    """It is read while services are upgraded one after the other."""
    shown = card(a_snapshot(), STRANGER, TODAY)
    assert (shown["preferred_name"], shown["other_names"]) == (None, [])


@pytest.mark.parametrize("audience", ["NOBODY", "CONNECTIONS", "GROUPS", "VERIFIED"])
def test_who_hides_the_name_hides_every_name(audience: str) -> None:
    """From those who may not see it, and from every search."""
    snapshot = a_snapshot(other_names=NAMES, visibility={"NAME": audience})
    hidden = card(snapshot, STRANGER, TODAY)
    assert (hidden["name"], hidden["preferred_name"], hidden["other_names"]) == ("ada", None, [])
    assert card(snapshot, CONNECTED, TODAY)["preferred_name"] == (None if audience == "NOBODY" else "Countess Lovelace")
    for text in ("Countess", "Ада", "Byron", "King"):
        for by_index in (False, True):
            assert not found(text, TODAY, by_index=by_index, visibility={"NAME": audience}), text
    assert found("ada", TODAY, by_index=False, visibility={"NAME": audience})  # the handle


@pytest.mark.parametrize("by_index", [False, True])
@pytest.mark.parametrize(
    ("text", "on", "finds"),
    [
        ("Countess", TODAY, True),
        ("лавлейс", TODAY, True),
        ("ада лав", TODAY, True),
        ("byron", TODAY, True),
        ("Byron Countess", TODAY, True),
        ("byron", date(2026, 11, 30), True),
        ("byron", date(2026, 12, 1), False),
        ("byron countess", date(2026, 12, 1), False),
        ("2026", TODAY, False),
        ("ountess", TODAY, False),
        ("Babbage", TODAY, False),
    ],
)
def test_a_person_is_found_by_each_of_their_names_as_long_as_it_holds(
    text: str, on: date, finds: bool, by_index: bool
) -> None:
    """In any script, by the beginnings of words, up to the last day."""
    assert found(text, on, by_index=by_index) is finds


def test_other_names_move_nobody_in_an_order_by_name() -> None:
    """People are listed by the verified name."""
    assert projected()["sort_name"] == "ada"


def test_an_erased_person_is_found_by_nothing() -> None:
    """Also by names that end."""
    network = Network()
    row = {"id": "ada", "properties": projected() | {"version": 1}, "practised": [], "licensed": [], "connections": [],
           "groups": [], "blocks": []}  # fmt: skip
    network.apply(row, 1)
    network.erase("ada", 2)
    assert network.dated == {}
    assert len(network.select(PeerCriteria("bob", TODAY.isoformat(), words=["byron"]))) == 0
