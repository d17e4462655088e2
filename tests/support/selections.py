"""Selections that reach every field of a type, also through fields that are of several types, made from the schema.

`everything` compares what an object says in several places, and so leaves out what differs with the place. These look only for
answers that fail: below each nullable field and each type that it may hold, everything that an object says itself, and what must
be there.
"""

from __future__ import annotations

from collections.abc import Iterator
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
PAGE, MAX_COST = 4, 1_500
DEEP = 2  # nullable fields and lists from the object; what cannot be null is followed until it ends
# What the fields hold that are of several types.
HOLDS = {
    ("Flag", "subject"): ("Discussion", "Post"),
    ("ModerationDecision", "subject"): ("Discussion", "Post"),
    ("Notification", "subject"): ("Discussion", "Post", "Group", "Professional", "ModerationDecision", "Credential"),
}
# Secrets and statements that are made anew each time, and what is asked for each of up to 150 gaps.
LEFT_OUT = {"verificationProof", "candidates"}


def arguments(given: GraphQLField) -> str | None:
    """The arguments of a field; None where it needs one that is not known here."""
    needed = [name for name, one in given.args.items() if is_non_null_type(one.type) and one.default_value is Undefined]
    if set(needed) - {"first"}:
        return None
    return f"(first: {PAGE})" if "first" in given.args else ""


def probes(kind: GraphQLObjectType, deep: int = DEEP, above: tuple[str, ...] = ()) -> Iterator[str]:
    """Parts of a selection of a type, which together reach every field."""
    leaves = [
        name for name, one in kind.fields.items() if is_leaf_type(get_named_type(one.type)) and arguments(one) == ""
    ]
    yield " ".join(["__typename", *leaves])
    for name, given in kind.fields.items():
        inner, written = get_named_type(given.type), arguments(given)
        if is_leaf_type(inner) or written is None or name in LEFT_OUT:
            continue
        free = is_object_type(inner) and is_non_null_type(given.type) and is_object_type(given.type.of_type)
        if not (free and inner.name not in above) and deep == 0:
            continue
        within = deep - (not free)
        if is_object_type(inner) and "pageInfo" in inner.fields:
            node: Any = get_named_type(inner.fields["nodes"].type)
            for part in probes(node, max(within - 1, 0), (*above, kind.name)):
                yield f"{name}{written} {{ pageInfo {{ hasNextPage }} edges {{ cursor node {{ {part} }} }} }}"
        elif is_object_type(inner):
            assert isinstance(inner, GraphQLObjectType)
            for part in probes(inner, within, (*above, kind.name)):
                yield f"{name}{written} {{ {part} }}"
        else:
            for one in HOLDS[kind.name, name]:
                for part in probes(_object(one), within, (*above, kind.name)):
                    yield f"{name}{written} {{ __typename ... on {one} {{ {part} }} }}"


def _object(name: str) -> GraphQLObjectType:
    found = schema().type_map[name]
    assert isinstance(found, GraphQLObjectType)
    return found


def _fits(text: str) -> bool:
    try:
        prepared = ENGINE.prepare(text, introspection=True)
        return ENGINE.cost(prepared, ENGINE.operation(prepared, None), {"id": ""}).cost <= MAX_COST
    except RequestRejected:
        return False


def _packed(head: str, parts: Iterator[str], tail: str) -> list[str]:
    """As few operations as the limits allow, each with as many parts."""
    found, now = [], ""
    for part in dict.fromkeys(parts):
        if now and not _fits(head + now + part + tail):
            found.append(head + now + tail)
            now = ""
        now += part + " "
    return [*found, head + now + tail]


@cache
def of_node(kind: str) -> list[str]:
    """Operations that reach every field of a thing by its $id."""
    head = f"query($id: ID!) {{ node(id: $id) {{ __typename ... on {kind} {{ "
    return _packed(head, probes(_object(kind)), " } } }")


@cache
def of_list(name: str) -> list[str]:
    """Operations that reach every field of what a list at the root holds."""
    query = schema().query_type
    assert query is not None
    pages: Any = get_named_type(query.fields[name].type)
    kind: Any = get_named_type(pages.fields["nodes"].type)
    given = ", filter: {statuses: [OPEN, TAKEN, APPEALED, UPHELD, DISMISSED]}" if name == "moderationQueue" else ""
    found, tail, large = [], " } } } }", list(probes(kind))
    for first in (20, PAGE):  # what is too much for a long page is asked for in a short one
        head = f"{{ {name}(first: {first}{given}) {{ edges {{ cursor node {{ "
        fitting = [part for part in large if first == PAGE or _fits(head + part + tail)]
        large = [part for part in large if part not in fitting]
        found += _packed(head, iter(fitting), tail) if fitting else []
    return found


def desks() -> list[str]:
    """The lists at the root."""
    query = schema().query_type
    assert query is not None
    return [
        name
        for name, given in query.fields.items()
        if "first" in given.args
        and arguments(given) is not None
        and "pageInfo" in _object(get_named_type(given.type).name).fields
    ]
