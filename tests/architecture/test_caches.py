"""What is cached by keys from outside is bounded: by a library's cache, or by something that is listed here with its reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SERVICES = Path(__file__).parents[2] / "services"
GROWING = {"dict", "OrderedDict", "defaultdict", "set", "Counter", "WeakValueDictionary"}
# Functions that are memoised without a bound: what they are called with stands in the code, or in the project's files.
CONSTANT_KEYS = {
    "catalogues/catalogues/load.py:rows", "graph/graph/db.py:_text",
    "graph/graph/feed/domain.py:sources", "kit/kit/guard/numbers.py:_valid",
}  # fmt: skip
# Attributes and module variables that begin empty and are filled later, and what bounds them.
BOUNDED_BY = {
    "gateway/gateway/requested.py:_FieldNames.found": "the fields of one document",
    "gateway/gateway/things.py:_SHOWN_AS": "the kinds of messages",
    "gateway/gateway/context.py:Context.references": "one request",
    "gateway/gateway/context.py:Context.siblings": "one request",
    "gateway/gateway/context.py:Siblings.ids": "one request",
    "gateway/gateway/cost.py:_Estimator._known": "one operation, which has at most 1,000 tokens",
    "gateway/gateway/limits.py:_Measurer._known": "one operation",
    "gateway/gateway/limits.py:_Measurer._open": "one operation",
    "gateway/gateway/execution.py:Prepared.costs": "the operations of a document",
    "gateway/gateway/execution.py:Prepared.selected": "the operations of a document",
    "gateway/gateway/execution.py:Prepared.plans": "the operations of a document",
    "kit/kit/addresses.py:Shares._held": "whose operations run or wait now; emptied as they end",
    "kit/kit/turns.py:Turns._held": "network addresses of which a request is worked on; emptied as they end",
    "kit/kit/turns.py:Turns._waiting": "requests that wait for their turn, which have a connection each",
    "kit/kit/worker.py:_Refused._held": "its most refused connections",
    "kit/kit/worker.py:BoundedWorker._malformed": "the classes of errors that gunicorn's parser has",
    "kit/kit/settings.py:Environment._read": "the names of settings that a service reads when it starts",
    "gateway/gateway/plan.py:_Site.memo": "names of fields that resolvers ask for",
    "gateway/gateway/context.py:Context.cache": "one request",
    "gateway/gateway/credentials/types.py:CredentialPage.filter": "one request",
    "gateway/gateway/streams/changes.py:Changes._topics": "open streams, which are counted",
    "kit/kit/addresses.py:Tally._counts": "what is counted now; an entry goes with the last of it",
    "kit/kit/tokens.py:KeySet._keys": "what the issuer publishes",
    "kit/kit/tokens.py:EndedTokens._ended": "what the issuer publishes",
    "kit/kit/http_pool.py:HttpResponse.headers": "one answer of a service",
    "kit/kit/http_pool.py:HttpConnectionPool._idle": "its most connections",
}


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _begins_empty(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Dict):
        return not value.keys
    if not isinstance(value, ast.Call):
        return False
    if _name(value.func) in GROWING | {"deque"} and not any(word.arg == "maxlen" for word in value.keywords):
        return not value.args or _name(value.func) == "defaultdict"
    return _name(value.func) == "field" and any(
        word.arg == "default_factory" and _name(word.value) in GROWING for word in value.keywords
    )


def unbounded(text: str) -> Iterator[str]:
    """Yield `Class.attribute`, or the name of a module's variable, of each container that begins empty."""
    tree = ast.parse(text)
    for node in tree.body:
        for target, value in _assigned(node):
            if isinstance(target, ast.Name) and _begins_empty(value):
                yield target.id
    for owner in [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]:
        for node in owner.body:
            for target, value in _assigned(node):
                if isinstance(target, ast.Name) and _begins_empty(value):
                    yield f"{owner.name}.{target.id}"
        for node in ast.walk(owner):
            for target, value in _assigned(node):
                if isinstance(target, ast.Attribute) and _name(target.value) == "self" and _begins_empty(value):
                    yield f"{owner.name}.{target.attr}"


def _assigned(node: ast.AST) -> list[tuple[ast.expr, ast.expr | None]]:
    if isinstance(node, ast.AnnAssign):
        return [(node.target, node.value)]
    return [(target, node.value) for target in node.targets] if isinstance(node, ast.Assign) else []


def unbounded_functions(text: str) -> Iterator[str]:
    """Yield the functions with arguments that are memoised without a bound."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.FunctionDef):
            continue
        arguments = node.args.args + node.args.kwonlyargs + node.args.posonlyargs
        for one in node.decorator_list:
            call = one if isinstance(one, ast.Call) else None
            name = _name(call.func if call else one)
            sizes = [*call.args, *(word.value for word in call.keywords)] if call else []
            limited = any(not (isinstance(size, ast.Constant) and size.value is None) for size in sizes)
            if arguments and (name == "cache" or (name == "lru_cache" and call is not None and not limited)):
                yield node.name


def files(*parts: str) -> Iterator[tuple[str, str]]:
    """Yield the name and text of each module of these parts."""
    for part in parts:
        for path in sorted((SERVICES / part).glob("**/*.py")):
            yield str(path.relative_to(SERVICES)), path.read_text(encoding="utf-8")


def test_no_function_is_memoised_for_ever_by_what_a_stranger_sends() -> None:
    """`functools.cache` is for functions without arguments, and for those whose arguments are in the code."""
    parts = ("catalogues", "kit", "gateway", "graph", "profiles")
    assert {f"{name}:{found}" for name, text in files(*parts) for found in unbounded_functions(text)} == CONSTANT_KEYS


def test_what_is_cached_at_the_edge_is_bounded() -> None:
    """Containers of the gateway and the kit that are filled while they run: each is bounded by what is said here."""
    found = {f"{name}:{one}" for name, text in files("gateway", "kit") for one in unbounded(text)}
    assert found == set(BOUNDED_BY)


@pytest.mark.parametrize(
    "text",
    [
        "class A:\n    def __init__(self):\n        self.x = {}", "class A:\n    def __init__(self):\n        self.x: dict = dict()",
        "class A:\n    x: dict = field(default_factory=dict)", "x = {}", "class A:\n    x = set()",
        "class A:\n    def __init__(self):\n        self.x = OrderedDict()",
    ],
)  # fmt: skip
def test_the_rule_finds_what_it_is_for(text: str) -> None:
    """Each way to begin with an empty container."""
    assert list(unbounded(text))


def test_the_rule_for_functions_finds_what_it_is_for() -> None:
    """`cache`, `lru_cache(None)` and `lru_cache(maxsize=None)`."""
    for decorator in ("cache", "functools.cache", "lru_cache(None)", "lru_cache(maxsize=None)"):
        assert list(unbounded_functions(f"@{decorator}\ndef f(x): ..."))
        assert not list(unbounded_functions(f"@{decorator}\ndef f(): ..."))
    assert not list(unbounded_functions("@lru_cache(10)\ndef f(x): ..."))
