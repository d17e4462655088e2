"""The schema passes the recommended and the Relay rules of graphql-eslint, but for exceptions that are written down."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.support import node

EXCEPTIONS: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "schema_rules.toml").read_text(encoding="utf-8")
)["exceptions"]


def found_in(schema: Path) -> list[dict[str, str]]:
    """What the rules find in a schema."""
    folder = node.installed(node.ROOT / "tests" / "node")
    done = node.run("node", "schema.mjs", str(schema), cwd=folder, seconds=120)
    assert done.returncode == 0, done.stderr[-2000:]
    return list(json.loads(done.stdout))


def covers(exception: dict[str, Any], found: dict[str, str]) -> bool:
    """Whether an exception is for this finding."""
    if exception["rule"] != found["rule"]:
        return False
    return found["at"] in exception["at"] if "at" in exception else exception["message"] in found["message"]


@pytest.fixture(scope="module")
def findings() -> list[dict[str, str]]:
    """What the rules find in the schema of the project."""
    return found_in(node.ROOT / "schema.graphql")


def test_the_rules_find_nothing_but_the_exceptions(findings: list[dict[str, str]]) -> None:
    """Mend the schema, or write down why it is meant."""
    assert [found for found in findings if not any(covers(own, found) for own in EXCEPTIONS)] == []


def test_every_exception_is_needed_and_has_a_reason(findings: list[dict[str, str]]) -> None:
    """Each name in `at` too."""
    named = {found["at"] for found in findings}
    unneeded = [own for own in EXCEPTIONS if not any(covers(own, found) for found in findings)]
    assert unneeded == []
    assert [place for own in EXCEPTIONS for place in own.get("at", []) if place not in named] == []
    assert all(len(own["reason"].split()) > 3 for own in EXCEPTIONS)


def test_the_rules_find_what_is_wrong(tmp_path: Path) -> None:
    """A name, a missing description, and a page without `pageInfo`."""
    schema = tmp_path / "schema.graphql"
    schema.write_text(
        '"""Reads."""\ntype Query {\n  """Things."""\n  get_things(first: Int): ThingConnection\n}\n'
        'type ThingConnection {\n  """One."""\n  edges: [ThingEdge]\n}\n'
        '"""An edge."""\ntype ThingEdge {\n  cursor: String!\n  node: String\n}\n',
        encoding="utf-8",
    )
    assert {(found["rule"], found["at"]) for found in found_in(schema)} >= {
        ("naming-convention", "Query.get_things"), ("require-description", "ThingConnection"),
        ("relay-connection-types", "ThingConnection"), ("relay-arguments", "Query.get_things"),
    }  # fmt: skip
