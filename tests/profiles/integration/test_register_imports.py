"""Imports of registers that stop and ask, and the way back from them, on the real PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from kit.clock import new_id
from kit.delimited import Refusal
from kit.errors import Conflict, Invalid, NotFound
from profiles.desk import usecases as desk
from profiles.registers import ending
from profiles.registers import usecases as registers
from profiles.registers.domain import MAX_FORMER, MAX_NOTES, Snapshot, Threshold
from profiles.registers.sanctions import import_sanctions
from tests.profiles.integration.test_registers import begun, bring, outcome
from tests.support.desk import NOW, a_person, decide, get, mails, unit, validated
from tests.support.races import at_once, tally

PLACE = {"authority": "no-hpr", "jurisdiction": "NO", "specialty": None}


def numbered(n: int) -> str:
    """A number with the form of the register's."""
    return f"{9_100_000 + n}"


def doctors(database: sa.Engine, most: int, *, first: int = 0, **place: Any) -> list[tuple[str, str]]:
    """Validated doctors of one register, as (person, credential)."""
    vera = a_person(database, "Vera", roles=("VERIFIER",))
    people = [a_person(database, f"Kari Nordmann {chr(65 + n)}berg") for n in range(most)]
    return [
        (person, validated(database, person, vera, number=numbered(first + n), **PLACE | place).id)
        for n, person in enumerate(people)
    ]


def rows_of(ns: Sequence[int], *, first: int = 0) -> list[dict[str, Any]]:
    """Rows of a register in which they are in good standing."""
    return [
        {"line": line, "number": numbered(first + n), "name": f"Kari Nordmann {chr(65 + n)}berg"}
        for line, n in enumerate(ns, start=2)
    ]


def statuses(database: sa.Engine, cases: Sequence[tuple[str, str]]) -> list[str]:
    """Of credentials."""
    return [get(database, own).status for _, own in cases]


def undo(database: sa.Engine, authority: str) -> int:
    """Go back, and close all cases; returns how many."""
    with unit(database) as work:
        undone, _ = ending.undo_import(work, authority=authority, actor="service:operator", now=NOW)
    more = True
    while more:
        with unit(database) as work:
            restored, more = ending.restore_next(work, snapshot_id=undone.id, now=NOW)
    return restored


def active(database: sa.Engine, authority: str = "no-hpr") -> Snapshot | None:
    """The copy that counts."""
    with unit(database) as work:
        return work.registers.active(authority)


@pytest.fixture
def empty(database: sa.Engine) -> sa.Engine:
    """No copies and no credentials of others."""
    with database.begin() as connection:
        connection.execute(sa.text("DELETE FROM register_snapshot"))
        connection.execute(sa.text("DELETE FROM credential"))
    return database


def test_an_import_that_would_open_most_cases_stops_and_changes_nothing(empty: sa.Engine) -> None:
    """A file of two rows strips nobody; who confirms the right number gets it."""
    cases = doctors(empty, 14)
    assert bring(empty, "no-hpr", rows_of(range(14))) == 0
    before, messages = active(empty), [mails(empty, person) for person, _ in cases]
    short = begun(empty, "no-hpr", rows_of([0, 1]))
    with unit(empty) as work:
        preview = registers.preview_snapshot(work, snapshot_id=short, now=NOW)
    assert (preview.validated, preview.would_open, preview.would_stop, preview.entries, preview.before) == (
        14,
        12,
        12,
        2,
        14,
    )
    for expected, reason in ((None, "12 of 14 validated"), (14, "12 of 14 validated credentials, and not 14")):
        with pytest.raises(Conflict, match=reason), unit(empty) as work:
            registers.activate_snapshot(work, snapshot_id=short, actor="x", now=NOW, expected=expected)
    assert active(empty) == before
    assert statuses(empty, cases) == ["VALIDATED"] * 14
    assert [mails(empty, person) for person, _ in cases] == messages
    assert bring(empty, "no-hpr", rows_of([0, 1]), expected=12) == 12
    assert statuses(empty, cases) == ["VALIDATED"] * 2 + ["REQ_REVALID"] * 12


def practice(database: sa.Engine, person: str) -> str | None:
    """The practice status of somebody."""
    with unit(database) as work:
        found = work.people.get(person)
    assert found is not None
    return found.practice_status


def test_who_a_register_says_has_retired_or_died_is_listed_no_longer(empty: sa.Engine) -> None:
    """Where it has their name; who has another licence may practise there. Undone, they have the status of before."""
    dead, retired, elsewhere, other = (person for person, _ in doctors(empty, 4))
    vera = a_person(empty, "Vera", roles=("VERIFIER",))
    validated(empty, elsewhere, vera, number="7000001", authority="gb-gmc", jurisdiction="GB")
    bring(empty, "no-hpr", rows_of(range(4)))
    rows = [row | {"standing": standing} for row, standing in zip(
        rows_of(range(4)), ("Deceased", "retired", "Retired", "deceased"), strict=True
    )]  # fmt: skip
    rows[3]["name"] = "Ola Nordmann"
    assert bring(empty, "no-hpr", rows) == 4
    people = (dead, retired, elsewhere, other)
    assert [practice(empty, person) for person in people] == ["DECEASED", "RETIRED", None, None]
    assert undo(empty, "no-hpr") == 5  # the licence elsewhere too, because the other one was lost
    assert [practice(empty, person) for person in people] == [None] * 4


def test_few_cases_need_no_confirmation_and_a_copy_of_half_the_length_does(empty: sa.Engine) -> None:
    """Whatever the share, fewer than five are few; a truncated file is seen where nobody is validated too."""
    cases = doctors(empty, 4)
    assert bring(empty, "no-hpr", rows_of(range(20, 24))) == 4
    assert statuses(empty, cases) == ["REQ_REVALID"] * 4
    bring(empty, "no-hpr", rows_of(range(20, 40)))
    short = begun(empty, "no-hpr", rows_of(range(20, 29)))
    with pytest.raises(Conflict, match="more than 50 % shorter"), unit(empty) as work:
        registers.activate_snapshot(work, snapshot_id=short, actor="x", now=NOW)
    with unit(empty) as work:
        registers.activate_snapshot(work, snapshot_id=short, actor="x", now=NOW, expected=0)
    bring(empty, "no-hpr", rows_of(range(20, 25)))  # not less than half
    with pytest.raises(Conflict, match="No row"), unit(empty) as work:
        registers.activate_snapshot(work, snapshot_id=begun(empty, "no-hpr", []), actor="x", now=NOW, expected=0)


def test_the_threshold_is_the_operators(empty: sa.Engine) -> None:
    """At a share of 90 % an import of 12 of 14 passes."""
    doctors(empty, 14)
    copy = begun(empty, "no-hpr", rows_of([0, 1]))
    with unit(empty) as work:
        _, preview = registers.activate_snapshot(
            work, snapshot_id=copy, actor="x", now=NOW, threshold=Threshold(90, 5, 50)
        )
    assert preview.would_open == 12


def test_imports_at_once_do_not_slip_past_the_threshold(empty: sa.Engine) -> None:
    """Each is measured against what counts when it is its turn; of many confirmed ones the first makes the others wait."""
    cases = doctors(empty, 14)
    bring(empty, "no-hpr", rows_of(range(14)))
    before = active(empty)

    def bad(_: int) -> Any:
        snapshot = new_id()
        with unit(empty) as work:
            registers.begin_snapshot(
                work.registers, snapshot_id=snapshot, authority="no-hpr", as_of=NOW.date(), now=NOW
            )
            registers.add_entries(work.registers, snapshot_id=snapshot, rows=rows_of([0, 1]))
        with unit(empty) as work:
            return registers.activate_snapshot(work, snapshot_id=snapshot, actor="x", now=NOW)

    assert tally(at_once(8, bad)) == {"Conflict": 8}
    assert active(empty) == before
    assert statuses(empty, cases) == ["VALIDATED"] * 14
    copy = begun(empty, "no-hpr", rows_of([0, 1]))

    def confirmed(_: int) -> Any:
        with unit(empty) as work:
            return registers.activate_snapshot(work, snapshot_id=copy, actor="x", now=NOW, expected=12)

    assert tally(at_once(8, confirmed)) == {"done": 1, "Conflict": 7}


def test_an_undo_puts_everything_back_and_tells_who_was_told(empty: sa.Engine) -> None:
    """The former copy counts, the cases are closed, the licences count, and what verifiers decided meanwhile stays."""
    cases = doctors(empty, 8)
    vera = a_person(empty, "Vera", roles=("VERIFIER",))
    abroad = validated(empty, cases[0][0], vera, authority="dk-stps", jurisdiction="DK", number="ABCD1", specialty=None)
    bring(empty, "no-hpr", rows_of(range(8)))
    before = active(empty)
    assert bring(empty, "no-hpr", rows_of([7]), expected=7) == 7
    assert get(empty, abroad.id).review_reason == "LOST_ELSEWHERE"
    decide(empty, cases[1][1], vera, "REJECT")
    with unit(empty) as work:
        desk.take_case(work, credential_id=cases[2][1], verifier=vera, now=NOW)
    assert undo(empty, "no-hpr") == 7  # six licences, and the one abroad
    assert statuses(empty, cases) == ["VALIDATED", "REVAL_FAIL", *["VALIDATED"] * 6]
    found = get(empty, cases[2][1])
    assert (found.standing, found.desk_since, found.review_reason, found.taken_by) == ("GOOD", None, None, None)
    assert outcome(empty, found.id)["REGISTER_MATCH"] == "PASS"
    back = get(empty, abroad.id)
    assert (back.status, back.desk_since, back.review_reason) == ("VALIDATED", None, None)
    assert mails(empty, cases[2][0])[-2:] == ["credential-questioned", "credential-restored"]
    assert "credential-restored" not in mails(empty, cases[7][0])
    assert "credential-restored" not in mails(empty, cases[1][0])
    after = active(empty)
    assert before is not None
    assert after is not None
    assert after.id == before.id
    with unit(empty) as work:
        page = work.audit.page(object="authority:no-hpr", actor=None, before=None, first=1)
    assert (page[0].action, page[0].reason) == ("register.undo", f"back to the copy of {NOW.date()}")
    with pytest.raises(Conflict), unit(empty) as work:
        ending.undo_import(work, authority="no-hpr", actor="x", now=NOW, snapshot_id=new_id())


def test_the_first_copy_of_a_register_can_be_undone(empty: sa.Engine) -> None:
    """There is none afterwards, and a second undo finds nothing."""
    cases = doctors(empty, 6)
    bring(empty, "no-hpr", rows_of([0, 1]), expected=4)
    assert undo(empty, "no-hpr") == 4
    assert statuses(empty, cases) == ["VALIDATED"] * 6
    assert active(empty) is None
    with pytest.raises(NotFound):
        undo(empty, "no-hpr")


def test_so_many_former_copies_are_kept(empty: sa.Engine) -> None:
    """An undo goes back one at a time, and says when there is no more to go back to."""
    for n in range(MAX_FORMER + 2):
        bring(empty, "no-hpr", rows_of([n, n + 1]))
    for _ in range(MAX_FORMER):
        undo(empty, "no-hpr")
    with pytest.raises(Conflict, match="not kept"):
        undo(empty, "no-hpr")
    with unit(empty) as work:
        found = work.registers.entries_of(work.registers.active("no-hpr"), [numbered(1), numbered(2), numbered(3)])
    assert set(found) == {numbered(1), numbered(2)}


def test_what_the_former_copy_contradicts_stays_on_the_desk(empty: sa.Engine) -> None:
    """A case is closed only where the licence counts by what counts now."""
    (_, own), *_ = doctors(empty, 1)
    bring(empty, "no-hpr", [{"number": numbered(0), "name": "Kari Nordmann Aberg"}])
    bring(empty, "no-hpr", rows_of([5]))
    with unit(empty) as work:
        work.connection.execute(sa.text("UPDATE register_entry SET standing = 'SUSPENDED'"))
    assert undo(empty, "no-hpr") == 0
    assert get(empty, own).status == "REQ_REVALID"


def test_many_undo_at_once_and_the_copy_is_undone_once(empty: sa.Engine) -> None:
    """The others see that another copy counts by now."""
    for n in (0, 1, 2):
        bring(empty, "no-hpr", rows_of([n]))
    last = active(empty)
    assert last is not None

    def one(_: int) -> Any:
        with unit(empty) as work:
            return ending.undo_import(work, authority="no-hpr", actor="x", now=NOW, snapshot_id=last.id)

    assert tally(at_once(8, one)) == {"done": 1, "Conflict": 7}


def test_each_case_is_opened_and_closed_once_by_many(empty: sa.Engine) -> None:
    """The operator's tool and several workers go on with one import, and none is lost that was ended in the middle."""
    cases = doctors(empty, 6)
    copy = begun(empty, "no-hpr", rows_of([9]))
    with unit(empty) as work:
        registers.activate_snapshot(work, snapshot_id=copy, actor="x", now=NOW, expected=6)

    def go_on(n: int) -> Any:
        with unit(empty) as work:
            return (
                registers.recheck_next(work, snapshot_id=copy, now=NOW)
                if n % 2
                else ending.work_on_imports(work, now=NOW)
            )

    assert tally(at_once(8, go_on)) == {"done": 8}
    with unit(empty) as work:
        found = work.registers.get(copy)
        assert (found.checked, found.opened, found.rechecked_at) == (6, 6, NOW)
        assert not ending.work_on_imports(work, now=NOW)
        ending.undo_import(work, authority="no-hpr", actor="x", now=NOW)

    def back(n: int) -> Any:
        with unit(empty) as work:
            return (
                ending.restore_next(work, snapshot_id=copy, now=NOW) if n % 2 else ending.work_on_imports(work, now=NOW)
            )

    assert tally(at_once(8, back)) == {"done": 8}
    assert statuses(empty, cases) == ["VALIDATED"] * 6
    assert [mails(empty, person).count("credential-restored") for person, _ in cases] == [1] * 6
    with unit(empty) as work:
        assert work.registers.get(copy).restored == 6


def test_a_newer_import_ends_one_that_is_not_finished(empty: sa.Engine) -> None:
    """Its entries go, and it says why."""
    first = begun(empty, "no-hpr", rows_of([0]))
    second = begun(empty, "no-hpr", rows_of([1]))
    with pytest.raises(Conflict, match="newer import"), unit(empty) as work:
        registers.add_entries(work.registers, snapshot_id=first, rows=rows_of([1]))
    with unit(empty) as work:
        ending.discard_snapshot(work, snapshot_id=second)
        left = work.connection.execute(sa.text("SELECT count(*) FROM register_entry")).scalar_one()
        assert (left, work.registers.get(second).state) == (0, "DISCARDED")


def days_ago(n: int) -> date:
    """The day of a file."""
    return NOW.date() - timedelta(days=n)


def test_an_older_copy_takes_the_place_of_a_newer_one_only_where_that_is_asked_for(empty: sa.Engine) -> None:
    """It is refused before its rows are read, and again where a newer one counts by then; an undo makes way for it too."""
    first = begun(empty, "no-hpr", rows_of(range(4)), as_of=days_ago(4))
    waiting = begun(empty, "no-hpr", rows_of(range(9)), as_of=days_ago(9))
    with unit(empty) as work:
        registers.activate_snapshot(work, snapshot_id=first, actor="x", now=NOW)
    newer = active(empty)
    said = f"of {days_ago(9)}, and the copy that counts is of {days_ago(4)}. Nothing was changed"
    with pytest.raises(Conflict, match=said) as refused, unit(empty) as work:
        registers.activate_snapshot(work, snapshot_id=waiting, actor="x", now=NOW, expected=0)
    assert refused.value.field == ["asOf"]
    with pytest.raises(Conflict, match=said):
        begun(empty, "no-hpr", rows_of(range(9)), as_of=days_ago(9))
    assert active(empty) == newer
    bring(empty, "no-hpr", rows_of(range(4)), as_of=days_ago(4))  # of the same day
    bring(empty, "no-hpr", rows_of(range(9)), as_of=days_ago(9), replace_newer=True, expected=0)
    with unit(empty) as work:
        counting = work.registers.active("no-hpr")
        assert counting is not None
        assert (counting.as_of, counting.entries) == (days_ago(9), 9)
        entry = work.audit.page(object="authority:no-hpr", actor=None, before=None, first=1)[0]
    assert entry.reason == f"9 entries; 0 cases confirmed; replaces the newer copy of {days_ago(4)}"
    bring(empty, "no-hpr", rows_of(range(4)), expected=0)
    undo(empty, "no-hpr")
    bring(empty, "no-hpr", rows_of(range(9)), as_of=days_ago(9))


def test_the_newest_of_copies_at_once_counts(empty: sa.Engine) -> None:
    """Whoever begins and whoever ends first; an older import ends none that is newer."""

    def one(n: int) -> Any:
        snapshot = begun(empty, "no-hpr", rows_of(range(9 + n)), as_of=days_ago(7 - n))
        with unit(empty) as work:
            registers.preview_snapshot(work, snapshot_id=snapshot, now=NOW)
        with unit(empty) as work:
            return registers.activate_snapshot(work, snapshot_id=snapshot, actor="x", now=NOW, expected=0)

    assert set(tally(at_once(8, one))) <= {"done", "Conflict"}
    found = active(empty)
    assert found is not None
    assert (found.as_of, found.entries) == (days_ago(0), 16)


def test_of_lists_at_once_the_newest_stays(empty: sa.Engine) -> None:
    """An older one takes its place only where that is asked for; a list whose day nobody knows makes way for each."""

    def bring_list(n: int, *, replace_newer: bool = False) -> None:
        with unit(empty) as work:
            import_sanctions(
                work.registers, source="Race", as_of=days_ago(n), rows=[{"name": f"Name {chr(65 + n)}"}], now=NOW,
                replace_newer=replace_newer,
            )  # fmt: skip

    def stored() -> tuple[date, list[str]]:
        with unit(empty) as work:
            names = work.connection.execute(sa.text("SELECT name FROM sanction WHERE source = 'Race'")).scalars().all()
            return work.registers.lock_list("Race"), list(names)

    assert set(tally(at_once(8, lambda n: bring_list(8 - n)))) <= {"done", "Conflict"}
    assert stored() == (days_ago(1), ["Name B"])
    with pytest.raises(Conflict, match=f"This list is of {days_ago(3)}, and the list that counts is of {days_ago(1)}"):
        bring_list(3)
    assert stored() == (days_ago(1), ["Name B"])
    with pytest.raises(Invalid, match="future"):
        bring_list(-1)
    bring_list(3, replace_newer=True)
    assert stored() == (days_ago(3), ["Name D"])
    with unit(empty) as work:
        work.connection.execute(sa.text("UPDATE sanction_list SET as_of = NULL"))
    bring_list(9)
    assert stored() == (days_ago(9), ["Name J"])


def test_an_import_that_is_given_up_by_many_at_once_ends_once(empty: sa.Engine) -> None:
    """And nothing can be added to it or read into it afterwards."""
    copy = begun(empty, "no-hpr", rows_of([0]))

    def one(_: int) -> Any:
        with unit(empty) as work:
            return ending.discard_snapshot(work, snapshot_id=copy)

    assert tally(at_once(8, one)) == {"done": 1, "Conflict": 7}
    with pytest.raises(Conflict), unit(empty) as work:
        registers.fail_import(work.registers, snapshot_id=copy, reason="x")


def test_of_two_rows_with_one_number_the_worse_counts(empty: sa.Engine) -> None:
    """In whichever order and batch they come; each repetition is reported with the line that counts."""
    given = [("GOOD", 2), ("Erased", 3), ("Suspended", 4), ("Active", 9)]
    for order in (given, given[::-1]):
        copy = begun(empty, "no-hpr", [])
        doubtful: list[Refusal] = []
        for standing, line in order:
            row = {"line": line, "number": numbered(0), "name": f"Of line {line}", "standing": standing}
            with unit(empty) as work:
                doubtful += registers.add_entries(work.registers, snapshot_id=copy, rows=[row]).doubtful
        with unit(empty) as work:
            snapshot = work.registers.get(copy)
            entry = work.registers.entries_of(snapshot, [numbered(0)])[numbered(0)]
        assert (entry.standing, entry.name, len(doubtful)) == ("REVOKED", "Of line 3", 3)
    copy = begun(empty, "no-hpr", [
        {"line": line, "number": numbered(0), "name": f"Of line {line}", "standing": standing} for standing, line in given
    ])  # fmt: skip
    with unit(empty) as work:
        found = work.registers.get(copy)
        # The same batch again, as after an outage, counts and reports nothing twice.
        registers.add_entries(work.registers, snapshot_id=copy, rows=[
            {"line": line, "number": numbered(0), "name": f"Of line {line}", "standing": standing} for standing, line in given
        ])  # fmt: skip
        again = work.registers.get(copy)
    assert found == again
    assert [(one["line"], one["reason"]) for one in found.notes] == [
        (3, "line 2 has the same number; line 3 counts, as REVOKED"),
        (4, "line 3 has the same number; line 3 counts, as REVOKED"),
        (9, "line 3 has the same number; line 3 counts, as REVOKED"),
    ]
    assert (found.rows_read, found.rows_taken, found.duplicates) == (4, 4, 3)


def test_lost_zeros_make_no_other_number(empty: sa.Engine) -> None:
    """Where the form of the numbers is not known, and the file has `12345` for `012345`."""
    place = {"authority": "gr-pis", "jurisdiction": "GR", "specialty": None}
    vera = a_person(empty, "Vera", roles=("VERIFIER",))
    own = validated(empty, a_person(empty, "Maria Papadaki"), vera, number="012345", **place).id
    copy = begun(empty, place["authority"], [{"line": 2, "number": "12345", "name": "Maria Papadaki"}])
    with unit(empty) as work:
        preview = registers.preview_snapshot(work, snapshot_id=copy, now=NOW)
        assert (preview.zeros_lost, preview.would_open, preview.would_stop) == (0, 0, 0)
        registers.activate_snapshot(work, snapshot_id=copy, actor="x", now=NOW)
        registers.recheck_next(work, snapshot_id=copy, now=NOW)
    found = get(empty, own)
    assert (found.status, found.review_reason) == ("VALIDATED", None)
    (match,) = [one for one in found.checks if one.name == "REGISTER_MATCH"]
    assert match.outcome == "PASS"


def test_the_first_refused_rows_are_kept_with_their_reasons(empty: sa.Engine) -> None:
    """Also where all are refused; nothing of a row is kept, and their number is bounded."""
    rows = [{"line": n, "number": "12", "name": "Somebody"} for n in range(2, MAX_NOTES + 50)]
    copy = begun(empty, "no-hpr", rows)
    with unit(empty) as work:
        found = work.registers.get(copy)
    assert (found.rows_refused, found.rows_taken, len(found.notes)) == (MAX_NOTES + 48, 0, MAX_NOTES)
    assert found.notes[0] == {
        "line": 2, "column": "number", "taken": False, "reason": "it has not the register's format: 7 to 9 digits"
    }  # fmt: skip
