"""Evidence in PostgreSQL, encrypted; the content stands in a table of its own."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from kit import ids
from kit.cipher import FieldCipher


@dataclass(frozen=True)
class Evidence:
    """A document of a credential.

    Args:
        bytes: its length in clear.
        pages: how many of its pages can be shown as images; None where none can.
    """

    id: str
    credential_id: str
    file_name: str
    media_type: str
    bytes: int
    added_at: datetime
    delete_at: datetime | None
    pages: int | None = None


_COLUMNS = "id::text, credential_id::text, file_name, media_type, bytes, added_at, delete_at, pages"


class EvidenceStore:
    """Reads and writes evidence on one connection."""

    def __init__(self, connection: sa.Connection, cipher: FieldCipher) -> None:
        self._db = connection
        self._cipher = cipher

    def sealed_name(self, name: str, *, owner: str) -> str:
        """A file name as it may stand in an address, which only `opened_name` reads.

        Args:
            owner: the document's id.
        """
        return base64.urlsafe_b64encode(self._cipher.encrypt(name, owner=f"{owner}:name")).decode()

    def opened_name(self, sealed: str, *, owner: str) -> str:
        """The file name that was sealed."""
        return self._cipher.decrypt(base64.urlsafe_b64decode(sealed), owner=f"{owner}:name")

    def add(self, evidence: Evidence, content: bytes) -> bool:
        """Store a document; False when this id has one already."""
        added = self._db.execute(
            sa.text(
                "INSERT INTO evidence (id, credential_id, file_name, media_type, bytes, added_at, delete_at, pages, digest) "
                "VALUES (:id, :credential, :name, :type, :bytes, :at, :end, :pages, :digest) ON CONFLICT DO NOTHING"
            ),
            {
                "id": evidence.id, "credential": evidence.credential_id, "name": evidence.file_name,
                "type": evidence.media_type, "bytes": evidence.bytes, "at": evidence.added_at,
                "end": evidence.delete_at, "pages": evidence.pages,
                # Keyed, so that who has the database cannot tell whether somebody has a document that they have.
                "digest": self._cipher.index("document", hashlib.sha256(content).hexdigest()),
            },
        )  # fmt: skip
        if added.rowcount == 0:
            return False
        self._db.execute(
            sa.text("INSERT INTO evidence_content VALUES (:id, :key, :content)"),
            {
                "id": evidence.id, "key": self._cipher.key_id,
                "content": self._cipher.encrypt(content, owner=evidence.id),
            },
        )  # fmt: skip
        return True

    def set_pages(self, evidence_id: str, pages: int) -> None:
        """Note how many pages of a document can be shown as images."""
        self._db.execute(
            sa.text("UPDATE evidence SET pages = :pages WHERE id = CAST(:id AS uuid)"),
            {"id": evidence_id, "pages": pages},
        )

    def of(self, credential_ids: Sequence[str]) -> list[Evidence]:
        """The documents of several credentials, oldest first."""
        rows = self._db.execute(
            sa.text(
                f"SELECT {_COLUMNS} FROM evidence WHERE credential_id = ANY(CAST(:ids AS uuid[])) ORDER BY added_at, id"
            ),
            {"ids": list(credential_ids)},
        )
        return [Evidence(*row) for row in rows]

    def get(self, evidence_id: str) -> tuple[Evidence, bytes] | None:
        """A document with its content in clear."""
        if not ids.valid(evidence_id):
            return None
        row = self._db.execute(
            sa.text(
                f"SELECT {_COLUMNS}, c.content FROM evidence e JOIN evidence_content c ON c.evidence_id = e.id "
                "WHERE e.id = CAST(:id AS uuid)"
            ),
            {"id": evidence_id},
        ).first()
        if row is None:
            return None
        return Evidence(*row[:-1]), self._cipher.decrypt_bytes(bytes(row[-1]), owner=evidence_id)

    def end(self, credential_id: str, *, at: datetime) -> None:
        """Say when a credential's documents are deleted."""
        self._db.execute(
            sa.text("UPDATE evidence SET delete_at = :at WHERE credential_id = CAST(:id AS uuid)"),
            {"id": credential_id, "at": at},
        )

    def end_open(self, credential_id: str, *, at: datetime) -> None:
        """Say when those of a credential's documents are deleted that have no day yet."""
        self._db.execute(
            sa.text(
                "UPDATE evidence SET delete_at = :at WHERE credential_id = CAST(:id AS uuid) AND delete_at IS NULL"
            ),
            {"id": credential_id, "at": at},
        )

    def keep(self, credential_id: str, *, since: datetime | None) -> None:
        """Keep a credential's documents until it is decided, because a verifier looks at it again.

        Args:
            since: only those that were added after then; None for all.
        """
        self._db.execute(
            sa.text(
                "UPDATE evidence SET delete_at = NULL WHERE credential_id = CAST(:id AS uuid) "
                "AND (CAST(:since AS timestamptz) IS NULL OR added_at > :since)"
            ),
            {"id": credential_id, "since": since},
        )

    def note_view(self, evidence_id: str, viewer: str, *, at: datetime) -> None:
        """Remember that somebody has opened a document."""
        self._db.execute(
            sa.text(
                "INSERT INTO evidence_view SELECT CAST(:e AS uuid), id, :at FROM person WHERE id = CAST(:p AS uuid) "
                "ON CONFLICT DO NOTHING"
            ),
            {"e": evidence_id, "p": viewer, "at": at},
        )

    def opened_by(self, viewer: str, credential_id: str) -> set[str]:
        """The ids of a credential's documents that somebody has opened."""
        rows = self._db.execute(
            sa.text(
                "SELECT v.evidence_id::text FROM evidence_view v JOIN evidence e ON e.id = v.evidence_id "
                "WHERE e.credential_id = CAST(:c AS uuid) AND v.viewer = CAST(:p AS uuid)"
            ),
            {"c": credential_id, "p": viewer},
        )
        return set(rows.scalars())

    def delete_ended(self, now: datetime) -> list[str]:
        """Delete the documents whose time is over; returns the credentials that they belonged to."""
        rows = self._db.execute(
            sa.text("DELETE FROM evidence WHERE delete_at <= :now RETURNING credential_id::text"), {"now": now}
        )
        return list(rows.scalars())

    def reencrypt(self, *, most: int) -> int:
        """Encrypt documents again that are encrypted with an old key; returns how many there were."""
        rows = self._db.execute(
            sa.text(
                "SELECT evidence_id::text, content FROM evidence_content WHERE key_id = ANY(:old) "
                "ORDER BY evidence_id LIMIT :most FOR UPDATE"
            ),
            {"old": self._cipher.old_ids, "most": most},
        ).all()
        for own, content in rows:
            clear = self._cipher.decrypt_bytes(bytes(content), owner=own)
            self._db.execute(
                sa.text("UPDATE evidence_content SET content = :c, key_id = :k WHERE evidence_id = CAST(:id AS uuid)"),
                {"id": own, "c": self._cipher.encrypt(clear, owner=own), "k": self._cipher.key_id},
            )
        return len(rows)
