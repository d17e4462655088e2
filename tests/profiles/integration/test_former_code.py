"""The code of the former release goes on beside the schema of the next one: it inserts as before, into what it knows."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy as sa

from profiles import db
from tests.support.engines import Engines
from tests.support.migrations import BASELINE, database_at, later_migration, migrations, newest_revision

# What a column must hold, where its type and constraints do not say.
VALUES: dict[str, Any] = {
    "credential.kind": "LICENCE", "credential.status": "ATTESTED", "credential.standing": "GOOD",
    "credential.previous_standing": "GOOD", "credential.method": "DOCUMENT", "credential.other_name": None,
    "credential_event.from_status": "ATTESTED", "credential_event.to_status": "VALIDATED",
    "credential_check.outcome": "PASS", "register_entry.standing": "GOOD",
    "register_entry.practice": "RETIRED", "register_snapshot.phase": "ACTIVE",
    "person.practice_status": "PRACTISING", "hiding_request.outcome": "HIDDEN",
    "past_decision.kind": "LICENCE", "past_decision.outcome": "VALIDATED",
    "proof.level": "IDENTITY", "role_grant.role": "MEMBER",
    "role_grant.given_by_rule": "ONE_ADMIN", "failed_item.kind": "JOB", "account_role.role": "MEMBER", "projection.stage": "PEOPLE",
    "second_factor_reset.approved_by": None, "suspension.suspended_by": None, "suspension.confirmed_by": None,
    "suspension.appeal_outcome": "LIFTED",
}  # fmt: skip
SAMPLES = {
    "uuid": "00000000-0000-0000-0000-000000000001", "text": "x", "bytea": b"\x01x", "jsonb": "[]", "boolean": True, "date": "2026-01-01",
    "timestamp with time zone": "2026-01-01T00:00:00Z", "smallint": 1, "integer": 1, "bigint": 1,
}  # fmt: skip
COLUMNS = """
    SELECT c.table_name, c.column_name, format_type(a.atttypid, a.atttypmod) AS type, c.is_nullable = 'YES' AS nullable,
        c.column_default IS NOT NULL AS filled
    FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
    JOIN pg_attribute a ON a.attrelid = to_regclass(c.table_name) AND a.attname = c.column_name
    WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.is_generated = 'NEVER' AND c.is_identity = 'NO'
        AND c.table_name <> 'alembic_version' ORDER BY c.table_name, c.ordinal_position
"""
UNIQUE = """
    SELECT indrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indisunique AND indrelid::regclass::text = ANY(:tables) ORDER BY 1, 2
"""
NEWEST = newest_revision()


@dataclass(frozen=True)
class Known:
    """What code that was written for a schema names when it inserts.

    Args:
        columns: of each table, in an order in which tables come after those that they refer to.
        targets: what it can write after ON CONFLICT.
    """

    columns: dict[str, list[sa.Row[Any]]]
    targets: dict[str, set[str]]

    def still_in(self, later: Known) -> Known:
        """What of it a contract leaves, as the release before the contract knows it: it fills what may not be empty any more."""
        names = {table: {column.column_name for column in columns} for table, columns in self.columns.items()}
        return Known(
            {
                table: [column for column in columns if column.column_name in names[table]]
                for table, columns in later.columns.items()
                if table in names
            },
            {table: targets & later.targets.get(table, set()) for table, targets in self.targets.items()},
        )


def known(database: sa.Engine) -> Known:
    """What code of this schema knows."""
    columns: dict[str, list[sa.Row[Any]]] = {}
    targets: dict[str, set[str]] = {}
    with database.connect() as connection:
        found = list(connection.execute(sa.text(COLUMNS)))
        for table, _keys in sa.inspect(connection).get_sorted_table_and_fkc_names():
            if rows := [row for row in found if row.table_name == table]:
                columns[str(table)] = rows
        for table, definition in connection.execute(sa.text(UNIQUE), {"tables": list(columns)}):
            target = re.search(r" USING btree (\(.*?\))(?: NULLS NOT DISTINCT)?( WHERE .*)?$", definition)
            assert target is not None, definition
            targets.setdefault(table, set()).add(target[1] + (target[2] or ""))
    return Known(columns, targets)


def value(table: str, column: sa.Row[Any]) -> Any:
    """A value that a column takes."""
    if (own := VALUES.get(f"{table}.{column.column_name}", "")) != "":
        return own
    return [SAMPLES[column.type[:-2]]] if column.type.endswith("[]") else SAMPLES[column.type]


def insert(connection: sa.Connection, table: str, columns: list[sa.Row[Any]], target: str) -> None:
    """Insert a row that names these columns and no others, unless it is there."""
    names = ", ".join(f'"{column.column_name}"' for column in columns)
    values = ", ".join(f"CAST(:{column.column_name} AS {column.type})" for column in columns)
    connection.execute(
        sa.text(f'INSERT INTO "{table}" ({names}) VALUES ({values}) ON CONFLICT {target} DO NOTHING'),
        {column.column_name: value(table, column) for column in columns},
    )


def insert_all(database: sa.Engine, code: Known) -> None:
    """Insert into each table what it needs and all that the code knows, and with each conflict that it names.

    Raises:
        DBAPIError: the schema does not take it.
    """
    with database.connect() as connection:
        for table, columns in code.columns.items():
            needed = [column for column in columns if not (column.nullable or column.filled)]
            forms = [(needed or columns, ""), *((columns, target) for target in sorted(code.targets.get(table, ())))]
            for named, target in forms:
                with connection.begin_nested() as alone:
                    insert(connection, table, named, target)
                    alone.rollback()
            insert(connection, table, columns, "")  # other tables refer to this row
        connection.rollback()


def migrate_under(database: sa.Engine, modules: list[ModuleType]) -> None:
    """Apply migrations one by one, and insert after each what code of the schema before it inserts.

    Raises:
        DBAPIError: a migration keeps that code from inserting.
    """
    code = known(database)
    insert_all(database, code)
    for module in modules:
        db.migrate(database.url.render_as_string(hide_password=False), revision=module.revision)
        following = known(database)
        insert_all(database, code.still_in(following) if hasattr(module, "contract_after") else code)
        code = following


def test_the_former_code_inserts_into_the_schema_that_each_migration_makes(engines: Engines) -> None:
    """Into every table, with every column that it knows and with as few as it can."""
    with database_at(engines, BASELINE) as database:
        assert len(known(database).columns) > 50
        migrate_under(database, [module for module in migrations() if module.revision > BASELINE])


CONTRACT = 'contract_after = "0.1.0"'
REFUSED = (
    ("ALTER TABLE person ADD COLUMN pronouns text NOT NULL", 'null value in column "pronouns" of relation "person"'),
    ("ALTER TABLE person ALTER COLUMN headline SET NOT NULL", 'null value in column "headline" of relation "person"'),
    ("ALTER TABLE person ALTER COLUMN specialties DROP DEFAULT", 'null value in column "specialties" of relation'),
    ("ALTER TABLE person RENAME about TO motto", 'column "about" of relation "person" does not exist'),
    ("DROP TABLE attempt", 'relation "attempt" does not exist'),
    ("ALTER TABLE person ADD CHECK (headline <> name)", 'violates check constraint "person_check"'),
    (
        "ALTER TABLE institution DROP CONSTRAINT institution_name_key_region_key",
        "matching the ON CONFLICT specification",
    ),
    ("DROP INDEX account_address", "matching the ON CONFLICT specification"),
)
SURVIVED = (
    ("ALTER TABLE person ADD COLUMN pronouns text NOT NULL DEFAULT ''", ""),
    ("DROP TABLE attempt", CONTRACT),
    ("DROP INDEX account_address", CONTRACT),
    ("ALTER TABLE person DROP COLUMN about, ALTER COLUMN headline SET NOT NULL", CONTRACT),
)


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], ModuleType]:
    """Makes a migration that only this test knows, after all others."""
    folders = [*db.migration_folders(), tmp_path]
    monkeypatch.setattr(db, "migration_folders", lambda: folders)

    def make(change: str, head: str) -> ModuleType:
        return later_migration(tmp_path, f"op.execute({change!r})", after=NEWEST, head=head)

    return make


@pytest.mark.parametrize(("change", "refusal"), REFUSED)
def test_a_migration_that_the_former_code_does_not_survive_would_be_found(
    engines: Engines, later: Callable[[str, str], ModuleType], change: str, refusal: str
) -> None:
    """Whatever keeps it from inserting."""
    with database_at(engines, NEWEST) as database, pytest.raises(sa.exc.DBAPIError, match=refusal):
        migrate_under(database, [later(change, "")])


@pytest.mark.parametrize(("change", "head"), SURVIVED)
def test_a_migration_that_the_former_code_survives_is_accepted(
    engines: Engines, later: Callable[[str, str], ModuleType], change: str, head: str
) -> None:
    """A contract follows code that has stopped using what it takes away, and fills what may not be empty any more."""
    with database_at(engines, NEWEST) as database:
        migrate_under(database, [later(change, head)])
