"""Importing people in batches: a few statements a batch, whatever its size."""

from __future__ import annotations

from collections.abc import Sequence

import orjson
import sqlalchemy as sa

from kit.cipher import FieldCipher
from kit.profile_fields import LISTS, PLAIN
from profiles.directory.store import PROVENANCE_DAY
from profiles.imports.domain import Age, Imported, Known
from profiles.people.store import handle_hash

_SOURCE_ROWS = (
    "jsonb_to_recordset(CAST(:rows AS jsonb)) AS t(ref text, id uuid, content text, as_of date, file_as_of date, "
    "deactivated_on date, status text)"
)
# A day that one of the two lacks decides nothing.
_NOT_OLDER = "(s.as_of > {new}.as_of) IS NOT TRUE AND (s.file_as_of > {new}.file_as_of) IS NOT TRUE"
_PLAIN = {field.name: "text[]" if field.kind in LISTS else "text" for field in PLAIN}


class ImportStore:
    """Reads and writes imported people on one connection."""

    def __init__(self, connection: sa.Connection, cipher: FieldCipher) -> None:
        self._db = connection
        self._cipher = cipher

    def known(self, source: str, refs: Sequence[str]) -> dict[str, Known]:
        """What is stored for these references; the rows are locked, in one order."""
        by_index = {self._cipher.reference(source, ref): ref for ref in refs}
        rows = self._db.execute(
            sa.text(
                "SELECT s.ref_index, s.person_id::text, s.content, p.version, p.handle, "
                f"coalesce(s.as_of, {PROVENANCE_DAY}) AS as_of, s.file_as_of, p.hidden OR EXISTS (SELECT FROM account a "
                "WHERE a.person_id = p.id AND a.password_hash IS NOT NULL) AS kept FROM import_source s "
                "JOIN person p ON p.id = s.person_id WHERE s.source = :source AND s.ref_index = ANY(:refs) "
                "ORDER BY s.ref_index FOR UPDATE OF p"
            ),
            {"source": source, "refs": list(by_index)},
        )
        return {
            by_index[bytes(row.ref_index)]: Known(
                row.person_id, bytes(row.content), row.kept, row.version, row.handle, Age(row.as_of, row.file_as_of)
            )
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

    def _rows(self, source: str, rows: Sequence[Imported]) -> str:
        """What `import_source` has of rows, as JSON."""
        return orjson.dumps(
            [
                {
                    "ref": self._cipher.reference(source, row.ref).hex(), "content": row.content.hex(), "as_of": row.age.row,
                    "file_as_of": row.age.file, "deactivated_on": row.deactivated_on, "status": row.status,
                    "id": row.person.id if row.person else None,
                }
                for row in rows
            ]
        ).decode()  # fmt: skip

    def write(self, source: str, rows: Sequence[Imported]) -> dict[str, int]:
        """Insert or overwrite people, with what their source calls them; what is stored by now from a later day stays.

        Returns:
            the version of each person who was written, by id.
        """
        people = [
            {
                "id": p.id, "handle": p.handle, "name": p.name,
                **p.plain, "profession": p.profession, "practice_status": p.practice_status, "specialties": p.specialties,
                "regions": p.regions, "institutions": p.institutions, "contacts": p.contacts, "claimed": p.claimed,
                "provenance": p.provenance, "version": p.version, "created_at": p.created_at,
                "hidden": row.holder is not None, "merged_into": row.holder,
            }
            for row in rows if (p := row.person) is not None
        ]  # fmt: skip
        columns = (
            f"id, handle, name, {', '.join(_PLAIN)}, profession, practice_status, specialties, regions, institutions, contacts, "
            "claimed, provenance, version, created_at, hidden, merged_into"
        )
        types = ", ".join(f"{name} {kind}" for name, kind in _PLAIN.items())
        newer = ", ".join(f"{name} = EXCLUDED.{name}" for name in _PLAIN)
        written = self._db.execute(
            sa.text(
                # The source's row comes first, because it has the days; whoever writes it meanwhile is waited for. Its
                # reference to the person is checked at the end of the statement.
                "WITH source AS (INSERT INTO import_source AS s (source, ref_index, person_id, content, as_of, file_as_of) "
                f"SELECT :source, decode(ref, 'hex'), id, decode(content, 'hex'), as_of, file_as_of FROM {_SOURCE_ROWS} "
                "ORDER BY ref ON CONFLICT (source, ref_index) DO UPDATE SET content = EXCLUDED.content, "
                "as_of = coalesce(EXCLUDED.as_of, s.as_of), file_as_of = coalesce(EXCLUDED.file_as_of, s.file_as_of), "
                f"deactivated_on = NULL WHERE {_NOT_OLDER.format(new='EXCLUDED')} RETURNING s.person_id) "
                f"INSERT INTO person ({columns}) SELECT {columns} "
                f"FROM jsonb_to_recordset(CAST(:people AS jsonb)) AS t(id uuid, handle text, name text, {types}, "
                "profession text, practice_status text, specialties jsonb, regions text[], institutions jsonb, contacts jsonb, "
                "claimed boolean, provenance jsonb, version integer, created_at timestamptz, hidden boolean, merged_into uuid) "
                "WHERE id IN (SELECT person_id FROM source) "
                f"ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, {newer}, profession = EXCLUDED.profession, "
                "practice_status = EXCLUDED.practice_status, specialties = EXCLUDED.specialties, regions = EXCLUDED.regions, "
                "institutions = EXCLUDED.institutions, provenance = EXCLUDED.provenance, "
                "version = greatest(EXCLUDED.version, person.version + 1) RETURNING id::text, version"
            ),
            {"people": orjson.dumps(people).decode(), "rows": self._rows(source, rows), "source": source},
        )
        return {row.id: row.version for row in written}

    def note(self, source: str, rows: Sequence[Imported]) -> dict[str, str]:
        """Note what a file says of entries whose profiles stay as they are; what is stored from a later day stays.

        Args:
            rows: some may say that their number is not in use, which directory profiles show.

        Returns:
            the person by reference, where something was noted.
        """
        by_index = {self._cipher.reference(source, row.ref): row.ref for row in rows}
        noted = self._db.execute(
            sa.text(
                "WITH noted AS (UPDATE import_source s SET content = decode(t.content, 'hex'), "
                "as_of = coalesce(t.as_of, s.as_of), file_as_of = coalesce(t.file_as_of, s.file_as_of), "
                f"deactivated_on = t.deactivated_on FROM {_SOURCE_ROWS} "
                f"WHERE s.source = :source AND s.ref_index = decode(t.ref, 'hex') AND {_NOT_OLDER.format(new='t')} "
                "RETURNING s.ref_index, s.person_id, t.status), "
                "shown AS (UPDATE person p SET practice_status = noted.status FROM noted WHERE p.id = noted.person_id "
                "AND noted.status IS NOT NULL AND NOT p.claimed) SELECT ref_index, person_id::text FROM noted"
            ),
            {"rows": self._rows(source, rows), "source": source},
        )
        return {by_index[bytes(row.ref_index)]: row.person_id for row in noted}
