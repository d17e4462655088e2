"""What operations cost, the buckets they are charged to, and texts that are named by their hash."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest
from graphql import FieldNode, FragmentDefinitionNode, get_named_type, is_input_object_type, is_object_type
from hypothesis import given
from hypothesis import strategies as st

from gateway import cost as costs
from gateway import limits
from gateway.context import Context, Services
from gateway.endpoint import DEADLINE_SECONDS, MAX_COST_OF_ADDRESS, MAX_COST_OF_PERSON, MIN_COST, TURN_SECONDS
from gateway.errors import ERROR_CODES
from gateway.execution import Engine, RequestRejected
from gateway.list_sizes import PAGE_SIZES, SIZED_BY_PAGE, ListSize
from gateway.paging import MAX_PAGE_SIZE, Below, selected_all
from gateway.persisted import Documents, LocalTexts, NotKnown, digest_of
from gateway.plan import compiled
from gateway.rates.buckets import LocalBuckets
from gateway.rates.limiter import Limiter, Rates
from gateway.schema import schema
from gateway.settings import ADDRESS_CHANGES, ADDRESS_POINTS, PERSON_CHANGES, PERSON_POINTS
from gateway.streams.server import (
    MAX_STREAMS,
    MAX_STREAMS_OF_ADDRESS,
    MAX_STREAMS_OF_PERSON,
)
from gateway.trusted import TrustedDocuments
from gateway.unread import MAX_UNREAD_BYTES_OF_ADDRESS
from kit.addresses import address_key
from kit.http import CallContext
from tests.support.clock import Clock
from tests.support.operations import PLAIN, RELAY, saved
from tests.support.screens import SCREENS, TABLE

ENGINE = Engine.of(schema())


def cost_of(text: str, variables: dict[str, Any] | None = None) -> costs.Cost:
    """What an operation costs."""
    prepared = ENGINE.prepare(text, introspection=True)
    operation = ENGINE.operation(prepared, None)
    return ENGINE.cost(prepared, operation, ENGINE.variables(operation, variables))


def peers(first: int | str, inside: str = "id") -> str:
    """A page of peers."""
    head = "query($n: Int! = 7) " if first == "$n" else ""
    return f"{head}{{ peers(filter: {{}}, first: {first}) {{ nodes {{ {inside} }} }} }}"


@pytest.mark.parametrize(
    ("text", "variables", "expected"),
    [
        ("{ __typename }", None, 0),
        ("{ instance { name } }", None, 1),
        (peers(20), None, 21),
        (peers("$n"), None, 8),
        (peers("$n"), {"n": 50}, 51),
        (peers("$n"), {"n": 100_000}, 1 + MAX_PAGE_SIZE),  # refused when it is run
        (peers(20, "regions { code }"), None, 41),
        ("{ peers(filter: {}, first: 20) { pageInfo { hasNextPage } edges { node { id } } } }", None, 42),
        ("{ specialties(first: 30) { code parent { code } } }", None, 60),
        ("{ peers(filter: {}, first: 10) { ...F ...F } } fragment F on PeerConnection { nodes { id } }", None, 21),
        ("{ __schema { types { fields { name } } } }", None, 0),
    ],
)
def test_each_object_costs_one_and_a_page_counts_as_often_as_it_is_long(
    text: str, variables: dict[str, Any] | None, expected: int
) -> None:
    """By literal, by variable and by default."""
    assert cost_of(text, variables).cost == expected


PAGES = {
    "peers": ("peers(filter: {{}}, first: {}) {{ nodes {{ id groups(first: 3) {{ nodes {{ id }} }} }} }}", True),
    "regions": ("regions(first: {}) {{ code }}", True),
    "posts": ('node(id: "x") {{ ... on Discussion {{ posts(last: {}) {{ nodes {{ id }} }} }} }}', False),
}


@given(field=st.sampled_from(sorted(PAGES)), size=st.integers(1, 100), primed=st.integers(1, 100))
def test_a_value_costs_the_same_however_it_is_spelled(field: str, size: int, primed: int) -> None:
    """As a literal, a default, a variable, a number with a point and a fragment's: of the same text, asked before with others."""
    page, required = PAGES[field]
    kind = "Int!" if required else "Int"
    expected = cost_of(f"{{ {page.format(size)} }}")
    texts = [
        f"query($n: {kind} = {primed}) {{ {page.format('$n')} }}",
        f"query($n: {kind} = {primed}) {{ ...F }} fragment F on Query {{ {page.format('$n')} }}",
    ]
    for text in texts:
        cost_of(text)  # nothing that is cached of this may be answered for another size
        cost_of(text, {"n": primed})
        assert cost_of(text, {"n": size}) == cost_of(text, {"n": float(size)}) == expected
        assert cost_of(f"query($n: {kind} = {size}) {{ {page.format('$n')} }}") == expected
        assert cost_of(text, {"n": size, "unknown": primed}) == expected
        assert cost_of(text, {"n": primed}) == cost_of(f"{{ {page.format(primed)} }}")


def test_the_page_that_a_cheap_first_run_primed_is_refused() -> None:
    """The operation that a stranger ran for 6 points, at a cost of 20,301."""
    text = (
        "query($n: Int! = 1) { peers(filter: {}, first: $n) { nodes { id groups(first: $n) { nodes { id } } "
        "mutualConnections(first: $n) { nodes { id name } } } } }"
    )
    assert cost_of(text).cost == 6
    for spelled in (100, 100.0):
        with pytest.raises(RequestRejected) as caught:
            cost_of(text, {"n": spelled})
        assert "20,301" in str(caught.value.errors[0])
    assert cost_of(text, {"n": 1.0}).cost == 6


def test_the_larger_of_first_and_last_counts() -> None:
    """In whichever order they stand, and whether or not one is null."""
    inside = "nodes { id }"
    for arguments, size in (
        ("first: 1, last: 90", 90), ("last: 90, first: 1", 90), ("last: 90, first: null", 90), ("last: null", 20),
        ("first: null", 20), ("first: 30, last: null", 30), ("", 20),
    ):  # fmt: skip
        text = f'{{ node(id: "x") {{ ... on Discussion {{ posts{f"({arguments})" if arguments else ""} {{ {inside} }} }} }} }}'
        assert cost_of(text).cost == 2 + size, arguments


# Numbers that do not say how many things are answered.
_NO_SIZES = {("transparencyReport", "year"), ("path", "maxLength"), ("deskFigures", "days")}


def test_only_arguments_that_the_cost_knows_say_how_long_a_page_is() -> None:
    """Every other number among the arguments and inputs of queries is listed here on purpose."""
    strange = set()
    for kind in ENGINE.schema.type_map.values():
        if is_object_type(kind) and not kind.name.startswith("__"):
            for name, field in kind.fields.items():
                numbers = {own for own, argument in field.args.items() if get_named_type(argument.type).name == "Int"}
                strange |= {(name, own) for own in numbers - PAGE_SIZES}
                declared = ListSize.of(field)
                if numbers & PAGE_SIZES and not (declared and declared.is_part):
                    assert "first" in numbers, name
        if is_input_object_type(kind):
            strange |= {(kind.name, name) for name in kind.fields if name in PAGE_SIZES | {"limit", "size", "count"}}
    assert strange == _NO_SIZES


def bomb(kind: str, levels: int) -> str:
    """Fragments that each spread the next one twice."""
    chain = " ".join(f"fragment F{n} on {kind} {{ ...F{n + 1} ...F{n + 1} }}" for n in range(levels))
    return f"{chain} fragment F{levels} on {kind} {{ name }}"


def test_fragments_that_double_are_looked_at_once() -> None:
    """Costs, plans and looks at what is selected take steps with each fragment, not with each way to it."""
    text = f"{{ instance {{ ...F0 }} }} {bomb('Instance', 30)}"
    prepared = ENGINE.prepare(text, introspection=True)
    operation = ENGINE.operation(prepared, None)
    steps = 0

    def count(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal steps
        steps += event == "call"
        if steps > 20_000:
            raise AssertionError("The work doubles with each fragment.")

    node = operation.selection_set.selections[0]
    assert isinstance(node, FieldNode)
    fragments = {
        one.name.value: one for one in prepared.document.definitions if isinstance(one, FragmentDefinitionNode)
    }
    sys.setprofile(count)
    try:
        ENGINE.cost(prepared, operation, {})
        plan = compiled(ENGINE.schema, prepared.document, operation)
        names = [found.name.value for found in selected_all(Below([node], fragments))]
    finally:
        sys.setprofile(None)
    assert plan is not None
    assert names == ["name"]


def test_the_cost_holds_at_its_figure_and_not_above() -> None:
    """2,000 pass, 2,001 do not."""
    inside = " ".join(f"a{n}: profession {{ code }}" for n in range(15))
    inside += " profession { code } incomingRequest { id } outgoingRequest { id }"

    def costing(more: int) -> str:
        return f"{{ peers(filter: {{}}, first: 100) {{ nodes {{ {inside} }} }} specialties(first: {more}) {{ code }} }}"

    assert cost_of(costing(99)).cost == costs.MAX_COST == 2_000
    with pytest.raises(RequestRejected) as caught:
        cost_of(costing(100))
    assert caught.value.errors[0].extensions == {
        "code": "QUERY_TOO_COMPLEX", "cost": 2_001, "maxCost": 2_000, "nodes": 2_001, "maxNodes": 500_000,
        "costliestField": ["peers", "nodes"],
    }  # fmt: skip


def test_what_may_come_is_bounded_by_how_long_lists_may_be() -> None:
    """A list without pages counts as long as the schema declares."""
    one = cost_of('{ professional(by: {handle: "a"}) { practisedSpecialties { primary } } }')
    assert (one.cost, one.nodes) == (2, 41)
    with pytest.raises(RequestRejected) as caught:
        cost_of(peers(100, "practisedSpecialties { specialty { related { specialty { titles { title } } } } }"))
    extensions = caught.value.errors[0].extensions
    assert extensions is not None
    assert extensions["nodes"] > extensions["maxNodes"]
    assert extensions["costliestField"][-1] == "titles"


def test_fragments_do_not_hide_what_costs_most() -> None:
    """The refusal names the field, wherever it is written."""
    fragments = "fragment P on Post { ...N } fragment N on Post { discussion { posts(first: 100) { nodes { id } } } }"
    with pytest.raises(RequestRejected) as caught:
        cost_of(f'{{ node(id: "x") {{ ... on Discussion {{ posts(last: 20) {{ nodes {{ ...P }} }} }} }} }} {fragments}')
    assert (caught.value.errors[0].extensions or {})["costliestField"] == [
        "node", "posts", "nodes", "discussion", "posts", "nodes"
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "text"), SCREENS.items())
def test_a_screen_is_within_the_limits(name: str, text: str) -> None:
    """Each screen of a product in one query, whatever its lists hold."""
    found = cost_of(text, {"id": "x"} if "$id" in text else {})
    print(f"{name}: cost {found.cost:,}, nodes {found.nodes:,}")
    assert found.cost <= costs.MAX_COST
    assert found.nodes <= costs.MAX_NODES / 2
    assert f"/{name}.graphql) | {found.cost} |" in TABLE.read_text(encoding="utf-8")


@pytest.mark.parametrize("plans", [True, False])
def test_what_an_answer_really_holds_is_bounded(monkeypatch: pytest.MonkeyPatch, plans: bool) -> None:
    """Whether graphql-core or a plan runs the query: one object more than there may be, and it ends."""
    text = "{ specialties(first: 100) { code } }"
    engine = Engine.of(schema(), plans=plans)
    prepared = engine.prepare(text, introspection=False)
    context = Context(Services(None, None), CallContext("r"), accept_language="en")  # type: ignore[arg-type]

    def run() -> Any:
        return engine.run(prepared, variables=None, operation=None, context=context)

    found = len(run().data["specialties"])
    monkeypatch.setattr(limits.Objects.__init__, "__defaults__", (found + 1,))  # a plan counts the root too
    assert len(run().data["specialties"]) == found
    monkeypatch.setattr(limits.Objects.__init__, "__defaults__", (found - 1,))
    if plans:
        with pytest.raises(RequestRejected) as caught:
            run()
        (error,) = caught.value.errors
    else:
        (error,) = run().errors
    assert (error.extensions or {})["code"] == "QUERY_TOO_COMPLEX"


def test_every_list_declares_how_long_it_may_be() -> None:
    """An undeclared list would count as one thing, however long it is."""
    undeclared, lists = [], 0
    for kind in ENGINE.schema.type_map.values():
        if is_object_type(kind) and not kind.name.startswith("__"):
            for name, field in kind.fields.items():
                size = ListSize.of(field)
                lists += size is not None
                if size is not None and size is not SIZED_BY_PAGE and size.max_items is None:
                    undeclared.append(f"{kind.name}.{name}")
    assert undeclared == []
    assert lists > 100


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("query($ids: [ID!]!) { nodes(ids: $ids) { ...F } }", {"ids": ["a", "b", "c"]}),
        ('{ nodes(ids: ["a", "b", "c"]) { ...F } }', None),
        ('query($one: ID!) { nodes(ids: [$one, "b", "c"]) { ...F } }', {"one": "a"}),
    ],
)
def test_things_by_id_cost_what_one_costs_times_their_number(text: str, variables: dict[str, Any] | None) -> None:
    """However the ids are spelled; before, a hundred groups with a hundred texts each cost as much as one."""
    fragment = " fragment F on Group { discussions(first: 10) { nodes { id } } }"
    assert cost_of(text + fragment, variables).cost == 3 * (1 + 1 + 10)
    with pytest.raises(RequestRejected) as caught:
        cost_of(
            "query($ids: [ID!]!) { nodes(ids: $ids) { ...F } }" + fragment.replace("10", "100"), {"ids": ["a"] * 100}
        )
    assert (caught.value.errors[0].extensions or {})["code"] == "QUERY_TOO_COMPLEX"


def test_one_sign_in_a_request() -> None:
    """Also behind aliases and fragments."""
    sign_in = 'signIn(input: {email: "a", password: "b"}) { userErrors { code } }'
    assert cost_of(f"mutation {{ {sign_in} }}").cost == 2
    for text in (
        f"mutation {{ {sign_in} b: {sign_in} }}",
        f"mutation {{ ...M b: {sign_in} }} fragment M on Mutation {{ {sign_in} }}",
    ):
        with pytest.raises(RequestRejected):
            cost_of(text)


@pytest.mark.parametrize(("name", "text"), [*PLAIN.items(), *RELAY.items(), *saved().items()])
def test_what_frontends_ask_stays_under_half_of_each_limit(name: str, text: str) -> None:
    """Q1 to Q5, in plain and in Relay style, and every saved operation of the page at /; of the depth three quarters."""
    prepared = ENGINE.prepare(text, introspection=True)
    for definition in prepared.document.definitions:
        if definition.kind != "operation_definition":
            continue
        found = costs.estimate(ENGINE.schema, prepared.document, definition, {}).cost  # type: ignore[arg-type]
        assert found.cost <= costs.MAX_COST / 2, name
        assert found.nodes <= costs.MAX_NODES / 2, name
    measured = limits.measure(prepared.document)
    assert measured.depth <= limits.MAX_DEPTH * 3 / 4
    assert measured.aliases <= limits.MAX_ALIASES / 2
    assert measured.fields <= limits.MAX_ROOT_FIELDS / 2
    assert measured.directives <= limits.MAX_DIRECTIVES / 2
    assert len(text) <= limits.MAX_SOURCE_CHARACTERS / 2
    assert prepared.document.loc is not None
    assert prepared.document.token_count <= limits.MAX_TOKENS / 2


def test_a_bucket_gives_what_it_has_and_fills_evenly() -> None:
    """No more than the limit in a burst, and a minute's worth in a minute."""
    clock = Clock()
    buckets = LocalBuckets(clock)
    given = sum(buckets.take("a", 600, 7).allowed for _ in range(200)) * 7
    assert 600 - 7 < given <= 600
    refused = buckets.take("a", 600, 7)
    assert not refused.allowed
    assert refused.wait <= 0.7
    for _ in range(60):
        clock.now += 1
        given += sum(buckets.take("a", 600, 7).allowed for _ in range(10)) * 7
    assert 1200 * 0.95 <= given <= 1200 * 1.05
    assert buckets.take("b", 600, 600).remaining == 0


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("192.0.2.7", "192.0.2.7"), ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("2001:db8:1:2::9", "2001:db8:1:2::/64"), (None, "unknown"),
    ],
)  # fmt: skip
def test_an_ipv6_customer_is_one_address(address: str | None, key: str) -> None:
    """By /64."""
    assert address_key(address) == key


def test_a_person_and_an_address_have_a_bucket_each() -> None:
    """Whoever is signed in is told of the own one; an empty one of the address counts for all there."""
    limiter = Limiter(LocalBuckets(Clock()), Rates(person=100, address=250, person_changes=3, address_changes=5))
    first = limiter.charge("ada", "192.0.2.1", 60)
    assert (first.policy, first.limit, first.taken.remaining) == ("person", 100, 40)
    assert first.headers()["RateLimit-Policy"] == '"person";q=100;w=60'
    assert first.headers()["RateLimit"] == '"person";r=40;t=36'
    second = limiter.charge("ada", "192.0.2.1", 60)
    assert not second.taken.allowed
    assert second.headers()["Retry-After"] == "12"
    assert limiter.charge("bob", "192.0.2.1", 90).taken.allowed
    assert limiter.charge(None, "192.0.2.1", 100).taken.allowed
    third = limiter.charge("eve", "192.0.2.1", 10)
    assert (third.policy, third.taken.allowed) == ("address", False)
    assert limiter.charge(None, "192.0.2.2", 250).taken.remaining == 0


def test_mutations_have_buckets_of_their_own() -> None:
    """Of a person and of an address, beside points."""
    limiter = Limiter(LocalBuckets(Clock()), Rates(person=100, address=250, person_changes=3, address_changes=5))
    assert [limiter.charge_changes("ada", "192.0.2.1", 1).taken.allowed for _ in range(4)] == [True] * 3 + [False]
    refused = limiter.charge_changes("ada", "192.0.2.1", 1)
    assert (refused.policy, refused.headers()["Retry-After"]) == ("person-changes", "20")
    assert limiter.charge_changes("bob", "192.0.2.1", 2).taken.allowed
    assert limiter.charge_changes("eve", "192.0.2.1", 1).policy == "address-changes"
    assert limiter.charge("ada", "192.0.2.1", 100).taken.allowed


def test_a_text_is_remembered_by_its_hash() -> None:
    """Unknown first, then known; another hash is refused."""
    documents = Documents(LocalTexts(), TrustedDocuments(()), "off")
    text = "{ __typename }"
    with pytest.raises(NotKnown) as unknown:
        documents.text(None, None, digest_of(text))
    assert unknown.value.error.extensions == {"code": "PERSISTED_QUERY_NOT_FOUND"}
    with pytest.raises(ValueError, match="not that of the query"):
        documents.text(text, None, digest_of("other"))
    assert documents.text(text, None, digest_of(text)) == text
    documents.remember(text, digest_of(text))
    assert documents.text(None, None, digest_of(text)) == text
    assert documents.text(None, f"sha256:{digest_of(text)}", None) == text


def test_the_documented_figures_are_the_enforced_ones() -> None:
    """Every figure of the guide's table of limits, and every code of its table of errors."""
    guide = Path(__file__).parents[3] / "docs" / "guide"
    text = (guide / "limits.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", text, flags=re.M))

    def figures(name: str) -> list[int]:
        return [int(found.replace(",", "")) for found in re.findall(r"\d[\d,]*", rows[name])]

    assert figures("body") == [limits.MAX_BODY_BYTES]
    assert figures("source") == [limits.MAX_SOURCE_CHARACTERS, limits.MAX_TOKENS]
    assert figures("depth") == [limits.MAX_DEPTH]
    assert figures("aliases; root fields; directives") == [
        limits.MAX_ALIASES, limits.MAX_ROOT_FIELDS, limits.MAX_DIRECTIVES
    ]  # fmt: skip
    assert figures("repeated fields") == [limits.MAX_REPEATS]
    assert figures("merged fields")[0] == limits.MAX_PAIRS
    assert figures("errors") == [limits.MAX_ERRORS]
    assert figures("sign-ins")[0] == costs.MAX_SIGN_INS
    assert figures("cost")[0] == costs.MAX_COST
    assert figures("nodes")[0] == costs.MAX_NODES
    assert figures("objects") == [limits.MAX_OBJECTS]
    assert figures("under way") == [MAX_COST_OF_PERSON, MAX_COST_OF_ADDRESS, MIN_COST, TURN_SECONDS]
    assert figures("answer")[:2] == [limits.MAX_ANSWER_BYTES, MAX_UNREAD_BYTES_OF_ADDRESS]
    assert figures("time")[0] == DEADLINE_SECONDS
    assert figures("streams") == [MAX_STREAMS_OF_PERSON, MAX_STREAMS_OF_ADDRESS, MAX_STREAMS]
    assert f"{PERSON_POINTS:,}" in text
    assert f"{PERSON_CHANGES} mutations a minute for a person, {ADDRESS_CHANGES:,} for an address" in re.sub(
        r"\s+", " ", text
    )
    assert f"{ADDRESS_POINTS:,}" in text
    errors = (guide / "errors.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\b[A-Z]+_?[A-Z_]*[A-Z]\b", "".join(re.findall(r"^\| ([^|]+)\|", errors, flags=re.M)))) == (
        ERROR_CODES | {"INVALID", "UNAVAILABLE", "OUTCOME_UNKNOWN"}
    )


def test_an_argument_that_cuts_a_list_bounds_the_nodes_and_not_the_cost() -> None:
    """The list comes with its object whatever its length; more than it may hold counts as that, and null as all."""

    def history(given: str) -> tuple[int, int]:
        found = cost_of(f'{{ node(id: "x") {{ ... on Credential {{ history{given} {{ at }} }} }} }}')
        return found.cost, found.nodes

    assert history("") == history("(last: null)") == (2, 201)
    assert history("(last: 10)") == (2, 11)
    assert history("(last: 1000)") == (2, 201)
