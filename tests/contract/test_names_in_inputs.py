"""Inputs name entries of catalogues by code and everything else by id; each says so."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from graphql import (
    GraphQLArgument,
    GraphQLInputField,
    GraphQLScalarType,
    get_named_type,
    is_input_object_type,
    is_object_type,
    is_specified_scalar_type,
)

from catalogues.authorities import authorities
from gateway.ids import NAMED_BY_CODE, encode, expect
from gateway.schema import schema
from kit.errors import Invalid

# What an input that names an entry of a catalogue may be called, and its type. One that is called otherwise is added here.
CODES = {
    **dict.fromkeys(("region", "regions", "jurisdiction", "jurisdictions", "licensedIn", "within"), "RegionCode"),
    "acrossBordersFrom": "RegionCode", "country": "CountryCode",
    **dict.fromkeys(("language", "languages", "localLanguage"), "LanguageTag"),
    **dict.fromkeys(("specialty", "specialties", "primarySpecialty", "under", "profession", "professions"), "String"),
}  # fmt: skip
CODE_TYPES = {"RegionCode", "CountryCode", "LanguageTag"}


def inputs() -> Iterator[tuple[str, str, GraphQLInputField | GraphQLArgument]]:
    """Every field of an input and every argument: where it is, its name, and itself."""
    for kind in schema().type_map.values():
        if kind.name.startswith("__"):
            continue
        if is_input_object_type(kind):
            for name, field in kind.fields.items():
                yield f"{kind.name}.{name}", name, field
        elif is_object_type(kind):
            for name, field in kind.fields.items():
                for own, argument in field.args.items():
                    yield f"{kind.name}.{name}({own})", own, argument


INPUTS = list(inputs())


def test_entries_of_catalogues_are_named_by_code() -> None:
    """Under names that everybody knows, with a type that says which code it is, or a description that does."""
    for place, name, own in INPUTS:
        kind = get_named_type(own.type).name
        if name in CODES:
            assert kind == CODES[name], place
            assert kind != "String" or re.search(r"\b[Cc]odes?\b", own.description or ""), place
        else:
            assert kind not in CODE_TYPES, place
            assert not re.search("specialt(y|ies)$|professions?$|region", name, flags=re.I), place


def test_objects_are_named_by_id() -> None:
    """And the description says whose; of an authority, that its code does too."""
    seen = 0
    for place, name, own in INPUTS:
        if get_named_type(own.type).name != "ID":
            assert name != "authority", place
            continue
        seen += 1
        assert re.search(r"\b[Ii]ds?\b", own.description or ""), place
        assert name not in CODES, place
        of_authority = name == "authority" or place == "UpdateAuthorityInput.id"
        assert bool(re.search(r"\bcode\b", own.description or "")) == of_authority, place
    assert seen > 80


def test_an_authority_is_named_by_code_or_id() -> None:
    """Every authority; no code looks like an id, and what is neither is refused."""
    assert {"Authority"} == NAMED_BY_CODE
    for code in authorities():
        assert (
            expect(code, "Authority", "authority")
            == expect(encode("Authority", code), "Authority", "authority")
            == code
        )
    for wrong in ("", "DE", "../x", encode("Specialty", "cardiology"), encode("Authority", "A B")):
        with pytest.raises(Invalid, match="a code or an id of the type Authority"):
            expect(wrong, "Authority", "authority")
    with pytest.raises(Invalid, match="an id of the type Institution"):
        expect("ie-imc", "Institution", "institution")


def test_every_scalar_says_where_it_is_specified() -> None:
    """With an address, so that generators of code know what it holds."""
    own = [
        kind
        for kind in schema().type_map.values()
        if isinstance(kind, GraphQLScalarType) and not is_specified_scalar_type(kind)
    ]
    assert len(own) >= 5
    assert [kind.name for kind in own if not (kind.specified_by_url or "").startswith("https://")] == []
