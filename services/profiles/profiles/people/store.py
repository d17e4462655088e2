"""People in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from kit.cipher import FieldCipher
from kit.profile_fields import PLAIN
from profiles.people.domain import Holder, OtherName, Person, Standing, ValidCredential, verified_name

_PLAIN = tuple(field.name for field in PLAIN)
_COLUMNS = (
    f"id::text, handle, name, {', '.join(_PLAIN)}, profession, specialties, regions, institutions, contacts, visibility, "
    "claimed, provenance, version, created_at, hidden, path_opt_in, practice_status, ARRAY(SELECT DISTINCT f.handle "
    "FROM former_handle f WHERE f.person_id = person.id AND f.handle <> person.handle ORDER BY f.handle) AS former_handles"
)
_JSON = frozenset({"specialties", "institutions", "contacts", "visibility", "provenance"})
CHANGEABLE = frozenset(
    {*_PLAIN, "name", "profession", "specialties", "regions", "institutions", "contacts", "visibility", "hidden", "provenance",
     "path_opt_in", "practice_status"}
)  # fmt: skip


def handle_hash(cipher: FieldCipher, handle: str) -> bytes:
    """What stays of a handle; keyed, because handles are made from names."""
    return cipher.hashed("handle", handle)


class PersonStore:
    """Reads and writes people on one connection, in its transaction."""

    def __init__(self, connection: sa.Connection, cipher: FieldCipher) -> None:
        self._db = connection
        self._cipher = cipher

    def add(
        self, *, person_id: str, handles: Sequence[str], name: str, claimed: bool, created_at: Any, **fields: Any
    ) -> str:
        """Insert a person under the first handle that nobody has or ever had.

        Returns:
            the handle taken.
        """
        values = {key: orjson.dumps(v).decode() if key in _JSON else v for key, v in fields.items()}
        columns = "".join(f", {key}" for key in values)
        places = "".join(f", CAST(:{key} AS jsonb)" if key in _JSON else f", :{key}" for key in values)
        statement = sa.text(
            f"INSERT INTO person (id, handle, name, claimed, created_at{columns}) "
            f"VALUES (:id, :handle, :name, :claimed, :created_at{places}) ON CONFLICT (handle) DO NOTHING"
        )
        for handle in handles:
            if not self._use(handle):
                continue
            given = {"id": person_id, "handle": handle, "name": name, "claimed": claimed, "created_at": created_at}
            if self._db.execute(statement, given | values).rowcount == 1:
                return handle
        raise RuntimeError("no free handle among those offered")

    def _use(self, handle: str) -> bool:
        """Write down that a handle was given; False where it was before. Whoever gives it meanwhile is waited for."""
        result = self._db.execute(
            sa.text("INSERT INTO used_handle (handle_hash) VALUES (:hash) ON CONFLICT DO NOTHING"),
            {"hash": handle_hash(self._cipher, handle)},
        )
        return result.rowcount == 1

    def handle_changes(self, person_id: str, *, since: datetime) -> int:
        """How often a person has changed their handle since then."""
        return int(
            self._db.execute(
                sa.text(
                    "SELECT count(*) FROM former_handle WHERE person_id = CAST(:id AS uuid) AND given_up_at > :since"
                ),
                {"id": person_id, "since": since},
            ).scalar_one()
        )

    def change_handle(self, person: Person, handle: str, *, at: datetime) -> bool:
        """Give a locked person another handle; False where somebody else has it or had it.

        One's own earlier handle can be had again. The person's version is left to `change`.
        """
        self._use(person.handle)  # it was given before handles were written down
        if handle not in person.former_handles and not self._use(handle):
            return False
        changed = self._db.execute(
            sa.text(
                "UPDATE person SET handle = :new WHERE id = CAST(:id AS uuid) "
                "AND NOT EXISTS (SELECT FROM person other WHERE other.handle = :new)"
            ),
            {"id": person.id, "new": handle},
        )
        if changed.rowcount != 1:
            return False
        self._db.execute(
            sa.text("INSERT INTO former_handle (person_id, handle, given_up_at) VALUES (CAST(:id AS uuid), :old, :at)"),
            {"id": person.id, "old": person.handle, "at": at},
        )
        return True

    def get(self, person_id: str) -> Person | None:
        """The person with this id."""
        row = (
            self._db.execute(sa.text(f"SELECT {_COLUMNS} FROM person WHERE id = CAST(:id AS uuid)"), {"id": person_id})
            .mappings()
            .first()
        )
        return Person.stored(dict(row)) if row else None

    def lock(self, person_id: str) -> Person | None:
        """The person with this id, locked until the transaction ends."""
        row = (
            self._db.execute(
                sa.text(f"SELECT {_COLUMNS} FROM person WHERE id = CAST(:id AS uuid) FOR UPDATE"), {"id": person_id}
            )
            .mappings()
            .first()
        )
        return Person.stored(dict(row)) if row else None

    def change(self, person_id: str, fields: dict[str, Any]) -> None:
        """Set some fields and count the version up by one."""
        assert fields.keys() <= CHANGEABLE
        values = {key: orjson.dumps(v).decode() if key in _JSON else v for key, v in fields.items()}
        sets = "".join(f", {k} = CAST(:{k} AS jsonb)" if k in _JSON else f", {k} = :{k}" for k in values)
        self._db.execute(
            sa.text(f"UPDATE person SET version = version + 1{sets} WHERE id = CAST(:id AS uuid)"),
            values | {"id": person_id},
        )

    def _validated(self, person_ids: Sequence[str]) -> dict[str, list[ValidCredential]]:
        """The validated credentials of people, in one statement, by person."""
        rows = self._db.execute(
            sa.text(
                "SELECT person_id::text, id::text, kind, authority, specialty, jurisdiction, standing, method, "
                "source_as_of, checked_on, expires_on, institution_id::text, holder, decided_at, other_name, proves_identity "
                "FROM credential WHERE person_id = ANY(CAST(:ids AS uuid[])) AND status = 'VALIDATED' "
                "ORDER BY submitted_at, id"
            ),
            {"ids": list(person_ids)},
        ).mappings()
        found: dict[str, list[ValidCredential]] = {}
        for row in rows:
            values = dict(row)
            owner = values.pop("person_id")
            values |= {"holder": Holder.stored(row["holder"]), "other_name": OtherName.stored(row["other_name"])}
            found.setdefault(owner, []).append(ValidCredential(**values))
        return found

    def names_of(self, person_ids: Sequence[str]) -> dict[str, tuple[str, str | None]]:
        """What people are called on their profiles, and the name that is verified of each, by person."""
        ids = sorted(set(person_ids))
        rows = self._db.execute(
            sa.text("SELECT id::text, name FROM person WHERE id = ANY(CAST(:ids AS uuid[]))"), {"ids": ids}
        ).all()
        validated = self._validated(ids)
        return {row.id: (row.name, verified_name(validated.get(row.id, []))) for row in rows}

    def standing(self, person_id: str) -> Standing:
        """The account's state, roles and validated credentials."""
        found = self._validated([person_id]).get(person_id, [])
        account = self._db.execute(
            sa.text(
                "SELECT suspended AND (suspended_until IS NULL OR suspended_until > now()) AS suspended, "
                "confirmed_at IS NULL AS unconfirmed, "
                "ARRAY(SELECT role FROM account_role r WHERE r.person_id = a.person_id) AS roles "
                "FROM account a WHERE person_id = CAST(:id AS uuid)"
            ),
            {"id": person_id},
        ).first()
        lost = [
            dict(row)
            for row in self._db.execute(
                sa.text(
                    "SELECT DISTINCT jurisdiction, standing FROM credential WHERE person_id = CAST(:id AS uuid) "
                    "AND kind = 'LICENCE' AND standing IN ('SUSPENDED', 'REVOKED') AND status <> 'ENTERED_IN_ERROR' "
                    "ORDER BY jurisdiction, standing"
                ),
                {"id": person_id},
            ).mappings()
        ]
        if account is None:
            return Standing(found, lost=lost)
        return Standing(found, account.suspended, account.unconfirmed, account.roles, lost)

    def by_handle(self, handle: str) -> Person | None:
        """The person with this handle."""
        row = (
            self._db.execute(sa.text(f"SELECT {_COLUMNS} FROM person WHERE handle = :h"), {"h": handle})
            .mappings()
            .first()
        )
        return Person.stored(dict(row)) if row else None

    def institutions_of(self, person_id: str) -> list[str]:
        """The ids of the institutions that a person's profile and credentials name."""
        rows = self._db.execute(
            sa.text(
                "SELECT i ->> 'id' FROM person p, jsonb_array_elements(p.institutions) i WHERE p.id = CAST(:id AS uuid) "
                "UNION SELECT institution_id::text FROM credential WHERE person_id = CAST(:id AS uuid)"
            ),
            {"id": person_id},
        )
        return [own for own in rows.scalars() if own]

    def delete(self, person_id: str) -> None:
        """Delete a person with everything that hangs on them here; their handle is not given again."""
        handle = self._db.execute(
            sa.text("SELECT handle FROM person WHERE id = CAST(:id AS uuid) FOR UPDATE"), {"id": person_id}
        ).scalar()
        if handle is not None:
            self._use(handle)  # it was given before handles were written down
        self._db.execute(sa.text("DELETE FROM person WHERE id = CAST(:id AS uuid)"), {"id": person_id})

    def all_ids(self) -> list[str]:
        """The id of every person."""
        return list(self._db.execute(sa.text("SELECT id::text FROM person ORDER BY id")).scalars())

    def count(self) -> int:
        """How many people there are."""
        return int(self._db.execute(sa.text("SELECT count(*) FROM person")).scalar_one())
