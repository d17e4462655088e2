"""The parts of people, groups and discussions that an answer may leave out when no field of the operation requests them.

The gateway sends the requested ones in the header X-Fields: `plain`, and then their names. Without the header, everything is
requested. `plain` says that the operation selects nothing about requests to connect.
"""

from __future__ import annotations

from kit import cards

PLAIN = "plain"
GROUP = frozenset({
    "handle", "purpose", "rules", "languages", "visibility", "join_policy", "specialties", "regions", "member_count",
    "member_limit", "created_at", "version", "countries", "credential_policy", "eligibility", "viewer_can",
    "viewer_membership",
})  # fmt: skip
# And the details of each kind: both services list those with their kinds.
DISCUSSION = frozenset({
    "title", "body", "language", "post_count", "edited_at", "last_post_at", "version", "resolved_by", "author", "topics",
    "mentions", "sources", "labels", "viewer_can",
})  # fmt: skip
CURSOR = "cursor"  # of each row; those at the ends of a page are always there
OPTIONAL = frozenset(cards.OPTIONAL) | GROUP | DISCUSSION | {CURSOR}


def parse(header: str | None) -> frozenset[str] | None:
    """The optional parts that are requested; None for everything, requests to connect included."""
    names = (header or "").split(",")
    return frozenset(names[1:]) if names[0] == PLAIN else None


def write(names: frozenset[str]) -> str:
    """The header for optional parts."""
    return ",".join([PLAIN, *sorted(names)])
