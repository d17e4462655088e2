"""No regular expression of the services takes longer than its text is long.

One did: `MRN ` and thirty times `is ` kept a service busy for half an hour. What could is found here by what it is made of,
and each expression is measured on near-misses.
"""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogues import authorities
from tests.support.growth import find_all, grows_too_fast, near_misses, patterns_of
from tests.support.patterns import too_slow

SERVICES = Path(__file__).parents[2] / "services"
FILES = sorted(path for path in SERVICES.glob("*/*/**/*.py") if "migrations" not in path.parts)
FUNCTIONS = {"compile", "search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn"}
# Where an expression is put together while the program runs, and which test covers it.
MADE_BY_PROGRAM = {
    "catalogues/authorities.py": "the expressions of authorities.csv; below",
    "catalogues/authority_rows.py": "the expressions of operators' rows, which are checked before they are compiled",
    "kit/guard/table.py": "the tables of cues; their expressions are in the values of the modules that make them",
}


def _module(path: Path) -> str:
    parts = path.relative_to(SERVICES).with_suffix("").parts[1:]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _calls(path: Path) -> Iterator[tuple[ast.Call, bool]]:
    """The calls of the expression engine, and whether each is inside a function."""
    text = path.read_text(encoding="utf-8")
    if not re.search(r"\bre\.", text):
        return
    tree = ast.parse(text)
    inside = {
        node
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in FUNCTIONS:
            of = node.func.value
            if isinstance(of, ast.Name) and of.id == "re" and node.args:
                yield node, node in inside


def _flags(call: ast.Call) -> int:
    position = {"sub": 4, "subn": 4, "split": 3}.get(call.func.attr, 2 if call.func.attr != "compile" else 1)  # type: ignore[attr-defined]
    nodes = [keyword.value for keyword in call.keywords if keyword.arg == "flags"] + call.args[position : position + 1]
    return sum(int(getattr(re, one.attr)) for node in nodes for one in ast.walk(node) if isinstance(one, ast.Attribute))


def _expressions() -> dict[re.Pattern[str], str]:
    """Every expression in the services, with the file where it stands."""
    found: dict[re.Pattern[str], str] = {}
    for path in FILES:
        calls = list(_calls(path))
        if not calls:
            continue
        name = str(path.relative_to(SERVICES)).split("/", 1)[1]
        for pattern in patterns_of(importlib.import_module(_module(path))):
            found[pattern] = name
        for call, _ in calls:
            if isinstance(call.args[0], ast.Constant):
                found[re.compile(call.args[0].value, _flags(call))] = name
    for authority in authorities.authorities().values():
        for pattern in (authority.pattern, authority.written):
            if pattern:
                found[re.compile(pattern, re.ASCII)] = authority.id
        if authority.prefix:
            found[re.compile(f"^(?:{authority.prefix})")] = authority.id
    return found


EXPRESSIONS = _expressions()


def test_every_expression_is_seen_here() -> None:
    """One that is put together in a function is in no module's values; it stands in `MADE_BY_PROGRAM`, or is refused."""
    unseen = {
        str(path.relative_to(SERVICES)).split("/", 1)[1]
        for path in FILES
        for call, inside in _calls(path)
        if inside and not isinstance(call.args[0], ast.Constant)
    }
    assert unseen == set(MADE_BY_PROGRAM)
    imported = {
        str(path.relative_to(SERVICES))
        for path in FILES
        if re.search(r"\bimport\b.*\bre(?:gex)?\b|\bfrom re(?:gex)?\b", text := path.read_text(encoding="utf-8"))
        for node in ast.walk(ast.parse(text))
        if (isinstance(node, ast.ImportFrom) and node.module in {"re", "regex"})
        or (
            isinstance(node, ast.Import)
            and any(one.name == "regex" or (one.name == "re" and one.asname) for one in node.names)
        )
    }
    assert imported == set()
    assert len(EXPRESSIONS) > 250


def test_no_expression_can_take_longer_than_its_text_is_long() -> None:
    """None has an unbounded repetition in another, beside another of the same signs, or before what may be missing."""
    found = {
        f"{name}: {pattern.pattern[:100]!r}": reasons
        for pattern, name in EXPRESSIONS.items()
        if (reasons := too_slow(pattern.pattern, pattern.flags))
    }
    assert found == {}


@pytest.mark.parametrize("name", sorted({name for name in EXPRESSIONS.values() if not name.startswith("kit/guard/")}))
def test_no_expression_takes_longer_than_its_text_is_long(name: str) -> None:
    """Measured, but for the guard's, which its own test measures."""
    slow = [
        found
        for pattern, where in EXPRESSIONS.items()
        if where == name
        for run in near_misses(pattern)
        if (found := grows_too_fast(find_all(pattern), run))
    ]
    assert slow == []


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?:\s*(?:is|was)\b|[\s:#]*)*\d", r"(a+)+b", r"(?:a{1,3})*b", r"patient\s*x?\s+y", r"\s+$", r"[\d\W_]+$", r"<[^>]*>",
        r"\w+@\w+", r"^a*a*b", r"(?s)x.*y.*z", r"[0-9A-F:]*:[0-9A-F:]*:",
    ],
)  # fmt: skip
def test_what_could_is_found(pattern: str) -> None:
    assert too_slow(pattern)


@pytest.mark.parametrize(
    "pattern",
    [r"\s+", r"^a+$", r"#\w*", r"a{1,40}b", r"https?://[^\s<>]++", r"(?:ab)*", r"\[[^\[\]]*\]", r"^\d+-[a-z]+$"],
)
def test_what_cannot_is_left_alone(pattern: str) -> None:
    assert too_slow(pattern) == []
