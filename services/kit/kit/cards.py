"""A person's snapshot as others read it: which audience sees which field, and the level on a given day.

profiles writes snapshots and shows people their own; graph stores them and shows everybody else's. Both read them here. A card
holds what `kit.profile_fields` declares, and no other key of a snapshot.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kit import practice, verification
from kit.profile_fields import CONTACTS, FIELDS, NAME, SETTINGS, Fixed, Kind, ProfileField, Setting
from kit.snapshots import Snapshot

FOREVER = "9999-12-31"
PREFERRED = "PREFERRED"  # the use of another name that stands beside the verified one
AUDIENCES = ("NOBODY", "CONNECTIONS", "GROUPS", "VERIFIED", "MEMBERS")
VISIBILITY_FIELDS = tuple(setting.name for setting in SETTINGS)
_DEFAULT_AUDIENCE = {setting.name: setting.default for setting in SETTINGS}
# What of a card an answer may leave out when it is not asked for; see `kit.requested_fields`.
OPTIONAL = tuple(field.name for field in FIELDS if field.optional)


@dataclass(frozen=True)
class Relation:
    """How the viewer stands to a person."""

    self: bool
    connected: bool
    co_member: bool
    viewer_verified: bool

    def audiences(self) -> frozenset[str]:
        """The audiences to which the viewer belongs."""
        if self.self:
            return _OWN
        return _AUDIENCES[self.connected, self.co_member, self.viewer_verified]

    def may_see(self, audience: str) -> bool:
        """Whether the viewer belongs to an audience."""
        return audience in self.audiences()


_OWN = frozenset(AUDIENCES)
_AUDIENCES = {
    (connected, co_member, verified): frozenset(
        ["MEMBERS"]
        + ["CONNECTIONS"] * connected
        + ["GROUPS"] * (co_member or connected)
        + ["VERIFIED"] * (verified or connected)
    )
    for connected in (False, True)
    for co_member in (False, True)
    for verified in (False, True)
}


@dataclass(slots=True)
class _Licence:
    standing: str
    expires_on: date | None


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def level_on(snapshot: Snapshot, today: date) -> str:
    """A person's verification level on a day; nobody who does not practise any more has the right to."""
    ended = snapshot["practice_status"] in practice.ENDED
    return verification.level(
        identity=any(end is None or end >= today.isoformat() for end in snapshot["identity"]),
        licences=[]
        if ended
        else [_Licence(item["standing"], _date(item["expires_on"])) for item in snapshot["licences"]],
        today=today,
    )


def audience_of(snapshot: Snapshot, setting: str) -> str:
    """Who sees a field of a person; nobody where there is no such setting."""
    default = _DEFAULT_AUDIENCE.get(setting)
    return "NOBODY" if default is None else snapshot["visibility"].get(setting) or default


@dataclass(slots=True)
class _View:
    """A person on a day, as one viewer stands to them.

    Args:
        day: today as ISO 8601 writes it.
        hidden: the settings to whose audience the viewer does not belong.
    """

    snapshot: Snapshot
    own: bool
    today: date
    day: str
    hidden: list[str | Fixed]

    @property
    def name_hidden(self) -> bool:
        """Whether the viewer sees the handle in place of the name."""
        return NAME.name in self.hidden


def _name(view: _View) -> str:
    return view.snapshot["handle" if view.name_hidden else "name"]  # type: ignore[no-any-return]


def _name_hidden(view: _View) -> bool:
    return view.name_hidden


def _other_names(view: _View) -> list[dict[str, str]]:
    return [
        {"text": item["text"], "use": item["use"]}
        for item in view.snapshot["other_names"]
        if (item["until"] or FOREVER) >= view.day
    ]


def _preferred_name(view: _View) -> str | None:
    for item in view.snapshot["other_names"]:
        if item["use"] == PREFERRED and (item["until"] or FOREVER) >= view.day:
            return str(item["text"])
    return None


def _practice_status(view: _View) -> str | None:
    return practice.shown_status(view.snapshot["practice_status"], view.snapshot["profession"])


def _practised_specialties(view: _View) -> list[dict[str, Any]]:
    return [
        {
            "specialty": item["code"],
            "primary": item["primary"],
            "verified_in": sorted(
                {proof["country"] for proof in item["verified"] if (proof["until"] or FOREVER) >= view.day}
            ),
        }
        for item in view.snapshot["specialties"]
    ]


def _verification(view: _View) -> str:
    return level_on(view.snapshot, view.today)


def _contacts(view: _View) -> list[dict[str, Any]]:
    if not view.own:
        return view.snapshot["contacts"]  # type: ignore[no-any-return]
    audience = {"audience": audience_of(view.snapshot, CONTACTS.name)}
    return [point | audience for point in view.snapshot["contacts"]]


def _licences(view: _View) -> list[dict[str, Any]]:
    return [
        item | {"holder_name": None} if view.name_hidden else item
        for item in view.snapshot["licences"]
        if view.own
        or (item["standing"] in verification.COUNTING_STANDINGS and (item["expires_on"] or FOREVER) >= view.day)
    ]


_MAKERS: dict[str, Callable[[_View], Any]] = {
    "name": _name,
    "name_hidden": _name_hidden,
    "preferred_name": _preferred_name,
    "other_names": _other_names,
    "practice_status": _practice_status,
    "practised_specialties": _practised_specialties,
    "verification": _verification,
    "contacts": _contacts,
    "licences": _licences,
}
_Row = tuple[str, str | Fixed, Callable[[_View], Any] | None, Any]


def rows(fields: Sequence[ProfileField]) -> tuple[tuple[str, ...], tuple[_Row, ...]]:
    """What `card` needs of declarations.

    Returns:
        names of what everybody sees as it is stored; and for the others the name, the setting or who sees it, the function that
        makes it, and what stands there when it is hidden.
    """
    everybody = tuple(f.name for f in fields if f.kind is not Kind.MADE and f.seen_by is Fixed.EVERYBODY)
    others = tuple(
        (
            field.name,
            field.seen_by.name if isinstance(field.seen_by, Setting) else field.seen_by,
            _MAKERS[field.name] if field.kind is Kind.MADE else None,
            field.empty,
        )
        for field in fields
        if field.name not in everybody
    )
    return everybody, others


_EVERYBODY, _OTHERS = rows(FIELDS)


def card(snapshot: Snapshot, relation: Relation, today: date) -> dict[str, Any]:
    """A person as one viewer sees them.

    Returns:
        the fields of `Professional` that need no further query; hidden ones are null or empty.
    """
    audiences, chosen = relation.audiences(), snapshot["visibility"]
    hidden: list[str | Fixed] = [
        setting for setting, default in _DEFAULT_AUDIENCE.items() if (chosen.get(setting) or default) not in audiences
    ]
    if not relation.self:
        hidden.append(Fixed.OWNER)
    view = _View(snapshot, relation.self, today, today.isoformat(), hidden)
    result: dict[str, Any] = {name: snapshot[name] for name in _EVERYBODY}
    for name, seen_by, make, empty in _OTHERS:
        result[name] = empty if seen_by in hidden else make(view) if make else snapshot[name]
    return result
