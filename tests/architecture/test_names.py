"""Names in code use the words of the glossary; a word that was replaced does not come back."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.test_architecture import ROOT, tracked

# Words inside a name, in lower case, and the words that replaced them.
WORDS = {
    "apart": "blocked pair", "circle": "connections", "circles": "connections", "duties": "scheduled jobs",
    "duty": "scheduled job", "endless": "streaming", "equip": "configure", "fellow": "co_member", "fellows": "co_members",
    "looker": "viewer", "moments": "timestamps", "onlooker": "viewer", "sought": "criteria", "wire": "connection pool",
}  # fmt: skip
# Whole names, and those that replaced them.
NAMES = {
    "Answer": "HttpResponse or RespondInput", "Edge": "GraphQLEndpoint", "Lost": "ConnectionLost", "NotSent": "ConnectError",
    "Refused": "RequestRejected", "TooFast": "RequestRateLimited", "TooSlow": "ReadTimeout", "Unusual": "NotCompilable",
    "but": "except_id",
}  # fmt: skip
_WANTED = re.compile(r"[A-Z]\w+Wanted")  # of a body that names ids
_SUPERLATIVE = "MOST|LONGEST|LARGEST|FEWEST|SHORTEST|SMALLEST|LEAST"
_LIMIT = re.compile(rf"_*(?:{_SUPERLATIVE})(?:_[A-Z_]+)?|[A-Z_]+_(?:{_SUPERLATIVE})")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_PARAMETER = re.compile(r"\$(\w+)")
# Names that others rely on, with what relies on them.
PUBLIC = {("services/graph/graph/moderation/views.py", "duties"): "the metrics' label `endpoint`"}


def better(name: str) -> str | None:
    """What replaced a name, or a word of it; None where it is in use."""
    if _LIMIT.fullmatch(name):
        return "MAX_ or MIN_"
    if _WANTED.fullmatch(name):
        return "…ById"
    return NAMES.get(name) or next((WORDS[w] for w in map(str.lower, _WORD.findall(name)) if w in WORDS), None)


def defined(source: str) -> Iterator[str]:
    """The names that Python code defines. A test's name is a sentence, and not one of them."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if not node.name.startswith("test_"):
                yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr


def names_of(path: Path) -> set[str]:
    """The names that a file defines, the names of its module and package, and the parameters of a query."""
    text = path.read_text(encoding="utf-8")
    inside = defined(text) if path.suffix == ".py" else _PARAMETER.findall(text)
    return {*inside, path.stem, path.parent.name}


def test_no_name_has_a_word_that_was_replaced() -> None:
    """In Python and in query files; the message says which word to use."""
    files = [path for path in tracked() if path.suffix in {".py", ".cypher"}]
    assert len(files) > 700
    found = {
        (path.relative_to(ROOT).as_posix(), name): word
        for path in files
        for name in names_of(path)
        if (word := better(name)) is not None
    }
    assert found.keys() >= PUBLIC.keys()
    assert {key: word for key, word in found.items() if key not in PUBLIC} == {}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("MOST_CODES = 5", "MAX_ or MIN_"),
        ("class GroupsWanted: ...", "…ById"),
        ("NOTE_LONGEST, other = 1, 2", "MAX_ or MIN_"),
        ("class GroupsSought: pass", "criteria"),
        ("def equip(): pass", "configure"),
        ("def end(*, but): pass", "except_id"),
        ("self._wire = pool", "connection pool"),
        ("MAX_CODES = most_loved = 1", None),
        ("def test_they_stand_apart(): pass", None),
    ],
)
def test_replaced_words_are_found(source: str, expected: str | None) -> None:
    """Whether they are a whole name or a part of one."""
    assert next(filter(None, map(better, defined(source))), None) == expected
