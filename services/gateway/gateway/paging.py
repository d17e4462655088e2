"""Relay connections: their types, their arguments, and what stands in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import graphene
from graphql import FieldNode, FragmentSpreadNode, InlineFragmentNode, SelectionSetNode

from contracts.messages import Page
from gateway.fields import enum
from kit.errors import Invalid

MAX_PAGE_SIZE = 100
T = TypeVar("T")


class PageInfo(graphene.ObjectType):
    """The position of a page in its list."""

    has_next_page = graphene.Boolean(required=True, description="Whether more items follow this page.")
    has_previous_page = graphene.Boolean(required=True, description="Whether items come before this page.")
    start_cursor = graphene.String(description="The cursor of the first edge; null when the page is empty.")
    end_cursor = graphene.String(
        description="The cursor at which the page ends, also after items that the viewer may not see. Send it as `after` for the "
        "next page. Null where there is none, as on an empty page."
    )


CountPrecision = enum(
    "CountPrecision",
    "How exact a number is that a list says about itself.",
    {
        "EXACT": "The list has exactly so many items.",
        "AT_LEAST": "The list has more items, which were not counted.",
    },
)


def total_count_precision() -> graphene.Enum:
    """The field that says how exact `totalCount` is."""
    return CountPrecision(
        description="Whether `totalCount` is exact, or the list is longer than it is counted; null when it is not counted."
    )


def connection_type(name: str, node: Callable[[], type], what: str) -> type[graphene.ObjectType]:
    """A Relay connection type with `edges`, `nodes`, `pageInfo` and `totalCount`.

    Args:
        name: of the node's type; the connection is `<name>Connection` and its edge `<name>Edge`.
        node: returns the node's type.
        what: the things in it, for the descriptions.
    """
    edge = type(
        f"{name}Edge",
        (graphene.ObjectType,),
        {
            "__doc__": f"One of the {what}, with its cursor.",
            "cursor": graphene.String(
                required=True, description="Opaque position in the list; send it as `after` to read what follows."
            ),
            "node": graphene.Field(node, required=True, description=f"The item of this edge, one of the {what}."),
        },
    )
    return type(
        f"{name}Connection",
        (graphene.ObjectType,),
        {
            "__doc__": f"A page of {what}.",
            "edges": graphene.List(
                graphene.NonNull(edge), required=True, description=f"The {what} of this page, each with its cursor."
            ),
            "nodes": graphene.List(
                graphene.NonNull(node), required=True, description=f"The {what} of this page, without cursors."
            ),
            "page_info": graphene.Field(PageInfo, required=True, description="The position of this page in the list."),
            "total_count": graphene.Int(
                description=f"The number of {what} in the whole list; null when it is not known."
            ),
            "total_count_precision": total_count_precision(),
        },
    )


def page_arguments(default: int | None) -> dict[str, Any]:
    """`first` and `after`; `first` is required where there is no default."""
    text = f"The number of items to return, 1 to {MAX_PAGE_SIZE}, for example `20`."
    first = graphene.Int(required=True, description=text) if default is None else graphene.Int(
        required=True, default_value=default, description=text
    )  # fmt: skip
    return {
        "first": first,
        "after": graphene.String(
            description="The cursor after which the page begins, for example `pageInfo.endCursor` of the page before."
        ),
    }


def check_first(first: int, name: str = "first", most: int = MAX_PAGE_SIZE) -> int:
    """A page's size.

    Raises:
        Invalid: it is not 1 to `most`.
    """
    if not 1 <= first <= most:
        raise Invalid(f"{name} must be 1 to {most:,}, not {first}.", field=[name])
    return first


def beginning(items: list[T], first: int | None) -> list[T]:
    """The first items of a list that comes with its object; all where nobody says how many.

    Raises:
        Invalid: it is no page's size.
    """
    return items if first is None else items[: check_first(first)]


def page(answer: dict[str, Any], key: str, *, after: str | None) -> dict[str, Any]:
    """A connection from a service's page.

    Args:
        answer: {rows: [{cursor, <key>}], has_next, total, end}; its rows become the edges. `end`, where it is given, is where
            the next page begins, also after rows that the viewer may not see.
    """
    rows = answer["rows"]
    for row in rows:
        row["node"] = row[key]
    total = answer.get("total")
    if total is None and after is None and not answer["has_next"] and not answer.get("has_previous"):
        total = len(rows)  # the page is the whole list, so that it need not be counted
    return {
        "edges": rows,
        "nodes": [row[key] for row in rows],
        "page_info": {
            "has_next_page": answer["has_next"],
            "has_previous_page": answer.get("has_previous", after is not None),
            "start_cursor": rows[0]["cursor"] if rows else None,
            "end_cursor": answer.get("end") or (rows[-1]["cursor"] if rows else None),
        },
        "total_count": total,
        "total_count_precision": precision(total, at_least=answer.get("at_least", False)),
    }


def rows_page(answer: Page[Any], node: Callable[[Any], object], *, after: str | None) -> dict[str, Any]:
    """A connection from a service's page that is a message.

    Args:
        node: what of a row is shown.
    """
    rows = [{"cursor": row.cursor, "node": node(row)} for row in answer.rows]
    found = {"rows": rows, "has_next": answer.has_next, "total": answer.total, "at_least": answer.at_least}
    return page(found, "node", after=after)


def precision(total: int | None, *, at_least: bool) -> str | None:
    """How exact a count is; None where there is none."""
    return None if total is None else "AT_LEAST" if at_least else "EXACT"


def counts(info: object) -> bool:
    """Whether the operation asks how long the list being resolved is."""
    return selects(info, "totalCount") or selects(info, "totalCountPrecision")


EMPTY: dict[str, Any] = {"rows": [], "has_next": False, "total": 0}


@dataclass(frozen=True)
class Below:
    """A place in an operation."""

    field_nodes: list[FieldNode]
    fragments: dict[str, Any]


def selected_all(info: Any) -> list[FieldNode]:
    """Every field that the operation selects directly under the one being resolved."""
    spread: set[str] = set()
    return [found for node in info.field_nodes for found in _fields_in(node.selection_set, info.fragments, spread)]


def _fields_in(selections: SelectionSetNode | None, fragments: dict[str, Any], spread: set[str]) -> Iterator[FieldNode]:
    """The fields of a selection, with those of fragments.

    Args:
        spread: the fragments so far; each counts once, since fragments that spread others twice would double the work with each.
    """
    for node in selections.selections if selections else ():
        if isinstance(node, FieldNode):
            yield node
        elif isinstance(node, InlineFragmentNode):
            yield from _fields_in(node.selection_set, fragments, spread)
        elif isinstance(node, FragmentSpreadNode) and node.name.value not in spread:
            spread.add(node.name.value)
            yield from _fields_in(fragments[node.name.value].selection_set, fragments, spread)


def selected(info: Any, *path: str) -> list[FieldNode]:
    """The nodes of the operation that a path of names under the field being resolved leads to."""

    place = info
    for name in path:
        place = Below([node for node in selected_all(place) if node.name.value == name], info.fragments)
    return list(place.field_nodes)


def selects(info: Any, name: str) -> bool:
    """Whether the operation selects a field directly under the one being resolved; a compiled query remembers it."""
    memo: dict[Any, Any] | None = getattr(info, "memo", None)
    if memo is None:
        return bool(selected(info, name))
    if name not in memo:
        memo[name] = bool(selected(info, name))
    return bool(memo[name])
