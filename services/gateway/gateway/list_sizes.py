"""How long each list of the schema may be: declared where the list is, carried by its field as the extension `listSize`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import graphene
from graphene.utils.str_converters import to_camel_case
from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema, is_list_type

from gateway.fields import BoundedList, CataloguePage

EXTENSION = "listSize"
PAGE_EXTENSION = "maxPageSize"
# Arguments that say how long a page is. A test finds any other argument that takes a number of things.
PAGE_SIZES = frozenset({"first", "last"})
_OF_A_CONNECTION = frozenset({"edges", "nodes"})


@dataclass(frozen=True)
class ListSize:
    """How long a list may be.

    Args:
        max_items: the most that it holds; None where that is not declared.
        argument: the argument that says how many things are asked for, if there is one: a number, or the things' ids.
        is_part: whether the list comes with its object, so that the argument only cuts it.
    """

    max_items: int | None = None
    argument: str | None = None
    is_part: bool = False

    @staticmethod
    def of(field: GraphQLField) -> ListSize | None:
        """The declared size of a field of the schema; None where the field is no list."""
        return (field.extensions or {}).get(EXTENSION)


def max_page_size(field: GraphQLField) -> int | None:
    """How long a page of a catalogue may be at most; None where the field is no catalogue."""
    return (field.extensions or {}).get(PAGE_EXTENSION)


SIZED_BY_PAGE = ListSize()  # `edges` and `nodes` of a connection: as long as the page that its field asks for


def declare_list_sizes(schema: GraphQLSchema) -> None:
    """Give each list of a schema that graphene built its extension `listSize`."""
    for kind, name, field in _lists(schema):
        field.extensions = {**(field.extensions or {}), EXTENSION: _declared(kind, name, field)}
    for name, declared in _graphene_fields(schema.query_type):
        if isinstance(declared, CataloguePage):
            field = schema.query_type.fields[name]  # type: ignore[union-attr]
            field.extensions = {**(field.extensions or {}), PAGE_EXTENSION: declared.max_page_size}


def _lists(schema: GraphQLSchema) -> Iterator[tuple[GraphQLObjectType, str, GraphQLField]]:
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__"):
            for name, field in kind.fields.items():
                if is_list_type(getattr(field.type, "of_type", None)) or is_list_type(field.type):
                    yield kind, name, field


def _declared(kind: GraphQLObjectType, name: str, field: GraphQLField) -> ListSize:
    if name in _OF_A_CONNECTION and kind.name.endswith("Connection"):
        return SIZED_BY_PAGE
    found = next(_graphene_lists(kind, name), None)
    argument = next((own for own in ("first", "last", "ids") if own in field.args), None)
    return ListSize(found.max_items, argument, found.is_part) if found is not None else ListSize(None, argument)


def _graphene_lists(kind: Any, name: str) -> Iterator[BoundedList]:
    """The declaration of a field in the class from which graphene built the type."""
    for own, field in _graphene_fields(kind):
        if own == name:
            found = field.type
            found = found.of_type if isinstance(found, graphene.NonNull) else found
            if isinstance(found, BoundedList):
                yield found


def _graphene_fields(kind: Any) -> Iterator[tuple[str, graphene.Field]]:
    """The fields of the class from which graphene built a type, by their names in the schema."""
    for own, field in kind.graphene_type._meta.fields.items():
        yield field.name or to_camel_case(own), field


def as_page(schema: GraphQLSchema) -> str:
    """The page of the docs that shows every declared size, written by `make schema`."""
    lines = [
        "# List sizes",
        "",
        "Written from the schema by `make schema`; do not edit.",
        "",
        "Every list without pages has a fixed maximum. The gateway multiplies these when it bounds how many objects an answer",
        "may hold, so that an operation is refused before it runs; [guide/limits.md](guide/limits.md) tells the limits. A list",
        "with an argument in the third column is as long as the argument says, and at most as long as the second column says.",
        "",
        "| List | At most | Sized by |",
        "|---|---|---|",
    ]
    for kind, name, field in _lists(schema):
        size = ListSize.of(field)
        assert size is not None
        if size is not SIZED_BY_PAGE:
            most = "" if size.max_items is None else f"{size.max_items:,}"
            lines.append(f"| `{kind.name}.{name}` | {most} | {f'`{size.argument}`' if size.argument else ''} |")
    return "\n".join(lines) + "\n"
