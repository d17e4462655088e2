"""The schema of PostgreSQL is the declared one, and the version that serves goes on while a newer one changes it."""

from __future__ import annotations

import sqlalchemy as sa

from tests.support.schemas import POSTGRESQL, declared, postgresql_schema


def test_the_schema_after_all_migrations_is_the_declared_one(database: sa.Engine) -> None:
    """`make engine-schemas` writes it, so that whoever reads a change sees what becomes of the schema."""
    with database.connect() as connection:
        found = postgresql_schema(connection)
    assert found == declared(POSTGRESQL, found)


def test_a_schema_that_drifts_would_be_found(database: sa.Engine) -> None:
    """Each kind of thing has its lines: types, nullability, defaults, constraints, indexes, triggers, views and functions."""
    changes = {
        "ALTER TABLE person ALTER COLUMN version TYPE bigint": "column version bigint NOT NULL DEFAULT 1",
        "ALTER TABLE person ALTER COLUMN handle DROP NOT NULL": "column handle text",
        "ALTER TABLE person ALTER COLUMN claimed SET DEFAULT true": "column claimed boolean NOT NULL DEFAULT true",
        "ALTER TABLE person ADD CHECK (version > 0) NOT VALID": "constraint person_version_check CHECK ((version > 0)) NOT VALID",
        "CREATE UNIQUE INDEX extra ON person (name) WHERE hidden": "index extra UNIQUE USING btree (name) WHERE hidden",
        "CREATE TRIGGER extra AFTER DELETE ON person EXECUTE FUNCTION mail_wake()":
            "trigger extra AFTER DELETE ON public.person FOR EACH STATEMENT EXECUTE FUNCTION mail_wake()",
        "CREATE SEQUENCE extra_position": "sequence extra_position bigint START 1 INCREMENT 1",
        "CREATE VIEW extra AS SELECT 1 AS one": "view extra",
        "CREATE FUNCTION extra() RETURNS int LANGUAGE sql AS 'SELECT 1'": "function extra",
        "CREATE TABLE extra (one text)": "table extra",
    }  # fmt: skip
    for change, line in changes.items():
        with database.connect() as connection:
            before = postgresql_schema(connection).splitlines()
            connection.execute(sa.text(change))
            found = [one.strip() for one in postgresql_schema(connection).splitlines() if one not in before]
            connection.rollback()
        assert found[:1] == [line], change
