"""Conflicts in PostgreSQL: open cases of several people with one register number, or with one directory profile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from kit.cipher import FieldCipher
from profiles.checks.domain import NO_NUMBER, NUMBER_FREE, NUMBER_TAKEN, PROFILE_TAKEN
from profiles.credentials.domain import Credential
from profiles.credentials.numbers import RegisterNumber

_OPEN = "status NOT IN ('VAL_FAIL', 'REVAL_FAIL', 'ENTERED_IN_ERROR')"
# The keys of the locks of numbers and directory profiles, in one order.
_KEYS = (
    "SELECT DISTINCT key FROM credential c CROSS JOIN LATERAL (VALUES "
    "(CAST(CAST('x' || encode(substr(c.number_index, 1, 8), 'hex') AS bit(64)) AS bigint)), "
    "(CAST(CAST('x' || left(replace(CAST(c.claims_person AS text), '-', ''), 16) AS bit(64)) AS bigint))) AS k(key) "
    "WHERE key IS NOT NULL AND {where} ORDER BY key"
)
_LOCK = "SELECT pg_advisory_xact_lock(key) FROM ({keys}) AS keys"


class ConflictStore:
    """Finds conflicting cases and keeps their checks right, on one connection.

    Two people who submit one number at once do not see each other's row, so whoever reads or changes who has a number holds a
    lock of that number. The order of locks is: the owner, the number, the credential.
    """

    def __init__(self, connection: sa.Connection, cipher: FieldCipher) -> None:
        self._db = connection
        self._cipher = cipher

    def lock(self, credential_ids: Sequence[str]) -> None:
        """Lock the numbers and directory profiles of credentials until the transaction ends; the owners are locked already."""
        keys = _KEYS.format(where="c.id = ANY(CAST(:ids AS uuid[]))")
        self._db.execute(sa.text(_LOCK.format(keys=keys)), {"ids": list(credential_ids)})

    def lock_with(self, credential: Credential, number: str) -> None:
        """Lock a credential's number together with the one that it is to have."""
        wanted = RegisterNumber.of(replace(credential, number=number))
        assert wanted is not None
        keys = (
            f"SELECT key FROM ({_KEYS.format(where='c.id = CAST(:id AS uuid)')}) AS own UNION "
            "SELECT CAST(CAST('x' || encode(substr(CAST(:index AS bytea), 1, 8), 'hex') AS bit(64)) AS bigint) ORDER BY key"
        )
        self._db.execute(sa.text(_LOCK.format(keys=keys)), {"id": credential.id, "index": wanted.index(self._cipher)})

    def of_person(self, person_id: str) -> list[str]:
        """Lock the numbers of a person who is to be erased; returns the other people's open cases that conflict with theirs."""
        keys = _KEYS.format(where="c.person_id = CAST(:p AS uuid)")
        self._db.execute(sa.text(_LOCK.format(keys=keys)), {"p": person_id})
        rows = self._db.execute(
            sa.text(
                "SELECT DISTINCT CAST(o.id AS text) AS id FROM credential c JOIN credential o ON o.person_id <> c.person_id AND "
                f"o.{_OPEN} AND (o.number_index = c.number_index OR o.claims_person = c.claims_person) "
                "WHERE c.person_id = CAST(:p AS uuid)"
            ),
            {"p": person_id},
        )
        return sorted(row.id for row in rows)

    def others(self, credential: Credential) -> list[str]:
        """Other people's open cases with a credential's number or directory profile; whoever asks holds the lock."""
        number = RegisterNumber.of(credential)
        rows = self._db.execute(
            sa.text(
                f"SELECT CAST(id AS text) FROM credential WHERE person_id <> CAST(:p AS uuid) AND {_OPEN} AND "
                "(number_index = ANY(CAST(:numbers AS bytea[])) OR claims_person = CAST(:claims AS uuid))"
            ),
            {
                "p": credential.person_id,
                "numbers": number.indexes(self._cipher) if number else [],
                "claims": credential.claims_person,
            },
        )
        return sorted(rows.scalars())

    def compare_again(self, credential_ids: Sequence[str], *, now: datetime) -> None:
        """Set the check NUMBER_UNIQUE of cases by who has their numbers and directory profiles now.

        The version of a case whose outcome changes is counted up, so that nobody decides by what was on their screen before.
        """
        if not credential_ids:
            return
        given = {"ids": list(credential_ids)}
        self._db.execute(
            sa.text("SELECT 1 FROM credential WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY id FOR NO KEY UPDATE"),
            given,
        )
        self._db.execute(
            sa.text(
                "WITH compared AS (SELECT c.id, c.number_index IS NOT NULL AS numbered, "
                f"EXISTS (SELECT FROM credential o WHERE o.claims_person = c.claims_person AND o.person_id <> c.person_id "
                f"AND o.{_OPEN}) AS same_profile, "
                f"EXISTS (SELECT FROM credential o WHERE o.number_index = c.number_index AND o.person_id <> c.person_id "
                f"AND o.{_OPEN}) AS same_number FROM credential c WHERE c.id = ANY(CAST(:ids AS uuid[]))), "
                "found AS (SELECT id, CASE WHEN same_profile OR same_number THEN 'FAIL' WHEN numbered THEN 'PASS' "
                "ELSE 'SKIPPED' END AS outcome, CASE WHEN same_profile THEN :profile_taken WHEN same_number THEN :number_taken "
                "WHEN numbered THEN :unique ELSE :no_number END AS detail FROM compared), "
                "changed AS (UPDATE credential_check k SET outcome = w.outcome, detail = w.detail, at = :now FROM found w "
                "WHERE k.credential_id = w.id AND k.name = 'NUMBER_UNIQUE' "
                "AND (k.outcome, k.detail) IS DISTINCT FROM (w.outcome, w.detail) RETURNING k.credential_id) "
                "UPDATE credential SET version = version + 1 WHERE id IN (SELECT credential_id FROM changed)"
            ),
            given | {
                "now": now, "profile_taken": PROFILE_TAKEN[1], "number_taken": NUMBER_TAKEN[1],
                "unique": NUMBER_FREE[1], "no_number": NO_NUMBER[1],
            },
        )  # fmt: skip
