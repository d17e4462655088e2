"""A person's card as each audience sees it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kit.cards import VISIBILITY_FIELDS, Relation, card, level_on
from kit.profile_fields import FIELDS, LISTS, PLAIN, Setting
from kit.snapshots import Snapshot, read_snapshot

TODAY = date(2026, 11, 21)
STRANGER = Relation(self=False, connected=False, co_member=False, viewer_verified=False)


def a_snapshot(**fields: Any) -> Snapshot:
    """A verified cardiologist's snapshot, with something in every plain field."""
    licence = {
        "id": "l", "jurisdiction": "DE", "authority": "de-kbv", "holder_name": "Ada", "profession": "2212", "specialty": "cardiology",
        "standing": "GOOD", "method": "PRIMARY_SOURCE", "source_as_of": None, "checked_on": "2026-01-01",
        "expires_on": "2026-12-31",
    }  # fmt: skip
    texts = {field.name: [field.name] if field.kind in LISTS else field.name for field in PLAIN}
    stored = texts | {
        "id": "p", "version": 1, "handle": "ada", "name": "Ada", "claimed": True, "provenance": [], "headline": "H",
        "about": "A", "profession": "2212",
        "specialties": [
            {"code": "cardiology", "primary": True, "verified": [{"country": "DE", "until": "2026-12-31"}]}
        ],
        "regions": ["DE"], "languages": ["de"], "interests": ["x"], "institutions": [],
        "contacts": [{"system": "EMAIL", "value": "a@x.example"}], "visibility": {}, "licences": [licence],
        "identity": [None], "suspended": False, "roles": [], "joined_at": "2026-01-01T00:00:00Z",
    }  # fmt: skip
    return read_snapshot(stored | fields)


def test_contacts_are_for_connections_unless_their_owner_says_otherwise() -> None:
    """The safe default."""
    assert card(a_snapshot(), STRANGER, TODAY)["contacts"] is None
    connected = Relation(self=False, connected=True, co_member=False, viewer_verified=False)
    assert card(a_snapshot(), connected, TODAY)["contacts"] == [{"system": "EMAIL", "value": "a@x.example"}]


@pytest.mark.parametrize(
    ("audience", "relation", "seen"),
    [
        ("MEMBERS", STRANGER, True),
        ("VERIFIED", STRANGER, False),
        ("VERIFIED", Relation(self=False, connected=False, co_member=False, viewer_verified=True), True),
        ("GROUPS", STRANGER, False),
        ("GROUPS", Relation(self=False, connected=False, co_member=True, viewer_verified=False), True),
        ("CONNECTIONS", Relation(self=False, connected=False, co_member=True, viewer_verified=True), False),
        ("CONNECTIONS", Relation(self=False, connected=True, co_member=False, viewer_verified=False), True),
        ("NOBODY", Relation(self=False, connected=True, co_member=True, viewer_verified=True), False),
        ("NOBODY", Relation(self=True, connected=False, co_member=False, viewer_verified=False), True),
    ],
)
def test_each_audience_sees_what_is_meant_for_it(audience: str, relation: Relation, seen: bool) -> None:
    """A hidden name shows the handle instead."""
    shown = card(a_snapshot(visibility={"NAME": audience, "HEADLINE": audience}), relation, TODAY)
    assert (shown["name"], shown["name_hidden"]) == (("Ada", False) if seen else ("ada", True))
    assert shown["headline"] == ("H" if seen else None)


@pytest.mark.parametrize("field", VISIBILITY_FIELDS)
def test_each_field_that_can_be_hidden_is(field: str) -> None:
    """By its declaration; the handle stands in place of the name, and the two lists are left out where they are read."""
    expected = {one.name: one.empty for one in FIELDS if isinstance(one.seen_by, Setting) and one.seen_by.name == field}
    if field == "NAME":
        expected = {"name": "ada", "name_hidden": True, **expected}
    everybody = dict.fromkeys(VISIBILITY_FIELDS, "MEMBERS")
    names = [{"text": "Ada K.", "use": "PREFERRED", "until": None}]
    shown = card(a_snapshot(visibility=everybody, other_names=names), STRANGER, TODAY)
    hidden = card(a_snapshot(visibility=everybody | {field: "NOBODY"}, other_names=names), STRANGER, TODAY)
    if field == "NAME":
        expected["licences"] = [licence | {"holder_name": None} for licence in shown["licences"]]
    assert {key: hidden[key] for key in shown if hidden[key] != shown[key]} == expected
    assert expected or field in {"GROUPS", "CONNECTIONS"}


def test_the_level_falls_by_itself_when_the_licence_expires() -> None:
    """Time passes without an event."""
    assert level_on(a_snapshot(), TODAY) == "RIGHT_TO_PRACTISE"
    assert level_on(a_snapshot(), date(2027, 1, 1)) == "IDENTITY"
    later = card(a_snapshot(), STRANGER, date(2027, 1, 1))
    assert later["licences"] == []
    assert later["practised_specialties"][0]["verified_in"] == []


@pytest.mark.parametrize("standing", ["SUSPENDED", "REVOKED", "LAPSED", "UNKNOWN"])
def test_a_licence_that_is_not_in_good_standing_does_not_count_and_is_not_shown(standing: str) -> None:
    """Others see only licences in good standing or with conditions."""
    snapshot = a_snapshot()
    snapshot["licences"][0]["standing"] = standing
    assert level_on(snapshot, TODAY) == "IDENTITY"
    assert card(snapshot, STRANGER, TODAY)["licences"] == []


@pytest.mark.parametrize(
    ("stated", "profession", "shown", "level"),
    [
        (None, "2212", "PRACTISING", "RIGHT_TO_PRACTISE"),
        (None, None, None, "RIGHT_TO_PRACTISE"),
        ("TRAINEE", "2212", "TRAINEE", "RIGHT_TO_PRACTISE"),  # a resident has a licence
        ("RETIRED", "2212", "RETIRED", "IDENTITY"),
        ("NOT_PRACTISING", None, "NOT_PRACTISING", "IDENTITY"),
        ("DECEASED", "2212", "DECEASED", "IDENTITY"),
    ],
)
def test_nobody_who_does_not_practise_any_more_has_the_right_to(
    stated: str | None, profession: str | None, shown: str | None, level: str
) -> None:
    """Whatever licence is validated; and a status that nobody has stated follows from the profession."""
    snapshot = a_snapshot(practice_status=stated, profession=profession)
    seen = card(snapshot, STRANGER, TODAY)
    assert (seen["practice_status"], seen["verification"]) == (shown, level)
