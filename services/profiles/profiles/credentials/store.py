"""Credentials in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kit import ids
from profiles.credentials.cipher import NumberCipher
from profiles.credentials.domain import ON_THE_DESK, Credential, Event

_COLUMNS = (
    "id::text, person_id::text, kind, authority, institution_id::text, number_cipher, specialty, jurisdiction, status, "
    "revalidation, standing, method, source_url, issued_on, expires_on, checked_on, submitted_at, requested_info, "
    "taken_by::text, lease_until, version"
)
CHANGEABLE = frozenset(
    {"status", "revalidation", "standing", "method", "source_url", "checked_on", "requested_info", "taken_by",
     "lease_until"}
)  # fmt: skip


class CredentialStore:
    """Reads and writes credentials on one connection."""

    def __init__(self, connection: sa.Connection, cipher: NumberCipher) -> None:
        self._db = connection
        self._cipher = cipher

    def _from_row(self, row: Any) -> Credential:
        values = dict(row)
        stored = values.pop("number_cipher")
        number = self._cipher.decrypt(bytes(stored), owner=values["id"]) if stored is not None else None
        return Credential(**values, number=number)

    def add(self, credential: Credential) -> None:
        """Insert a credential."""
        number = credential.number
        self._db.execute(
            sa.text(
                "INSERT INTO credential (id, person_id, kind, authority, institution_id, number_cipher, number_index, "
                "specialty, jurisdiction, status, issued_on, expires_on, submitted_at) VALUES (:id, :person, :kind, "
                ":authority, :institution, :cipher, :index, :specialty, :jurisdiction, :status, :issued, :expires, :at)"
            ),
            {
                "id": credential.id,
                "person": credential.person_id,
                "kind": credential.kind,
                "authority": credential.authority,
                "institution": credential.institution_id,
                "cipher": self._cipher.encrypt(number, owner=credential.id) if number else None,
                "index": self._cipher.index(credential.authority or "", number) if number else None,
                "specialty": credential.specialty,
                "jurisdiction": credential.jurisdiction,
                "status": credential.status,
                "issued": credential.issued_on,
                "expires": credential.expires_on,
                "at": credential.submitted_at,
            },
        )

    def lock(self, credential_id: str) -> Credential | None:
        """The credential with this id, locked until the transaction ends."""
        if not ids.valid(credential_id):
            return None
        row = (
            self._db.execute(
                sa.text(f"SELECT {_COLUMNS} FROM credential WHERE id = CAST(:id AS uuid) FOR UPDATE"),
                {"id": credential_id},
            )
            .mappings()
            .first()
        )
        return self._from_row(row) if row else None

    def change(self, credential: Credential, **fields: Any) -> Credential:
        """Set some columns, count the version up, and return the credential as it is now."""
        assert fields.keys() <= CHANGEABLE
        sets = "".join(f", {name} = :{name}" for name in fields)
        self._db.execute(
            sa.text(f"UPDATE credential SET version = version + 1{sets} WHERE id = CAST(:id AS uuid)"),
            fields | {"id": credential.id},
        )
        return replace(credential, version=credential.version + 1, **fields)

    def add_event(self, credential_id: str, event: Event) -> None:
        """Append a step to the history."""
        self._db.execute(
            sa.text(
                "INSERT INTO credential_event "
                "SELECT CAST(:id AS uuid), count(*), :at, :actor, :old, :new, :reason, :note "
                "FROM credential_event WHERE credential_id = CAST(:id AS uuid)"
            ),
            {
                "id": credential_id,
                "at": event.at,
                "actor": event.actor,
                "old": event.from_status,
                "new": event.to_status,
                "reason": event.reason,
                "note": event.note,
            },
        )

    def with_history(self, credentials: Sequence[Credential]) -> list[Credential]:
        """The same credentials with their histories, read in one statement."""
        rows = self._db.execute(
            sa.text(
                "SELECT credential_id::text, at, actor, from_status, to_status, reason, note FROM credential_event "
                "WHERE credential_id = ANY(CAST(:ids AS uuid[])) ORDER BY credential_id, position"
            ),
            {"ids": [credential.id for credential in credentials]},
        ).mappings()
        found: dict[str, list[Event]] = {}
        for row in rows:
            values = dict(row)
            found.setdefault(values.pop("credential_id"), []).append(Event(**values))
        return [replace(credential, history=tuple(found.get(credential.id, ()))) for credential in credentials]

    def open_count(self, person_id: str) -> int:
        """How many of a person's credentials are not ended."""
        return int(
            self._db.execute(
                sa.text(
                    "SELECT count(*) FROM credential WHERE person_id = CAST(:p AS uuid) "
                    "AND status NOT IN ('VAL_FAIL', 'REVAL_FAIL', 'ENTERED_IN_ERROR')"
                ),
                {"p": person_id},
            ).scalar_one()
        )

    def same_open(self, person_id: str, authority: str, number: str) -> bool:
        """Whether the person has this very number with this authority on file, not ended."""
        return bool(
            self._db.execute(
                sa.text(
                    "SELECT EXISTS (SELECT FROM credential WHERE person_id = CAST(:p AS uuid) AND number_index = :i "
                    "AND status NOT IN ('VAL_FAIL', 'REVAL_FAIL', 'ENTERED_IN_ERROR'))"
                ),
                {"p": person_id, "i": self._cipher.index(authority, number)},
            ).scalar_one()
        )

    def page(
        self,
        *,
        owner: str | None = None,
        wanted: Sequence[str] | None = None,
        statuses: Sequence[str] | None = None,
        authority: str | None = None,
        jurisdictions: Sequence[str] | None = None,
        after: tuple[datetime, str] | None = None,
        first: int = 20,
    ) -> list[Credential]:
        """Credentials by time of submission, oldest first.

        Args:
            owner: only this person's; without owner and `wanted` the desk, which holds only what is open.
            wanted: only these ids.
        """
        conditions = ["TRUE"] if owner or wanted is not None else [f"status IN {tuple(ON_THE_DESK)}"]
        parameters: dict[str, Any] = {"first": first}
        for given, condition, values in (
            (owner, "person_id = CAST(:owner AS uuid)", {"owner": owner}),
            (wanted is not None, "id = ANY(CAST(:ids AS uuid[]))", {"ids": [i for i in wanted or () if ids.valid(i)]}),
            (statuses, "status = ANY(:statuses)", {"statuses": list(statuses or ())}),
            (authority, "authority = :authority", {"authority": authority}),
            (jurisdictions is not None, "jurisdiction = ANY(:places)", {"places": list(jurisdictions or ())}),
        ):
            if given:
                conditions.append(condition)
                parameters |= values
        if after:
            conditions.append("(submitted_at, id) > (:at, CAST(:last AS uuid))")
            parameters |= {"at": after[0], "last": after[1]}
        rows = self._db.execute(
            sa.text(
                f"SELECT {_COLUMNS} FROM credential WHERE {' AND '.join(conditions)} "
                "ORDER BY submitted_at, id LIMIT :first"
            ),
            parameters,
        ).mappings()
        return [self._from_row(row) for row in rows]
