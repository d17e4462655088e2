"""Which services may call what of this one; see `kit.services`."""

from __future__ import annotations

from kit.services import Callers, Service, only

_OPERATOR = only(Service.OPERATOR)

CALLERS: Callers = {
    "accounts.create_account": _OPERATOR,
    "keys.show": _OPERATOR,
    "keys.reencrypt": _OPERATOR,
    "keys.retire": _OPERATOR,
    "imports.demo_credentials": _OPERATOR,
    "imports.import_people": _OPERATOR,
    "imports.lag": _OPERATOR,
    "projection.progress": _OPERATOR,
    "projection.rebuild": _OPERATOR,
    "registers.activate": _OPERATOR,
    "registers.add_entries": _OPERATOR,
    "registers.begin": _OPERATOR,
    "registers.recheck": _OPERATOR,
    "registers.sanctions": _OPERATOR,
    "rights.retention": _OPERATOR,
}
