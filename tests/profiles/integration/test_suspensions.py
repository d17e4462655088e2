"""Suspensions of accounts on the real PostgreSQL: who may suspend for how long, who decides appeals, and what a session may do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from kit.clock import new_id
from kit.errors import Conflict, Expired, Forbidden, Invalid, SecondPersonRequired
from kit.tokens import SUSPENDED_AUDIENCE
from profiles.accounts import recovery
from profiles.roles.domain import RoleRequirements
from profiles.scheduled_jobs.usecases import ITEM_JOBS, run_item_job
from profiles.sessions import usecases as session_usecases
from profiles.suspensions.domain import Suspension
from profiles.suspensions.usecases import appeal_suspension, confirm_suspension, decide_appeal, suspend_account
from profiles.unit_of_work import UnitOfWork
from profiles.wiring import working
from tests.profiles.integration.test_accounts import (
    HASH,
    PASSWORD,
    address,
    claims,
    confirmed,
    sessions,
    sign_in,
    token_for,
)
from tests.profiles.integration.test_races import race
from tests.profiles.integration.test_races import racing as racing  # noqa: PLC0414  (a fixture)
from tests.profiles.integration.test_roles import _no_admins as _no_admins  # noqa: PLC0414  (a fixture)
from tests.profiles.integration.test_roles import give, somebody
from tests.profiles.integration.test_sessions import app as app  # noqa: PLC0414  (a fixture)
from tests.support.desk import CIPHER, mails, unit
from tests.support.patience import PatientClient

# The database says by its own clock whether a suspension holds.
TODAY = datetime.now(UTC).replace(microsecond=0)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
STATEMENT = "It was somebody else who wrote that."


def suspend(
    database: sa.Engine, admin: str, person: str, *, until: datetime | None = None, now: datetime = TODAY
) -> Any:
    """Suspend an account as an admin."""
    with unit(database) as work:
        return suspend_account(work, admin=admin, person_id=person, reason="Spam", until=until, now=now)


def confirm(database: sa.Engine, admin: str, person: str, *, now: datetime = TODAY) -> Any:
    """Confirm a suspension as an admin."""
    with unit(database) as work:
        return confirm_suspension(work, admin=admin, person_id=person, now=now)


def appeal(database: sa.Engine, person: str, statement: str = STATEMENT) -> None:
    """Appeal as the suspended person."""
    with unit(database) as work:
        appeal_suspension(work, person_id=person, statement=statement, now=TODAY)


def decide(database: sa.Engine, admin: str, person: str, *, uphold: bool, note: str | None = None) -> Any:
    """Decide an appeal as an admin."""
    with unit(database) as work:
        return decide_appeal(work, admin=admin, person_id=person, uphold=uphold, note=note, now=TODAY)


def present(database: sa.Engine, person: str) -> Suspension | None:
    """The suspension that holds."""
    with unit(database) as work:
        found = work.suspensions.open(person)
        assert (found is not None) == work.accounts.get(person).suspended
        return found


def lapse(database: sa.Engine, person: str) -> None:
    """Let the time of a suspension come, and the worker run."""
    with unit(database) as work:
        work.connection.execute(
            sa.text(
                "UPDATE account SET suspended_until = now() - interval '1 second' WHERE person_id = CAST(:p AS uuid)"
            ),
            {"p": person},
        )
    run_item_job(lambda: working(database, CIPHER), "suspensions", ITEM_JOBS["suspensions"], now=datetime.now(UTC))


def trail(database: sa.Engine, person: str) -> list[str]:
    """What the audit trail says about somebody's account."""
    with unit(database) as work:
        return list(
            work.connection.execute(
                sa.text(
                    "SELECT e.action FROM audit_entry e JOIN audit_pseudonym n ON e.object = n.pseudonym "
                    "WHERE n.person_id = CAST(:p AS uuid) ORDER BY e.seq"
                ),
                {"p": person},
            ).scalars()
        )


# ---------------------------------------------------------------------- one admin, and two


@pytest.mark.parametrize("until", [None, TODAY + 30 * DAY])
def test_one_of_two_admins_suspends_for_72_hours(database: sa.Engine, until: datetime | None) -> None:
    """It holds at once, ends by itself, and lasts as long as it was meant to when the other one confirms it."""
    ada, bo, person = somebody(database, "ADMIN"), somebody(database, "ADMIN"), somebody(database)
    suspend(database, ada, person, until=until)
    found = present(database, person)
    assert found is not None
    assert (found.until, found.waits, found.proposed_until) == (TODAY + 72 * HOUR, True, until)
    assert (mails(database, bo), mails(database, person)) == (["suspension-waits"], ["account-suspended"])
    with pytest.raises(SecondPersonRequired):
        confirm(database, ada, person)
    confirm(database, bo, person)
    found = present(database, person)
    assert found is not None
    assert (found.until, found.waits, found.proposed_until) == (until, False, None)
    assert (found.suspended_by, found.confirmed_by) == (ada, bo)
    with pytest.raises(Conflict):
        confirm(database, bo, person)
    assert trail(database, person) == ["account.suspend", "account.confirm-suspension"]


@pytest.mark.parametrize("hours", [1, 72])
def test_a_short_suspension_needs_one_admin(database: sa.Engine, hours: int) -> None:
    """Nothing waits."""
    ada, bo, person = somebody(database, "ADMIN"), somebody(database, "ADMIN"), somebody(database)
    suspend(database, ada, person, until=TODAY + hours * HOUR)
    found = present(database, person)
    assert found is not None
    assert (found.until, found.waits) == (TODAY + hours * HOUR, False)
    assert mails(database, bo) == []


def test_what_nobody_confirms_ends_by_itself_and_is_not_begun_again_by_the_same_admin(database: sa.Engine) -> None:
    """For 30 days: else one admin alone would suspend for as long as they like. Another one may."""
    ada, bo, person = somebody(database, "ADMIN"), somebody(database, "ADMIN"), somebody(database)
    suspend(database, ada, person)
    lapse(database, person)
    assert present(database, person) is None
    later = datetime.now(UTC)
    for until in (None, later + HOUR):
        with pytest.raises(SecondPersonRequired, match="within the last 30 days"):
            suspend(database, ada, person, until=until, now=later)
    assert present(database, person) is None
    suspend(database, bo, person, until=later + HOUR, now=later)
    assert present(database, person) is not None
    suspend(database, bo, person, until=later - DAY, now=later)  # and takes it back
    suspend(database, ada, person, until=later + 31 * DAY + HOUR, now=later + 31 * DAY)
    found = present(database, person)
    assert found is not None
    assert found.suspended_by == ada


def test_one_admin_alone_extends_nothing_beyond_72_hours_from_its_beginning(database: sa.Engine) -> None:
    """Whatever they say again; shortening is always possible, and what two agreed to stays while more waits."""
    ada, bo, person = somebody(database, "ADMIN"), somebody(database, "ADMIN"), somebody(database)
    suspend(database, ada, person, until=TODAY + HOUR)
    suspend(database, ada, person, until=TODAY + 100 * HOUR, now=TODAY + timedelta(minutes=30))
    found = present(database, person)
    assert found is not None
    assert (found.until, found.waits) == (TODAY + 72 * HOUR, True)
    with pytest.raises(Conflict, match="confirmSuspension"):
        suspend(database, bo, person)
    confirm(database, bo, person)
    suspend(database, ada, person, until=TODAY + 200 * HOUR)
    found = present(database, person)
    assert found is not None
    assert (found.until, found.waits, found.proposed_until) == (TODAY + 100 * HOUR, True, TODAY + 200 * HOUR)
    suspend(database, ada, person, until=TODAY + 2 * HOUR)
    found = present(database, person)
    assert found is not None
    assert (found.until, found.waits, found.proposed_until) == (TODAY + 2 * HOUR, False, None)


def test_the_only_admin_suspends_for_good(database: sa.Engine) -> None:
    """`instance { rolesAreGivenBy }` says ONE_ADMIN. One whom they have lately made an admin is no second one."""
    ada, person = somebody(database, "ADMIN"), somebody(database)
    puppet = somebody(database)
    give(database, ada, puppet, "ADMIN", now=TODAY)
    suspend(database, ada, person)
    found = present(database, person)
    assert found is not None
    assert (found.until, found.waits) == (None, False)


def test_an_admin_whom_the_first_one_made_confirms_nothing(database: sa.Engine) -> None:
    """One person could be both; nor is one suspended again by the other."""
    ada, bo, person = somebody(database, "ADMIN"), somebody(database, "ADMIN"), somebody(database)
    puppet = somebody(database)
    with unit(database) as work:
        work.connection.execute(
            sa.text("DELETE FROM account_role WHERE role = 'ADMIN' AND person_id = CAST(:p AS uuid)"), {"p": bo}
        )
    give(database, ada, puppet, "ADMIN", now=TODAY)
    with unit(database) as work:
        work.roles.grant(bo, ["ADMIN"])
    suspend(database, ada, person)
    with pytest.raises(SecondPersonRequired):
        confirm(database, puppet, person)
    assert mails(database, puppet) == ["roles-changed"]
    lapse(database, person)
    with pytest.raises(SecondPersonRequired):
        suspend(database, puppet, person, now=datetime.now(UTC))
    suspend(database, bo, person, now=datetime.now(UTC))


def test_of_two_admins_one_suspends_the_other_for_72_hours_at_most(database: sa.Engine) -> None:
    """Nobody is there who could confirm it, so that it ends."""
    ada, bo = somebody(database, "ADMIN"), somebody(database, "ADMIN")
    suspend(database, ada, bo)
    found = present(database, bo)
    assert found is not None
    assert (found.until, found.waits) == (TODAY + 72 * HOUR, True)
    with pytest.raises(Forbidden):
        confirm(database, bo, bo)


# ---------------------------------------------------------------------- appeals


def test_somebody_else_decides_an_appeal(database: sa.Engine) -> None:
    """Who took no part; where there is nobody, who confirmed; who suspended, only where they are alone."""
    ada, bo, cy = (somebody(database, "ADMIN") for _ in range(3))
    person = somebody(database)
    suspend(database, ada, person)
    confirm(database, bo, person)
    appeal(database, person)
    assert (mails(database, ada), mails(database, cy)[-1]) == ([], "suspension-appealed")
    assert "suspension-appealed" not in mails(database, bo)
    for part in (ada, bo):
        with pytest.raises(SecondPersonRequired):
            decide(database, part, person, uphold=True)
    decide(database, cy, person, uphold=True, note="Three people saw it.")
    found = present(database, person)
    assert found is not None
    assert (found.appeal_outcome, found.appeal_note, found.until) == ("UPHELD", "Three people saw it.", None)
    assert mails(database, person)[-1] == "suspension-upheld"
    with pytest.raises(Conflict):
        decide(database, cy, person, uphold=False)
    with pytest.raises(Conflict, match="have appealed"):
        appeal(database, person)


def test_where_two_admins_suspended_the_one_who_confirmed_decides(database: sa.Engine) -> None:
    """And lifts it; the admin who suspended does not begin again."""
    ada, bo, person = somebody(database, "ADMIN"), somebody(database, "ADMIN"), somebody(database)
    suspend(database, ada, person)
    confirm(database, bo, person)
    appeal(database, person)
    with pytest.raises(SecondPersonRequired):
        decide(database, ada, person, uphold=True)
    decide(database, bo, person, uphold=False)
    assert present(database, person) is None
    assert mails(database, person)[-1] == "suspension-lifted"
    assert trail(database, person)[-2:] == ["account.decide-suspension-appeal", "account.reinstate"]


def test_the_only_admin_decides(database: sa.Engine) -> None:
    """Better than nobody."""
    ada, person = somebody(database, "ADMIN"), somebody(database)
    suspend(database, ada, person)
    appeal(database, person)
    decide(database, ada, person, uphold=False)
    assert present(database, person) is None


def test_an_appeal_is_about_a_suspension_and_says_something(database: sa.Engine) -> None:
    """Nothing is stored otherwise."""
    ada, person = somebody(database, "ADMIN"), somebody(database)
    with pytest.raises(Conflict, match="not suspended"):
        appeal(database, person)
    suspend(database, ada, person)
    with pytest.raises(Invalid) as caught:
        appeal(database, person, "No.")
    assert caught.value.field == ["statement"]
    with pytest.raises(Conflict, match="No appeal"):
        decide(database, ada, person, uphold=True)
    with unit(database) as work:  # as an earlier version did it
        work.suspensions.end(person, at=TODAY)
    appeal(database, person)
    found = present(database, person)
    assert found is not None
    assert (found.reason, found.appeal_statement) == (None, STATEMENT)


# ---------------------------------------------------------------------- what a suspended person may do


def test_a_suspended_person_signs_in_to_a_session_that_says_so(database: sa.Engine) -> None:
    """No role counts in it; sessions from before have ended. When the suspension ends, a refresh gives a token as before."""
    ada, email = somebody(database, "ADMIN"), address()
    before = confirmed(database, email)
    person = before.person_id
    suspend(database, ada, person)
    with pytest.raises(Expired), unit(database) as work:
        session_usecases.refresh_session(sessions(work), refresh_token=before.refresh_token, now=TODAY)
    session = sign_in(database, email, now=TODAY)
    assert claims(session)["aud"] == SUSPENDED_AUDIENCE
    with unit(database) as work:
        refreshed = session_usecases.refresh_session(sessions(work), refresh_token=session.refresh_token, now=TODAY)
        assert claims(refreshed)["aud"] == SUSPENDED_AUDIENCE
    lapse(database, person)
    with unit(database) as work:
        ended = dict(work.sessions.ended(since=TODAY - DAY))
        assert ended[claims(refreshed)["sid"]] is not None  # the token, and not the session
        again = session_usecases.refresh_session(sessions(work), refresh_token=refreshed.refresh_token, now=TODAY)
    assert claims(again)["aud"] == "consilium"


def test_no_role_counts_for_somebody_who_is_suspended(database: sa.Engine) -> None:
    """Also with one-time passwords, and in the demo network."""
    for email, requirements in (("", RoleRequirements()), (f"{new_id()}@demo.example", RoleRequirements(demo=True))):
        person = somebody(database, "MODERATOR", email=email)
        with unit(database) as work:
            work.suspensions.set_suspended(person, suspended=True, until=None)
            account = work.accounts.get(person)
            assert requirements.counting(account, one_time_password=True) == ["MEMBER"]


def test_a_suspended_person_who_forgot_the_password_gets_in(database: sa.Engine) -> None:
    """To do the same and nothing else."""
    ada, email = somebody(database, "ADMIN"), address()
    person = confirmed(database, email).person_id
    suspend(database, ada, person)
    token = token_for(database, person, "RESET", hours=1000)
    with unit(database) as work:
        session = recovery.reset_password(sessions(work), token=token, password_hash=HASH, now=TODAY)
    assert session is not None
    assert claims(session)["aud"] == SUSPENDED_AUDIENCE


def test_a_suspended_person_reads_why_appeals_and_is_erased(database: sa.Engine, app: Flask) -> None:
    """Over HTTP: nothing else is answered, and of the suspension nothing stays but the trail, without its reason."""
    ada, email = somebody(database, "ADMIN"), address()
    person = confirmed(database, email).person_id
    statement = f"{STATEMENT} {new_id()}"
    suspend(database, ada, person)
    client = PatientClient(app)
    session = client.post("/v1/sessions", json={"email": email, "password": PASSWORD}).json
    bearer = {"Authorization": f"Bearer {session['access_token']}"}
    told = client.get("/v1/me", headers=bearer).json["suspension"]
    assert (told["reason"], told["suspended_by"], told["confirmed_by"], told["until"]) == ("Spam", None, None, None)
    refused = client.patch("/v1/me/profile", json={"headline": "Still here"}, headers=bearer)
    assert (refused.status_code, refused.json["code"]) == (403, "FORBIDDEN")
    assert refused.json["detail"].startswith("Your account is suspended.")
    for _ in range(2):  # a retry with the same key is the same appeal
        sent = client.post(
            "/v1/me/suspension/appeal", json={"statement": statement}, headers=bearer | {"Idempotency-Key": person}
        )
        assert sent.status_code == 204, sent.text
    with unit(database) as work:
        assert work.rights.rows_of(person)["suspensions.json"][0]["appeal_statement"] == statement
    erased = client.post("/v1/me/erasure", json={"confirm": "ERASE"}, headers=bearer)
    assert erased.status_code == 200, erased.text
    with unit(database) as work:
        assert work.accounts.get(person) is None
        for table in ("suspension", "audit_reason"):
            left = str(work.connection.execute(sa.text(f"SELECT * FROM {table}")).mappings().all())
            assert statement not in left
            assert person not in left


# ---------------------------------------------------------------------- at once


def test_of_many_appeals_at_once_one_is_stored(racing: sa.Engine) -> None:
    """The account is locked before it is looked at."""
    ada, person = somebody(racing, "ADMIN"), somebody(racing)
    suspend(racing, ada, person)
    found = race(
        racing,
        lambda work, n: appeal_suspension(work, person_id=person, statement=f"{STATEMENT} {n}", now=TODAY),
    )
    assert found == {"done": 1, "Conflict": 31}
    assert mails(racing, ada) == ["suspension-appealed"]


def test_a_suspension_is_confirmed_once(racing: sa.Engine) -> None:
    """Also when its admin ends it meanwhile: then it is not confirmed, or confirmed and ended."""
    ada, bo, person = somebody(racing, "ADMIN"), somebody(racing, "ADMIN"), somebody(racing)
    suspend(racing, ada, person)
    found = race(racing, lambda work, _: confirm_suspension(work, admin=bo, person_id=person, now=TODAY))
    assert found == {"done": 1, "Conflict": 31}
    assert mails(racing, person) == ["account-suspended"] * 2
    other = somebody(racing)
    suspend(racing, ada, other)

    def act(work: UnitOfWork, number: int) -> Any:
        if number % 2:
            return confirm_suspension(work, admin=bo, person_id=other, now=TODAY)
        return suspend_account(work, admin=ada, person_id=other, reason="Settled", until=TODAY - DAY, now=TODAY)

    assert race(racing, act)["done"] >= 16
    assert present(racing, other) is None


def test_an_appeal_is_decided_once(racing: sa.Engine) -> None:
    """By the first of those who may."""
    ada, bo, person = somebody(racing, "ADMIN"), somebody(racing, "ADMIN"), somebody(racing)
    suspend(racing, ada, person)
    appeal(racing, person)
    found = race(
        racing,
        lambda work, n: decide_appeal(work, admin=bo, person_id=person, uphold=bool(n % 2), note=None, now=TODAY),
    )
    assert found == {"done": 1, "Conflict": 31}
    assert len([kind for kind in mails(racing, person) if kind != "account-suspended"]) == 1


def test_two_admins_who_suspend_at_once_do_not_confirm_each_other(racing: sa.Engine) -> None:
    """One of the two suspensions waits, for 72 hours; the other admin is told to confirm it."""
    ada, bo, person = somebody(racing, "ADMIN"), somebody(racing, "ADMIN"), somebody(racing)
    found = race(
        racing,
        lambda work, n: suspend_account(
            work, admin=(ada, bo)[n % 2], person_id=person, reason="Spam", until=None, now=TODAY
        ),
    )
    assert found == {"done": 16, "Conflict": 16}
    one = present(racing, person)
    assert one is not None
    assert (one.until, one.waits, one.confirmed_by) == (TODAY + 72 * HOUR, True, None)
