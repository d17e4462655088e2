"""What the gateway words and lists itself is complete: an event or a field that is added is added there too."""

from __future__ import annotations

import itertools
import re

import pytest
from graphql import GraphQLEnumType

from catalogues.messages import Message
from catalogues.reasons import DECISION_REASONS, reason_text
from catalogues.reasons import TEXTS as SHARED_TEXTS
from gateway.account_page import ROUTES
from gateway.account_texts import PAGES, error_texts, page_texts
from gateway.schema import schema
from gateway.wording import (
    CLAUSES,
    COLLEAGUE,
    COLLEAGUE_IN,
    COLLEAGUE_IN_GROUP,
    LABELS,
    NOTIFICATIONS,
    REASONS,
    SOMEBODY,
    SOMETHING,
    TEXTS,
)
from kit.cards import VISIBILITY_FIELDS

LANGUAGES = TEXTS.languages
# The values that resolvers fill in.
NAMED = {"actor": "Ada", "subject": "a case", "values": "Spain", "country": "Spain", "group": "Cardio-EU"}


def values(enum: str) -> set[str]:
    """The values of an enum of the schema."""
    found = schema().get_type(enum)
    assert isinstance(found, GraphQLEnumType)
    return set(found.values)


@pytest.mark.parametrize(
    ("table", "enum"),
    [
        (NOTIFICATIONS, "NotificationEvent"),
        (CLAUSES, "PolicyClauseCode"),
        (REASONS, "ReasonCode"),
        (DECISION_REASONS, "DecisionReason"),
    ],
    ids=["notifications", "clauses", "reasons", "decisions"],
)
def test_every_value_has_a_sentence(table: dict[str, Message], enum: str) -> None:
    """What has none is left out of the list."""
    assert table.keys() == values(enum)
    assert {message.context for message in table.values()} == {f"{enum}.{value}" for value in values(enum)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_gap_is_left_in_a_sentence(language: str) -> None:
    """Whatever it says is filled in by those who say it, and another language is another text."""
    said = {}
    single = (SOMETHING, SOMEBODY, COLLEAGUE, COLLEAGUE_IN, COLLEAGUE_IN_GROUP)
    for message in itertools.chain(*(table.values() for table in (NOTIFICATIONS, CLAUSES, LABELS, REASONS)), single):
        if message.many:
            texts = [TEXTS.plural(message, count, language) for count in (1, 2)]
            assert texts[0].replace("1", "2") != texts[1]
        else:
            texts = [TEXTS.text(message, language, **NAMED)]
        said[message] = texts
        assert not re.search(r"[{}]", "".join(texts))
    english = {message: TEXTS.text(message, "en", **NAMED) for message in said if not message.many}
    assert language == "en" or not [message for message, text in english.items() if said[message] == [text]]


def test_a_reason_is_said_in_each_language() -> None:
    """The same languages have it that have the rest."""
    assert SHARED_TEXTS.languages == LANGUAGES
    for reason in DECISION_REASONS:
        assert len({reason_text(reason, language) for language in LANGUAGES}) == len(LANGUAGES)
    assert reason_text("ELSEWHERE", "de") is None


def test_a_number_has_its_form_in_each_language() -> None:
    """French counts none as one."""
    mutual = REASONS["MUTUAL_CONNECTIONS"]
    assert [[TEXTS.plural(mutual, count, tag) for count in (0, 1, 2)] for tag in ("en", "fr", "de-AT")] == [
        ["0 mutual connections", "1 mutual connection", "2 mutual connections"],
        ["0 relation en commun", "1 relation en commun", "2 relations en commun"],
        ["0 gemeinsame Kontakte", "1 gemeinsamer Kontakt", "2 gemeinsame Kontakte"],
    ]


def test_every_page_has_its_texts() -> None:
    """Each part of the page, and each thing that can go wrong."""
    assert PAGES.keys() == ROUTES.keys()
    for page, language in itertools.product(PAGES, LANGUAGES):
        texts = page_texts(page, language)
        assert texts.keys() >= {"title", "lead", "hint", "button", "done", "token", "script"}
        assert all(texts.values())
        assert all(error_texts(language).values())


def test_every_field_that_can_be_hidden_can_be_named() -> None:
    """In `setVisibility`, and no other."""
    assert values("ProfileField") == set(VISIBILITY_FIELDS)
