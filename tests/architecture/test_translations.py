"""Every sentence in the code is in every language's file, whole, with the same gaps, in every form that the language has."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po

from catalogues.messages import FOLDER

SERVICES = Path(__file__).parents[2] / "services"
DOMAINS = ("gateway", "profiles", "catalogues", "problems")
SAID_IN = ("kit", "catalogues", "profiles", "graph", "gateway")  # where sentences of problems stand
FILES = sorted(FOLDER.glob("*/LC_MESSAGES/*.po"))
# A kind of credential that only a later version knows is worded by its name.
MADE_OF_VALUES = {"profiles": {"profiles/credentials/kinds.py": 1}, "problems": {"kit/sentences.py": 1}}

Key = tuple[str | None, str, str | None]


def calls(domain: str) -> Iterator[tuple[str, ast.Call]]:
    """Each `Message(…)` in a service's code, with the file's name."""
    services, name = (SAID_IN, "Sentence") if domain == "problems" else ((domain,), "Message")
    for service in services:
        for file in sorted((SERVICES / service / service).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                    yield str(file.relative_to(SERVICES / service)), node


def constants(call: ast.Call) -> list[str] | None:
    """The arguments of a call, or None where one of them is no text in one piece."""
    values = [ast_node.value for ast_node in call.args if isinstance(ast_node, ast.Constant)]
    return values if len(values) == len(call.args) and not call.keywords else None


def said(call: ast.Call) -> str | None:
    """The sentence of a call, or None where it is no text in one piece, or a gap of it has no value."""
    (text,) = call.args
    if not isinstance(text, ast.Constant):
        return None
    given = sorted(str(one.arg) for one in call.keywords)
    return text.value if not call.keywords or sorted(set(gaps(text.value))) == given else None


def in_code(domain: str) -> set[Key]:
    """Context, sentence and its plural, as the code has them."""
    if domain == "problems":
        return {(None, call.args[0].value, None) for _, call in calls(domain) if said(call) is not None}  # type: ignore[attr-defined]
    found = [constants(call) for _, call in calls(domain)]
    return {(one[0], one[1], one[2] if len(one) > 2 else None) for one in found if one is not None}


def read(file: Path) -> Catalog:
    """A language's file."""
    with file.open("rb") as stream:
        return read_po(stream, abort_invalid=True)


def forms(text: str | tuple[str, ...] | list[str]) -> list[str]:
    """One sentence, or each of its forms."""
    return [text] if isinstance(text, str) else list(text)


def gaps(text: str) -> list[str]:
    """What stands in braces, each as often as it is there; anything but a plain name is an error."""
    found = [part[1:] for part in Formatter().parse(text) if part[1] is not None]
    assert all(name.isidentifier() and not spec and not conversion for name, spec, conversion in found), text
    return sorted(name for name, _, _ in found)


def edges(text: str) -> tuple[str, str]:
    """The white space before and behind a text."""
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


def test_every_language_has_a_file_of_every_service() -> None:
    """Else somebody reads half a conversation in English."""
    languages = {file.parts[-3] for file in FILES}
    assert {"de", "es", "fr", "it", "pt"} <= languages
    assert {(file.parts[-3], file.stem) for file in FILES} == {(tag, one) for tag in languages for one in DOMAINS}


@pytest.mark.parametrize("domain", DOMAINS)
def test_sentences_stand_in_one_piece(domain: str) -> None:
    """Else the tool that collects them does not find them, and translators never see them."""
    whole = said if domain == "problems" else constants
    strange = [name for name, call in calls(domain) if whole(call) is None]
    assert {name: strange.count(name) for name in strange} == MADE_OF_VALUES.get(domain, {})


@pytest.mark.parametrize("domain", DOMAINS)
def test_gaps_are_plain_names(domain: str) -> None:
    """A gap such as `{a.b}` or `{a!r}` would read more of a value than what was given; a plural may say its number."""
    for _, sentence, many in in_code(domain):
        gaps(sentence)
        if many is not None:
            assert gaps(many) == gaps(sentence)
            assert "count" in gaps(many), sentence


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parts[-3]}-{file.stem}")
def test_a_file_has_what_the_code_says(file: Path) -> None:
    """All of it and nothing else; `make texts` brings it up to date."""
    found = {(one.context, *[*forms(one.id), None][:2]) for one in read(file) if one.id}
    assert found == in_code(file.stem)


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parts[-3]}-{file.stem}")
def test_a_translation_is_whole(file: Path) -> None:
    """Each form of each sentence is there, none is only a guess, and gaps and white space at the ends agree with the English."""
    catalog, tag = read(file), file.parts[-3]
    expected = get_plural(tag)
    assert (catalog.num_plurals, catalog.plural_expr) == (expected.num_plurals, expected.plural_expr)
    assert str(catalog.locale) == tag
    for one in catalog:
        if not one.id:
            continue
        english, translated = forms(one.id), forms(one.string)
        assert not one.fuzzy, one.id
        assert len(translated) == (1 if isinstance(one.id, str) else catalog.num_plurals), one.id
        for text in translated:
            assert text.strip(), one.id
            assert gaps(text) == gaps(english[0]), text
            assert edges(text) == edges(english[0]), text


@pytest.mark.parametrize("text", ["{a.b}", "{a[0]}", "{a!r}", "{a:>9}", "{}", "{0}"])
def test_a_gap_that_is_no_plain_name_is_found(text: str) -> None:
    """In a sentence and in a translation."""
    with pytest.raises(AssertionError):
        gaps(text)


def test_a_sentence_made_of_pieces_is_found() -> None:
    """By a value in it, or by an operator."""
    made = ('Message("a", f"{b}")', 'Message("a", "b" + c)', 'Message("a", english="b")', 'Message(a, "b")')
    assert [constants(ast.parse(code, mode="eval").body) for code in made] == [None] * 4  # type: ignore[arg-type]
    assert constants(ast.parse('Message("a", "b" "c")', mode="eval").body) == ["a", "bc"]  # type: ignore[arg-type]
