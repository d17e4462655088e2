"""Selections of everything that the schema shows, made from the schema, and whether answers agree about each object.

A client that normalises (Apollo, Relay, urql) keeps each object once, by its id. So an object must say the same wherever
it stands in an answer: in a list, below another object, under `node`, in the payload of a mutation.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLObjectType,
    Undefined,
    get_named_type,
    is_leaf_type,
    is_non_null_type,
    is_object_type,
)

from gateway.execution import Engine, RequestRejected
from gateway.schema import schema

ENGINE = Engine.of(schema())
PAGE = 4
MAX_COST = 1_500
# What differs from one moment to the next by itself, makes a signed statement, or is a secret.
LEFT_OUT = {
    "rateLimit", "verificationProof", "downloadUrl", "uploadUrl", "lastSeenAt", "lastUsedAt", "clientMutationId", "userErrors",
    "session", "secret", "otpauthUri", "recoveryCodes", "waitingHoursP50", "waitingHoursP90",
    "rechecked", "recheckedAt", "opened", "restored",  # what the worker has done of an import of a register
    "candidates",  # asked for each of up to 150 gaps
}  # fmt: skip
WHOLE, LEAVES, ID = 0, 1, 2  # how much of an object: pages and other objects too, what it says itself, or its id
DEEPEST = 4


def _is_entity(kind: Any) -> bool:
    return is_object_type(kind) and "id" in kind.fields


def _arguments(given: GraphQLField) -> str | None:
    """The arguments of a field; None where it needs one that is not known here."""
    if any(
        is_non_null_type(one.type) and one.default_value is Undefined
        for name, one in given.args.items()
        if name != "first"
    ):
        return None
    return f"(first: {PAGE})" if "first" in given.args else ""


def _below(kind: Any, much: int, depth: int) -> str:
    if not is_object_type(kind) or (much == ID and _is_entity(kind)):
        return "{ __typename id }"
    parts = [part for name, one in kind.fields.items() if (part := selection(name, one, much, depth))]
    return "{ " + " ".join(["__typename", *parts]) + " }"


def selection(name: str, given: GraphQLField, much: int = WHOLE, depth: int = 0) -> str | None:
    """A field with what is below it; None where it is left out."""
    arguments, kind = _arguments(given), get_named_type(given.type)
    if name in LEFT_OUT or arguments is None or depth > DEEPEST:
        return None
    if is_leaf_type(kind):
        return name + arguments
    if is_object_type(kind) and "pageInfo" in kind.fields:
        if much != WHOLE:
            return None
        assert isinstance(kind, GraphQLObjectType)
        counts = " ".join(one for one in ("totalCount", "unreadCount") if one in kind.fields)
        nodes = _below(get_named_type(kind.fields["nodes"].type), LEAVES, depth + 1)
        return f"{name}{arguments} {{ {counts} pageInfo {{ hasNextPage hasPreviousPage }} nodes {nodes} }}"
    many = name in {"mentions", "hosts"}  # so many people that an operation with all of them is too large
    return name + arguments + " " + _below(kind, ID if many else min(ID, much + 1), depth + 1)


def _fits(text: str) -> bool:
    try:
        prepared = ENGINE.prepare(text, introspection=True)
        return ENGINE.cost(prepared, ENGINE.operation(prepared, None), {"id": "", "input": {}}).cost <= MAX_COST
    except RequestRejected:
        return False


def _operations(head: str, kind: Any, tail: str) -> list[str]:
    """Operations that select everything of an object, each as much as the limits allow."""
    found: list[str] = []
    now = ""
    for name, given in kind.fields.items():
        part = selection(name, given)
        if part is None:
            continue
        if not _fits(head + now + part + tail):
            found.append(head + now + tail)
            now = ""
            assert _fits(head + part + tail), part
        now += part + " "
    return [*found, head + now + tail]


@cache
def of_node(kind: str) -> list[str]:
    """Operations that read a thing by its $id."""
    start = f"query($id: ID!) {{ node(id: $id) {{ __typename ... on {kind} {{ id "
    return _operations(start, schema().type_map[kind], " } } }")


@cache
def of_viewer() -> list[str]:
    """Operations that read oneself, with all one's lists."""
    return _operations("{ viewer { ", schema().type_map["Viewer"], " } }")


@cache
def of_lists() -> list[str]:
    """The lists at the root that need no filter."""
    query = schema().query_type
    assert query is not None
    return [
        f"{{ {part} }}"
        for name, given in query.fields.items()
        if "first" in given.args and (part := selection(name, given)) is not None
    ]


@cache
def of_payload(mutation: str) -> str:
    """What a mutation's payload shows, as much as the limits allow."""
    mutations = schema().mutation_type
    assert mutations is not None
    kind: Any = get_named_type(mutations.fields[mutation].type)
    name, found = mutation[0].upper() + mutation[1:], ""
    for one, given in kind.fields.items():
        part = selection(one, given)
        text = f"mutation($input: {name}Input!) {{ {mutation}(input: $input) {{ {found}{part} userErrors {{ code field message }} }} }}"
        if part is not None and _fits(text):
            found += part + " "
    return found


Key = tuple[str, str, str]


@dataclass
class Objects:
    """What answers to one person say about each object, and where two say something else.

    Args:
        said: by type, id and field: the value, and where it stood first.
        compared: how many values stood in several places.
        differing: a field of an object, with both values and where they stood.
    """

    said: dict[Key, tuple[Any, str]] = field(default_factory=dict)
    compared: int = 0
    differing: list[str] = field(default_factory=list)

    def take(self, value: Any, where: str) -> Any:
        """Take in an answer, or a part of it; returns it with ids in place of objects."""
        if isinstance(value, list):
            return [self.take(one, where) for one in value]
        if not isinstance(value, dict):
            return value
        plain = {name: self.take(one, where) for name, one in value.items()}
        kind, own = value.get("__typename"), value.get("id")
        if kind is None or own is None:
            return plain
        for name in plain.keys() - {"id", "__typename"}:
            known = self.said.setdefault((kind, own, name), (plain[name], where))
            self.compared += known[1] is not where
            if not _agree(known[0], plain[name]):
                self.differing.append(
                    f"{kind}.{name}: {json.dumps(known[0])[:300]} in {known[1][:200]}, {json.dumps(plain[name])[:300]} in {where[:200]}"
                )
        return own

    def nodes(self) -> Iterator[tuple[str, str]]:
        """Type and id of every object that was seen and that `node` finds."""
        kinds = {kind.name for kind in schema().get_possible_types(schema().type_map["Node"])}  # type: ignore[arg-type]
        yield from dict.fromkeys((kind, own) for kind, own, _ in self.said if kind in kinds)


def _agree(one: Any, other: Any) -> bool:
    """Whether two values are the same, as far as both operations selected them."""
    if isinstance(one, dict) and isinstance(other, dict):
        return all(_agree(one[name], other[name]) for name in one.keys() & other.keys())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_agree, one, other))
    return bool(one == other)
