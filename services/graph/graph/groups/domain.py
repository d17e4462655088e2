"""Groups: their fields and who may see and do what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalogues import languages, regions, specialties
from graph.groups.eligibility import (
    CredentialPolicy,
    checked_policy,
    eligible,
    lost_a_licence,
    policy_properties,
)
from graph.timestamps import stamp
from kit.checks import check_each, checks
from kit.errors import Invalid
from kit.sentences import Sentence
from kit.snapshots import Snapshot
from kit.texts import check_text

MAX_NAME_LENGTH = 120
MAX_PURPOSE_LENGTH = 2000
MAX_RULES_LENGTH = 10_000
MAX_CODES = 20
MEMBER_LIMIT = 5000
VISIBILITIES = ("LISTED", "UNLISTED", "SECRET")
JOIN_POLICIES = ("OPEN", "REQUEST", "INVITE")
MEMBER, MODERATOR, OWNER = ROLES = ("MEMBER", "MODERATOR", "OWNER")
ACTIVE, REQUESTED, INVITED = "ACTIVE", "REQUESTED", "INVITED"
READ_ONLY, SUSPENDED, BANNED = "READ_ONLY", "SUSPENDED", "BANNED"
STATES = (ACTIVE, REQUESTED, INVITED, READ_ONLY, SUSPENDED, BANNED)
MEMBER_STATES = frozenset({ACTIVE, READ_ONLY, SUSPENDED})
OUTSIDE = "OUTSIDE"  # no membership of any kind
GROUP, MEMBERS, DISCUSSIONS = "GROUP", "MEMBERS", "DISCUSSIONS"
_NOTHING: frozenset[str] = frozenset()
_KNOWS = frozenset({GROUP})
_READS = frozenset({GROUP, MEMBERS, DISCUSSIONS})
# Who sees what of a group: (visibility, whether it has a credential policy) → by the viewer's standing. A test walks it.
SEES: dict[tuple[str, bool], dict[str, frozenset[str]]] = {
    ("LISTED", False): {
        OUTSIDE: _READS, REQUESTED: _READS, INVITED: _READS, ACTIVE: _READS, READ_ONLY: _READS, SUSPENDED: _KNOWS,
        BANNED: _KNOWS,
    },
    ("LISTED", True): {
        OUTSIDE: _KNOWS, REQUESTED: _KNOWS, INVITED: _KNOWS, ACTIVE: _READS, READ_ONLY: _READS, SUSPENDED: _KNOWS,
        BANNED: _KNOWS,
    },
    ("UNLISTED", False): {
        OUTSIDE: _KNOWS, REQUESTED: _KNOWS, INVITED: _KNOWS, ACTIVE: _READS, READ_ONLY: _READS, SUSPENDED: _KNOWS,
        BANNED: _KNOWS,
    },
    ("UNLISTED", True): {
        OUTSIDE: _KNOWS, REQUESTED: _KNOWS, INVITED: _KNOWS, ACTIVE: _READS, READ_ONLY: _READS, SUSPENDED: _KNOWS,
        BANNED: _KNOWS,
    },
    ("SECRET", False): {
        OUTSIDE: _NOTHING, REQUESTED: _NOTHING, INVITED: _KNOWS, ACTIVE: _READS, READ_ONLY: _READS, SUSPENDED: _KNOWS,
        BANNED: _NOTHING,
    },
    ("SECRET", True): {
        OUTSIDE: _NOTHING, REQUESTED: _NOTHING, INVITED: _KNOWS, ACTIVE: _READS, READ_ONLY: _READS, SUSPENDED: _KNOWS,
        BANNED: _NOTHING,
    },
}  # fmt: skip


def state_of(
    relation: str | None,
    policy: CredentialPolicy | None,
    snapshot: Snapshot | None,
    *,
    suspended_until: str | None,
    now: datetime,
) -> str | None:
    """How a person's membership stands now; computed when read, because credentials end by date alone.

    Args:
        relation: MEMBER, REQUESTED, INVITED or BANNED, as stored; None where there is none.
        snapshot: of the person, needed where the group has a policy.
        suspended_until: until when a moderator suspended the membership.
    """
    if relation != MEMBER:
        return relation
    if suspended_until is not None and suspended_until > stamp(now):
        return SUSPENDED
    if policy is None or eligible(policy, snapshot, now.date()):
        return ACTIVE
    return SUSPENDED if lost_a_licence(policy, snapshot) else READ_ONLY


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
    policy: CredentialPolicy | None
    role: str | None
    state: str | None
    joined_at: str | None
    clauses: list[dict[str, Any]]

    @property
    def sees(self) -> frozenset[str]:
        """What the viewer sees of it."""
        return SEES[self.visibility, self.policy is not None][self.state or OUTSIDE]

    @property
    def known_to_viewer(self) -> bool:
        """Whether the viewer may know that the group exists."""
        return GROUP in self.sees

    @property
    def readable_by_viewer(self) -> bool:
        """Whether the viewer may read its discussions and members."""
        return DISCUSSIONS in self.sees

    @property
    def moderated_by_viewer(self) -> bool:
        """Whether the viewer decides who is in it."""
        return self.state == ACTIVE and self.role in {MODERATOR, OWNER}

    @property
    def viewer_can(self) -> list[str]:
        """What the viewer may do in the group, in the contract's words."""
        actions = ["READ"] if self.readable_by_viewer else []
        if self.state == ACTIVE:
            actions.append("POST")
            if self.moderated_by_viewer:
                actions += ["INVITE", "MODERATE"]
            if self.role == OWNER:
                actions.append("CONFIGURE")
        return actions


def checked_fields(given: dict[str, Any]) -> dict[str, Any]:
    """The properties to store for a group's given fields.

    Raises:
        Invalid: a field breaks its rule.
    """
    fields: dict[str, Any] = {}
    with checks() as check:
        for name, rule in _RULES.items():
            if name in given:
                with check:
                    fields[name] = rule(given[name])
        if "credential_policy" in given:
            with check:
                fields |= policy_properties(checked_policy(given["credential_policy"]))
    for name in ("visibility", "join_policy"):
        if given.get(name) is not None:
            fields[name] = given[name]
    return fields


def _checked_limit(given: int | None) -> int:
    limit = MEMBER_LIMIT if given is None else given
    if not 2 <= limit <= MEMBER_LIMIT:
        raise Invalid(
            Sentence("memberLimit must be 2 to {member_limit}.", member_limit=MEMBER_LIMIT), field=["memberLimit"]
        )
    return limit


_RULES: dict[str, Callable[..., object]] = {
    "name": lambda text: check_text(text, field="name", shortest=3, longest=MAX_NAME_LENGTH, one_line=True),
    "purpose": lambda text: check_text(text, field="purpose", shortest=1, longest=MAX_PURPOSE_LENGTH),
    "rules": lambda text: check_text(text or "", field="rules", longest=MAX_RULES_LENGTH) or None,
    "specialties": lambda codes: _known(
        codes, "specialties", lambda code: code if code in specialties.specialties() else None
    ),
    "regions": lambda codes: _known(codes, "regions", lambda code: code.upper() if regions.region(code) else None),
    "languages": lambda tags: _known(tags, "languages", languages.canonical),
    "member_limit": _checked_limit,
}


def _known(values: Sequence[str] | None, field: str, canonical: Callable[[str], str | None]) -> list[str]:
    def rule(value: str) -> str:
        known = canonical(value)
        if known is None:
            raise Invalid(
                Sentence("{value} is not known; search `{field}`.", value=repr(value), field=field), field=[field]
            )
        return known

    found = list(dict.fromkeys(check_each(values or (), rule, field=[field])))
    if len(found) > MAX_CODES:
        raise Invalid(
            Sentence("{field} may have at most {most_codes} entries.", field=field, most_codes=MAX_CODES), field=[field]
        )
    return found
