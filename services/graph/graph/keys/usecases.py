"""Retiring old keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from graph.keys.store import KeyWriter
from kit.cipher import KeyName
from kit.keys import lock_unused

SERVICE = "graph"


def retire(keys: KeyWriter, *, present: KeyName, current: KeyName, old: Sequence[KeyName], now: datetime) -> int:
    """Retire old keys: from then on nothing can be stored here that is encrypted with one of them.

    Returns:
        how many were retired; those that were retired before do not count.

    Raises:
        Invalid: the key that encrypts is among them.
        Conflict: something is encrypted with one, or a process still encrypts with another key than the present one.
    """
    ids = lock_unused(SERVICE, keys, lambda: keys.holders(now=now), present=present, current=current, old=old)
    return keys.retire(ids, now=now)
