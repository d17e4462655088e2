"""How fields of the schema are declared: enums, lists with a bound, and names and values as GraphQL writes them."""

from __future__ import annotations

from enum import Enum
from typing import Any

import graphene


def enum(name: str, description: str, values: dict[str, str]) -> type[graphene.Enum]:
    """An enum whose values are their own names.

    Args:
        values: each value with its description.
    """
    members = Enum(name, {value: value for value in values})  # type: ignore[misc]
    return graphene.Enum.from_enum(  # type: ignore[no-any-return]
        members, description=lambda value: values[value.name] if value is not None else description
    )


class BoundedList(graphene.List):
    """A list that declares how long it may be; `gateway.cost` reads it, and `docs/list-sizes.md` shows it.

    Args:
        is_part: whether it comes with its object whatever its length, so that an argument only cuts what is answered.
    """

    max_items: int | None = None
    is_part: bool = False


class CataloguePage(graphene.Field):
    """A connection of a catalogue, whose page may hold the whole of it; `gateway.cost` reads how many entries that are at most."""

    max_page_size: int


def texts(
    inner: Any,
    *,
    description: str,
    required: bool = True,
    nullable_items: bool = False,
    max_items: int | None = None,
    **kwargs: Any,
) -> graphene.List:
    """A list, without nulls in it where nothing else is said.

    Args:
        max_items: how long it may be; the description says so too. None where a page's size or nothing bounds it.
    """
    if max_items is not None:
        description = f"{description} At most {max_items:,}."
    item = inner if nullable_items else graphene.NonNull(inner)
    found = BoundedList(item, required=required, description=description, **kwargs)
    found.max_items = max_items
    return found


def cut(inner: Any, *, by: str, description: str, max_items: int) -> graphene.List:
    """A list that comes with its object, of which an operation may ask for a part.

    Args:
        by: `first` or `last`: from which end.
    """
    end = "at the beginning" if by == "first" else "at the end"
    argument = graphene.Int(
        description=f"The number of items to return, those {end}, 1 to 100, for example `5`; all when absent."
    )
    found = texts(inner, description=description, max_items=max_items, **{by: argument})
    found.is_part = True
    return found


def camel(name: str) -> str:
    """A name as GraphQL writes it; names in camelCase stay."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def plain(value: Any) -> Any:
    """An input as plain values: enums by name, input objects as dicts."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value
