"""Discussions and posts: their fields and the rules for them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from catalogues import languages, regions, specialties
from graph.people.domain import search_form
from graph.timestamps import stamp
from kit.clock import new_id, read_time
from kit.errors import Invalid
from kit.privacy import Identifier
from kit.texts import check_text, fold

MAX_TITLE_LENGTH = 200
MAX_BODY_LENGTH = 20_000
MAX_TOPIC_LENGTH = 60
MAX_TOPICS = 10
MAX_SOURCES = 20
MAX_SOURCE_TITLE_LENGTH = 300
MAX_URL_LENGTH = 2000
MAX_OPTION_LENGTH = 200
MIN_OPTIONS, MAX_OPTIONS = 2, 10
MAX_QUESTION_LENGTH = 1000
MAX_SETTING_LENGTH = 200
MAX_AGE_BAND_LENGTH = 40
NARROWEST_BAND = 4  # years between its ends; a narrower one is an age
MAX_ISSUER_LENGTH = 200
ALERT_DAYS = 366
MAX_HOSTS = 10
MAX_REGIONS = 50
MAX_MENTIONS = 50
MAX_TRANSLATIONS = 30
DISCUSSION, QUESTION, CASE, LIVE_QA, ALERT, POLL = KINDS = (
    "DISCUSSION", "QUESTION", "CASE", "LIVE_QA", "ALERT", "POLL"
)  # fmt: skip
PUBLISHED, HELD, HIDDEN, DELETED = STATES = ("PUBLISHED", "HELD", "HIDDEN", "DELETED")
REACTIONS = ("AGREE", "HELPFUL", "THANKS")
URGENCIES = ("ROUTINE", "SOON", "URGENT")
NOT_NEEDED, THIS_GROUP, ALL_VERIFIED = CONSENT_SCOPES = ("NOT_NEEDED", "THIS_GROUP", "ALL_VERIFIED")
# What of a content is text, and waits encrypted while it is held.
TEXTS = (
    "title",
    "body",
    "topics",
    "topic_keys",
    "sources",
    "question",
    "age_band",
    "setting",
    "issuer",
    "poll",
    "join_url",
)
# What is shown of a content only while it is.
SHOWN = (*TEXTS, "starts_at", "ends_at", "hosts")
ERASED_HANDLE = "@[erased]"  # nobody's: a handle has no brackets

_DOI = re.compile(r"^10\.\d{4,9}/\S{1,200}$")
_PMID = re.compile(r"^\d{1,9}$")
_BAND = re.compile(r"^(\d{1,2})\s?[-–]\s?(\d{1,2})$|^([1-9]0)\s?\+$")
_MENTION = re.compile(r"(?<![\w@./-])@([a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?)\b")

Doubts = list[Identifier]


def checked_language(tag: str) -> str:
    """A language tag in canonical case.

    Raises:
        Invalid: it is none.
    """
    known = languages.canonical(tag)
    if known is None:
        raise Invalid(f"{tag!r} is no language tag; use BCP 47 like pt-BR.", field=["language"])
    return known


def checked_topics(topics: Sequence[str] | None, doubts: Doubts | None = None) -> list[str]:
    """Topics, each once whatever its case and accents.

    Raises:
        Invalid: one is too long, or there are too many.
    """
    clean = (
        check_text(t, field="topics", shortest=1, longest=MAX_TOPIC_LENGTH, one_line=True, doubts=doubts)
        for t in topics or ()
    )
    first_spelling: dict[str, str] = {}
    for topic in clean:
        first_spelling.setdefault(fold(topic), topic)
    found = list(first_spelling.values())
    if len(found) > MAX_TOPICS:
        raise Invalid(f"topics may have at most {MAX_TOPICS} entries.", field=["topics"])
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
        raise Invalid("An address must begin with https:// and name a host.", field=field)
    return value.strip()


def checked_sources(given: Sequence[dict[str, Any]] | None, doubts: Doubts | None = None) -> list[dict[str, Any]]:
    """Sources: each has a DOI, a PMID or an address, whose form is checked.

    Raises:
        Invalid: one has none of them, or in a wrong form, or there are too many.
    """
    found = []
    for number, source in enumerate(given or ()):
        field = ["sources", str(number)]
        doi = (source.get("doi") or "").strip().removeprefix("doi:").strip()
        doi = re.sub(r"^https?://(?:dx\.)?doi\.org/", "", doi)
        pmid = re.sub(r"(?i)^pmid:?\s*", "", (source.get("pmid") or "").strip())
        if doi and not _DOI.match(doi):
            raise Invalid("A DOI reads like 10.1056/NEJMoa2212345.", field=[*field, "doi"])
        if pmid and not _PMID.match(pmid):
            raise Invalid("A PMID is a number like 36812345.", field=[*field, "pmid"])
        url = checked_url(source["url"], field=[*field, "url"]) if source.get("url") else None
        if not (doi or pmid or url):
            raise Invalid("A source needs a DOI, a PMID or an address.", field=field)
        title = check_text(
            source.get("title") or "", field="sources", longest=MAX_SOURCE_TITLE_LENGTH, one_line=True, doubts=doubts
        )
        found.append({"url": url, "doi": doi or None, "pmid": pmid or None, "title": title or None})
    if len(found) > MAX_SOURCES:
        raise Invalid(f"sources may have at most {MAX_SOURCES} entries.", field=["sources"])
    return found


def checked_band(band: str) -> str:
    """A band of ages, never an age: 60-69, 80+, or a word like adult.

    Raises:
        Invalid: it is none, or so narrow that it gives an age away.
    """
    clean = check_text(band, field="ageBand", shortest=1, longest=MAX_AGE_BAND_LENGTH, one_line=True)
    match = _BAND.match(clean)
    narrow = match is not None and match[1] is not None and int(match[2]) - int(match[1]) < NARROWEST_BAND
    if narrow or (match is None and any(sign.isdigit() for sign in clean)):
        raise Invalid(
            "ageBand is a band of at least five years like 60-69, or 80+, or a word like adult; never an age.",
            field=["caseDetails", "ageBand"],
        )
    return clean


def checked_case(given: dict[str, Any] | None, doubts: Doubts) -> dict[str, Any]:
    """What a case asks, about whom in general terms, and what the patient consented to.

    Raises:
        Invalid: it is missing, or a field breaks its rule.
    """
    if given is None:
        raise Invalid("A case needs caseDetails.", field=["caseDetails"])
    return {
        "question": check_text(
            given["question"], field="question", shortest=1, longest=MAX_QUESTION_LENGTH, doubts=doubts
        ),
        "age_band": checked_band(given["age_band"]),
        "setting": check_text(
            given.get("setting") or "", field="setting", longest=MAX_SETTING_LENGTH, one_line=True, doubts=doubts
        )
        or None,
        "urgency": given.get("urgency") or "ROUTINE",
        "consent_scope": given["consent_scope"],
    }


def checked_alert(given: dict[str, Any] | None, now: datetime) -> dict[str, Any]:
    """Whom an alert concerns, who issued it, and until when it holds.

    Raises:
        Invalid: it is missing, or a field breaks its rule.
    """
    if given is None:
        raise Invalid("An alert needs alertDetails.", field=["alertDetails"])
    field = ["alertDetails"]
    places: set[str] = set()
    codes = list(dict.fromkeys(code.upper() for code in given["regions"]))
    for code in codes:
        if regions.region(code) is None:
            raise Invalid(f"{code!r} is no region code.", field=[*field, "regions"])
        places |= regions.expand(code) | {code}
    wanted = list(dict.fromkeys(given.get("specialties") or ()))
    narrower: set[str] = set()
    for code in wanted:
        if code not in specialties.specialties():
            raise Invalid(f"{code!r} is no specialty; search `specialties`.", field=[*field, "specialties"])
        narrower |= specialties.narrower(code)
    if not codes or len(codes) > MAX_REGIONS or len(wanted) > MAX_REGIONS:
        raise Invalid(f"An alert names 1 to {MAX_REGIONS} regions.", field=[*field, "regions"])
    expires = _moment(given["expires_at"], [*field, "expiresAt"])
    if not now < expires <= now + timedelta(days=ALERT_DAYS):
        raise Invalid("An alert ends in the future, within a year.", field=[*field, "expiresAt"])
    return {
        "alert_regions": codes,
        "alert_places": sorted(places),
        "alert_specialties": wanted,
        "alert_codes": sorted(narrower),
        # An authority or a person in charge: no patient.
        "issuer": check_text(given.get("issuer") or "", field="issuer", longest=MAX_ISSUER_LENGTH, one_line=True)
        or None,
        "expires_at": stamp(expires),
    }


def checked_live(given: dict[str, Any] | None, author: str) -> dict[str, Any]:
    """When a live session is, where one joins it, and who hosts it.

    Raises:
        Invalid: it is missing, or a field breaks its rule.
    """
    if given is None:
        raise Invalid("A live session needs liveDetails.", field=["liveDetails"])
    starts = _moment(given["starts_at"], ["liveDetails", "startsAt"])
    ends = _moment(given["ends_at"], ["liveDetails", "endsAt"]) if given.get("ends_at") else None
    if ends is not None and ends <= starts:
        raise Invalid("A live session ends after it starts.", field=["liveDetails", "endsAt"])
    hosts = list(dict.fromkeys(given.get("hosts") or [author]))
    if len(hosts) > MAX_HOSTS:
        raise Invalid(f"A live session has at most {MAX_HOSTS} hosts.", field=["liveDetails", "hosts"])
    url = given.get("join_url")
    return {
        "starts_at": stamp(starts),
        "ends_at": stamp(ends) if ends else None,
        "join_url": checked_url(url, field=["liveDetails", "joinUrl"]) if url else None,
        "hosts": hosts,
    }


def _moment(text: str, field: list[str]) -> datetime:
    try:
        return read_time(text)
    except ValueError as error:
        raise Invalid("A time must be RFC 3339 with a zone, like 2026-11-21T08:30:00Z.", field=field) from error


def checked_poll(options: Sequence[str] | None, doubts: Doubts) -> list[dict[str, str]]:
    """The options of a poll, {id, text}.

    Raises:
        Invalid: there are too few or too many, or two say the same.
    """
    texts = [
        check_text(text, field="pollOptions", shortest=1, longest=MAX_OPTION_LENGTH, one_line=True, doubts=doubts)
        for text in options or ()
    ]
    if not MIN_OPTIONS <= len(texts) <= MAX_OPTIONS or len({fold(text) for text in texts}) < len(texts):
        raise Invalid(f"A poll has {MIN_OPTIONS} to {MAX_OPTIONS} options that differ.", field=["pollOptions"])
    return [{"id": new_id(), "text": text} for text in texts]


def mentioned(text: str) -> list[str]:
    """The handles that a text mentions as @handle, at most 50.

    >>> mentioned("Thanks @maria-arribas, and see a@b.example")
    ['maria-arribas']
    """
    return list(dict.fromkeys(_MENTION.findall(text)))[:MAX_MENTIONS]


def handles_in(fields: Mapping[str, Any]) -> list[str]:
    """Every handle that stands in a content's texts, whoever may be told of it.

    >>> handles_in({"title": "For @ada-l", "topics": ["as @bob says"]})
    ['ada-l', 'bob']
    """
    found: dict[str, None] = {}
    for name in TEXTS:
        for text in _strings(fields.get(name)):
            found.update(dict.fromkeys(_MENTION.findall(text)))
    return list(found)


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
