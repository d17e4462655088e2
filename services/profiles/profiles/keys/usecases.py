"""Encrypting everything again with a new key, and retiring the old ones."""

from __future__ import annotations

from collections.abc import Sequence

from kit.cipher import KeyName
from kit.keys import lock_unused, require_all_current, require_current
from profiles.audit.store import AuditTrail
from profiles.keys.domain import Reencrypted
from profiles.keys.store import KeyStore

SERVICE = "profiles"


def reencrypt(keys: KeyStore, batches: Sequence[tuple[Reencrypted, int]], *, present: KeyName, current: KeyName) -> int:
    """Encrypt the next fields again that are encrypted with an old key.

    Args:
        batches: stores, with how much of each is encrypted at once.
        present: what this process encrypts with.
        current: what the operator's tools mean.

    Returns:
        how many there were; 0 when all are encrypted with the present key.

    Raises:
        Conflict: this process or another one does not encrypt with that key.
    """
    require_current(SERVICE, present, current)
    require_all_current(keys.holders(), current)
    return sum(store.reencrypt(most=most) for store, most in batches)


def retire(keys: KeyStore, audit: AuditTrail, *, present: KeyName, current: KeyName, old: Sequence[KeyName]) -> int:
    """Retire old keys: from then on nothing can be stored here that is encrypted with one of them.

    Returns:
        how many were retired; those that were retired before do not count.

    Raises:
        Invalid: the key that encrypts is among them.
        Conflict: something is encrypted with one, or a process still encrypts with another key than the present one.
    """
    ids = lock_unused(SERVICE, keys, keys.holders, present=present, current=current, old=old)
    retired = keys.delete(ids)
    for key in old:
        audit.note("keys.retire", actor="service:operator", object=f"key:{key.id}", reason=key.fingerprint)
    return retired
