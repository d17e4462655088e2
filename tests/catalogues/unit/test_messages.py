"""Reading translations: the nearest language, the right form of a plural, and English where there is nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.pofile import PoFileError

from catalogues.messages import Catalogue, Message, by_code

HELLO = Message("Greeting.HELLO", "Hello, {name}.")
BYE = Message("Greeting.BYE", "Goodbye.")
POSTS = Message("Count.POSTS", "{count} post by {name}", "{count} posts by {name}")
POLISH = "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    """Polish has three forms, Brazilian Portuguese has one sentence of its own, and one sentence of Portuguese is fuzzy."""
    write(
        tmp_path, "pl", POLISH,
        'msgctxt "Count.POSTS"\nmsgid "{count} post by {name}"\nmsgid_plural "{count} posts by {name}"\n'
        'msgstr[0] "{name}: {count} wpis"\nmsgstr[1] "{name}: {count} wpisy"\nmsgstr[2] "{name}: {count} wpisów"\n',
    )  # fmt: skip
    write(
        tmp_path, "pt", "nplurals=2; plural=(n != 1);",
        'msgctxt "Greeting.HELLO"\nmsgid "Hello, {name}."\nmsgstr "Olá, {name}."\n\n'
        '#, fuzzy\nmsgctxt "Greeting.BYE"\nmsgid "Goodbye."\nmsgstr "Bom dia."\n',
    )  # fmt: skip
    write(
        tmp_path, "pt_BR", "nplurals=2; plural=(n > 1);",
        'msgctxt "Greeting.HELLO"\nmsgid "Hello, {name}."\nmsgstr "Oi, {name}."\n\n'
        'msgctxt "Greeting.OTHER"\nmsgid "Goodbye."\nmsgstr "Tchau."\n',
    )  # fmt: skip
    return Catalogue("test", tmp_path)


def write(folder: Path, language: str, plural: str, messages: str) -> None:
    """Write a language's file."""
    file = folder / language / "LC_MESSAGES" / "test.po"
    file.parent.mkdir(parents=True)
    head = f'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    file.write_text(f'{head}"Plural-Forms: {plural}\\n"\n\n{messages}', encoding="utf-8")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("pt", "Olá, Ada."), ("pt-AO", "Olá, Ada."), ("pt-BR", "Oi, Ada."), ("pt-Latn-BR", "Olá, Ada."), ("pl", "Hello, Ada."),
        ("hu", "Hello, Ada."), ("en-GB", "Hello, Ada."), (None, "Hello, Ada."), ("", "Hello, Ada."),
    ],
)  # fmt: skip
def test_a_reader_gets_the_nearest_language(catalogue: Catalogue, language: str | None, expected: str) -> None:
    """A language without its region, and English at last, whatever the tag is."""
    assert catalogue.text(HELLO, language, name="Ada") == expected


def test_a_region_falls_back_by_sentence(tmp_path: Path) -> None:
    """What the region's file does not have is read from its language's."""
    message = 'msgctxt "Greeting.BYE"\nmsgid "Goodbye."\nmsgstr "{}"\n'
    write(tmp_path, "pt", "nplurals=2; plural=(n != 1);", message.format("Adeus."))
    write(tmp_path, "pt_BR", "nplurals=2; plural=(n > 1);", message.format(""))
    assert Catalogue("test", tmp_path).text(BYE, "pt-BR") == "Adeus."


def test_what_is_fuzzy_or_of_another_context_is_not_said(catalogue: Catalogue) -> None:
    """A translator has not approved the one, and the other belongs to another sentence."""
    assert [catalogue.text(BYE, tag) for tag in ("pt", "pt-BR")] == ["Goodbye.", "Goodbye."]
    assert catalogue.text(Message("Greeting.OTHER", "Goodbye."), "pt-BR") == "Tchau."


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("pl", ["Ada: 0 wpisów", "Ada: 1 wpis", "Ada: 3 wpisy", "Ada: 5 wpisów", "Ada: 13 wpisów", "Ada: 22 wpisy"]),
        ("pt", ["0 posts by Ada", "1 post by Ada", "3 posts by Ada", "5 posts by Ada", "13 posts by Ada", "22 posts by Ada"]),
    ],
)  # fmt: skip
def test_a_number_gets_its_form(catalogue: Catalogue, language: str, expected: list[str]) -> None:
    """By the rule in the head of the language's file; by that of English where there is no translation."""
    assert [catalogue.plural(POSTS, n, language, name="Ada") for n in (0, 1, 3, 5, 13, 22)] == expected


def test_languages_are_those_that_have_a_file(catalogue: Catalogue, tmp_path: Path) -> None:
    """English needs none."""
    assert catalogue.languages == ["en", "pl", "pt", "pt-BR"]
    assert [catalogue.nearest(tag) for tag in ("pt-PT", "pt-BR", "en-GB", "hu", None)] == [
        "pt", "pt-BR", "en", None, "en",
    ]  # fmt: skip
    assert Catalogue("of nobody", tmp_path).languages == ["en"]


def test_a_file_that_is_no_catalogue_stops_the_start(tmp_path: Path) -> None:
    """Not the first reader."""
    write(tmp_path, "de", "nplurals=2; plural=(n != 1);", 'msgid "Hello"\nmsgstr "Hallo"\nHallo\n')
    with pytest.raises(PoFileError):
        Catalogue("test", tmp_path)


def test_messages_stand_under_their_code() -> None:
    """The last part of the context."""
    assert by_code(HELLO, BYE) == {"HELLO": HELLO, "BYE": BYE}
