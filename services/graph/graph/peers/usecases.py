"""Searching peers and suggesting them: filters are checked, the index answers, and cards are read as they are now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from catalogues import languages, regions, specialties
from graph.peers.columns import Slots
from graph.peers.facets import count_facets, count_plain_facets
from graph.peers.network import MAX_PEOPLE_READ, Network, PeerCriteria
from graph.peers.order import in_order
from graph.peers.ranking import Ranked, Viewer, bounded, mutual_with, pool, rank, reasons
from graph.peers.storage import day
from graph.peers.store import PeerStore
from graph.people import domain
from kit import cursors, practice, verification
from kit.errors import Invalid
from kit.texts import fold

MAX_CODES = 50
ORDERS = ("RELEVANCE", "MUTUAL_CONNECTIONS", "NAME", "NEWEST")
COUNT_LIMIT = 10_000
# Each fifth suggestion is a newcomer, or of a country that few of those suggested practise in.
RESERVED_EVERY = 5


def _codes(values: Sequence[str] | None, *, field: str) -> list[str]:
    found = list(dict.fromkeys(values or ()))
    if len(found) > MAX_CODES:
        raise Invalid(f"{field} may name at most {MAX_CODES} codes.", field=["filter", field])
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


def _statuses(values: Sequence[str] | None) -> list[str]:
    found = _codes(values, field="practiceStatus")
    for status in found:
        if status not in practice.SEARCHED:
            raise Invalid(
                f"{status!r} cannot be searched for; name some of {', '.join(practice.SEARCHED)}.",
                field=["filter", "practiceStatus"],
            )
    return found


def peer_criteria(body: dict[str, Any], *, viewer: str, now: datetime) -> PeerCriteria:
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
    return PeerCriteria(
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
        institutions=_codes(body.get("institutions"), field="institutions"),
        words=domain.search_words(body.get("text")),
        exclude_connected=bool(body.get("exclude_connected")),
        include_unclaimed=bool(body.get("include_unclaimed")),
        practice_statuses=_statuses(body.get("practice_status")),
        within_hops=hops,
        outside=outside,
    )


@dataclass(frozen=True)
class Wants:
    """What of a page is asked for beside the people; each costs something.

    Args:
        facets: the names of those to count.
    """

    count: bool = False
    facets: Sequence[str] = ()
    mutual: bool = True
    reasons: bool = True
    cursors: bool = True


def _matching(network: Network, peers: PeerStore, criteria: PeerCriteria) -> list[str] | None:
    """Ids of who has the words, by the full-text index; None where there are none, or the texts in memory are read."""
    if not criteria.words or len(network) <= MAX_PEOPLE_READ:
        return None
    return peers.matching(criteria.words)


def find_peers(
    network: Network,
    peers: PeerStore,
    body: dict[str, Any],
    read: Callable[[list[str]], dict[str, Any]],
    *,
    viewer: str,
    order: str,
    first: int,
    after: str | None,
    wants: Wants,
    now: datetime,
) -> dict[str, Any]:
    """A page of people who match, never the viewer.

    Args:
        read: returns the cards of people by id, as the viewer sees them.

    Returns:
        {rows: [{id, cursor, mutual_count, reasons, card}], has_next, total, facets}; what is not wanted is None or empty,
        and so is a total above 10,000. The first and the last row always have a cursor.

    Raises:
        Invalid: a code or the cursor is wrong.
    """
    criteria = peer_criteria(body, viewer=viewer, now=now)
    mark = cursors.fingerprint("peers", order, body, viewer)
    position = None
    if after is not None:
        number, name, last = cursors.decode(after, mark, [int, str, str])
        position = (number, name, last)
    today = day(criteria.today)
    matching = _matching(network, peers, criteria)
    found = chosen = network.select(criteria, matching=matching)
    seen = None
    if order in {"RELEVANCE", "MUTUAL_CONNECTIONS"} or wants.reasons or wants.mutual:
        seen = Viewer.of(network, viewer, today)
    if order in {"RELEVANCE", "MUTUAL_CONNECTIONS"}:
        assert seen is not None
        chosen = bounded(network, seen, found)
        by = rank(network, seen, chosen, today).score if order == "RELEVANCE" else mutual_with(network, seen, chosen)
        major = -by
    elif order == "NEWEST":
        major = -network.column("joined")[chosen]
    else:
        major = np.zeros(len(chosen), np.int64)
    by_name = order != "NEWEST"
    places = in_order(network, chosen, major, by_name=by_name, after=position, first=first + 1)
    shown = places[:first]
    told = _told(network, seen, chosen[[place for place, _ in shown]], wants, today)
    cards = read([network.ids[slot] for _, slot in shown])
    rows = [
        {
            "id": network.ids[slot],
            "cursor": (int(major[place]), network.names[slot] if by_name else "", network.ids[slot]),
            "mutual_count": mutual,
            "reasons": why,
            "card": cards[network.ids[slot]],
        }
        for (place, slot), (mutual, why) in zip(shown, told, strict=True)
        if network.ids[slot] in cards
    ]
    for number, row in enumerate(rows):
        named = wants.cursors or number in {0, len(rows) - 1}
        row["cursor"] = cursors.encode(mark, list(row["cursor"])) if named else None
    return {
        "rows": rows,
        "has_next": len(places) > first,
        "total": (len(found) if len(found) <= COUNT_LIMIT else None) if wants.count else None,
        "facets": count_facets(network, criteria, wants.facets, matching=matching) if wants.facets else None,
    }


def _told(
    network: Network, seen: Viewer | None, shown: Slots, wants: Wants, today: int
) -> list[tuple[int | None, list[dict[str, Any]]]]:
    """Mutual connections and reasons of those on a page, as far as they are wanted."""
    if seen is None or not (wants.reasons or wants.mutual):
        return [(None, [])] * len(shown)
    if not wants.reasons:
        return [(int(mutual), []) for mutual in mutual_with(network, seen, shown)]
    ranked = rank(network, seen, shown, today)
    return [(int(ranked.mutual[n]), reasons(network, seen, ranked, n)) for n in range(len(shown))]


def suggest(
    network: Network,
    peers: PeerStore,
    read: Callable[[list[str]], dict[str, Any]],
    *,
    viewer: str,
    first: int,
    after: str | None,
    facets: Sequence[str],
    now: datetime,
) -> dict[str, Any]:
    """A page of people whom the viewer may want to know.

    Two lists by score, merged: each fifth place goes to a newcomer or somebody of a country that few practise in, as
    long as there are any.

    Args:
        facets: the names of those to count, over all who are suggested.

    Returns:
        {rows: [{id, cursor, mutual_count, reasons, card}], has_next, total, facets}.

    Raises:
        Invalid: the cursor is wrong.
    """
    mark = cursors.fingerprint("suggestions", viewer)
    place = 0
    ends: list[tuple[int, str, str] | None] = [None, None]
    if after is not None:
        place, *parts = cursors.decode(after, mark, [int, int, str, str, int, str, str])
        ends = [(number, name, last) if last else None for number, name, last in (tuple(parts[:3]), tuple(parts[3:]))]
    today = day(now.date().isoformat())
    left_out = {network.slot_of[one] for one in peers.left_out(viewer) if one in network.slot_of}
    seen = Viewer.of(network, viewer, today)
    chosen = pool(network, seen, left_out, today)
    lists = [
        in_order(network, part.found, -part.score, by_name=True, after=end, first=first + 1)
        for part, end in zip((chosen.main, chosen.reserved), ends, strict=True)
    ]
    taken: list[tuple[Ranked, int, int, str]] = []
    while len(taken) <= first and any(lists):
        place += 1
        which = 1 if place % RESERVED_EVERY == 0 else 0
        which = which if lists[which] else 1 - which
        ranked = (chosen.main, chosen.reserved)[which]
        number, slot = lists[which].pop(0)
        ends[which] = (-int(ranked.score[number]), network.names[slot], network.ids[slot])
        position: list[str | int | None] = [place, *(ends[0] or (0, "", "")), *(ends[1] or (0, "", ""))]
        taken.append((ranked, number, slot, cursors.encode(mark, position)))
    cards = read([network.ids[slot] for _, _, slot, _ in taken[:first]])
    suggested = (chosen.main.found, chosen.reserved.found)
    return {
        "rows": [
            {
                "id": network.ids[slot],
                "cursor": cursor,
                "mutual_count": int(ranked.mutual[number]),
                "reasons": reasons(network, seen, ranked, number),
                "card": cards[network.ids[slot]],
            }
            for ranked, number, slot, cursor in taken[:first]
            if network.ids[slot] in cards
        ],
        "has_next": len(taken) > first,
        "total": sum(map(len, suggested)),
        "facets": count_plain_facets(network, np.sort(np.concatenate(suggested)), facets, today) if facets else None,
    }
