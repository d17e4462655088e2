"""Which services may call what of this one, and what people may who have not confirmed their address or are suspended.

See `kit.services`, `kit.confirmation` and `kit.suspension`.
"""

from __future__ import annotations

from kit.services import Callers, Service, only

_GATEWAY = only(Service.GATEWAY)
_OPERATOR = only(Service.OPERATOR)
_WORKER = only(Service.WORKER, Service.RELAY)
_PROJECTING = only(Service.PROFILES, Service.WORKER, Service.RELAY)

CALLERS: Callers = {
    "audit.checkpoint": only(Service.WORKER, Service.OPERATOR),
    "audit.done": _WORKER,
    "audit.put_checkpoint": only(Service.WORKER),
    "audit.waiting": _WORKER,
    "audit.waiting_except": _WORKER,
    "feed.events": _GATEWAY,
    "feed.position": _GATEWAY,
    "imports.import_rows": _OPERATOR,
    "moderation.duties": _WORKER,
    "keys.show": _OPERATOR,
    "keys.reencrypt": _OPERATOR,
    "keys.retire": _OPERATOR,
    "notifications.take": _PROJECTING,
    "people.ids": _PROJECTING,
    "people.position": _PROJECTING,
    "people.project": _PROJECTING,
    "rights.erase": _PROJECTING,
}

# Everything in the graph is about others but the archive of one's own data.
UNCONFIRMED = frozenset({"rights.export"})

SUSPENDED = frozenset({"rights.export"})

# What a personal access token reads, and what it changes with the scope WRITE. What is not here is refused, also what is new:
# whatever is about signing in, tokens, the address, policies, proofs, the archive, the erasure and appeals is for the person alone.
PERSONAL_READING = frozenset(
    {
        "connections.blocked",
        "connections.connections",
        "connections.read_requests",
        "connections.requests",
        "discussions.details",
        "discussions.feed",
        "discussions.in_groups",
        "discussions.posts",
        "discussions.read",
        "discussions.read_posts",
        "discussions.revisions",
        "discussions.search",
        "discussions.unread",
        "groups.candidates",
        "groups.gaps",
        "groups.invitations",
        "groups.members",
        "groups.of_people",
        "groups.read",
        "groups.search",
        "insights.insights",
        "introductions.path",
        "introductions.read",
        "introductions.search",
        "moderation.decisions",
        "moderation.notes_on",
        "moderation.read_contents",
        "moderation.read_decisions",
        "moderation.read_notes",
        "moderation.transparency",
        "notifications.read",
        "notifications.search",
        "peers.peers",
        "peers.suggestions",
        "people.mutual",
        "people.read",
        "streams.read",
    }
)
PERSONAL_WRITING = frozenset(
    {
        "connections.ask",
        "connections.block",
        "connections.remove",
        "connections.respond",
        "connections.unblock",
        "connections.withdraw",
        "discussions.acknowledge",
        "discussions.add_post",
        "discussions.create",
        "discussions.delete",
        "discussions.delete_post",
        "discussions.edit",
        "discussions.edit_post",
        "discussions.react",
        "discussions.resolve",
        "discussions.translate",
        "discussions.unreact",
        "discussions.vote",
        "discussions.withdraw_consent",
        "groups.ban",
        "groups.create",
        "groups.invite",
        "groups.join",
        "groups.leave",
        "groups.respond",
        "groups.set_role",
        "groups.unban",
        "groups.update",
        "introductions.ask",
        "introductions.respond",
        "moderation.flag",
        "moderation.propose",
        "moderation.rate",
        "notifications.mark_read",
        "peers.dismiss",
    }
)
