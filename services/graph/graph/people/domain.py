"""People as others see them: what is indexed, what each audience sees, and the level on a given day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from catalogues import regions
from kit import verification
from kit.texts import fold

FOREVER = "9999-12-31"
NEVER = ""
# Who sees a field where its owner has not said otherwise; what is not here, every member sees.
DEFAULT_AUDIENCE = {"CONTACTS": "CONNECTIONS"}
# Visibility field → the keys of the card that it covers, with what stands there when hidden.
FIELDS: dict[str, dict[str, Any]] = {
    "HEADLINE": {"headline": None},
    "ABOUT": {"about": None},
    "INSTITUTIONS": {"institutions": None},
    "LANGUAGES": {"languages": []},
    "INTERESTS": {"interests": []},
    "CONTACTS": {"contacts": None},
    "LICENCES": {"licences": None},
}


@dataclass(frozen=True)
class Relation:
    """How the viewer stands to a person."""

    self: bool
    connected: bool
    fellow: bool
    viewer_verified: bool

    def may_see(self, audience: str) -> bool:
        """Whether the viewer belongs to an audience."""
        return self.self or {
            "MEMBERS": True,
            "VERIFIED": self.viewer_verified or self.connected,
            "GROUPS": self.fellow or self.connected,
            "CONNECTIONS": self.connected,
            "NOBODY": False,
        }.get(audience, False)


@dataclass(frozen=True)
class _Licence:
    standing: str
    expires_on: date | None


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def level_on(snapshot: dict[str, Any], today: date) -> str:
    """A person's verification level on a day."""
    return verification.level(
        identity=any(end is None or end >= today.isoformat() for end in snapshot["identity"]),
        licences=[_Licence(item["standing"], _date(item["expires_on"])) for item in snapshot["licences"]],
        today=today,
    )


def audience_of(snapshot: dict[str, Any], field: str) -> str:
    """Who sees a field of a person."""
    return str(snapshot["visibility"].get(field) or DEFAULT_AUDIENCE.get(field, "MEMBERS"))


def search_form(text: str) -> list[str]:
    """The words of a text as they are stored for searching and as they are searched for.

    >>> search_form("Dr. O'Brien-Núñez")
    ['dr', 'obrien', 'nunez']
    """
    words = ("".join(c for c in word if c.isalnum()) for word in fold(text).replace("-", " ").split())
    return [word for word in words if word]


def _latest(ends: list[str | None]) -> str:
    return max((end or FOREVER for end in ends), default=NEVER)


def projection(snapshot: dict[str, Any]) -> dict[str, Any]:
    """What the graph stores of a snapshot: the whole for reading, and what searching needs.

    A field that not every member sees is left out of what is searched, so that it never matches.
    """
    open_to_all = {field for field in (*FIELDS, "NAME") if audience_of(snapshot, field) == "MEMBERS"}
    shown_name = snapshot["name"] if "NAME" in open_to_all else snapshot["handle"]
    words = [shown_name, snapshot["handle"]]
    words += [snapshot["headline"] or ""] if "HEADLINE" in open_to_all else []
    words += [place["name"] for place in snapshot["institutions"]] if "INSTITUTIONS" in open_to_all else []
    places = dict.fromkeys(code for own in snapshot["regions"] for code in (own, own.split("-")[0]))
    counting = [item for item in snapshot["licences"] if item["standing"] in verification.COUNTING_STANDINGS]
    licensed: dict[str, list[str | None]] = {}
    for item in counting:
        for code in {item["jurisdiction"], item["jurisdiction"].split("-")[0]}:
            licensed.setdefault(code, []).append(item["expires_on"])
    return {
        "id": snapshot["id"],
        "version": snapshot["version"],
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
            "claimed": snapshot["claimed"],
            "suspended": snapshot["suspended"],
            "profession": snapshot["profession"],
            "places": list(places),
            "languages": snapshot["languages"] if "LANGUAGES" in open_to_all else [],
            "language_keys": sorted({tag.split("-")[0] for tag in snapshot["languages"]})
            if "LANGUAGES" in open_to_all
            else [],
            "interests": [fold(text) for text in snapshot["interests"]] if "INTERESTS" in open_to_all else [],
            "identity_until": _latest(snapshot["identity"]) if snapshot["identity"] else NEVER,
            "practise_until": _latest([item["expires_on"] for item in counting]),
            "shows_to_groups": "GROUPS" in snapshot["visibility"].values(),
            "joined_at": snapshot["joined_at"],
            "snapshot": snapshot["json"],
        },
    }


def level_by_dates(identity_until: str | None, practise_until: str | None, today: str) -> str:
    """The level that two stored dates give on a day (both ISO 8601)."""
    if (identity_until or NEVER) < today:
        return verification.UNVERIFIED
    return verification.RIGHT_TO_PRACTISE if (practise_until or NEVER) >= today else verification.IDENTITY


def card(snapshot: dict[str, Any], relation: Relation, today: date) -> dict[str, Any]:
    """A person as one viewer sees them.

    Returns:
        the fields of `Professional` that need no further query; hidden ones are null or empty.
    """
    shown = dict(snapshot)
    shown_name = relation.may_see(audience_of(snapshot, "NAME"))
    iso = today.isoformat()
    result: dict[str, Any] = {
        "id": snapshot["id"],
        "handle": snapshot["handle"],
        "name": snapshot["name"] if shown_name else snapshot["handle"],
        "name_hidden": not shown_name,
        "claimed": snapshot["claimed"],
        "provenance": snapshot["provenance"],
        "profession": snapshot["profession"],
        "practised_specialties": [
            {
                "specialty": item["code"],
                "primary": item["primary"],
                "verified_in": sorted(
                    {proof["country"] for proof in item["verified"] if (proof["until"] or FOREVER) >= iso}
                ),
            }
            for item in snapshot["specialties"]
        ],
        "regions": snapshot["regions"],
        "verification": level_on(snapshot, today),
        "joined_at": snapshot["joined_at"],
        "version": snapshot["version"],
        "headline": shown["headline"],
        "about": shown["about"],
        "languages": shown["languages"],
        "interests": shown["interests"],
        "institutions": shown["institutions"],
        "contacts": [
            point | ({"audience": audience_of(snapshot, "CONTACTS")} if relation.self else {})
            for point in shown["contacts"]
        ],
        "licences": [
            item
            for item in shown["licences"]
            if relation.self
            or (item["standing"] in verification.COUNTING_STANDINGS and (item["expires_on"] or FOREVER) >= iso)
        ],
    }
    for field, hidden in FIELDS.items():
        if not relation.may_see(audience_of(snapshot, field)):
            result |= hidden
    return result


def country_codes(code: str) -> list[str]:
    """The codes to look for when a filter names a region: countries of an area, or the place itself."""
    found = regions.region(code)
    if found is None:
        return []
    if ":" in found.code:
        return sorted(inside for inside in regions.expand(found.code) if "-" not in inside)
    return [found.code]
