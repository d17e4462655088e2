"""A query compiled once into Python code, which answers what graphql-core would, without its work on every field.

graphql-core remains the reference: whatever is unusual (a null where none may be, a value that does not fit, any error at
all) ends the compiled run, and the whole operation is executed again by graphql-core, which words the answer. Plans run the
schema's own resolvers; limits and permissions are before them and in the services, never here. `CONSILIUM_PLANS=off`
switches them off.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)
from graphql.execution.values import get_argument_values, get_variable_values

from contracts.messages import Message
from gateway.limits import Objects
from gateway.things import type_name

_INT_BOUND = 2**31


class NotCompilable(Exception):
    """Something that graphql-core must do."""


class Info:
    """What a resolver may ask of the operation: a part of graphql-core's GraphQLResolveInfo."""

    __slots__ = ("context", "field_name", "field_nodes", "fragments", "memo", "variable_values")

    def __init__(self, site: _Site, context: Any, variables: dict[str, Any]) -> None:
        self.memo = site.memo
        self.context = context
        self.variable_values = variables
        self.field_name = site.field_name
        self.field_nodes = site.field_nodes
        self.fragments = site.fragments


@dataclass(frozen=True)
class _Site:
    """A field in the operation that has a resolver of its own."""

    field_name: str
    field_nodes: list[FieldNode]
    fragments: dict[str, FragmentDefinitionNode]
    definition: GraphQLField
    arguments: dict[str, Any] | None  # None where they depend on variables
    memo: dict[Any, Any] = field(default_factory=dict)  # what resolvers have worked out from the nodes


class _Run:
    """One execution: what the sites get, and which conditions hold."""

    __slots__ = ("arguments", "conditions", "infos", "take")

    def __init__(self, infos: list[Info], arguments: list[dict[str, Any]], conditions: list[bool]) -> None:
        self.infos, self.arguments, self.conditions, self.take = infos, arguments, conditions, Objects().take


@dataclass(frozen=True)
class Plan:
    """A compiled query."""

    schema: GraphQLSchema
    operation: OperationDefinitionNode
    sites: list[_Site]
    conditions: list[tuple[VariableNode, bool]]
    root: Callable[[Any, _Run], dict[str, Any]]

    def run(self, context: Any, variables: dict[str, Any] | None) -> dict[str, Any]:
        """The operation's data.

        Raises:
            TooComplex: the answer has too many objects.
            Exception: of any other kind; graphql-core must execute the operation.
        """
        values: Any = {}
        if self.operation.variable_definitions:
            values = get_variable_values(self.schema, self.operation.variable_definitions, variables or {})
            if isinstance(values, list):
                raise NotCompilable
        run = _Run(
            [Info(site, context, values) for site in self.sites],
            [
                site.arguments
                if site.arguments is not None
                else get_argument_values(site.definition, site.field_nodes[0], values)
                for site in self.sites
            ],
            [],
        )
        for variable, wanted in self.conditions:
            run.conditions.append(bool(values[variable.name.value]) is wanted)
        return self.root(None, run)


@dataclass(frozen=True)
class _Selected:
    """The nodes that stand for one key of an answer, and the condition under which they do."""

    nodes: list[FieldNode] = field(default_factory=list)
    condition: int | None = None


def compiled(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> Plan | None:
    """The plan of a query; None for what is left to graphql-core."""
    if operation.operation is not OperationType.QUERY or operation.directives:
        return None
    compiler = _Compiler(schema, document)
    query = schema.query_type
    assert query is not None
    try:
        root = compiler.object(query, [operation.selection_set])
    except NotCompilable:
        return None
    return Plan(schema, operation, compiler.sites, compiler.conditions, root)


class _Compiler:
    """Compiles selection sets to functions of (source, run)."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._schema = schema
        self._fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        self.sites: list[_Site] = []
        self.conditions: list[tuple[VariableNode, bool]] = []

    def object(self, kind: GraphQLObjectType, sets: list[SelectionSetNode]) -> Callable[[Any, _Run], dict[str, Any]]:
        """What selection sets answer on one type of object."""
        if kind.is_type_of is not None:
            raise NotCompilable
        selected: dict[str, _Selected] = {}
        spread: set[tuple[str, int | None]] = set()
        for one in sets:
            self._collect(kind, one, None, selected, spread)
        names: dict[str, Any] = {"NotCompilable": NotCompilable, "Message": Message}
        lines, reads_source = [], False
        for key, found in selected.items():
            indent = "    "
            if found.condition is not None:
                lines.append(f"    if run.conditions[{found.condition}]:")
                indent = "        "
            name = found.nodes[0].name.value
            if name == "__typename":
                lines.append(f"{indent}answer[{key!r}] = {kind.name!r}")
                continue
            if name.startswith("__"):
                raise NotCompilable
            definition = kind.fields[name]
            plain = _attribute(definition)
            if plain is not None:
                reads_source = True
                attribute, default = plain
                names[f"d{len(names)}"] = default
                lines.append(f"{indent}value = read({attribute!r}, d{len(names) - 1})")
            else:
                number = self._site(definition, found.nodes)
                names[f"r{number}"] = definition.resolve
                lines.append(f"{indent}value = r{number}(source, run.infos[{number}], **run.arguments[{number}])")
            inner = [node.selection_set for node in found.nodes if node.selection_set]
            lines += [f"{indent}{line}" for line in self._complete(key, definition.type, inner, names)]
        if reads_source:
            check = [
                "    if type(source) is dict:", "        read = source.get",
                "    elif isinstance(source, Message):", "        read = partial(getattr, source)",
                "    else:", "        raise NotCompilable",
            ]  # fmt: skip
            names["partial"] = partial
        else:
            check = ["    if source is None and not root:", "        raise NotCompilable"]
        head = ["def answer_object(source, run):", "    run.take()", *check, "    answer = {}"]
        text = "\n".join([*head, *lines, "    return answer"])
        names["root"] = kind is self._schema.query_type
        exec(compile(text, f"<plan of {kind.name}>", "exec"), names)
        return names["answer_object"]  # type: ignore[no-any-return]

    def _collect(
        self,
        kind: GraphQLObjectType,
        one: SelectionSetNode,
        condition: int | None,
        selected: dict[str, _Selected],
        spread: set[tuple[str, int | None]],
    ) -> None:
        """Collect the fields of a selection set, each fragment once under the same condition.

        Fragments that spread others twice would double the work with each.
        """
        for node in one.selections:
            own = self._condition(node.directives, condition)
            if own == -1:
                continue
            if isinstance(node, FieldNode):
                key = node.alias.value if node.alias else node.name.value
                found = selected.setdefault(key, _Selected([], own))
                if found.condition != own:
                    raise NotCompilable  # the same key, once with and once without a condition
                found.nodes.append(node)
                continue
            fragment: Any = node
            if isinstance(node, FragmentSpreadNode):
                if (node.name.value, own) in spread:
                    continue
                spread.add((node.name.value, own))
                fragment = self._fragments[node.name.value]
            assert isinstance(fragment, InlineFragmentNode | FragmentDefinitionNode)
            if fragment.type_condition is None or self._applies(fragment.type_condition.name.value, kind):
                self._collect(kind, fragment.selection_set, own, selected, spread)

    def _applies(self, name: str, kind: GraphQLObjectType) -> bool:
        wanted = self._schema.type_map[name]
        return wanted is kind or (is_abstract_type(wanted) and self._schema.is_sub_type(wanted, kind))  # type: ignore[arg-type]

    def _condition(self, directives: tuple[DirectiveNode, ...] | None, outer: int | None) -> int | None:
        """The number of the condition under which something stands; None for always, -1 for never."""
        found = outer
        for directive in directives or ():
            if directive.name.value not in {"include", "skip"}:
                raise NotCompilable
            wanted = directive.name.value == "include"
            value: Any = directive.arguments[0].value
            if not isinstance(value, VariableNode):
                if bool(value.value) is not wanted:
                    return -1
                continue
            if found is not None:
                raise NotCompilable  # conditions inside conditions
            self.conditions.append((value, wanted))
            found = len(self.conditions) - 1
        return found

    def _site(self, definition: GraphQLField, nodes: list[FieldNode]) -> int:
        constant = not any(_has_variable(argument.value) for argument in nodes[0].arguments or ())
        arguments = get_argument_values(definition, nodes[0], {}) if constant else None
        self.sites.append(_Site(nodes[0].name.value, nodes, self._fragments, definition, arguments))
        return len(self.sites) - 1

    def _complete(self, key: str, kind: Any, inner: list[SelectionSetNode], names: dict[str, Any]) -> list[str]:
        """Lines that put `value` into the answer as its type wants it."""
        missing = "raise NotCompilable" if is_non_null_type(kind) else f"answer[{key!r}] = None"
        whole = self._expression("value", kind.of_type if is_non_null_type(kind) else kind, inner, names, 0)
        return ["if value is None:", f"    {missing}", "else:", f"    answer[{key!r}] = {whole}"]

    def _expression(
        self, value: str, kind: Any, inner: list[SelectionSetNode], names: dict[str, Any], level: int
    ) -> str:
        """An expression for a value that is not None, of a type that is nullable here."""
        if is_list_type(kind):
            item, of = f"item{level}", kind.of_type
            strict = is_non_null_type(of)
            one = self._expression(item, of.of_type if strict else of, inner, names, level + 1)
            names["listed"], names["present"] = _listed, _present
            if strict:
                return f"[{one} for {item} in present({value})]"
            return f"[None if {item} is None else {one} for {item} in listed({value})]"
        name = f"f{len(names)}"
        if is_leaf_type(kind):
            names[name] = _leaf(kind)
            return f"{name}({value})"
        names[name] = self.object(kind, inner) if is_object_type(kind) else self._abstract(kind, inner)
        return f"{name}({value}, run)"

    def _abstract(self, kind: Any, inner: list[SelectionSetNode]) -> Callable[[Any, _Run], dict[str, Any]]:
        """Answers by the type that an object says it is of."""
        table = {found.name: self.object(found, inner) for found in self._schema.get_possible_types(kind)}

        def answer(source: Any, run: _Run) -> dict[str, Any]:
            if type(source) is not dict and not isinstance(source, Message):
                raise NotCompilable
            return table[type_name(source)](source, run)

        return answer


def _attribute(definition: GraphQLField) -> tuple[str, Any] | None:
    """The key under which a field without a resolver of its own stands in its object, and what stands for a missing one."""
    found = definition.resolve
    if isinstance(found, partial) and getattr(found.func, "__name__", "") == "dict_or_attr_resolver":
        return found.args[0], found.args[1]
    return None


def _has_variable(value: ValueNode) -> bool:
    if isinstance(value, ListValueNode):
        return any(_has_variable(one) for one in value.values)
    if isinstance(value, ObjectValueNode):
        return any(_has_variable(one.value) for one in value.fields)
    return isinstance(value, VariableNode)


def _listed(value: Any) -> Any:
    if type(value) not in {list, tuple}:
        raise NotCompilable
    return value


def _present(value: Any) -> Any:
    if type(value) not in {list, tuple} or None in value:
        raise NotCompilable
    return value


def _leaf(kind: Any) -> Callable[[Any], Any]:
    """Serialises a value; what has the right type already is passed on."""
    if kind.name in {"String", "ID"}:
        return lambda value: value if type(value) is str else _checked(kind.serialize(value))
    if kind.name == "Boolean":
        return lambda value: value if type(value) is bool else _checked(kind.serialize(value))
    if kind.name == "Int":
        return lambda value: (
            value if type(value) is int and -_INT_BOUND <= value < _INT_BOUND else _checked(kind.serialize(value))
        )
    if isinstance(kind, GraphQLEnumType):
        known = {name: kind.serialize(name) for name in kind.values}
        return lambda value: known[value] if type(value) is str else _checked(kind.serialize(value))
    serialize = kind.serialize
    return lambda value: _checked(serialize(value))


def _checked(value: Any) -> Any:
    if value is None:
        raise NotCompilable
    return value
