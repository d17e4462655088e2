"""Reading people as others see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from catalogues import languages, regions, specialties
from graph.moments import stamp
from graph.people import domain
from graph.people.store import PeopleStore, Sought
from kit import cards, cursors, verification
from kit.errors import Invalid
from kit.texts import fold

MOST_CODES = 50
ORDERS = ("RELEVANCE", "MUTUAL_CONNECTIONS", "NAME", "NEWEST")


def viewer_level(people: PeopleStore, viewer: str, now: datetime) -> str:
    """The caller's own verification level; UNVERIFIED until the relay has brought them."""
    row = people.viewer(viewer)
    if row is None:
        return verification.UNVERIFIED
    return domain.level_by_dates(row["identity_until"], row["practise_until"], now.date().isoformat())


def read_cards(people: PeopleStore, ids: Sequence[str], *, viewer: str, now: datetime) -> dict[str, dict[str, Any]]:
    """People as the viewer sees them, by id; who does not exist or is suspended is not there."""
    if not ids:
        return {}
    verified = viewer_level(people, viewer, now) == verification.RIGHT_TO_PRACTISE
    found = {}
    for row in people.cards(list(dict.fromkeys(ids)), viewer=viewer, now=stamp(now)):
        own = row["id"] == viewer
        relation = cards.Relation(own, row["connected"], row["fellow"], verified)
        card = cards.card(row["snapshot"], relation, now.date())
        incoming, outgoing = row["incoming"], row["outgoing"]
        card["connection"] = (
            "SELF"
            if own
            else "CONNECTED"
            if row["connected"]
            else "BLOCKED_BY_ME"
            if row["blocked"]
            else "REQUESTED_BY_THEM"
            if incoming
            else "REQUESTED_BY_ME"
            if outgoing
            else "NONE"
        )
        card["incoming_request"] = incoming and incoming | {"from": row["id"], "to": viewer}
        card["outgoing_request"] = outgoing and outgoing | {"from": viewer, "to": row["id"]}
        found[row["id"]] = card
    return found


def _codes(values: Sequence[str] | None, *, field: str) -> list[str]:
    found = list(dict.fromkeys(values or ()))
    if len(found) > MOST_CODES:
        raise Invalid(f"{field} may name at most {MOST_CODES} codes.", field=["filter", field])
    return found


def _places(codes: Sequence[str] | None, *, field: str) -> list[str] | None:
    wanted = _codes(codes, field=field)
    if not wanted:
        return None
    found: set[str] = set()
    for code in wanted:
        if regions.region(code) is None:
            raise Invalid(f"{code!r} is no region code.", field=["filter", field])
        found |= set(domain.country_codes(code))
    return sorted(found)


def sought(body: dict[str, Any], *, viewer: str, now: datetime) -> Sought:
    """The checked and expanded filter.

    Raises:
        Invalid: a code is unknown, or a list too long.
    """
    wanted = _codes(body.get("specialties"), field="specialties")
    expanded: set[str] = set()
    for code in wanted:
        if code not in specialties.specialties():
            raise Invalid(f"{code!r} is no specialty; search `specialties`.", field=["filter", "specialties"])
        expanded |= specialties.narrower(code) if body.get("include_related", True) else {code}
    tags = []
    for tag in _codes(body.get("languages"), field="languages"):
        known = languages.canonical(tag)
        if known is None:
            raise Invalid(f"{tag!r} is no language tag.", field=["filter", "languages"])
        tags.append(known)
    professions = _codes(body.get("professions"), field="professions")
    for code in professions:
        if code not in specialties.professions():
            raise Invalid(f"{code!r} is no profession; search `professions`.", field=["filter", "professions"])
    outside = body.get("across_borders_from")
    if outside is not None:
        place = regions.region(outside)
        if place is None or place.kind not in {regions.COUNTRY, regions.SUBDIVISION}:
            raise Invalid(f"{outside!r} is no country.", field=["filter", "acrossBordersFrom"])
        outside = regions.country_of(place.code)
    hops = body.get("within_hops")
    if hops is not None and not 1 <= hops <= 3:
        raise Invalid("withinHops must be 1 to 3.", field=["filter", "withinHops"])
    level = body.get("verification")
    return Sought(
        viewer=viewer,
        today=now.date().isoformat(),
        professions=professions,
        specialties=sorted(expanded),
        specialty_verified=bool(body.get("specialty_verified")),
        places=_places(body.get("regions"), field="regions"),
        languages=tags,
        level=None if level == verification.UNVERIFIED else level,
        licensed_in=_places(body.get("licensed_in"), field="licensedIn"),
        interests=[fold(text) for text in _codes(body.get("interests"), field="interests")],
        words=search_words(body.get("text")),
        exclude_connected=bool(body.get("exclude_connected")),
        include_unclaimed=bool(body.get("include_unclaimed")),
        within_hops=hops,
        outside=outside,
    )


NO_MATCH = "\uffff"  # stands in no text, so it finds nobody


def search_words(text: str | None) -> list[str]:
    """The folded words of a search text; punctuation alone means no results, not no condition."""
    if text is None or not text.strip():
        return []
    return domain.search_form(text)[:8] or [NO_MATCH]


def find_peers(
    people: PeopleStore,
    body: dict[str, Any],
    *,
    viewer: str,
    order: str,
    first: int,
    after: str | None,
    count: bool,
    facets: bool,
    now: datetime,
) -> dict[str, Any]:
    """A page of people who match, never the viewer.

    Returns:
        {rows: [{id, cursor, mutual, card}], has_next, total, facets}; `total` is None unless `count`, `facets` unless
        they are asked for.

    Raises:
        Invalid: a code or the cursor is wrong.
    """
    wanted = sought(body, viewer=viewer, now=now)
    mark = cursors.fingerprint("peers", order, body, viewer)
    position = None
    if after is not None:
        score, name, last = cursors.decode(after, mark, [int, str, str])
        position = (score, name, last)
    found = people.peers(wanted, order, after=position, first=first + 1)
    shown = found[:first]
    found_cards = read_cards(people, [row["id"] for row in shown], viewer=viewer, now=now)
    return {
        "rows": [
            {
                "id": row["id"],
                "cursor": cursors.encode(mark, [row["score"], row["name"], row["id"]]),
                "mutual": row["mutual"],
                "card": found_cards[row["id"]],
            }
            for row in shown
            if row["id"] in found_cards
        ],
        "has_next": len(found) > first,
        "total": people.count_peers(wanted) if count else None,
        "facets": people.facets(wanted) if facets else None,
    }


def list_mutual(
    people: PeopleStore, ids: Sequence[str], *, viewer: str, first: int, after: str | None, now: datetime
) -> dict[str, Any]:
    """For each person a page of the connections they share with the viewer, hidden connections left out.

    Returns:
        {id: {rows: [{id, cursor, card}], has_next, total}}.
    """
    mark = cursors.fingerprint("mutual", viewer)
    found = people.mutual(
        ids, viewer=viewer, after=cursors.position(after, mark, ("", "")), first=first + 1,
        today=now.date().isoformat(),
    )  # fmt: skip
    found_cards = read_cards(people, [r["id"] for row in found.values() for r in row["rows"]], viewer=viewer, now=now)
    return {
        person: {
            "rows": [
                {"id": r["id"], "cursor": cursors.encode(mark, [r["sort_name"], r["id"]]), "card": found_cards[r["id"]]}
                for r in row["rows"][:first]
                if r["id"] in found_cards
            ],
            "has_next": len(row["rows"]) > first,
            "total": row["total"],
        }
        for person, row in found.items()
    }
