"""Copies of registers and lists of sanctions in PostgreSQL; numbers are kept as blind indexes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
import sqlalchemy as sa

from kit.cipher import FieldCipher
from kit.names import Likeness, compare, search_keys
from kit.texts import fold
from profiles.checks.domain import RegisterEntry
from profiles.credentials.numbers import number_index, number_indexes

MAX_CANDIDATES = 500  # entries of lists that are compared with a name
MAX_SHOWN = 5  # of those that are like it


@dataclass(frozen=True)
class Sanctions:
    """In which lists a number stands, which of their entries have a name like it, and how many lists there are."""

    by_number: tuple[str, ...]
    by_name: tuple[str, ...]
    lists: int


class RegisterStore:
    """Reads and writes copies of registers on one connection."""

    def __init__(self, connection: sa.Connection, cipher: FieldCipher) -> None:
        self._db = connection
        self._cipher = cipher

    def look_up(self, authority: str, number: str) -> tuple[date | None, RegisterEntry | None]:
        """As of when the copy of a register is, and its entry for a number; (None, None) without a copy."""
        row = self._db.execute(
            sa.text(
                "SELECT s.as_of, e.name, e.standing, e.specialty, e.expires_on FROM register_snapshot s "
                "LEFT JOIN register_entry e ON e.snapshot_id = s.id AND e.number_index = ANY(:i) "
                "WHERE s.authority = :a AND s.active"
            ),
            {"a": authority, "i": number_indexes(self._cipher, authority, number)},
        ).first()
        if row is None:
            return None, None
        entry = RegisterEntry(row.name, row.standing, row.specialty, row.expires_on) if row.name is not None else None
        return row.as_of, entry

    def begin(self, snapshot_id: str, authority: str, as_of: date, *, now: datetime) -> None:
        """Start a new copy, which counts once `activate` says so; starting it again changes nothing."""
        self._db.execute(
            sa.text(
                "INSERT INTO register_snapshot (id, authority, as_of, imported_at) VALUES (:id, :a, :as_of, :now) "
                "ON CONFLICT (id) DO NOTHING"
            ),
            {"id": snapshot_id, "a": authority, "as_of": as_of, "now": now},
        )

    def authority_of(self, snapshot_id: str) -> tuple[str, bool] | None:
        """Whose copy it is, and whether it counts already."""
        row = self._db.execute(
            sa.text("SELECT authority, active FROM register_snapshot WHERE id = CAST(:id AS uuid) FOR UPDATE"),
            {"id": snapshot_id},
        ).first()
        return (row.authority, row.active) if row else None

    def add_entries(self, snapshot_id: str, authority: str, rows: Sequence[dict[str, Any]]) -> None:
        """Add entries to a copy; a number that comes twice keeps its last entry."""
        entries = {
            number_index(self._cipher, authority, row["number"]).hex(): {
                "name": row["name"], "standing": row["standing"], "specialty": row.get("specialty"),
                "expires_on": row.get("expires_on"),
            }
            for row in rows
        }  # fmt: skip
        self._db.execute(
            sa.text(
                "INSERT INTO register_entry SELECT :id, decode(number, 'hex'), name, standing, specialty, expires_on "
                "FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS t(number text, name text, standing text, "
                "specialty text, expires_on date) ON CONFLICT (snapshot_id, number_index) DO UPDATE SET "
                "name = EXCLUDED.name, standing = EXCLUDED.standing, specialty = EXCLUDED.specialty, "
                "expires_on = EXCLUDED.expires_on"
            ),
            {"id": snapshot_id, "rows": orjson.dumps([{"number": n, **e} for n, e in entries.items()]).decode()},
        )

    def activate(self, snapshot_id: str, authority: str) -> int:
        """Let a copy count instead of the one before, which is deleted; returns how many entries it has."""
        self._db.execute(
            sa.text("DELETE FROM register_snapshot WHERE authority = :a AND id <> CAST(:id AS uuid)"),
            {"a": authority, "id": snapshot_id},
        )
        return int(
            self._db.execute(
                sa.text(
                    "UPDATE register_snapshot SET active = true, entries = (SELECT count(*) FROM register_entry "
                    "WHERE snapshot_id = CAST(:id AS uuid)) WHERE id = CAST(:id AS uuid) RETURNING entries"
                ),
                {"id": snapshot_id},
            ).scalar_one()
        )

    def snapshots(self) -> dict[str, date]:
        """As of when each authority's copy is."""
        rows = self._db.execute(sa.text("SELECT authority, as_of FROM register_snapshot WHERE active"))
        return {row.authority: row.as_of for row in rows}

    def note_alarm(self, authority: str, day: date) -> bool:
        """Note that somebody was told today that a copy is old; whether that is news."""
        result = self._db.execute(
            sa.text(
                "UPDATE register_snapshot SET alarmed_on = :d WHERE authority = :a AND active "
                "AND alarmed_on IS DISTINCT FROM :d"
            ),
            {"a": authority, "d": day},
        )
        return result.rowcount == 1

    def replace_sanctions(self, source: str, rows: Sequence[dict[str, Any]], *, now: datetime) -> None:
        """Put a list of sanctions in the place of the one that came from the same source before."""
        self._db.execute(sa.text("DELETE FROM sanction WHERE source = :s"), {"s": source})
        given = [
            {
                "name": row["name"], "name_key": row["name_key"], "name_keys": search_keys(row["name"]),
                "authority": row.get("authority"),
                "index": number_index(self._cipher, row["authority"], row["number"]).hex() if row.get("number") else None,
                "country": row.get("country"), "imposed_on": row.get("imposed_on"),
            }
            for row in rows
        ]  # fmt: skip
        self._db.execute(
            sa.text(
                "INSERT INTO sanction (source, name, name_key, name_keys, authority, number_index, country, imposed_on) "
                "SELECT :source, name, name_key, name_keys, authority, decode(index, 'hex'), country, imposed_on "
                "FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS t(name text, name_key text, name_keys text[], "
                "authority text, index text, country text, imposed_on date) ON CONFLICT DO NOTHING"
            ),
            {"source": source, "rows": orjson.dumps(given).decode()},
        )
        self._db.execute(
            sa.text(
                "INSERT INTO sanction_list VALUES (:s, :now, :n) ON CONFLICT (source) DO UPDATE SET "
                "imported_at = EXCLUDED.imported_at, entries = EXCLUDED.entries"
            ),
            {"s": source, "now": now, "n": len(given)},
        )

    def sanctions(self, *, name: str, authority: str | None, number: str | None) -> Sanctions:
        """Where a number stands in the lists, and a name that is the same or similar."""
        indexes = number_indexes(self._cipher, authority, number) if authority and number else []
        rows = self._db.execute(
            sa.text(
                "SELECT DISTINCT source, name, country, name_key = :n AS same, "
                "coalesce(number_index = ANY(CAST(:i AS bytea[])), false) AS by_number FROM sanction "
                "WHERE number_index = ANY(CAST(:i AS bytea[])) OR name_key = :n OR name_keys && CAST(:k AS text[]) "
                f"ORDER BY by_number DESC, same DESC, source, name, country LIMIT {MAX_CANDIDATES}"
            ),
            {"i": indexes, "n": fold(name), "k": search_keys(name)},
        ).all()
        lists = int(self._db.execute(sa.text("SELECT count(*) FROM sanction_list")).scalar_one())
        alike = [
            f'"{row.name}"{f" ({row.country})" if row.country else ""} in {row.source}'
            for row in rows
            if not row.by_number and (row.same or compare(name, row.name) >= Likeness.SIMILAR)
        ]
        shown = alike[:MAX_SHOWN] + ([f"and {len(alike) - MAX_SHOWN} more"] if len(alike) > MAX_SHOWN else [])
        return Sanctions(tuple(sorted({row.source for row in rows if row.by_number})), tuple(shown), lists)
