"""Institutions in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from kit import ids
from kit.clock import new_id
from kit.texts import fold


@dataclass(frozen=True)
class Institution:
    """A place of work; `region` is a country or subdivision code, or None."""

    id: str
    name: str
    region: str | None
    name_key: str = ""  # by which lists are sorted, where it was read


Place = tuple[str, str]  # the key of a name, and an id


class InstitutionStore:
    """Reads and writes institutions on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def get(self, institution_id: str) -> Institution | None:
        """The institution with this id."""
        found = self.get_many([institution_id])
        return found[0] if found else None

    def get_many(self, wanted: list[str]) -> list[Institution]:
        """The institutions that exist among these ids."""
        rows = self._db.execute(
            sa.text(
                "SELECT id::text, name, NULLIF(region, '') AS region FROM institution "
                "WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY id FOR KEY SHARE"
            ),
            {"ids": [i for i in wanted if ids.valid(i)]},
        )
        return [Institution(*row) for row in rows]

    def find_or_add(self, name: str, region: str) -> Institution:
        """The institution of this name in this region; two who add it at once get the same one."""
        return self.find_or_add_many([(name, region)])[(fold(name), region)]

    def find(self, name: str, region: str) -> Institution | None:
        """The institution of this name in this region."""
        return self._read({"keys": [fold(name)], "regions": [region]}).get((fold(name), region))

    def find_or_add_many(self, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Institution]:
        """Institutions by (folded name, region); unknown ones are added."""
        unique = {(fold(name), region): name for name, region in wanted}
        if not unique:
            return {}
        keys = sorted(unique)  # in one order, so that two imports never wait for each other in a ring
        parameters = {
            "ids": [new_id() for _ in keys],
            "names": [unique[key] for key in keys],
            "keys": [key[0] for key in keys],
            "regions": [key[1] for key in keys],
        }
        found: dict[tuple[str, str], Institution] = {}
        while len(found) < len(keys):  # again where one was deleted between the two statements
            found = self._add_and_read(parameters)
        return found

    def _add_and_read(self, parameters: dict[str, list[str]]) -> dict[tuple[str, str], Institution]:
        self._db.execute(
            sa.text(
                "INSERT INTO institution (id, name, name_key, region) "
                "SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:names AS text[]), CAST(:keys AS text[]), "
                "CAST(:regions AS text[])) ON CONFLICT (name_key, region) DO NOTHING"
            ),
            parameters,
        )
        return self._read(parameters)

    def _read(self, parameters: dict[str, list[str]]) -> dict[tuple[str, str], Institution]:
        rows = self._db.execute(
            sa.text(
                "SELECT i.name_key, i.region AS place, i.id::text, i.name, NULLIF(i.region, '') AS region "
                "FROM unnest(CAST(:keys AS text[]), CAST(:regions AS text[])) AS w(k, r) "
                "JOIN institution i ON i.name_key = w.k AND i.region = w.r ORDER BY i.id FOR KEY SHARE OF i"
            ),
            {"keys": parameters["keys"], "regions": parameters["regions"]},
        )
        return {(row.name_key, row.place): Institution(row.id, row.name, row.region) for row in rows}

    def drop_unused(self, wanted: Iterable[str]) -> None:
        """Delete those of these institutions that nobody names any more: a practice can be called after its owner."""
        own = sorted({i for i in wanted if ids.valid(i)})
        if not own:
            return
        # Whoever names one at the same time holds its lock, and has committed when this goes on.
        self._db.execute(
            sa.text("SELECT FROM institution WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY id FOR UPDATE"), {"ids": own}
        )
        self._db.execute(
            sa.text(
                "DELETE FROM institution i WHERE i.id = ANY(CAST(:ids AS uuid[])) AND NOT EXISTS (SELECT FROM person p "
                "WHERE p.institutions @> jsonb_build_array(jsonb_build_object('id', CAST(i.id AS text)))) "
                "AND NOT EXISTS (SELECT FROM credential c WHERE c.institution_id = i.id)"
            ),
            {"ids": own},
        )

    def search(
        self,
        *,
        text: str | None,
        regions: list[str] | None,
        first: int,
        after: Place | None = None,
        before: Place | None = None,
        backward: bool = False,
    ) -> list[Institution]:
        """Institutions whose name, or a word of it, begins with the text; by name.

        Args:
            first: how many at most.
            after, before: only those behind a place, and in front of one.
            backward: whether those nearest to the end are meant; they come in the order of names all the same.
        """
        wanted = fold(text or "").replace("\\", "").replace("%", "").replace("_", "")
        conditions = ["TRUE"]
        parameters: dict[str, object] = {"first": first}
        for place, sign in ((after, ">"), (before, "<")):
            if place is not None:
                name = "after" if sign == ">" else "before"
                conditions.append(f"(name_key, id) {sign} (:{name}_key, CAST(:{name}_id AS uuid))")
                parameters |= {f"{name}_key": place[0], f"{name}_id": place[1]}
        if wanted:
            conditions.append("(name_key LIKE :start OR name_key LIKE :word)")
            parameters |= {"start": f"{wanted}%", "word": f"% {wanted}%"}
        if regions is not None:
            conditions.append("region = ANY(:regions)")
            parameters["regions"] = regions
        order = "name_key DESC, id DESC" if backward else "name_key, id"
        rows = self._db.execute(
            sa.text(
                "SELECT id::text, name, NULLIF(region, '') AS region, name_key FROM institution "
                f"WHERE {' AND '.join(conditions)} ORDER BY {order} LIMIT :first"
            ),
            parameters,
        )
        found = [Institution(*row) for row in rows]
        return found[::-1] if backward else found
