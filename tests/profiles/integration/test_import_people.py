"""Importing people in batches, on the real PostgreSQL."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from kit.ids import imported
from profiles.imports.domain import Outcome
from profiles.imports.usecases import NoMail, add_demo_credentials, follow_import, import_people
from tests.support.desk import NUMBERS, a_person, confirm, get, revoke, unit, validated

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


def entry(number: str, name: str, day: str) -> dict[str, object]:
    """A row of the US registry that was changed last on a day."""
    return {
        "ref": number, "name": name, "claimed": False, "profession": "2212", "regions": ["US-NY"],
        "provenance": [{"field": "name", "source": "NPPES", "as_of": day}],
    }  # fmt: skip


def bring(database: sa.Engine, row: dict[str, object], file: date | None = None) -> Outcome:
    """One row of the US registry's file of a day, with what follows from it."""
    with unit(database) as work:
        outcome = import_people(work, (), source="nppes", rows=[row], now=NOW, as_of=file)
    with unit(database) as work:
        follow_import(work, source="nppes", outcome=outcome, now=NOW)
    return outcome


def listed(database: sa.Engine, number: str) -> tuple[str, str | None, bool]:
    """Name and practice status of the directory profile of a number, and whether it is hidden."""
    with unit(database) as work:
        person = work.people.get(imported("nppes", "person", number))
    return person.name, person.practice_status, person.hidden


def test_an_older_row_changes_nothing(database: sa.Engine) -> None:
    """Whether the row is older, or the file; equal days are taken, because a register corrects itself within a day."""
    number = "1003000126"
    bring(database, entry(number, "New Name", "2024-03-09"), date(2026, 11, 8))
    older_row = bring(database, entry(number, "Old Name", "2010-01-01"))
    older_file = bring(database, entry(number, "Other Name", "2024-03-09"), date(2026, 10, 8))
    assert [(one.stored, one.unchanged, one.older) for one in (older_row, older_file)] == [(0, 1, 1)] * 2
    assert listed(database, number)[0] == "New Name"
    same_day = bring(database, entry(number, "Newer Name", "2024-03-09"), date(2026, 11, 8))
    assert (same_day.stored, listed(database, number)[0]) == (1, "Newer Name")


def test_the_copy_of_a_register_is_of_the_day_of_its_file(database: sa.Engine) -> None:
    """Also where the row was changed last long before, and where a later file says the same."""
    number = "1003000134"
    row = entry(number, "Ada Unchanged", "2015-01-01")
    bring(database, row)
    with unit(database) as work:
        assert work.directory.look_up("us-npi", number)[0] == date(2015, 1, 1)
    for day in (date(2026, 11, 8), date(2026, 11, 15)):
        assert bring(database, row, day).stored == 0
        with unit(database) as work:
            as_of, found = work.directory.look_up("us-npi", number)
        assert (as_of, found.standing) == (day, "GOOD")


def test_a_number_that_is_not_in_use_any_more_is_not_practising_and_lapsed(database: sa.Engine) -> None:
    """Until a later file has it again; of a number that is not here nothing is stored."""
    number = "1003000142"
    gone: dict[str, object] = {"ref": number, "deactivated_on": "2026-11-01"}
    assert bring(database, gone, date(2026, 11, 8)).skipped == 1
    bring(database, entry(number, "Ada Ended", "2026-11-03"), date(2026, 11, 5))  # changed after what ended it
    ended = bring(database, gone, date(2026, 11, 8))
    assert (ended.deactivated, listed(database, number)) == ([number], ("Ada Ended", "NOT_PRACTISING", False))
    with unit(database) as work:
        assert work.directory.look_up("us-npi", number)[1].standing == "LAPSED"
        sent = work.connection.execute(
            sa.text("SELECT payload ->> 'practice_status' FROM outbox WHERE aggregateid = :p ORDER BY position DESC LIMIT 1"),
            {"p": imported("nppes", "person", number)},
        ).scalar_one()  # fmt: skip
    assert sent == "NOT_PRACTISING"
    again = bring(database, gone, date(2026, 11, 15))
    assert (again.deactivated, again.unchanged) == ([], 1)
    older = bring(database, entry(number, "Ada Ended", "2026-11-03"), date(2026, 11, 5))
    assert (older.older, listed(database, number)[1]) == (1, "NOT_PRACTISING")
    bring(database, entry(number, "Ada Ended", "2026-11-20"), date(2026, 11, 22))
    assert listed(database, number)[1] is None
    with unit(database) as work:
        assert work.directory.look_up("us-npi", number)[1].standing == "GOOD"


def test_a_validated_number_that_is_not_in_use_any_more_opens_its_case(database: sa.Engine) -> None:
    """It does not count until a verifier has looked at it again."""
    number, vera = "1003000159", a_person(database, "Vera", roles=("VERIFIER",))
    bring(database, entry(number, "Ada Closed", "2026-11-01"), date(2026, 11, 8))
    person = a_person(database, "Ada Closed")
    case = validated(database, person, vera, kind="IDENTIFIER", authority="us-npi", number=number, jurisdiction="US")
    bring(database, {"ref": number, "deactivated_on": "2026-11-10"}, date(2026, 11, 15))
    assert (get(database, case.id).status, get(database, case.id).standing) == ("REQ_REVALID", "LAPSED")


@pytest.mark.parametrize("first", ["import", "credential"])
def test_nobody_stands_beside_their_own_directory_profile(database: sa.Engine, first: str) -> None:
    """A number that is validated without a claim takes the profile over, also one that comes later; when it ends, it goes back."""
    number = {"import": "1003000167", "credential": "1003000175"}[first]
    vera, vito = (a_person(database, name, roles=("VERIFIER",)) for name in ("Vera", "Vito"))
    person = a_person(database, "Jane Doe")
    row = entry(number, "Jane Doe", "2026-11-01")
    if first == "import":
        bring(database, row, date(2026, 11, 8))
        assert listed(database, number)[2] is False
    case = validated(database, person, vera, kind="IDENTIFIER", authority="us-npi", number=number, jurisdiction="US")
    if first == "credential":
        bring(database, row, date(2026, 11, 8))
    assert listed(database, number)[2] is True
    with unit(database) as work:
        mine = work.people.get(person)
    assert (mine.profession, mine.regions) == ("2212", ["DE"])  # what they have not said themselves
    revoke(database, case.id, vera)
    confirm(database, case.id, vito, agree=True)
    assert listed(database, number)[2] is False
