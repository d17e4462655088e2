"""Tests assert causes: a busy machine may take any time for anything, so that figures of time belong to `make bench`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parents[1]
CLOCKS = {"perf_counter", "monotonic", "time", "process_time", "thread_time"}
MIN_TIMEOUT_SECONDS = 10.0  # seconds: what hangs until a time-out may be told from what does not
ELSEWHERE = {"bench", "chaos"}  # what is run by itself


def elapsed(node: ast.AST) -> bool:
    """Whether an expression is the time since something: what a clock says now, less something."""
    return (
        isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Sub)
        and isinstance(node.left, ast.Call)
        and isinstance(node.left.func, ast.Attribute)
        and node.left.func.attr in CLOCKS
    )


def hasty(text: str) -> Iterator[int]:
    """The lines of assertions that something took less than a few seconds."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Assert):
            for inner in ast.walk(node.test):
                if isinstance(inner, ast.Compare) and any(elapsed(one) for one in [inner.left, *inner.comparators]):
                    last = inner.comparators[-1]
                    if isinstance(last, ast.Constant) and float(last.value) < MIN_TIMEOUT_SECONDS:
                        yield node.lineno


def test_no_test_fails_because_the_machine_is_busy() -> None:
    """Calls are counted instead (`tests.support.work`), or who waits for whom is arranged."""
    found = [
        f"{path.relative_to(TESTS)}:{line}"
        for path in sorted(TESTS.glob("**/*.py"))
        if not ELSEWHERE & set(path.relative_to(TESTS).parts)
        for text in [path.read_text(encoding="utf-8")]
        if any(f"{clock}()" in text for clock in CLOCKS)
        for line in hasty(text)
    ]
    assert found == []


def test_the_rule_sees_what_it_is_for() -> None:
    """A bound that a pause of the machine can pass, and none that is a product's own limit."""
    assert list(hasty("assert time.monotonic() - began < 0.15")) == [1]
    assert list(hasty("assert 1 < time.monotonic() - began < 3 * SECONDS")) == []
    assert list(hasty("assert time.monotonic() - began < 20")) == []
