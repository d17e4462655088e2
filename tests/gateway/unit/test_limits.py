"""What is refused before it is run, and for how little work."""

from __future__ import annotations

import pytest
from graphql import parse

from gateway import limits
from gateway.execution import Engine, RequestRejected
from gateway.schema import schema
from tests.support.work import counted

ENGINE = Engine.of(schema())


def nested(levels: int) -> str:
    """A query of so many levels: regions inside regions."""
    return "{ regions { " + "parents { " * (levels - 2) + "code" + " }" * (levels - 2) + " } }"


@pytest.mark.parametrize(
    ("build", "most"),
    [
        (nested, limits.MAX_DEPTH),
        (lambda n: "{ regions { " + " ".join(f"a{i}: code" for i in range(n)) + " } }", limits.MAX_ALIASES),
        (lambda n: "{ " + " ".join(["__typename"] * n) + " }", limits.MAX_ROOT_FIELDS),
        (lambda n: "{ regions { code " + "@include(if: true) " * n + "} }", limits.MAX_DIRECTIVES),
        (lambda n: "{ regions { " + "code " * n + "} }", limits.MAX_REPEATS),
    ],
)
def test_each_limit_holds_at_its_figure_and_not_above(build, most: int) -> None:  # type: ignore[no-untyped-def]
    """At the figure the operation passes; one above it is refused."""
    limits.check(parse(build(most)))
    with pytest.raises(limits.TooComplex):
        limits.check(parse(build(most + 1)))


def test_fragments_are_counted_where_they_are_used() -> None:
    """Hiding aliases in fragments does not help."""
    query = "{ regions { ...F ...F } } fragment F on Region { " + " ".join(f"a{i}: code" for i in range(8)) + " }"
    with pytest.raises(limits.TooComplex, match="aliases"):
        limits.check(parse(query))


BOMB = (
    "{ regions { ...F0 } } "
    + " ".join(f"fragment F{i} on Region {{ parents {{ ...F{i + 1} ...F{i + 1} }} }}" for i in range(20))
    + " fragment F20 on Region { code }"
)


MANY_FRAGMENTS = (
    "{ instance { "
    + " ".join(f"...F{i}" for i in range(80))
    + " } } "
    + " ".join(f"fragment F{i} on Instance {{ name operator contact }}" for i in range(80))
)


@pytest.mark.parametrize(
    "query",
    [
        BOMB,
        "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
        "{" + "hello " * 2000 + "}",
        "{" * 9000,
        "[" * 9000,
        "{ regions { " + "a: code " * 400 + "} }",
        "query($a: [[[[[[[[[[String]]]]]]]]]]) { __typename }",
        "{ peers(filter: {}, first: 1) { nodes { " + "... { id name headline } " * 150 + "} } }",
        "{ peers(filter: {}, first: 1) { nodes { " + "... { profession { code } } " * 120 + "} } }",
        "{ " + "regions { parents { " * 7 + "code" + " } ... { parents { code } } }" * 7 + " }",
        MANY_FRAGMENTS,
        "x" * 10_001,
        "#" * 10_000,
    ],
    ids=[
        "bomb",
        "cycle",
        "hello",
        "braces",
        "brackets",
        "leaves",
        "variables",
        "inline",
        "nested",
        "tree",
        "fragments",
        "long",
        "comment",
    ],
)
def test_an_attack_is_refused_for_little_work(query: str) -> None:
    """Before anything is executed; the most costly of these takes 66,000 calls, 13 ms on one slow core."""
    ENGINE.documents.clear()
    with counted() as work, pytest.raises(RequestRejected) as caught:
        ENGINE.prepare(query, introspection=True)
    assert work.calls < 100_000
    assert all(error.extensions and error.extensions["code"] for error in caught.value.errors)
