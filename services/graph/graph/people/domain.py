"""People as the graph stores them: what is indexed of a snapshot, and how a filter's codes are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from catalogues import regions
from kit import practice, verification
from kit.cards import FOREVER, VISIBILITY_FIELDS, audience_of
from kit.errors import Conflict
from kit.profile_fields import PLAIN, Fixed, ProfileField, Setting
from kit.snapshots import Snapshot, read_snapshot
from kit.texts import fold

NEVER = ""


@dataclass(frozen=True)
class Position:
    """How far an installation's outbox is applied.

    Args:
        installation: the id of the profiles service's database.
        epoch: counts up where versions may have gone back, as after a restore.
        position: of the last row, within the epoch.
        row: the id of that row, by which a database knows whether it is part of its own history.
    """

    installation: str
    epoch: int
    position: int
    row: str | None


class StaleEpoch(Conflict):
    """The delivery is of an earlier epoch than what is known; the relay reads its epoch again and repeats."""

    code = "STALE_EPOCH"


def position_of(body: dict[str, Any] | None) -> Position | None:
    """Return the position in a request's body."""
    return Position(**body) if body else None


def search_form(text: str) -> list[str]:
    """The words of a text as they are stored for searching and as they are searched for.

    >>> search_form("Dr. O'Brien-Núñez")
    ['dr', 'obrien', 'nunez']
    """
    words = ("".join(c for c in word if c.isalnum()) for word in fold(text).replace("-", " ").split())
    return [word for word in words if word]


NO_MATCH = "\uffff"  # stands in no text, so it finds nobody


def search_words(text: str | None) -> list[str]:
    """The folded words of a search text; punctuation alone means no results, not no condition."""
    if text is None or not text.strip():
        return []
    return search_form(text)[:8] or [NO_MATCH]


def _latest(ends: list[str | None]) -> str:
    return max((end or FOREVER for end in ends), default=NEVER)


def _shown_to_all(field: ProfileField, open_to_all: set[str]) -> bool:
    """Whether every member sees a field, where these settings are for all."""
    if isinstance(field.seen_by, Setting):
        return field.seen_by.name in open_to_all
    return field.seen_by is Fixed.EVERYBODY


def shown_institutions(snapshot: Snapshot) -> list[str]:
    """Return the ids of the institutions that every member sees somebody work at."""
    if audience_of(snapshot, "INSTITUTIONS") != "MEMBERS":
        return []
    return list(dict.fromkeys(place["id"] for place in snapshot["institutions"]))


_SEARCHED = tuple(field for field in PLAIN if field.searchable)


def projection(stored: dict[str, Any]) -> dict[str, Any]:
    """What the graph stores of a snapshot: the whole for reading, as it came, and what searching needs.

    A field that not every member sees is left out of what is searched, so that it never matches.
    """
    snapshot = read_snapshot(stored)
    open_to_all = {setting for setting in VISIBILITY_FIELDS if audience_of(snapshot, setting) == "MEMBERS"}
    shown_name = snapshot["name"] if "NAME" in open_to_all else snapshot["handle"]
    words = [shown_name, snapshot["handle"]]
    names = snapshot["other_names"] if "NAME" in open_to_all else []
    words += [item["text"] for item in names if item["until"] is None]
    words += [snapshot[field.name] or "" for field in _SEARCHED if _shown_to_all(field, open_to_all)]
    words += [place["name"] for place in snapshot["institutions"]] if "INSTITUTIONS" in open_to_all else []
    places = dict.fromkeys(code for own in snapshot["regions"] for code in (own, own.split("-")[0]))
    counting = [
        item
        for item in snapshot["licences"]
        if item["standing"] in verification.COUNTING_STANDINGS and snapshot["practice_status"] not in practice.ENDED
    ]
    licensed: dict[str, list[str | None]] = {}
    for item in counting:
        for code in {item["jurisdiction"], item["jurisdiction"].split("-")[0]}:
            licensed.setdefault(code, []).append(item["expires_on"])
    return {
        "id": snapshot["id"],
        "version": snapshot["version"],
        "former_handles": snapshot["former_handles"],
        "specialties": [
            {"code": item["code"], "verified_until": _latest([proof["until"] for proof in item["verified"]])}
            for item in snapshot["specialties"]
        ],
        "places": list(places),
        "licensed": [{"code": code, "until": _latest(ends)} for code, ends in licensed.items()],
        "properties": {
            "handle": snapshot["handle"],
            "sort_name": fold(shown_name),
            "search_text": " ".join(search_form(" ".join(words))),
            "dated_names": [
                " ".join([item["until"], *search_form(item["text"])]) for item in names if item["until"] is not None
            ],
            "claimed": snapshot["claimed"],
            "suspended": snapshot["suspended"],
            "unconfirmed": snapshot["unconfirmed"],
            "profession": snapshot["profession"],
            "practice_status": snapshot["practice_status"],
            "places": list(places),
            "languages": snapshot["languages"] if "LANGUAGES" in open_to_all else [],
            "language_keys": sorted({tag.split("-")[0] for tag in snapshot["languages"]})
            if "LANGUAGES" in open_to_all
            else [],
            "interests": [fold(text) for text in snapshot["interests"]] if "INTERESTS" in open_to_all else [],
            "institutions": shown_institutions(snapshot),
            "identity_until": _latest(snapshot["identity"]) if snapshot["identity"] else NEVER,
            "practise_until": _latest([item["expires_on"] for item in counting]),
            "shows_to_groups": "GROUPS" in snapshot["visibility"].values(),
            "groups_audience": audience_of(snapshot, "GROUPS"),
            "connections_audience": audience_of(snapshot, "CONNECTIONS"),
            "path_opt_in": snapshot["path_opt_in"],
            "joined_at": snapshot["joined_at"],
            "snapshot": orjson.dumps(stored).decode(),
        },
    }


def level_by_dates(identity_until: str | None, practise_until: str | None, today: str) -> str:
    """The level that two stored dates give on a day (both ISO 8601)."""
    if (identity_until or NEVER) < today:
        return verification.UNVERIFIED
    return verification.RIGHT_TO_PRACTISE if (practise_until or NEVER) >= today else verification.IDENTITY


def country_codes(code: str) -> list[str]:
    """The codes to look for when a filter names a region.

    Everybody is found by the country of their places. So parts are named only of a part, and of a country that is none of theirs.
    """
    found = regions.region(code)
    if found is None:
        return []
    inside = regions.expand(found.code)
    countries = {place for place in inside if "-" not in place}
    return sorted(place for place in inside if regions.country_of(place) not in countries - {place})
