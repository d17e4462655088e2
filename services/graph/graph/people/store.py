"""People in Neo4j: the projection, cards, and the search for peers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from graph.db import Graph, Row, Transaction, query
from graph.people.domain import projection

COUNT_LIMIT = 10_000
# How many people are looked at on each step of `withinHops`, and how many values a facet has at most.
HOP_LIMIT, FACET_VALUES = 50_000, 50


@dataclass(frozen=True)
class Sought:
    """What peers are sought by; empty means no condition. Codes are expanded already."""

    viewer: str
    today: str
    professions: Sequence[str] = ()
    specialties: Sequence[str] = ()
    specialty_verified: bool = False
    places: Sequence[str] | None = None
    languages: Sequence[str] = ()
    level: str | None = None
    licensed_in: Sequence[str] | None = None
    interests: Sequence[str] = ()
    words: Sequence[str] = ()
    exclude_connected: bool = False
    include_unclaimed: bool = False
    within_hops: int | None = None
    outside: str | None = None


# Each condition is a constant text; which ones are joined depends only on what is given, never on its value.
_NEAR = "(:Professional {id: $viewer})-[:CONNECTED_TO]-"
_WALKED = "CALL () {{\n{}}}\nWITH DISTINCT p LIMIT $hop_limit\n"
_HOPS = (
    f"MATCH {_NEAR}(p:Professional)\nRETURN p\n",
    f"MATCH {_NEAR}(a:Professional)-[:CONNECTED_TO]-(p:Professional)\nWHERE NOT a.suspended\nRETURN DISTINCT p LIMIT $hop_limit\n",
    f"MATCH {_NEAR}(a:Professional)-[:CONNECTED_TO]-(b:Professional)\nWHERE NOT a.suspended AND NOT b.suspended\n"
    "WITH DISTINCT b LIMIT $hop_limit\nMATCH (b)-[:CONNECTED_TO]-(p:Professional)\nRETURN DISTINCT p LIMIT $hop_limit\n",
)
ANCHORS = {
    "within_1": _WALKED.format(_HOPS[0]),
    "within_2": _WALKED.format("UNION\n".join(_HOPS[:2])),
    "within_3": _WALKED.format("UNION\n".join(_HOPS)),
    "specialties_verified": (
        "MATCH (s:Specialty)<-[practice:PRACTISES]-(p:Professional)\n"
        "WHERE s.code IN $specialties AND practice.verified_until >= $today\nWITH DISTINCT p\n"
    ),
    "specialties": (
        "MATCH (s:Specialty)<-[:PRACTISES]-(p:Professional)\nWHERE s.code IN $specialties\nWITH DISTINCT p\n"
    ),
    "words": "CALL db.index.fulltext.queryNodes('professional_text', $lucene) YIELD node AS p\n",
    "places": "MATCH (r:Region)<-[:WORKS_IN]-(p:Professional)\nWHERE r.code IN $places\nWITH DISTINCT p\n",
    "all": "MATCH (p:Professional)\n",
}
CONDITIONS = {
    "specialties": "EXISTS { (p)-[:PRACTISES]->(s:Specialty) WHERE s.code IN $specialties }",
    "specialties_verified": (
        "EXISTS { (p)-[practice:PRACTISES]->(s:Specialty) "
        "WHERE s.code IN $specialties AND practice.verified_until >= $today }"
    ),
    "listed": (
        "p.version > 0 AND NOT p.suspended AND p.id <> $viewer "
        "AND NOT EXISTS { (p)-[:BLOCKS]-(:Professional {id: $viewer}) }"
    ),
    "claimed": "p.claimed",
    "professions": "p.profession IN $professions",
    "places": "any(place IN p.places WHERE place IN $places)",
    "outside": "size(p.places) > 0 AND NOT $outside IN p.places",
    "languages": "any(tag IN p.language_keys + p.languages WHERE tag IN $languages)",
    "identity": "p.identity_until >= $today",
    "practise": "p.identity_until >= $today AND p.practise_until >= $today",
    "licensed_in": (
        "p.identity_until >= $today AND "
        "EXISTS { (p)-[held:LICENSED_IN]->(place:Region) WHERE place.code IN $licensed_in AND held.until >= $today }"
    ),
    "interests": "any(interest IN p.interests WHERE interest IN $interests)",
    "words": "all(word IN $words WHERE p.search_text STARTS WITH word OR p.search_text CONTAINS (' ' + word))",
    "exclude_connected": "NOT EXISTS { (p)-[:CONNECTED_TO]-(:Professional {id: $viewer}) }",
}
# The viewer's connections are gathered once and not for each candidate.
MUTUAL = (
    "CALL () { OPTIONAL MATCH (:Professional {id: $viewer})-[:CONNECTED_TO]-(mine:Professional) "
    "RETURN collect(mine) AS circle }\n"
    "WITH p, CASE WHEN circle = [] THEN 0 "
    "ELSE COUNT { (p)-[:CONNECTED_TO]-(mine) WHERE mine IN circle AND NOT mine.suspended } END AS mutual\n"
)
# RELEVANCE: the right to practise before identity before neither; then more mutual connections (counted to 999).
RELEVANCE = (
    "WITH p, mutual, 1000 * (CASE WHEN p.identity_until < $today THEN 0 WHEN p.practise_until < $today THEN 1 "
    "ELSE 2 END) + CASE WHEN mutual > 999 THEN 999 ELSE mutual END AS score\n"
)
# What a person hides is not among what is stored to search by, so that it does not count here either.
FACETS = """WITH p LIMIT $limit
WITH collect(p) AS found
RETURN
  COLLECT { UNWIND found AS p MATCH (p)-[:PRACTISES]->(s:Specialty) WITH s.code AS value, count(*) AS total
    ORDER BY total DESC, value LIMIT $values RETURN {value: value, count: total} } AS specialties,
  COLLECT { UNWIND found AS p UNWIND p.places AS value WITH value, count(*) AS total WHERE size(value) = 2
    WITH value, total ORDER BY total DESC, value LIMIT $values RETURN {value: value, count: total} } AS countries,
  COLLECT { UNWIND found AS p UNWIND p.language_keys AS value WITH value, count(*) AS total
    ORDER BY total DESC, value LIMIT $values RETURN {value: value, count: total} } AS languages
"""
ORDERS = {
    "NAME": (
        "",
        "p.sort_name > $name OR (p.sort_name = $name AND p.id > $last)",
        "RETURN p.id AS id, p.sort_name AS name, 0 AS score, null AS mutual ORDER BY p.sort_name, p.id LIMIT $first",
    ),
    "NEWEST": (
        "",
        "p.joined_at < $name OR (p.joined_at = $name AND p.id > $last)",
        "RETURN p.id AS id, p.joined_at AS name, 0 AS score, null AS mutual "
        "ORDER BY p.joined_at DESC, p.id LIMIT $first",
    ),
    "MUTUAL_CONNECTIONS": (
        MUTUAL + "WITH p, mutual, mutual AS score\n",
        "score < $score OR (score = $score AND (p.sort_name > $name OR (p.sort_name = $name AND p.id > $last)))",
        "RETURN p.id AS id, p.sort_name AS name, score, mutual ORDER BY score DESC, p.sort_name, p.id LIMIT $first",
    ),
    "RELEVANCE": (
        MUTUAL + RELEVANCE,
        "score < $score OR (score = $score AND (p.sort_name > $name OR (p.sort_name = $name AND p.id > $last)))",
        "RETURN p.id AS id, p.sort_name AS name, score, mutual ORDER BY score DESC, p.sort_name, p.id LIMIT $first",
    ),
}


def lucene(words: Sequence[str]) -> str:
    """A prefix search for all words; every sign that Lucene reads as syntax is escaped."""
    special = set('+-&|!(){}[]^"~*?:\\/')
    escaped = ("".join(f"\\{c}" if c in special else c for c in word) for word in words)
    return " AND ".join(f"{word}*" for word in escaped)


def _candidates(sought: Sought) -> str:
    conditions = ["listed"]
    specialty = "specialties_verified" if sought.specialty_verified else "specialties"
    if sought.within_hops is not None:
        anchor = f"within_{sought.within_hops}"
        conditions += [specialty] if sought.specialties else []
    elif sought.specialties:
        anchor = specialty
    elif sought.words:
        anchor = "words"
    else:
        anchor = "places" if sought.places is not None else "all"
    if sought.words:
        conditions.append("words")
    if sought.places is not None and anchor != "places":
        conditions.append("places")
    for given, name in (
        (not sought.include_unclaimed, "claimed"),
        (sought.professions, "professions"),
        (sought.outside is not None, "outside"),
        (sought.languages, "languages"),
        (sought.level == "IDENTITY", "identity"),
        (sought.level == "RIGHT_TO_PRACTISE", "practise"),
        (sought.licensed_in is not None, "licensed_in"),
        (sought.interests, "interests"),
        (sought.exclude_connected, "exclude_connected"),
    ):
        if given:
            conditions.append(name)
    return ANCHORS[anchor] + "WITH p WHERE " + "\n  AND ".join(f"({CONDITIONS[name]})" for name in conditions) + "\n"


def peers_text(sought: Sought, order: str, *, after: bool) -> str:
    """The query for one page of peers."""
    prepare, beyond, tail = ORDERS[order]
    where = f"WITH * WHERE {beyond}\n" if after else ""
    return _candidates(sought) + prepare + where + tail


def _parameters(sought: Sought) -> dict[str, Any]:
    return {
        "viewer": sought.viewer,
        "today": sought.today,
        "professions": list(sought.professions),
        "specialties": list(sought.specialties),
        "places": list(sought.places or ()),
        "languages": list(sought.languages),
        "licensed_in": list(sought.licensed_in or ()),
        "interests": list(sought.interests),
        "words": list(sought.words),
        "lucene": lucene(sought.words),
        "outside": sought.outside,
        "hop_limit": HOP_LIMIT,
    }


class PeopleWriter:
    """Projects people in one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def project(self, snapshots: Sequence[dict[str, Any]]) -> int:
        """Take snapshots that are newer than what is stored.

        Returns:
            how many were.
        """
        people = [projection(s | {"json": orjson.dumps(s).decode()}) for s in snapshots]
        row = self._tx.row(query("people/project_people"), people=people)
        return int(row["applied"]) if row else 0


class PeopleStore:
    """Reads people."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def cards(self, ids: Sequence[str], *, viewer: str, now: str) -> list[Row]:
        """Snapshots with how the viewer stands to each; in no order."""
        rows = self._graph.read(query("people/read_cards"), ids=list(ids), viewer=viewer, now=now)
        return [row | {"snapshot": orjson.loads(row["snapshot"])} for row in rows]

    def by_handle(self, handles: Sequence[str]) -> dict[str, str]:
        """Ids by handle."""
        rows = self._graph.read(query("people/find_handles"), handles=list(handles))
        return {row["handle"]: row["id"] for row in rows}

    def viewer(self, viewer: str) -> Row | None:
        """The dates that decide the viewer's level."""
        rows = self._graph.read(query("people/read_viewer"), viewer=viewer)
        return rows[0] if rows else None

    def peers(self, sought: Sought, order: str, *, after: tuple[int, str, str] | None, first: int) -> list[Row]:
        """A page of peers.

        Args:
            after: score, name (or time of joining) and id of the last row before.

        Returns:
            rows {id, name, score, mutual} in order.
        """
        score, name, last = after or (0, "", "")
        return self._graph.read(
            peers_text(sought, order, after=after is not None),
            **_parameters(sought), score=score, name=name, last=last, first=first,
        )  # fmt: skip

    def count_peers(self, sought: Sought) -> int | None:
        """How many there are; None when more than 10,000."""
        text = _candidates(sought) + "WITH p LIMIT $limit\nRETURN count(p) AS total"
        total = int(self._graph.read(text, **_parameters(sought), limit=COUNT_LIMIT + 1)[0]["total"])
        return total if total <= COUNT_LIMIT else None

    def facets(self, sought: Sought) -> dict[str, list[Row]]:
        """How many of those who match practise each specialty, in each country, and speak each language.

        Of at most 10,000 of them; the 50 largest values each.
        """
        text = _candidates(sought) + FACETS
        given = _parameters(sought) | {"limit": COUNT_LIMIT, "values": FACET_VALUES}
        return dict(self._graph.read(text, **given)[0])

    def mutual(
        self, ids: Sequence[str], *, viewer: str, after: tuple[str, str], first: int, today: str
    ) -> dict[str, Row]:
        """For each person, a page of the connections shared with the viewer."""
        rows = self._graph.read(
            query("people/list_mutual"), ids=list(ids), viewer=viewer, name=after[0], last=after[1], first=first,
            today=today,
        )  # fmt: skip
        return {row["id"]: row for row in rows}
