"""What was decided about a number, a person or a document stays visible, on the real PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import sqlalchemy as sa

from kit.clock import new_id
from profiles.credentials.usecases import withdraw_credential
from profiles.decisions.domain import PastDecision
from profiles.rights.retention import retain
from profiles.rights.usecases import erase
from profiles.wiring import working
from tests.profiles.integration.test_bound_decisions import ask_upload, open_documents, upload
from tests.support.desk import CIPHER, NOW, a_person, confirm, decide, get, submit, suspend, unit, validated


def earlier(database: sa.Engine, case: str) -> list[PastDecision]:
    """What a verifier of a case is shown."""
    with unit(database) as work:
        return work.decisions.about([case]).get(case, [])


def withdraw(database: sa.Engine, case: str, person: str) -> None:
    """Take a credential back."""
    with unit(database) as work:
        withdraw_credential(work, credential_id=case, person_id=person, now=NOW)


def upheld(database: sa.Engine, person: str, vera: str, vito: str) -> str:
    """A licence whose suspension two verifiers have upheld; its number."""
    licence = validated(database, person, vera)
    suspend(database, licence.id, vera, now=NOW)
    confirm(database, licence.id, vito, agree=True, now=NOW)
    withdraw(database, licence.id, person)
    return str(licence.number)


def test_a_suspension_is_not_washed_off_by_submitting_again(database: sa.Engine, vera: str, vito: str) -> None:
    """The new case shows it, and one verifier alone cannot validate it."""
    person = a_person(database)
    number = upheld(database, person, vera, vito)
    again = submit(database, person, number=number)

    found = earlier(database, again.id)
    assert sorted(one.outcome for one in found) == ["SUSPENDED", "SUSPENSION_UPHELD", "VALIDATED"]
    (suspension,) = [one for one in found if one.outcome == "SUSPENSION_UPHELD"]
    assert (suspension.reason, suspension.by_two, suspension.same_number, suspension.same_person) == (
        "SANCTIONED", True, True, True
    )  # fmt: skip
    later = NOW + timedelta(hours=1)
    waiting = decide(database, again.id, vera, now=later)
    assert (waiting.status, waiting.pending_decision) == ("IN_PROCESS", "VALIDATE")
    assert confirm(database, again.id, vito, agree=True, now=later).status == "VALIDATED"

    # Two have decided otherwise now, so the number counts like any other.
    withdraw(database, again.id, person)
    assert decide(database, submit(database, person, number=number).id, vera, now=later).status == "VALIDATED"


def test_one_verifier_does_not_undo_what_two_have_upheld(database: sa.Engine, vera: str, vito: str) -> None:
    """On the suspended credential itself too."""
    licence = validated(database, a_person(database), vera)
    suspend(database, licence.id, vera)
    confirm(database, licence.id, vito, agree=True)
    assert decide(database, licence.id, vito).pending_decision == "VALIDATE"
    assert get(database, licence.id).status == "IN_PROCESS"


def test_a_suspension_outlives_the_account(database: sa.Engine, vera: str, vito: str) -> None:
    """Erasing oneself and signing up again gives no clean number; nothing says any more who it was."""
    person = a_person(database, "Vanishing")
    number = upheld(database, person, vera, vito)
    with unit(database) as work:
        erase(work, person, actor=person, now=NOW)
    again = submit(database, a_person(database, "Somebody New"), number=number)

    (suspension,) = [one for one in earlier(database, again.id) if one.outcome == "SUSPENSION_UPHELD"]
    assert (suspension.credential_id, suspension.same_number, suspension.same_person) == (None, True, False)
    assert decide(database, again.id, vera).pending_decision == "VALIDATE"
    with database.connect() as connection:
        rows = str(connection.execute(sa.text("SELECT * FROM past_decision")).mappings().all())
    assert person not in rows
    assert number not in rows


def test_a_forged_document_is_known_again(database: sa.Engine, vera: str, vito: str) -> None:
    """Under another number and another person; two verifiers must look at what is to be validated with it."""
    forger = a_person(database)
    case = submit(database, forger)
    upload(database, ask_upload(database, case))
    decide(database, case.id, vera, "REJECT", reason="FORGED_DOCUMENT")
    other = submit(database, a_person(database))
    assert earlier(database, other.id) == []
    upload(database, ask_upload(database, other))

    (found,) = [one for one in earlier(database, other.id) if one.reason == "FORGED_DOCUMENT"]
    assert (found.outcome, found.same_document, found.same_number, found.same_person) == (
        "REJECTED",
        True,
        False,
        False,
    )
    open_documents(database, other.id, vera)
    assert decide(database, other.id, vera, reason="CONFIRMED_BY_DOCUMENT").pending_decision == "VALIDATE"


def test_earlier_decisions_end_with_the_retention_table(database: sa.Engine, vera: str, vito: str) -> None:
    """Two years after they were made."""
    person = a_person(database)
    number = upheld(database, person, vera, vito)
    again = submit(database, person, number=number)
    for days, left in ((729, 3), (731, 0)):
        retain(partial(working, database, CIPHER), now=NOW + timedelta(days=days))
        assert len(earlier(database, again.id)) == left


def test_many_cases_are_looked_up_together(database: sa.Engine, vera: str) -> None:
    """Each has its own decisions, and a case says nothing about itself."""
    people = [a_person(database) for _ in range(3)]
    rejected = [submit(database, person) for person in people]
    for case in rejected:
        decide(database, case.id, vera, "REJECT")
    open_cases = [submit(database, person) for person in people]
    with unit(database) as work:
        found = work.decisions.about([case.id for case in [*open_cases, *rejected]])
        nothing = work.decisions.about([new_id()])
    assert {own: [one.credential_id for one in decisions] for own, decisions in found.items()} == {
        new.id: [old.id] for new, old in zip(open_cases, rejected, strict=True)
    }
    assert nothing == {}
