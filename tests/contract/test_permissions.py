"""Every operation of the schema does what the table of permissions says."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    is_required_argument,
    is_required_input_field,
)

from gateway.ids import encode
from gateway.schema import schema
from tests.support.operations import ABSENT
from tests.support.stack import Stack

TABLE = tomllib.loads((Path(__file__).parent / "permissions.toml").read_text(encoding="utf-8"))
UNCONFIRMED = TABLE.pop("Unconfirmed")
SUSPENDED = TABLE.pop("Suspended")
ROWS = [(kind, name, who) for kind, rows in TABLE.items() for name, who in rows.items() if kind != "Subscription"]
# Who is not among those whom a row names, with the code that they get.
REFUSED = {
    "member": [(None, "UNAUTHENTICATED")],
    "desk": [(None, "UNAUTHENTICATED"), ("noel", "FORBIDDEN"), ("mod", "FORBIDDEN")],
    "moderator": [(None, "UNAUTHENTICATED"), ("noel", "FORBIDDEN"), ("vera", "FORBIDDEN")],
    "admin": [(None, "UNAUTHENTICATED"), ("noel", "FORBIDDEN"), ("vera", "FORBIDDEN"), ("mod", "FORBIDDEN")],
    "verifier": [(None, "UNAUTHENTICATED"), ("noel", "FORBIDDEN"), ("admin", "FORBIDDEN")],
}


def test_the_table_lists_every_operation_and_no_other() -> None:
    """A new operation is listed before it is served."""
    for kind in ("Query", "Mutation", "Subscription"):
        served = schema().type_map[kind].fields  # type: ignore[attr-defined]
        assert sorted(TABLE[kind]) == sorted(served)


def literal(kind: object) -> str:
    """The shortest literal of an input type."""
    if isinstance(kind, GraphQLNonNull):
        return literal(kind.of_type)
    if isinstance(kind, GraphQLList):
        return "[]"
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    if isinstance(kind, GraphQLScalarType):
        samples = {"Int": "1", "Boolean": "true", "ID": f'"{encode("Credential", ABSENT)}"', "Date": '"2026-01-01"'}
        return samples.get(kind.name, '"x"')
    assert isinstance(kind, GraphQLInputObjectType)
    if kind.is_one_of:
        name, chosen = next(iter(kind.fields.items()))
        return f"{{{name}: {literal(chosen.type)}}}"
    needed = ", ".join(f"{n}: {literal(f.type)}" for n, f in kind.fields.items() if is_required_input_field(f))
    return f"{{{needed}}}"


def operation(kind: str, name: str) -> str:
    """The shortest operation on a root field."""
    found = schema().type_map[kind].fields[name]  # type: ignore[attr-defined]
    needed: dict[str, GraphQLArgument] = {n: a for n, a in found.args.items() if is_required_argument(a)}
    arguments = ", ".join(f"{n}: {literal(a.type)}" for n, a in needed.items())
    kinds = {
        "takeFlag": "Flag", "decideFlag": "Flag", "decideHiding": "HidingRequest", "restoreDirectoryProfile": "Professional",
        "updateAuthority": "Authority",
    }  # fmt: skip
    if name in kinds:
        arguments = arguments.replace(encode("Credential", ABSENT), encode(kinds[name], ABSENT))
    if name == "node":  # a thing that everybody may see
        arguments = f'id: "{encode("Specialty", "cardiology")}"'
    shape = "userErrors { code }" if kind == "Mutation" else "__typename"
    return f"{kind.lower()} {{ {name}{f'({arguments})' if arguments else ''} {{ {shape} }} }}"


@pytest.mark.parametrize(("kind", "name", "who"), ROWS)
def test_an_operation_refuses_whom_the_table_does_not_name(stack: Stack, kind: str, name: str, who: str) -> None:
    """By a user error of a mutation, by an error of a query; open operations answer signed out."""
    query = operation(kind, name)
    for person, code in REFUSED.get(who, []):
        answer = stack.run(query, stack.sign_in(person) if person else None)
        if kind == "Mutation":
            codes = [error["code"] for error in answer["data"][name]["userErrors"]]
        else:
            codes = [error["extensions"]["code"] for error in answer["errors"]]
            assert answer["data"][name] is None
        assert codes == [code], person
    if who == "anyone":
        answer = stack.run(query)
        assert "UNAUTHENTICATED" not in str(answer)
