"""The desk, on the real PostgreSQL: two-person decisions, leases, appeals, borders and time."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from kit.errors import Conflict, DomainError, Expired, Forbidden, Invalid, SecondPersonRequired
from profiles.credentials import usecases
from profiles.desk.domain import DeskFilter
from tests.support.desk import (
    NOW,
    a_person,
    confirm,
    decide,
    get,
    level,
    mails,
    revoke,
    run_item_jobs,
    submit,
    suspend,
    take,
    unit,
    validated,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def verified(database: sa.Engine, vera: str) -> str:
    """Somebody whose identity is verified."""
    person = a_person(database)
    decide(database, submit(database, person, kind="IDENTITY", authority=None, number=None).id, vera)
    return person


def test_the_level_follows_the_credentials(database: sa.Engine, vera: str, vito: str) -> None:
    """UNVERIFIED, IDENTITY, RIGHT_TO_PRACTISE, and down again when the licence is lost; nothing sets it by hand."""
    person = a_person(database)
    assert level(database, person) == "UNVERIFIED"
    licence = validated(database, person, vera)
    assert level(database, person) == "UNVERIFIED"
    decide(database, submit(database, person, kind="IDENTITY", authority=None, number=None).id, vera)
    assert level(database, person) == "RIGHT_TO_PRACTISE"
    suspend(database, licence.id, vera)
    assert level(database, person) == "IDENTITY"
    confirm(database, licence.id, vito, agree=False)
    assert level(database, person) == "RIGHT_TO_PRACTISE"


def test_a_suspension_by_one_lapses_after_72_hours(database: sa.Engine, vera: str) -> None:
    """At once in force, and over by itself; the person is told both."""
    licence = validated(database, verified(database, vera), vera)
    suspended = suspend(database, licence.id, vera)
    assert (suspended.status, suspended.standing, suspended.pending_decision) == ("REQ_REVALID", "SUSPENDED", "SUSPEND")
    with unit(database) as work:
        run_item_jobs(work, now=NOW + 72 * HOUR - timedelta(seconds=1))
    assert get(database, licence.id).status == "REQ_REVALID"
    with unit(database) as work:
        run_item_jobs(work, now=NOW + 72 * HOUR)
    lapsed = get(database, licence.id)
    assert (lapsed.status, lapsed.standing, lapsed.pending_decision, lapsed.desk_since) == (
        "VALIDATED",
        "GOOD",
        None,
        None,
    )
    assert mails(database, licence.person_id)[-2:] == ["credential-suspended", "credential-restored"]


@pytest.mark.parametrize("ends", ["by itself", "by the second verifier"])
def test_who_suspended_in_vain_leaves_the_next_one_to_others(
    database: sa.Engine, vera: str, vito: str, ends: str
) -> None:
    """For 30 days: else one verifier alone would suspend for as long as they like."""
    case = validated(database, a_person(database), vera)
    suspend(database, case.id, vito)
    over = NOW + timedelta(hours=72)
    if ends == "by itself":
        with unit(database) as work:
            run_item_jobs(work, now=over)
    else:
        confirm(database, case.id, vera, False, now=over)
    assert get(database, case.id).status == "VALIDATED"
    for act in (suspend, revoke):
        with pytest.raises(SecondPersonRequired, match="it did not stand"):
            act(database, case.id, vito, now=over)
        with pytest.raises(SecondPersonRequired, match="it did not stand"):
            act(database, case.id, vito, now=NOW + timedelta(days=30) - timedelta(seconds=1))
    assert get(database, case.id).status == "VALIDATED"
    suspend(database, case.id, vera, now=over)
    with pytest.raises(SecondPersonRequired, match="it did not stand"):
        revoke(database, case.id, vito, now=over)  # what another one has suspended
    confirm(database, case.id, vito, False, now=over)
    assert revoke(database, case.id, vito, now=NOW + timedelta(days=30)).status == "REQ_REVALID"


def test_nobody_is_kept_suspended_by_one_verifier_one_credential_after_the_other(
    database: sa.Engine, vera: str, vito: str
) -> None:
    """In turn, staggered, under a number that was submitted anew, for other reasons: one verifier alone has 72 hours in 30 days."""
    person = a_person(database)
    licences = [validated(database, person, vera) for _ in range(3)]
    over = NOW + 72 * HOUR
    suspend(database, licences[0].id, vito)
    late = suspend(database, licences[1].id, vito, now=over - HOUR)  # it lapses with the first one
    assert late.pending_expires_at == over
    with pytest.raises(SecondPersonRequired, match="has lapsed"):
        suspend(database, licences[2].id, vito, now=over)  # before the worker has put the others back
    with unit(database) as work:
        run_item_jobs(work, now=over)
    assert [get(database, one.id).status for one in licences] == ["VALIDATED"] * 3
    with unit(database) as work:
        usecases.withdraw_credential(work, credential_id=licences[0].id, person_id=person, now=over)
    anew = validated(database, person, vera, now=over, number=licences[0].number)
    for own in (licences[1].id, licences[2].id, anew.id):
        for act in (suspend, revoke):
            with pytest.raises(SecondPersonRequired, match="it did not stand"):
                act(database, own, vito, now=NOW + timedelta(days=30) - timedelta(seconds=1))
    other = validated(database, a_person(database), vera)
    assert suspend(database, other.id, vito, now=over).pending_expires_at == over + 72 * HOUR
    assert suspend(database, licences[1].id, vera, now=over).pending_expires_at == over + 72 * HOUR
    assert suspend(database, licences[2].id, vito, now=over - HOUR + timedelta(days=30)).status == "REQ_REVALID"


def test_a_suspension_that_a_second_verifier_upholds_stays(database: sa.Engine, vera: str, vito: str) -> None:
    """It does not lapse; the one who suspended cannot be the second."""
    licence = validated(database, verified(database, vera), vera)
    suspend(database, licence.id, vera)
    with pytest.raises(SecondPersonRequired):
        confirm(database, licence.id, vera, agree=True)
    upheld = confirm(database, licence.id, vito, agree=True)
    assert (upheld.status, upheld.pending_decision) == ("REQ_REVALID", None)
    with unit(database) as work:
        run_item_jobs(work, now=NOW + 100 * HOUR)
    assert get(database, licence.id).status == "REQ_REVALID"


def test_a_revocation_is_final_only_with_a_second_verifier(database: sa.Engine, vera: str, vito: str) -> None:
    """REQ_REVALID at once, REVAL_FAIL with agreement; without it the licence is as it was."""
    person = verified(database, vera)
    licence, other = validated(database, person, vera), validated(database, person, vera)
    revoked = revoke(database, licence.id, vera)
    assert (revoked.status, revoked.standing) == ("REQ_REVALID", "REVOKED")
    final = confirm(database, licence.id, vito, agree=True)
    assert (final.status, final.standing) == ("REVAL_FAIL", "REVOKED")
    with pytest.raises(Conflict):
        confirm(database, licence.id, vito, agree=True)

    revoke(database, other.id, vera)
    back = confirm(database, other.id, vito, agree=False)
    assert (back.status, back.standing, back.checked_on) == ("VALIDATED", "GOOD", other.checked_on)


def test_a_licence_lost_in_one_place_puts_the_others_on_the_desk(database: sa.Engine, vera: str, vito: str) -> None:
    """They go on counting until decided, and the verifiers of their jurisdictions are told."""
    person = verified(database, vera)
    german = validated(database, person, vera)
    spanish = validated(
        database, person, vera, authority="es-cgcom", number="282812345", jurisdiction="ES", specialty=None
    )
    iberian = a_person(database, "Inés", roles=("VERIFIER",))
    nordic = a_person(database, "Nils", roles=("VERIFIER",))
    with unit(database) as work:
        work.roles.limit_verifier(iberian, ["ES", "PT"])
        work.roles.limit_verifier(nordic, ["SE"])
    revoke(database, german.id, vera)
    other = get(database, spanish.id)
    assert (other.status, other.review_reason) == ("VALIDATED", "LOST_ELSEWHERE")
    assert other.desk_since is not None
    assert level(database, person) == "RIGHT_TO_PRACTISE"
    assert mails(database, iberian) == ["review-opened"]
    assert mails(database, nordic) == []
    # What counts is never ended by one alone: rejecting it in review is a revocation, which waits for a second.
    rejected = decide(database, spanish.id, vito, "REJECT", reason="SANCTIONED")
    assert (rejected.status, rejected.pending_decision) == ("REQ_REVALID", "REVOKE")


def test_validating_against_a_failed_check_waits_for_the_second(database: sa.Engine, vera: str, vito: str) -> None:
    """Whose disagreement gives it back to the queue, and whose agreement validates."""
    number = submit(database, a_person(database)).number
    for agree, status in ((False, "ATTESTED"), (True, "VALIDATED")):
        case = submit(database, a_person(database), number=number)
        assert {c.name: c.outcome for c in case.checks}["NUMBER_UNIQUE"] == "FAIL"
        waiting = decide(database, case.id, vera)
        assert (waiting.status, waiting.pending_decision) == ("IN_PROCESS", "VALIDATE")
        for act in (lambda case=case: decide(database, case.id, vito), lambda case=case: take(database, case.id, vito)):
            with pytest.raises(Conflict, match="confirmDecision"):
                act()
        with pytest.raises(SecondPersonRequired):
            confirm(database, case.id, vera, agree=True)
        assert confirm(database, case.id, vito, agree=agree).status == status


def test_an_appeal_goes_to_another_verifier(database: sa.Engine, vera: str, vito: str) -> None:
    """Once a decision, in time, and never to who took part in it."""
    person = a_person(database)
    case = submit(database, person)
    rejected = decide(database, case.id, vera, "REJECT", reason="NUMBER_NOT_FOUND")
    assert rejected.appeal_until == NOW + 60 * DAY

    def appeal(now=NOW):  # type: ignore[no-untyped-def]
        with unit(database) as work:
            return usecases.appeal_credential(
                work,
                credential_id=case.id,
                person_id=person,
                statement="The register has me since 1999.",
                now=now,
            )

    with pytest.raises(Expired):
        appeal(NOW + 60 * DAY)
    assert appeal().status == "ATTESTED"
    with pytest.raises(Conflict):
        appeal()
    for act in (take, decide):
        with pytest.raises(SecondPersonRequired):
            act(database, case.id, vera)
    assert decide(database, case.id, vito).status == "VALIDATED"


def test_a_lease_holds_for_15_minutes(database: sa.Engine, vera: str, vito: str) -> None:
    """Of several who take a case at once one gets it; afterwards anybody may."""
    case = submit(database, a_person(database))
    verifiers = [a_person(database, f"V {n}", roles=("VERIFIER",)) for n in range(8)]
    won: list[str] = []

    def act(verifier: str) -> None:
        try:
            take(database, case.id, verifier)
        except DomainError:
            return
        won.append(verifier)

    threads = [threading.Thread(target=act, args=(verifier,)) for verifier in verifiers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    with pytest.raises(Conflict):
        decide(database, case.id, vera, now=NOW + timedelta(minutes=14))
    assert take(database, case.id, vito, now=NOW + timedelta(minutes=16)).taken_by == vito


def test_a_verifier_decides_within_their_jurisdictions_and_never_their_own_case(database: sa.Engine, vera: str) -> None:
    """Limits expand to what is inside: a verifier for Germany decides about Bavaria."""
    with unit(database) as work:
        work.roles.limit_verifier(vera, ["DE"])
    bavarian = submit(database, a_person(database), jurisdiction="DE-BY")
    spanish = submit(database, a_person(database), authority="es-cgcom", number="282812345", jurisdiction="ES")
    assert take(database, bavarian.id, vera).taken_by == vera
    for act in (take, decide):
        with pytest.raises(Forbidden, match="jurisdictions"):
            act(database, spanish.id, vera)
    own = submit(database, vera)
    for act in (take, decide, suspend, revoke):
        with pytest.raises(Forbidden, match="own case"):
            act(database, own.id, vera)


def test_asking_for_more_takes_the_case_off_the_desk_until_it_is_answered(database: sa.Engine, vera: str) -> None:
    """The applicant sees what is asked, and the answer brings the case back."""
    person = a_person(database)
    case = submit(database, person)
    asked = decide(
        database, case.id, vera, "REQUEST_INFO", note="Please send the certificate.", reason="INSUFFICIENT_EVIDENCE"
    )
    assert (asked.status, asked.requested_info, asked.desk_since) == ("ATTESTED", "Please send the certificate.", None)
    assert mails(database, person) == ["info-requested"]
    with unit(database) as work:
        answered = usecases.update_credential(
            work, credential_id=case.id, person_id=person, changes={"expires_on": date(2028, 1, 1)},
            message="Here it is.", expected_version=None, now=NOW + HOUR,
        )  # fmt: skip
    assert (answered.requested_info, answered.desk_since, answered.expires_on) == (None, NOW + HOUR, date(2028, 1, 1))
    with pytest.raises(Invalid):
        decide(database, case.id, vera, "REQUEST_INFO", note=None)


def test_a_renewal_counts_when_it_is_validated(database: sa.Engine, vera: str) -> None:
    """Until then the licence counts as it is."""
    person = verified(database, vera)
    licence = validated(database, person, vera, expires_on=date(2026, 12, 31))
    with unit(database) as work:
        renewed = usecases.update_credential(
            work, credential_id=licence.id, person_id=person, changes={"expires_on": date(2028, 12, 31)},
            message=None, expected_version=None, now=NOW,
        )  # fmt: skip
    assert (renewed.status, renewed.expires_on, renewed.review_reason) == ("VALIDATED", date(2026, 12, 31), "RENEWAL")
    again = decide(database, licence.id, vera)
    assert (again.status, again.expires_on, again.proposed) == ("VALIDATED", date(2028, 12, 31), None)


def test_what_expires_stops_counting_by_itself(database: sa.Engine, vera: str) -> None:
    """With reminders 60, 30 and 7 days before, each once, and a message on the day after; the level falls."""
    person = verified(database, vera)
    last = date(2027, 3, 1)
    licence = validated(database, person, vera, expires_on=last)
    told = []
    for days in (90, 60, 60, 45, 30, 8, 7, 1, 0):
        with unit(database) as work:
            run_item_jobs(work, now=NOW.replace(year=last.year, month=last.month, day=last.day) - days * DAY)
        told.append(mails(database, person).count("credential-expiring"))
    assert told == [0, 1, 1, 1, 2, 2, 3, 3, 3]
    day_after = NOW.replace(year=2027, month=3, day=2)
    assert level(database, person, day_after) == "IDENTITY"
    with unit(database) as work:
        run_item_jobs(work, now=day_after)
    expired = get(database, licence.id)
    assert (expired.status, expired.standing, expired.history[-1].reason) == ("REQ_REVALID", "LAPSED", "EXPIRED")
    assert mails(database, person)[-1] == "credential-expired"


def test_what_was_checked_too_long_ago_comes_to_the_desk_and_counts_on(database: sa.Engine, vera: str) -> None:
    """By the authority's own interval: two years for this one."""
    licence = validated(database, verified(database, vera), vera)
    due = get(database, licence.id).next_review_on
    assert due == NOW.date() + timedelta(days=730)
    with unit(database) as work:
        run_item_jobs(work, now=NOW + 730 * DAY)
    found = get(database, licence.id)
    assert (found.status, found.review_reason) == ("VALIDATED", "REVIEW_DUE")


def test_the_queue_is_filtered_and_oldest_first(database: sa.Engine, vera: str, vito: str) -> None:
    """By jurisdiction, authority, status, age, and whether somebody works on it or a second must agree."""
    person = a_person(database)
    place = {"authority": "se-sos", "jurisdiction": "SE", "specialty": None}
    old = submit(database, person, now=NOW - 5 * DAY, number="100001", **place)
    new = submit(database, person, now=NOW, number="100002", **place)
    taken = submit(database, person, now=NOW - 2 * DAY, number="100003", **place)
    pending = validated(database, person, vera, number="100004", **place)
    suspend(database, pending.id, vera)
    take(database, taken.id, vito)

    def found(**given: object) -> list[str]:
        with unit(database) as work:
            wanted = DeskFilter(jurisdictions=["SE"], **given)  # type: ignore[arg-type]
            page = [own for own, _ in work.desk.page(wanted, after=None, first=50)]
            assert work.desk.count(wanted) == len(page)
            return page

    assert found()[:2] == [old.id, taken.id]
    assert set(found()) == {old.id, new.id, taken.id, pending.id}
    assert found(statuses=["IN_PROCESS"]) == [taken.id]
    assert found(submitted_before=NOW - DAY) == [old.id, taken.id]
    assert found(untaken_at=NOW)[0] == old.id
    assert taken.id not in found(untaken_at=NOW)
    assert taken.id in found(untaken_at=NOW + HOUR)
    assert found(awaiting_second=True) == [pending.id]
    assert found(authority="de-kbv") == []
