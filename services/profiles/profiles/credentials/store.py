"""Credentials in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from kit import ids
from kit.cipher import FieldCipher
from profiles.checks.store import ConflictStore
from profiles.credentials.domain import Check, Credential, Event, OtherAuthority
from profiles.credentials.due import DueCredentials
from profiles.credentials.numbers import RegisterNumber
from profiles.people.domain import Holder, OtherName

_COLUMNS = (
    "id::text, person_id::text, kind, authority, institution_id::text, number_cipher, specialty, jurisdiction, status, "
    "revalidation, standing, method, source_url, issued_on, expires_on, checked_on, submitted_at, requested_info, "
    "taken_by::text, lease_until, version, previous_standing, desk_since, review_reason, source_as_of, next_review_on, "
    "pending_decision, pending_by::text, pending_at, pending_expires_at, pending_fields, decided_at, "
    "decided_by::text[], appeal_until, appeal_statement, proposed, message, claims_person::text, holder, "
    "other_name, seen_version, stage, proves_identity, assigned_to::text, number_typed_cipher, other_authority"
)
CHANGEABLE = frozenset(
    {"status", "revalidation", "standing", "method", "source_url", "checked_on", "requested_info", "taken_by",
     "lease_until", "previous_standing", "desk_since", "review_reason", "source_as_of", "next_review_on",
     "pending_decision", "pending_by", "pending_at", "pending_expires_at", "pending_fields", "decided_at",
     "decided_by", "appeal_until", "appeal_statement", "proposed", "message", "specialty", "issued_on", "expires_on",
     "claims_person", "holder", "other_name", "seen_version", "stage", "proves_identity", "assigned_to", "kind"}
)  # fmt: skip
_OPEN = "status NOT IN ('VAL_FAIL', 'REVAL_FAIL', 'ENTERED_IN_ERROR')"
_CASTS = {"taken_by": "uuid", "pending_by": "uuid", "decided_by": "uuid[]", "pending_fields": "jsonb", "proposed": "jsonb",
          "claims_person": "uuid", "assigned_to": "uuid", "holder": "jsonb", "other_name": "jsonb"}  # fmt: skip


class CredentialStore(DueCredentials):
    """Reads and writes credentials on one connection."""

    def __init__(self, connection: sa.Connection, cipher: FieldCipher, conflicts: ConflictStore) -> None:
        self._db = connection
        self._cipher = cipher
        self._conflicts = conflicts

    def _from_row(self, row: Any) -> Credential:
        values = dict(row)
        number, typed = (
            self._cipher.decrypt(bytes(stored), owner=values["id"]) if stored is not None else None
            for stored in (values.pop("number_cipher"), values.pop("number_typed_cipher"))
        )
        values |= {
            "decided_by": tuple(values["decided_by"]), "holder": Holder.stored(values["holder"]),
            "other_name": OtherName.stored(values["other_name"]),
            "other_authority": OtherAuthority.stored(values["other_authority"]),
        }  # fmt: skip
        return Credential(**values, number=number, number_typed=typed)

    def _one(self, where: str, **given: Any) -> Credential | None:
        row = self._db.execute(sa.text(f"SELECT {_COLUMNS} FROM credential WHERE {where}"), given).mappings().first()
        return self._from_row(row) if row else None

    def _many(self, where: str, **given: object) -> list[Credential]:
        rows = self._db.execute(sa.text(f"SELECT {_COLUMNS} FROM credential WHERE {where}"), given).mappings()
        return [self._from_row(row) for row in rows]

    def add(self, credential: Credential) -> None:
        """Insert a credential."""
        self._db.execute(
            sa.text(
                "INSERT INTO credential (id, person_id, kind, authority, institution_id, number_cipher, number_index, "
                "key_id, specialty, jurisdiction, status, issued_on, expires_on, submitted_at, desk_since, "
                "claims_person, holder, other_name, number_typed_cipher, other_authority) VALUES (:id, :person, :kind, "
                ":authority, :institution, :cipher, :index, :key, :specialty, :jurisdiction, :status, :issued, :expires, :at, "
                ":at, :claims, CAST(:holder AS jsonb), CAST(:other AS jsonb), :typed, CAST(:named AS jsonb))"
            ),
            {
                "id": credential.id,
                "person": credential.person_id,
                "kind": credential.kind,
                "authority": credential.authority,
                "institution": credential.institution_id,
                **self._number(credential),
                "specialty": credential.specialty,
                "jurisdiction": credential.jurisdiction,
                "status": credential.status,
                "issued": credential.issued_on,
                "expires": credential.expires_on,
                "at": credential.submitted_at,
                "claims": credential.claims_person,
                "holder": orjson.dumps(credential.holder).decode(),
                "other": orjson.dumps(credential.other_name).decode() if credential.other_name else None,
                "named": orjson.dumps(credential.other_authority).decode() if credential.other_authority else None,
            },
        )

    def _number(self, credential: Credential) -> dict[str, Any]:
        number = RegisterNumber.of(credential)
        if number is None:
            return {"cipher": None, "index": None, "key": None, "typed": None}
        return {
            "cipher": self._cipher.encrypt(number.number, owner=credential.id),
            "typed": self._cipher.encrypt(credential.number_typed or number.number, owner=credential.id),
            "index": number.index(self._cipher),
            "key": self._cipher.key_id,
        }

    def get(self, credential_id: str) -> Credential | None:
        """The credential with this id."""
        return self._one("id = CAST(:id AS uuid)", id=credential_id) if ids.valid(credential_id) else None

    def lock(self, credential_id: str) -> Credential | None:
        """The credential with this id with its checks, locked until the transaction ends.

        Its owner and its number are locked before it. Whoever locks a person's credentials does that, so that acts on two of
        them, which may change each other, wait for one another instead of ending in a deadlock.
        """
        if not ids.valid(credential_id):
            return None
        self._db.execute(
            sa.text(
                "SELECT 1 FROM person WHERE id = (SELECT person_id FROM credential WHERE id = CAST(:id AS uuid)) "
                "FOR NO KEY UPDATE"
            ),
            {"id": credential_id},
        )
        self._conflicts.lock([credential_id])
        found = self._one("id = CAST(:id AS uuid) FOR NO KEY UPDATE", id=credential_id)
        return self.with_checks([found])[0] if found else None

    def lock_ahead(self, credential_ids: Sequence[str]) -> None:
        """Lock the owners and the numbers of credentials, each in one order, so that `lock` can take one after the other."""
        self._db.execute(
            sa.text(
                "SELECT 1 FROM person WHERE id IN (SELECT person_id FROM credential WHERE id = ANY(CAST(:ids AS uuid[]))) "
                "ORDER BY id FOR NO KEY UPDATE"
            ),
            {"ids": list(credential_ids)},
        )
        self._conflicts.lock(credential_ids)

    def several(self, credential_ids: Sequence[str]) -> list[Credential]:
        """The credentials with these ids that are there, in order, with histories and checks."""
        found = self.with_history(self._many("id = ANY(CAST(:ids AS uuid[]))", ids=list(credential_ids)))
        by_id = {one.id: one for one in found}
        return [by_id[own] for own in credential_ids if own in by_id]

    def change(
        self, credential: Credential, *, number: str | None = None, number_typed: str | None = None, **fields: Any
    ) -> Credential:
        """Set some columns, count the version up, and return the credential as it is now.

        Args:
            number: a new number, as its register writes it; None keeps the old one.
            number_typed: the new number as it was typed.
        """
        assert fields.keys() <= CHANGEABLE
        sets = "".join(
            f", {name} = CAST(:{name} AS {_CASTS[name]})" if name in _CASTS else f", {name} = :{name}"
            for name in fields
        )
        given = {
            name: orjson.dumps(value).decode() if _CASTS.get(name) == "jsonb" and value is not None
            else list(value) if name == "decided_by" else value
            for name, value in fields.items()
        }  # fmt: skip
        if number is not None:
            sets += ", number_cipher = :cipher, number_typed_cipher = :typed, number_index = :index, key_id = :key"
            credential = replace(credential, number=number, number_typed=number_typed)
            given |= self._number(credential)
        self._db.execute(
            sa.text(f"UPDATE credential SET version = version + 1{sets} WHERE id = CAST(:id AS uuid)"),
            given | {"id": credential.id},
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

    def set_checks(self, credential_id: str, checks: Iterable[Check]) -> None:
        """Replace the outcomes of the automatic checks."""
        self._db.execute(
            sa.text("DELETE FROM credential_check WHERE credential_id = CAST(:id AS uuid)"), {"id": credential_id}
        )
        self._db.execute(
            sa.text("INSERT INTO credential_check VALUES (:id, :name, :outcome, :detail, :at)"),
            [
                {"id": credential_id, "name": c.name, "outcome": c.outcome, "detail": c.detail, "at": c.at}
                for c in checks
            ],
        )

    def with_checks(self, credentials: Sequence[Credential]) -> list[Credential]:
        """The same credentials with their checks, read in one statement."""
        rows = self._db.execute(
            sa.text(
                "SELECT credential_id::text AS own, name, outcome, detail, at FROM credential_check "
                "WHERE credential_id = ANY(CAST(:ids AS uuid[])) ORDER BY credential_id, name"
            ),
            {"ids": [credential.id for credential in credentials]},
        )
        found: dict[str, list[Check]] = {}
        for row in rows:
            found.setdefault(row.own, []).append(Check(row.name, row.outcome, row.detail, row.at))
        return [replace(credential, checks=tuple(found.get(credential.id, ()))) for credential in credentials]

    def with_history(self, credentials: Sequence[Credential]) -> list[Credential]:
        """The same credentials with their histories and checks, read in one statement each."""
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
        return [
            replace(credential, history=tuple(found.get(credential.id, ())))
            for credential in self.with_checks(credentials)
        ]

    def lock_owner(self, person_id: str) -> None:
        """Lock a person until the transaction ends, so that their credentials are counted by one at a time."""
        self._db.execute(
            sa.text("SELECT 1 FROM person WHERE id = CAST(:p AS uuid) FOR NO KEY UPDATE"), {"p": person_id}
        )

    def open_count(self, person_id: str, *, kind: str | None = None) -> int:
        """How many of a person's credentials are not ended, of one kind or of all."""
        of_kind = " AND kind = :kind" if kind is not None else ""
        return int(
            self._db.execute(
                sa.text(f"SELECT count(*) FROM credential WHERE person_id = CAST(:p AS uuid) AND {_OPEN}{of_kind}"),
                {"p": person_id} | ({"kind": kind} if kind is not None else {}),
            ).scalar_one()
        )

    def same_open(self, person_id: str, number: RegisterNumber) -> bool:
        """Whether the person has this very number on file, not ended."""
        return bool(
            self._db.execute(
                sa.text(
                    "SELECT EXISTS (SELECT FROM credential WHERE person_id = CAST(:p AS uuid) AND number_index = ANY(:i) "
                    f"AND {_OPEN})"
                ),
                {"p": person_id, "i": number.indexes(self._cipher)},
            ).scalar_one()
        )

    def claimed_by_others(self, credential: Credential) -> int:
        """How many other people have a credential's number on file, not ended."""
        number = RegisterNumber.of(credential)
        if number is None:
            return 0
        return int(
            self._db.execute(
                sa.text(
                    "SELECT count(DISTINCT person_id) FROM credential WHERE person_id <> CAST(:p AS uuid) "
                    f"AND number_index = ANY(:i) AND {_OPEN}"
                ),
                {"p": credential.person_id, "i": number.indexes(self._cipher)},
            ).scalar_one()
        )

    def lock_licences(self, person_id: str, *, except_id: str) -> list[Credential]:
        """A person's other validated licences, locked in one order."""
        return self._many(
            "person_id = CAST(:p AS uuid) AND kind = 'LICENCE' AND status = 'VALIDATED' AND id <> CAST(:except_id AS uuid) "
            "ORDER BY id FOR NO KEY UPDATE",
            p=person_id, except_id=except_id,
        )  # fmt: skip

    def lock_open(self, person_id: str) -> list[Credential]:
        """A person's credentials that have not ended, locked in one order; the caller has locked the person."""
        return self._many(f"person_id = CAST(:p AS uuid) AND {_OPEN} ORDER BY id FOR NO KEY UPDATE", p=person_id)

    def of_person(self, person_id: str) -> list[Credential]:
        """All of a person's credentials."""
        return self.with_history(self._many("person_id = CAST(:p AS uuid) ORDER BY submitted_at, id", p=person_id))

    def validated_of(self, authority: str, *, after: str | None, most: int) -> list[Credential]:
        """Validated credentials of an authority by id."""
        where = "authority = :a AND status = 'VALIDATED'" + (" AND id > CAST(:after AS uuid)" if after else "")
        return self._many(f"{where} ORDER BY id LIMIT :most", a=authority, after=after, most=most)

    def validated(self, *, after: str | None, most: int) -> list[Credential]:
        """Validated credentials by id."""
        where = "status = 'VALIDATED'" + (" AND id > CAST(:after AS uuid)" if after else "")
        return self._many(f"{where} ORDER BY id LIMIT :most", after=after, most=most)

    # ------------------------------------------------------------------ what was read

    def note_readings(self, verifier: str, credentials: Sequence[Credential]) -> None:
        """Remember which version of each case somebody was shown; that is what they suspend, revoke or confirm.

        Nothing is written for versions that are noted already. It waits for nobody: a case that is being deleted at this
        moment is left out, and counts as not read.
        """
        if not credentials or not ids.valid(verifier):
            return
        self._db.execute(
            sa.text(
                "INSERT INTO case_reading AS r (credential_id, verifier, version) "
                "SELECT c.id, p.id, shown.version FROM unnest(CAST(:ids AS uuid[]), CAST(:versions AS integer[])) "
                "AS shown(id, version) JOIN credential c ON c.id = shown.id JOIN person p ON p.id = CAST(:p AS uuid) "
                "WHERE NOT EXISTS (SELECT FROM case_reading k WHERE k.credential_id = c.id AND k.verifier = p.id "
                "AND k.version >= shown.version) ORDER BY c.id FOR KEY SHARE OF c, p SKIP LOCKED "
                "ON CONFLICT (credential_id, verifier) DO UPDATE SET version = excluded.version "
                "WHERE excluded.version > r.version"
            ),
            {
                "ids": [one.id for one in credentials],
                "versions": [one.version for one in credentials],
                "p": verifier,
            },
        )

    def version_read(self, credential_id: str, verifier: str) -> int | None:
        """The version in which somebody was last shown a case; None: never."""
        return self._db.execute(
            sa.text(
                "SELECT version FROM case_reading WHERE credential_id = CAST(:c AS uuid) AND verifier = CAST(:p AS uuid)"
            ),
            {"c": credential_id, "p": verifier},
        ).scalar()

    # ------------------------------------------------------------------ lists

    def own_page(self, owner: str, *, after: tuple[datetime, str] | None, first: int) -> list[Credential]:
        """A person's credentials, oldest first."""
        where = "person_id = CAST(:owner AS uuid)"
        if after:
            where += " AND (submitted_at, id) > (:at, CAST(:last AS uuid))"
        at, last = after or (None, None)
        return self._many(f"{where} ORDER BY submitted_at, id LIMIT :first", owner=owner, at=at, last=last, first=first)

    def waiting_times(self, *, since: datetime, fewest: int) -> dict[str, tuple[int, int]]:
        """Hours from submission to the first decision, (p50, p90) by authority, where there are enough."""
        rows = self._db.execute(
            sa.text(
                "SELECT authority, percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP "
                "(ORDER BY extract(epoch FROM e.at - c.submitted_at) / 3600) AS hours FROM credential c "
                "JOIN LATERAL (SELECT min(at) AS at FROM credential_event WHERE credential_id = c.id "
                "AND to_status IN ('VALIDATED', 'VAL_FAIL')) e ON e.at IS NOT NULL "
                "WHERE c.decided_at > :since AND authority IS NOT NULL GROUP BY authority HAVING count(*) >= :fewest"
            ),
            {"since": since, "fewest": fewest},
        )
        return {row.authority: (round(row.hours[0]), round(row.hours[1])) for row in rows}

    # ------------------------------------------------------------------ keys

    def reencrypt(self, *, most: int) -> int:
        """Encrypt numbers again that are encrypted with an old key; returns how many there were."""
        rows = self._db.execute(
            sa.text(
                "SELECT id::text, number_cipher, number_typed_cipher FROM credential WHERE key_id = ANY(:old) "
                "ORDER BY id LIMIT :most FOR UPDATE"
            ),
            {"old": self._cipher.old_ids, "most": most},
        ).all()
        for row in rows:
            again = [
                self._cipher.encrypt(self._cipher.decrypt(bytes(old), owner=row.id), owner=row.id)
                if old is not None
                else None
                for old in (row.number_cipher, row.number_typed_cipher)
            ]
            self._db.execute(
                sa.text(
                    "UPDATE credential SET number_cipher = :c, number_typed_cipher = :t, key_id = :k "
                    "WHERE id = CAST(:id AS uuid)"
                ),
                {"id": row.id, "c": again[0], "t": again[1], "k": self._cipher.key_id},
            )
        return len(rows)
