"""Paths of calls between services are put together by `kit.paths.internal_path`, and by nothing else."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SERVICES = Path(__file__).parents[2] / "services"
# Methods that send a call to another service, and where its path stands among their arguments.
SENDERS = {"call": 1, "exchange": 1, "graph": 1, "profiles": 1, "_patiently": 2, "ask": 1, "_ask": 0}


def built_paths(text: str) -> Iterator[int]:
    """Yield the line of each path that is put together from pieces, or given to a call in a way that hides how."""
    tree = ast.parse(text)
    decorators = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        for one in node.decorator_list
        for inner in ast.walk(one)
    }
    for node in ast.walk(tree):
        if id(node) in decorators:
            continue
        pieces: list[ast.expr] = []
        if isinstance(node, ast.JoinedStr):
            pieces = node.values[:1]
        elif isinstance(node, ast.BinOp):
            pieces = [node.left]
        elif (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in {"format", "join"}
        ):
            pieces = [node.func.value]
        if any(isinstance(piece, ast.Constant) and str(piece.value).startswith("/") and len(str(piece.value)) > 1
               for piece in pieces):  # fmt: skip
            yield node.lineno
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            place = SENDERS.get(name)
            if place is not None and len(node.args) > place and not _is_whole(node.args[place]):
                yield node.lineno


def _is_whole(given: ast.expr) -> bool:
    """Whether an argument is a constant, a name, or made by `internal_path`."""
    if isinstance(given, ast.Call):
        return isinstance(given.func, ast.Name) and given.func.id == "internal_path"
    return isinstance(given, ast.Constant | ast.Name)


# Paths that are no calls between services: a page's files, public addresses and links in mails.
NO_CALLS = {"profiles/profiles/evidence/usecases.py", "profiles/profiles/rights/usecases.py", "kit/kit/paths.py"}


def test_no_path_of_a_call_is_put_together_by_hand() -> None:
    """An id with a slash or a question mark in it would reach another endpoint than the one that was meant."""
    found = [
        f"{path.relative_to(SERVICES)}:{line}"
        for path in sorted(SERVICES.glob("**/*.py"))
        if str(path.relative_to(SERVICES)) not in NO_CALLS
        for line in built_paths(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        'context.graph("GET", f"/v1/groups/{own}")', 'context.graph("GET", "/v1/groups/" + own)',
        'path = "/v1/groups/%s" % own', 'path = "/v1/groups/{}".format(own)', 'client.call("GET", build(own))',
        'context.profiles("GET", prefix + own)',
    ],
)  # fmt: skip
def test_the_rule_finds_what_it_is_for(text: str) -> None:
    """Each way to put a path together."""
    assert list(built_paths(text))


def test_the_rule_passes_what_is_safe() -> None:
    """Constants and the one function."""
    assert not list(built_paths('context.graph("GET", internal_path("groups", own)); context.graph("GET", "/v1/x")'))
