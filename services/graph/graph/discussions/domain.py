"""Discussions and posts: their fields and the rules for them."""

from __future__ import annotations

from collections.abc import Sequence

from catalogues import languages
from kit.errors import Invalid
from kit.texts import check_text, fold

TITLE_LONGEST = 200
BODY_LONGEST = 20_000
TOPIC_LONGEST = 60
MOST_TOPICS = 10
KINDS = ("DISCUSSION", "QUESTION")
PUBLISHED = "PUBLISHED"


def checked_language(tag: str) -> str:
    """A language tag in canonical case.

    Raises:
        Invalid: it is none.
    """
    known = languages.canonical(tag)
    if known is None:
        raise Invalid(f"{tag!r} is no language tag; use BCP 47 like pt-BR.", field=["language"])
    return known


def checked_topics(topics: Sequence[str] | None) -> list[str]:
    """Topics, each once whatever its case and accents.

    Raises:
        Invalid: one is too long, or there are too many.
    """
    clean = (check_text(t, field="topics", shortest=1, longest=TOPIC_LONGEST, one_line=True) for t in topics or ())
    first_spelling: dict[str, str] = {}
    for topic in clean:
        first_spelling.setdefault(fold(topic), topic)
    found = list(first_spelling.values())
    if len(found) > MOST_TOPICS:
        raise Invalid(f"topics may have at most {MOST_TOPICS} entries.", field=["topics"])
    return found


def checked_body(body: str) -> str:
    """A text in Markdown, stored as written.

    Raises:
        Invalid: it is empty or too long.
    """
    return check_text(body, field="body", shortest=1, longest=BODY_LONGEST)
