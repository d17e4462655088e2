"""Retiring old keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from graph.keys.store import KeyWriter
from kit.cipher import KeyName
from kit.keys import require_all_current, require_current, require_old, require_unused

SERVICE = "graph"


def retire(keys: KeyWriter, *, present: KeyName, current: KeyName, old: Sequence[KeyName], now: datetime) -> int:
    """Retire old keys: from then on nothing can be stored here that is encrypted with one of them.

    The keys are locked before what is encrypted with them is counted, so that nothing is stored meanwhile.

    Returns:
        how many were retired; those that were retired before do not count.

    Raises:
        Invalid: the key that encrypts is among them.
        Conflict: something is encrypted with one, or a process still encrypts with another key than the present one.
    """
    require_current(SERVICE, present, current)
    require_old(current, old)
    ids = [key.id for key in old]
    keys.lock(ids)
    require_all_current(keys.holders(now=now), current)
    require_unused(keys.counts(ids))
    return keys.retire(ids, now=now)
