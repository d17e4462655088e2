"""Importing people in batches, on the real PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

from profiles.imports.usecases import NoMail, Outcome, add_demo_credentials, import_people
from tests.support.desk import NUMBERS, a_person, unit

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


def run(database: sa.Engine, source: str, rows: list[dict[str, object]]) -> Outcome:
    """One batch in a transaction."""
    with unit(database) as work:
        return import_people(work, (), source=source, rows=rows, now=NOW)


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


def test_loading_the_demo_credentials_again_changes_nothing(database: sa.Engine) -> None:
    """As after Neo4j alone lost the demo network: what people have stays as it is, what they lack is added."""
    people = [a_person(database, f"Demo {number}") for number in range(3)]
    vera, vito = (a_person(database, name, roles=("VERIFIER",)) for name in ("Vera", "Vito"))
    rows = [
        {"person_id": person, "kind": "LICENCE", "authority": "de-baek", "number": next(NUMBERS), "jurisdiction": "DE",
         "specialty": "cardiology", "issued_on": "2015-06-01", "status": status, "standing": "GOOD"}
        for person, status in zip(people, ("VALIDATED", "REVAL_FAIL", "ENTERED_IN_ERROR"), strict=True)
    ]  # fmt: skip
    rows += [
        {"person_id": person, "kind": "IDENTITY", "jurisdiction": "DE", "status": "VALIDATED"} for person in people
    ]

    def load(some: list[dict[str, object]]) -> int:
        with unit(database) as work:
            work.mail = NoMail(work.connection)
            return add_demo_credentials(work, rows=some, verifier=vera, second_verifier=vito, now=NOW)

    def stored() -> list[tuple[str, str, int]]:
        with database.connect() as connection:
            return [
                tuple(row)
                for row in connection.execute(sa.text("SELECT id::text, status, version FROM credential ORDER BY id"))
            ]

    assert load(rows[:4]) == 4
    assert load(rows) == 2
    before = stored()
    assert sorted(status for _, status, _ in before) == sorted(
        ["VALIDATED", "REVAL_FAIL", "ENTERED_IN_ERROR", "VALIDATED", "VALIDATED", "VALIDATED"]
    )
    assert load(rows) == 0
    assert stored() == before
