"""Importing people in batches, on the real PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

from profiles.imports.usecases import ImportStores, Outcome, import_people
from tests.support.desk import unit

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


def run(database: sa.Engine, source: str, rows: list[dict[str, object]]) -> Outcome:
    """One batch in a transaction."""
    with unit(database) as work:
        stores = ImportStores(work.imports, work.people, work.institutions, work.accounts, work.outbox, work.audit)
        return import_people(stores, (), source=source, rows=rows, now=NOW)


def count(database: sa.Engine, table: str) -> int:
    """How many rows a table has."""
    with database.connect() as connection:
        return int(connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one())


def test_repeating_a_batch_changes_nothing(database: sa.Engine) -> None:
    """The second time every row is unchanged, and the graph is told nothing."""
    rows: list[dict[str, object]] = [
        {"ref": str(n), "name": f"Person {n}", "regions": ["US-NY"], "institution": "Same Place"} for n in range(50)
    ]
    first = run(database, "a", rows)
    people, outbox, places = (count(database, t) for t in ("person", "outbox", "institution"))
    second = run(database, "a", rows)

    assert (first.stored, second.stored, second.unchanged) == (50, 0, 50)
    assert first.ids == second.ids
    assert (count(database, "person"), count(database, "outbox")) == (people, outbox)
    assert places == 1


def test_a_bad_row_does_not_stop_the_others(database: sa.Engine) -> None:
    """It is named with its reason, and not stored."""
    outcome = run(
        database,
        "b",
        [
            {"ref": "good", "name": "Good One"},
            {"ref": "bad", "name": "Bad One", "specialties": ["astrology"]},
            {"ref": "twin", "name": "Twin", "email": "twin@x.example"},
            {"ref": "copy", "name": "Copy", "email": "Twin@x.example"},
        ],
    )
    assert outcome.stored == 2
    assert {r["ref"]: r["reason"] for r in outcome.rejected} == {
        "bad": "'astrology' is no specialty; search `specialties` for its code.",
        "copy": "this e-mail address has an account already",
    }


def test_a_changed_row_is_stored_with_the_next_version(database: sa.Engine) -> None:
    """The graph takes it because it is newer."""
    run(database, "c", [{"ref": "x", "name": "Old Name"}])
    outcome = run(database, "c", [{"ref": "x", "name": "New Name"}])
    with unit(database) as work:
        person = work.people.get(outcome.ids["x"])
    assert person is not None
    assert (person.name, person.version) == ("New Name", 2)
