"""Every list that names fields of a profile agrees with their declarations."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from graphene.utils.str_converters import to_snake_case
from graphql import GraphQLInputObjectType, GraphQLObjectType

from gateway.list_sizes import ListSize
from gateway.schema import schema
from kit.cards import AUDIENCES
from kit.holdings import Erasure
from kit.profile_fields import FIELDS, LISTS, PLAIN, SETTINGS, TEXTS, Kind, ProfileField
from profiles.imports.schemas import ROW_TYPES
from profiles.people.schemas import ProfileChanges
from profiles.people.store import CHANGEABLE
from profiles.rights.holdings import HOLDINGS

ROOT = Path(__file__).parents[3]
NAMES = {field.name for field in PLAIN}


def fields_of(name: str) -> set[str]:
    """The fields of a type of the schema, as Python spells them."""
    found = schema().get_type(name)
    assert isinstance(found, GraphQLObjectType | GraphQLInputObjectType)
    return {to_snake_case(field) for field in found.fields}


@pytest.mark.parametrize("field", PLAIN, ids=lambda field: field.name)
def test_a_plain_field_declares_its_limits_and_says_what_it_is(field: ProfileField) -> None:
    """What a text may be long, and a list."""
    assert (field.max_length > 0) == (field.kind is not Kind.LANGUAGES)
    assert (field.max_items > 0) == (field.kind in LISTS)
    assert field.description.endswith(".")
    assert field.input_description.endswith(".")
    assert field.kind in TEXTS or not field.searchable


def test_no_name_is_declared_twice() -> None:
    """Neither of a field nor of a setting; every default is an audience."""
    assert len({field.name for field in FIELDS}) == len(FIELDS)
    assert len({setting.name for setting in SETTINGS}) == len(SETTINGS)
    assert {setting.default for setting in SETTINGS} <= set(AUDIENCES)


def test_the_schema_shows_every_field_of_a_card() -> None:
    """And takes every plain one."""
    assert {field.name for field in FIELDS} <= fields_of("Professional")
    assert fields_of("UpdateProfileInput") >= NAMES


def test_the_list_of_settings_has_room_for_all() -> None:
    """So that a new one changes neither what the schema promises nor what a query costs."""
    viewer = schema().get_type("Viewer")
    assert isinstance(viewer, GraphQLObjectType)
    size = ListSize.of(viewer.fields["visibility"])
    assert size is not None
    assert size.max_items is not None
    assert len(SETTINGS) <= size.max_items


def test_what_the_schema_takes_is_what_profiles_takes() -> None:
    """No field more, and none less; the rest of an input says how it is sent."""
    assert set(ProfileChanges().fields) == fields_of("UpdateProfileInput") - {
        "client_mutation_id",
        "idempotency_key",
        "validate",
    }


def test_a_plain_field_is_stored_imported_exported_and_erased() -> None:
    """Whatever it is: there is no declaration that leaves it out."""
    assert CHANGEABLE >= NAMES
    assert ROW_TYPES.keys() >= NAMES
    kept = {name for one in HOLDINGS if one.place == "person" and one.archive == "profile.json"
            and one.erasure is Erasure.DELETED for name in one.fields}  # fmt: skip
    assert kept >= NAMES


def test_the_table_of_free_texts_lists_what_is_not_guarded() -> None:
    """It says the reason."""
    table = tomllib.loads((ROOT / "tests" / "contract" / "free_texts.toml").read_text(encoding="utf-8"))["fields"]
    listed = {to_snake_case(name.partition(".")[2]) for name in table if name.startswith("updateProfile.")}
    assert listed & NAMES == {field.name for field in PLAIN if not field.guarded}


def test_the_privacy_document_names_every_plain_field() -> None:
    """In the row of the profile."""
    text = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
    row = next(line for line in text.splitlines() if line.startswith("| profile: "))
    said = row.split("|")[1].removeprefix(" profile: ").strip().split(", ")
    assert {name.replace("_", " ") for name in NAMES} <= set(said)
