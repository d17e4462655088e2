"""Compiled queries answer what graphql-core answers, errors included, on thousands of generated operations."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    get_named_type,
    get_operation_ast,
    is_composite_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_union_type,
)

from consilium.home import Home
from gateway.context import Context, Services
from gateway.execution import Engine, RequestRejected
from gateway.ids import encode
from gateway.plan import Plan, compiled
from gateway.schema import schema
from kit.http import CallContext, ServiceClient
from tests.support.operations import ABSENT, PLAIN, RELAY, own_id, saved
from tests.support.stack import Stack

OPERATIONS = 1_000
# What differs from one moment to the next by itself, or makes a signed statement of the time.
LEFT_OUT = {"rateLimit", "checkedAt", "resetAt", "verificationProof", "downloadUrl", "uploadUrl"}
PLANNED, CORE = Engine.of(schema()), Engine.of(schema(), plans=False)


class Generator:
    """Makes random valid queries of the schema."""

    def __init__(self, chance: random.Random, ids: dict[str, list[str]]) -> None:
        self.chance, self.ids = chance, ids
        self.variables: dict[str, tuple[str, Any]] = {}
        self.fragments: list[str] = []

    def operation(self) -> tuple[str, dict[str, Any]]:
        """A query and its variables."""
        self.variables, self.fragments = {}, []
        root = schema().query_type
        assert root is not None
        body = self.selection(root, 0)
        head = ", ".join(f"${name}: {kind}" for name, (kind, _) in self.variables.items())
        text = f"query{f'({head})' if head else ''} {body} {' '.join(self.fragments)}"
        return text, {name: value for name, (_, value) in self.variables.items()}

    def selection(self, kind: Any, depth: int) -> str:
        """A selection set on a type."""
        parts = ["__typename"] if self.chance.random() < 0.3 else []
        if isinstance(kind, GraphQLInterfaceType) or is_union_type(kind):
            possible = schema().get_possible_types(kind)
            for one in self.chance.sample(list(possible), min(2, len(possible))):
                parts.append(f"... on {one.name} {self.selection(one, depth + 1)}")
            return "{ __typename " + " ".join(parts) + " }"
        assert isinstance(kind, GraphQLObjectType)
        fields = [(name, field) for name, field in kind.fields.items() if name not in LEFT_OUT]
        leaves = [one for one in fields if not is_composite_type(get_named_type(one[1].type))]
        deep = [one for one in fields if is_composite_type(get_named_type(one[1].type))]
        chosen = self.chance.sample(leaves, min(len(leaves), self.chance.randint(1, 4)))
        if depth < 5:
            chosen += self.chance.sample(deep, min(len(deep), 1 if depth else self.chance.randint(1, 2)))
        for number, (name, field) in enumerate(chosen):
            parts.append(self.field(name, field, depth, number))
        if not parts:
            parts = ["__typename"]
        if depth and self.chance.random() < 0.15:
            name = f"F{len(self.fragments)}"
            self.fragments.append("")
            self.fragments[int(name[1:])] = f"fragment {name} on {kind.name} {{ {' '.join(parts)} }}"
            return f"{{ ...{name} {parts[0]} }}" if "(" not in parts[0] and ":" not in parts[0] else f"{{ ...{name} }}"
        return "{ " + " ".join(parts) + " }"

    def field(self, name: str, field: GraphQLField, depth: int, number: int) -> str:
        """A field with arguments, sometimes an alias or a directive."""
        arguments = []
        for argument, given in field.args.items():
            needed = is_non_null_type(given.type) and given.default_value is None
            if argument == "first" or needed or is_required(given) or self.chance.random() < 0.25:
                arguments.append(f"{argument}: {self.value(argument, given.type, field)}")
        alias = f"a{depth}{number}: " if self.chance.random() < 0.15 else ""
        directive = ""
        if self.chance.random() < 0.1:
            variable = self.variable("Boolean!", self.chance.random() < 0.5)
            directive = f" @{self.chance.choice(('include', 'skip'))}(if: ${variable})"
        inner = get_named_type(field.type)
        below = f" {self.selection(inner, depth + 1)}" if is_composite_type(inner) else ""
        return f"{alias}{name}{f'({chr(44).join(arguments)})' if arguments else ''}{directive}{below}"

    def variable(self, kind: str, value: Any) -> str:
        """A new variable's name."""
        name = f"v{len(self.variables)}"
        self.variables[name] = (kind, value)
        return name

    def value(self, name: str, kind: Any, field: GraphQLField) -> str:
        """A literal or a variable."""
        inner = kind.of_type if is_non_null_type(kind) else kind
        if name in {"first", "last"}:
            size = self.chance.choice((1, 2, 3, 3, 3, 0))
            return f"${self.variable(str(kind), size)}" if self.chance.random() < 0.3 else str(size)
        if is_list_type(inner):
            return f"[{self.value(name, inner.of_type, field)}]"
        if isinstance(inner, GraphQLEnumType):
            return self.chance.choice(list(inner.values))
        if isinstance(inner, GraphQLInputObjectType):
            if inner.is_one_of:
                chosen = self.chance.choice(["id", "handle"])
                return f"{{{chosen}: {self.value(chosen, inner.fields[chosen].type, field)}}}"
            parts = [
                f"{own}: {self.value(own, given.type, field)}"
                for own, given in inner.fields.items()
                if self.chance.random() < 0.2 or is_required(given)
            ]
            return "{" + ", ".join(parts) + "}"
        assert isinstance(inner, GraphQLScalarType)
        assert is_leaf_type(inner)
        if inner.name == "ID":
            wanted = get_named_type(field.type).name
            known = self.ids.get(wanted) or [one for all_ids in self.ids.values() for one in all_ids]
            found = self.chance.choice([*known, encode("Professional", ABSENT), "forged"])
            return f"${self.variable('ID!', found)}" if self.chance.random() < 0.3 else f'"{found}"'
        samples: dict[str, list[str]] = {
            "Int": ["0", "1", "2", "4"], "Boolean": ["true", "false"], "Date": ['"2026-11-21"'],
            "DateTime": ['"2026-01-01T00:00:00Z"'], "LanguageTag": ['"de"', '"pt-BR"', '"?"'],
            "RegionCode": ['"DE"', '"M49:150"', '"XX"'], "CountryCode": ['"ES"', '"XX"'],
            "String": ['"cardiology"', '"cardio"', '"maria-arribas"', '"cardio-eu"', '""'],
        }  # fmt: skip
        return self.chance.choice(samples[inner.name])


def is_required(given: Any) -> bool:
    """Whether an argument or input field must be there."""
    from graphql import Undefined

    return is_non_null_type(given.type) and given.default_value is Undefined


@pytest.fixture(scope="module")
def services(stack: Stack) -> Services:
    """The running services."""
    if not stack.environment:
        pytest.skip("the services' ports are not known")
    found = Services(
        *(
            ServiceClient(name.lower(), f"http://127.0.0.1:{stack.environment[f'CONSILIUM_{name}_PORT']}")
            for name in ("PROFILES", "GRAPH")
        )
    )
    assert Home(stack.home)
    return found


def answered(engine: Engine, services: Services, token: str, subject: str, text: str, variables: Any) -> Any:
    """Data and errors, or why it was refused."""
    context = Context(services, CallContext(deadline=time.monotonic() + 10, language="de"))
    if token:
        context.become(subject, token)
    try:
        prepared = engine.prepare(text, introspection=True)
        context.fields = prepared.field_names
        result = engine.run(prepared, variables=variables, operation=None, context=context)
    except RequestRejected as refusal:
        return [error.formatted for error in refusal.errors]
    return result.data, [error.formatted for error in result.errors or ()]


def test_generated_operations_are_answered_alike(
    stack: Stack, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """1,000 of them, as a member, a verifier, an admin and signed out; most of them by their plan."""
    chance = random.Random(20_261_121)
    people = {who: stack.sign_in(who) for who in ("maria", "vera", "admin")}
    maria = people["maria"]
    data = stack.data(
        "{ viewer { professional { id } feed(first: 5) { nodes { id posts(first: 2) { nodes { id } } } } groups { nodes { id } } "
        "connections { nodes { id } } } }",
        maria,
    )["viewer"]
    ids = {
        "Professional": [data["professional"]["id"], *(one["id"] for one in data["connections"]["nodes"])],
        "Discussion": [one["id"] for one in data["feed"]["nodes"]],
        "Post": [post["id"] for one in data["feed"]["nodes"] for post in one["posts"]["nodes"]],
        "Group": [one["id"] for one in data["groups"]["nodes"]],
    }
    subjects = {
        token: stack.data("{ viewer { professional { id } } }", token)["viewer"]["professional"]["id"]
        for token in people.values()
    }
    generator = Generator(chance, ids)
    run = planned = whole = 0
    counting = counted_plans(monkeypatch)
    while run < OPERATIONS:
        text, variables = generator.operation()
        token = chance.choice([*people.values(), ""])
        subject = own_id(subjects[token]) if token else ""
        try:
            PLANNED.prepare(text, introspection=True)
        except RequestRejected:
            continue  # above a limit, or the same key twice: not what is compared here
        run += 1
        before = counting()
        mine = answered(PLANNED, services, token, subject, text, variables)
        planned += counting() - before
        core = answered(CORE, services, token, subject, text, variables)
        if mine != core:  # something may have changed between the two
            mine = answered(PLANNED, services, token, subject, text, variables)
            core = answered(CORE, services, token, subject, text, variables)
        assert mine == core, (text, variables)
        whole += isinstance(core, tuple) and not core[1]
    assert whole > OPERATIONS / 4
    assert planned >= whole * 0.9, (planned, whole)


def counted_plans(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How many answers came from plans so far."""
    found = 0
    run = Plan.run

    def counting(self: Any, context: Any, variables: Any) -> Any:
        nonlocal found
        data = run(self, context, variables)
        found += 1
        return data

    monkeypatch.setattr(Plan, "run", counting)
    return lambda: found


@pytest.mark.parametrize("name", sorted({**PLAIN, **RELAY, **saved()}))
def test_what_frontends_ask_has_a_plan(name: str) -> None:
    """The measured operations and the saved ones, but changes and subscriptions."""
    text = {**PLAIN, **RELAY, **saved()}[name]
    prepared = PLANNED.prepare(text, introspection=True)
    operation = get_operation_ast(prepared.document, None)
    assert operation is not None
    if operation.operation.value == "query":
        assert compiled(schema(), prepared.document, operation) is not None
