"""Unit tests need no engine and start no service, so that `make check` stays quick."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
STARTING = {"engines", "driver", "migrated", "database", "stack"}  # the fixtures of tests/conftest.py
SERVING = {"served", "launch", "operate", "many_workers"}  # of tests.support


def what_it_starts(text: str) -> Iterator[str]:
    """The fixtures and helpers that a test file uses, of those that start an engine or a service."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            yield from sorted({argument.arg for argument in node.args.args} & STARTING)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tests.support"):
            yield from sorted({alias.name for alias in node.names} & SERVING)


def test_unit_tests_start_nothing() -> None:
    """What starts a service without engines stands in tests/processes; what needs engines, in an integration folder."""
    folders = [*TESTS.glob("*/unit"), TESTS / "architecture"]
    assert len(folders) > 5
    found = {
        f"{path.relative_to(TESTS)}: {name}"
        for folder in folders
        for path in folder.glob("**/*.py")
        for name in what_it_starts(path.read_text(encoding="utf-8"))
    }
    assert found == set()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("def test_it(stack, tmp_path): ...", ["stack"]),
        ("from tests.support.served import served", ["served"]),
        ("from tests.support.stack import eventually\n\ndef test_it(tmp_path): ...", []),
    ],
)
def test_the_rule_sees_what_it_is_for(text: str, found: list[str]) -> None:
    """A fixture, an import, and neither."""
    assert list(what_it_starts(text)) == found
