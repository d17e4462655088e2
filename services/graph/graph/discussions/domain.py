"""Discussions and posts: their fields and the rules for them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from catalogues import languages
from graph.people.domain import search_form
from kit.checks import check_each, checks, errors_at
from kit.clock import read_time
from kit.errors import Invalid
from kit.privacy import Identifier
from kit.sentences import Sentence
from kit.texts import check_text, fold

MAX_TITLE_LENGTH = 200
MAX_BODY_LENGTH = 20_000
MAX_TOPIC_LENGTH = 60
MAX_TOPICS = 10
MAX_SOURCES = 20
MAX_SOURCE_TITLE_LENGTH = 300
MAX_URL_LENGTH = 2000
MAX_MENTIONS = 50
MAX_TRANSLATIONS = 30
PUBLISHED, HELD, HIDDEN, DELETED = STATES = ("PUBLISHED", "HELD", "HIDDEN", "DELETED")
REACTIONS = ("AGREE", "HELPFUL", "THANKS")
ERASED_HANDLE = "@[erased]"  # nobody's: a handle has no brackets

_DOI = re.compile(r"^10\.\d{4,9}/\S{1,200}$")
_PMID = re.compile(r"^\d{1,9}$")
_MENTION = re.compile(r"(?<![\w@./-])@([a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?)\b")

Doubts = list[Identifier]


def checked_language(tag: str) -> str:
    """A language tag in canonical case.

    Raises:
        Invalid: it is none.
    """
    known = languages.canonical(tag)
    if known is None:
        raise Invalid(Sentence("{tag} is no language tag; use BCP 47 like pt-BR.", tag=repr(tag)), field=["language"])
    return known


def checked_topics(topics: Sequence[str] | None, doubts: Doubts | None = None) -> list[str]:
    """Topics, each once whatever its case and accents.

    Raises:
        Invalid: one is too long, or there are too many.
    """
    clean = check_each(
        topics or (),
        lambda t: check_text(t, field="topics", shortest=1, longest=MAX_TOPIC_LENGTH, one_line=True, doubts=doubts),
        field=["topics"],
    )
    first_spelling: dict[str, str] = {}
    for topic in clean:
        first_spelling.setdefault(fold(topic), topic)
    found = list(first_spelling.values())
    if len(found) > MAX_TOPICS:
        raise Invalid(
            Sentence("topics may have at most {most_topics} entries.", most_topics=MAX_TOPICS), field=["topics"]
        )
    return found


def checked_title(title: str, doubts: Doubts | None = None) -> str:
    """A title.

    Raises:
        Invalid: it is empty or too long.
    """
    return check_text(title, field="title", shortest=1, longest=MAX_TITLE_LENGTH, one_line=True, doubts=doubts)


def checked_body(body: str, doubts: Doubts | None = None) -> str:
    """A text in Markdown, stored as written.

    Raises:
        Invalid: it is empty or too long.
    """
    return check_text(body, field="body", shortest=1, longest=MAX_BODY_LENGTH, doubts=doubts)


def checked_url(value: str, *, field: list[str]) -> str:
    """An address on the web.

    Raises:
        Invalid: it is none, or not http or https.
    """
    try:
        parts = urlsplit(value.strip())
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and len(value) <= MAX_URL_LENGTH
    except ValueError:
        good = False
    if not good or any(sign.isspace() or ord(sign) < 32 for sign in value.strip()):
        raise Invalid(Sentence("An address must begin with https:// and name a host."), field=field)
    return value.strip()


def checked_sources(given: Sequence[dict[str, Any]] | None, doubts: Doubts | None = None) -> list[dict[str, Any]]:
    """Sources: each has a DOI, a PMID or an address, whose form is checked.

    Raises:
        Invalid: one has none of them, or in a wrong form, or there are too many.
    """
    found = check_each(given or (), lambda source: _checked_source(source, doubts), field=["sources"])
    if len(found) > MAX_SOURCES:
        raise Invalid(
            Sentence("sources may have at most {most_sources} entries.", most_sources=MAX_SOURCES), field=["sources"]
        )
    return found


def _checked_source(source: dict[str, str | None], doubts: Doubts | None) -> dict[str, str | None]:
    given_url = source.get("url")
    with checks() as check:
        doi = (source.get("doi") or "").strip().removeprefix("doi:").strip()
        doi = re.sub(r"^https?://(?:dx\.)?doi\.org/", "", doi)
        pmid = re.sub(r"(?i)^pmid:?\s*", "", (source.get("pmid") or "").strip())
        with check:
            if doi and not _DOI.match(doi):
                raise Invalid(Sentence("A DOI reads like 10.1056/NEJMoa2212345."), field=["doi"])
        with check:
            if pmid and not _PMID.match(pmid):
                raise Invalid(Sentence("A PMID is a number like 36812345."), field=["pmid"])
        with check:
            url = checked_url(given_url, field=["url"]) if given_url else None
            if not (doi or pmid or url):
                raise Invalid(Sentence("A source needs a DOI, a PMID or an address."))
        with check, errors_at(["title"], inside=["sources"]):
            title = check_text(
                source.get("title") or "",
                field="sources",
                longest=MAX_SOURCE_TITLE_LENGTH,
                one_line=True,
                doubts=doubts,
            )
    return {"url": url, "doi": doi or None, "pmid": pmid or None, "title": title or None}


def checked_time(text: str, *, field: list[str]) -> datetime:
    """Read a point in time.

    Raises:
        Invalid: it is not RFC 3339, or has no zone.
    """
    try:
        return read_time(text)
    except ValueError as error:
        raise Invalid(
            Sentence("A time must be RFC 3339 with a zone, like 2026-11-21T08:30:00Z."), field=field
        ) from error


def mentioned(text: str) -> list[str]:
    """The handles that a text mentions as @handle, at most 50.

    >>> mentioned("Thanks @maria-arribas, and see a@b.example")
    ['maria-arribas']
    """
    return list(dict.fromkeys(_MENTION.findall(text)))[:MAX_MENTIONS]


def handles_in(texts: Any) -> list[str]:
    """List every handle that stands in texts, whoever may be told of it.

    >>> handles_in(["For @ada-l", ["as @bob says"]])
    ['ada-l', 'bob']
    """
    return list(dict.fromkeys(handle for text in _strings(texts) for handle in _MENTION.findall(text)))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (text for inner in value.values() for text in _strings(inner))
    elif isinstance(value, list | tuple):
        yield from (text for inner in value for text in _strings(inner))


def without_handles(value: Any, handles: Collection[str]) -> Any:
    """Replace these handles in a text, or in every text of a list or mapping.

    >>> without_handles("Thanks @ada, and @ada-l.", {"ada"})
    'Thanks @[erased], and @ada-l.'
    >>> without_handles([{"title": "@ada"}], {"ada"})
    [{'title': '@[erased]'}]
    """
    if isinstance(value, str):
        return _MENTION.sub(lambda found: ERASED_HANDLE if found[1] in handles else found[0], value)
    if isinstance(value, list):
        return [without_handles(inner, handles) for inner in value]
    if isinstance(value, dict):
        return {name: without_handles(inner, handles) for name, inner in value.items()}
    return value


def search_text(fields: dict[str, Any]) -> str:
    """What a discussion is found by: title, text and topics."""
    return " ".join(
        search_form(f"{fields.get('title') or ''} {' '.join(fields.get('topics') or [])} {fields.get('body') or ''}")
    )
