"""What the gateway words and lists itself is complete: an event or a field that is added is added there too."""

from __future__ import annotations

from graphql import GraphQLEnumType

from gateway.schema import schema
from gateway.wording import NOTIFICATIONS
from kit.cards import VISIBILITY_FIELDS

LANGUAGES = {"en", "de", "es", "fr", "it", "pt"}


def values(enum: str) -> set[str]:
    """The values of an enum of the schema."""
    found = schema().get_type(enum)
    assert isinstance(found, GraphQLEnumType)
    return set(found.values)


def test_every_event_has_a_sentence_in_every_language() -> None:
    """A notification whose event has none is left out of the list."""
    assert NOTIFICATIONS.keys() == values("NotificationEvent")
    assert {event for event, texts in NOTIFICATIONS.items() if texts.keys() != LANGUAGES} == set()


def test_every_field_that_can_be_hidden_can_be_named() -> None:
    """In `setVisibility`, and no other."""
    assert values("ProfileField") == set(VISIBILITY_FIELDS)
