"""Keys in PostgreSQL: what is encrypted with which, and which process holds which."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from kit.cipher import KeyName
from kit.keys import RECENT_SECONDS, KeyHolder

# Everything that is encrypted: its name for people, its table, and the column with the id of its key.
ENCRYPTED = (
    ("register numbers", "credential", "key_id"),
    ("documents", "evidence_content", "key_id"),
    ("archives", "archive", "key_id"),
    ("secrets of one-time passwords", "account", "totp_key_id"),
)
CONSTRAINT_END = "_field_key"


def key_was_retired(error: BaseException) -> bool:
    """Whether the database refused to store something because its key was retired."""
    constraint = getattr(getattr(getattr(error, "orig", None), "diag", None), "constraint_name", None)
    return isinstance(error, sa.exc.IntegrityError) and str(constraint).endswith(CONSTRAINT_END)


class KeyStore:
    """Reads and writes on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def beat(self, process: str, service: str, key: KeyName, *, signing_key: str = "") -> None:
        """Note that a process is there and which keys it uses; those not seen for a day are forgotten.

        Args:
            signing_key: the id of the key that it signs tokens with, if it does.
        """
        self._db.execute(
            sa.text(
                "INSERT INTO key_holder VALUES (CAST(:p AS uuid), :s, :k, :f, :g, clock_timestamp()) "
                "ON CONFLICT (process) DO UPDATE SET seen_at = clock_timestamp()"
            ),
            {"p": process, "s": service, "k": key.id, "f": key.fingerprint, "g": signing_key},
        )
        self._db.execute(sa.text("DELETE FROM key_holder WHERE seen_at < now() - interval '1 day'"))

    def holders(self) -> list[KeyHolder]:
        """The processes that are there, the last seen first."""
        rows = self._db.execute(
            sa.text(
                "SELECT service, key_id, fingerprint, extract(epoch FROM clock_timestamp() - seen_at) AS age, signing_key "
                "FROM key_holder WHERE seen_at > clock_timestamp() - make_interval(secs => :recent) ORDER BY age"
            ),
            {"recent": RECENT_SECONDS},
        )
        return [
            KeyHolder(row.service, KeyName(row.key_id, row.fingerprint), float(row.age), row.signing_key)
            for row in rows
        ]

    def lock(self, ids: Sequence[int]) -> None:
        """Lock keys: whoever is storing something encrypted with one has ended then, and whoever wants to must wait."""
        self._db.execute(
            sa.text("SELECT 1 FROM field_key WHERE id = ANY(:ids) ORDER BY id FOR UPDATE"), {"ids": list(ids)}
        )

    def forget(self, process: str) -> None:
        """Forget a process that ends."""
        self._db.execute(sa.text("DELETE FROM key_holder WHERE process = CAST(:p AS uuid)"), {"p": process})

    def counts(self, ids: Sequence[int]) -> dict[str, int]:
        """How much is encrypted with keys, by what it is."""
        return {
            what: int(
                self._db.execute(
                    sa.text(f"SELECT count(*) FROM {table} WHERE {column} = ANY(:ids)"), {"ids": list(ids)}
                ).scalar_one()
            )
            for what, table, column in ENCRYPTED
        }

    def unreadable(self, ids: Sequence[int]) -> int:
        """How much is encrypted with other keys than these."""
        found = self._db.execute(
            sa.text(
                "SELECT " + " + ".join(f"(SELECT count(*) FROM {t} WHERE {c} <> ALL(:ids))" for _, t, c in ENCRYPTED)
            ),
            {"ids": list(ids)},
        )
        return int(found.scalar_one())

    def delete(self, ids: Sequence[int]) -> int:
        """Let keys never be used again; returns how many there were. The database refuses where one is in use."""
        return int(self._db.execute(sa.text("DELETE FROM field_key WHERE id = ANY(:ids)"), {"ids": list(ids)}).rowcount)
