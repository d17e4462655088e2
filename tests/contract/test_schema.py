"""The public contract: what is served is what is committed, everything is described, and nothing that was released breaks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    build_schema,
    find_breaking_changes,
    get_introspection_query,
)
from graphql.utilities import build_client_schema, print_schema

from gateway.caches import client_material
from gateway.list_sizes import as_page
from gateway.schema import schema, sdl
from tests.support.stack import Stack

ROOT = Path(__file__).parents[2]
RELEASED = Path(__file__).parent / "released.graphql"


def described() -> Iterator[tuple[str, Any]]:
    """Every type, field, argument and value with its name."""
    for name, kind in schema().type_map.items():
        if name.startswith("__"):
            continue
        yield name, kind
        if isinstance(kind, GraphQLEnumType):
            yield from ((f"{name}.{value}", found) for value, found in kind.values.items())
        elif isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            for field, found in kind.fields.items():
                yield f"{name}.{field}", found
                for argument, given in getattr(found, "args", {}).items():
                    yield f"{name}.{field}({argument})", given


def test_the_committed_schema_is_the_one_that_is_served(stack: Stack) -> None:
    """Byte for byte as printed, and by introspection."""
    committed = (ROOT / "schema.graphql").read_text(encoding="utf-8")
    assert committed == sdl()
    served = build_client_schema(stack.data(get_introspection_query(input_value_deprecation=True)))
    assert find_breaking_changes(build_schema(committed), served) == []
    assert sorted(served.type_map) == sorted(build_schema(committed).type_map)


def test_the_page_of_list_sizes_is_current() -> None:
    """docs/list-sizes.md is what `make schema` writes."""
    assert (ROOT / "docs" / "list-sizes.md").read_text(encoding="utf-8") == as_page(schema())


def test_what_caches_of_clients_must_know_is_current() -> None:
    """examples/cache/schema.json is what `make schema` writes."""
    committed = json.loads((ROOT / "examples" / "cache" / "schema.json").read_text(encoding="utf-8"))
    assert committed == client_material(schema())


def test_everything_is_described() -> None:
    """In a sentence."""
    bare = [name for name, found in described() if not (found.description or "").strip().endswith((".", "…", "`"))]
    assert [name for name in bare if name not in {"String", "Int", "Float", "Boolean", "ID"}] == []


def test_a_deprecation_says_since_when_and_what_instead() -> None:
    """Like "Since 2026-11-21; use x."."""
    for name, found in described():
        reason = getattr(found, "deprecation_reason", None)
        assert reason is None or re.match(r"Since \d{4}-\d\d-\d\d; use ", reason), name


def test_nothing_that_was_released_breaks() -> None:
    """Against the last release; a new release replaces the file, and its changes stand in docs/schema-changelog.md."""
    released = build_schema(RELEASED.read_text(encoding="utf-8"))
    assert [change.description for change in find_breaking_changes(released, build_schema(sdl()))] == []


def test_a_breaking_change_would_be_found() -> None:
    """The check itself works."""
    now = build_schema(sdl())
    without = re.sub(r'  """[^"]*"""\n  mutualCount: Int\n', "", print_schema(now))
    found = [change.description for change in find_breaking_changes(now, build_schema(without))]
    assert found == ["PeerEdge.mutualCount was removed."]
