"""Archives of one's own data, erasures, and what the retention table deletes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kit import ids
from kit.cipher import FieldCipher
from profiles.accounts.store import HAS_VERIFIED
from profiles.mail.files import mailbox_hash
from profiles.rights.holdings import ARCHIVE, OWNED

_TRAIL = (
    "SELECT e.seq, e.at, e.actor, e.action, e.object, coalesce(e.reason, r.reason) AS reason FROM audit_entry e "
    "JOIN audit_pseudonym n ON n.person_id = CAST(:p AS uuid) AND (e.actor = n.pseudonym OR e.object = n.pseudonym) "
    "LEFT JOIN audit_reason r ON r.seq = e.seq ORDER BY e.seq"
)


class RightsStore:
    """Reads and writes archives and erasures on one connection."""

    def __init__(self, connection: sa.Connection, cipher: FieldCipher) -> None:
        self._db = connection
        self._cipher = cipher

    def add_archive(self, archive_id: str, person_id: str, content: bytes, *, expires_at: datetime) -> None:
        """Keep an archive, encrypted; an earlier one of the same person goes."""
        self._db.execute(sa.text("DELETE FROM archive WHERE person_id = CAST(:p AS uuid)"), {"p": person_id})
        self._db.execute(
            sa.text("INSERT INTO archive VALUES (:id, :p, :k, :c, :e)"),
            {
                "id": archive_id, "p": person_id, "k": self._cipher.key_id,
                "c": self._cipher.encrypt(content, owner=archive_id), "e": expires_at,
            },
        )  # fmt: skip

    def archive(self, archive_id: str, *, now: datetime) -> tuple[str, bytes] | None:
        """Whose archive it is, and its content in clear."""
        if not ids.valid(archive_id):
            return None
        row = self._db.execute(
            sa.text("SELECT person_id::text, content FROM archive WHERE id = CAST(:id AS uuid) AND expires_at > :now"),
            {"id": archive_id, "now": now},
        ).first()
        return (row.person_id, self._cipher.decrypt_bytes(bytes(row.content), owner=archive_id)) if row else None

    def reencrypt(self, *, most: int) -> int:
        """Encrypt archives again that are encrypted with an old key; returns how many there were."""
        rows = self._db.execute(
            sa.text(
                "SELECT id::text, content FROM archive WHERE key_id = ANY(:old) ORDER BY id LIMIT :most FOR UPDATE"
            ),
            {"old": self._cipher.old_ids, "most": most},
        ).all()
        for own, content in rows:
            clear = self._cipher.decrypt_bytes(bytes(content), owner=own)
            self._db.execute(
                sa.text("UPDATE archive SET content = :c, key_id = :k WHERE id = CAST(:id AS uuid)"),
                {"id": own, "c": self._cipher.encrypt(clear, owner=own), "k": self._cipher.key_id},
            )
        return len(rows)

    def rows_of(self, person_id: str) -> dict[str, list[dict[str, Any]]]:
        """What is stored about somebody beside profile and credentials: rows by file of the archive, as `holdings` declares."""
        found: dict[str, list[dict[str, Any]]] = {}
        for file, places in ARCHIVE.items():
            for table, columns in places.items():
                if table in OWNED:
                    statement = f"SELECT {', '.join(columns)} FROM {table} WHERE {OWNED[table]} ORDER BY 1"
                    rows = self._db.execute(sa.text(statement), {"p": person_id}).mappings()
                    found.setdefault(file, []).extend(dict(row) for row in rows)
        found["audit.json"] = [dict(row) for row in self._db.execute(sa.text(_TRAIL), {"p": person_id}).mappings()]
        return found

    def add_erasure(self, erasure_id: str, *, at: datetime, has_mail: bool) -> None:
        """Note that somebody was erased.

        Args:
            has_mail: whether messages to them may be in files, from which the worker deletes them.
        """
        self._db.execute(
            sa.text("INSERT INTO erasure (id, erased_at, mail_erased_at) VALUES (:id, :at, :mail_at)"),
            {"id": erasure_id, "at": at, "mail_at": None if has_mail else at},
        )

    def mailbox_hash(self, email: str) -> str:
        """What the worker finds the files of a mailbox by."""
        return mailbox_hash(self._cipher, email)

    def erasure(self, erasure_id: str) -> dict[str, Any] | None:
        """When an erasure was done here, and in the graph."""
        if not ids.valid(erasure_id):
            return None
        row = (
            self._db.execute(
                sa.text("SELECT erased_at, graph_erased_at, mail_erased_at FROM erasure WHERE id = CAST(:id AS uuid)"),
                {"id": erasure_id},
            )
            .mappings()
            .first()
        )
        return dict(row) if row else None

    def forget_actor(self, person_id: str) -> None:
        """Delete what is kept under a person's id without hanging on the person."""
        self._db.execute(sa.text("DELETE FROM idempotency WHERE actor = :p"), {"p": person_id})
        self._db.execute(sa.text("DELETE FROM failed_item WHERE item = :p"), {"p": person_id})
        self._db.execute(
            sa.text("UPDATE credential SET taken_by = NULL, lease_until = NULL WHERE taken_by = CAST(:p AS uuid)"),
            {"p": person_id},
        )
        self._db.execute(
            sa.text("UPDATE credential SET assigned_to = NULL WHERE assigned_to = CAST(:p AS uuid)"), {"p": person_id}
        )
        self._db.execute(
            sa.text(
                "UPDATE credential SET pending_by = NULL "
                "WHERE pending_decision IS NOT NULL AND pending_by = CAST(:p AS uuid)"
            ),
            {"p": person_id},
        )
        self._db.execute(
            sa.text(
                "UPDATE credential SET decided_by = array_remove(decided_by, CAST(:p AS uuid)) "
                "WHERE decided_by @> ARRAY[CAST(:p AS uuid)]"
            ),
            {"p": person_id},
        )
        self._db.execute(
            sa.text(
                "UPDATE credential_event SET actor = 'service:erased' WHERE actor = :p "
                "AND credential_id NOT IN (SELECT id FROM credential WHERE person_id = CAST(:p AS uuid))"
            ),
            {"p": person_id},
        )

    def delete_older(self, statement: str, before: datetime) -> int:
        """Run one deletion of the retention table; returns how many rows it took."""
        return int(self._db.execute(sa.text(statement), {"before": before}).rowcount)

    def never_confirmed(
        self, before: datetime, *, reminded_before: datetime, most: int, except_ids: Sequence[str] = ()
    ) -> list[str]:
        """People whose account was made before then and whose address nobody confirmed, although they were reminded.

        Who was verified before addresses had to be confirmed is not among them.
        """
        rows = self._db.execute(
            sa.text(
                "SELECT person_id::text FROM account a WHERE confirmed_at IS NULL AND created_at < :b "
                f"AND reminded_at < :reminded AND NOT {HAS_VERIFIED} "
                "AND person_id <> ALL(CAST(:except AS uuid[])) ORDER BY created_at LIMIT :most"
            ),
            {"b": before, "reminded": reminded_before, "most": most, "except": list(except_ids)},
        )
        return list(rows.scalars())
