"""Changes of address in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from kit.cipher import FieldCipher
from profiles.accounts.domain import EmailAddress
from profiles.addresses.domain import EmailChange
from profiles.mail.files import mailbox_hash


class AddressChangeStore:
    """Reads and writes changes of address on one connection."""

    def __init__(self, connection: sa.Connection, cipher: FieldCipher) -> None:
        self._db = connection
        self._cipher = cipher

    def replace(
        self, change_id: str, person_id: str, email: EmailAddress, *, requested_at: datetime, due_at: datetime
    ) -> None:
        """Store a change that waits for both ends, instead of the person's earlier one.

        The new mailbox is remembered as former ones are, because it is sent a message also where the change is never made.
        """
        self._db.execute(
            sa.text(
                "INSERT INTO email_change (person_id, id, email, requested_at, due_at) VALUES (:p, :id, :email, :at, :due) "
                "ON CONFLICT (person_id) DO UPDATE SET id = EXCLUDED.id, email = EXCLUDED.email, "
                "requested_at = EXCLUDED.requested_at, due_at = EXCLUDED.due_at, new_confirmed_at = NULL, "
                "old_confirmed_at = NULL"
            ),
            {"p": person_id, "id": change_id, "email": email.text, "at": requested_at, "due": due_at},
        )
        self._remember(person_id, email.text, at=requested_at)

    def get(self, person_id: str) -> EmailChange | None:
        """The change of a person that waits."""
        row = (
            self._db.execute(
                sa.text(
                    "SELECT id::text, person_id::text, email, requested_at, due_at, new_confirmed_at, old_confirmed_at "
                    "FROM email_change WHERE person_id = CAST(:p AS uuid)"
                ),
                {"p": person_id},
            )
            .mappings()
            .first()
        )
        return EmailChange(**row) if row else None

    def note_confirmed(self, change: EmailChange) -> None:
        """Store which ends have confirmed."""
        self._db.execute(
            sa.text(
                "UPDATE email_change SET new_confirmed_at = :new, old_confirmed_at = :old WHERE id = CAST(:id AS uuid)"
            ),
            {"id": change.id, "new": change.new_confirmed_at, "old": change.old_confirmed_at},
        )

    def token(self, token_hash: bytes) -> tuple[str, str, datetime] | None:
        """Whom a token was sent for, for what, and until when it holds; it stays."""
        row = self._db.execute(
            sa.text("SELECT person_id::text, purpose, expires_at FROM mail_token WHERE token_hash = :h"),
            {"h": token_hash},
        ).first()
        return (row.person_id, row.purpose, row.expires_at) if row else None

    def remove(self, person_id: str) -> None:
        """Forget a person's change, and the tokens that were sent for any."""
        self._db.execute(sa.text("DELETE FROM email_change WHERE person_id = CAST(:p AS uuid)"), {"p": person_id})
        self._db.execute(
            sa.text("DELETE FROM mail_token WHERE person_id = CAST(:p AS uuid) AND purpose LIKE 'CHANGE\\_%'"),
            {"p": person_id},
        )

    def move(self, person_id: str, *, former: str, to: EmailAddress, at: datetime) -> bool:
        """Give an account another address; False when another account has confirmed that.

        The former one's mailbox is remembered under a keyed hash for as long as messages to
        it may be in files, so that an erasure finds these too.
        """
        try:
            with self._db.begin_nested():
                self._db.execute(
                    sa.text("UPDATE account SET email = :email, email_key = :key WHERE person_id = CAST(:p AS uuid)"),
                    {"p": person_id, "email": to.text, "key": to.key},
                )
        except sa.exc.IntegrityError:
            return False
        self._remember(person_id, former, at=at)
        return True

    def _remember(self, person_id: str, email: str, *, at: datetime) -> None:
        self._db.execute(
            sa.text(
                "INSERT INTO former_mailbox VALUES (:p, :m, :at) "
                "ON CONFLICT (person_id, mailbox) DO UPDATE SET changed_at = EXCLUDED.changed_at"
            ),
            {"p": person_id, "m": mailbox_hash(self._cipher, email), "at": at},
        )

    def mailboxes(self, person_id: str) -> list[str]:
        """Keyed hashes of the mailboxes that an account had before, and of those that it was or is to have."""
        rows = self._db.execute(
            sa.text("SELECT mailbox FROM former_mailbox WHERE person_id = CAST(:p AS uuid) ORDER BY mailbox"),
            {"p": person_id},
        )
        change = self.get(person_id)
        return [*rows.scalars(), *([mailbox_hash(self._cipher, change.email)] if change else [])]

    def due(self, *, now: datetime, most: int, except_ids: Sequence[str] = ()) -> list[str]:
        """People whose change has waited long enough; who acts on one locks it and looks again."""
        rows = self._db.execute(
            sa.text(
                "SELECT person_id::text FROM email_change WHERE due_at <= :now "
                "AND person_id <> ALL(CAST(:except AS uuid[])) ORDER BY due_at LIMIT :most"
            ),
            {"now": now, "most": most, "except": list(except_ids)},
        )
        return list(rows.scalars())
