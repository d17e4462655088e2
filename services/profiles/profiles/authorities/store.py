"""Authorities that operators have added and changed, in PostgreSQL."""

from __future__ import annotations

from datetime import datetime

import orjson
import sqlalchemy as sa

from catalogues.authorities import Authority
from catalogues.authority_rows import as_row, stored_row


class AuthorityStore:
    """Reads and writes the operators' authorities on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def revision(self, *, lock: bool = False) -> str:
        """Which state of the authorities is stored; with `lock`, nobody else changes them until the transaction ends."""
        text = "SELECT revision::text FROM authority_revision" + (" FOR UPDATE" if lock else "")
        return str(self._db.execute(sa.text(text)).scalar_one())

    def all(self) -> list[Authority]:
        """Every authority that operators have added or changed, by id."""
        rows = self._db.execute(sa.text("SELECT fields, version FROM authority ORDER BY id"))
        return [stored_row(row.fields, row.version) for row in rows]

    def ids(self) -> set[str]:
        """The ids of all authorities that operators have added or changed."""
        return set(self._db.execute(sa.text("SELECT id FROM authority")).scalars())

    def get(self, own_id: str) -> Authority | None:
        """An authority as operators have made it; None where they have not."""
        row = self._db.execute(sa.text("SELECT fields, version FROM authority WHERE id = :id"), {"id": own_id}).first()
        return stored_row(row.fields, row.version) if row else None

    def put(self, authority: Authority, *, at: datetime) -> None:
        """Store an authority, and let every process know that something changed."""
        self._db.execute(
            sa.text(
                "INSERT INTO authority (id, fields, active, version, changed_at) "
                "VALUES (:id, CAST(:fields AS jsonb), :active, :version, :at) ON CONFLICT (id) DO UPDATE SET "
                "fields = EXCLUDED.fields, active = EXCLUDED.active, version = EXCLUDED.version, changed_at = EXCLUDED.changed_at"
            ),
            {
                "id": authority.id,
                "fields": orjson.dumps(as_row(authority)).decode(),
                "active": authority.active,
                "version": authority.version,
                "at": at,
            },
        )
        self._db.execute(sa.text("UPDATE authority_revision SET revision = gen_random_uuid()"))
