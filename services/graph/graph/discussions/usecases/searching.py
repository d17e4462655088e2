"""What a search of discussions asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from catalogues import languages as language_tags
from catalogues import regions, specialties
from graph.discussions.store import DiscussionCriteria
from graph.people.domain import search_words
from graph.timestamps import stamp
from kit.clock import read_time
from kit.errors import Invalid
from kit.texts import fold

Row = dict[str, Any]
MAX_CODES = 50
NOBODY = "nobody"  # in the place of an author's id; nothing is by them


def discussion_criteria(
    body: Row, *, viewer: str, cards_of: Callable[[list[str]], Mapping[str, object]]
) -> DiscussionCriteria:
    """The checked and expanded filter.

    Args:
        cards_of: the people whom the viewer sees, by id. Nothing is by an author whom they do not see, so that a filter tells
            nobody who wrote what.

    Raises:
        Invalid: a code is unknown, or a list too long.
    """
    field = "filter"
    for name in ("groups", "kinds", "topics", "languages", "specialties", "regions"):
        if len(body[name] or ()) > MAX_CODES:
            raise Invalid(f"{name} may name at most {MAX_CODES}.", field=[field, name])
    codes: set[str] = set()
    for code in body["specialties"] or ():
        if code not in specialties.specialties():
            raise Invalid(f"{code!r} is no specialty; search `specialties`.", field=[field, "specialties"])
        codes |= specialties.narrower(code)
    places: set[str] = set()
    for code in body["regions"] or ():
        if regions.region(code) is None:
            raise Invalid(f"{code!r} is no region code.", field=[field, "regions"])
        places |= regions.expand(code.upper()) | {code.upper()}
    tags = []
    for tag in body["languages"] or ():
        known = language_tags.canonical(tag)
        if known is None:
            raise Invalid(f"{tag!r} is no language tag.", field=[field, "languages"])
        tags.append(known)
    since = ""
    if body["created_after"]:
        try:
            since = stamp(read_time(body["created_after"]))
        except ValueError as error:
            raise Invalid("createdAfter must be RFC 3339 with a zone.", field=[field, "createdAfter"]) from error
    author = body["author"] or ""
    if author and author not in cards_of([author]):
        author = NOBODY
    return DiscussionCriteria(
        viewer=viewer, words=search_words(body["text"]), groups=body["groups"] or (), kinds=body["kinds"] or (),
        topics=[fold(topic) for topic in body["topics"] or ()], languages=tags, codes=sorted(codes),
        places=sorted(places), unresolved=bool(body["unresolved_only"]), created_after=since, author=author,
    )  # fmt: skip
