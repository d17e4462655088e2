"""Directory profiles in PostgreSQL: people known from a register only."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from kit.cipher import FieldCipher
from profiles.checks.domain import ClaimedProfile, RegisterEntry

# The authority whose numbers an import's references are.
SOURCES = {"nppes": "us-npi"}


class DirectoryStore:
    """Reads and changes directory profiles on one connection."""

    def __init__(self, connection: sa.Connection, cipher: FieldCipher) -> None:
        self._db = connection
        self._cipher = cipher

    def look_up(self, authority: str, number: str) -> tuple[date | None, RegisterEntry | None]:
        """What an imported directory says about a number, like a copy of the register: as of when, and the entry."""
        source = next((source for source, own in SOURCES.items() if own == authority), None)
        if source is None:
            return None, None
        row = self._db.execute(
            sa.text(
                "SELECT p.name, (SELECT max(CAST(f ->> 'as_of' AS date)) FROM jsonb_array_elements(p.provenance) f) "
                "AS as_of FROM import_source s JOIN person p ON p.id = s.person_id "
                "WHERE s.source = :s AND s.ref_index = :i AND NOT p.claimed"
            ),
            {"s": source, "i": self._cipher.reference(source, number)},
        ).first()
        if row is None or row.as_of is None:
            return None, None  # the directory may hold a part of the register only, so that absence says nothing
        return row.as_of, RegisterEntry(row.name, "GOOD", None, None)

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
                "UPDATE person SET merged_into = NULL, hidden = false WHERE id = CAST(:c AS uuid) "
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

    def suppress(self, person_id: str) -> None:
        """Keep a person's register entries out of later imports."""
        self._db.execute(
            sa.text(
                "INSERT INTO import_suppressed SELECT source, ref_index FROM import_source "
                "WHERE person_id = CAST(:p AS uuid) ON CONFLICT DO NOTHING"
            ),
            {"p": person_id},
        )
