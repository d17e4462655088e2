"""Snapshots of people as they are stored, of whichever version, and as they are read: complete.

profiles writes them (`profiles.people.domain.snapshot`), graph stores them for as long as nothing changes about the person.
"""

from __future__ import annotations

from typing import Any, NewType

from kit.profile_fields import PLAIN

# Counted up with every change of the form but a new plain field, which the reader fills by its declaration. A change only adds:
# a service of the release before reads the new form too. Those before 8 carry no number. `tests/data/snapshots.jsonl` has one of
# each.
SCHEMA = 9
Snapshot = NewType("Snapshot", dict[str, Any])
_MISSING: dict[str, Any] = {
    **{field.name: field.empty for field in PLAIN},
    "lost": [],  # since 2
    "path_opt_in": False,  # since 3
    "unconfirmed": False,  # since 5
    "other_names": [],  # since 6
    "former_handles": [],  # since 7
    "practice_status": None,  # since 9
}
_MISSING_IN_LICENCES: dict[str, Any] = {"holder_name": None}  # since 4


def read_snapshot(stored: dict[str, Any]) -> Snapshot:
    """A stored snapshot, with what its version did not have yet."""
    as_today = stored.get("schema", 0) >= SCHEMA
    if as_today and stored.keys() >= _MISSING.keys():
        return Snapshot(stored)
    snapshot = _MISSING | stored
    if not as_today:
        snapshot["licences"] = [_MISSING_IN_LICENCES | licence for licence in snapshot["licences"]]
    return Snapshot(snapshot)
