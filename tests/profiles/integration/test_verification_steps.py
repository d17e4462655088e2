"""The steps to being verified say after each act what is done, what waits for whom, and what to do next."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from kit.errors import NotFound
from profiles.accounts.domain import parse_email
from profiles.credentials import usecases
from profiles.mail.domain import TEXTS
from profiles.verification.domain import LADDER, MAX_STEPS, missing
from profiles.verification.usecases import MIN_CASES, USUAL_DAYS, Files, Told, read_steps, say_missing, tell_steps
from tests.support.desk import (
    NOW,
    a_person,
    change_profile,
    confirm,
    decide,
    document,
    get,
    revoke,
    run_item_jobs,
    submit,
    submit_name,
    suspend,
    take,
    unit,
    validated,
)

DAY = timedelta(days=1)
DOCUMENT: dict[str, Any] = {"reason": "CONFIRMED_BY_DOCUMENT", "name_confirmed": True}
IDENTITY: dict[str, Any] = {"kind": "IDENTITY", "authority": None, "number": None}


def told(database: sa.Engine, person: str, *, language: str = "en", now: Any = NOW) -> list[Told]:
    """Somebody's steps, as they are read."""
    with unit(database) as work:
        found = read_steps(Files(work.accounts, work.people, work.credentials, work.evidence), person, now.date())
        return tell_steps(found, work.verification, language=language, now=now)


def states(database: sa.Engine, person: str, *, now: Any = NOW) -> list[tuple[str, str, str | None]]:
    """Kind, state and whose turn it is, of each step."""
    return [(one.step.kind, one.step.state, one.step.waits_for) for one in told(database, person, now=now)]


def ladder(database: sa.Engine, person: str, *, now: Any = NOW) -> tuple[tuple[str, str | None], ...]:
    """State and whose turn it is, of licence and identity."""
    return tuple((state, who) for _, state, who in states(database, person, now=now)[1:3])


def update(database: sa.Engine, credential: str, person: str, now: Any = NOW, **changes: Any) -> None:
    """Answer, or renew."""
    with unit(database) as work:
        usecases.update_credential(
            work, credential_id=credential, person_id=person, changes=changes, message="Here it is.",
            expected_version=None, now=now,
        )  # fmt: skip


def test_a_newcomer_sees_three_steps_to_do(database: sa.Engine) -> None:
    """The address first; nobody has to read a page to find out."""
    person = a_person(database)
    with unit(database) as work:
        work.connection.execute(sa.text("DELETE FROM account WHERE person_id = CAST(:p AS uuid)"), {"p": person})
        work.accounts.add(
            person_id=person, email=parse_email(f"{person}@new.example"), password_hash=None, created_at=NOW,
            confirmed=False,
        )  # fmt: skip
    found = told(database, person)
    assert [(one.step.kind, one.step.state, one.step.waits_for, one.step.since) for one in found] == [
        ("CONFIRM_EMAIL", "TO_DO", "APPLICANT", NOW),
        ("LICENCE", "TO_DO", "APPLICANT", None),
        ("IDENTITY", "TO_DO", "APPLICANT", None),
    ]
    assert [one.title for one in found] == ["E-mail address", "Licence to practise", "Identity"]
    assert [bool(one.next_step) for one in found] == [True, True, True]
    assert [one.usual for one in found] == [None, None, None]


def test_who_has_no_account_has_no_steps(database: sa.Engine) -> None:
    """Nor has a profile from a register."""
    own = a_person(database)
    with unit(database) as work:
        work.connection.execute(sa.text("DELETE FROM account WHERE person_id = CAST(:p AS uuid)"), {"p": own})
        with pytest.raises(NotFound):
            read_steps(Files(work.accounts, work.people, work.credentials, work.evidence), own, NOW.date())


def test_one_licence_with_a_document_takes_the_whole_ladder(database: sa.Engine, vera: str) -> None:
    """Submitted, documented, taken, asked, answered, decided: each read shows the step of that moment."""
    person = a_person(database)
    own = submit(database, person).id
    assert ladder(database, person) == (("WAITING", "VERIFIER"), ("TO_DO", "APPLICANT"))
    assert told(database, person)[2].next_step.startswith("Add a document to your licence that shows your name")
    document(database, own, vera)
    assert ladder(database, person) == (("WAITING", "VERIFIER"), ("WAITING", "VERIFIER"))
    assert told(database, person)[2].text == (
        "A verifier looks at who you are together with your credential (licence in Germany, German Medical Association and the "
        "chambers of physicians of the states)."
    )
    take(database, own, vera)
    assert ladder(database, person)[0] == ("WAITING", "VERIFIER")
    decide(database, own, vera, "REQUEST_INFO", note="Which page shows the date?", now=NOW + DAY)
    (_, licence, identity) = told(database, person)
    assert (licence.step.state, licence.step.waits_for, licence.step.since) == ("NEEDS_ANSWER", "APPLICANT", NOW + DAY)
    assert licence.text.endswith("): Which page shows the date?")
    assert licence.next_step == "Answer the question, and add the documents that it asks for."
    assert identity.step.state == "TO_DO"
    update(database, own, person)
    assert ladder(database, person) == (("WAITING", "VERIFIER"), ("WAITING", "VERIFIER"))
    decide(database, own, vera, **DOCUMENT)
    assert ladder(database, person) == (("DONE", None), ("DONE", None))
    done = told(database, person)
    assert [one.next_step for one in done] == [None, None, None]
    assert done[2].text.endswith(") proves who you are.")
    assert done[2].step.credential.id == own


def test_a_validated_licence_alone_says_that_the_identity_is_missing(database: sa.Engine, vera: str) -> None:
    """And a credential of its own completes it."""
    person = a_person(database)
    validated(database, person, vera)
    assert ladder(database, person) == (("DONE", None), ("TO_DO", "APPLICANT"))
    assert told(database, person)[2].next_step.startswith("Submit an identity, and add a document")
    own = submit(database, person, **IDENTITY).id
    assert ladder(database, person)[1] == ("WAITING", "VERIFIER")
    decide(database, own, vera)
    assert ladder(database, person) == (("DONE", None), ("DONE", None))


def test_what_is_refused_can_be_appealed_and_then_waits(database: sa.Engine, vera: str) -> None:
    """Until the day that is named; afterwards it can be submitted again."""
    person = a_person(database)
    own = submit(database, person).id
    decide(database, own, vera, "REJECT")
    refused = told(database, person)[1]
    assert (refused.step.state, refused.step.waits_for, refused.step.since) == ("REFUSED", "APPLICANT", NOW)
    assert refused.text.endswith(
        "Reason: The register does not have this number. Please compare it with your certificate."
    )
    assert refused.next_step == (
        "If you think that this is wrong, appeal until 2027-01-20: another verifier decides then. Submit it again, with what was "
        "missing."
    )
    late = told(database, person, now=NOW + timedelta(days=61))[1]
    assert (late.step.waits_for, late.next_step) == (None, "Submit it again, with what was missing.")
    with unit(database) as work:
        usecases.appeal_credential(work, credential_id=own, person_id=person, statement="It is my number.", now=NOW)
    assert ladder(database, person)[0] == ("WAITING", "VERIFIER")
    again = submit(database, person).id
    assert told(database, person)[1].step.credential.id in {own, again}


def test_what_two_verifiers_decide_waits_for_the_second(database: sa.Engine, vera: str, vito: str) -> None:
    """A validation against a check, and a suspension; whose turn it is changes with each act."""
    person, swedish = a_person(database), {"authority": "se-sos", "jurisdiction": "SE", "specialty": None}
    submit(database, a_person(database, "Grace Hopper"), number="123457", **swedish)
    own = submit(database, person, number="123457", **swedish).id
    decide(database, own, vera)
    assert ladder(database, person)[0] == ("WAITING", "SECOND_VERIFIER")
    confirm(database, own, vito, agree=True)
    assert ladder(database, person)[0] == ("DONE", None)
    suspend(database, own, vera)
    assert ladder(database, person)[0] == ("SUSPENDED", "SECOND_VERIFIER")
    confirm(database, own, vito, agree=True)
    assert ladder(database, person)[0] == ("SUSPENDED", "APPLICANT")
    assert told(database, person)[1].text.endswith("does not count at present. Reason: A sanction is on record.")


def test_a_licence_that_ends_is_renewed(database: sa.Engine, vera: str) -> None:
    """A step warns of it, the last day ends it, and the renewal waits before it counts."""
    person = a_person(database)
    own = validated(database, person, vera, expires_on=date(2026, 12, 31)).id
    renewal = told(database, person)[3]
    assert (renewal.step.kind, renewal.step.state, renewal.step.waits_for) == ("RENEWAL", "TO_DO", "APPLICANT")
    assert renewal.text.endswith("ends on 2026-12-31.")
    after = NOW.replace(year=2027, month=1, day=2)
    assert ladder(database, person, now=after)[0] == ("EXPIRED", "APPLICANT")
    with unit(database) as work:
        run_item_jobs(work, now=after)
    assert ladder(database, person, now=after)[0] == ("EXPIRED", "APPLICANT")
    assert len(told(database, person, now=after)) == 3
    update(database, own, person, now=after, expires_on=date(2027, 12, 31))
    assert ladder(database, person, now=after)[0] == ("WAITING", "VERIFIER")
    decide(database, own, vera, now=after)
    assert ladder(database, person, now=after)[0] == ("DONE", None)


def test_a_change_of_what_is_verified_is_a_step_of_its_own(database: sa.Engine, vera: str) -> None:
    """The ladder stays done meanwhile."""
    person = a_person(database)
    own = submit(database, person).id
    document(database, own, vera)
    decide(database, own, vera, **DOCUMENT)
    change_profile(database, person, name="Ada King")
    assert states(database, person)[3:] == [("RENEWAL", "WAITING", "VERIFIER")]
    assert ladder(database, person) == (("DONE", None), ("DONE", None))


def test_withdrawing_takes_the_step_back_and_revoking_shows_it(database: sa.Engine, vera: str, vito: str) -> None:
    """What is withdrawn is not shown; what is revoked for good can be appealed."""
    person = a_person(database)
    first = validated(database, person, vera).id
    with unit(database) as work:
        usecases.withdraw_credential(work, credential_id=first, person_id=person, now=NOW)
    assert ladder(database, person)[0] == ("TO_DO", "APPLICANT")
    second = validated(database, person, vera).id
    revoke(database, second, vera)
    assert ladder(database, person)[0] == ("SUSPENDED", "SECOND_VERIFIER")
    confirm(database, second, vito, agree=True)
    assert get(database, second).status == "REVAL_FAIL"
    assert ladder(database, person)[0] == ("REFUSED", "APPLICANT")


def test_other_credentials_are_shown_while_they_wait(database: sa.Engine, vera: str) -> None:
    """At most so many steps, however many there are; what is verified is not shown beside the ladder."""
    person = a_person(database)
    validated(database, person, vera)
    submit_name(database, person, "Augusta")
    assert states(database, person)[3:] == [("OTHER_CREDENTIAL", "WAITING", "VERIFIER")]
    for _ in range(MAX_STEPS):
        submit(database, person)
    assert len(states(database, person)) == MAX_STEPS
    assert [kind for kind, _, _ in states(database, person)[:3]] == list(LADDER)


def test_the_usual_time_is_that_of_decided_cases(database: sa.Engine, vera: str) -> None:
    """Of the authority, else of the kind; null while there are too few, and old cases do not count."""
    person = a_person(database)
    submit(database, person, **IDENTITY)
    with unit(database) as work:  # of the tests before
        work.connection.execute(sa.text("UPDATE credential SET decided_at = NULL WHERE kind = 'IDENTITY'"))
    assert told(database, person)[2].usual is None
    for place in range(MIN_CASES):
        case = submit(database, a_person(database), now=NOW, **IDENTITY).id
        decide(database, case, vera, now=NOW + timedelta(hours=place + 1))
        shown = told(database, person, now=NOW + DAY)[2]
        assert shown.usual == (None if place < MIN_CASES - 1 else (3, 5))
    assert shown.text.endswith("waits for a verifier. This usually takes 3 to 5 hours.")
    assert told(database, person, now=NOW + timedelta(days=USUAL_DAYS + 2))[2].usual is None
    assert told(database, person, now=NOW + DAY)[0].usual is None


def test_a_question_counts_as_the_first_answer(database: sa.Engine, vera: str) -> None:
    """Else the time that applicants take to answer would be told as the verifiers'."""
    person = a_person(database)
    asked = {"kind": "EMPLOYMENT", "authority": None, "number": None}
    for _ in range(MIN_CASES):
        applicant = a_person(database)
        case = submit(database, applicant, **asked).id
        decide(database, case, vera, "REQUEST_INFO", note="Since when?", now=NOW + timedelta(hours=2))
        update(database, case, applicant, now=NOW + timedelta(days=20))
        decide(database, case, vera, now=NOW + timedelta(days=21))
    submit(database, person, **asked)
    assert told(database, person, now=NOW + timedelta(days=22))[3].usual == (2, 2)


@pytest.mark.parametrize("language", TEXTS.languages)
def test_every_sentence_is_in_the_readers_language(database: sa.Engine, vera: str, language: str) -> None:
    """Nothing of what a person reads is English for who reads another language."""
    person = a_person(database)
    decide(database, submit(database, person).id, vera, "REJECT")
    submit(database, person, **IDENTITY)
    said, english = told(database, person, language=language), told(database, person)
    assert len(said) == 3
    for one, other in zip(said, english, strict=True):
        assert "{" not in one.text + (one.next_step or "")
        if language != "en":
            assert (one.title, one.text) != (other.title, other.text)
            assert one.next_step is None or one.next_step != other.next_step


def test_what_is_missing_is_said_in_one_paragraph(database: sa.Engine, vera: str) -> None:
    """With the next thing that the person can do themselves."""
    person = a_person(database)
    validated(database, person, vera)

    def paragraph() -> str:
        with unit(database) as work:
            found = read_steps(Files(work.accounts, work.people, work.credentials, work.evidence), person, NOW.date())
            assert bool(missing(found)) == ("Still" in say_missing(found, language="en", today=NOW.date()))
            return say_missing(found, language="en", today=NOW.date())

    assert paragraph() == (
        "Still missing until you are verified: Identity. Submit an identity, and add a document that shows your name, for example a "
        "passport or a staff card."
    )
    own = submit(database, person, **IDENTITY).id
    assert paragraph() == (
        "Still missing until you are verified: Identity. You have nothing to do. We tell you when it is decided."
    )
    decide(database, own, vera)
    assert paragraph() == "Nothing is missing: you are verified."
