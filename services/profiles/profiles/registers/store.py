"""Copies of registers and lists of sanctions in PostgreSQL; numbers are kept as blind indexes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
import sqlalchemy as sa

from kit import ids
from kit.cipher import FieldCipher
from kit.delimited import Refusal
from kit.names import Likeness, compare, search_keys
from kit.texts import fold
from profiles.checks.domain import RegisterEntry
from profiles.credentials.numbers import number_index, number_indexes, other_zero_indexes
from profiles.registers.domain import (
    ACTIVE,
    DISCARDED,
    FORMER,
    MAX_FORMER,
    SEVERITY,
    UNDONE,
    UNFINISHED,
    Entry,
    OpenedCase,
    Snapshot,
    worse,
)

_COLUMNS = (
    "id::text, authority, as_of, replaces_newer, imported_at, active, phase, entries, rows_read, rows_taken, rows_refused, "
    "duplicates, zeros_restored, read_to, notes, encoding, failure, validated, would_open, would_stop, zeros_lost, replaced::text, "
    "activated_at, recheck_after::text, rechecked_at, checked, opened, restored"
)

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

    # ------------------------------------------------------------------ entries

    def look_up(self, authority: str, number: str) -> tuple[date | None, RegisterEntry | None]:
        """As of when the copy of a register is, and its entry for a number; (None, None) without a copy."""
        found = self.active(authority)
        if found is None:
            return None, None
        return found.as_of, self.entries_of(found, [number]).get(number)

    def entries_of(self, snapshot: Snapshot, numbers: Sequence[str]) -> dict[str, RegisterEntry]:
        """What a copy says about numbers, as far as it has them.

        Where it has one of them twice, because a version before told its spellings apart, the worse standing counts. A number
        that it does not have is looked for with more and fewer zeros.
        """
        wanted: dict[bytes, list[tuple[str, bool]]] = {}
        for number in dict.fromkeys(numbers):
            for index in number_indexes(self._cipher, snapshot.authority, number):
                wanted.setdefault(index, []).append((number, False))
            for index in other_zero_indexes(self._cipher, snapshot.authority, number):
                wanted.setdefault(index, []).append((number, True))
        rows = self._db.execute(
            sa.text(
                "SELECT number_index, name, standing, specialty, expires_on, practice FROM register_entry "
                "WHERE snapshot_id = CAST(:id AS uuid) AND number_index = ANY(:i) "
                "ORDER BY array_position(CAST(:severity AS text[]), standing), number_index"
            ),
            {"id": snapshot.id, "i": list(wanted), "severity": list(SEVERITY)},
        )
        found: dict[str, RegisterEntry] = {}
        for row in rows:
            for number, other_zeros in wanted[bytes(row.number_index)]:
                before = found.get(number)
                if before is None or before.other_zeros or not other_zeros:
                    found[number] = RegisterEntry(
                        row.name, row.standing, row.specialty, row.expires_on, other_zeros, row.practice
                    )
        return found

    def add_entries(self, snapshot: Snapshot, rows: Mapping[int, Entry]) -> list[Refusal]:
        """Add entries to a copy that is locked.

        Args:
            rows: by the line of the file.

        Returns:
            which rows have a number that another row has too, each with the row that counts: the one of the worse standing, and
            of two that are alike the first.
        """
        indexes = {line: number_index(self._cipher, snapshot.authority, row.number) for line, row in rows.items()}
        known: dict[bytes, tuple[int | None, str]] = {
            bytes(row.number_index): (row.line, row.standing)
            for row in self._db.execute(
                sa.text(
                    "SELECT number_index, line, standing FROM register_entry "
                    "WHERE snapshot_id = CAST(:id AS uuid) AND number_index = ANY(:i)"
                ),
                {"id": snapshot.id, "i": list(indexes.values())},
            )
        }
        counting: dict[bytes, int] = {}
        twice: list[Refusal] = []
        for line, row in sorted(rows.items()):
            index = indexes[line]
            before = known.get(index)
            if before is not None and before[0] != line:
                wins = worse(row.standing, before[1])
                counts, standing = (line, row.standing) if wins else before
                first = f"line {before[0]} has the same number"
                twice.append(Refusal(line, "number", f"{first}; line {counts} counts, as {standing}"))
                if not wins:
                    continue
            known[index], counting[index] = (line, row.standing), line
        stored = [
            {
                "index": index.hex(), "name": rows[line].name, "standing": rows[line].standing,
                "specialty": rows[line].specialty, "expires_on": rows[line].expires_on, "line": line,
                "practice": rows[line].practice,
            }
            for index, line in counting.items()
        ]  # fmt: skip
        self._db.execute(
            sa.text(
                "INSERT INTO register_entry (snapshot_id, number_index, name, standing, specialty, expires_on, line, practice) "
                "SELECT CAST(:id AS uuid), decode(index, 'hex'), name, standing, specialty, expires_on, line, practice "
                "FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS t(index text, name text, standing text, "
                "specialty text, expires_on date, line integer, practice text) "
                "ON CONFLICT (snapshot_id, number_index) DO UPDATE SET name = EXCLUDED.name, "
                "standing = EXCLUDED.standing, specialty = EXCLUDED.specialty, "
                "expires_on = EXCLUDED.expires_on, line = EXCLUDED.line, practice = EXCLUDED.practice"
            ),
            {"id": snapshot.id, "rows": orjson.dumps(stored).decode()},
        )
        return twice

    # ------------------------------------------------------------------ copies

    def _lock(self, key: str) -> None:
        self._db.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})

    def lock_authority(self, authority: str) -> None:
        """Wait until nobody else begins, activates or undoes a copy of an authority, and keep others out until the end."""
        self._lock(f"register:{authority}")

    def _many(self, where: str, **given: object) -> list[Snapshot]:
        rows = self._db.execute(sa.text(f"SELECT {_COLUMNS} FROM register_snapshot WHERE {where}"), given).mappings()
        return [Snapshot(**row) for row in rows]

    def get(self, snapshot_id: str, *, lock: bool = False) -> Snapshot | None:
        """A copy, locked until the transaction ends where that is wanted."""
        if not ids.valid(snapshot_id):
            return None
        found = self._many(f"id = CAST(:id AS uuid){' FOR UPDATE' if lock else ''}", id=snapshot_id)
        return found[0] if found else None

    def active(self, authority: str) -> Snapshot | None:
        """The copy that counts."""
        found = self._many("authority = :a AND active", a=authority)
        return found[0] if found else None

    def page(self, authority: str | None, *, before: tuple[datetime, str] | None, first: int) -> list[Snapshot]:
        """Imports, the newest first."""
        where, given = ["TRUE"], dict[str, object](first=first)
        if authority is not None:
            where.append("authority = :a")
            given["a"] = authority
        if before is not None:
            where.append("(imported_at, id) < (:at, CAST(:last AS uuid))")
            given |= {"at": before[0], "last": before[1]}
        return self._many(f"{' AND '.join(where)} ORDER BY imported_at DESC, id DESC LIMIT :first", **given)

    def begin(
        self, snapshot_id: str, authority: str, as_of: date, *, replaces_newer: bool, phase: str, now: datetime
    ) -> None:
        """Start a new copy, which counts once `activate` says so, and end those not finished that are not newer.

        Starting it again changes nothing.
        """
        begun = self._db.execute(
            sa.text(
                "INSERT INTO register_snapshot (id, authority, as_of, replaces_newer, imported_at, phase) "
                "VALUES (CAST(:id AS uuid), :a, :as_of, :replaces, :now, :phase) ON CONFLICT (id) DO NOTHING"
            ),
            {"id": snapshot_id, "a": authority, "as_of": as_of, "replaces": replaces_newer, "now": now, "phase": phase},
        )
        if begun.rowcount:
            others = self._many(
                "authority = :a AND NOT active AND (phase IS NULL OR phase = ANY(:open)) AND as_of <= :as_of "
                "AND id <> CAST(:id AS uuid) FOR UPDATE",
                a=authority, open=list(UNFINISHED), as_of=as_of, id=snapshot_id,
            )  # fmt: skip
            for other in others:
                self.end(other, DISCARDED, "A newer import of this register has begun.")

    def change(self, snapshot: Snapshot, **fields: object) -> None:
        """Set some columns of a copy."""
        sets = ", ".join(
            f"{name} = CAST(:{name} AS jsonb)" if name == "notes"
            else f"{name} = CAST(:{name} AS uuid)" if name in {"replaced", "recheck_after"}
            else f"{name} = :{name}"
            for name in fields
        )  # fmt: skip
        given = {name: orjson.dumps(value).decode() if name == "notes" else value for name, value in fields.items()}
        self._db.execute(
            sa.text(f"UPDATE register_snapshot SET {sets} WHERE id = CAST(:id AS uuid)"), given | {"id": snapshot.id}
        )

    def end(self, snapshot: Snapshot, phase: str, failure: str | None = None) -> None:
        """Let a copy be of no use any more, and delete its entries; what its import said stays."""
        self.change(snapshot, phase=phase, active=False, failure=failure)
        self._db.execute(
            sa.text("DELETE FROM register_entry WHERE snapshot_id = CAST(:id AS uuid)"), {"id": snapshot.id}
        )

    def count_entries(self, snapshot: Snapshot) -> int:
        """How many numbers a copy has."""
        return int(
            self._db.execute(
                sa.text("SELECT count(*) FROM register_entry WHERE snapshot_id = CAST(:id AS uuid)"),
                {"id": snapshot.id},
            ).scalar_one()
        )

    def activate(self, snapshot: Snapshot, *, now: datetime) -> int:
        """Let a copy count instead of the one before, which is kept for an undo; returns how many entries it has."""
        before = self.active(snapshot.authority)
        if before is not None:
            self.change(before, active=False, phase=FORMER)
        entries = self.count_entries(snapshot)
        self.change(
            snapshot,
            active=True,
            phase=ACTIVE,
            entries=entries,
            activated_at=now,
            replaced=before.id if before else None,
        )
        kept: list[str] = []
        former = before
        while former is not None and len(kept) < MAX_FORMER:
            kept.append(former.id)
            former = self.get(former.replaced) if former.replaced else None
        self._db.execute(
            sa.text(
                "DELETE FROM register_snapshot WHERE authority = :a AND phase = 'FORMER' "
                "AND id <> ALL(CAST(:kept AS uuid[]))"
            ),
            {"a": snapshot.authority, "kept": kept},
        )
        return entries

    def undo(self, snapshot: Snapshot, former: Snapshot | None, *, now: datetime) -> None:
        """Let the former copy count again, or none where there was none."""
        self.end(snapshot, UNDONE)
        if former is not None:
            self.change(former, active=True, phase=ACTIVE, rechecked_at=former.rechecked_at or now)

    # ------------------------------------------------------------------ cases

    def to_work_on(self) -> Snapshot | None:
        """A copy with which credentials are still to be checked again, or whose cases are still to be closed; locked.

        One that somebody else works on is passed over.
        """
        found = self._many(
            "(active AND phase = 'ACTIVE' AND rechecked_at IS NULL) OR (phase = 'UNDONE' AND EXISTS (SELECT FROM "
            "register_case c WHERE c.snapshot_id = register_snapshot.id)) ORDER BY imported_at LIMIT 1 "
            "FOR UPDATE SKIP LOCKED"
        )
        return found[0] if found else None

    def note_case(self, snapshot_id: str, case: OpenedCase) -> None:
        """Remember that a copy put a case on the desk; the first time counts."""
        self._db.execute(
            sa.text(
                "INSERT INTO register_case (snapshot_id, credential_id, reason, stopped, before) "
                "VALUES (CAST(:s AS uuid), CAST(:c AS uuid), :reason, :stopped, CAST(:before AS jsonb)) "
                "ON CONFLICT DO NOTHING"
            ),
            {
                "s": snapshot_id, "c": case.credential_id, "reason": case.reason, "stopped": case.stopped,
                "before": orjson.dumps(case.before).decode(),
            },
        )  # fmt: skip

    def take_cases(self, snapshot_id: str, *, most: int) -> Iterator[OpenedCase]:
        """Take cases that a copy put on the desk, those first that stopped counting: others are there because of them."""
        rows = self._db.execute(
            sa.text(
                "DELETE FROM register_case WHERE snapshot_id = CAST(:s AS uuid) AND credential_id IN (SELECT credential_id "
                "FROM register_case WHERE snapshot_id = CAST(:s AS uuid) ORDER BY stopped DESC, credential_id LIMIT :most) "
                "RETURNING credential_id::text, reason, stopped, before"
            ),
            {"s": snapshot_id, "most": most},
        ).all()
        return (OpenedCase(*row) for row in sorted(rows, key=lambda row: (not row.stopped, row.credential_id)))

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

    def lock_list(self, source: str) -> date | None:
        """Keep others from replacing a list of sanctions until the end; of which day it is, where that is known."""
        self._lock(f"sanctions:{source}")
        found = self._db.execute(sa.text("SELECT as_of FROM sanction_list WHERE source = :s"), {"s": source})
        return found.scalar_one_or_none()

    def replace_sanctions(self, source: str, rows: Sequence[dict[str, Any]], *, as_of: date, now: datetime) -> None:
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
                "INSERT INTO sanction_list (source, imported_at, entries, as_of) VALUES (:s, :now, :n, :as_of) "
                "ON CONFLICT (source) DO UPDATE SET imported_at = EXCLUDED.imported_at, entries = EXCLUDED.entries, "
                "as_of = EXCLUDED.as_of"
            ),
            {"s": source, "now": now, "n": len(given), "as_of": as_of},
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
