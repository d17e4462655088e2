"""What an operation may cost, from its text and the sizes of its pages: known before anything is asked of a service.

Each object costs 1. What stands in a page (a field with `first` or `last`, or with ids) counts as often as the page is long;
what stands in a list without pages counts once, also where an argument cuts it. `nodes` counts such a list as often as the
schema declares that it may be long (`gateway.list_sizes`), or as the argument says. Most of these lists are short, so that
the limit of nodes is wide; what an answer really holds is counted while it is made (`gateway.limits.Objects`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLSchema,
    InlineFragmentNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_composite_type,
    value_from_ast,
)

from gateway.limits import TooComplex
from gateway.list_sizes import PAGE_SIZES, SIZED_BY_PAGE, ListSize, max_page_size
from gateway.paging import MAX_PAGE_SIZE

MAX_COST = 2_000
MAX_NODES = 500_000
MAX_SIGN_INS = 1
_SIGN_IN = "signIn"
_INTROSPECTION = ("__schema", "__type")


@dataclass(frozen=True)
class Cost:
    """Of an operation or a part of it."""

    cost: int = 0
    nodes: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.cost + other.cost, self.nodes + other.nodes)


_COST, _NODES = attrgetter("cost"), attrgetter("nodes")
Size = Callable[[FieldNode, GraphQLField], int | None]


class _Estimator:
    def __init__(self, schema: GraphQLSchema, document: DocumentNode, size: Size) -> None:
        self._schema, self._size = schema, size
        self._fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        self._known: dict[tuple[str, str], Cost] = {}

    def inside(self, kind: Any, selections: SelectionSetNode | None, page: int = 1) -> Cost:
        """What the selections on one object cost.

        Args:
            page: how long the lists of the connection are in which they stand.
        """
        total = Cost()
        fields = getattr(kind, "fields", {})
        for node in selections.selections if selections else ():
            if isinstance(node, FieldNode):
                field = fields.get(node.name.value)  # introspection has no field here, and costs nothing
                if field is not None and is_composite_type(get_named_type(field.type)):
                    total += self._field(node, field, page)
            elif isinstance(node, InlineFragmentNode):
                own = node.type_condition
                total += self.inside(self._schema.get_type(own.name.value) if own else kind, node.selection_set, page)
            elif isinstance(node, FragmentSpreadNode):
                total += self._fragment(node.name.value, page)
        return total

    def _field(self, node: FieldNode, field: GraphQLField, page: int) -> Cost:
        kind = get_named_type(field.type)
        size = self._size(node, field)
        declared = ListSize.of(field)
        if declared is None:
            each = self.inside(kind, node.selection_set, 1 if size is None else size)
            return Cost(1 + each.cost, 1 + each.nodes)
        paged = page if declared is SIZED_BY_PAGE else size
        times, most = (paged, paged) if paged is not None else (1, declared.max_items or 1)
        times = 1 if declared.is_part else times
        each = self.inside(kind, node.selection_set)
        return Cost(times * (1 + each.cost), most * (1 + each.nodes))

    def costliest(self, kind: Any, selections: SelectionSetNode | None, value: Callable[[Cost], int]) -> list[str]:
        """The path of names to the field that most of the cost is for: each step is more than half of the one before."""
        path: list[str] = []
        page = 1
        while True:
            fields = [
                (self._field(node, field, page), node, field)
                for node, field in self._composite(kind, selections, set())
            ]
            if not fields:
                return path
            cost, node, field = max(fields, key=lambda one: value(one[0]))
            if path and 2 * value(cost) <= sum(value(one) for one, _, _ in fields):
                return path
            path.append(node.name.value)
            size = self._size(node, field)
            page = 1 if ListSize.of(field) is not None or size is None else size
            kind, selections = get_named_type(field.type), node.selection_set

    def _composite(
        self, kind: Any, selections: SelectionSetNode | None, spread: set[str]
    ) -> Iterator[tuple[FieldNode, GraphQLField]]:
        """The fields of objects among selections, fragments expanded, each of which counts once."""
        for node in selections.selections if selections else ():
            if isinstance(node, FieldNode):
                field = getattr(kind, "fields", {}).get(node.name.value)
                if field is not None and is_composite_type(get_named_type(field.type)):
                    yield node, field
                continue
            part: Any = node
            if isinstance(node, FragmentSpreadNode):
                if node.name.value in spread:
                    continue
                spread.add(node.name.value)
                part = self._fragments[node.name.value]
            own = part.type_condition
            inner = self._schema.get_type(own.name.value) if own else kind
            yield from self._composite(inner, part.selection_set, spread)

    def _fragment(self, name: str, page: int) -> Cost:
        key = (name, str(page))
        if key not in self._known:
            self._known[key] = Cost()  # validation refuses cycles
            found = self._fragments[name]
            self._known[key] = self.inside(
                self._schema.get_type(found.type_condition.name.value), found.selection_set, page
            )
        return self._known[key]


@dataclass(frozen=True)
class Estimate:
    """What an operation costs.

    Args:
        constant: whether it costs the same whatever the variables are.
    """

    cost: Cost
    constant: bool


def estimate(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, values: dict[str, Any]
) -> Estimate:
    """Estimate what an operation costs with these variables.

    Args:
        values: the variables as graphql-core coerces them. What a client sends has many spellings of the same value
            (100, 100.0, the default), and the cost is that of the value.

    Raises:
        TooComplex: it costs too much, could answer too much, or signs in more than once.
    """
    constant = True

    def size(node: FieldNode, field: GraphQLField) -> int | None:
        nonlocal constant
        declared = ListSize.of(field)
        if declared is not None and declared.argument is not None and declared.argument not in PAGE_SIZES:
            value = next((own.value for own in node.arguments if own.name.value == declared.argument), None)
            constant = constant and isinstance(value, ListValueNode)  # it may also hold variables, one item each
            listed = value and value_from_ast(value, field.args[declared.argument].type, values)
            return len(listed) if isinstance(listed, list) else declared.max_items
        part = declared if declared is not None and declared.is_part else None
        if "first" not in field.args and part is None:
            return None
        sizes = []
        for argument in node.arguments or ():
            if argument.name.value in PAGE_SIZES:
                constant = constant and not isinstance(argument.value, VariableNode)
                sizes.append(value_from_ast(argument.value, field.args[argument.name.value].type, values))
        if part is not None:
            return min(max(sizes[0], 0), part.max_items or 1) if sizes and type(sizes[0]) is int else None
        # The larger of `first` and `last`, in whichever order; null, and a variable that was not sent, leave the default.
        found = max((one for one in sizes if type(one) is int), default=field.args["first"].default_value)
        # What is no page size is refused when it is run; until then it counts as the largest.
        most = max_page_size(field) or MAX_PAGE_SIZE
        return min(max(found, 0), most) if type(found) is int else most

    root = schema.get_root_type(operation.operation)
    estimator = _Estimator(schema, document, size)
    total = estimator.inside(root, operation.selection_set)
    for what, limit, value, most in (
        ("cost", _COST, total.cost, MAX_COST), ("hold nodes:", _NODES, total.nodes, MAX_NODES)
    ):  # fmt: skip
        if value > most:
            path = estimator.costliest(root, operation.selection_set, limit)
            raise TooComplex(
                f"An operation may {what} at most {most:,}; this one: {value:,}, most of it for `{'.'.join(path)}`. "
                "Ask for smaller pages.",
                extra={
                    "cost": total.cost, "maxCost": MAX_COST, "nodes": total.nodes, "maxNodes": MAX_NODES,
                    "costliestField": path,
                },
            )  # fmt: skip
    selected = root_fields(document, operation)
    asked = introspections(selected)
    if asked and asked + selected["__typename"] < selected.total():
        raise TooComplex("Ask for the schema in an operation of its own.")
    sign_ins = selected[_SIGN_IN]
    if sign_ins > MAX_SIGN_INS:
        raise TooComplex(f"A request may sign in at most {MAX_SIGN_INS} time; this one: {sign_ins}.")
    return Estimate(total, constant)


def root_fields(document: DocumentNode, operation: OperationDefinitionNode) -> Counter[str]:
    """How often an operation selects each root field, fragments expanded."""
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    found: Counter[str] = Counter()
    left = [operation.selection_set]
    while left:
        for node in left.pop().selections:
            if isinstance(node, FieldNode):
                found[node.name.value] += 1
            elif isinstance(node, InlineFragmentNode):
                left.append(node.selection_set)
            elif isinstance(node, FragmentSpreadNode):
                left.append(fragments[node.name.value].selection_set)
    return found


def introspections(selected: Counter[str]) -> int:
    """How often the schema, or a type of it, is among the root fields that an operation selects."""
    return sum(selected[name] for name in _INTROSPECTION)
