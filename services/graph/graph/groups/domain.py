"""Groups: their fields and who may see and do what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from catalogues import languages, regions, specialties
from kit.errors import Invalid
from kit.texts import check_text

NAME_LONGEST = 120
PURPOSE_LONGEST = 2000
RULES_LONGEST = 10_000
MOST_CODES = 20
MEMBER_LIMIT = 5000
VISIBILITIES = ("LISTED", "UNLISTED", "SECRET")
JOIN_POLICIES = ("OPEN", "REQUEST", "INVITE")
MEMBER, MODERATOR, OWNER = ROLES = ("MEMBER", "MODERATOR", "OWNER")
ACTIVE, REQUESTED, INVITED = "ACTIVE", "REQUESTED", "INVITED"


@dataclass(frozen=True)
class Group:
    """A group as stored, with how the viewer stands to it."""

    id: str
    handle: str
    name: str
    purpose: str
    rules: str | None
    languages: list[str]
    visibility: str
    join_policy: str
    specialties: list[str]
    regions: list[str]
    member_limit: int
    created_at: str
    version: int
    member_count: int
    role: str | None
    state: str | None
    joined_at: str | None

    @property
    def known_to_viewer(self) -> bool:
        """Whether the viewer may know that the group exists."""
        return self.visibility != "SECRET" or self.state is not None

    @property
    def readable_by_viewer(self) -> bool:
        """Whether the viewer may read its discussions and members."""
        return self.state == ACTIVE or self.visibility == "LISTED"

    @property
    def viewer_can(self) -> list[str]:
        """What the viewer may do in the group, in the contract's words."""
        actions = ["READ"] if self.readable_by_viewer else []
        if self.state == ACTIVE:
            actions.append("POST")
            if self.role in {MODERATOR, OWNER}:
                actions.append("MODERATE")
            if self.role == OWNER:
                actions.append("CONFIGURE")
        return actions


def checked_fields(given: dict[str, Any]) -> dict[str, Any]:
    """The properties to store for a group's given fields.

    Raises:
        Invalid: a field breaks its rule.
    """
    fields: dict[str, Any] = {}
    if "name" in given:
        fields["name"] = check_text(given["name"], field="name", shortest=3, longest=NAME_LONGEST, one_line=True)
    if "purpose" in given:
        fields["purpose"] = check_text(given["purpose"], field="purpose", shortest=1, longest=PURPOSE_LONGEST)
    if "rules" in given:
        fields["rules"] = check_text(given["rules"] or "", field="rules", longest=RULES_LONGEST) or None
    if "specialties" in given:
        fields["specialties"] = _known(
            given["specialties"] or [], "specialties", lambda code: code if code in specialties.specialties() else None
        )
    if "regions" in given:
        fields["regions"] = _known(
            given["regions"] or [], "regions", lambda code: code.upper() if regions.region(code) else None
        )
    if "languages" in given:
        fields["languages"] = _known(given["languages"] or [], "languages", languages.canonical)
    if "member_limit" in given:
        limit = MEMBER_LIMIT if given["member_limit"] is None else given["member_limit"]
        if not 2 <= limit <= MEMBER_LIMIT:
            raise Invalid(f"memberLimit must be 2 to {MEMBER_LIMIT}.", field=["memberLimit"])
        fields["member_limit"] = limit
    for name in ("visibility", "join_policy"):
        if given.get(name) is not None:
            fields[name] = given[name]
    return fields


def _known(values: Sequence[str], field: str, canonical: Any) -> list[str]:
    found = []
    for value in dict.fromkeys(values):
        known = canonical(value)
        if known is None:
            raise Invalid(f"{value!r} is not known; search `{field}`.", field=[field])
        found.append(known)
    if len(found) > MOST_CODES:
        raise Invalid(f"{field} may have at most {MOST_CODES} entries.", field=[field])
    return found
