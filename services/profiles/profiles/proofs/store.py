"""Proofs of verification in PostgreSQL: which were given out, and which do not hold any more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa


@dataclass(frozen=True)
class Proof:
    """A proof that was given out; `person_id` is None once the person was erased."""

    index: int
    person_id: str | None
    level: str
    jurisdictions: list[str]
    expires_at: datetime
    revoked_at: datetime | None
    name_digest: bytes | None = None
    profession: str | None = None
    specialties: tuple[str, ...] = ()


_COLUMNS = (
    "index, person_id::text, level, jurisdictions, expires_at, revoked_at, name_digest, profession, "
    "coalesce(specialties, '{}')"
)


def _proof(row: Sequence[Any]) -> Proof:
    digest = bytes(row[6]) if row[6] is not None else None
    return Proof(row[0], row[1], row[2], row[3], row[4], row[5], digest, row[7], tuple(row[8]))


class ProofStore:
    """Reads and writes proofs on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def add(
        self,
        *,
        person_id: str,
        level: str,
        jurisdictions: Sequence[str],
        expires_at: datetime,
        made_at: datetime,
        content: bytes,
        name_digest: bytes,
        profession: str | None,
        specialties: Sequence[str],
    ) -> int:
        """Note a proof; returns its place in the status list.

        Args:
            content: a digest of what it says and to whom.
            name_digest: of the name that it says.
        """
        return int(
            self._db.execute(
                sa.text(
                    "INSERT INTO proof (person_id, level, jurisdictions, expires_at, made_at, content, name_digest, "
                    "profession, specialties) VALUES (:p, :l, :j, :e, :m, :c, :n, :o, :s) RETURNING index"
                ),
                {
                    "p": person_id, "l": level, "j": list(jurisdictions), "e": expires_at, "m": made_at, "c": content,
                    "n": name_digest, "o": profession, "s": list(specialties),
                },
            ).scalar_one()
        )  # fmt: skip

    def fresh(self, person_id: str, content: bytes, *, since: datetime) -> tuple[int, datetime, datetime] | None:
        """A person's proof of this content that was made since then and holds: its place, when it was made and ends."""
        row = self._db.execute(
            sa.text(
                "SELECT index AS place, made_at, expires_at FROM proof WHERE person_id = CAST(:p AS uuid) AND content = :c "
                "AND revoked_at IS NULL AND made_at >= :since ORDER BY made_at DESC LIMIT 1"
            ),
            {"p": person_id, "c": content, "since": since},
        ).first()
        return (int(row.place), row.made_at, row.expires_at) if row else None

    def get(self, index: int) -> Proof | None:
        """The proof at a place of the status list."""
        row = self._db.execute(sa.text(f"SELECT {_COLUMNS} FROM proof WHERE index = :i"), {"i": index}).first()
        return _proof(row) if row else None

    def standing(self, person_id: str) -> list[Proof]:
        """A person's proofs that have not been revoked and hold still."""
        rows = self._db.execute(
            sa.text(
                f"SELECT {_COLUMNS} FROM proof WHERE person_id = CAST(:p AS uuid) AND revoked_at IS NULL AND expires_at > now()"
            ),
            {"p": person_id},
        )
        return [_proof(row) for row in rows]

    def people_with_ended_credentials(self, today: date) -> list[str]:
        """People who hold a valid proof and a validated credential whose last day has passed."""
        rows = self._db.execute(
            sa.text(
                "SELECT DISTINCT p.person_id::text FROM proof p JOIN credential c ON c.person_id = p.person_id "
                "WHERE p.revoked_at IS NULL AND p.expires_at > now() AND c.status = 'VALIDATED' AND c.expires_on < :today"
            ),
            {"today": today},
        )
        return list(rows.scalars())

    def revoke(self, indexes: Sequence[int]) -> None:
        """Mark proofs as revoked."""
        self._db.execute(
            sa.text("UPDATE proof SET revoked_at = now() WHERE index = ANY(:i) AND revoked_at IS NULL"),
            {"i": list(indexes)},
        )

    def revoke_all(self, person_id: str) -> None:
        """Mark all of a person's proofs as revoked, and forget what they said about who that was."""
        self._db.execute(
            sa.text(
                "UPDATE proof SET revoked_at = coalesce(revoked_at, now()), content = NULL, name_digest = NULL, "
                "profession = NULL, specialties = NULL WHERE person_id = CAST(:p AS uuid)"
            ),
            {"p": person_id},
        )

    def revoked_in(self, first: int, count: int) -> list[int]:
        """The revoked places of a part of the status list."""
        rows = self._db.execute(
            sa.text(
                "SELECT index FROM proof WHERE index >= :f AND index < :e AND revoked_at IS NOT NULL ORDER BY index"
            ),
            {"f": first, "e": first + count},
        )
        return list(rows.scalars())
