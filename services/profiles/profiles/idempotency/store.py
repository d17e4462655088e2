"""One effect for a request that is sent again: the answer is kept beside the change, in its transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import sqlalchemy as sa

from kit.idempotency import check_key, check_same, fingerprint


def once(
    connection: sa.Connection, *, actor: str, key: str | None, request: Any, act: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """Run `act` once for this actor and key; a repeated request gets the first one's answer.

    The insert takes the row's lock, so that the second of two at once waits for the first to commit.

    Args:
        request: what was asked, to tell a repetition from another request under the same key.
        act: makes the change on the same connection and returns the answer, as plain JSON values.

    Raises:
        IdempotencyKeyReused: the key came before with another request.
    """
    if key is None:
        return act()
    asked = fingerprint(request)
    inserted = connection.execute(
        sa.text("INSERT INTO idempotency (actor, key, fingerprint) VALUES (:actor, :key, :fp) ON CONFLICT DO NOTHING"),
        {"actor": actor, "key": check_key(key), "fp": bytes.fromhex(asked)},
    )
    if inserted.rowcount == 0:
        row = connection.execute(
            sa.text("SELECT fingerprint, answer FROM idempotency WHERE actor = :actor AND key = :key"),
            {"actor": actor, "key": key},
        ).one()
        check_same(bytes(row.fingerprint).hex(), asked)
        return row.answer  # type: ignore[no-any-return]
    answer = orjson.loads(orjson.dumps(act()))
    connection.execute(
        sa.text("UPDATE idempotency SET answer = CAST(:answer AS jsonb) WHERE actor = :actor AND key = :key"),
        {"answer": orjson.dumps(answer).decode(), "actor": actor, "key": key},
    )
    return answer  # type: ignore[no-any-return]
