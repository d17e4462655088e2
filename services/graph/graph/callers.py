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
