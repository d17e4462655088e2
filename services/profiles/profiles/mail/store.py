"""Messages to send, queued in the transaction of what they tell about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa

from profiles.deadletters.domain import MAX_ERROR_LENGTH, wait_sql

# No message: an order to delete the files of a mailbox, in the queue whose worker writes them.
ERASE_FILES = "erase-files"


@dataclass(frozen=True)
class Queued:
    """A message that is due; `address` only where it does not go to an account's own.

    Args:
        attempts: how many have been made, the one that is to be made now among them.
    """

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

    def erase(self, address: str, *, mailboxes: Sequence[str], erasure_id: str) -> None:
        """Forget what waits for an address, and let the worker delete the files of a person's mailboxes.

        Args:
            mailboxes: keyed hashes of their addresses, because nothing may name these any more.
        """
        self._db.execute(sa.text("DELETE FROM mail WHERE lower(address) = lower(:a)"), {"a": address})
        self.send(ERASE_FILES, mailboxes=list(mailboxes), erasure=erasure_id)

    def note_files_erased(self, erasure_id: str) -> None:
        """Note that an erasure is done with the files."""
        self._db.execute(
            sa.text("UPDATE erasure SET mail_erased_at = now() WHERE id = CAST(:id AS uuid)"), {"id": erasure_id}
        )

    def take(self) -> Queued | None:
        """Take the message that is due first for one attempt, which is counted before it is made.

        So a message that ends the process that sends it counts its attempts too. Nobody else takes it before the wait for
        the next attempt is over.
        """
        row = (
            self._db.execute(
                sa.text(
                    f"UPDATE mail SET attempts = attempts + 1, next_at = now() + {wait_sql('attempts')} "
                    "WHERE id = (SELECT id FROM mail WHERE dead_at IS NULL AND next_at <= now() "
                    "ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED) "
                    "RETURNING id::text, kind, person_id::text, address, data, attempts"
                )
            )
            .mappings()
            .first()
        )
        return Queued(**row) if row else None

    def languages_of(self, person_id: str) -> list[str]:
        """The languages of a person's profile, in their order."""
        found = self._db.execute(
            sa.text("SELECT languages FROM person WHERE id = CAST(:p AS uuid)"), {"p": person_id}
        ).scalar()
        return list(found or [])

    def lock(self, mail_id: str) -> bool:
        """Keep a message from being deleted until it is sent; False where it is not there any more."""
        found = self._db.execute(
            sa.text("SELECT 1 FROM mail WHERE id = CAST(:id AS uuid) FOR UPDATE"), {"id": mail_id}
        ).first()
        return found is not None

    def remove(self, mail_id: str) -> None:
        """Forget a message that was sent or is not to be."""
        self._db.execute(sa.text("DELETE FROM mail WHERE id = CAST(:id AS uuid)"), {"id": mail_id})

    def note_failure(self, mail_id: str, *, error: str, dead: bool) -> None:
        """Note why an attempt failed, and whether it was the last one."""
        self._db.execute(
            sa.text(
                "UPDATE mail SET last_error = :error, dead_at = CASE WHEN :dead THEN now() END "
                "WHERE id = CAST(:id AS uuid)"
            ),
            {"error": error[:MAX_ERROR_LENGTH], "dead": dead, "id": mail_id},
        )
