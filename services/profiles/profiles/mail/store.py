"""Messages to send, queued in the transaction of what they tell about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa


@dataclass(frozen=True)
class Queued:
    """A message that waits; `address` only where it does not go to an account's own."""

    id: str
    kind: str
    person_id: str | None
    address: str | None
    data: dict[str, Any]
    attempts: int


class MailStore:
    """Queues and takes messages on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def send(self, kind: str, *, person_id: str | None = None, address: str | None = None, **data: Any) -> None:
        """Queue a message to a person's own address, or to any."""
        self._db.execute(
            sa.text("INSERT INTO mail (kind, person_id, address, data) VALUES (:k, :p, :a, CAST(:d AS jsonb))"),
            {"k": kind, "p": person_id, "a": address, "d": orjson.dumps(data).decode()},
        )

    def send_many(self, kind: str, people: list[str], **data: Any) -> None:
        """Queue one message to several people."""
        self._db.execute(
            sa.text(
                "INSERT INTO mail (kind, person_id, data) SELECT :k, id, CAST(:d AS jsonb) "
                "FROM unnest(CAST(:p AS uuid[])) AS t(id)"
            ),
            {"k": kind, "p": people, "d": orjson.dumps(data).decode()},
        )

    def take(self) -> Queued | None:
        """The message that is due first, locked until the transaction ends; those that others hold are passed over."""
        row = (
            self._db.execute(
                sa.text(
                    "SELECT id::text, kind, person_id::text, address, data, attempts FROM mail WHERE next_at <= now() "
                    "ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED"
                )
            )
            .mappings()
            .first()
        )
        return Queued(**row) if row else None

    def remove(self, mail_id: str) -> None:
        """Forget a message that was sent or is not to be."""
        self._db.execute(sa.text("DELETE FROM mail WHERE id = CAST(:id AS uuid)"), {"id": mail_id})

    def postpone(self, mail_id: str, *, seconds: float) -> None:
        """Try again later."""
        self._db.execute(
            sa.text(
                "UPDATE mail SET attempts = attempts + 1, next_at = now() + make_interval(secs => :s) "
                "WHERE id = CAST(:id AS uuid)"
            ),
            {"s": seconds, "id": mail_id},
        )
