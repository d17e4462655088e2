"""Importing people in batches: a few statements a batch, whatever its size."""

from __future__ import annotations

from collections.abc import Sequence

import orjson
import sqlalchemy as sa

from kit.cipher import FieldCipher
from kit.profile_fields import LISTS, PLAIN
from profiles.people.domain import Person
from profiles.people.store import handle_hash

_PLAIN = {field.name: "text[]" if field.kind in LISTS else "text" for field in PLAIN}


class ImportStore:
    """Reads and writes imported people on one connection."""

    def __init__(self, connection: sa.Connection, cipher: FieldCipher) -> None:
        self._db = connection
        self._cipher = cipher

    def known(self, source: str, refs: Sequence[str]) -> dict[str, tuple[str, bytes, bool, int, str]]:
        """What is stored for these references: person id, content digest, whether it is kept as it is, version, handle.

        A profile is kept where its owner signs in, or had it hidden. The rows are locked.
        """
        by_index = {self._cipher.reference(source, ref): ref for ref in refs}
        rows = self._db.execute(
            sa.text(
                "SELECT s.ref_index, s.person_id::text, s.content, p.version, p.handle, p.hidden OR EXISTS (SELECT FROM account a "
                "WHERE a.person_id = p.id AND a.password_hash IS NOT NULL) AS kept FROM import_source s "
                "JOIN person p ON p.id = s.person_id WHERE s.source = :source AND s.ref_index = ANY(:refs) "
                "FOR UPDATE OF p"
            ),
            {"source": source, "refs": list(by_index)},
        )
        return {
            by_index[bytes(row.ref_index)]: (row.person_id, bytes(row.content), row.kept, row.version, row.handle)
            for row in rows
        }

    def suppressed(self, source: str, refs: Sequence[str]) -> set[str]:
        """Which of these references must not come back: their subjects had themselves hidden or erased."""
        by_index = {self._cipher.reference(source, ref): ref for ref in refs}
        rows = self._db.execute(
            sa.text("SELECT ref_index FROM import_suppressed WHERE source = :s AND ref_index = ANY(:refs)"),
            {"s": source, "refs": list(by_index)},
        )
        return {by_index[bytes(index)] for index in rows.scalars()}

    def taken_emails(self, keys: Sequence[str]) -> set[str]:
        """Which of these folded addresses have an account."""
        rows = self._db.execute(
            sa.text("SELECT email_key FROM account WHERE email_key = ANY(:k) AND confirmed_at IS NOT NULL"),
            {"k": list(keys)},
        )
        return set(rows.scalars())

    def count(self, source: str) -> int:
        """How many people came from a source."""
        return int(
            self._db.execute(
                sa.text("SELECT count(*) FROM import_source WHERE source = :source"), {"source": source}
            ).scalar_one()
        )

    def use_handles(self, handles: Sequence[str]) -> set[str]:
        """Write down that handles are given; returns those that nobody has or ever had."""
        hashes = {handle_hash(self._cipher, handle): handle for handle in handles}
        rows = self._db.execute(
            sa.text(
                "INSERT INTO used_handle (handle_hash) SELECT * FROM unnest(CAST(:hashes AS bytea[])) AS h ORDER BY 1 "
                "ON CONFLICT DO NOTHING RETURNING handle_hash"
            ),
            {"hashes": list(hashes)},
        )
        return {hashes[bytes(row[0])] for row in rows}

    def write(self, source: str, people: Sequence[tuple[str, bytes, Person]]) -> None:
        """Insert or overwrite people, with what their source calls them.

        Args:
            people: (reference, content digest, person).
        """
        rows = [
            {
                "ref": self._cipher.reference(source, ref).hex(),
                "content": content.hex(), "id": p.id, "handle": p.handle, "name": p.name,
                **p.plain, "profession": p.profession, "specialties": p.specialties, "regions": p.regions,
                "institutions": p.institutions, "contacts": p.contacts, "claimed": p.claimed,
                "provenance": p.provenance, "version": p.version, "created_at": p.created_at,
            }
            for ref, content, p in people
        ]  # fmt: skip
        columns = (
            f"id, handle, name, {', '.join(_PLAIN)}, profession, specialties, regions, institutions, contacts, claimed, "
            "provenance, version, created_at"
        )
        types = ", ".join(f"{name} {kind}" for name, kind in _PLAIN.items())
        newer = ", ".join(f"{name} = EXCLUDED.{name}" for name in _PLAIN)
        self._db.execute(
            sa.text(
                f"INSERT INTO person ({columns}) SELECT {columns} "
                f"FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS t(id uuid, handle text, name text, {types}, "
                "profession text, specialties jsonb, regions text[], institutions jsonb, contacts jsonb, "
                "claimed boolean, provenance jsonb, version integer, created_at timestamptz) "
                f"ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, {newer}, profession = EXCLUDED.profession, "
                "specialties = EXCLUDED.specialties, regions = EXCLUDED.regions, "
                "institutions = EXCLUDED.institutions, provenance = EXCLUDED.provenance, version = EXCLUDED.version"
            ),
            {"rows": orjson.dumps(rows).decode()},
        )
        self._db.execute(
            sa.text(
                "INSERT INTO import_source (source, ref_index, person_id, content) "
                "SELECT :source, decode(ref, 'hex'), id, decode(content, 'hex') "
                "FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS t(ref text, id uuid, content text) "
                "ON CONFLICT (source, ref_index) DO UPDATE SET content = EXCLUDED.content"
            ),
            {
                "source": source,
                "rows": orjson.dumps([{k: row[k] for k in ("ref", "id", "content")} for row in rows]).decode(),
            },
        )
