"""Directory profiles in PostgreSQL: people known from a register only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from kit.cipher import FieldCipher
from profiles.checks.domain import ClaimedProfile, RegisterEntry
from profiles.credentials.numbers import number_indexes

# The newest day of a profile's provenance, for rows from before their days were stored.
PROVENANCE_DAY = "(SELECT max(CAST(f ->> 'as_of' AS date)) FROM jsonb_array_elements(p.provenance) f)"
# The authority whose numbers an import's references are.
SOURCES = {"nppes": "us-npi"}


# Whether a directory profile is to stay hidden.
_SUPPRESSED = (
    "EXISTS (SELECT FROM import_source s JOIN import_suppressed USING (source, ref_index) "
    "WHERE s.person_id = person.id)"
)


def _source_of(authority: str | None) -> str | None:
    """The import whose references are numbers of this authority; None where there is none."""
    return next((source for source, own in SOURCES.items() if own == authority), None)


class DirectoryStore:
    """Reads and changes directory profiles on one connection."""

    def __init__(self, connection: sa.Connection, cipher: FieldCipher) -> None:
        self._db = connection
        self._cipher = cipher

    def look_up(self, authority: str, number: str) -> tuple[date | None, RegisterEntry | None]:
        """What an imported directory says about a number, like a copy of the register: as of when, and the entry."""
        source = _source_of(authority)
        if source is None:
            return None, None
        row = self._db.execute(
            sa.text(
                f"SELECT p.name, s.deactivated_on, coalesce(s.file_as_of, s.as_of, {PROVENANCE_DAY}) AS as_of "
                "FROM import_source s JOIN person p ON p.id = s.person_id "
                "WHERE s.source = :s AND s.ref_index = :i AND NOT p.claimed"
            ),
            {"s": source, "i": self._cipher.reference(source, number)},
        ).first()
        if row is None or row.as_of is None:
            return None, None  # the directory may hold a part of the register only, so that absence says nothing
        return row.as_of, RegisterEntry(row.name, "LAPSED" if row.deactivated_on else "GOOD", None, None)

    def wait_for_decisions(self, source: str) -> None:
        """Let no decision about a number of this source's register fall before the transaction ends; imports run side by side."""
        if source in SOURCES:
            self._db.execute(sa.text("SELECT pg_advisory_xact_lock_shared(hashtext(:s))"), {"s": f"directory:{source}"})

    def free_profile(self, authority: str | None, number: str | None) -> str | None:
        """The directory profile of a number, hidden or not, which nobody has; imports of the register wait until the end.

        Returns:
            its id, or None where there is none.
        """
        source = _source_of(authority) if number else None
        if source is None:
            return None
        self._db.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext(:s))"), {"s": f"directory:{source}"})
        return self._db.execute(
            sa.text(
                "SELECT p.id::text FROM import_source s JOIN person p ON p.id = s.person_id WHERE s.source = :s "
                "AND s.ref_index = :i AND NOT p.claimed AND p.merged_into IS NULL FOR UPDATE OF p"
            ),
            {"s": source, "i": self._cipher.reference(source, number or "")},
        ).scalar()

    def _validated(self, source: str, refs: Sequence[str]) -> list[tuple[str, str, str]]:
        """The validated credentials of these numbers, the one that was decided first before others.

        Returns:
            reference, person and credential of each.
        """
        authority = SOURCES.get(source)
        if authority is None or not refs:
            return []
        of_index = {index: ref for ref in refs for index in number_indexes(self._cipher, authority, ref)}
        rows = self._db.execute(
            sa.text(
                "SELECT number_index, person_id::text, id::text FROM credential WHERE number_index = ANY(:i) "
                "AND status = 'VALIDATED' ORDER BY decided_at, id"
            ),
            {"i": list(of_index)},
        )
        return [(of_index[bytes(row.number_index)], row.person_id, row.id) for row in rows]

    def holders(self, source: str, refs: Sequence[str]) -> dict[str, str]:
        """Who has a validated credential of these numbers, by reference."""
        found: dict[str, str] = {}
        for ref, person, _ in self._validated(source, refs):
            found.setdefault(ref, person)
        return found

    def validated(self, source: str, refs: Sequence[str]) -> list[str]:
        """The validated credentials of these numbers."""
        return [credential for _, _, credential in self._validated(source, refs)]

    def give_back(self, profile_id: str) -> None:
        """Let a directory profile stand for itself again, whoever has it; one that is to be hidden stays hidden."""
        self._db.execute(
            sa.text(f"UPDATE person SET merged_into = NULL, hidden = {_SUPPRESSED} WHERE id = CAST(:c AS uuid)"),
            {"c": profile_id},
        )

    def has_number(self, person_id: str, authority: str, number: str) -> bool:
        """Whether a directory profile came from this number of this authority's register."""
        return any(
            self._db.execute(
                sa.text(
                    "SELECT EXISTS (SELECT FROM import_source WHERE source = :s AND ref_index = :i "
                    "AND person_id = CAST(:p AS uuid))"
                ),
                {"s": source, "i": self._cipher.reference(source, number), "p": person_id},
            ).scalar_one()
            for source, own in SOURCES.items()
            if own == authority
        )

    def proves(self, person_id: str, authority: str, number: str) -> bool:
        """Whether a person has a validated credential of a number."""
        return bool(
            self._db.execute(
                sa.text(
                    "SELECT EXISTS (SELECT FROM credential WHERE person_id = CAST(:p AS uuid) AND number_index = ANY(:i) "
                    "AND status = 'VALIDATED')"
                ),
                {"p": person_id, "i": number_indexes(self._cipher, authority, number)},
            ).scalar_one()
        )

    def claimed(self, profile_id: str, authority: str | None, number: str | None) -> ClaimedProfile | None:
        """A directory profile beside the number with which somebody claims it; None where it is gone."""
        row = self._db.execute(
            sa.text(
                "SELECT name, EXISTS (SELECT FROM import_source s WHERE s.person_id = p.id AND s.source = ANY(:sources)) "
                "AS known FROM person p WHERE id = CAST(:p AS uuid)"
            ),
            {"p": profile_id, "sources": list(SOURCES)},
        ).first()
        if row is None:
            return None
        fits = bool(authority and number) and self.has_number(profile_id, authority or "", number or "")
        return ClaimedProfile(row.name, fits if row.known else None)

    def other_claims(self, profile_id: str, person_id: str) -> int:
        """How many other people claim a directory profile, or have it already."""
        return int(
            self._db.execute(
                sa.text(
                    "SELECT count(DISTINCT person_id) FROM credential WHERE claims_person = CAST(:c AS uuid) "
                    "AND person_id <> CAST(:p AS uuid) AND status NOT IN ('VAL_FAIL', 'REVAL_FAIL', 'ENTERED_IN_ERROR')"
                ),
                {"c": profile_id, "p": person_id},
            ).scalar_one()
        )

    def merge(self, profile_id: str, person_id: str) -> bool:
        """Make a directory profile somebody's own; False when it is somebody's already."""
        result = self._db.execute(
            sa.text(
                "UPDATE person SET merged_into = CAST(:p AS uuid), hidden = true WHERE id = CAST(:c AS uuid) "
                "AND NOT claimed AND (merged_into IS NULL OR merged_into = CAST(:p AS uuid))"
            ),
            {"c": profile_id, "p": person_id},
        )
        return result.rowcount == 1

    def release(self, profile_id: str, person_id: str, *, credential_id: str) -> bool:
        """Let a directory profile stand for itself again, unless the person holds it by another credential too.

        Returns:
            whether it was theirs until now.
        """
        result = self._db.execute(
            sa.text(
                f"UPDATE person SET merged_into = NULL, hidden = {_SUPPRESSED} WHERE id = CAST(:c AS uuid) "
                "AND merged_into = CAST(:p AS uuid) AND NOT EXISTS (SELECT FROM credential WHERE claims_person = CAST(:c AS uuid) "
                "AND person_id = CAST(:p AS uuid) AND id <> CAST(:own AS uuid) AND status IN ('VALIDATED', 'REQ_REVALID'))"
            ),
            {"c": profile_id, "p": person_id, "own": credential_id},
        )
        return result.rowcount == 1

    def merged_profiles(self, person_id: str) -> list[str]:
        """The directory profiles that have become a person's own."""
        return list(
            self._db.execute(
                sa.text("SELECT id::text FROM person WHERE merged_into = CAST(:p AS uuid)"), {"p": person_id}
            ).scalars()
        )

    def show(self, profile_id: str) -> bool:
        """Let a hidden profile be shown and imported again; False where it is somebody's own."""
        shown = self._db.execute(
            sa.text(
                "UPDATE person SET hidden = false WHERE id = CAST(:c AS uuid) AND NOT claimed AND merged_into IS NULL"
            ),
            {"c": profile_id},
        )
        if shown.rowcount != 1:
            return False
        self._db.execute(
            sa.text(
                "DELETE FROM import_suppressed x USING import_source s WHERE s.person_id = CAST(:c AS uuid) "
                "AND x.source = s.source AND x.ref_index = s.ref_index"
            ),
            {"c": profile_id},
        )
        return True

    def suppress(self, person_id: str) -> None:
        """Keep a person's register entries out of later imports."""
        self._db.execute(
            sa.text(
                "INSERT INTO import_suppressed SELECT source, ref_index FROM import_source "
                "WHERE person_id = CAST(:p AS uuid) ON CONFLICT DO NOTHING"
            ),
            {"p": person_id},
        )
