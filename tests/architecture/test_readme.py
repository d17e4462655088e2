"""The README tells the truth."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from graphql import parse, validate

from gateway import limits
from gateway.schema import schema

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
QUERIES = [json.loads(line)["query"] for line in TEXT.splitlines() if line.startswith('{"query"')]


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_to_paste_is_valid(query: str) -> None:
    """Against the schema that is served."""
    assert validate(schema(), parse(query)) == []


def test_documented_limits_are_the_enforced_ones() -> None:
    """Figure by figure."""
    said = re.sub(r"\s+", " ", TEXT)
    assert (
        f"body {limits.MAX_BODY_BYTES:,} bytes, query {limits.MAX_SOURCE_CHARACTERS:,} characters and "
        f"{limits.MAX_TOKENS:,} tokens, {limits.MAX_DEPTH} levels, {limits.MAX_ALIASES} aliases, "
        f"{limits.MAX_ROOT_FIELDS} root fields, {limits.MAX_DIRECTIVES} directives"
    ) in said


def test_every_variable_that_is_read_is_documented() -> None:
    """By its own name, or as one of a group."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "services").glob("**/*.py"))
    read = set(re.findall(r'"(CONSILIUM_[A-Z0-9_]+)"', code))
    internal = {"CONSILIUM_BIND", "CONSILIUM_PROFILES_URL", "CONSILIUM_GRAPH_URL"}  # set by `up` and compose
    for name in read - internal:
        tail = "_" + name.split("_")[-1]
        assert (
            name in TEXT or f"…{tail}" in TEXT or f"…_{name.removeprefix('CONSILIUM_').split('_')[0]}{tail}" in TEXT
        ), name


def test_the_documented_table_of_who_sees_what_is_the_enforced_one() -> None:
    """In docs/groups.md."""
    from graph.groups.domain import SEES

    words = {frozenset(): "nothing", frozenset({"GROUP"}): "the group"}
    text = (ROOT / "docs" / "groups.md").read_text(encoding="utf-8")
    for (visibility, policy), row in SEES.items():
        cells = [words.get(aspects, "all") for aspects in row.values()]
        assert f"| {visibility}, {'with' if policy else 'without'} | {' | '.join(cells)} |" in text
