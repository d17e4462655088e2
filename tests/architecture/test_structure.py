"""Modules stay short, say their types, and import each other in no circle; `structure.toml` lists what does not yet."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

SERVICES = Path(__file__).parents[2] / "services"
PACKAGES = {path.parent.name: path.parent for path in sorted(SERVICES.glob("*/*/__init__.py"))}
MAX_LINES = 400
KNOWN = tomllib.loads((Path(__file__).parent / "structure.toml").read_text(encoding="utf-8"))
UNTYPED = {"Any", "Row", "dict[str, Any]", "dict[str, object]"}


def modules(package: str) -> Iterator[tuple[str, Path]]:
    """The modules of a package by dotted names."""
    root = PACKAGES[package]
    for path in sorted(root.glob("**/*.py")):
        parts = path.relative_to(root.parent).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def long_modules() -> dict[str, int]:
    """Modules that are longer than they should be, with how many lines they have."""
    found = {}
    for package in PACKAGES:
        for name, path in modules(package):
            count = len(path.read_text(encoding="utf-8").splitlines())
            if count > MAX_LINES:
                found[name] = count
    return found


def untyped(package: str) -> dict[str, int]:
    """How often a package says `Any`, and how many of its functions return something without a shape."""
    said = functions = 0
    for _, path in modules(package):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            said += isinstance(node, ast.Name) and node.id == "Any"
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns is not None:
                functions += ast.unparse(node.returns) in UNTYPED
    return {"any": said, "untyped_functions": functions}


def imported_at_once(tree: ast.Module) -> Iterator[str]:
    """The modules, and names in them, that a module imports when it is imported itself."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        waiting += ast.iter_child_nodes(node)


def test_no_module_is_longer_than_it_was() -> None:
    """A module over the limit is listed with its length, which may only fall; write down the new one."""
    assert long_modules() == KNOWN["lines"]


@pytest.mark.parametrize("package", PACKAGES)
def test_no_package_says_less_about_its_types_than_it_did(package: str) -> None:
    """The numbers may only fall; write down the new ones."""
    assert untyped(package) == KNOWN["types"][package]


@pytest.mark.parametrize("package", PACKAGES)
def test_no_modules_import_each_other_in_a_circle(package: str) -> None:
    """What a function imports when it runs is not looked at: types refer to each other so."""
    names = dict(modules(package))
    imports = {
        name: {
            found
            for found in imported_at_once(ast.parse(path.read_text(encoding="utf-8")))
            if found in names and found != name and not name.startswith(f"{found}.")
        }
        for name, path in names.items()
    }
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_a_circle_and_an_untyped_function_would_be_found() -> None:
    """The checks see imports at the top of a module, and none in functions."""
    tree = ast.parse(
        "import a\nfrom b import c\nif TYPE_CHECKING:\n    import d\n\ndef f() -> dict[str, Any]:\n    import e\n"
    )
    assert set(imported_at_once(tree)) == {"a", "b", "b.c"}
    assert untyped("kit")["any"] > 0
