"""Stored snapshots of each version are read as if they were of today; `tests/data/snapshots.jsonl` has one of each, a line a version."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from graph.people.domain import projection
from kit import cards
from kit.cards import Relation, audience_of, card
from kit.profile_fields import PLAIN, Fixed, Kind, ProfileField
from kit.snapshots import SCHEMA, read_snapshot
from profiles.people.domain import Holder, OtherName, Person, Standing, ValidCredential, snapshot

TODAY = date(2026, 11, 27)
OWN = Relation(self=True, connected=False, co_member=False, viewer_verified=False)
STRANGER = Relation(self=False, connected=False, co_member=False, viewer_verified=False)
CONNECTED = Relation(self=False, connected=True, co_member=False, viewer_verified=False)
EXAMPLES = (Path(__file__).parents[2] / "data" / "snapshots.jsonl").read_text(encoding="utf-8").splitlines()
VERSIONS = range(1, SCHEMA + 1)


def example(version: int) -> dict[str, Any]:
    """Ada's snapshot as a version has written it."""
    found: dict[str, Any] = json.loads(EXAMPLES[version - 1])
    return found


def lacking(version: int) -> dict[str, Any]:
    """What Ada's card says instead where a version did not know it yet."""
    today = card(read_snapshot(example(SCHEMA)), OWN, TODAY)
    found: dict[str, Any] = {}
    if version < 2:
        found["institutions"] = [place | {"verified": False} for place in today["institutions"]]
    if version < 4:
        found["licences"] = [licence | {"holder_name": None} for licence in today["licences"]]
    if version < 6:
        found["other_names"] = []
    return found


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("relation", [OWN, CONNECTED, STRANGER], ids=["own", "connected", "stranger"])
def test_a_card_of_each_version_is_that_of_today(version: int, relation: Relation) -> None:
    """But for what the version did not know."""
    expected = card(read_snapshot(example(SCHEMA)), relation, TODAY) | lacking(version)
    assert card(read_snapshot(example(version)), relation, TODAY) == expected


@pytest.mark.parametrize("version", VERSIONS)
def test_a_projection_of_each_version_is_that_of_today(version: int) -> None:
    """The search reads the same; what is stored is the snapshot as it came."""
    stored = example(version)
    found, today = projection(stored), projection(example(SCHEMA))
    assert json.loads(found["properties"].pop("snapshot")) == stored
    del today["properties"]["snapshot"]
    if version < 3:
        today["properties"]["path_opt_in"] = False
    if version < 9:
        today["properties"]["practice_status"] = None
    if version < 6:
        today["properties"]["search_text"] = found["properties"]["search_text"]
        assert "holm" not in found["properties"]["search_text"]
    if version < 7:
        today["former_handles"] = []
    assert found == today


@pytest.mark.parametrize("version", VERSIONS)
def test_a_plain_field_that_a_stored_snapshot_lacks_is_empty(version: int) -> None:
    """So that a new one breaks no card."""
    for field in PLAIN:
        stored = example(version)
        stored.pop(field.name, None)
        assert card(read_snapshot(stored), OWN, TODAY)[field.name] == field.empty
        assert projection(stored)["id"] == stored["id"]


def test_a_snapshot_of_a_later_version_is_read_as_far_as_it_is_known() -> None:
    """While an installation is updated, profiles may be ahead of graph; what is not declared is shown to nobody."""
    later = example(SCHEMA) | {"schema": SCHEMA + 1, "birthday": "1815-12-10"}
    assert card(read_snapshot(later), OWN, TODAY) == card(read_snapshot(example(SCHEMA)), OWN, TODAY)


def test_a_field_without_an_audience_is_its_owners_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever forgets to say who sees a field hides it."""
    field = ProfileField("birthday", Kind.LINE)
    assert field.seen_by is Fixed.OWNER
    everybody, others = cards.rows([field])
    assert everybody == ()
    monkeypatch.setattr(cards, "_OTHERS", others)
    stored = read_snapshot(example(SCHEMA) | {"birthday": "10 December", "visibility": {"BIRTHDAY": "MEMBERS"}})
    assert card(stored, OWN, TODAY)["birthday"] == "10 December"
    assert card(stored, CONNECTED, TODAY)["birthday"] is None
    assert audience_of(stored, "BIRTHDAY") == "NOBODY"


def form(value: Any) -> Any:
    """The keys of a value at any depth, with the kinds of what stands there."""
    if isinstance(value, dict):
        return {key: form(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [form(value[0])] if value else []
    return type(value).__name__


def written_today() -> dict[str, Any]:
    """Ada's snapshot as profiles writes it now, as JSON."""
    at, holder = datetime(2026, 2, 1, tzinfo=UTC), Holder("Ada Lind", "2212", ("cardiology",))

    def credential(kind: str, **fields: Any) -> ValidCredential:
        given: dict[str, Any] = {
            "authority": None, "specialty": None, "standing": "GOOD", "source_as_of": None, "expires_on": None, **fields
        }  # fmt: skip
        return ValidCredential(
            id=kind,
            kind=kind,
            jurisdiction="DE",
            method="CALL",
            checked_on=at.date(),
            holder=holder,
            decided_at=at,
            **given,
        )

    person = Person(
        id="ada", handle="ada-lind", name="Ada Lind", profession="2212", practice_status="PRACTISING", specialties=[{"code": "cardiology", "primary": True}],
        regions=["DE-SH"], claimed=True, provenance=[], version=7, created_at=at, path_opt_in=True, former_handles=["ada-holm"],
        institutions=[{"id": "i", "name": "Klinik", "region": "DE", "role": "Consultant", "current": True, "verified": False}],
        contacts=[{"system": "EMAIL", "value": "ada@example.org"}], visibility={"ABOUT": "CONNECTIONS"},
        plain={field.name: example(SCHEMA).get(field.name, field.empty) for field in PLAIN},
    )  # fmt: skip
    credentials = [
        credential("IDENTITY"), credential("EMPLOYMENT", institution_id="i"),
        credential("LICENCE", authority="de-kbv", specialty="cardiology", expires_on=date(2027, 12, 31)),
        credential("NAME", other_name=OtherName("Ada Holm", "FORMER")),
    ]  # fmt: skip
    standing = Standing(credentials, roles=["MEMBER"], lost=[{"jurisdiction": "NO", "standing": "SUSPENDED"}])
    found: dict[str, Any] = json.loads(json.dumps(snapshot(person, standing), default=str))
    return found


def test_a_change_of_the_form_counts_the_version_up() -> None:
    """Count `kit.snapshots.SCHEMA` up and add an example to tests/data/snapshots.jsonl; a new plain field needs neither."""
    assert len(EXAMPLES) == SCHEMA
    plain, today, committed = {field.name for field in PLAIN}, written_today(), example(SCHEMA)
    assert today["schema"] == SCHEMA
    assert today.keys() - committed.keys() <= plain
    assert {key: form(today[key]) for key in committed} == form(committed)
