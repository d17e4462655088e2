"""The schema's descriptions help: they are sentences of their own, and an input shows what to send."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    get_named_type,
    is_scalar_type,
    is_specified_scalar_type,
)

from gateway.schema import schema

MIN_WORDS = 4
# How often one field, such as `discussion` of a payload, may say the same; another name means another thing, and says another.
MAX_USES = 10
SHARED = {
    "id": "every type has it from the interface Node",
    "userErrors": "each payload has the list",
    "clientMutationId": "each input has it, and each payload returns it",
    "idempotencyKey": "each mutation that keeps its answer takes it",
    "validate": "each mutation that can be checked takes it",
    "first": "each connection takes it",
    "after": "each connection takes it",
    "pageInfo": "each connection has it",
    "totalCountPrecision": "each connection has it",
    "cursor": "each edge has it",
    "language": "each text that the gateway words takes it",
}
WITHOUT_EXAMPLE = {
    "first": "the range says all",
    "after": "a cursor comes from an answer",
    "password": "an example would be copied",
    "current": "an example would be copied",
    "token": "it comes by mail",
    "refreshToken": "it comes from an answer",
}
NEED_NO_EXAMPLE = {"Boolean", "ID"}
QUESTION = re.compile(r"(?:Who|Whom|Whose|What|When|Where|Which|Whether|Why|How)\b")


@dataclass(frozen=True)
class Described:
    """A part of the schema that has a description."""

    coordinate: str  # of the schema, like Query.group(by:)
    description: str
    input_type: GraphQLNamedType | None = None  # where a client sends a value

    @property
    def name(self) -> str:
        """The last name in the coordinate."""
        return re.findall(r"\w+", self.coordinate)[-1]


def described(of: GraphQLSchema) -> Iterator[Described]:
    """Every type, field, argument and enum value."""
    for name, kind in of.type_map.items():
        if name.startswith("__") or is_specified_scalar_type(kind):
            continue
        yield _part(name, kind)
        if isinstance(kind, GraphQLEnumType):
            yield from (_part(f"{name}.{value}", found) for value, found in kind.values.items())
        elif isinstance(kind, GraphQLInputObjectType):
            yield from (_part(f"{name}.{field}", found, sent=True) for field, found in kind.fields.items())
        elif isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            for field, found in kind.fields.items():
                yield _part(f"{name}.{field}", found)
                yield from (_part(f"{name}.{field}({own}:)", given, sent=True) for own, given in found.args.items())


def _part(coordinate: str, found: Any, *, sent: bool = False) -> Described:
    return Described(coordinate, (found.description or "").strip(), get_named_type(found.type) if sent else None)


def too_short(of: GraphQLSchema) -> set[str]:
    """Find descriptions of fewer than four words."""
    return {one.coordinate for one in described(of) if len(one.description.split()) < MIN_WORDS}


def stock_sentences(of: GraphQLSchema) -> set[str]:
    """Find descriptions that stand at fields of other names too, or too often."""
    uses: dict[str, list[Described]] = defaultdict(list)
    for one in described(of):
        uses[one.description].append(one)
    return {
        one.coordinate
        for same in uses.values()
        if len({one.name for one in same}) > 1 or (len(same) > MAX_USES and same[0].name not in SHARED)
        for one in same
    }


def without_example(of: GraphQLSchema) -> set[str]:
    """Find inputs of a scalar type whose description shows no value; an enum lists its values itself."""
    return {one.coordinate for one in _unexampled(of) if one.name not in WITHOUT_EXAMPLE}


def _unexampled(of: GraphQLSchema) -> list[Described]:
    return [
        one
        for one in described(of)
        if is_scalar_type(one.input_type)
        and one.input_type.name not in NEED_NO_EXAMPLE
        and not re.search(r"`[^`]+`|for example", one.description)
    ]


def headless(of: GraphQLSchema) -> set[str]:
    """Find descriptions that begin with a question word and end before a verb: "Which.", "How many, 1 to 100."."""
    return {
        one.coordinate
        for one in described(of)
        if QUESTION.match(one.description) and len(re.split(r"[.,;:]", one.description)[0].split()) < MIN_WORDS
    }


Check = Callable[[GraphQLSchema], set[str]]
CHECKS: list[Check] = [too_short, stock_sentences, without_example, headless]


@pytest.mark.parametrize("check", CHECKS)
def test_descriptions_help(check: Check) -> None:
    """Over the whole schema."""
    assert sorted(check(schema())) == []


def test_what_is_shared_or_needs_no_example_is_so_still() -> None:
    """A name leaves the lists when its reason does."""
    uses: dict[tuple[str, str], int] = defaultdict(int)
    for one in described(schema()):
        uses[one.name, one.description] += 1
    assert SHARED.keys() <= {name for (name, _), total in uses.items() if total > MAX_USES}
    assert WITHOUT_EXAMPLE.keys() <= {one.name for one in _unexampled(schema())}


def test_a_description_of_three_words_is_found() -> None:
    """In each kind of place, also where there is none."""
    bad = build_schema('''
        """What it is."""
        enum Colour { """Not a colour.""" RED, """The colour of grass.""" GREEN }
        """The root of all queries."""
        type Query { """The colour of something.""" colour("""Its code.""" code: ID): Colour, bare: Int }
    ''')
    assert too_short(bad) == {"Colour", "Colour.RED", "Query.colour(code:)", "Query.bare"}


def test_a_stock_sentence_is_found() -> None:
    """At two names at once, at one name when it is used too often, and at a shared name only at another one."""
    fields = '"""The group as it is.""" group: Int'
    types = " ".join(f'"""Type with the number {n}.""" type T{n} {{ {fields} }}' for n in range(MAX_USES))
    bad = build_schema(f'''
        {types}
        """The root of all queries."""
        type Query {{
            """Its name in words.""" name: String
            """Its name in words.""" label: String
            """Number of items wanted.""" first: Int
        }}
    ''')
    assert stock_sentences(bad) == {"Query.name", "Query.label"}
    often = build_schema(
        f'{types} """Type with one more.""" type More {{ {fields} }} """The root of all.""" type Query {{ {fields} }}'
    )
    assert stock_sentences(often) == {"More.group", "Query.group", *(f"T{n}.group" for n in range(MAX_USES))}
    shared = build_schema(re.sub(r"\bgroup: Int", "first: Int", f"{types} type Query {{ {fields} }}"))
    assert stock_sentences(shared) == set()


def test_an_input_without_an_example_is_found() -> None:
    """Arguments, input fields and lists of scalars; not enums, flags, ids and the names that need none."""
    bad = build_schema('''
        scalar Date
        enum Colour { RED }
        input Wish {
            """Name with many letters.""" names: [String!]!
            """Name, for example `Ada`.""" good: String
            """Name, at least `3` letters.""" backticked: String
            """Day of the wish.""" day: Date
            """Colour of the wish.""" colour: Colour
            """True for urgent wishes.""" urgent: Boolean
            """Id of the wish.""" id: ID
            """Cursor of the last.""" after: String
        }
        type Query { """Number of all wishes.""" count(wish: Wish, """Year of the wish.""" year: Int!): Int }
    ''')
    assert without_example(bad) == {"Wish.names", "Wish.day", "Query.count(year:)"}


def test_a_headless_question_is_found() -> None:
    """A question word with a sentence behind it is none."""
    bad = build_schema('''
        type Query {
            """Which.""" a: Int
            """How many, 1 to 100.""" b: Int
            """What to do; now or later.""" c: Int
            """Why this person ranks here, strongest first.""" d: Int
            """Whichever group comes first.""" e: Int
        }
    ''')
    assert headless(bad) == {"Query.a", "Query.b", "Query.c"}
