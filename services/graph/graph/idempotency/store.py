"""One effect for a request that is sent again: the answer is kept in the transaction of the change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from graph.db import Transaction, query
from kit.idempotency import check_key, check_same, fingerprint


def once(
    tx: Transaction, *, actor: str, key: str | None, request: Any, now: str, act: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """Run `act` once for this actor and key; a repeated request gets the first one's answer.

    Args:
        request: what was asked, to tell a repetition from another request under the same key.
        act: makes the change in the same transaction and returns the answer, as plain JSON values.

    Raises:
        IdempotencyKeyReused: the key came before with another request.
    """
    if key is None:
        return act()
    asked = fingerprint(request)
    row = tx.row(query("idempotency/claim_key"), id=f"{actor} {check_key(key)}", fingerprint=asked, now=now)
    assert row is not None
    if not row["fresh"]:
        check_same(row["fingerprint"], asked)
        return orjson.loads(row["answer"])  # type: ignore[no-any-return]
    answer = act()
    tx.rows(query("idempotency/keep_answer"), id=f"{actor} {key}", answer=orjson.dumps(answer).decode())
    return answer


def delete_old(tx: Transaction, *, before: str, most: int) -> int:
    """Delete keys that were used before a moment, at most so many at once; returns how many."""
    row = tx.row(query("idempotency/delete_old"), before=before, most=most)
    return row["deleted"] if row else 0
