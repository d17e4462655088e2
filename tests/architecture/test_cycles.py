"""No function of a service holds itself: what it has closed over would stay in memory until garbage is collected."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SERVICES = Path(__file__).parents[2] / "services"


def holding_themselves(text: str) -> list[str]:
    """Functions within functions that call themselves by the name that they have there: they are in their own closure."""
    return [
        inner.name
        for outer in ast.walk(ast.parse(text))
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(outer)
        if inner is not outer and isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef)
        if any(isinstance(node, ast.Name) and node.id == inner.name for part in inner.body for node in ast.walk(part))
    ]


@pytest.mark.parametrize("service", sorted(path.name for path in SERVICES.iterdir() if path.is_dir()))
def test_no_function_is_in_its_own_closure(service: str) -> None:
    """Requests with everything that they read hung on such functions; collection looks at what is old very rarely."""
    found = {
        str(path.relative_to(SERVICES)): names
        for path in (SERVICES / service).rglob("*.py")
        if (names := holding_themselves(path.read_text(encoding="utf-8")))
    }
    assert found == {}


def test_the_check_finds_one() -> None:
    """A recursive function in another, and none that only calls a function of the module."""
    assert holding_themselves("def a():\n    def b(n):\n        return b(n - 1)\n    return b(3)") == ["b"]
    assert holding_themselves("def a():\n    def b(n):\n        return a()\n    return b(3)") == []
