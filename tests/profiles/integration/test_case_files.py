"""What a verifier finds beside a case, on the real PostgreSQL: conflicts on both sides, the register, notes, counts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa

from kit.clock import new_id
from kit.errors import Conflict, Invalid, VersionConflict
from profiles.credentials import usecases
from profiles.credentials.domain import Credential
from profiles.credentials.numbers import search_indexes
from profiles.desk import usecases as desk
from profiles.desk.domain import DeskFilter, Facts
from profiles.evidence.store import Evidence
from profiles.registers import usecases as registers
from profiles.rights import usecases as rights
from tests.profiles.integration.test_registers import PDF, claim, directory_profile
from tests.support.desk import (
    CIPHER,
    NOW,
    NUMBERS,
    a_person,
    confirm,
    decide,
    decide_taken,
    get,
    revoke,
    submit,
    suspend,
    take,
    unit,
    validated,
)

DAY = timedelta(days=1)
APPEAL = "The register shows my former name."


def uniqueness(database: sa.Engine, credential: str) -> tuple[str, str]:
    """The check NUMBER_UNIQUE of a case as it is stored."""
    return next((one.outcome, one.detail) for one in get(database, credential).checks if one.name == "NUMBER_UNIQUE")


def facts(database: sa.Engine, *credentials: Credential) -> list[Facts]:
    """What is found beside cases."""
    with unit(database) as work:
        found = work.desk.facts(work.credentials.several([one.id for one in credentials]))
    return [found[one.id] for one in credentials]


def withdraw(database: sa.Engine, credential: Credential) -> None:
    """Take a credential back."""
    with unit(database) as work:
        usecases.withdraw_credential(work, credential_id=credential.id, person_id=credential.person_id, now=NOW)


def test_a_conflict_shows_on_both_cases_at_once_and_clears(database: sa.Engine, vera: str) -> None:
    """Whoever came first does not look clean, and is not decided by what was on the screen before."""
    number = next(NUMBERS)
    first = submit(database, a_person(database, "First Person"), number=number)
    assert uniqueness(database, first.id) == ("PASS", "Nobody else has submitted this number.")
    take(database, first.id, vera)
    second = submit(database, a_person(database, "Second Person"), number=number)
    taken = ("FAIL", "Somebody else has submitted the same number.")
    assert (uniqueness(database, first.id), uniqueness(database, second.id)) == (taken, taken)
    with pytest.raises(VersionConflict, match="has changed since you took it"):
        decide_taken(database, first.id, vera)
    beside_first, beside_second = facts(database, first, second)
    assert [(one.credential_id, one.name, one.same_number, one.same_profile) for one in beside_first.conflicts] == [
        (second.id, "Second Person", True, False)
    ]
    assert [one.credential_id for one in beside_second.conflicts] == [first.id]
    withdraw(database, second)
    assert uniqueness(database, first.id) == ("PASS", "Nobody else has submitted this number.")
    assert facts(database, first)[0].conflicts == ()


@pytest.mark.parametrize("ends", ["rejected", "another number", "erased"])
def test_a_conflict_clears_however_the_other_case_ends(database: sa.Engine, vera: str, ends: str) -> None:
    """And an appeal brings it back."""
    number = next(NUMBERS)
    first, second = (submit(database, a_person(database), number=number) for _ in range(2))
    if ends == "rejected":
        decide(database, second.id, vera, "REJECT")
    elif ends == "another number":
        with unit(database) as work:
            usecases.update_credential(
                work, credential_id=second.id, person_id=second.person_id, changes={"number": next(NUMBERS)}, message=None,
                expected_version=None, now=NOW,
            )  # fmt: skip
        assert uniqueness(database, second.id)[0] == "PASS"
    else:
        with unit(database) as work:
            rights.erase(work, second.person_id, actor=second.person_id, now=NOW)
    assert uniqueness(database, first.id)[0] == "PASS"
    if ends == "rejected":
        with unit(database) as work:
            usecases.appeal_credential(
                work, credential_id=second.id, person_id=second.person_id, statement=APPEAL, now=NOW
            )
        assert (uniqueness(database, first.id)[0], uniqueness(database, second.id)[0]) == ("FAIL", "FAIL")


def test_two_claims_of_a_directory_profile_show_on_both_cases(database: sa.Engine) -> None:
    """Also where the numbers differ; and which number the profile came from."""
    handle = directory_profile(database, "1234567893", "Claimed Twice")
    first = claim(database, a_person(database), handle, "1234567893")
    assert uniqueness(database, first.id)[0] == "PASS"
    second = claim(database, a_person(database), handle, "1245319599")
    claimed = ("FAIL", "Somebody else claims the same directory profile.")
    assert (uniqueness(database, first.id), uniqueness(database, second.id)) == (claimed, claimed)
    beside_first, beside_second = facts(database, first, second)
    assert (beside_first.claim.name, beside_first.claim.by_number) == ("Claimed Twice", True)
    assert (beside_second.claim.name, beside_second.claim.by_number) == ("Claimed Twice", False)
    assert [(one.same_number, one.same_profile) for one in beside_first.conflicts] == [(False, True)]
    assert (beside_first.register_row.name, str(beside_first.register_row.as_of)) == ("Claimed Twice", "2026-11-10")
    withdraw(database, second)
    assert uniqueness(database, first.id)[0] == "PASS"


def test_the_registers_row_and_the_applicants_other_credentials_are_found(database: sa.Engine, vera: str) -> None:
    """With outcome, reason and time, the rejected one too; and what the register does not have."""
    person, number = a_person(database), "200001"
    place = {"authority": "se-sos", "jurisdiction": "SE", "specialty": None}
    rejected = submit(database, person, number="200002", now=NOW - 3 * DAY, **place)
    decide(database, rejected.id, vera, "REJECT", reason="FORGED_DOCUMENT", now=NOW - 2 * DAY)
    case = submit(database, person, number=number, **place)
    absent = submit(database, a_person(database), number="200003", **place)
    assert facts(database, case)[0].register_row is None
    snapshot = new_id()
    with unit(database) as work:
        registers.begin_snapshot(work.registers, snapshot_id=snapshot, authority="se-sos", as_of=NOW.date(), now=NOW)
        row = {"line": 2, "number": number, "name": "Ada King", "standing": "CONDITIONS", "expires_on": "2027-01-01"}
        registers.add_entries(work.registers, snapshot_id=snapshot, rows=[row])
        registers.activate_snapshot(work, snapshot_id=snapshot, actor="service:operator", now=NOW)
    beside, other = facts(database, case, absent)
    assert (beside.register_row.name, beside.register_row.standing, str(beside.register_row.expires_on)) == (
        "Ada King", "CONDITIONS", "2027-01-01",
    )  # fmt: skip
    assert (other.register_row.name, other.register_row.as_of) == (None, NOW.date())
    assert [(one.credential_id, one.status, one.reason, one.decided_at) for one in beside.other_credentials] == [
        (rejected.id, "VAL_FAIL", "FORGED_DOCUMENT", NOW - 2 * DAY)
    ]


def test_the_queue_is_filtered_by_name_number_kind_check_appeal_and_who_works_on_it(
    database: sa.Engine, vera: str, vito: str
) -> None:
    """Each condition finds its cases, in any writing, and is counted."""
    place = {"authority": "es-cgcom", "jurisdiction": "ES", "specialty": None}
    jose = submit(database, a_person(database, "José Muñoz-Groß"), number="280000001", **place)
    degree = submit(database, a_person(database, "Ana"), kind="DEGREE", authority=None, number=None, jurisdiction="ES")
    asked = submit(database, a_person(database, "Asked"), number="280000002", **place)
    decide(database, asked.id, vera, "REQUEST_INFO")
    appealed = submit(database, a_person(database, "Appeals"), number="280000003", **place)
    decide(database, appealed.id, vera, "REJECT")
    with unit(database) as work:
        usecases.appeal_credential(
            work, credential_id=appealed.id, person_id=appealed.person_id, statement=APPEAL, now=NOW
        )
        desk.assign_case(work, credential_id=degree.id, verifier=vera, assignee=vito, now=NOW)
    take(database, jose.id, vera)

    def found(**given: object) -> set[str]:
        with unit(database) as work:
            wanted = DeskFilter(jurisdictions=["ES"], **given)  # type: ignore[arg-type]
            page = [own for own, _ in work.desk.page(wanted, after=None, first=50)]
            assert work.desk.count(wanted) == len(page)
            return set(page)

    everything = {jose.id, degree.id, appealed.id}
    assert found() == everything
    assert found(name_words=["munoz", "gross", "jo"]) == {jose.id}
    assert found(name_words=["munoz", "ana"]) == set()
    assert found(numbers=search_indexes(CIPHER, None, "28 00 00 001")) == {jose.id}
    assert found(numbers=search_indexes(CIPHER, "es-cgcom", "280000001")) == {jose.id}
    assert found(numbers=search_indexes(CIPHER, "de-kbv", "280000001")) == set()
    elsewhere = submit(
        database, a_person(database), authority="other", number="KE-NCK 4711/20", jurisdiction="ES", specialty=None
    )
    named = submit(
        database, a_person(database), authority="other", number="HB 90/1", jurisdiction="ES", specialty=None,
        other_authority={"name": "Health Board of Nowhere", "url": None},
    )  # fmt: skip
    with unit(database) as work:
        registers = work.desk.other_registers()
    for typed in ("KE-NCK 4711/20", "ke nck 4711-20", "KENCK471120", "KE\u2013NCK \uff14711.20"):
        for authority in (None, "other"):
            assert found(numbers=search_indexes(CIPHER, authority, typed, registers=registers)) == {elsewhere.id}
    assert found(numbers=search_indexes(CIPHER, None, "KE-NCK 4711/21")) == set()
    assert found(numbers=search_indexes(CIPHER, None, "hb901", registers=registers)) == {named.id}
    assert found(numbers=search_indexes(CIPHER, "es-cgcom", "hb901", registers=registers)) == set()
    assert found(kinds=["DEGREE", "IDENTITY"]) == {degree.id}
    assert found(check=("NUMBER_UNIQUE", "SKIPPED")) == {degree.id}
    assert found(check=(None, "FAIL")) == set()
    assert found(appeals=True) == {appealed.id}
    assert found(awaiting_applicant=True) == {asked.id}
    assert found(assignee=vito) == found(working=(vito, NOW)) == {degree.id}
    assert found(working=(vera, NOW)) == {jose.id}
    assert found(submitted_after=NOW) == set()
    assert found(submitted_after=NOW - DAY) == {*everything, elsewhere.id, named.id}


def test_the_figures_count_what_waits_and_what_was_decided(database: sa.Engine, vera: str) -> None:
    """By jurisdiction, status and age; and the share of what was decided against people that they appealed."""
    place = {"authority": "gb-gmc", "jurisdiction": "GB", "specialty": None}
    cases = [
        submit(database, a_person(database), number=f"70000{n:02d}", now=NOW - timedelta(hours=hours), **place)
        for n, hours in enumerate((1, 30, 60, 400))
    ]
    take(database, cases[0].id, vera)
    gone = [submit(database, a_person(database), number=f"71000{n:02d}", **place) for n in range(4)]
    decide(database, gone[0].id, vera)
    for one in gone[1:3]:
        decide(database, one.id, vera, "REJECT")
    decide(database, gone[3].id, vera, "REQUEST_INFO")
    with unit(database) as work:
        usecases.appeal_credential(
            work, credential_id=gone[1].id, person_id=gone[1].person_id, statement=APPEAL, now=NOW
        )
    with unit(database) as work:
        found = work.desk.figures(["GB"], vera, days=30, now=NOW)
    everything = next(one for one in found.waiting if (one.jurisdiction, one.status, one.band) == (None, None, None))
    assert (everything.cases, everything.taken, everything.appeals, everything.mine) == (5, 1, 1, 1)
    assert everything.oldest == NOW - timedelta(hours=400)
    assert [(one.jurisdiction, one.cases) for one in found.waiting if one.jurisdiction] == [("GB", 5)]
    assert {one.status: one.cases for one in found.waiting if one.status} == {"ATTESTED": 4, "IN_PROCESS": 1}
    assert {one.band: one.cases for one in found.waiting if one.band is not None} == {0: 2, 1: 1, 2: 1, 3: 1}
    assert found.awaiting_applicant == 1
    assert [(one.day, one.decided, one.validated, one.rejected) for one in found.decided] == [(NOW.date(), 3, 1, 2)]
    assert (found.adverse, found.appealed) == (2, 1)


def test_a_case_is_assigned_to_a_verifier_who_may_decide_it(database: sa.Engine, vera: str, vito: str) -> None:
    """Of that jurisdiction, and not their own; what the case says stays, so its version does too."""
    owner = a_person(database, roles=("VERIFIER",))
    case = submit(database, owner)
    abroad = a_person(database, "Far Away", roles=("VERIFIER",))
    with unit(database) as work:
        work.roles.limit_verifier(abroad, ["SE"])
    for other in (abroad, owner, a_person(database), new_id()):
        with pytest.raises(Invalid), unit(database) as work:
            desk.assign_case(work, credential_id=case.id, verifier=vera, assignee=other, now=NOW)
    with unit(database) as work:
        desk.assign_case(work, credential_id=case.id, verifier=vera, assignee=vito, now=NOW)
    assert (get(database, case.id).assigned_to, get(database, case.id).version) == (vito, case.version)
    assert take(database, case.id, vera).assigned_to == vito
    with unit(database) as work:
        rights.erase(work, vito, actor=vito, now=NOW)
    assert get(database, case.id).assigned_to is None
    decide(database, case.id, vera)
    with pytest.raises(Conflict), unit(database) as work:
        desk.assign_case(work, credential_id=case.id, verifier=vera, assignee=vera, now=NOW)


def test_notes_stay_between_verifiers_and_go_with_the_credential(database: sa.Engine, vera: str, vito: str) -> None:
    """An erased author is named no more; the erased applicant's notes are deleted."""
    case = submit(database, a_person(database))
    with unit(database) as work:
        for verifier, text, at in ((vera, "I called.", NOW), (vito, "They call back.", NOW + DAY)):
            desk.add_case_note(work, credential_id=case.id, verifier=verifier, text=text, now=at)
    assert [(one.author, one.text) for one in facts(database, case)[0].notes] == [
        (vera, "I called."), (vito, "They call back."),
    ]  # fmt: skip
    with unit(database) as work:
        rights.erase(work, vito, actor=vito, now=NOW)
    assert [one.author for one in facts(database, case)[0].notes] == [vera, None]
    with unit(database) as work:
        rights.erase(work, case.person_id, actor=case.person_id, now=NOW)
        assert work.connection.execute(sa.text("SELECT count(*) FROM case_note")).scalar() == 0


def a_document(database: sa.Engine, case: Credential) -> None:
    """A document of a case."""
    with unit(database) as work:
        document = Evidence(new_id(), case.id, "a.pdf", "application/pdf", len(PDF), NOW, None)
        assert work.evidence.add(document, PDF)


def deleted_at(database: sa.Engine, case: Credential) -> object:
    """When a case's only document is deleted."""
    with unit(database) as work:
        (document,) = work.evidence.of([case.id])
        return document.delete_at


def test_documents_outlive_the_last_day_of_an_appeal(database: sa.Engine, vera: str, vito: str) -> None:
    """Of a rejection, of a suspension whose documents would have been deleted, and while an appeal waits."""
    rejected = submit(database, a_person(database))
    a_document(database, rejected)
    decided = decide(database, rejected.id, vera, "REJECT")
    assert decided.appeal_until == NOW + 60 * DAY
    assert deleted_at(database, rejected) == NOW + 74 * DAY
    with unit(database) as work:
        usecases.appeal_credential(
            work, credential_id=rejected.id, person_id=rejected.person_id, statement=APPEAL, now=NOW + 59 * DAY
        )
    assert deleted_at(database, rejected) is None
    for act in (suspend, revoke):
        case = submit(database, a_person(database))
        a_document(database, case)
        decide(database, case.id, vera)
        assert deleted_at(database, case) == NOW + 30 * DAY
        act(database, case.id, vera)
        assert deleted_at(database, case) is None
        confirmed = confirm(database, case.id, vito, True)
        assert deleted_at(database, case) == confirmed.appeal_until + 14 * DAY


@contextmanager
def counted(database: sa.Engine) -> Iterator[list[str]]:
    """The statements that are run inside."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        found.append(statement)

    sa.event.listen(database, "before_cursor_execute", note)
    try:
        yield found
    finally:
        sa.event.remove(database, "before_cursor_execute", note)


def test_fifty_cases_take_as_many_statements_as_two(database: sa.Engine, vera: str) -> None:
    """Nothing is read case by case."""
    place = {"authority": "ke-kmpdc", "jurisdiction": "KE", "specialty": None}
    number = next(NUMBERS)
    for n in range(50):
        one = submit(database, a_person(database), number=f"A{10000 + n}", **place)
        if n % 10 == 0:
            validated(database, one.person_id, vera)
    twice = [submit(database, a_person(database), number=number) for _ in range(2)]

    def statements(first: int) -> int:
        with unit(database) as work, counted(database) as found:
            page = work.desk.page(DeskFilter(jurisdictions=["KE"]), after=None, first=first)
            assert len(page) == first
            work.desk.facts(work.credentials.several([own for own, _ in page]))
        return len(found)

    assert statements(50) == statements(2)
    assert len(facts(database, *twice)) == 2
