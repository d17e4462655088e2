"""A person's snapshot as others read it: which audience sees which field, and the level on a given day.

profiles writes snapshots and shows people their own; graph stores them and shows everybody else's. Both read them here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from kit import verification

FOREVER = "9999-12-31"
PREFERRED = "PREFERRED"  # the use of another name that stands beside the verified one
AUDIENCES = ("NOBODY", "CONNECTIONS", "GROUPS", "VERIFIED", "MEMBERS")
VISIBILITY_FIELDS = (
    "NAME", "HEADLINE", "ABOUT", "INSTITUTIONS", "LANGUAGES", "INTERESTS", "CONTACTS", "LICENCES", "GROUPS",
    "CONNECTIONS",
)  # fmt: skip
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


# What of a card an answer may leave out when it is not asked for; see `kit.wanted`.
OPTIONAL = (
    "about", "claimed", "contacts", "headline", "institutions", "interests", "joined_at", "languages", "licences",
    "other_names", "practised_specialties", "preferred_name", "profession", "provenance", "regions", "verification", "version",
)  # fmt: skip


@dataclass(frozen=True)
class Relation:
    """How the viewer stands to a person."""

    self: bool
    connected: bool
    co_member: bool
    viewer_verified: bool

    def may_see(self, audience: str) -> bool:
        """Whether the viewer belongs to an audience."""
        return self.self or {
            "MEMBERS": True,
            "VERIFIED": self.viewer_verified or self.connected,
            "GROUPS": self.co_member or self.connected,
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


def other_names_on(snapshot: dict[str, Any], today: date) -> list[dict[str, str]]:
    """A person's verified other names on a day, as {text, use}; snapshots of versions before have none."""
    return [
        {"text": item["text"], "use": item["use"]}
        for item in snapshot.get("other_names", ())
        if (item["until"] or FOREVER) >= today.isoformat()
    ]


def card(snapshot: dict[str, Any], relation: Relation, today: date) -> dict[str, Any]:
    """A person as one viewer sees them.

    Returns:
        the fields of `Professional` that need no further query; hidden ones are null or empty.
    """
    shown = dict(snapshot)
    shown_name = relation.may_see(audience_of(snapshot, "NAME"))
    names = other_names_on(snapshot, today) if shown_name else []
    iso = today.isoformat()
    result: dict[str, Any] = {
        "id": snapshot["id"],
        "handle": snapshot["handle"],
        "name": snapshot["name"] if shown_name else snapshot["handle"],
        "name_hidden": not shown_name,
        "preferred_name": next((item["text"] for item in names if item["use"] == PREFERRED), None),
        "other_names": names,
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
            item | {"holder_name": item.get("holder_name") if shown_name else None}
            for item in shown["licences"]
            if relation.self
            or (item["standing"] in verification.COUNTING_STANDINGS and (item["expires_on"] or FOREVER) >= iso)
        ],
    }
    for field, hidden in FIELDS.items():
        if not relation.may_see(audience_of(snapshot, field)):
            result |= hidden
    return result
